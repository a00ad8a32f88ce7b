//! Which protocols are analysed? Small ones of everything that there is, and large ones as companies write them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use scrm_core::route::Vocabulary;

use crate::dice::Dice;

/// The names that protocols are written with.
pub(super) fn vocabulary() -> Vocabulary {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Vocabulary {
        departments: set(&["d0", "d1", "d2"]),
        people: set(&["ada", "ben"]),
        skills: set(&["s0", "s1"]),
        topics: set(&["a", "a.x", "a.y", "b"]),
        brands: set(&["n", "h"]),
        monitors: set(&["m0", "m1"]),
        calendars: set(&["always"]),
        ..Vocabulary::default()
    }
}

const CLAUSES: &str = r#"
[[sla]]
id = "l0"
first_response = { within = "1h" }
[[sla]]
id = "l1"
first_response = { within = "8h" }
[[ladder]]
id = "up"
rungs = [{ after = "0m", to = "team:d0", mode = "channel" }, { after = "30m", to = "person:ada", mode = "phone" }]
[[ladder]]
id = "across"
rungs = [{ after = "0m", to = "team:d1", mode = "channel" }]
"#;

/// Atoms of a few axes: most rules share theirs with others.
const ATOMS: [&str; 43] = [
    "type is complaint",
    "type is not complaint",
    "type in [\"question\", \"complaint\"]",
    "type is compliment",
    "known(type)",
    "types has question",
    "types has all [\"question\", \"complaint\"]",
    "issue under \"a\"",
    "issue is \"a.x\"",
    "issue in [\"a.y\", \"b\"]",
    "topics has \"a.x\"",
    "topics under \"a\"",
    "topics has any [\"a\", \"b\"]",
    "known(topics)",
    "known(issue)",
    "influence >= 50",
    "influence < 20",
    "influence between 20 and 50",
    "sentiment < 0",
    "sentiment > 0.3",
    "text has pii",
    "seen is public",
    "seen in [\"direct\", \"public\"]",
    "brand is \"n\"",
    "brands has \"n\"",
    "brands has all [\"n\", \"h\"]",
    "monitors has \"m0\"",
    "count(issue, \"1h\") >= 3",
    "count(issue, \"1d\") < 3",
    "author.verified is true",
    "text has \"refund\"",
    "text has \"refund now\"",
    "text has any [\"refund now\", \"bag\"]",
    "text has all [\"refund\", \"now\"]",
    "text has \"bag*\"",
    "contains_text \"ab\"",
    "contains_text \"abc\"",
    "known(text)",
    "local_time between \"09:00\" and \"12:00\"",
    "local_time between \"11:00\" and \"13:00\"",
    "local_time between \"22:00\" and \"06:00\"",
    "weekday in [\"sat\", \"sun\"]",
    "weekday is not mon",
];

/// What rules set.
const SETS: [&str; 26] = [
    "department = \"d0\"",
    "department = \"d1\"",
    "department = \"d2\"",
    "visibility = \"public\"",
    "visibility = \"private\"",
    "visibility = \"as_asked\"",
    "respond = \"micro\"",
    "respond = \"macro\"",
    "respond = \"both\"",
    "priority = 1",
    "priority = 3",
    "sla = \"l0\"",
    "sla = [\"l0\", \"l1\"]",
    "escalate = { ladder = \"up\", rung = 1 }",
    "escalate = { ladder = \"up\", rung = 2 }",
    "escalate = { ladder = \"across\", rung = 1 }",
    "skills = [\"s0\"]",
    "tags = [\"t\", \"u\"]",
    "tags = [\"t\"]",
    "owner = \"ada\"",
    "incident = \"i0\"",
    "incentive = \"gift\"",
    "incentive = \"thanks\"",
    "advocacy = \"ask_permission\"",
    "hold = false",
    "record = \"all\"",
];

/// A protocol of up to nine rules over up to five atoms, so that every message of its domain can be decided.
pub(super) fn random(dice: &mut Dice) -> String {
    let atoms: Vec<&str> = (0..1 + dice.below(5)).map(|_| dice.pick(&ATOMS)).collect();
    // Rules meet on few facets.
    let sets: Vec<&str> = (0..1 + dice.below(6)).map(|_| dice.pick(&SETS)).collect();
    let mut source = "[protocol]\nid = \"random\"\nversion = \"1\"\n".to_owned();
    let mandatory: Vec<&str> =
        ["department", "priority", "visibility", "hold"].into_iter().filter(|_| dice.percent(30)).collect();
    _ = writeln!(source, "mandatory = {mandatory:?}");
    let on_unknown = |dice: &mut Dice| dice.pick(&["skip", "fire", "review"]);
    _ = writeln!(source, "on_unknown = \"{}\"{CLAUSES}", on_unknown(dice));
    for id in ["gift", "thanks"] {
        _ = writeln!(source, "[[incentive]]\nid = \"{id}\"\nvalue = \"1 EUR\"\nbudget = \"9 EUR per day\"");
        _ = writeln!(source, "cap = \"1 per customer per 1d\"");
        if dice.percent(60) {
            _ = writeln!(source, "never_if = '{}'", condition(&atoms, 1, dice));
        }
    }
    let n_rules = 1 + dice.below(9);
    for rule in 0..n_rules {
        _ = writeln!(source, "[[rule]]\nid = \"r{rule}\"\nowner = \"d0\"\nwhy = \"test\"");
        _ = writeln!(source, "when = '{}'", condition(&atoms, 2, dice));
        let mut facets = BTreeSet::new();
        let mut said: Vec<&str> = (0..1 + dice.below(3)).map(|_| dice.pick(&sets)).collect();
        said.retain(|set| facets.insert(set.split(' ').next()));
        _ = writeln!(source, "set = {{ {} }}", said.join(", "));
        // Only upwards, so that there is no circle.
        let over: Vec<String> =
            (rule + 1..n_rules).filter(|_| dice.percent(25)).map(|other| format!("r{other}")).collect();
        _ = writeln!(source, "overrides = {over:?}");
        if dice.percent(30) {
            _ = writeln!(source, "on_unknown = \"{}\"", on_unknown(dice));
        }
        if dice.percent(10) {
            _ = writeln!(source, "status = \"shadow\"");
        }
        match dice.below(12) {
            0 => _ = writeln!(source, "effective = {{ to = 2026-01-31 }}"),
            1 => _ = writeln!(source, "effective = {{ from = 2026-02-01, to = 2026-02-28 }}"),
            _ => {}
        }
    }
    source
}

fn condition(atoms: &[&str], depth: usize, dice: &mut Dice) -> String {
    if depth == 0 || dice.percent(35) {
        let atom = dice.pick(atoms);
        return if dice.percent(20) { format!("not ({atom})") } else { atom.to_owned() };
    }
    let word = dice.pick(&[" and ", " and ", " or "]);
    let parts: Vec<String> =
        (0..2 + dice.below(2)).map(|_| format!("({})", condition(atoms, depth - 1, dice))).collect();
    let joined = parts.join(word);
    if dice.percent(15) { format!("not ({joined})") } else { joined }
}

/// A protocol of so many rules as a large company has it: one rule for each type, rules by issue that override those,
/// and rules by circumstance; with its names.
pub fn realistic(n_rules: usize, seed: u64) -> (String, Vocabulary) {
    let mut dice = Dice::of(seed, 52, n_rules);
    let areas = 12 + n_rules / 25;
    let departments: Vec<String> = (0..24).map(|d| format!("d{d}")).collect();
    let topics: BTreeSet<String> =
        (0..areas).flat_map(|area| (0..6).map(move |leaf| format!("area{area}.leaf{leaf}"))).collect();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let vocabulary = Vocabulary {
        departments: departments.iter().cloned().collect(),
        people: set(&["ada"]),
        topics,
        brands: (0..8).map(|brand| format!("brand{brand}")).collect(),
        ..Vocabulary::default()
    };
    let mut source =
        "[protocol]\nid = \"large\"\nversion = \"1\"\nmandatory = [\"department\", \"visibility\"]\n"
            .to_owned();
    _ = writeln!(source, "on_unknown = \"skip\"{CLAUSES}");
    let types = ["complaint", "question", "request", "compliment", "suggestion", "other"];
    for (at, kind) in types.iter().enumerate() {
        _ = writeln!(
            source,
            "[[rule]]\nid = \"by-type-{kind}\"\nowner = \"d0\"\nwhy = \"test\"\nwhen = 'type is {kind}'"
        );
        _ = writeln!(source, "set = {{ department = \"d{at}\", visibility = \"as_asked\", priority = 4 }}");
    }
    let over_types: Vec<String> = types.iter().map(|kind| format!("by-type-{kind}")).collect();
    for rule in types.len()..n_rules {
        let area = dice.below(areas);
        let mut parts = vec![match dice.below(4) {
            0 => format!("issue under \"area{area}\""),
            _ => format!("issue is \"area{area}.leaf{}\"", dice.below(6)),
        }];
        let some = [
            format!("type is {}", dice.pick(&types)),
            format!("channel is \"c{}\"", dice.below(9)),
            format!("brands has \"brand{}\"", dice.below(8)),
            format!("sentiment <= -0.{}", 1 + dice.below(9)),
            format!("influence >= {}", 10 * (1 + dice.below(9))),
            "seen is public".to_owned(),
        ];
        parts.extend(some.into_iter().filter(|_| dice.percent(35)));
        let set = match dice.below(10) {
            0..6 => format!("department = \"d{}\"", dice.below(24)),
            6 => "visibility = \"private\"".to_owned(),
            7 => format!("priority = {}, tags = [\"t{}\"]", 1 + dice.below(3), dice.below(50)),
            8 => format!("escalate = {{ ladder = \"up\", rung = {} }}", 1 + dice.below(2)),
            _ => format!("sla = \"l{}\", respond = \"micro\"", dice.below(2)),
        };
        _ = writeln!(
            source,
            "[[rule]]\nid = \"rule-{rule:05}\"\nowner = \"d0\"\nwhy = \"test\"\nwhen = '{}'",
            parts.join(" and ")
        );
        _ = writeln!(source, "set = {{ {set} }}\noverrides = {over_types:?}");
    }
    (source, vocabulary)
}
