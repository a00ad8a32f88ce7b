//! What is counted, case by case.

use std::ops::ControlFlow;

use super::*;
use crate::model::{Noise, NoiseReason};

fn corpus() -> Vec<BacktestCase> {
    let case = |id: &str, at: &str, json: &str| BacktestCase::of_facts(id, utc(at), facts(json));
    let outcome =
        |name: &str, at: &str| HumanOutcome { department: department(name), first_response: Some(utc(at)) };
    vec![
        // A Monday, and ten in the morning.
        case("1", "2026-11-02T10:00:00Z", r#"{"type": "complaint", "issue": "product", "seen": "public"}"#)
            .with_outcome(outcome("care", "2026-11-02T11:30:00Z")),
        case("2", "2026-11-02T10:05:00Z", r#"{"type": "complaint", "issue": "billing", "influence": 50}"#)
            .with_outcome(outcome("finance", "2026-11-02T10:30:00Z")),
        case("3", "2026-11-02T10:10:00Z", r#"{"type": "compliment", "issue": "product", "sentiment": 0.9}"#),
        case(
            "4",
            "2026-11-03T23:10:00Z",
            r#"{"type": "complaint", "issue": "product", "count(issue, \"1h\")": 3}"#,
        ),
        case("5", "2026-11-03T23:20:00Z", "{}"),
    ]
}

#[test]
fn all_that_is_counted() {
    let (old, new) = (router(OLD), router(NEW));
    let team = team(&[
        ("ada", &["care", "comms"], Some(2)),
        ("ben", &["finance"], Some(8)),
        ("eve", &["legal"], None),
    ]);
    let done = Backtester::new(&old, &new, 7).team(&team).run(corpus());
    insta::assert_snapshot!(pretty(&done));
}

#[test]
fn one_rule_for_one_customer_and_noise() {
    let (old, new) = (router(OLD), router(NEW));
    let case = |id: &str, author: &str, issue: &str| {
        let (message, classification) = message(id, author, "complaint", issue, "2026-11-02T10:00:00Z");
        BacktestCase::of_message(message, classification, Hits::default(), Context::default())
    };
    let mut noise = case("4", "u1", "billing");
    let Subject::Message(known) = &mut noise.subject else { return };
    known.classification.noise =
        Some(Noise { reason: NoiseReason::Spam, confidence: 1.0, evidence: Vec::new() });
    let cases = [case("1", "u1", "billing"), case("2", "u1", "billing"), case("3", "u2", "product"), noise];
    let done = backtest(&old, &new, cases, 7);
    assert_eq!((done.cases, done.noise), (3, 1));
    let found: Vec<String> =
        done.findings.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn a_break_ends_it_with_what_is_done() {
    let (old, new) = (router(OLD), router(NEW));
    let cases = || {
        (0..20_000).map(|number| {
            BacktestCase::of_facts(number.to_string(), utc("2026-11-02T10:00:00Z"), Given::default())
        })
    };
    let mut seen = Vec::new();
    let done = Backtester::new(&old, &new, 7).run_with(cases(), |done| {
        seen.push(done);
        if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((done.complete, done.cases, seen), (false, 16_384, vec![8_192, 16_384]));
    assert!(Backtester::new(&old, &new, 7).run(cases()).complete);
}

#[test]
fn nothing_comes_of_nothing() {
    let (old, new) = (router(OLD), router(NEW));
    let done = backtest(&old, &new, [], 7);
    assert_eq!((done.cases, done.findings.len(), done.from, done.agreement), (0, 0, None, None));
    assert!(done.load.departments.is_empty() && done.strata.is_empty());
}
