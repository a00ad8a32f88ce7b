//! Which reasons are kept? The strongest ones, in the order of their strength.

use crate::model::Evidence;

/// Makes evidence of the `limit` strongest parts; equals stay in their order.
pub(super) fn strongest<T>(
    mut parts: Vec<T>,
    limit: usize,
    weight: impl Fn(&T) -> f32,
    evidence: impl Fn(&T) -> Option<Evidence>,
) -> Vec<Evidence> {
    parts.sort_by(|a, b| weight(b).abs().total_cmp(&weight(a).abs()));
    parts.iter().take(limit).filter_map(evidence).collect()
}
