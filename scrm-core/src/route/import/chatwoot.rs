//! What do the automation rules of Chatwoot say? Those of one event run in the order of their ids, each on the
//! conversation as the ones before it left it.
//!
//! | condition | here |
//! |---|---|
//! | the rule's event | `chatwoot.event_name` |
//! | `content`: contains | letters of `text` |
//! | `labels` | `chatwoot.labels`: the labels of the conversation |
//! | any other attribute | `chatwoot.…` |
//!
//! | action | here |
//! |---|---|
//! | `assign_team` | `department = "team-…"` |
//! | `assign_agent` | `owner = "agent-…"` |
//! | `change_priority` | urgent 1, high 2, medium 3, low 4 |
//! | `add_label`, `remove_label` | `tags` |
//! | `send_email_to_team` | `notify` |
//!
//! Conditions are joined as the database joins them: *and* binds closer than *or*. An attribute that is absent is neither
//! equal nor unequal to a value, but for custom attributes, which are unequal.

use serde_json::Value;

use super::draft::{Draft, Write};
use super::logic::{ALWAYS, Formula, Test};
use super::read::{Asked, Reader, short, text_under, texts, usable};
use super::write::{comparison, slug};
use super::{Severity, unknown_word};

const OPERATORS: [&str; 10] = [
    "equal_to",
    "not_equal_to",
    "contains",
    "does_not_contain",
    "is_present",
    "is_not_present",
    "is_greater_than",
    "is_less_than",
    "starts_with",
    "days_before",
];

/// Attributes that every account has.
const ATTRIBUTES: [&str; 24] = [
    "status",
    "content",
    "email",
    "inbox_id",
    "message_type",
    "country_code",
    "browser_language",
    "assignee_id",
    "team_id",
    "priority",
    "labels",
    "conversation_language",
    "phone_number",
    "company",
    "company_name",
    "city",
    "country",
    "referer",
    "mail_subject",
    "private_note",
    "name",
    "display_id",
    "campaign_id",
    "identifier",
];

const PRIORITIES: [&str; 4] = ["urgent", "high", "medium", "low"];

/// Reads automation rules, in the order in which they run.
pub(super) fn read(rules: &[&Value], reader: &mut Reader) -> Vec<Draft> {
    let mut placed: Vec<(i64, usize, &Value)> = rules
        .iter()
        .enumerate()
        .map(|(place, rule)| (rule.get("id").and_then(Value::as_i64).unwrap_or(i64::MAX), place, *rule))
        .collect();
    placed.sort_by_key(|(id, place, _)| (*id, *place));
    placed.into_iter().map(|(_, place, rule)| automation(rule, place, reader)).collect()
}

fn automation(rule: &Value, place: usize, reader: &mut Reader) -> Draft {
    let title = text_under(rule, "name").filter(|name| !name.trim().is_empty());
    let title = title.unwrap_or_else(|| {
        let id = text_under(rule, "id").unwrap_or_else(|| (place + 1).to_string());
        format!("automation rule {id}")
    });
    let mut draft = Draft::new(title.chars().take(500).collect());
    if rule.get("active").and_then(Value::as_bool) == Some(false) {
        draft.doubt("it is switched off".to_owned(), &mut reader.notes);
    }
    let field = reader.field("event_name");
    let event = text_under(rule, "event_name").unwrap_or_default();
    let event = match usable(vec![event]) {
        Ok(event) => reader.is_any(&field, &event),
        Err(why) => {
            draft.doubt(why, &mut reader.notes);
            ALWAYS
        }
    };
    let conditions = rule.get("conditions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (mut rows, mut row): (Vec<Formula>, Vec<Formula>) = Default::default();
    let (mut is_asked, mut is_said) = (false, conditions.is_empty());
    for (index, it) in conditions.iter().enumerate() {
        let asked = condition(it, reader);
        is_asked = true;
        match asked {
            Ok(asked) => {
                is_said = true;
                row.push(asked);
            }
            Err(why) => draft.doubt(why, &mut reader.notes),
        }
        let joint = text_under(it, "query_operator").unwrap_or_default();
        let is_last = index + 1 == conditions.len();
        if is_last || joint.eq_ignore_ascii_case("or") {
            let all = std::mem::take(&mut row);
            if !all.is_empty() {
                rows.push(reader.logic.all(&all));
            }
        }
    }
    let asked = if is_asked { reader.logic.any(&rows) } else { ALWAYS };
    draft.when = is_said.then(|| reader.logic.all(&[event, asked]));
    for action in rule.get("actions").and_then(Value::as_array).into_iter().flatten() {
        perform(action, &mut draft, reader);
    }
    draft
}

fn condition(condition: &Value, reader: &mut Reader) -> Asked {
    let own = text_under(condition, "attribute_key").ok_or("a condition names no attribute")?;
    let operator = text_under(condition, "filter_operator").unwrap_or_else(|| "equal_to".to_owned());
    if operator == "attribute_changed" {
        return changed(&own, condition, reader);
    }
    let values = usable(texts(condition.get("values")))?;
    if !OPERATORS.contains(&operator.as_str()) {
        return Err(unknown_word(&format!("the operator of `{}`", short(&own)), &operator, &OPERATORS));
    }
    let is_custom = text_under(condition, "custom_attribute_type").is_some_and(|kind| !kind.is_empty());
    if own == "content" {
        return content(&operator, &values, reader);
    }
    if !is_custom && !ATTRIBUTES.contains(&own.as_str()) {
        let message = unknown_word("the attribute", &own, &ATTRIBUTES);
        reader.note(Severity::Info, format!("{message}; it is taken as a field of your own"));
    }
    let field = reader.field(&own);
    if own == "labels" {
        return labels(&field, &operator, &values, reader);
    }
    let present = reader.present(&field);
    match operator.as_str() {
        "equal_to" if own == "status" && values.iter().any(|value| value == "all") => Ok(present),
        "equal_to" => Ok(reader.is_any(&field, &values)),
        "not_equal_to" => {
            let is = reader.is_any(&field, &values);
            let is_not = reader.logic.not(is);
            Ok(if is_custom { is_not } else { reader.logic.all(&[present, is_not]) })
        }
        "is_present" => Ok(present),
        "is_not_present" => Ok(reader.logic.not(present)),
        operator => match comparison(operator) {
            Some(sign) => reader.compare(&field, sign, values.first()),
            None => Err(format!("`{operator}` cannot be asked of `{}`", short(&own))),
        },
    }
}

fn content(operator: &str, values: &[String], reader: &mut Reader) -> Asked {
    let values: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
    match operator {
        "contains" => reader.contains(&values),
        "does_not_contain" => {
            let contains = reader.contains(&values)?;
            let (present, not) = (reader.present("text"), reader.logic.not(contains));
            Ok(reader.logic.all(&[present, not]))
        }
        _ => Err(format!("`{operator}` cannot be asked of what was written, only what it contains")),
    }
}

fn labels(field: &str, operator: &str, values: &[String], reader: &mut Reader) -> Asked {
    let parts = reader.has(field, values);
    let has = reader.logic.any(&parts);
    match operator {
        "equal_to" => Ok(has),
        "not_equal_to" => Ok(reader.logic.not(has)),
        _ => Err(format!("`{operator}` cannot be asked of labels, only which there are")),
    }
}

/// From one of some values to one of others.
fn changed(own: &str, condition: &Value, reader: &mut Reader) -> Asked {
    let from = usable(texts(condition.pointer("/values/from")))?;
    let to = usable(texts(condition.pointer("/values/to")))?;
    let field = reader.field(own);
    if from.is_empty() || to.is_empty() {
        return Err(format!("it does not say from what to what `{}` changed", short(own)));
    }
    let mut parts = Vec::new();
    for from in &from {
        for to in to.iter().filter(|to| *to != from) {
            parts.push(reader.logic.ask(&field, Test::ChangedBetween(from.clone(), to.clone())));
        }
    }
    Ok(reader.logic.any(&parts))
}

fn perform(action: &Value, draft: &mut Draft, reader: &mut Reader) {
    let name = text_under(action, "action_name").unwrap_or_default();
    let parameters = action.get("action_params");
    let teams = parameters.and_then(|it| it.get(0)).and_then(|it| it.get("team_ids"));
    let is_setting = matches!(
        name.as_str(),
        "assign_team" | "assign_agent" | "change_priority" | "add_label" | "remove_label"
    );
    let values = match usable(texts(parameters)) {
        Ok(values) => values,
        Err(why) if is_setting => return draft.doubt(why, &mut reader.notes),
        Err(_) => Vec::new(),
    };
    let first = values.first().map(String::as_str).filter(|value| !matches!(*value, "" | "nil" | "none"));
    match name.as_str() {
        "assign_team" => {
            draft.sets.department = Some(first.map(|id| named("team", id)));
            draft.writes.push((reader.field("team_id"), write(first)));
        }
        "assign_agent" => {
            draft.sets.owner = Some(first.map(agent));
            let symbolic = first.is_some_and(|id| agent(id).contains(':'));
            draft
                .writes
                .push((reader.field("assignee_id"), if symbolic { Write::Some } else { write(first) }));
        }
        "change_priority" => {
            let place = PRIORITIES.iter().zip(1_u8..).find(|(name, _)| Some(**name) == first);
            match (place, first) {
                (Some((_, priority)), _) => draft.sets.priority = Some(Some(priority)),
                (None, None) => draft.sets.priority = Some(None),
                (None, Some(first)) => {
                    draft.doubt(unknown_word("the priority", first, &PRIORITIES), &mut reader.notes);
                }
            }
            draft.writes.push((reader.field("priority"), write(first)));
        }
        "add_label" | "remove_label" => {
            let field = reader.field("labels");
            for label in values.into_iter().filter(|label| !label.is_empty()) {
                if name == "add_label" {
                    draft.sets.tag(&label);
                    draft.writes.push((field.clone(), Write::Add(label)));
                } else {
                    draft.sets.untag(&label);
                    draft.writes.push((field.clone(), Write::Remove(label)));
                }
            }
        }
        "send_email_to_team" => {
            let teams = texts(teams.or(parameters));
            draft.sets.notify.extend(teams.iter().map(|id| format!("team:{}", named("team", id))));
        }
        _ => other(&name, first, draft, reader),
    }
}

/// What no facet holds; later rules may see it.
fn other(name: &str, first: Option<&str>, draft: &mut Draft, reader: &mut Reader) {
    let message = match name {
        "send_message" | "send_attachment" => {
            format!("its action `{name}` is not imported: a person writes every response")
        }
        _ => format!("its action `{}` is not imported: no facet holds it", short(name)),
    };
    draft.note(Severity::Warning, message, &mut reader.notes);
    let status = match name {
        "resolve_conversation" => Some("resolved"),
        "open_conversation" => Some("open"),
        "pending_conversation" => Some("pending"),
        "snooze_conversation" => Some("snoozed"),
        "change_status" => first,
        _ => None,
    };
    if let Some(status) = status {
        draft.writes.push((reader.field("status"), Write::Set(status.to_owned())));
    }
}

/// A name for a thing that the export knows by a number.
fn named(what: &str, id: &str) -> String {
    if slug(id) == id { format!("{what}-{id}") } else { id.to_owned() }
}

fn agent(id: &str) -> String {
    match id {
        "self" | "last_responding_agent" => format!("role:{}", slug(id)),
        _ => named("agent", id),
    }
}

fn write(value: Option<&str>) -> Write {
    value.map_or(Write::Clear, |value| Write::Set(value.to_owned()))
}
