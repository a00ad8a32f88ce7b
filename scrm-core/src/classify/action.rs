//! What must be done about it: nothing, a reply, an urgent reply, or somebody with more say?
//!
//! Three likelihoods, each a noisy-or (`1 - Π(1 - pᵢ)`) of what speaks for it:
//!
//! - *reply* `r`: the likelihood of each type times how much that type asks for an answer (complaint, question and
//!   request 0.95, suggestion 0.6, compliment 0.5), and the weight of every plain cue of *escalate*: who speaks of harm, of the
//!   law or of leaving is answered whatever the type;
//! - *urgent* `u = r · noisy-or(time cues)`: a number with a unit of short time (`in 2 hours`) is a time cue;
//! - *escalate* `e`: cues of safety and of the law weakened to `0.5 + 0.5·c` of themselves, of leaving to `0.4 + 0.6·c`, of
//!   calling for the top to `0.4 + 0.6·max(c, q)`, and 0.5·c for a voice of 80 or more, where `c` is the likelihood of a
//!   complaint and `q` that of a request. A *plain* cue (of weight 0.8 or more) of safety is weakened to `0.65 + 0.35·c`,
//!   and of plain cues of safety and leaving `c` is 1 where the author speaks of their own (`my phone caught fire`,
//!   `closing my account`).
//!
//! The highest of escalate, urgent and reply that reaches one half is the action; otherwise none, as sure as `1 - r`.
//! When nothing is known of the type either, that is unknown. Each reason counts times its factor
//! ([`ActionWeights`]).
//!
//! What went before is taken in afterwards ([`in_context`]): earlier messages of the customer within seven days (0.2 each,
//! at most 0.6) and the time that the message has waited (0.6 for a day) are time cues too.

use super::kind::Kinds;
use super::reasons;
use super::role::Role;
use super::words::{Reading, RoleHit};
use crate::model::{
    Action, ActionLevels, ActionWeights, Axis, Classification, Context, Evidence, Message, MessageType,
};
use chrono::Duration;

/// How much each type asks for an answer.
const ASKS: [(MessageType, f32); 5] = [
    (MessageType::Complaint, 0.95),
    (MessageType::Question, 0.95),
    (MessageType::Request, 0.95),
    (MessageType::Suggestion, 0.6),
    (MessageType::Compliment, 0.5),
];
/// An author of this influence or more is heard.
const LOUD: f32 = 80.0;
const LOUD_WEIGHT: f32 = 0.5;
/// What `in 2 hours` says of urgency.
const SOON: f32 = 0.6;
/// What counts as enough.
const ENOUGH: f32 = 0.5;
/// Cues of this weight mean what they say in any sentence.
const PLAIN: f32 = 0.8;

/// One reason for an action.
struct Reason<'r, 't> {
    level: Action,
    name: &'static str,
    at: Option<(&'r Reading<'t>, usize, usize)>,
    p: f32,
}

/// The action that a message needs. `influence` is 0 to 100, if known.
pub(super) fn action(
    readings: &[Reading<'_>],
    kinds: &Kinds,
    influence: Option<f32>,
    weights: &ActionWeights,
    limit: usize,
) -> (Axis<Action>, ActionLevels) {
    let complaint = kinds.of(MessageType::Complaint);
    let mut reasons: Vec<Reason<'_, '_>> = Vec::with_capacity(2 * ASKS.len());
    for (kind, weight) in ASKS {
        reasons.push(Reason {
            level: Action::Reply,
            name: kind.as_str(),
            at: None,
            p: scaled(kinds.of(kind) * weight, weights.reply),
        });
    }
    for reading in readings {
        cues(reading, kinds, weights, &mut reasons);
    }
    if influence.is_some_and(|score| score >= LOUD) {
        let p = scaled(LOUD_WEIGHT * complaint, weights.influence);
        reasons.push(Reason { level: Action::Escalate, name: "influential author", at: None, p });
    }
    let any = |level: Action| {
        1.0 - reasons
            .iter()
            .filter(|reason| reason.level == level)
            .map(|reason| 1.0 - reason.p)
            .product::<f32>()
    };
    let reply = any(Action::Reply);
    let urgent = reply * any(Action::Urgent);
    let escalate = any(Action::Escalate);
    let levels = ActionLevels { reply, urgent, escalate };
    // Not knowing what it is, is no reason to leave it.
    let idle = kinds.of(MessageType::Other).max(kinds.of(MessageType::Compliment)).max(0.3);
    let (value, confidence) = highest(&levels).unwrap_or((Action::None, (1.0 - reply) * idle));
    reasons.retain(|reason| reason.p > 0.1 && (reason.level == value || reason.level == Action::Reply));
    let evidence = reasons::strongest(
        reasons,
        limit,
        |reason| reason.p,
        |reason| {
            let Some((reading, first, len)) = reason.at else {
                return Some(Evidence::of(reason.name, reason.p));
            };
            let cue = format!("{} \"{}\"", reason.name, reading.words_at(first, len));
            Some(Evidence { cue, span: reading.place(first, len), weight: reason.p })
        },
    );
    (Axis::new(value, confidence, evidence), levels)
}

/// The highest level that reaches one half.
fn highest(levels: &ActionLevels) -> Option<(Action, f32)> {
    let ActionLevels { reply, urgent, escalate } = *levels;
    let all = [(Action::Escalate, escalate), (Action::Urgent, urgent), (Action::Reply, reply)];
    all.into_iter().find(|(_, likely)| *likely >= ENOUGH)
}

/// A likelihood times a factor.
fn scaled(p: f32, factor: f32) -> f32 {
    (p * factor).clamp(0.0, 1.0)
}

/// Takes in what went before: a customer who writes again and a message that has waited are more urgent.
pub(super) fn in_context(
    classification: &mut Classification,
    message: &Message,
    context: &Context,
    weights: &ActionWeights,
    threshold: f32,
) {
    let Some(levels) = &mut classification.levels else { return };
    let written = message.times().created.unwrap_or(message.times().observed);
    let at = context.now.unwrap_or(message.times().observed);
    let mut reasons = Vec::new();
    let again = context.count_messages(at, Duration::days(7)).map_or(0, |count| count.saturating_sub(1));
    if again > 0 {
        let p = scaled((0.2 * again.min(10) as f32).min(0.6), weights.repeat);
        reasons.push((format!("{again} earlier in seven days"), p));
    }
    let hours = at.signed_duration_since(written).num_hours().clamp(0, 1_000);
    if hours > 0 {
        let p = scaled((0.6 * hours as f32 / 24.0).min(0.6), weights.waiting);
        reasons.push((format!("has waited {hours} h"), p));
    }
    reasons.retain(|(_, p)| *p > 0.1);
    if reasons.is_empty() {
        return;
    }
    // Of `u = r (1 - Π(1 - pᵢ))` the product, with more factors.
    let calm = if levels.reply > 0.0 { (1.0 - levels.urgent / levels.reply).max(0.0) } else { 1.0 };
    let calm = reasons.iter().fold(calm, |calm, (_, p)| calm * (1.0 - p));
    levels.urgent = levels.reply * (1.0 - calm);
    if let Some((Action::Urgent, confidence)) = highest(levels)
        && classification.action.value != Some(Action::Urgent)
    {
        let mut evidence = std::mem::take(&mut classification.action.evidence);
        evidence.extend(reasons.into_iter().map(|(cue, p)| Evidence::of(cue, p)));
        classification.action = Axis::new(Action::Urgent, confidence, evidence).above(threshold);
    }
}

fn cues<'r, 't>(
    reading: &'r Reading<'t>,
    kinds: &Kinds,
    weights: &ActionWeights,
    reasons: &mut Vec<Reason<'r, 't>>,
) {
    let (complaint, request) = (kinds.of(MessageType::Complaint), kinds.of(MessageType::Request));
    let own = if reading.roles.iter().any(|hit| hit.role == Role::Mine) { 1.0 } else { complaint };
    let mut last: Option<(Role, usize)> = None;
    for hit in &reading.roles {
        let plain = hit.weight >= PLAIN;
        let wronged = if plain { own } else { complaint };
        let (level, name, p) = match hit.role {
            Role::Time => (Action::Urgent, "time", hit.weight * weights.time),
            Role::Unit if is_soon(reading, hit) => (Action::Urgent, "time", SOON * weights.time),
            Role::Safety => {
                let least = if plain { 0.65 } else { 0.5 };
                (Action::Escalate, "safety", hit.weight * (least + (1.0 - least) * wronged) * weights.safety)
            }
            Role::Legal => (Action::Escalate, "legal", hit.weight * (0.5 + 0.5 * complaint) * weights.legal),
            Role::Churn => (Action::Escalate, "leaving", hit.weight * (0.4 + 0.6 * wronged) * weights.churn),
            Role::Executive => {
                let grave = 0.4 + 0.6 * complaint.max(request);
                (Action::Escalate, "calls for the top", hit.weight * grave * weights.executive)
            }
            _ => continue,
        };
        let repeated = last.is_some_and(|(role, end)| role == hit.role && hit.first < end);
        if repeated || reading.is_negated(hit.first) {
            continue;
        }
        last = Some((hit.role, hit.end()));
        let at = Some((reading, hit.first, hit.len));
        if plain && level == Action::Escalate {
            reasons.push(Reason { level: Action::Reply, name, at, p: scaled(hit.weight, weights.reply) });
        }
        reasons.push(Reason { level, name, at, p: p.clamp(0.0, 1.0) });
    }
}

/// `in 2 hours`, `within 30 min`: a number right before the unit and a word of nearness before that.
fn is_soon(reading: &Reading<'_>, hit: &RoleHit) -> bool {
    let number = hit
        .first
        .checked_sub(1)
        .filter(|at| reading.items.get(*at).is_some_and(|item| item.kind == crate::text::TokenKind::Number));
    let small = number.is_some_and(|at| reading.words_at(at, 1).parse::<f32>().is_ok_and(|n| n <= 48.0));
    small && hit.first.checked_sub(2).is_some_and(|at| reading.has_role(at, Role::Within))
}
