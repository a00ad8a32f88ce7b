//! Rules in which everything happens: every question, every facet, overrides, trials, dates, and what nobody knows.

use std::fmt::Write as _;

use crate::dice::Dice;

const TYPES: [&str; 4] = ["question", "complaint", "compliment", "other"];
const TOPICS: [&str; 6] =
    ["service", "service.outage", "service.delay", "billing", "billing.refund", "product"];
const NAMES: [&str; 3] = ["a", "b", "c"];
const ACTIONS: [&str; 4] = ["none", "reply", "urgent", "escalate"];
const WORDS: [&str; 6] = ["refund", "money back", "charg*", "broken", "thank*", "twice"];

/// A protocol: its head, and its rules one by one, so that they can be put in another order.
pub struct RandomProtocol {
    head: String,
    rules: Vec<String>,
}

impl RandomProtocol {
    /// The protocol of a seed.
    pub fn new(seed: u64) -> Self {
        let dice = &mut Dice::of(seed, 21, 0);
        let mut head = format!(
            "[protocol]\nid = \"p\"\nversion = \"1\"\nmandatory = {}\non_unknown = \"{}\"\n",
            dice.pick(&["[]", "[\"department\"]", "[\"department\", \"visibility\", \"sla\"]"]),
            dice.pick(&["skip", "fire", "review"])
        );
        head.push_str(
            r#"
[[field]]
name = "own.tier"
kind = "name"
values = ["a", "b", "c"]
[[field]]
name = "own.score"
kind = "number"
[[calendar]]
id = "hq"
tz = "Europe/London"
week = { mon = ["09:00-12:30", "13:30-18:00"], sat = ["10:00-14:00"] }
[[sla]]
id = "fast"
first_response = { within = "1h" }
[[sla]]
id = "slow"
first_response = { within = "8h" }
[[ladder]]
id = "l1"
rungs = [{ after = "0m", to = "team:a", mode = "channel" }, { after = "1h", to = "role:x", mode = "phone" }]
[[ladder]]
id = "l2"
rungs = [{ after = "0m", to = "team:b", mode = "in_person" }]
"#,
        );
        for id in ["i1", "i2"] {
            _ = write!(
                head,
                "[[incentive]]\nid = \"{id}\"\nvalue = \"5 EUR\"\nbudget = \"50 EUR per month\"\ncap = \"1 per customer per 90d\"\nnever_if = '{}'\n",
                condition(dice, 1)
            );
        }
        let n_rules = 1 + dice.below(12);
        let rules = (0..n_rules).map(|at| rule(dice, at)).collect();
        Self { head, rules }
    }

    /// As a file, its rules turned by so many places and, if need be, backwards.
    pub fn written(&self, turn: usize, backwards: bool) -> String {
        let mut rules = self.rules.clone();
        let turn = turn % rules.len().max(1);
        rules.rotate_left(turn);
        if backwards {
            rules.reverse();
        }
        self.head.clone() + &rules.concat()
    }
}

fn rule(dice: &mut Dice, at: usize) -> String {
    let mut rule = format!(
        "[[rule]]\nid = \"r{at:02}\"\nowner = \"a\"\nwhy = \"w\"\nwhen = '{}'\nset = {{ {} }}\n",
        condition(dice, 3),
        settings(dice)
    );
    // Only rules before it, so that no circle comes about; their places in the file do not matter.
    if at > 0 && dice.percent(30) {
        let over: Vec<String> =
            (0..1 + dice.below(2)).map(|_| format!("\"r{:02}\"", dice.below(at))).collect();
        _ = writeln!(rule, "overrides = [{}]", over.join(", "));
    }
    if dice.percent(15) {
        _ = writeln!(rule, "on_unknown = \"{}\"", dice.pick(&["skip", "fire", "review"]));
    }
    if dice.percent(10) {
        rule.push_str("status = \"shadow\"\n");
    }
    if dice.percent(15) {
        let effective = dice.pick(&[
            "{ from = 2026-01-01 }",
            "{ to = 2026-10-31 }",
            "{ from = 2026-11-01, to = 2026-11-30 }",
        ]);
        _ = writeln!(rule, "effective = {effective}");
    }
    rule
}

fn settings(dice: &mut Dice) -> String {
    let mut set = std::collections::BTreeMap::new();
    for _ in 0..1 + dice.below(4) {
        let (key, value) = match dice.below(16) {
            0..=2 => ("department", format!("\"{}\"", dice.pick(&NAMES))),
            3 | 4 => {
                let all = ["public", "public_then_private", "private", "as_asked"];
                ("visibility", format!("\"{}\"", dice.pick(&all)))
            }
            5 => ("respond", format!("\"{}\"", dice.pick(&["none", "micro", "macro", "both"]))),
            6 => ("priority", (1 + dice.below(5)).to_string()),
            7 => ("sla", format!("\"{}\"", dice.pick(&["fast", "slow"]))),
            8 => ("escalate", format!("{{ ladder = \"l1\", rung = {} }}", 1 + dice.below(2))),
            9 => ("escalate", "{ ladder = \"l2\", rung = 1 }".to_owned()),
            10 => ("tags", format!("[\"{}\"]", dice.pick(&NAMES))),
            11 => ("skills", format!("[\"{}\"]", dice.pick(&NAMES))),
            12 => ("incident", format!("\"{}\"", dice.pick(&NAMES))),
            13 => ("incentive", format!("\"{}\"", dice.pick(&["i1", "i2"]))),
            14 => ("advocacy", format!("\"{}\"", dice.pick(&["none", "ask_permission"]))),
            _ => ("hold", dice.percent(50).to_string()),
        };
        set.insert(key, value);
    }
    set.iter().map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", ")
}

fn condition(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.percent(30) {
        return atom(dice);
    }
    match dice.below(5) {
        0 => format!("not ({})", condition(dice, depth - 1)),
        1 => joined(dice, depth, " or "),
        _ => joined(dice, depth, " and "),
    }
}

fn joined(dice: &mut Dice, depth: usize, word: &str) -> String {
    let parts: Vec<String> =
        (0..2 + dice.below(3)).map(|_| format!("({})", condition(dice, depth - 1))).collect();
    parts.join(word)
}

fn row(dice: &mut Dice, of: &[&str]) -> String {
    let names: Vec<String> = (0..1 + dice.below(3)).map(|_| format!("\"{}\"", dice.pick(of))).collect();
    names.join(", ")
}

fn atom(dice: &mut Dice) -> String {
    let sign = dice.pick(&["=", "!=", "<", "<=", ">", ">="]);
    match dice.below(26) {
        0..=2 => format!("type is {}", dice.pick(&TYPES)),
        3 => format!("type is not {}", dice.pick(&TYPES)),
        4 => format!("type in [{}]", row(dice, &TYPES)),
        5 => format!("types has any [{}]", row(dice, &TYPES)),
        6 => format!("types has all [{}]", row(dice, &TYPES)),
        7 | 8 => format!("issue under \"{}\"", dice.pick(&TOPICS)),
        9 => format!("issue is \"{}\"", dice.pick(&TOPICS)),
        10 => format!("topics under \"{}\"", dice.pick(&TOPICS)),
        11 => format!("topics has \"{}\"", dice.pick(&TOPICS)),
        12 => format!("sentiment {sign} {}", dice.pick(&["-0.5", "0", "0.3"])),
        13 => format!("influence {sign} {}", dice.pick(&["20", "80"])),
        14 => format!("influence between {} and 90", dice.pick(&["10", "50", "90"])),
        15 => format!("seen is {}", dice.pick(&["public", "direct", "internal"])),
        16 => format!("action in [{}]", row(dice, &ACTIONS)),
        17 => format!("count(issue, \"{}\") {sign} {}", dice.pick(&["15m", "1h"]), dice.below(4)),
        18 => format!("text has any [{}]", row(dice, &WORDS)),
        19 => format!("text has all [{}]", row(dice, &WORDS)),
        20 => dice.pick(&["text contains_text \"efun\"", "text matches /mon.y/", "text has pii"]).to_owned(),
        21 => dice
            .pick(&["in_hours(\"hq\")", "weekday is mon", "local_time between \"22:00\" and \"11:00\""])
            .to_owned(),
        22 => format!("known({})", dice.pick(&["influence", "issue", "text", "own.tier"])),
        23 => dice
            .pick(&[
                "consent(\"calls\")",
                "link(customer, \"crm\") is authenticated",
                "customer.role has supplier",
            ])
            .to_owned(),
        24 => format!("own.tier is \"{}\"", dice.pick(&NAMES)),
        _ => format!("own.score {sign} {}", dice.below(3)),
    }
}

/// Facts, as JSON: each known in most messages and unknown in some.
pub fn facts(seed: u64, index: usize) -> String {
    let dice = &mut Dice::of(seed, 22, index);
    let mut facts = serde_json::Map::new();
    let mut put = |dice: &mut Dice, key: &str, value: &dyn Fn(&mut Dice) -> serde_json::Value| {
        if dice.percent(80) {
            let value = value(dice);
            facts.insert(key.to_owned(), value);
        }
    };
    put(dice, "type", &|dice| dice.pick(&TYPES).into());
    if dice.percent(20) {
        put(dice, "types", &|dice| vec![dice.pick(&TYPES), dice.pick(&TYPES)].into());
    }
    put(dice, "issue", &|dice| dice.pick(&TOPICS).into());
    if dice.percent(20) {
        put(dice, "topics", &|dice| vec![dice.pick(&TOPICS), dice.pick(&TOPICS)].into());
    }
    put(dice, "sentiment", &|dice| dice.pick(&[-0.7, -0.5, 0.0, 0.3, 0.9]).into());
    put(dice, "influence", &|dice| dice.pick(&[0, 20, 50, 80, 90, 100]).into());
    put(dice, "seen", &|dice| dice.pick(&["public", "direct", "internal"]).into());
    put(dice, "action", &|dice| dice.pick(&ACTIONS).into());
    put(dice, "count(issue, \"15m\")", &|dice| dice.below(4).into());
    put(dice, "count(issue, \"1h\")", &|dice| dice.below(5).into());
    put(dice, "text", &|dice| {
        let words =
            ["Refund", "my money", "back!", "you charged me", "BROKEN", "thanks", "twice", "06-12345678"];
        (0..dice.below(5)).map(|_| dice.pick(&words)).collect::<Vec<_>>().join(" ").into()
    });
    put(dice, "consent(\"calls\")", &|dice| dice.percent(50).into());
    put(dice, "link(customer, \"crm\")", &|dice| dice.pick(&["none", "authenticated"]).into());
    put(dice, "customer.role", &|dice| {
        dice.pick(&[vec![], vec!["supplier"], vec!["customer", "fan"]]).into()
    });
    put(dice, "own.tier", &|dice| dice.pick(&NAMES).into());
    put(dice, "own.score", &|dice| dice.below(3).into());
    serde_json::Value::Object(facts).to_string()
}
