//! Does the fast way of asking the examples say what changing the protocol says?

use super::*;
use crate::diagnostic::Diagnostic;
use crate::route::backtest::mutations::mutants;

/// The mutants that no example notices, found by changing the protocol itself.
fn survivors(protocol: &Protocol, calendars: &Calendars) -> Vec<(String, String)> {
    let failing = |protocol: &Protocol| -> Vec<Diagnostic> { protocol.check_examples(calendars) };
    // Only examples that are as expected can notice anything; each is asked alone.
    let before: Vec<_> = failing(protocol).into_iter().map(|fault| fault.span).collect();
    let mut found = Vec::new();
    for rule in protocol.rules().iter().filter(|rule| !rule.shadow) {
        for mutant in mutants(protocol, rule) {
            let mut rules: Vec<_> =
                protocol.rules().iter().filter(|known| known.id != rule.id).cloned().collect();
            rules.extend(mutant.rule.clone());
            let after = failing(&protocol.with_rules(rules));
            if after.iter().all(|fault| before.contains(&fault.span)) {
                found.push((rule.id.to_string(), mutant.mutation));
            }
        }
    }
    found
}

#[test]
fn survivors_are_those_of_the_changed_protocols() {
    for source in [
        NEW,
        OLD,
        include_str!("../../tests/northwind.toml"),
        include_str!("../../tests/protocols/acme.toml"),
    ] {
        let (protocol, _) = crate::route::tests::read(source);
        let score = mutation_score(&protocol, &calendars());
        let found: Vec<(String, String)> =
            score.survivors.iter().map(|one| (one.rule.to_string(), one.mutation.clone())).collect();
        assert_eq!(found, survivors(&protocol, &calendars()));
        assert_eq!(score.mutants, score.killed + found.len() as u64);
    }
}

#[test]
fn a_rule_that_lets_others_through_is_missed() {
    let rule = |id: &str, overrides: &str, when: &str, tag: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nowner = \"care\"\nwhy = \"w\"\nwhen = '{when}'\nset = {{ department = \"{tag}\" }}\noverrides = [{overrides}]\n"
        )
    };
    let source = [
        "[protocol]\nid = \"a\"\nversion = \"1\"\n".to_owned(),
        rule("a", "\"b\"", "type is complaint", "care"),
        // It does not fire, and through it `a` silences `c`.
        rule("b", "\"c\"", "type is question", "finance"),
        rule("c", "", "type is complaint", "comms"),
        "[[example]]\ngiven = { type = \"complaint\" }\nexpect = { department = \"care\" }\n".to_owned(),
    ];
    let protocol = protocol(&source.concat());
    let score = mutation_score(&protocol, &calendars());
    let found: Vec<(String, String)> =
        score.survivors.iter().map(|one| (one.rule.to_string(), one.mutation.clone())).collect();
    assert_eq!(found, survivors(&protocol, &calendars()));
    assert!(!found.contains(&("b".to_owned(), "delete the rule".to_owned())), "{found:?}");
    assert!(!found.contains(&("b".to_owned(), "drop the override of `c`".to_owned())), "{found:?}");
}

#[test]
fn what_no_example_notices() {
    insta::assert_snapshot!(pretty(&mutation_score(&protocol(NEW), &calendars())));
}
