//! What do the triggers of Zendesk say? They run by their position, each sees what the ones before it changed.
//!
//! | condition | here |
//! |---|---|
//! | `comment_includes_word`, `description_includes_word` | words and letters of `text` |
//! | `subject_includes_word` | `zendesk.subject_words`: the words of the subject, in lower case |
//! | `current_tags` | `zendesk.current_tags`: the ticket's tags |
//! | `priority`, `status`: less and greater | the values below and above |
//! | `changed`, `value`, `value_previous` | `changed(…)` |
//! | any other field | `zendesk.…` |
//!
//! | action | here |
//! |---|---|
//! | `group_id` | `department = "group-…"` |
//! | `assignee_id` | `owner = "user-…"`, or `role:current-user` and the like |
//! | `priority` | urgent 1, high 2, normal 3, low 4 |
//! | `current_tags`, `set_tags`, `remove_tags` | `tags` |
//! | `notification_user`, `notification_group` | `notify`, but for messages to the requester |
//!
//! What another action changes is seen by later triggers as it is there. Zendesk may check a trigger once more after a
//! later one changed the ticket; that is noted where it could matter, and not done.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{Draft, Write};
use super::logic::{ALWAYS, Formula, Test};
use super::read::{Asked, Reader, short, split_words, text, text_under, texts, usable};
use super::write::{comparison, slug};
use super::{Severity, unknown_word};
use crate::route::condition::Comparison;

const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];
const STATUSES: [&str; 6] = ["new", "open", "pending", "hold", "solved", "closed"];

/// Values that stand for whoever it is at the time.
const SOMEBODY: [&str; 5] = ["current_user", "requester_id", "assignee_id", "current_groups", "all_agents"];

/// Fields of conditions that are known to be there.
const FIELDS: [&str; 33] = [
    "status",
    "custom_status_id",
    "priority",
    "type",
    "group_id",
    "assignee_id",
    "requester_id",
    "organization_id",
    "current_tags",
    "via_id",
    "via",
    "current_via_id",
    "recipient",
    "subject_includes_word",
    "comment_includes_word",
    "description_includes_word",
    "comment_is_public",
    "requester_role",
    "requester.language",
    "role",
    "locale_id",
    "ticket_form_id",
    "ticket_form",
    "brand_id",
    "in_business_hours",
    "holiday_check",
    "ticket_is_public",
    "update_type",
    "satisfaction_score",
    "satisfaction_reason_code",
    "reopens",
    "replies",
    "cc",
];

const OPERATORS: [&str; 25] = [
    "is",
    "is_not",
    "includes",
    "not_includes",
    "contains",
    "not_contains",
    "includes_word",
    "not_includes_word",
    "includes_string",
    "not_includes_string",
    "changed",
    "not_changed",
    "value",
    "changed_to",
    "not_value",
    "not_changed_to",
    "value_previous",
    "changed_from",
    "not_value_previous",
    "not_changed_from",
    "less_than",
    "less_than_equal",
    "greater_than",
    "greater_than_equal",
    "present",
];

/// Reads triggers, in the order in which they run.
pub(super) fn read(rules: &[&Value], reader: &mut Reader) -> Vec<Draft> {
    let mut categories: Vec<String> = Vec::new();
    let mut placed: Vec<((usize, i64, usize), &Value)> = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let category = text_under(rule, "category_id").unwrap_or_default();
        let known = categories.iter().position(|known| *known == category);
        let category = known.unwrap_or_else(|| {
            categories.push(category);
            categories.len() - 1
        });
        let position = rule.get("position").and_then(Value::as_i64).unwrap_or(i64::MAX);
        placed.push(((category, position, place), rule));
    }
    if categories.len() > 1 {
        let message = "positions count within a category, and the export does not say how the categories stand: they \
                       are taken in the order in which the export first names them";
        reader.note(Severity::Warning, message.to_owned());
    }
    placed.sort_by_key(|(key, _)| *key);
    let drafts: Vec<(Draft, BTreeSet<String>)> =
        placed.iter().enumerate().map(|(place, (_, rule))| trigger(rule, place, reader)).collect();
    note_rechecks(&drafts, reader);
    drafts.into_iter().map(|(draft, _)| draft).collect()
}

/// One trigger, and the fields that it asks for.
fn trigger(rule: &Value, place: usize, reader: &mut Reader) -> (Draft, BTreeSet<String>) {
    let title = text_under(rule, "title").filter(|title| !title.trim().is_empty());
    let title = title.unwrap_or_else(|| {
        let id = text_under(rule, "id").unwrap_or_else(|| (place + 1).to_string());
        format!("trigger {id}")
    });
    let mut draft = Draft::new(title.chars().take(500).collect());
    if rule.get("active").and_then(Value::as_bool) == Some(false) {
        draft.doubt("it is switched off".to_owned(), &mut reader.notes);
    }
    let mut reads = BTreeSet::new();
    let mut groups = Vec::new();
    let mut asked_any = false;
    for key in ["all", "any"] {
        let conditions = rule.pointer(&format!("/conditions/{key}")).and_then(Value::as_array);
        let conditions = conditions.map(Vec::as_slice).unwrap_or_default();
        asked_any |= !conditions.is_empty();
        let asked: Vec<Asked> = conditions.iter().map(|it| condition(it, &mut reads, reader)).collect();
        let sayable = reader.sayable(asked, &mut draft);
        if !sayable.is_empty() {
            groups.push(if key == "all" { reader.logic.all(&sayable) } else { reader.logic.any(&sayable) });
        }
    }
    draft.when = match groups.as_slice() {
        [] if asked_any => None,
        [] => Some(ALWAYS),
        groups => Some(reader.logic.all(groups)),
    };
    for action in rule.get("actions").and_then(Value::as_array).into_iter().flatten() {
        perform(action, &mut draft, reader);
    }
    (draft, reads)
}

fn condition(condition: &Value, reads: &mut BTreeSet<String>, reader: &mut Reader) -> Asked {
    let own = text_under(condition, "field").ok_or("a condition names no field")?;
    let operator = text_under(condition, "operator").unwrap_or_else(|| "is".to_owned());
    let values = usable(texts(condition.get("value")))?;
    if !OPERATORS.contains(&operator.as_str()) && operator != "not_present" {
        return Err(unknown_word(&format!("the operator of `{}`", short(&own)), &operator, &OPERATORS));
    }
    let (plain, negated) = match operator.strip_prefix("not_") {
        Some(plain) => (plain, true),
        None if operator == "is_not" => ("is", true),
        None => (operator.as_str(), false),
    };
    let asked = match own.as_str() {
        "comment_includes_word" | "description_includes_word" => match plain {
            "includes" | "includes_word" => reader.words(&split_words(&values)),
            "is" | "contains" | "includes_string" => reader.contains(&values),
            _ => Err(format!("`{plain}` cannot be asked of what was written")),
        },
        "subject_includes_word" => subject(plain, &values, reader),
        _ => {
            if !FIELDS.contains(&own.as_str()) && !own.starts_with("custom_fields_") {
                let message = unknown_word("the field", &own, &FIELDS);
                reader.note(Severity::Info, format!("{message}; it is taken as a field of your own"));
            }
            let field = reader.field(&own);
            reads.insert(field.clone());
            of_field(&own, &field, plain, &values, reader)
        }
    }?;
    Ok(if negated { reader.logic.not(asked) } else { asked })
}

/// The subject is asked for its words; letters within words cannot be asked for.
fn subject(operator: &str, values: &[String], reader: &mut Reader) -> Asked {
    if !matches!(operator, "includes" | "includes_word") {
        return Err(
            "letters in the subject cannot be asked for: `text` is subject and body together".to_owned()
        );
    }
    let field = reader.field("subject_words");
    let words: Vec<String> = split_words(values).iter().map(|word| word.to_lowercase()).collect();
    let parts = reader.has(&field, &words);
    Ok(reader.logic.any(&parts))
}

fn of_field(own: &str, field: &str, operator: &str, values: &[String], reader: &mut Reader) -> Asked {
    if own == "current_tags" {
        let parts = reader.has(field, &split_words(values));
        return match operator {
            "includes" | "is" => Ok(reader.logic.any(&parts)),
            "changed" => Ok(reader.logic.ask(field, Test::Changed)),
            _ => Err(format!("`{operator}` cannot be asked of tags")),
        };
    }
    let scale = scale(own);
    match operator {
        "changed" => Ok(reader.logic.ask(field, Test::Changed)),
        "value" | "changed_to" => {
            let (changed, is) = (reader.logic.ask(field, Test::Changed), is_one(field, values, reader)?);
            Ok(reader.logic.all(&[changed, is]))
        }
        "value_previous" | "changed_from" => {
            let from = values.first().ok_or("it does not say from what it changed")?;
            let to = scale.iter().filter(|to| *to != from);
            let parts: Vec<Formula> = to
                .map(|to| reader.logic.ask(field, Test::ChangedBetween(from.clone(), (*to).to_owned())))
                .collect();
            if parts.is_empty() {
                return Err(format!(
                    "what `{own}` was before cannot be asked alone, only with what it is now"
                ));
            }
            Ok(reader.logic.any(&parts))
        }
        "present" => {
            let wanted = values.first().is_none_or(|value| value != "false");
            let present = reader.present(field);
            Ok(if wanted { present } else { reader.logic.not(present) })
        }
        "is" => is_one(field, values, reader),
        "includes" | "contains" => {
            Err(format!("letters in `{own}` cannot be asked for; only whether it is a value"))
        }
        _ => match comparison(operator) {
            Some(sign) if !scale.is_empty() => below_or_above(field, scale, sign, values, reader),
            Some(sign) => reader.compare(field, sign, values.first()),
            None => Err(format!("`{operator}` cannot be asked of `{own}`")),
        },
    }
}

/// The values of a field that have an order, lowest first.
fn scale(own: &str) -> &'static [&'static str] {
    match own {
        "priority" => &PRIORITIES,
        "status" => &STATUSES,
        _ => &[],
    }
}

fn below_or_above(
    field: &str,
    scale: &[&str],
    sign: Comparison,
    values: &[String],
    reader: &mut Reader,
) -> Asked {
    let value = values.first().map(String::as_str).unwrap_or_default();
    let Some(at) = scale.iter().position(|known| *known == value) else {
        return Err(unknown_word(&format!("the value of `{field}`"), value, scale));
    };
    let fits = |place: usize| match sign {
        Comparison::Less => place < at,
        Comparison::AtMost => place <= at,
        Comparison::More => place > at,
        _ => place >= at,
    };
    let fitting = scale.iter().enumerate().filter(|(place, _)| fits(*place));
    let fitting: Vec<String> = fitting.map(|(_, value)| (*value).to_owned()).collect();
    Ok(reader.is_any(field, &fitting))
}

/// It is one of the values; without a value, it has none.
fn is_one(field: &str, values: &[String], reader: &mut Reader) -> Asked {
    if let Some(somebody) = values.iter().find(|value| SOMEBODY.contains(&value.as_str())) {
        return Err(format!("who `{somebody}` is cannot be asked; give `{field}` a value of its own"));
    }
    if values.iter().all(String::is_empty) {
        let present = reader.present(field);
        return Ok(reader.logic.not(present));
    }
    Ok(reader.is_any(field, values))
}

fn perform(action: &Value, draft: &mut Draft, reader: &mut Reader) {
    let own = text_under(action, "field").unwrap_or_default();
    let values = match usable(texts(action.get("value"))) {
        Ok(values) => values,
        // The texts of messages may be as long as they like.
        Err(_) if own.starts_with("notification_") => {
            let first = action.get("value").and_then(Value::as_array).and_then(|values| values.first());
            first.and_then(text).into_iter().collect()
        }
        Err(why) => return draft.doubt(why, &mut reader.notes),
    };
    let first = values.first().map(String::as_str).unwrap_or_default();
    match own.as_str() {
        "group_id" => {
            draft.sets.department = Some((!first.is_empty()).then(|| named("group", first)));
            draft.writes.push((reader.field(&own), write(first)));
        }
        "assignee_id" => {
            draft.sets.owner = Some((!first.is_empty()).then(|| person(first)));
            draft.writes.push((reader.field(&own), write(first)));
        }
        "priority" => {
            let place = PRIORITIES.iter().rev().zip(1_u8..).find(|(name, _)| **name == first);
            match place {
                Some((_, priority)) => draft.sets.priority = Some(Some(priority)),
                None if first.is_empty() => draft.sets.priority = Some(None),
                None => draft.doubt(unknown_word("the priority", first, &PRIORITIES), &mut reader.notes),
            }
            draft.writes.push((reader.field(&own), write(first)));
        }
        "current_tags" | "set_tags" | "remove_tags" => tag(&own, &split_words(&values), draft, reader),
        "notification_user" | "notification_group" => notify(&own, first, draft, reader),
        _ => {
            let tells =
                own.starts_with("notification_") || matches!(own.as_str(), "tweet_requester" | "deflection");
            let message = format!("its action `{}` is not imported: no facet holds it", short(&own));
            draft.note(Severity::Warning, message, &mut reader.notes);
            if !tells && !own.is_empty() {
                draft.writes.push((reader.field(&own), write(first)));
            }
        }
    }
}

fn tag(own: &str, tags: &[String], draft: &mut Draft, reader: &mut Reader) {
    let field = reader.field("current_tags");
    match own {
        "current_tags" => {
            tags.iter().for_each(|tag| draft.sets.tag(tag));
            draft.writes.extend(tags.iter().map(|tag| (field.clone(), Write::Add(tag.clone()))));
        }
        "set_tags" => {
            let tags: BTreeSet<String> = tags.iter().cloned().collect();
            draft.sets.retag(tags.clone());
            draft.writes.push((field, Write::Replace(tags)));
            let message = "it replaces all tags: here it takes back those of earlier rules, and leaves to you those \
                           that the ticket had";
            draft.note(Severity::Info, message.to_owned(), &mut reader.notes);
        }
        _ => {
            tags.iter().for_each(|tag| draft.sets.untag(tag));
            draft.writes.extend(tags.iter().map(|tag| (field.clone(), Write::Remove(tag.clone()))));
            let message = "it removes tags: here it takes back those of earlier rules, and leaves to you those that \
                           the ticket had";
            draft.note(Severity::Info, message.to_owned(), &mut reader.notes);
        }
    }
}

fn notify(own: &str, first: &str, draft: &mut Draft, reader: &mut Reader) {
    match (own, first) {
        (_, "requester_id" | "requester_and_ccs") => {
            let message = "it writes to the requester, which is not imported: a person writes every response";
            draft.note(Severity::Warning, message.to_owned(), &mut reader.notes);
        }
        (_, "") => {
            let message = format!("its action `{own}` tells nobody");
            draft.note(Severity::Warning, message, &mut reader.notes);
        }
        ("notification_group", "group_id") => _ = draft.sets.notify.insert("role:group".to_owned()),
        ("notification_group", group) => {
            draft.sets.notify.insert(format!("team:{}", named("group", group)));
        }
        (_, user) => {
            let user = person(user);
            let user = if user.contains(':') { user } else { format!("person:{user}") };
            draft.sets.notify.insert(user);
        }
    }
}

/// Notes the triggers that ask for what a later one changes.
fn note_rechecks(drafts: &[(Draft, BTreeSet<String>)], reader: &mut Reader) {
    let mut later: BTreeSet<&String> = BTreeSet::new();
    for (draft, reads) in drafts.iter().rev() {
        if let Some(field) = reads.iter().find(|field| later.contains(field)) {
            let message = format!(
                "it asks for `{field}`, which a later trigger changes; where Zendesk checks it once more after that, \
                 the imported rule does not"
            );
            draft.note(Severity::Info, message, &mut reader.notes);
        }
        if draft.shadow.is_empty() {
            later.extend(draft.writes.iter().map(|(field, _)| field));
        }
    }
}

/// A name for a thing that the export knows by a number.
fn named(what: &str, id: &str) -> String {
    let plain = slug(id);
    if plain == id { format!("{what}-{id}") } else { id.to_owned() }
}

fn person(id: &str) -> String {
    match id {
        "current_user" | "all_agents" | "current_groups" => format!("role:{}", slug(id)),
        "requester_id" => "role:requester".to_owned(),
        "assignee_id" => "role:assignee".to_owned(),
        _ => named("user", id),
    }
}

fn write(value: &str) -> Write {
    match value {
        "" => Write::Clear,
        value if SOMEBODY.contains(&value) => Write::Some,
        value => Write::Set(value.to_owned()),
    }
}
