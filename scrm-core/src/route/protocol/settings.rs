//! What does a rule set, and what does an example expect? The reader of `set` and `expect`.

use std::collections::BTreeSet;

use super::names::Names;
use crate::diagnostic::{Diagnostic, Faults, Node, Table, Text, Value, as_text, did_you_mean};
use crate::model::{Advocacy, Department, RecordScope, ReplyScale, ReplyVisibility, Span};
use crate::route::condition::nearest;
use crate::route::facet::{AskedVisibility, Climb, Settings};

/// Reads what an example expects: facets as in rules, and the rung alone where any ladder will do.
pub(super) fn read_expected(
    table: &Table<'_>,
    names: &Names<'_>,
    faults: &mut Faults,
) -> (Settings, Option<u8>) {
    match table.get("escalate").map(|node| &node.value) {
        Some(Value::Integer(_)) => {
            let rung = read_small(table, "escalate", u8::MAX, faults);
            (read_facets(table, names, None, faults), rung)
        }
        _ => (read_settings(table, names, faults), None),
    }
}

/// Reads every facet of a table, and reports what cannot be read or does not exist.
pub(super) fn read_settings(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> Settings {
    let climb = read_climb(table, names, faults);
    read_facets(table, names, climb, faults)
}

fn read_facets(
    table: &Table<'_>,
    names: &Names<'_>,
    escalate: Option<Climb>,
    faults: &mut Faults,
) -> Settings {
    let file = table.file();
    let scale = |word: &str| ReplyScale::parse(word);
    let scales: Vec<&str> = ReplyScale::ALL.iter().map(|scale| scale.as_str()).collect();
    let settings = Settings {
        department: read_department(table, names, faults),
        visibility: read_visibility(table, faults),
        respond: read_term(table, "respond", scale, &scales, faults),
        priority: read_small(table, "priority", 5, faults),
        sla: read_slas(table, names, faults),
        escalate,
        skills: read_set(table, "skills", faults, |text, faults| names.check_skill(file, text, faults)),
        tags: read_set(table, "tags", faults, |_, _| {}),
        approve: read_set(table, "approve", faults, |text, faults| names.check_anybody(file, text, faults)),
        notify: read_set(table, "notify", faults, |text, faults| names.check_anybody(file, text, faults)),
        owner: read_name(table, "owner", faults, |text, faults| names.check_person(file, text, faults)),
        incident: read_name(table, "incident", faults, |_, _| {}),
        incentive: read_name(table, "incentive", faults, |text, faults| {
            names.check_incentive(file, text, faults);
        }),
        advocacy: read_term(table, "advocacy", Advocacy::parse, &["none", "ask_permission"], faults),
        hold: table.has("hold").then(|| table.flag("hold", faults)),
        record: read_term(table, "record", RecordScope::parse, &["micro_only", "all"], faults),
    };
    // A key is known once it was asked for.
    table.get("hold");
    table.finish(faults);
    settings
}

fn read_department(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> Option<Department> {
    let text = table.optional_text("department", faults)?;
    names.check_department(table.file(), &text, faults);
    Department::new(&text.value).ok()
}

fn read_visibility(table: &Table<'_>, faults: &mut Faults) -> Option<AskedVisibility> {
    let parse = |word: &str| match word {
        "as_asked" => Some(AskedVisibility::AsAsked),
        word => ReplyVisibility::parse(word).map(AskedVisibility::At),
    };
    read_term(table, "visibility", parse, &["public", "public_then_private", "private", "as_asked"], faults)
}

/// One of the words that the facet can have.
fn read_term<T>(
    table: &Table<'_>,
    key: &'static str,
    parse: impl Fn(&str) -> Option<T>,
    words: &[&str],
    faults: &mut Faults,
) -> Option<T> {
    let text = table.optional_text(key, faults)?;
    let term = parse(&text.value);
    if term.is_none() {
        let help = match did_you_mean(&text.value, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`{key}` is one of: {}", words.join(", ")),
        };
        faults.push(
            unreadable(table, text.span, format!("`{}` is not a value of `{key}`", text.value)).help(help),
        );
    }
    term
}

fn unreadable(table: &Table<'_>, span: Span, message: String) -> Diagnostic {
    Diagnostic::error("P015", table.file(), Some(span), message)
}

/// A whole number from 1 to `most`.
fn read_small(table: &Table<'_>, key: &'static str, most: u8, faults: &mut Faults) -> Option<u8> {
    let (number, span) = table.number(key, faults)?;
    let found = (1..=most).find(|small| f64::from(*small) == number);
    if found.is_none() {
        let fault = unreadable(table, span, format!("`{key}` cannot be {number}"));
        faults.push(fault.help(format!("`{key}` is a whole number from 1 to {most}")));
    }
    found
}

/// One id, or several in a list.
fn read_slas(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> BTreeSet<String> {
    let check = |text: &Text, faults: &mut Faults| names.check_sla(table.file(), text, faults);
    match table.get("sla").map(|node| (node, as_text(node))) {
        Some((_, Some(text))) => {
            check(&text, faults);
            [text.value].into()
        }
        Some((Node { value: Value::Array(_), .. }, None)) => read_set(table, "sla", faults, check),
        // The text reader reports a value of another kind.
        _ => table.optional_text("sla", faults).map(|text| text.value).into_iter().collect(),
    }
}

fn read_climb(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> Option<Climb> {
    let table = table.table("escalate", "escalate", faults)?;
    let ladder = table.text("ladder", faults);
    if !table.has("rung") {
        table.missing("rung", faults);
    }
    let rung = read_small(&table, "rung", u8::MAX, faults);
    table.finish(faults);
    let ladder = ladder?;
    let Some(known) = names.ladders.get(&ladder.value) else {
        let message = format!("there is no ladder `{}`", ladder.value);
        let mut fault = Diagnostic::error("P014", table.file(), Some(ladder.span), message);
        fault.help = nearest(&ladder.value, names.ladders.keys().map(String::as_str));
        faults.push(fault);
        return None;
    };
    let rung = rung?;
    if usize::from(rung) > known.written {
        let span = table.get("rung").map_or(ladder.span, |node| node.span);
        let message = format!("ladder `{}` has no rung {rung}", ladder.value);
        let help = format!("its rungs go from 1 to {}", known.written);
        faults.push(Diagnostic::error("P014", table.file(), Some(span), message).help(help));
    }
    Some(Climb { ladder: ladder.value, rung })
}

fn read_set(
    table: &Table<'_>,
    key: &'static str,
    faults: &mut Faults,
    check: impl Fn(&Text, &mut Faults),
) -> BTreeSet<String> {
    let texts = table.texts(key, faults);
    for text in &texts {
        check(text, faults);
    }
    texts.into_iter().map(|text| text.value).collect()
}

fn read_name(
    table: &Table<'_>,
    key: &'static str,
    faults: &mut Faults,
    check: impl Fn(&Text, &mut Faults),
) -> Option<String> {
    let text = table.optional_text(key, faults)?;
    check(&text, faults);
    if text.value.trim().is_empty() {
        faults.push(unreadable(table, text.span, format!("`{key}` is empty")));
    }
    Some(text.value)
}
