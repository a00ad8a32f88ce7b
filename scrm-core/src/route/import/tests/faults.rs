//! What is said of what is no export, and does anything of it go wrong?

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[test]
fn what_cannot_be_imported() {
    let cases = [
        (Tool::Zendesk, "", ImportErrorKind::NotJson),
        (Tool::Zendesk, "{\"triggers\": [", ImportErrorKind::NotJson),
        (Tool::Zendesk, "[1, 2]", ImportErrorKind::NotRules),
        (Tool::Zendesk, "null", ImportErrorKind::NotRules),
        (Tool::Zendesk, "{\"tickets\": []}", ImportErrorKind::NotRules),
        (Tool::Zendesk, include_str!("data/chatwoot.json"), ImportErrorKind::NotRules),
        (Tool::Chatwoot, include_str!("data/zammad.json"), ImportErrorKind::NotRules),
        (Tool::Chatwoot, include_str!("data/zendesk.json"), ImportErrorKind::NotRules),
        (Tool::Zammad, include_str!("data/zendesk.json"), ImportErrorKind::NotRules),
    ];
    let mut said = String::new();
    for (tool, export, kind) in cases {
        let error = import(tool, export, &Limits::DEFAULT).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        _ = writeln!(said, "{tool}: {error}");
    }
    let limits = Limits { file_bytes: 100, ..Limits::DEFAULT };
    let error = import(Tool::Zendesk, include_str!("data/zendesk.json"), &limits).unwrap_err();
    assert_eq!(error.kind(), ImportErrorKind::TooLarge);
    _ = writeln!(said, "zendesk: {error}");
    let deep = format!("{{\"triggers\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(import(Tool::Zendesk, &deep, &Limits::DEFAULT).unwrap_err().kind(), ImportErrorKind::NotJson);
    insta::assert_snapshot!(said);
}

#[test]
fn no_rules_are_an_empty_protocol() {
    for (tool, export) in
        [(Tool::Zendesk, "{\"triggers\": []}"), (Tool::Chatwoot, "{\"payload\": []}"), (Tool::Zammad, "[]")]
    {
        let imported = imported(tool, export);
        assert_eq!((imported.rules, imported.notes.len()), (0, 0));
        router(&imported);
    }
}

fn trigger(title: &str, conditions: &Value, actions: &Value) -> Value {
    json!({ "title": title, "conditions": { "all": conditions, "any": [] }, "actions": actions })
}

#[test]
fn names_that_are_no_slugs() {
    let set = json!([{ "field": "group_id", "value": "1" }]);
    let rules: Vec<_> = ["VIP!", "vip", "  ", "Ünïcode →", "顧客", "顧客", "a\"b\\c\n", "vip-2"]
        .iter()
        .map(|title| trigger(title, &json!([]), &set))
        .collect();
    let imported = imported(Tool::Zendesk, &json!(rules).to_string());
    let playbook = Playbook::from_file("p.toml", &imported.protocol, &Limits::DEFAULT).unwrap();
    let named: Vec<String> =
        playbook.protocol.rules().iter().map(|rule| format!("{}: {:?}", rule.id, rule.why)).collect();
    insta::assert_snapshot!(named.join("\n"));
}

#[test]
fn huge_texts() {
    let huge = "x".repeat(2_000_000);
    let set = json!([{ "field": "group_id", "value": "1" }]);
    let rules = json!([
        trigger(&huge, &json!([{ "field": "brand_id", "operator": "is", "value": "1" }]), &set),
        trigger("value", &json!([{ "field": "brand_id", "operator": "is", "value": huge }]), &set),
        trigger("field", &json!([{ "field": huge, "operator": "is", "value": "1" }]), &set),
        trigger("operator", &json!([{ "field": "brand_id", "operator": huge, "value": "1" }]), &set),
        trigger("set", &json!([]), &json!([{ "field": "group_id", "value": huge }])),
        trigger(
            "word",
            &json!([{ "field": "comment_includes_word", "operator": "is", "value": huge }]),
            &set
        ),
    ]);
    let imported = imported(Tool::Zendesk, &rules.to_string());
    router(&imported);
    assert!(imported.protocol.len() < 10_000, "{}", imported.protocol.len());
    assert!(imported.notes.iter().all(|note| note.message.len() + note.rule.len() < 2_000));
}

/// Two thousand rules that set one facet: what follows from other overrides is not written.
#[test]
fn two_thousand_rules() {
    let rules: Vec<_> = (0..2_000)
        .map(|number| {
            let condition =
                json!([{ "field": "brand_id", "operator": "is", "value": (number % 50).to_string() }]);
            let set = json!([{ "field": "group_id", "value": (number % 7).to_string() }]);
            trigger(&format!("Rule {number}"), &condition, &set)
        })
        .collect();
    let imported = imported(Tool::Zendesk, &json!(rules).to_string());
    assert_eq!(imported.rules, 2_000);
    let overrides = imported.protocol.lines().filter(|line| line.starts_with("overrides")).count();
    assert!(overrides > 1_600, "{overrides}");
    let arrows = imported.protocol.matches("\"rule-").count() - 2_000;
    assert!(arrows < 4_000, "{arrows}");
    assert!(imported.protocol.len() < 4_000_000, "{}", imported.protocol.len());
}

/// Rules that each ask for what all before them write: as long as it can be said it is, and then it is noted.
#[test]
fn conditions_do_not_explode() {
    let rules: Vec<_> = (0..400)
        .map(|number| {
            let conditions = json!([
                { "field": "group_id", "operator": "is", "value": "" },
                { "field": "brand_id", "operator": "is_not", "value": number.to_string() },
                { "field": "via_id", "operator": "is", "value": (number % 3).to_string() },
            ]);
            trigger(
                &format!("Rule {number}"),
                &conditions,
                &json!([{ "field": "group_id", "value": number.to_string() }]),
            )
        })
        .collect();
    let imported = imported(Tool::Zendesk, &json!(rules).to_string());
    router(&imported);
    assert!(imported.protocol.len() < 4_000_000, "{}", imported.protocol.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Exports of the right shape with any texts in them are imported, and what they become can be read.
    #[test]
    fn any_texts(texts in proptest::collection::vec("\\PC{0,12}|[a-z_]{0,8}|[\\x00-\\x1f\"\\\\]{1,4}", 12)) {
        let text = |place: usize| texts[place].as_str();
        let zendesk = json!([{
            "title": text(0),
            "conditions": { "all": [
                { "field": text(1), "operator": "is", "value": text(2) },
                { "field": "comment_includes_word", "operator": "includes", "value": text(3) },
                { "field": "comment_includes_word", "operator": "is", "value": text(4) },
                { "field": "current_tags", "operator": "not_includes", "value": text(5) },
            ], "any": [{ "field": text(6), "operator": text(7), "value": text(8) }] },
            "actions": [
                { "field": "group_id", "value": text(9) }, { "field": "assignee_id", "value": text(10) },
                { "field": "current_tags", "value": text(11) }, { "field": text(1), "value": text(2) },
            ],
        }]);
        let chatwoot = json!([{
            "name": text(0), "event_name": text(1),
            "conditions": [
                { "attribute_key": text(2), "filter_operator": text(3), "values": [text(4)], "query_operator": text(5) },
                { "attribute_key": "content", "filter_operator": "contains", "values": [text(6)] },
            ],
            "actions": [
                { "action_name": "assign_team", "action_params": [text(7)] },
                { "action_name": "add_label", "action_params": [text(8)] },
                { "action_name": "send_email_to_team", "action_params": [{ "team_ids": [text(9)] }] },
                { "action_name": text(10), "action_params": text(11) },
            ],
        }]);
        let zammad = json!([{
            "name": text(0),
            "condition": { text(1): { "operator": "is", "value": text(2) }, "article.body": { "operator": "contains", "value": text(3) } },
            "perform": {
                "ticket.group_id": { "value": text(4) }, "ticket.tags": { "operator": "add", "value": text(5) },
                "notification.email": { "recipient": [text(6), format!("userid_{}", text(7))] },
                text(8): { "value": text(9) },
            },
        }]);
        for (tool, export) in [(Tool::Zendesk, zendesk), (Tool::Chatwoot, chatwoot), (Tool::Zammad, zammad)] {
            let imported = imported(tool, &export.to_string());
            router(&imported);
        }
    }

    /// Any text at all, also cut-off exports.
    #[test]
    fn any_bytes(cut in 0_usize..4000, text in "\\PC{0,40}") {
        for tool in Tool::ALL {
            _ = import(tool, &text, &Limits::DEFAULT);
            let export = include_str!("data/zammad.json");
            let cut = (0..=cut.min(export.len())).rev().find(|at| export.is_char_boundary(*at)).unwrap();
            _ = import(tool, export.get(..cut).unwrap(), &Limits::DEFAULT);
        }
    }
}
