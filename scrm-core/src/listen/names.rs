//! Which names may the queries use? The `attributes`, `[[list]]` and `[[query]]` of `monitors.toml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Document, Faults, Node, Report, Sources, Table, Text, Value};
use crate::model::{Limits, MonitorId};
use crate::query::{Attribute, Dialect, Names, Parsed, Query, QueryFault, Zone};

/// Reads the names that a file defines; they hold in all its queries, wherever they stand.
pub(super) fn read(root: &Table<'_>, limits: &Limits, faults: &mut Faults) -> Names {
    let mut names = Names::new();
    for text in root.texts("attributes", faults) {
        match refused(&text.value) {
            None => names.attribute(text.value),
            Some((what, help)) => {
                let message = format!("`{}` {what}", text.value);
                faults.push(Diagnostic::error("B014", root.file(), Some(text.span), message).help(help));
            }
        }
    }
    let attributes = names.clone();
    let mut known = BTreeSet::new();
    for table in root.tables("list", "a `[[list]]`", faults) {
        list(&table, &attributes, &mut known, limits, faults).into_iter().for_each(|(id, query)| {
            names.list(id, query);
        });
    }
    let mut known = BTreeSet::new();
    let mut queries = Vec::new();
    for table in root.tables("query", "a `[[query]]`", faults) {
        let query = table.text("query", faults);
        if let Some(id) = id(&table, "query", &mut known, faults)
            && let Some(query) = query
        {
            queries.push((id, query, table));
        }
    }
    let sources: Vec<_> = queries.iter().map(|(id, text, _)| (&**id, &*text.value)).collect();
    for (parsed, (_, text, table)) in names.queries(&sources, limits).into_iter().zip(&queries) {
        part(parsed, table, text, faults);
    }
    names
}

/// The names that a host gives: lists of terms, and queries, by id, written and checked as `[[list]]` and `[[query]]` are.
///
/// # Errors
/// With every fault.
///
/// ```
/// use scrm_core::listen::names_of;
/// use scrm_core::model::Limits;
/// use scrm_core::query::{Dialect, Query};
/// let lists = [("rivals".to_owned(), vec!["halden".to_owned(), "acme inc".to_owned()])].into();
/// let names = names_of(&lists, &[].into(), &Limits::DEFAULT).unwrap();
/// let parsed = Query::parse_as("LIST(rivals)", Dialect::Native, &names, &Limits::DEFAULT);
/// assert_eq!(parsed.query.unwrap().to_string(), r#"halden OR "acme inc""#);
/// ```
pub fn names_of(
    lists: &BTreeMap<String, Vec<String>>,
    queries: &BTreeMap<String, String>,
    limits: &Limits,
) -> Result<Names, Report> {
    let list = |(id, terms): (&String, &Vec<String>)| serde_json::json!({ "id": id, "terms": terms });
    let query = |(id, query): (&String, &String)| serde_json::json!({ "id": id, "query": query });
    let written = serde_json::json!({
        "list": lists.iter().map(list).collect::<Vec<_>>(),
        "query": queries.iter().map(query).collect::<Vec<_>>(),
    });
    let written = written.to_string();
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    let document = Document::parse_json("names", &written, &mut faults);
    let names = read(&document.root("the names"), limits, &mut faults);
    if !faults.has_errors() {
        return Ok(names);
    }
    sources.insert("names", written);
    Err(Report::new(faults.into_sorted(), sources))
}

/// Why this cannot be the name of an attribute, and the way out.
fn refused(name: &str) -> Option<(&'static str, &'static str)> {
    let fits = name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if !fits {
        return Some((
            "is no name that could stand before a colon",
            "write letters, digits, `_`, `.` and `-`",
        ));
    }
    let taken = Zone::parse(name).is_some() || Attribute::parse(name).is_some();
    taken.then_some((
        "is the name of a field of every message",
        "it can still be asked for with `ext.` before it; leave it out here",
    ))
}

fn id(table: &Table<'_>, what: &str, known: &mut BTreeSet<String>, faults: &mut Faults) -> Option<String> {
    let id = table.text("id", faults);
    table.finish(faults);
    let (id, place) = table.checked(id, MonitorId::new, faults)?;
    if !known.insert(id.as_str().to_owned()) {
        faults.push(table.twice(what, id.as_str(), &place));
        return None;
    }
    Some(id.as_str().to_owned())
}

fn list(
    table: &Table<'_>,
    names: &Names,
    known: &mut BTreeSet<String>,
    limits: &Limits,
    faults: &mut Faults,
) -> Option<(String, Option<Query>)> {
    let terms = table.texts("terms", faults);
    if !table.has("terms") {
        table.missing("terms", faults);
    } else if matches!(table.get("terms"), Some(Node { value: Value::Array(terms), .. }) if terms.is_empty())
    {
        let fault = Diagnostic::error("B015", table.file(), Some(table.span()), "a `[[list]]` has no terms");
        faults.push(fault.help("`terms = [\"acme\", \"acme inc\"]` for any of them"));
    }
    let id = id(table, "list", known, faults)?;
    let mut read = Vec::new();
    for text in &terms {
        let text = if is_phrase(&text.value) { text.quoted() } else { text.clone() };
        let parsed = Query::parse_as(&text.value, Dialect::Native, names, limits);
        read.push(part(parsed, table, &text, faults));
    }
    let query = read.into_iter().collect::<Option<Vec<_>>>().and_then(Query::any);
    Some((id, query))
}

/// Whether a term is words side by side, not written as a query.
fn is_phrase(term: &str) -> bool {
    let signs = ['"', '\u{201C}', '\u{201D}', '{', '/', '(', '=', ':'];
    term.trim().contains(char::is_whitespace) && !term.contains(signs)
}

/// The query, its faults placed in the file. As a part of others it may lack what must stand.
fn part(parsed: Parsed, table: &Table<'_>, text: &Text, faults: &mut Faults) -> Option<Query> {
    let told = |fault: &QueryFault| !matches!(fault.code, "Q103" | "Q108");
    let told = parsed.faults.into_iter().filter(told);
    faults.extend(told.map(|fault| fault.into_diagnostic(table.file(), text)));
    parsed.query
}
