//! Why was it decided so? A decision as text for people.

use std::fmt::Write as _;

use super::examples::values;
use crate::model::{Decision, RuleId};

/// A decision in words: each facet with the rules behind it, what held, and what was missing.
///
/// ```text
/// department: care (by service-complaint)
/// respond: micro (by service-complaint)
/// first response due 2026-11-02T09:14:00Z
/// because
///   service-complaint: type is complaint (complaint, 0.91)
/// not far
///   loud-and-angry: influence >= 80 (was 79)
/// ```
// Writing to a String cannot fail, so results are dropped.
pub fn explain(decision: &Decision) -> String {
    let mut out = String::new();
    write_facets(decision, &mut out);
    write_times(decision, &mut out);
    for conflict in &decision.conflicts {
        let sides = conflict.values.iter().map(|(value, rules)| format!("{value} (by {})", row(rules)));
        _ = writeln!(out, "conflict on {}: {}", conflict.facet, sides.collect::<Vec<_>>().join(" or "));
    }
    for gap in &decision.gaps {
        _ = writeln!(out, "no rule sets {gap}");
    }
    section("subject to", decision.subject_to.iter().cloned(), &mut out);
    let proof = decision.proof.iter().map(|proof| {
        let sure = proof.confidence.map_or_else(String::new, |sure| format!(", {sure:.2}"));
        format!("{}: {} ({}{sure})", proof.rule, proof.atom, proof.value)
    });
    section("because", proof, &mut out);
    let unknown = decision.unknown.iter().map(|atom| format!("{}: {} ({})", atom.rule, atom.atom, atom.then));
    section("unknown", unknown, &mut out);
    let near = decision.near.iter().map(|near| format!("{}: {} (was {})", near.rule, near.atom, near.value));
    section("not far", near, &mut out);
    section("for review", decision.review.iter().map(ToString::to_string), &mut out);
    section("on trial", decision.shadow.iter().map(ToString::to_string), &mut out);
    _ = writeln!(out, "rules {}", decision.rules);
    out
}

fn write_facets(decision: &Decision, out: &mut String) {
    for (facet, value) in values(&decision.facets) {
        if let Some(rules) = decision.by.get(facet.as_str()) {
            _ = writeln!(out, "{facet}: {value} (by {})", row(rules));
        }
    }
}

fn write_times(decision: &Decision, out: &mut String) {
    // The form of JSON: seconds, and `Z`.
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    if let Some(due) = &decision.due {
        for (what, at) in [("first response", due.first_response), ("resolution", due.resolution)] {
            if let Some(at) = at {
                _ = writeln!(out, "{what} due {}", time(at));
            }
        }
    }
    for rung in &decision.escalations {
        let (ladder, number) = (&rung.ladder, rung.rung);
        _ = writeln!(out, "{ladder}/{number}: {} by {} at {}", rung.to, rung.mode, time(rung.at));
    }
}

fn section(title: &str, lines: impl Iterator<Item = String>, out: &mut String) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        _ = writeln!(out, "{title}");
    }
    for line in lines {
        _ = writeln!(out, "  {line}");
    }
}

fn row(rules: &[RuleId]) -> String {
    rules.iter().map(RuleId::as_str).collect::<Vec<_>>().join(", ")
}
