//! How many decisions a second, beside another engine? A decision table of the `zen-engine` crate that collects every row.
//!
//! Rules that look for words are left out of both: a table has no words. For every message asked, the rules that fire here
//! are the rows that are collected there.

#![allow(clippy::print_stdout, reason = "what was measured is what this program is for")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use benches::rules::company::{self, Case, Test, tests};
use benches::rules::router;
use scrm_core::model::Context;
use serde_json::{Value, json};
use zen_engine::DecisionEngine;
use zen_engine::model::DecisionContent;


const FIELDS: [&str; 8] = ["type", "issue", "influence", "sentiment", "channel", "language", "brand", "seen"];

/// Messages that are made, and passes of each measure, of which the fastest counts.
const MESSAGES: usize = 2_000;
const PASSES: usize = 5;

fn main() -> Result<(), String> {
    let cases: Vec<Case> = (0..MESSAGES).map(|index| company::case(1, index)).collect();
    println!("decisions/s on one core, on rules without words; the same rules fire in both");
    for n_rules in [10, 100, 1_000, 10_000] {
        measure(1, n_rules, &cases, PASSES)?;
    }
    Ok(())
}

/// Measures both engines on the rules that both can say, and checks that they say the same.
fn measure(seed: u64, n_rules: usize, cases: &[Case], passes: usize) -> Result<(), String> {
    let rules: Vec<usize> = (0..n_rules)
        .filter(|index| tests(seed, *index).iter().all(|(field, _)| FIELDS.contains(field)))
        .collect();
    let protocol = router(&company::of(seed, &rules))?;
    let content: DecisionContent =
        serde_json::from_value(table(seed, &rules)).map_err(|error| error.to_string())?;
    let mut decision =
        DecisionEngine::default().create_decision(content.into()).map_err(|error| format!("{error:?}"))?;
    decision.compile();
    let n_cases = (cases.len() * 20 / rules.len().max(1)).clamp(20, cases.len());
    let cases = cases.get(..n_cases).unwrap_or(cases);
    let facts: Vec<Value> = cases.iter().map(facts).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    let ask = |facts: &Value| {
        runtime.block_on(decision.evaluate(facts.clone().into())).map_err(|error| format!("{error:?}"))
    };
    let context = Context::default();
    for (case, facts) in cases.iter().zip(&facts) {
        let ours = protocol.decide(&case.message, &case.classification, &case.hits, &context).fired;
        let ours: BTreeSet<String> = ours.iter().map(ToString::to_string).collect();
        let theirs = ask(facts)?.result.to_value();
        let theirs = theirs.as_array().into_iter().flatten().filter_map(|row| row.get("rule")?.as_str());
        let theirs: BTreeSet<String> = theirs.map(str::to_owned).collect();
        if ours != theirs {
            return Err(format!("{facts}: {ours:?} fire here, and {theirs:?} there"));
        }
    }
    let ours = rate(cases.len(), passes, || {
        let fired = |case: &Case| {
            protocol.decide(&case.message, &case.classification, &case.hits, &context).fired.len()
        };
        cases.iter().map(fired).sum()
    });
    let theirs =
        rate(cases.len(), passes, || facts.iter().map(|facts| usize::from(ask(facts).is_ok())).sum());
    println!(
        "{:>7} rules: {ours:>9.0}   zen-engine {theirs:>9.0}   {:.1} x",
        rules.len(),
        ours / theirs
    );
    Ok(())
}

fn rate(n_cases: usize, passes: usize, each: impl Fn() -> usize) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..passes {
        #[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let start = Instant::now();
        std::hint::black_box(each());
        best = best.min(start.elapsed());
    }
    n_cases as f64 / best.as_secs_f64().max(1e-9)
}

/// The table, one row for each rule.
fn table(seed: u64, rules: &[usize]) -> Value {
    let inputs: Vec<Value> =
        FIELDS.iter().map(|field| json!({ "id": field, "name": field, "field": field })).collect();
    let rows: Vec<Value> = rules
        .iter()
        .map(|index| {
            let mut row = serde_json::Map::new();
            row.insert("_id".to_owned(), index.to_string().into());
            row.insert("rule".to_owned(), format!("\"rule-{index:05}\"").into());
            for (field, test) in tests(seed, *index) {
                let cell = match test {
                    Test::Is(name) => format!("\"{name}\""),
                    Test::Under(topic) if topic.contains('.') => format!("\"{topic}\""),
                    Test::Under(area) => format!("startsWith($, \"{area}.\")"),
                    Test::AtLeast(number) => format!(">= {number}"),
                    Test::AtMost(number) => format!("<= {number}"),
                    Test::More(number) => format!("> {number}"),
                    Test::Words(_) => continue,
                };
                row.insert(field.to_owned(), cell.into());
            }
            Value::Object(row)
        })
        .collect();
    json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode" },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "collect", "inputs": inputs,
                "outputs": [{ "id": "rule", "name": "rule", "field": "rule" }], "rules": rows } },
            { "id": "out", "name": "out", "type": "outputNode" },
        ],
        "edges": [
            { "id": "e1", "sourceId": "in", "targetId": "table", "type": "edge" },
            { "id": "e2", "sourceId": "table", "targetId": "out", "type": "edge" },
        ],
    })
}

/// What the table looks at.
fn facts(case: &Case) -> Value {
    let labels = &case.classification;
    json!({
        "type": labels.kind.value.map(|kind| kind.as_str()),
        "issue": labels.topics.value.iter().flatten().next().map(|topic| topic.as_str()),
        "influence": labels.influence.value.as_ref().map(|influence| as_written(influence.score)),
        "sentiment": labels.sentiment.value.as_ref().map(|sentiment| as_written(sentiment.score)),
        "channel": case.message.channel(),
        "language": labels.language.value,
        "brand": case.hits.brands.first().map(|brand| brand.as_str()),
        "seen": case.message.visibility().as_str(),
    })
}

/// A score as a person writes it, -0.7 and not -0.699999988: that is what a rule compares with.
fn as_written(score: f32) -> f64 {
    score.to_string().parse().unwrap_or_else(|_| f64::from(score))
}
