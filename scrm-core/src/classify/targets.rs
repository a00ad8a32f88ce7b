//! Which way does it feel towards each brand that it names? The words nearest to each name, read by themselves.
//!
//! A word belongs to the brand of its clause whose name stands nearest; in a clause that names none, to the brand that was
//! named last before it, else to the first. What belongs to a brand is read by the encoder alone.

use super::encoder::OUTPUTS;
use super::models::{Models, Verdict};
use super::sentiment::{LABELS, softmax};
use super::units::Unit;
use super::words::{CLAUSE, Reading};
use crate::model::{Hits, Span, TargetSentiment};

/// The sentiment towards each brand, in the order of the brands; nothing when fewer than two are named.
pub(super) fn targets(
    hits: &Hits,
    readings: &[Reading<'_>],
    models: &Models,
    verdict: &Verdict<'_>,
) -> Vec<TargetSentiment> {
    let (Some(body), Some(units)) = (readings.first(), verdict.units.first()) else { return Vec::new() };
    let mut names: Vec<(Span, usize)> = Vec::new();
    for (number, hit) in hits.named.iter().enumerate() {
        names.extend(hit.spans.iter().map(|span| (*span, number)));
    }
    names.sort_unstable();
    if hits.named.len() < 2 {
        return Vec::new();
    }
    let ends: Vec<usize> =
        body.items.iter().filter(|item| item.is(CLAUSE)).map(|item| item.span.end()).collect();
    let owner = |unit: &Unit| owner(unit.span.start(), &names, &ends);
    let each = hits.named.iter().enumerate().filter_map(|(number, hit)| {
        let own = units.kept(|unit| owner(unit) == Some(number) && !is_name(unit, &names));
        if own.units().is_empty() {
            return None;
        }
        let temperature = models.encoder().temperature();
        let logits = models.encoder().encode(&[own]).logits.map(|logit| logit / temperature);
        let probabilities: [f32; OUTPUTS] = softmax(logits);
        let [negative, _, positive] = probabilities;
        let best = probabilities.into_iter().zip(LABELS).max_by(|a, b| a.0.total_cmp(&b.0));
        let (confidence, label) = best?;
        Some(TargetSentiment { brand: hit.id.clone(), label, score: positive - negative, confidence })
    });
    each.collect()
}

fn is_name(unit: &Unit, names: &[(Span, usize)]) -> bool {
    names.iter().any(|(span, _)| span.overlaps(unit.span))
}

/// The brand that what stands at a place belongs to. `names` and `ends` of clauses are in order.
fn owner(at: usize, names: &[(Span, usize)], ends: &[usize]) -> Option<usize> {
    let clause = ends.partition_point(|end| *end <= at);
    let of_clause = |(span, _): &&(Span, usize)| ends.partition_point(|end| *end <= span.start()) == clause;
    let mut before = None;
    let mut after = None;
    for name in names.iter().filter(of_clause) {
        if name.0.start() <= at {
            before = Some(name);
        } else {
            after = after.or(Some(name));
        }
    }
    let nearest = match (before, after) {
        (Some(before), Some(after)) => {
            let middle = usize::midpoint(before.0.end(), after.0.start());
            Some(if at <= middle { before } else { after })
        }
        (before, after) => before.or(after),
    };
    let earlier = || names.iter().rev().find(|(span, _)| span.start() <= at).or(names.first());
    nearest.or_else(earlier).map(|(_, number)| *number)
}
