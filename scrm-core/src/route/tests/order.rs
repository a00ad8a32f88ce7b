//! What never depends on an order: that of the rules in the file, and that of asking.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;

/// The tables of the file, in pieces that can be put in any order: rules, service levels, the rest.
fn pieces() -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for line in NORTHWIND.lines() {
        if line.starts_with('[') || pieces.is_empty() {
            pieces.push(String::new());
        }
        let piece = pieces.last_mut().unwrap();
        piece.push_str(line);
        piece.push('\n');
    }
    pieces
}

fn in_order() -> &'static Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    ROUTER.get_or_init(|| router(NORTHWIND))
}

fn any_case() -> impl Strategy<Value = Case> {
    (
        prop::option::of((prop::sample::select(MessageType::ALL), 0.0f32..1.0)),
        prop::option::of((
            prop::sample::select(vec!["service.delivery", "service.outage", "billing", "product"]),
            0.0f32..1.0,
        )),
        prop::option::of(-1.0f32..1.0),
        prop::option::of(0.0f32..100.0),
        prop::sample::select(vec!["public", "unlisted", "followers", "group", "direct", "internal"]),
        any::<bool>(),
        0usize..40,
    )
        .prop_map(|(kind, issue, sentiment, influence, seen, pii, count)| {
            let mut case = Case::new().seen(seen);
            case = kind.map_or(case.clone(), |(kind, sure)| case.kind(kind, sure));
            case = issue.map_or(case.clone(), |(issue, sure)| case.issue(issue, sure));
            case = sentiment.map_or(case.clone(), |score| case.sentiment(score));
            case = influence.map_or(case.clone(), |score| case.influence(score));
            case = if pii { case.personal_data() } else { case };
            case.context.issue = (count > 0).then(|| vec![utc("2026-11-02T10:13:00Z"); count]);
            case
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rules_in_any_order_decide_the_same_bytes(pieces in Just(pieces()).prop_shuffle(), cases in prop::collection::vec(any_case(), 8)) {
        let (shuffled, ordered) = (router(&pieces.concat()), in_order());
        prop_assert_eq!(shuffled.protocol().hash(), ordered.protocol().hash());
        for case in cases {
            let bytes = |router| serde_json::to_string(&case.decide(router)).unwrap();
            prop_assert_eq!(bytes(&shuffled), bytes(ordered));
        }
    }

    #[test]
    fn a_decision_owes_every_facet_to_a_rule_that_fired(case in any_case()) {
        let decision = case.decide(in_order());
        let value = serde_json::to_value(&decision.facets).unwrap();
        for facet in value.as_object().unwrap().keys() {
            let rules = &decision.by[facet];
            prop_assert!(rules.iter().all(|rule| decision.proof.iter().any(|proof| proof.rule == *rule)));
        }
        for gap in &decision.gaps {
            prop_assert!(!decision.by.contains_key(gap));
            prop_assert!(decision.conflicts.iter().all(|conflict| conflict.facet != *gap));
        }
        let text = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decision>(&text).unwrap(), decision);
    }
}

#[test]
fn the_canonical_form_reads_back_as_itself() {
    let (protocol, _) = read(NORTHWIND);
    let canonical = protocol.canonical();
    let (again, report) = read(&canonical);
    assert!(!report.contains("error["), "{report}");
    assert_eq!(again.canonical(), canonical);
    assert_eq!(again.rules(), protocol.rules());
    assert_eq!(again.hash(), protocol.hash());
    insta::assert_snapshot!("canonical", canonical);
}

#[test]
fn the_hash_changes_with_what_is_decided_and_not_with_how_it_is_written() {
    let hash = |source: &str| read(source).0.hash().to_owned();
    let first = hash(NORTHWIND);
    for same in [
        NORTHWIND.replace("'type is question'", "\"(type is \\\"question\\\")\""),
        NORTHWIND.replace("within = \"1h\"", "within = \"60m\""),
        NORTHWIND.replace(
            "[[example]]\ngiven = { type = \"question\"",
            "# nothing\n[[example]]\ngiven = { type = \"other\"",
        ),
    ] {
        assert_ne!(same, NORTHWIND);
        assert_eq!(hash(&same), first);
    }
    for other in [
        NORTHWIND.replace("'type is question'", "'type is request'"),
        NORTHWIND.replace("within = \"1h\"", "within = \"61m\""),
        NORTHWIND.replace("issue = 0.5", "issue = 0.4"),
        NORTHWIND.replace("on_unknown = \"review\"", "on_unknown = \"skip\""),
    ] {
        assert_ne!(hash(&other), first);
    }
}

#[test]
fn a_router_is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Router>();
    shared::<Protocol>();
    shared::<Calendars>();
}
