//! What do the triggers of Zammad say? They run in the alphabetical order of their names, each on the ticket as the ones
//! before it left it.
//!
//! | condition | here |
//! |---|---|
//! | `article.body`: contains | letters of `text` |
//! | `ticket.tags` | `zammad.ticket.tags`: the ticket's tags |
//! | `has changed` | `changed(…)` |
//! | any other attribute | `zammad.…`, such as `zammad.ticket.state_id` |
//!
//! | change | here |
//! |---|---|
//! | `ticket.group_id` | `department = "group-…"` |
//! | `ticket.owner_id` | `owner = "user-…"` |
//! | `ticket.priority_id` | 3 high 2, 2 normal 3, 1 low 4, as Zammad is installed |
//! | `ticket.tags` | `tags` |
//! | `notification.email`, `notification.sms` | `notify`, but for messages to the customer |
//!
//! A trigger of *selective* execution also needs that something it asks for was changed, or that there is a new article,
//! when the ticket was updated.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{Draft, Write};
use super::logic::{ALWAYS, Formula, Test};
use super::read::{Asked, Reader, short, text, text_under, texts, usable};
use super::write::slug;
use super::{Severity, unknown_word};

const OPERATORS: [&str; 27] = [
    "is",
    "is not",
    "is any of",
    "is none of",
    "is set",
    "not set",
    "contains",
    "contains not",
    "contains one",
    "contains one not",
    "contains all",
    "contains all not",
    "has changed",
    "has reached",
    "has reached warning",
    "matches regex",
    "does not match regex",
    "starts with",
    "starts with one of",
    "ends with",
    "ends with one of",
    "is in working time",
    "is not in working time",
    "today",
    "before (relative)",
    "after (relative)",
    "within last (relative)",
];

/// Reads triggers, in the order in which they run.
pub(super) fn read(rules: &[&Value], reader: &mut Reader) -> Vec<Draft> {
    let mut placed: Vec<((String, String, usize), &Value)> = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let name = text_under(rule, "name").filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| {
            let id = text_under(rule, "id").unwrap_or_else(|| (place + 1).to_string());
            format!("trigger {id}")
        });
        placed.push(((name.to_lowercase(), name, place), rule));
    }
    placed.sort_by(|(a, _), (b, _)| a.cmp(b));
    placed.into_iter().map(|((_, name, _), rule)| trigger(rule, &name, reader)).collect()
}

fn trigger(rule: &Value, name: &str, reader: &mut Reader) -> Draft {
    let mut draft = Draft::new(name.chars().take(500).collect());
    if rule.get("active").and_then(Value::as_bool) == Some(false) {
        draft.doubt("it is switched off".to_owned(), &mut reader.notes);
    }
    if text_under(rule, "activator").as_deref() == Some("time") {
        let why = "it runs when a time is reached, and a protocol decides when a message comes".to_owned();
        draft.doubt(why, &mut reader.notes);
    }
    let mut asked = BTreeSet::new();
    let condition = rule.get("condition").unwrap_or(&Value::Null);
    let when = block(condition, &mut asked, &mut draft, reader);
    draft.when = when.map(|when| {
        let because = if is_selective(rule) { updated(&asked, reader) } else { ALWAYS };
        reader.logic.all(&[when, because])
    });
    let changes = rule.get("perform").and_then(Value::as_object);
    for (name, change) in changes.into_iter().flatten() {
        perform(name, change, &mut draft, reader);
    }
    draft
}

fn is_selective(rule: &Value) -> bool {
    text_under(rule, "execution_condition_mode").as_deref() == Some("selective")
        && text_under(rule, "activator").as_deref() != Some("time")
}

/// The ticket was not merely updated, or there is a new article, or one of the fields was changed.
fn updated(asked: &BTreeSet<String>, reader: &mut Reader) -> Formula {
    let (action, article) = (reader.field("ticket.action"), reader.field("article.action"));
    let update = reader.is_any(&action, &["update".to_owned()]);
    let mut parts = vec![reader.logic.not(update), reader.is_any(&article, &["create".to_owned()])];
    let changed = asked.iter().filter(|field| **field != action && **field != article);
    for field in changed {
        parts.push(reader.logic.ask(field, Test::Changed));
    }
    reader.logic.any(&parts)
}

/// A condition: a table of attributes, all of which must be so, or a tree of blocks. `None` when nothing of it can be said.
fn block(
    value: &Value,
    asked: &mut BTreeSet<String>,
    draft: &mut Draft,
    reader: &mut Reader,
) -> Option<Formula> {
    let Some(table) = value.as_object() else { return Some(ALWAYS) };
    if let Some(inner) = table.get("conditions").and_then(Value::as_array) {
        return blocks(table.get("operator").and_then(text).as_deref(), inner, asked, draft, reader);
    }
    if let Some(name) = table.get("name").and_then(text) {
        return one(&name, value, asked, draft, reader);
    }
    let parts: Vec<Formula> =
        table.iter().filter_map(|(name, test)| one(name, test, asked, draft, reader)).collect();
    (!parts.is_empty() || table.is_empty()).then(|| reader.logic.all(&parts))
}

fn blocks(
    operator: Option<&str>,
    inner: &[Value],
    asked: &mut BTreeSet<String>,
    draft: &mut Draft,
    reader: &mut Reader,
) -> Option<Formula> {
    let parts: Vec<Formula> = inner.iter().filter_map(|value| block(value, asked, draft, reader)).collect();
    if parts.is_empty() && !inner.is_empty() {
        return None;
    }
    let operator = operator.unwrap_or("AND").to_ascii_uppercase();
    Some(match operator.as_str() {
        _ if parts.is_empty() => ALWAYS,
        "OR" => reader.logic.any(&parts),
        "NOT" => {
            if inner.len() > 1 {
                let message = "a block of NOT with several conditions holds unless all of them do".to_owned();
                draft.note(Severity::Info, message, &mut reader.notes);
            }
            let all = reader.logic.all(&parts);
            reader.logic.not(all)
        }
        "AND" => reader.logic.all(&parts),
        other => {
            let why = unknown_word("the operator of a block", other, &["AND", "OR", "NOT"]);
            draft.doubt(why, &mut reader.notes);
            reader.logic.all(&parts)
        }
    })
}

fn one(
    name: &str,
    test: &Value,
    asked: &mut BTreeSet<String>,
    draft: &mut Draft,
    reader: &mut Reader,
) -> Option<Formula> {
    match condition(name, test, asked, reader) {
        Ok(formula) => Some(formula),
        Err(why) => {
            draft.doubt(why, &mut reader.notes);
            None
        }
    }
}

fn condition(own: &str, test: &Value, asked: &mut BTreeSet<String>, reader: &mut Reader) -> Asked {
    let operator = text_under(test, "operator").unwrap_or_else(|| "is".to_owned());
    let value = test.get("value");
    let values = usable(texts(value))?;
    if !OPERATORS.contains(&operator.as_str()) {
        return Err(unknown_word(&format!("the operator of `{}`", short(own)), &operator, &OPERATORS));
    }
    if own == "article.body" {
        return body(&operator, &values, reader);
    }
    let field = reader.field(own);
    asked.insert(field.clone());
    if own == "ticket.tags" {
        return tags(&field, &operator, &listed(&values), reader);
    }
    let present = reader.present(&field);
    let precondition = text_under(test, "pre_condition").unwrap_or_default();
    if precondition.starts_with("current_user") {
        return Err(format!("whether `{}` is the current user cannot be asked", short(own)));
    }
    let is_nothing = precondition == "not_set" || values.iter().all(String::is_empty);
    match operator.as_str() {
        "is" | "is any of" if is_nothing => Ok(reader.logic.not(present)),
        "is not" if is_nothing => Ok(present),
        "is" | "is any of" => {
            let filled: Vec<String> = values.iter().filter(|value| !value.is_empty()).cloned().collect();
            let is = reader.is_any(&field, &filled);
            let absent = reader.logic.not(present);
            // An empty value among others is no value.
            Ok(if filled.len() < values.len() { reader.logic.any(&[is, absent]) } else { is })
        }
        "is not" => {
            let filled: Vec<String> = values.iter().filter(|value| !value.is_empty()).cloned().collect();
            let is = reader.is_any(&field, &filled);
            let is_not = reader.logic.not(is);
            Ok(if filled.len() < values.len() { reader.logic.all(&[present, is_not]) } else { is_not })
        }
        // The database finds nothing unequal to what is absent.
        "is none of" => {
            let is = reader.is_any(&field, &values);
            let is_not = reader.logic.not(is);
            Ok(reader.logic.all(&[present, is_not]))
        }
        "is set" => Ok(present),
        "not set" => Ok(reader.logic.not(present)),
        "has changed" => Ok(reader.logic.ask(&field, Test::Changed)),
        "is in working time" | "is not in working time" => working_time(&operator, &values, reader),
        operator => Err(format!("`{operator}` cannot be asked of `{}`", short(own))),
    }
}

/// The caller says of each calendar whether it is open.
fn working_time(operator: &str, values: &[String], reader: &mut Reader) -> Asked {
    let calendar = values.first().ok_or("it names no calendar")?;
    let field = reader.field(&format!("open.{calendar}"));
    let open = reader.is_any(&field, &["true".to_owned()]);
    Ok(if operator == "is in working time" { open } else { reader.logic.not(open) })
}

fn body(operator: &str, values: &[String], reader: &mut Reader) -> Asked {
    match operator {
        "contains" => reader.contains(values),
        "contains not" => {
            let contains = reader.contains(values)?;
            Ok(reader.logic.not(contains))
        }
        _ => Err(format!("`{operator}` cannot be asked of what was written, only what it contains")),
    }
}

fn tags(field: &str, operator: &str, tags: &[String], reader: &mut Reader) -> Asked {
    let parts = reader.has(field, tags);
    let (any, all) = (reader.logic.any(&parts), reader.logic.all(&parts));
    Ok(match operator {
        "contains one" | "is" => any,
        "contains one not" | "is not" => reader.logic.not(any),
        "contains all" => all,
        "contains all not" => reader.logic.not(all),
        "has changed" => reader.logic.ask(field, Test::Changed),
        _ => return Err(format!("`{operator}` cannot be asked of tags")),
    })
}

/// Values between commas, each once.
fn listed(values: &[String]) -> Vec<String> {
    let parts = values.iter().flat_map(|value| value.split(',')).map(str::trim);
    let parts: BTreeSet<String> = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    parts.into_iter().collect()
}

fn perform(own: &str, change: &Value, draft: &mut Draft, reader: &mut Reader) {
    let is_message = own.starts_with("notification.") || own == "article.note";
    let values = match usable(texts(change.get("value"))) {
        Ok(values) => values,
        Err(why) if !is_message => return draft.doubt(why, &mut reader.notes),
        Err(_) => Vec::new(),
    };
    let precondition = text_under(change, "pre_condition").unwrap_or_default();
    let somebody = precondition.starts_with("current_user");
    let first = values.first().map(String::as_str).filter(|value| !value.is_empty());
    let first = first.filter(|_| precondition != "not_set");
    let write = match first {
        _ if somebody => Write::Some,
        Some(value) => Write::Set(value.to_owned()),
        None => Write::Clear,
    };
    match own {
        "ticket.group_id" => {
            draft.sets.department = Some(first.map(|id| named("group", id)));
            draft.writes.push((reader.field(own), write));
        }
        "ticket.owner_id" => {
            let owner = if somebody {
                Some("role:current-user".to_owned())
            } else {
                first.map(|id| named("user", id))
            };
            draft.sets.owner = Some(owner);
            draft.writes.push((reader.field(own), write));
        }
        "ticket.priority_id" => {
            match first {
                Some("1") => draft.sets.priority = Some(Some(4)),
                Some("2") => draft.sets.priority = Some(Some(3)),
                Some("3") => draft.sets.priority = Some(Some(2)),
                None => draft.sets.priority = Some(None),
                Some(other) => {
                    let why = format!(
                        "priority {} is none of the three that Zammad is installed with",
                        short(other)
                    );
                    draft.doubt(why, &mut reader.notes);
                }
            }
            draft.writes.push((reader.field(own), write));
        }
        "ticket.tags" => {
            let field = reader.field(own);
            let is_removed = text_under(change, "operator").as_deref() == Some("remove");
            for tag in listed(&values) {
                if is_removed {
                    draft.sets.untag(&tag);
                    draft.writes.push((field.clone(), Write::Remove(tag)));
                } else {
                    draft.sets.tag(&tag);
                    draft.writes.push((field.clone(), Write::Add(tag)));
                }
            }
        }
        "notification.email" | "notification.sms" => notify(own, change, draft, reader),
        _ => {
            let message = format!("its change `{}` is not imported: no facet holds it", short(own));
            draft.note(Severity::Warning, message, &mut reader.notes);
            if !is_message && own != "notification.webhook" {
                draft.writes.push((reader.field(own), write));
            }
        }
    }
}

fn notify(own: &str, change: &Value, draft: &mut Draft, reader: &mut Reader) {
    for recipient in texts(change.get("recipient")) {
        match recipient.as_str() {
            "ticket_owner" => _ = draft.sets.notify.insert("role:owner".to_owned()),
            "ticket_agents" => _ = draft.sets.notify.insert("role:agents".to_owned()),
            "ticket_customer" | "article_last_sender" => {
                let message =
                    format!("its `{own}` to the customer is not imported: a person writes every response");
                draft.note(Severity::Warning, message, &mut reader.notes);
            }
            other => match other.strip_prefix("userid_").filter(|id| !id.is_empty() && id.len() <= 100) {
                Some(id) => _ = draft.sets.notify.insert(format!("person:{}", named("user", id))),
                None => {
                    let message = format!("its `{own}` to `{}` is not imported", short(other));
                    draft.note(Severity::Warning, message, &mut reader.notes);
                }
            },
        }
    }
}

/// A name for a thing that the export knows by a number.
fn named(what: &str, id: &str) -> String {
    if slug(id) == id { format!("{what}-{id}") } else { id.to_owned() }
}
