//! Every code: protocols of a few rules, each with what is found in it.

use std::fmt::Write as _;

use super::*;
use crate::calendar::{Calendar, Team};

const CLAUSES: &str = r#"
[protocol]
id = "test"
version = "1"
[[sla]]
id = "fast"
first_response = { within = "1h" }
[[sla]]
id = "slow"
first_response = { within = "8h" }
[[sla]]
id = "waiting"
first_response = { within = "8h", pause_on = ["waiting_customer"] }
[[ladder]]
id = "up"
rungs = [{ after = "0m", to = "team:care", mode = "channel" }, { after = "2h", to = "role:executive", mode = "phone" }]
[[incentive]]
id = "gift"
value = "1 EUR"
budget = "9 EUR per day"
cap = "1 per customer per 1d"
[[incentive]]
id = "thanks"
value = "1 EUR"
budget = "9 EUR per day"
cap = "1 per customer per 1d"
never_if = 'type is complaint or influence > 90'
"#;

/// Rules as `id: when => set`, with further lines after ` | `.
fn rules(lines: &[&str]) -> Protocol {
    let mut source = CLAUSES.to_owned();
    for line in lines {
        let (id, rest) = line.split_once(": ").unwrap();
        let (when, rest) = rest.split_once(" => ").unwrap();
        let (set, more) = rest.split_once(" | ").unwrap_or((rest, ""));
        _ = writeln!(source, "[[rule]]\nid = \"{id}\"\nowner = \"care\"\nwhy = \"test\"\nwhen = '{when}'");
        _ = writeln!(source, "set = {{ {set} }}\n{}", more.replace(" | ", "\n"));
    }
    read(&source)
}

/// What is found, one code and its rules after the other.
fn found(analysis: &Analysis) -> String {
    let found = analysis.findings().iter().map(|finding| match finding.facet {
        Some(facet) => format!("{} {}/{facet}", finding.code, finding.rules.join(" ")),
        None => format!("{} {}", finding.code, finding.rules.join(" ")),
    });
    found.collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_found() {
    for (lines, wanted) in [
        // Conditions.
        (&["a: sentiment > 0.5 and sentiment < 0.2 => priority = 1"][..], "P003 a"),
        (
            &["a: type is complaint and types has question and not (types has complaint) => priority = 1"],
            "P003 a",
        ),
        (&["a: topics has \"service.outage\" and not (topics under \"service\") => priority = 1"], "P003 a"),
        (&["a: count(issue, \"1h\") >= 5 and count(issue, \"2h\") < 5 => priority = 1"], "P003 a"),
        (
            &[
                "a: count(customer.complaints, \"1h\") > 2 and count(customer.messages, \"1d\") <= 2 => priority = 1",
            ],
            "P003 a",
        ),
        (&["a: type is complaint and count(customer.complaints, \"1h\") < 1 => priority = 1"], "P003 a"),
        (&["a: author.followers > 2 and author.followers < 3 => priority = 1"], "P003 a"),
        (&["a: in_hours(\"hq\") and weekday is sun => priority = 1"], "P003 a"),
        (&["a: brand is \"northwind\" and not (brands has \"northwind\") => priority = 1"], "P003 a"),
        (&["a: type is complaint or type is not complaint => priority = 1"], "P004 a"),
        (&["a: known(type) => priority = 1"], ""),
        (&["a: not known(type) => priority = 1"], ""),
        (&["a: type is complaint and type is question => priority = 1 | status = \"shadow\""], "P003 a"),
        (&["a: in_hours(\"hq\") and weekday is mon => priority = 1"], ""),
        // Times and words.
        (
            &[
                "a: local_time between \"09:00\" and \"10:00\" => owner = \"ada\"",
                "b: local_time between \"11:00\" and \"12:00\" => owner = \"ben\"",
            ],
            "",
        ),
        (
            &[
                "a: local_time between \"22:00\" and \"06:00\" => owner = \"ada\"",
                "b: local_time between \"05:00\" and \"12:00\" => owner = \"ben\"",
            ],
            "P020 a b/owner",
        ),
        (
            &[
                "a: local_time between \"09:00\" and \"17:00\" => priority = 1",
                "b: local_time between \"10:00\" and \"11:00\" => priority = 2 | overrides = []",
            ],
            "P021 b",
        ),
        (
            &[
                "a: local_time between \"09:00\" and \"10:00\" and local_time between \"10:00\" and \"11:00\" => hold = true",
            ],
            "P003 a",
        ),
        (&["a: local_time between \"09:00\" and \"10:00\" and in_hours(\"hq\") => priority = 1"], ""),
        (
            &[
                "a: text has \"refund now\" => owner = \"ada\"",
                "b: not text has \"refund\" => owner = \"ben\"",
            ],
            "",
        ),
        (
            &["a: text has \"refund now\" => owner = \"ada\"", "b: text has \"refund\" => owner = \"ben\""],
            "P020 a b/owner",
        ),
        (
            &["a: text has \"lost bag\" and not text has any [\"bag*\", \"suitcase\"] => priority = 1"],
            "P003 a",
        ),
        (&["a: contains_text \"abc\" and not contains_text \"b\" => priority = 1"], "P003 a"),
        // A word is found with its accents too, which are other characters.
        (&["a: text has \"resume now\" and not contains_text \"resume\" => priority = 1"], ""),
        (
            &[
                "a: text has \"refund now\" => priority = 1",
                "b: text has \"refund\" => priority = 2 | overrides = [\"a\"]",
            ],
            "P011 a b",
        ),
        (
            &[
                "a: text has \"refund\" => priority = 1",
                "b: text has any [\"refund\", \"refund now\"] => priority = 1",
            ],
            "P010 a b",
        ),
        (
            &[
                "a: type is complaint and seen is public => priority = 1",
                "b: seen is public and type is complaint => priority = 1",
            ],
            "P010 a b",
        ),
        // Not heard.
        (&["a: type is complaint => priority = 1", "b: type is complaint => priority = 1"], "P010 a b"),
        (
            &[
                "a: type is complaint => priority = 1",
                "b: seen is public or seen is not public => priority = 2 | overrides = [\"a\"]",
            ],
            "P004 b, P011 a b",
        ),
        (
            &[
                "a: type is complaint => priority = 1",
                "b: sentiment < 0 => priority = 2 | overrides = [\"a\"]",
                "c: sentiment >= 0 => priority = 2 | overrides = [\"a\"]",
            ],
            "P012 a b c",
        ),
        // One of them says nothing of the other facet.
        (
            &[
                "a: type is complaint => priority = 1, hold = true",
                "b: type in [\"complaint\", \"question\"] => priority = 2 | overrides = [\"a\"]",
            ],
            "",
        ),
        // Conflicts.
        (
            &["a: type is complaint => owner = \"ada\"", "b: sentiment < 0 => owner = \"ben\""],
            "P020 a b/owner",
        ),
        (&["a: type is complaint => owner = \"ada\"", "b: type is question => owner = \"ben\""], ""),
        (
            &[
                "a: type is complaint => owner = \"ada\" | effective = { to = 2026-01-31 }",
                "b: type is complaint => owner = \"ben\" | effective = { from = 2026-02-01 }",
            ],
            "",
        ),
        // Silenced by a third, which two rules silence together.
        (
            &[
                "a: type is complaint => owner = \"ada\"",
                "b: sentiment < 0 => owner = \"ben\"",
                "c: type is complaint and sentiment < 0.5 => owner = \"ben\" | overrides = [\"a\"]",
            ],
            "",
        ),
        // Redundant.
        (
            &[
                "a: type is complaint => priority = 1",
                "b: type is complaint and seen is public => priority = 2",
            ],
            "P021 b",
        ),
        (
            &[
                "a: type is complaint => tags = [\"x\", \"y\"]",
                "b: type is complaint and seen is public => tags = [\"x\"]",
            ],
            "P021 b",
        ),
        (
            &[
                "a: type is complaint => respond = \"both\"",
                "b: type is complaint and seen is public => respond = \"micro\"",
            ],
            "P021 b",
        ),
        (
            &[
                "a: type is complaint => respond = \"macro\"",
                "b: type is complaint and seen is public => respond = \"micro\"",
            ],
            "",
        ),
        // Promises.
        (
            &[
                "a: type is complaint => escalate = { ladder = \"up\", rung = 1 }",
                "b: sentiment < 0 => sla = \"fast\"",
            ],
            "P031 a b/escalate",
        ),
        (
            &[
                "a: type is complaint => escalate = { ladder = \"up\", rung = 1 }",
                "b: sentiment < 0 => sla = \"slow\"",
            ],
            "",
        ),
        (
            &[
                "a: type is complaint => escalate = { ladder = \"up\", rung = 2 }",
                "b: sentiment < 0 => sla = \"fast\"",
            ],
            "",
        ),
        (
            &[
                "a: type is complaint => escalate = { ladder = \"up\", rung = 1 }",
                "b: type is question => sla = \"fast\"",
            ],
            "",
        ),
        (
            &["a: type is complaint => sla = \"slow\"", "b: sentiment < 0 => sla = \"waiting\""],
            "P071 a b/sla",
        ),
        (&["a: type is complaint => sla = [\"slow\", \"waiting\"]"], "P071 a/sla"),
        (&["a: type is complaint => sla = \"slow\"", "b: type is question => sla = \"waiting\""], ""),
        (
            &[
                "a: type is complaint => sla = \"slow\"",
                "b: sentiment < 0 => sla = \"waiting\" | overrides = [\"a\"]",
            ],
            "",
        ),
        // Giving.
        (&["a: sentiment > 0.5 => incentive = \"gift\""], "P050 a/incentive"),
        (&["a: type is compliment => incentive = \"gift\""], "P050 a/incentive"),
        (&["a: sentiment > 0.5 => incentive = \"thanks\""], "P080 /incentive"),
        (&["a: type is question => visibility = \"public\""], "P052 a/visibility"),
        (
            &[
                "a: type is question => visibility = \"public\"",
                "b: text has pii => visibility = \"private\"",
            ],
            "",
        ),
        (&["a: type is question and not text has pii => visibility = \"public\""], ""),
        // Influence.
        (&["a: influence >= 50 => priority = 1"], "P080 a/priority"),
        (&["a: influence >= 50 => priority = 2", "b: sentiment <= 1 => priority = 1"], "P004 b, P021 a"),
    ] {
        let analysis = alone(&rules(lines), |domain| domain);
        assert_eq!(found(&analysis), wanted, "{lines:?}\n{analysis}");
    }
}

#[test]
fn what_facts_cannot_say_is_assumed() {
    let protocol =
        rules(&["a: in_hours(\"hq\") => owner = \"ada\"", "b: type is question => owner = \"ben\""]);
    let domain = Domain::of(&protocol, &Vocabulary::default());
    // There is no calendar that could say whether it is open.
    let analysis = protocol.analyze(&domain, &Calendars::default(), None, Budget::default());
    assert_eq!(found(&analysis), "P020 a b/owner");
    assert_eq!(analysis.findings()[0].assuming, ["in_hours(\"hq\")"]);
    let analysis = protocol.analyze(&domain, &calendars(), None, Budget::default());
    assert!(analysis.findings()[0].assuming.is_empty());
}

#[test]
fn what_rests_on_an_assumption_is_no_error() {
    for (lines, text, assuming) in [
        (
            ["text has \"refund now\"", "text has \"bag*\" and not text has \"bag\""],
            "bagzq refund now",
            &[][..],
        ),
        (["contains_text \"fund\"", "not text has \"fund\""], "zqfundzq", &[]),
        (["changed(type, question, complaint)", "changed(type)"], "", &[]),
        (["text matches /re[fg]und/", "text has \"bag\""], "bag", &["text matches /re[fg]und/"]),
        (
            ["text has \"resume\"", "not contains_text \"resume\""],
            "resume",
            &["not text contains_text \"resume\""],
        ),
    ] {
        let [a, b] = lines;
        let protocol = rules(&[&format!("a: {a} => owner = \"ada\""), &format!("b: {b} => owner = \"ben\"")]);
        let analysis = alone(&protocol, |domain| domain);
        assert_eq!(found(&analysis), "P020 a b/owner", "{lines:?}\n{analysis}");
        let finding = &analysis.findings()[0];
        assert_eq!(finding.assuming, assuming, "{lines:?}");
        assert_eq!(finding.grade == Grade::Error, assuming.is_empty(), "{lines:?}");
        let witness = finding.witness.as_ref().unwrap();
        let said = serde_json::to_value(witness).unwrap();
        assert_eq!(said["text"].as_str().unwrap_or_default(), text, "{lines:?}");
        let decided = Router::compile(protocol, calendars()).decide_given(witness);
        assert_eq!(decided.conflicts.is_empty(), !assuming.is_empty(), "{lines:?}");
    }
}

#[test]
fn a_gap_is_one_of_the_domain() {
    let source = |rule: &str| {
        let mandatory = CLAUSES.replace("version = \"1\"", "version = \"1\"\nmandatory = [\"priority\"]");
        let rule = format!("[[rule]]\nid = \"a\"\nowner = \"care\"\nwhy = \"test\"\nwhen = '{rule}'");
        format!("{mandatory}{rule}\nset = {{ priority = 1 }}\n")
    };
    for (rule, topics, known, unknown) in [
        ("type is complaint or type is not complaint", &[][..], "P004 a", "P030 /priority"),
        ("issue under \"service\"", &[], "P030 /priority", "P030 /priority"),
        ("issue under \"service\"", &["service.delivery", "service.outage"], "P004 a", "P030 /priority"),
        ("known(type) or not known(type)", &[], "P004 a", "P004 a"),
    ] {
        let protocol = read(&source(rule));
        let names =
            Vocabulary { topics: topics.iter().map(|t| (*t).to_owned()).collect(), ..Vocabulary::default() };
        let domain = Domain::of(&protocol, &names);
        let analysis = |domain| found(&protocol.analyze(&domain, &calendars(), None, Budget::default()));
        assert_eq!(
            (analysis(domain.clone()), analysis(domain.with_unknown())),
            (known.into(), unknown.into()),
            "{rule}"
        );
    }
}

#[test]
fn who_is_not_there() {
    let protocol = rules(&[
        "a: type is complaint => department = \"care\", skills = [\"billing\"], escalate = { ladder = \"up\", rung = 1 }",
        "b: type is question => department = \"finance\", skills = [\"french\"], notify = [\"team:legal\"], approve = [\"ada\"]",
    ]);
    let team = "[[department]]\nid = \"care\"\nowner = \"ada\"\n[[department]]\nid = \"finance\"\n[[department]]\nid = \"legal\"\n\
                [[person]]\nid = \"ada\"\ndepartments = [\"care\"]\nskills = [\"billing\"]\n";
    let mut faults = Faults::new();
    let team = Team::read(&Document::parse("team.toml", team, &mut faults), &Default::default(), &mut faults);
    let shut = Calendars::of([Calendar::new("hq", chrono_tz::Europe::London)], "hq");
    let domain = Domain::of(&protocol, &vocabulary());
    let analysis = protocol.analyze(&domain, &shut, Some(&team), Budget::default());
    insta::assert_snapshot!(analysis);
}

#[test]
fn without_steps_it_says_so() {
    let playbook = Playbook::from_file("acme.toml", ACME, &Limits::DEFAULT).unwrap();
    let protocol = playbook.protocol;
    let domain = Domain::of(&protocol, &Vocabulary::default());
    let analysis = |budget| protocol.analyze(&domain, &calendars(), None, budget);
    for steps in [0, 10, 1_000, 10_000, 100_000] {
        let some = analysis(Budget::steps(steps));
        let all = analysis(Budget::default());
        for finding in
            some.findings().iter().filter(|finding| !["P090", "P012", "P011"].contains(&finding.code))
        {
            let same = |other: &&Finding| {
                (other.code, &other.rules, other.facet) == (finding.code, &finding.rules, finding.facet)
            };
            assert!(all.findings().iter().any(|other| same(&other)), "{finding:?}");
        }
        assert!(steps > 1_000 || !some.is_complete());
    }
    let few = analysis(Budget::default().findings(1));
    assert_eq!(few.findings().iter().filter(|finding| finding.code == "P020").count(), 1);
    insta::assert_snapshot!("out_of_steps", analysis(Budget::steps(0)));
}

#[test]
fn what_is_sensitive_is_not_answered_in_public() {
    let source = |more: &str| {
        format!(
            "[protocol]\nid = \"p\"\nversion = \"1\"\n[[topic]]\npath = \"health.injury\"\nwords = [\"injured\"]\nsensitive = true\n\
             [[topic]]\npath = \"service\"\nwords = [\"late\"]\n\
             [[rule]]\nid = \"a\"\nowner = \"care\"\nwhy = \"w\"\nwhen = 'not text has pii'\nset = {{ visibility = \"public\" }}\n{more}"
        )
    };
    let analysis = of_file(&source(""), |domain| domain);
    assert_eq!(found(&analysis), "P052 a/visibility");
    let witness = serde_json::to_value(&analysis.findings()[0].witness).unwrap();
    assert_eq!(witness["issue"], "health.injury");
    let rule = "[[rule]]\nid = \"b\"\nowner = \"care\"\nwhy = \"w\"\nwhen = 'issue under \"health\"'\nset = { visibility = \"private\" }\n";
    assert_eq!(found(&of_file(&source(rule), |domain| domain)), "");
}
