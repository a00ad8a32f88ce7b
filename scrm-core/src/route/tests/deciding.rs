//! What is decided for a message, and how it is proven.

use super::*;

use MessageType::{Complaint, Compliment, Question};

fn json(decision: &Decision) -> String {
    let mut value = serde_json::to_value(decision).unwrap();
    value.as_object_mut().unwrap().remove("rules");
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn a_loud_complaint_is_decided_with_proof() {
    let router = router(NORTHWIND);
    let case =
        Case::new().kind(Complaint, 0.91).issue("service.delivery", 0.74).sentiment(-0.7).influence(91.0);
    let decision = case.decide(&router);
    assert!(decision.is_complete());
    assert_eq!(decision.rules, router.protocol().hash());
    insta::assert_snapshot!("loud_complaint", json(&decision));
    insta::assert_snapshot!(
        "loud_complaint_explained",
        explain(&decision).replace(&decision.rules, "sha256:…")
    );
}

#[test]
fn deadlines_run_in_business_time_from_the_time_of_decision() {
    let router = router(NORTHWIND);
    let case = Case::new().kind(Complaint, 0.9).issue("service.delivery", 0.9).at("2026-11-06T16:30:00Z");
    let due = case.decide(&router).due.unwrap();
    assert_eq!(due.first_response, Some(utc("2026-11-09T09:30:00Z")));
    // Two days are 48 open hours.
    assert_eq!(due.resolution, Some(utc("2026-11-16T16:30:00Z")));
}

#[test]
fn a_conflict_is_reported_and_the_facet_left_open() {
    let router = router(NORTHWIND);
    let decision = Case::new().kind(Question, 0.9).issue("billing", 0.9).decide(&router);
    assert_eq!(decision.facets.department, None);
    assert_eq!(decision.conflicts.len(), 1);
    assert_eq!(decision.conflicts[0].facet, "department");
    assert_eq!(decision.conflicts[0].values.keys().collect::<Vec<_>>(), ["care", "finance"]);
    assert!(decision.gaps.is_empty(), "a conflict is no gap");
    assert!(!decision.is_complete());
}

#[test]
fn a_mandatory_facet_that_no_rule_sets_is_a_gap() {
    let decision = Case::new().kind(Complaint, 0.9).issue("product", 0.9).decide(&router(NORTHWIND));
    assert_eq!(decision.gaps, ["department", "visibility", "sla"]);
    assert!(
        decision
            .unknown
            .iter()
            .all(|atom| atom.atom.starts_with("influence") || atom.atom.starts_with("sentiment"))
    );
}

#[test]
fn what_is_not_sure_enough_is_unknown_and_asks_for_review() {
    let router = router(NORTHWIND);
    let decision = Case::new().kind(Complaint, 0.59).issue("service.delivery", 0.9).decide(&router);
    let review: Vec<&str> = decision.review.iter().map(RuleId::as_str).collect();
    assert_eq!(review, ["praise", "question", "service-complaint"]);
    assert!(decision.unknown.iter().any(|atom| atom.atom == "type is complaint" && atom.then == "review"));
    assert!(
        decision.unknown.iter().any(|atom| atom.rule.as_str() == "loud-and-angry" && atom.then == "skip")
    );
    assert_eq!(decision.facets.department, None);
}

#[test]
fn on_unknown_fire_fires() {
    let source = NORTHWIND.replace("on_unknown = \"skip\"", "on_unknown = \"fire\"");
    let decision = Case::new().kind(Question, 0.9).influence(91.0).decide(&router(&source));
    assert_eq!(decision.facets.priority, Some(1));
    assert!(decision.unknown.iter().any(|atom| atom.atom == "sentiment <= -0.5" && atom.then == "fire"));
    assert!(decision.proof.iter().any(|proof| proof.atom == "influence >= 80"));
    assert!(decision.review.iter().all(|rule| rule.as_str() != "loud-and-angry"));
}

#[test]
fn a_rule_one_condition_away_is_named_with_the_value_it_saw() {
    let case =
        Case::new().kind(Complaint, 0.9).issue("service.delivery", 0.9).sentiment(-0.7).influence(79.0);
    let decision = case.decide(&router(NORTHWIND));
    let near = decision.near.iter().find(|near| near.rule.as_str() == "loud-and-angry").unwrap();
    assert_eq!((near.atom.as_str(), near.value.as_str()), ("influence >= 80", "79"));
    assert_eq!(decision.near[0].rule.as_str(), "loud-and-angry", "the one of which most held comes first");
}

#[test]
fn at_most_five_near_misses_are_named() {
    let lines: Vec<String> = (0..9)
        .map(|n| format!("r{n}: seen is public and influence > {} => tags = [\"t\"]", 90 + n))
        .collect();
    let decision =
        Case::new().influence(50.0).decide(&rules(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    let near: Vec<&str> = decision.near.iter().map(|near| near.rule.as_str()).collect();
    assert_eq!(near, ["r0", "r1", "r2", "r3", "r4"]);
}

#[test]
fn rules_hold_on_their_days_only() {
    let router = router(NORTHWIND);
    let case = Case::new().kind(Compliment, 0.9).sentiment(0.4).issue("product", 0.9);
    let in_force = |now: &str| case.clone().at(now).decide(&router).facets.incentive.is_some();
    // Days are those of the default calendar, which is in London.
    assert!(!in_force("2025-12-31T23:59:59Z"));
    assert!(in_force("2026-01-01T00:00:00Z"));
    assert!(in_force("2026-12-31T23:59:59Z"));
    assert!(!in_force("2027-01-01T00:00:00Z"));
}

#[test]
fn a_rule_on_trial_is_reported_and_decides_nothing() {
    let router = router(NORTHWIND);
    let mut case = Case::new().kind(Complaint, 0.9).issue("service.delivery", 0.9);
    case.context.issue = Some(vec![utc("2026-11-02T10:10:00Z"); 29]);
    let decision = case.decide(&router);
    assert_eq!(decision.shadow, [RuleId::new("spike").unwrap()]);
    assert_eq!(decision.facets.incident, None);
    case.context.issue = Some(vec![utc("2026-11-02T09:59:00Z"); 29]);
    assert!(case.decide(&router).shadow.is_empty());
    case.context.issue = None;
    assert!(case.decide(&router).unknown.iter().all(|atom| atom.rule.as_str() != "spike"));
}

#[test]
fn counts_of_what_is_unknown_are_unknown() {
    let router = rules(&[
        "issue: count(issue, 1h) >= 1 => tags = [\"issue\"]",
        "one: count(customer.complaints, 1h) >= 1 => tags = [\"one\"]",
        "two: count(customer.complaints, 1h) >= 2 => tags = [\"two\"]",
        "all: count(customer.messages, 30d) = 3 => tags = [\"all\"]",
    ]);
    let mut case = Case::new();
    case.context.issue = Some(Vec::new());
    case.context.customer =
        Some(vec![(utc("2026-11-01T10:14:00Z"), true), (utc("2026-11-02T10:00:00Z"), true)]);
    let decision = case.decide(&router);
    assert_eq!(decision.facets.tags.iter().collect::<Vec<_>>(), ["all", "one"]);
    let unknown: Vec<&str> = decision.unknown.iter().map(|atom| atom.rule.as_str()).collect();
    assert_eq!(unknown, ["issue", "two"], "the issue is unknown, and so is whether this is a complaint");
    assert_eq!(case.kind(Complaint, 1.0).issue("billing", 1.0).decide(&router).facets.tags.len(), 4);
    let needs = router.needs();
    assert_eq!(needs.issue, Some(chrono::Duration::hours(1)));
    assert_eq!(needs.customer, Some(chrono::Duration::days(30)));
    assert_eq!(rules(&["a: seen is public => hold = true"]).needs(), Needs::default());
}

#[test]
fn an_override_is_silent_only_on_what_the_other_sets() {
    let case = Case::new().kind(Complaint, 0.9).issue("service.outage", 0.9);
    let decision = case.decide(&router(NORTHWIND));
    assert_eq!(decision.facets.department.as_ref().unwrap(), &"network-ops");
    assert_eq!(decision.by["department"].len(), 1);
    assert!(decision.conflicts.is_empty());
    // `service-complaint` still says where and how fast.
    assert_eq!(decision.by["visibility"][0].as_str(), "service-complaint");
    assert_eq!(decision.facets.sla.iter().collect::<Vec<_>>(), ["public"]);
    assert_eq!(decision.facets.respond.unwrap().as_str(), "both");
}

#[test]
fn complaining_does_not_pay() {
    let source = NORTHWIND.replace("'type is compliment and sentiment >= 0.3'", "'sentiment >= 0.3'");
    let router = router(&source);
    let given = |case: Case| case.sentiment(0.4).decide(&router);
    assert!(given(Case::new().kind(Question, 0.9)).facets.incentive.is_some());
    let complaint = given(Case::new().kind(Complaint, 0.9));
    assert_eq!(complaint.facets.incentive, None);
    assert!(complaint.proof.iter().any(|proof| proof.atom == "never_if types has complaint"));
    let unknown = given(Case::new());
    assert_eq!(unknown.facets.incentive, None);
    assert!(unknown.unknown.iter().any(|atom| atom.atom == "never_if types has complaint"));
}

#[test]
fn who_also_complains_complains() {
    let source = NORTHWIND.replace("'type is compliment and sentiment >= 0.3'", "'sentiment >= 0.3'");
    let mut case = Case::new().kind(Question, 0.9).sentiment(0.4);
    case.classification.types = vec![Question, Complaint];
    let decision = case.decide(&router(&source));
    assert_eq!(decision.facets.incentive, None);
    assert!(decision.proof.iter().any(|proof| proof.atom == "never_if types has complaint"));
}

#[test]
fn a_budget_and_a_cap_end_what_is_given() {
    let source = NORTHWIND.replace("'type is compliment and sentiment >= 0.3'", "'sentiment >= 0.3'");
    let router = router(&source);
    let (id, incentive) = router.protocol().incentives().iter().next().unwrap();
    let most = incentive.affordable().unwrap();
    assert_eq!(
        (incentive.value.as_str(), incentive.budget.as_deref(), most),
        ("10 GBP", Some("500 GBP per month"), 50)
    );
    let [budget, cap] = ["budget 500 GBP per month", "cap 1 per customer per 90d"];
    for (in_period, to_customer, subject_to, withheld) in [
        (None, None, &[budget, cap][..], None),
        (Some(most - 1), None, &[cap], None),
        (None, Some(0), &[budget], None),
        (Some(0), Some(0), &[], None),
        (Some(most), None, &[], Some((budget, "50 given"))),
        (Some(most - 1), Some(1), &[], Some((cap, "1 given"))),
        (None, Some(2), &[], Some((cap, "2 given"))),
    ] {
        let mut case = Case::new().kind(Question, 0.9).sentiment(0.4);
        case.context.granted = [(id.clone(), Granted { in_period, to_customer })].into();
        let decision = case.decide(&router);
        assert_eq!(decision.subject_to, subject_to, "{in_period:?} {to_customer:?}");
        assert_eq!(decision.facets.incentive.is_none(), withheld.is_some(), "{in_period:?} {to_customer:?}");
        let limits = decision.proof.iter().filter(|proof| proof.value.ends_with("given"));
        let limits: Vec<_> = limits.map(|proof| (proof.atom.as_str(), proof.value.as_str())).collect();
        assert_eq!(limits, withheld.into_iter().collect::<Vec<_>>());
        // Facts by hand say the same.
        let facts = serde_json::json!({ "type": "question", "types": ["question"], "sentiment": 0.4,
            "granted": { id: Granted { in_period, to_customer } } });
        let given = Given::from_json(&facts.to_string(), &vocabulary()).unwrap();
        assert_eq!(serde_json::to_value(&given).unwrap()["granted"], facts["granted"]);
        let by_hand = router.decide_given(&given);
        assert_eq!(
            (by_hand.facets.incentive, by_hand.subject_to),
            (decision.facets.incentive, decision.subject_to)
        );
    }
}

#[test]
fn personal_data_goes_private() {
    let case = Case::new().kind(Complaint, 0.9).issue("service.delivery", 0.9).personal_data();
    let decision = case.decide(&router(NORTHWIND));
    assert_eq!(decision.facets.visibility.unwrap().as_str(), "private");
    assert_eq!(decision.by["visibility"].len(), 1);
    let proof = decision.proof.iter().find(|proof| proof.atom == "text has pii").unwrap();
    assert_eq!((proof.value.as_str(), &proof.spans[..]), ("yes", &[Span::new(1, 5)][..]));
}

#[test]
fn proof_of_what_is_not_so_names_it() {
    let router = rules(&[
        "calm: not (type is complaint or sentiment < 0) and (seen is direct or influence > 5) => hold = true",
    ]);
    let decision = Case::new().kind(Question, 0.8).sentiment(0.5).influence(9.5).decide(&router);
    let proof: Vec<String> = decision.proof.iter().map(|p| format!("{}: {}", p.atom, p.value)).collect();
    assert_eq!(proof, ["not type is complaint: question", "not sentiment < 0: 0.5", "influence > 5: 9.5"]);
}

#[test]
fn the_quick_way_and_the_plain_way_agree() {
    // The compiled conditions answer what `Condition::evaluate` answers: a rule fires when it holds.
    let router = router(NORTHWIND);
    for kind in MessageType::ALL {
        for topic in ["service.delivery", "service.outage", "billing", "product"] {
            for score in [-0.9, 0.9] {
                let case = Case::new().kind(*kind, 0.9).issue(topic, 0.9).sentiment(score).influence(90.0);
                let decision = case.decide(&router);
                let given = format!(
                    "type = \"{kind}\"\nissue = \"{topic}\"\nsentiment = {score}\ninfluence = 90\nseen = \"public\"\npii = false\nat = 2026-11-02T10:14:00Z"
                );
                let mut faults = Faults::new();
                let document = Document::parse("given", &given, &mut faults);
                let given = Given::read(&document.root("given"), &vocabulary(), &mut faults);
                assert!(faults.is_empty());
                let calendars = calendars();
                let facts = given.with(&calendars);
                let holds =
                    |rule: &&Rule| !rule.shadow && rule.when.evaluate(&facts) == condition::Truth::True;
                let plain: Vec<&str> =
                    router.protocol().rules().iter().filter(holds).map(|rule| rule.id.as_str()).collect();
                let mut fired: Vec<&str> = decision.proof.iter().map(|proof| proof.rule.as_str()).collect();
                fired.dedup();
                assert_eq!(fired, plain);
            }
        }
    }
}

#[test]
fn a_clock_starts_when_its_protocol_says() {
    let due = |start: &str| {
        let source = format!(
            "[protocol]\nid = \"p\"\nversion = \"1\"\n[[sla]]\nid = \"a\"\ncalendar = \"hq\"\nfirst_response = {{ within = \"1h\", start = \"{start}\" }}\n\
            [[rule]]\nid = \"r\"\nowner = \"care\"\nwhy = \"test\"\nwhen = 'seen is public'\nset = {{ sla = \"a\" }}\n"
        );
        // The message was made at 10:14 and is decided at 12:00.
        let decision = Case::new().at("2026-11-02T12:00:00Z").decide(&router(&source));
        decision.due.and_then(|due| due.first_response)
    };
    assert_eq!(due("captured"), Some(utc("2026-11-02T13:00:00Z")));
    assert_eq!(due("case.opened"), Some(utc("2026-11-02T13:00:00Z")));
    assert_eq!(due("created"), Some(utc("2026-11-02T11:14:00Z")));
    assert_eq!(due("assigned"), None);
}
