//! What does one rule say? The reader of `[[rule]]`.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::names::{Names, check_slug};
use super::settings::read_settings;
use super::{OnUnknown, Rule};
use crate::diagnostic::{Diagnostic, Faults, Table, Text, Value, did_you_mean};
use crate::model::RuleId;

/// Reads one rule; `None` when it has no id or condition that could be used.
pub(super) fn read_rule(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> Option<Rule> {
    let id = table.text("id", faults).filter(|id| check_slug(table.file(), id, faults));
    let owner = table.text("owner", faults);
    let why = table.text("why", faults);
    if !table.has("when") {
        table.missing("when", faults);
    }
    let condition = names.condition_under(table, "when", faults);
    if !table.has("set") {
        table.missing("set", faults);
    }
    let set = table.table("set", "set", faults);
    let overrides = table.texts("overrides", faults);
    let on_unknown = read_on_unknown(table, faults);
    let shadow = read_status(table, faults);
    let (from, to) = read_effective(table, faults);
    table.finish(faults);

    if let Some(owner) = &owner {
        names.check_department(table.file(), owner, faults);
    }
    if let Some(why) = why.as_ref().filter(|why| why.value.trim().is_empty()) {
        let fault = Diagnostic::error("P016", table.file(), Some(why.span), "`why` is empty");
        faults.push(fault.help("say in one sentence why the rule is as it is"));
    }
    let settings = set.as_ref().map(|set| read_settings(set, names, faults));
    if let (Some(settings), Some(set)) = (&settings, &set)
        && set.all().iter().all(|(_, _, node)| matches!(&node.value, Value::Array(list) if list.is_empty()))
        && settings.facets().is_empty()
    {
        let fault = Diagnostic::error("P016", table.file(), Some(set.span()), "the rule sets nothing");
        faults.push(fault.help("write `set = { department = \"…\" }`"));
    }
    let overrides = read_overrides(table, &overrides, names, faults);
    Some(Rule {
        id: RuleId::new(&id?.value).ok()?,
        owner: owner.map_or_else(String::new, |text| text.value),
        why: why.map_or_else(String::new, |text| text.value),
        when: condition?,
        set: settings?,
        overrides,
        on_unknown,
        shadow,
        from,
        to,
    })
}

fn read_overrides(
    table: &Table<'_>,
    overrides: &[Text],
    names: &Names<'_>,
    faults: &mut Faults,
) -> BTreeSet<RuleId> {
    overrides
        .iter()
        .filter(|text| names.check_rule(table.file(), text, faults))
        .filter_map(|text| RuleId::new(&text.value).ok())
        .collect()
}

/// What unknown does, under the key `on_unknown`.
pub(super) fn read_on_unknown(table: &Table<'_>, faults: &mut Faults) -> Option<OnUnknown> {
    let text = table.optional_text("on_unknown", faults)?;
    let found = OnUnknown::ALL.into_iter().find(|known| known.as_str() == text.value);
    if found.is_none() {
        faults.push(unknown_word(table, "on_unknown", &text, &OnUnknown::ALL.map(OnUnknown::as_str)));
    }
    found
}

fn read_status(table: &Table<'_>, faults: &mut Faults) -> bool {
    let Some(text) = table.optional_text("status", faults) else { return false };
    if !matches!(text.value.as_str(), "active" | "shadow") {
        faults.push(unknown_word(table, "status", &text, &["active", "shadow"]));
    }
    text.value == "shadow"
}

fn unknown_word(table: &Table<'_>, key: &str, text: &Text, words: &[&str]) -> Diagnostic {
    let message = format!("`{}` is not a value of `{key}`", text.value);
    let help = match did_you_mean(&text.value, words.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{key}` is one of: {}", words.join(", ")),
    };
    Diagnostic::error("P015", table.file(), Some(text.span), message).help(help)
}

fn read_effective(table: &Table<'_>, faults: &mut Faults) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let Some(dates) = table.table("effective", "effective", faults) else { return (None, None) };
    let mut date = |key: &'static str| {
        let node = dates.get(key)?;
        let date = match &node.value {
            Value::Date(date) | Value::Text(date, _) => date.parse().ok(),
            _ => None,
        };
        if date.is_none() {
            let fault =
                Diagnostic::error("P015", table.file(), Some(node.span), format!("`{key}` is not a date"));
            faults.push(fault.help("write it as 2026-01-01"));
        }
        date
    };
    let (from, to): (Option<NaiveDate>, Option<NaiveDate>) = (date("from"), date("to"));
    dates.finish(faults);
    if let Some((from, to)) = from.zip(to).filter(|(from, to)| from > to) {
        let message = format!("the rule is never in force: {to} is before {from}");
        faults.push(
            Diagnostic::error("P037", table.file(), Some(dates.span()), message).help("swap the dates"),
        );
    }
    (from, to)
}
