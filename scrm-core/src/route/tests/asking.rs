//! Why not, and what if? The smallest change, what it would alter, and what an explanation says.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::alone::{ACME, alone};
use super::*;
use crate::playbook::Playbook;

fn acme() -> (Playbook, Router) {
    let playbook = alone("acme.toml", ACME).unwrap();
    let router = Router::compile(playbook.protocol.clone(), playbook.calendars.clone());
    (playbook, router)
}

fn given(playbook: &Playbook, json: &str) -> Given {
    Given::from_json(json, playbook.protocol.vocabulary()).unwrap()
}

fn now() -> DateTime<Utc> {
    utc("2026-08-24T10:02:00Z")
}

const COMPLAINT: &str = r#"{"type": "complaint", "issue": "service.delivery", "sentiment": -0.7, "influence": 79, "seen": "public", "pii": false}"#;

#[test]
fn a_decision_is_explained_for_machines() {
    let (playbook, router) = acme();
    let facts = given(&playbook, COMPLAINT);
    let explanation = router.about_given(&facts, now()).explain();
    insta::assert_snapshot!(serde_json::to_string_pretty(&explanation).unwrap());
}

#[test]
fn the_smallest_change_is_told_with_what_it_would_alter() {
    let (playbook, router) = acme();
    let facts = given(&playbook, COMPLAINT);
    let inquiry = router.about_given(&facts, now());
    let change = |rule: &str| {
        let found = inquiry.why_not(rule).unwrap();
        let failing: Vec<String> =
            found.failing.iter().map(|atom| format!("{} (was {})", atom.atom, atom.value)).collect();
        let would: Vec<String> = found
            .would_change
            .iter()
            .map(|change| format!("{} {:?} -> {:?}", change.facet, change.before, change.after))
            .collect();
        let change = serde_json::to_string(&found.smallest_change).unwrap();
        format!("{rule}: {}\n  {}\n  {change}\n  {}\n", found.condition, failing.join("; "), would.join("; "))
    };
    let rules = playbook.protocol.rules().iter().map(|rule| change(rule.id.as_str()));
    insta::assert_snapshot!(rules.collect::<String>());
    let error = inquiry.why_not("louf-and-angry").unwrap_err().to_string();
    assert_eq!(error, "there is no rule `louf-and-angry`; did you mean `loud-and-angry`?");
}

#[test]
fn a_rule_that_is_overridden_names_the_one_that_is_heard() {
    let (playbook, router) = acme();
    let facts = given(&playbook, r#"{"type": "complaint", "issue": "service.outage", "seen": "public"}"#);
    let inquiry = router.about_given(&facts, now());
    let found = inquiry.why_not("outage-old").unwrap();
    assert!(found.fires && found.failing.is_empty() && found.smallest_change.is_none());
    assert_eq!(found.silenced, [("department".to_owned(), RuleId::new("outage-complaint").unwrap())]);
    let explained = inquiry.explain();
    let defeated = &explained.facets["department"].defeated;
    assert_eq!(defeated.iter().map(RuleId::as_str).collect::<Vec<_>>(), ["outage-old", "service-complaint"]);
    // A day on which it is not in force, and a rule on trial.
    let facts = given(&playbook, r#"{"type": "compliment", "sentiment": 0.9, "at": "2027-01-02T10:00:00Z"}"#);
    let found = router.about_given(&facts, now()).why_not("praise").unwrap();
    assert!(!found.in_force && !found.fires && found.condition == "true");
    assert!(router.about_given(&facts, now()).why_not("spike").unwrap().shadow);
}

#[test]
fn what_if_says_which_facets_differ() {
    let (playbook, router) = acme();
    let facts = given(&playbook, COMPLAINT);
    let found = router.about_given(&facts, now()).what_if(&given(&playbook, r#"{"influence": 80}"#));
    let changed: Vec<_> =
        found.changed.iter().map(|change| (change.facet.as_str(), change.after.as_deref())).collect();
    assert_eq!(changed, [("priority", Some("1")), ("escalate", Some("reputation/1"))]);
    assert_eq!(
        found.after,
        router.about_given(&given(&playbook, &COMPLAINT.replace("79", "80")), now()).decide()
    );
    // Nothing changes, and nothing differs.
    assert!(router.about_given(&facts, now()).what_if(&Given::default()).changed.is_empty());
}

/// The same question of a message as of facts: what the message has goes with what is laid over it.
#[test]
fn a_message_is_asked_as_facts_are() {
    let router = router(NORTHWIND);
    let case = Case::new().kind(MessageType::Complaint, 0.9).issue("service.delivery", 0.9).influence(10.0);
    let message = case.message();
    let inquiry = router.about(&message, &case.classification, &case.hits, &case.context);
    assert_eq!(inquiry.decide(), case.decide(&router));
    for rule in router.protocol().rules() {
        let found = inquiry.why_not(rule.id.as_str()).unwrap();
        if let Some(change) = &found.smallest_change {
            let after = inquiry.what_if(change).after;
            assert!(
                after.fired.contains(&rule.id) || rule.shadow || !found.in_force,
                "{} {change:?}",
                rule.id
            );
        }
    }
}

const TYPES: [&str; 4] = ["question", "complaint", "other", "compliment"];

/// Conditions over three fields of few values, so that everything can be tried.
fn any_small() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        prop::sample::select(TYPES.to_vec()).prop_map(|name| format!("type is {name}")),
        prop::sample::select(TYPES.to_vec()).prop_map(|name| format!("type is not {name}")),
        (0u32..=4).prop_map(|number| format!("influence >= {number}")),
        (0u32..=4).prop_map(|number| format!("influence = {number}")),
        Just("text has pii".to_owned()),
        Just("known(influence)".to_owned()),
    ];
    atom.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("not ({inner})")),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(") and ("))),
            prop::collection::vec(inner, 2..4).prop_map(|parts| format!("({})", parts.join(") or ("))),
        ]
    })
}

proptest! {
    /// No smaller change does it: of all that could be otherwise, nothing with fewer facts makes the rule fire.
    #[test]
    fn no_smaller_change_would_do(
        condition in any_small(),
        kind in prop::option::of(0usize..4),
        influence in prop::option::of(0u32..=5),
        pii in prop::option::of(any::<bool>()),
    ) {
        let source = format!(
            "[protocol]\nid = \"p\"\nversion = \"1\"\n[[rule]]\nid = \"r\"\nowner = \"a\"\nwhy = \"w\"\nwhen = '{condition}'\nset = {{ tags = [\"t\"] }}\n"
        );
        let playbook = alone("p.toml", &source).unwrap();
        let router = Router::compile(playbook.protocol.clone(), playbook.calendars.clone());
        let facts = |kind: Option<usize>, influence: Option<u32>, pii: Option<bool>| {
            let mut map = serde_json::Map::new();
            map.extend(kind.map(|kind| ("type".to_owned(), TYPES[kind].into())));
            map.extend(influence.map(|influence| ("influence".to_owned(), influence.into())));
            map.extend(pii.map(|pii| ("pii".to_owned(), pii.into())));
            given(&playbook, &serde_json::Value::Object(map).to_string())
        };
        let fires = |facts: &Given| !router.about_given(facts, now()).decide().fired.is_empty();
        let now_facts = facts(kind, influence, pii);
        let found = router.about_given(&now_facts, now()).why_not("r").unwrap();
        prop_assert!(!found.exhausted);
        prop_assert_eq!(found.fires, fires(&now_facts));
        if found.fires {
            prop_assert!(found.smallest_change.is_none());
            return Ok(());
        }
        // Every way the three facts can be, and how many of them differ from what they are.
        let mut least: Option<usize> = None;
        for k in (0..4).map(Some).chain([kind]).collect::<BTreeSet<_>>() {
            for i in (0..=6).map(Some).chain([influence]).collect::<BTreeSet<_>>() {
                for p in [Some(false), Some(true), pii].into_iter().collect::<BTreeSet<_>>() {
                    let changes = usize::from(k != kind) + usize::from(i != influence) + usize::from(p != pii);
                    if fires(&facts(k, i, p)) {
                        least = Some(least.map_or(changes, |least| least.min(changes)));
                    }
                }
            }
        }
        let size = found.smallest_change.as_ref().map(|change| {
            serde_json::to_value(change).unwrap().as_object().unwrap().len()
        });
        prop_assert_eq!(size, least, "{} {:?}", condition, found.smallest_change);
        if let Some(change) = &found.smallest_change {
            prop_assert!(router.about_given(&now_facts, now()).what_if(change).after.fired.len() == 1);
        }
    }
}
