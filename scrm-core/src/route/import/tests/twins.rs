//! What do the tools themselves do? Each interpreted over its own JSON, rule by rule, with no thought of a protocol.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Outcome, Ticket};

struct Run<'a> {
    ticket: &'a Ticket,
    fields: BTreeMap<String, String>,
    tags: BTreeSet<String>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    fn new(ticket: &'a Ticket) -> Self {
        let (fields, tags) = (ticket.fields.clone(), ticket.tags.clone());
        Self { ticket, fields, tags, outcome: Outcome::default() }
    }

    fn value(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    fn set(&mut self, field: &str, value: &str) {
        if value.is_empty() {
            self.fields.remove(field);
        } else {
            self.fields.insert(field.to_owned(), value.to_owned());
        }
    }

    fn tag(&mut self, tag: &str) {
        self.tags.insert(tag.to_owned());
        self.outcome.tags.insert(tag.to_owned());
    }

    fn untag(&mut self, tag: &str) {
        self.tags.remove(tag);
        self.outcome.tags.remove(tag);
    }

    fn wrote(&self, word: &str) -> bool {
        let text = self.ticket.text.as_deref().unwrap_or_default();
        text.split_whitespace().any(|other| other == word)
    }

    fn contains(&self, part: &str) -> bool {
        self.ticket.text.as_deref().is_some_and(|text| text.contains(part))
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(list).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn some(value: &str, what: &str) -> Option<String> {
    (!value.is_empty()).then(|| format!("{what}-{value}"))
}

fn name<'a>(rule: &'a Value, key: &str) -> &'a str {
    rule[key].as_str().unwrap_or_default()
}

pub(super) fn zendesk(triggers: &[Value], off: &BTreeSet<String>, ticket: &Ticket) -> Outcome {
    let mut triggers: Vec<&Value> = triggers.iter().collect();
    triggers.sort_by_key(|trigger| trigger["position"].as_i64());
    let mut run = Run::new(ticket);
    for trigger in triggers {
        if off.contains(name(trigger, "title")) || trigger["active"] == false {
            continue;
        }
        let all = trigger["conditions"]["all"].as_array().unwrap();
        let any = trigger["conditions"]["any"].as_array().unwrap();
        let fires = all.iter().all(|it| zendesk_holds(it, &run))
            && (any.is_empty() || any.iter().any(|it| zendesk_holds(it, &run)));
        if fires {
            trigger["actions"].as_array().unwrap().iter().for_each(|action| zendesk_acts(action, &mut run));
        }
    }
    run.outcome
}

fn zendesk_holds(condition: &Value, run: &Run<'_>) -> bool {
    let (field, operator) = (name(condition, "field"), name(condition, "operator"));
    let value = list(&condition["value"]).join(" ");
    let words: Vec<&str> = value.split(' ').collect();
    let place = |value: &str| ["low", "normal", "high", "urgent"].iter().position(|known| *known == value);
    let now = run.value(field);
    match (field, operator) {
        ("current_tags", "includes") => words.iter().any(|word| run.tags.contains(*word)),
        ("current_tags", "not_includes") => !words.iter().any(|word| run.tags.contains(*word)),
        ("subject_includes_word", "includes") => words.iter().any(|word| run.ticket.subject.contains(*word)),
        ("subject_includes_word", "not_includes") => {
            !words.iter().any(|word| run.ticket.subject.contains(*word))
        }
        ("comment_includes_word", "includes") => words.iter().any(|word| run.wrote(word)),
        ("comment_includes_word", "not_includes") => !words.iter().any(|word| run.wrote(word)),
        ("comment_includes_word", "is") => run.contains(&value),
        ("comment_includes_word", "is_not") => !run.contains(&value),
        ("priority", "less_than") => place(now).is_some_and(|now| now < place(&value).unwrap()),
        ("priority", "greater_than") => place(now).is_some_and(|now| now > place(&value).unwrap()),
        (_, "less_than") => now.parse::<f64>().is_ok_and(|now| now < value.parse().unwrap()),
        (_, "greater_than") => now.parse::<f64>().is_ok_and(|now| now > value.parse().unwrap()),
        (_, "is") => now == value,
        (_, "is_not") => now != value,
        (_, "present") => !now.is_empty(),
        (_, "not_present") => now.is_empty(),
        (_, "changed") => run.ticket.changes.iter().any(|(changed, _, _)| changed == field),
        (_, "not_changed") => !run.ticket.changes.iter().any(|(changed, _, _)| changed == field),
        (_, "value") => now == value && run.ticket.changes.iter().any(|(changed, _, _)| changed == field),
        (_, "value_previous") => {
            run.ticket.changes.iter().any(|(changed, from, _)| changed == field && *from == value)
        }
        other => panic!("{other:?}"),
    }
}

fn zendesk_acts(action: &Value, run: &mut Run<'_>) {
    let values = list(&action["value"]);
    let value = values.first().map_or("", String::as_str);
    let words: BTreeSet<String> =
        values.iter().flat_map(|value| value.split(' ')).map(str::to_owned).collect();
    match name(action, "field") {
        "group_id" => {
            run.set("group_id", value);
            run.outcome.department = some(value, "group");
        }
        "assignee_id" => {
            run.set("assignee_id", value);
            run.outcome.owner = some(value, "user");
        }
        "priority" => {
            run.set("priority", value);
            run.outcome.priority = match value {
                "urgent" => Some(1),
                "high" => Some(2),
                "normal" => Some(3),
                "low" => Some(4),
                _ => None,
            };
        }
        "current_tags" => words.iter().for_each(|tag| run.tag(tag)),
        "remove_tags" => words.iter().for_each(|tag| run.untag(tag)),
        "set_tags" => {
            run.tags = words.clone();
            run.outcome.tags = words;
        }
        "notification_group" => _ = run.outcome.notify.insert(format!("team:group-{value}")),
        other => run.set(other, value),
    }
}

pub(super) fn chatwoot(rules: &[Value], off: &BTreeSet<String>, ticket: &Ticket) -> Outcome {
    let mut rules: Vec<&Value> = rules.iter().collect();
    rules.sort_by_key(|rule| rule["id"].as_i64());
    let mut run = Run::new(ticket);
    for rule in rules {
        if off.contains(name(rule, "name")) || rule["event_name"] != *run.value("event_name") {
            continue;
        }
        // The conditions one after the other, `and` before `or`.
        let (mut found, mut row) = (false, true);
        for condition in rule["conditions"].as_array().unwrap() {
            row &= chatwoot_holds(condition, &run);
            if condition["query_operator"] == "OR" || condition["query_operator"].is_null() {
                found |= row;
                row = true;
            }
        }
        if found || rule["conditions"] == serde_json::json!([]) {
            rule["actions"].as_array().unwrap().iter().for_each(|action| chatwoot_acts(action, &mut run));
        }
    }
    run.outcome
}

fn chatwoot_holds(condition: &Value, run: &Run<'_>) -> bool {
    let (key, operator) = (name(condition, "attribute_key"), name(condition, "filter_operator"));
    let values = list(&condition["values"]);
    let now = run.fields.get(key);
    let is_custom = !name(condition, "custom_attribute_type").is_empty();
    match (key, operator) {
        ("labels", "equal_to") => values.iter().any(|value| run.tags.contains(value)),
        ("labels", "not_equal_to") => !values.iter().any(|value| run.tags.contains(value)),
        ("content", "contains") => values.iter().any(|value| run.contains(value)),
        ("content", "does_not_contain") => {
            run.ticket.text.is_some() && !values.iter().any(|value| run.contains(value))
        }
        (_, "attribute_changed") => run.ticket.changes.iter().any(|(changed, from, to)| {
            let is = |key: &str, value: &String| list(&condition["values"][key]).contains(value);
            changed == key && is("from", from) && is("to", to)
        }),
        (_, "equal_to") => now.is_some_and(|now| values.contains(now)),
        (_, "not_equal_to") => now.map_or(is_custom, |now| !values.contains(now)),
        (_, "is_present") => now.is_some(),
        (_, "is_not_present") => now.is_none(),
        (_, "is_greater_than") => {
            now.is_some_and(|now| now.parse::<f64>().unwrap() > values[0].parse().unwrap())
        }
        (_, "is_less_than") => {
            now.is_some_and(|now| now.parse::<f64>().unwrap() < values[0].parse().unwrap())
        }
        other => panic!("{other:?}"),
    }
}

fn chatwoot_acts(action: &Value, run: &mut Run<'_>) {
    let values = list(&action["action_params"]);
    let value = values.first().map_or("", String::as_str);
    let value = if value == "nil" { "" } else { value };
    match name(action, "action_name") {
        "assign_team" => {
            run.set("team_id", value);
            run.outcome.department = some(value, "team");
        }
        "assign_agent" => {
            run.set("assignee_id", value);
            run.outcome.owner = some(value, "agent");
        }
        "change_priority" => {
            run.set("priority", value);
            run.outcome.priority = match value {
                "urgent" => Some(1),
                "high" => Some(2),
                "medium" => Some(3),
                "low" => Some(4),
                _ => None,
            };
        }
        "add_label" => values.iter().for_each(|tag| run.tag(tag)),
        "remove_label" => values.iter().for_each(|tag| run.untag(tag)),
        "resolve_conversation" => run.set("status", "resolved"),
        "send_email_to_team" => {
            let teams = list(&action["action_params"][0]["team_ids"]);
            run.outcome.notify.extend(teams.iter().map(|team| format!("team:team-{team}")));
        }
        other => panic!("{other:?}"),
    }
}

pub(super) fn zammad(triggers: &[Value], off: &BTreeSet<String>, ticket: &Ticket) -> Outcome {
    let mut triggers: Vec<&Value> = triggers.iter().collect();
    triggers.sort_by_key(|trigger| name(trigger, "name").to_lowercase());
    let mut run = Run::new(ticket);
    for trigger in triggers {
        if off.contains(name(trigger, "name")) || !zammad_block(&trigger["condition"], &run) {
            continue;
        }
        if trigger["execution_condition_mode"] == "selective" && run.value("ticket.action") == "update" {
            let mut asked = BTreeSet::new();
            zammad_asked(&trigger["condition"], &mut asked);
            let changed = ticket.changes.iter().any(|(field, _, _)| asked.contains(field));
            if !changed && run.value("article.action") != "create" {
                continue;
            }
        }
        for (key, change) in trigger["perform"].as_object().unwrap() {
            zammad_acts(key, change, &mut run);
        }
    }
    run.outcome
}

fn zammad_asked(block: &Value, asked: &mut BTreeSet<String>) {
    if let Some(conditions) = block["conditions"].as_array() {
        conditions.iter().for_each(|it| zammad_asked(it, asked));
    } else if let Some(name) = block["name"].as_str() {
        asked.insert(name.to_owned());
    } else {
        asked.extend(block.as_object().unwrap().keys().cloned());
    }
}

fn zammad_block(block: &Value, run: &Run<'_>) -> bool {
    if let Some(conditions) = block["conditions"].as_array() {
        let mut parts = conditions.iter().map(|it| zammad_block(it, run));
        return match name(block, "operator") {
            "OR" => parts.any(|part| part),
            "NOT" => !parts.all(|part| part),
            _ => parts.all(|part| part),
        };
    }
    match block["name"].as_str() {
        Some(name) => zammad_holds(name, block, run),
        None => block.as_object().unwrap().iter().all(|(name, test)| zammad_holds(name, test, run)),
    }
}

fn zammad_holds(key: &str, test: &Value, run: &Run<'_>) -> bool {
    let values = list(&test["value"]);
    let tags: Vec<&str> = values.iter().flat_map(|value| value.split(", ")).collect();
    let now = run.fields.get(key);
    match (key, name(test, "operator")) {
        ("ticket.tags", "contains one") => tags.iter().any(|tag| run.tags.contains(*tag)),
        ("ticket.tags", "contains one not") => !tags.iter().any(|tag| run.tags.contains(*tag)),
        ("ticket.tags", "contains all") => tags.iter().all(|tag| run.tags.contains(*tag)),
        ("ticket.tags", "contains all not") => !tags.iter().all(|tag| run.tags.contains(*tag)),
        ("article.body", "contains") => run.contains(&values[0]),
        ("article.body", "contains not") => !run.contains(&values[0]),
        (_, "is") if test["pre_condition"] == "not_set" => now.is_none(),
        (_, "is not") if test["pre_condition"] == "not_set" => now.is_some(),
        (_, "is") => now.is_some_and(|now| values.contains(now)),
        (_, "is not") => now.is_none_or(|now| !values.contains(now)),
        (_, "is none of") => now.is_some_and(|now| !values.contains(now)),
        (_, "is set") => now.is_some(),
        (_, "not set") => now.is_none(),
        (_, "has changed") => run.ticket.changes.iter().any(|(field, _, _)| field == key),
        other => panic!("{other:?}"),
    }
}

fn zammad_acts(key: &str, change: &Value, run: &mut Run<'_>) {
    let values = list(&change["value"]);
    let value = values.first().map_or("", String::as_str);
    let value = if change["pre_condition"] == "not_set" { "" } else { value };
    match key {
        "ticket.group_id" => {
            run.set(key, value);
            run.outcome.department = some(value, "group");
        }
        "ticket.owner_id" => {
            run.set(key, value);
            run.outcome.owner = some(value, "user");
        }
        "ticket.priority_id" => {
            run.set(key, value);
            run.outcome.priority = value.parse::<u8>().ok().map(|id| 5 - id);
        }
        "ticket.tags" => {
            for tag in value.split(", ") {
                if name(change, "operator") == "remove" {
                    run.untag(tag);
                } else {
                    run.tag(tag);
                }
            }
        }
        "notification.email" => _ = run.outcome.notify.insert("role:owner".to_owned()),
        _ => run.set(key, value),
    }
}
