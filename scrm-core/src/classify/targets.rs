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
    // Each unit is looked at once, however many brands there are.
    let mut own: Vec<Vec<Unit>> = vec![Vec::new(); hits.named.len()];
    for unit in units.units() {
        if let Some(own) = owner(unit.span, &names, &ends).and_then(|number| own.get_mut(number)) {
            own.push(*unit);
        }
    }
    let each = hits.named.iter().zip(own).filter_map(|(hit, own)| {
        if own.is_empty() {
            return None;
        }
        let temperature = models.encoder().temperature();
        let logits = models.encoder().encode(&[units.only(own)]).logits.map(|logit| logit / temperature);
        let probabilities: [f32; OUTPUTS] = softmax(logits);
        let [negative, _, positive] = probabilities;
        let best = probabilities.into_iter().zip(LABELS).max_by(|a, b| a.0.total_cmp(&b.0));
        let (confidence, label) = best?;
        Some(TargetSentiment { brand: hit.id.clone(), label, score: positive - negative, confidence })
    });
    each.collect()
}

/// The brand that what stands at a place belongs to; none when it is part of a name. `names` and `ends` of clauses are in
/// order.
fn owner(place: Span, names: &[(Span, usize)], ends: &[usize]) -> Option<usize> {
    let next = names.partition_point(|(name, _)| name.start() <= place.start());
    let before = next.checked_sub(1).and_then(|at| names.get(at));
    let after = names.get(next);
    if before.into_iter().chain(after).any(|(name, _)| name.overlaps(place)) {
        return None;
    }
    let clause = |at: usize| ends.partition_point(|end| *end <= at);
    let here = clause(place.start());
    let in_clause = |name: &&(Span, usize)| clause(name.0.start()) == here;
    let nearest = match (before.filter(in_clause), after.filter(in_clause)) {
        (Some(before), Some(after)) => {
            let middle = usize::midpoint(before.0.end(), after.0.start());
            Some(if place.start() <= middle { before } else { after })
        }
        (before, after) => before.or(after),
    };
    nearest.or(before).or(names.first()).map(|(_, number)| *number)
}
