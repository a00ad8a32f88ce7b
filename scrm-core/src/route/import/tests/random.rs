//! Do the protocols decide as the tools do? Random rules and random tickets, each judged by the tool's own semantics and
//! by the protocol.

use serde_json::{Value, json};

use super::*;

/// How many sets of rules, and how many tickets each.
const SETS: u64 = 100;
const TICKETS: usize = 12;

/// A source of choices, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Knuth's constants.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.roll(values.len())]
    }

    fn some(&mut self, values: &[&str]) -> BTreeSet<String> {
        let mut picked = BTreeSet::new();
        for value in values {
            if self.roll(3) == 0 {
                picked.insert((*value).to_owned());
            }
        }
        picked
    }
}

const TAGS: [&str; 3] = ["vip", "late", "spam"];
const WORDS: [&str; 3] = ["refund", "hello", "parcel"];
const GROUPS: [&str; 3] = ["1", "2", "3"];
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];

fn text(dice: &mut Dice) -> Option<String> {
    let words: Vec<String> = dice.some(&WORDS).into_iter().collect();
    (dice.roll(5) > 0).then(|| words.join(" "))
}

/// Compares tool and protocol on many tickets, and counts the rules that decide and the tickets on which something was.
fn compare(
    tool: Tool,
    rules: fn(&mut Dice) -> Vec<Value>,
    ticket: fn(&mut Dice) -> Ticket,
    twin: fn(&[Value], &BTreeSet<String>, &Ticket) -> Outcome,
) {
    let (mut active, mut trial, mut decisions) = (0, 0, 0);
    for seed in 0..SETS {
        let mut dice = Dice(seed * 7919 + 1);
        let rules = rules(&mut dice);
        let export = serde_json::to_string_pretty(&rules).unwrap();
        let imported = imported(tool, &export);
        let off = switched_off(&imported);
        trial += off.len();
        active += rules.len() - off.len();
        let router = router(&imported);
        for _ in 0..TICKETS {
            let ticket = ticket(&mut dice);
            let expected = twin(&rules, &off, &ticket);
            let found = decided(tool, &router, &ticket);
            assert_eq!(
                found,
                expected,
                "seed {seed}\n{export}\n{}\n{}\n{ticket:#?}",
                imported.protocol,
                noted(&imported)
            );
            decisions += usize::from(found != Outcome::default());
        }
    }
    assert!(active > trial * 3, "{active} rules decide and {trial} do not");
    assert!(decisions * 2 > SETS as usize * TICKETS, "{decisions} decisions");
}

#[test]
fn zendesk() {
    compare(Tool::Zendesk, zendesk_rules, zendesk_ticket, twins::zendesk);
}

#[test]
fn chatwoot() {
    compare(Tool::Chatwoot, chatwoot_rules, chatwoot_ticket, twins::chatwoot);
}

#[test]
fn zammad() {
    compare(Tool::Zammad, zammad_rules, zammad_ticket, twins::zammad);
}

fn zendesk_rules(dice: &mut Dice) -> Vec<Value> {
    let number = 2 + dice.roll(7);
    let rules = (0..number).map(|place| {
        let all: Vec<Value> = (0..dice.roll(3)).map(|_| zendesk_condition(dice)).collect();
        let any: Vec<Value> = (0..dice.roll(3)).map(|_| zendesk_condition(dice)).collect();
        let actions: Vec<Value> = (0..=dice.roll(3)).map(|_| zendesk_action(dice)).collect();
        json!({
            "id": 100 + place, "title": format!("Trigger {place}"), "active": dice.roll(12) > 0,
            "position": (place * 5) % number, "conditions": { "all": all, "any": any }, "actions": actions,
        })
    });
    rules.collect()
}

fn zendesk_condition(dice: &mut Dice) -> Value {
    let row = |field: &str, operator: &str, value: &str| json!({ "field": field, "operator": operator, "value": value });
    match dice.roll(13) {
        0 => row(
            "current_tags",
            dice.pick(&["includes", "not_includes"]),
            dice.pick(&["vip", "vip late", "spam"]),
        ),
        1 => row("group_id", dice.pick(&["is", "is_not"]), dice.pick(&["1", "2", "3", ""])),
        2 => row("assignee_id", dice.pick(&["is", "is_not"]), dice.pick(&["7", "8", ""])),
        3 => {
            row("priority", dice.pick(&["is", "is_not", "less_than", "greater_than"]), dice.pick(&PRIORITIES))
        }
        4 => row("status", dice.pick(&["is", "is_not"]), dice.pick(&["open", "solved"])),
        5 => row(
            "comment_includes_word",
            dice.pick(&["includes", "not_includes"]),
            dice.pick(&["refund", "hello parcel"]),
        ),
        6 => row("comment_includes_word", dice.pick(&["is", "is_not"]), dice.pick(&["refu", "arc"])),
        7 => row("subject_includes_word", dice.pick(&["includes", "not_includes"]), dice.pick(&WORDS)),
        8 => row("reopens", dice.pick(&["less_than", "greater_than", "is"]), dice.pick(&["1", "2"])),
        9 => row("status", dice.pick(&["changed", "not_changed", "value", "value_previous"]), "open"),
        10 => row("organization_id", dice.pick(&["present", "not_present"]), ""),
        11 => row("update_type", "is", dice.pick(&["Create", "Change"])),
        _ => row("via_id", dice.pick(&["is", "is_not"]), dice.pick(&["4", "23"])),
    }
}

fn zendesk_action(dice: &mut Dice) -> Value {
    let row = |field: &str, value: &str| json!({ "field": field, "value": value });
    match dice.roll(12) {
        0..=2 => row("group_id", dice.pick(&["1", "2", "3", "3", "2", ""])),
        3 | 4 => row("assignee_id", dice.pick(&["7", "8", "9", ""])),
        5 | 6 => row("priority", dice.pick(&PRIORITIES)),
        7 => row("current_tags", dice.pick(&["vip", "late spam"])),
        8 => row("remove_tags", dice.pick(&["vip", "late"])),
        9 => row("set_tags", dice.pick(&["spam", "vip late"])),
        10 => row("status", dice.pick(&["open", "solved"])),
        _ => json!({ "field": "notification_group", "value": [dice.pick(&GROUPS), "Subject", "Body"] }),
    }
}

fn zendesk_ticket(dice: &mut Dice) -> Ticket {
    let mut ticket = Ticket { tags: dice.some(&TAGS), subject: dice.some(&WORDS), ..Ticket::default() };
    ticket.text = text(dice);
    for (field, values) in [
        ("group_id", &GROUPS[..]),
        ("assignee_id", &["7", "8"]),
        ("priority", &PRIORITIES),
        ("status", &["open", "solved", "new"]),
        ("reopens", &["0", "1", "2", "3"]),
        ("organization_id", &["5"]),
        ("update_type", &["Create", "Change"]),
        ("via_id", &["4", "23"]),
    ] {
        if dice.roll(4) > 0 {
            ticket.fields.insert(field.to_owned(), dice.pick(values).to_owned());
        }
    }
    if let Some(status) = ticket.fields.get("status").filter(|_| dice.roll(2) == 0).cloned() {
        let before = dice.pick(&["open", "pending"]);
        if before != status {
            ticket.changes.push(("status".to_owned(), before.to_owned(), status));
        }
    }
    ticket
}

fn chatwoot_rules(dice: &mut Dice) -> Vec<Value> {
    let number = 2 + dice.roll(7);
    let rules = (0..number).map(|place| {
        let count = dice.roll(4);
        let mut conditions: Vec<Value> = (0..count).map(|_| chatwoot_condition(dice)).collect();
        for condition in &mut conditions {
            condition["query_operator"] = json!(dice.pick(&["AND", "AND", "OR"]));
        }
        if let Some(last) = conditions.last_mut() {
            last["query_operator"] = Value::Null;
        }
        let actions: Vec<Value> = (0..=dice.roll(3)).map(|_| chatwoot_action(dice)).collect();
        json!({
            "id": (place * 5) % number + 1, "name": format!("Rule {place}"), "active": true,
            "event_name": dice.pick(&["message_created", "message_created", "conversation_updated"]),
            "conditions": conditions, "actions": actions,
        })
    });
    rules.collect()
}

fn chatwoot_condition(dice: &mut Dice) -> Value {
    let row = |key: &str, operator: &str, values: Value| json!({ "attribute_key": key, "filter_operator": operator, "values": values });
    let equal = ["equal_to", "not_equal_to"];
    match dice.roll(9) {
        0 => row("labels", dice.pick(&equal), json!([dice.pick(&TAGS)])),
        1 => row("team_id", dice.pick(&equal), json!([1 + dice.roll(3)])),
        2 => row("assignee_id", dice.pick(&["is_present", "is_not_present"]), json!([])),
        3 => row("priority", dice.pick(&equal), json!([dice.pick(&["urgent", "low"]), "high"])),
        4 => row("status", dice.pick(&equal), json!([dice.pick(&["open", "resolved"])])),
        5 => row(
            "content",
            dice.pick(&["contains", "does_not_contain"]),
            json!([dice.pick(&["refu", "arc"]), "ello"]),
        ),
        6 => row("display_id", dice.pick(&["is_greater_than", "is_less_than"]), json!(["2"])),
        7 => {
            let mut custom = row("plan", dice.pick(&equal), json!(["gold"]));
            custom["custom_attribute_type"] = json!("contact_attribute");
            custom
        }
        _ => row("status", "attribute_changed", json!({ "from": ["open"], "to": ["resolved", "pending"] })),
    }
}

fn chatwoot_action(dice: &mut Dice) -> Value {
    let row = |name: &str, parameters: Value| json!({ "action_name": name, "action_params": parameters });
    match dice.roll(10) {
        0..=2 => row("assign_team", json!([1 + dice.roll(3)])),
        3 => row("assign_team", json!(["nil"])),
        4 => row("assign_agent", json!([7 + dice.roll(2)])),
        5 => row("change_priority", json!([dice.pick(&["urgent", "high", "medium", "low", "nil"])])),
        6 => row("add_label", json!(["vip", dice.pick(&TAGS)])),
        7 => row("remove_label", json!([dice.pick(&TAGS)])),
        8 => row("resolve_conversation", json!([])),
        _ => json!({
            "action_name": "send_email_to_team", "action_params": [{ "team_ids": [2], "message": "look" }],
        }),
    }
}

fn chatwoot_ticket(dice: &mut Dice) -> Ticket {
    let mut ticket = Ticket { tags: dice.some(&TAGS), ..Ticket::default() };
    ticket.text = text(dice);
    for (field, values) in [
        ("team_id", &GROUPS[..]),
        ("assignee_id", &["7", "8"]),
        ("priority", &["urgent", "high", "medium", "low"]),
        ("status", &["open", "resolved", "pending"]),
        ("display_id", &["1", "2", "3"]),
        ("plan", &["gold", "free"]),
    ] {
        if dice.roll(4) > 0 {
            ticket.fields.insert(field.to_owned(), dice.pick(values).to_owned());
        }
    }
    let event = dice.pick(&["message_created", "message_created", "conversation_updated"]);
    ticket.fields.insert("event_name".to_owned(), event.to_owned());
    if let Some(status) = ticket.fields.get("status").filter(|status| *status != "open" && dice.roll(2) == 0)
    {
        ticket.changes.push(("status".to_owned(), "open".to_owned(), status.clone()));
    }
    ticket
}

fn zammad_rules(dice: &mut Dice) -> Vec<Value> {
    let number = 2 + dice.roll(7);
    let rules = (0..number).map(|place| {
        let mut perform = serde_json::Map::new();
        for _ in 0..=dice.roll(3) {
            let (key, change) = zammad_change(dice);
            perform.insert(key.to_owned(), change);
        }
        json!({
            "id": place, "name": format!("{} trigger {place}", dice.pick(&["A", "b", "C"])), "active": true,
            "activator": "action", "execution_condition_mode": dice.pick(&["always", "always", "selective"]),
            "condition": zammad_block(dice), "perform": perform,
        })
    });
    rules.collect()
}

fn zammad_block(dice: &mut Dice) -> Value {
    if dice.roll(2) == 0 {
        let mut table = serde_json::Map::new();
        for _ in 0..=dice.roll(2) {
            let (key, test) = zammad_condition(dice);
            table.insert(key.to_owned(), test);
        }
        return Value::Object(table);
    }
    let mut conditions = Vec::new();
    for _ in 0..=dice.roll(2) {
        let (key, mut test) = zammad_condition(dice);
        test["name"] = json!(key);
        conditions.push(if dice.roll(4) == 0 {
            json!({ "operator": dice.pick(&["NOT", "OR"]), "conditions": [test] })
        } else {
            test
        });
    }
    json!({ "operator": dice.pick(&["AND", "OR", "NOT"]), "conditions": conditions })
}

fn zammad_condition(dice: &mut Dice) -> (&'static str, Value) {
    let row = |operator: &str, value: Value| json!({ "operator": operator, "value": value });
    let tags = ["contains one", "contains one not", "contains all", "contains all not"];
    match dice.roll(10) {
        0 | 1 => ("ticket.tags", row(dice.pick(&tags), json!(dice.pick(&["vip", "vip, late", "spam"])))),
        2 => ("ticket.group_id", row(dice.pick(&["is", "is not"]), json!([dice.pick(&GROUPS), "1"]))),
        3 => {
            let test =
                json!({ "operator": dice.pick(&["is", "is not"]), "pre_condition": "not_set", "value": "" });
            ("ticket.owner_id", test)
        }
        4 => (
            "ticket.priority_id",
            row(dice.pick(&["is", "is not", "is none of"]), json!([dice.pick(&GROUPS)])),
        ),
        5 => ("ticket.state_id", row(dice.pick(&["is", "is not"]), json!(dice.pick(&["1", "4"])))),
        6 => (
            "article.body",
            row(dice.pick(&["contains", "contains not"]), json!(dice.pick(&["refu", "arc"]))),
        ),
        7 => ("ticket.action", row("is", json!(dice.pick(&["create", "update"])))),
        8 => ("ticket.state_id", json!({ "operator": "has changed" })),
        _ => ("customer.vip", row(dice.pick(&["is", "is not"]), json!(true))),
    }
}

fn zammad_change(dice: &mut Dice) -> (&'static str, Value) {
    match dice.roll(9) {
        0..=2 => ("ticket.group_id", json!({ "value": dice.pick(&GROUPS) })),
        3 => ("ticket.owner_id", json!({ "pre_condition": "specific", "value": dice.pick(&["7", "8"]) })),
        4 => ("ticket.owner_id", json!({ "pre_condition": "not_set", "value": "" })),
        5 => ("ticket.priority_id", json!({ "value": dice.pick(&GROUPS) })),
        6 => {
            let operator = dice.pick(&["add", "add", "remove"]);
            ("ticket.tags", json!({ "operator": operator, "value": dice.pick(&["vip", "late, spam"]) }))
        }
        7 => ("ticket.state_id", json!({ "value": dice.pick(&["1", "4"]) })),
        _ => ("notification.email", json!({ "recipient": "ticket_owner", "subject": "s", "body": "b" })),
    }
}

fn zammad_ticket(dice: &mut Dice) -> Ticket {
    let mut ticket = Ticket { tags: dice.some(&TAGS), ..Ticket::default() };
    ticket.text = text(dice);
    for (field, values) in [
        ("ticket.group_id", &GROUPS[..]),
        ("ticket.owner_id", &["7", "8"]),
        ("ticket.priority_id", &GROUPS),
        ("ticket.state_id", &["1", "4"]),
        ("ticket.action", &["create", "update"]),
        ("article.action", &["create"]),
        ("customer.vip", &["true", "false"]),
    ] {
        if dice.roll(4) > 0 {
            ticket.fields.insert(field.to_owned(), dice.pick(values).to_owned());
        }
    }
    if dice.roll(2) == 0 {
        ticket.changes.push(("ticket.state_id".to_owned(), "2".to_owned(), "1".to_owned()));
    }
    ticket
}
