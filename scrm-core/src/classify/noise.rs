//! Is it noise, and why? Precision before recall: a customer's complaint must not be lost as spam.
//!
//! The first reason that holds, in this order:
//!
//! 1. `deleted`: a tombstone.
//! 2. `own`: our own words (direction `out`).
//! 3. `repost`: passed on without a word of the author's own.
//! 4. `auto_reply`: cues of automatic replies, together likely, in what is not public: a customer who writes to everybody
//!    about "your automated reply" is no machine.
//! 5. `bot`: the account says it is a machine, or the text is written as machines write.
//! 6. `spam`: advertising cues of at least two sorts, less what speaks for a complaint or a question; or, in English,
//!    what the model says that learned from labelled messages, less three times what speaks for a complaint. The model
//!    learned from whole messages that strangers sent to many: it is not asked of what is private (a customer's answer in a
//!    thread of ours), nor of fewer than five words (an order's number and a telephone number).
//! 7. `no_content`: no word, number, picture or question mark of the author's own, and nothing attached.
//! 8. `no_monitor`: no monitor matches, where any were asked.

use super::encoder::OUTPUTS;
use super::kind::Kinds;
use super::model::sigmoid;
use super::models::{Models, Question, Verdict};
use super::reasons;
use super::role::Role;
use super::sentiment::told;
use super::words::{Reading, RoleHit};
use crate::model::{
    Direction, Evidence, Hits, Message, MessageKind, MessageType, Noise, NoiseReason, SpanKind,
};

/// What is likely enough to call a message noise.
const ENOUGH: f32 = 0.6;
/// Of fewer words the model is not asked.
const FEW: usize = 5;

/// Why a message is noise, if it is. `hits` is what monitors found, where they were asked.
pub(super) fn noise(
    message: &Message,
    readings: &[Reading<'_>],
    kinds: &Kinds,
    hits: Option<&Hits>,
    verdict: Option<(&Models, &Verdict<'_>)>,
    limit: usize,
) -> Option<Noise> {
    known(message)
        .or_else(|| repost(message, readings))
        .or_else(|| auto_reply(message, readings, limit))
        .or_else(|| bot(message, readings, limit))
        .or_else(|| spam(readings, kinds, limit))
        .or_else(|| {
            verdict.and_then(|(models, verdict)| learned(message, readings, kinds, models, verdict, limit))
        })
        .or_else(|| no_content(message, readings))
        .or_else(|| {
            let unheard = hits.is_some_and(|hits| hits.monitors.is_empty());
            unheard.then(|| plain(NoiseReason::NoMonitor, 1.0, "no monitor matches"))
        })
}

fn plain(reason: NoiseReason, confidence: f32, cue: &str) -> Noise {
    Noise { reason, confidence, evidence: vec![Evidence::of(cue, confidence)] }
}

/// What the message itself says of its state.
fn known(message: &Message) -> Option<Noise> {
    if message.is_tombstone() {
        Some(plain(NoiseReason::Deleted, 1.0, "taken down"))
    } else if message.direction() == Direction::Out {
        Some(plain(NoiseReason::Own, 1.0, "sent by us"))
    } else {
        None
    }
}

fn auto_reply(message: &Message, readings: &[Reading<'_>], limit: usize) -> Option<Noise> {
    let private = !message.visibility().is_open();
    private.then(|| cued(readings, Role::AutoReply, NoiseReason::AutoReply, limit)).flatten()
}

fn repost(message: &Message, readings: &[Reading<'_>]) -> Option<Noise> {
    let body = readings.first()?;
    let own = body.tally.words + body.tally.numbers + body.tally.hashtags + body.tally.pictures;
    let marked = message.spans().iter().any(|span| span.kind == SpanKind::Reposted);
    let by_kind = message.kind() == MessageKind::Repost && (!marked || own == 0);
    let text = message.text().trim_start();
    let by_sign = text.starts_with("RT @") || (text.starts_with("RT ") && text.contains("@"));
    if marked && own > 0 {
        return None;
    }
    if by_kind {
        Some(plain(NoiseReason::Repost, 0.98, "a repost without words of its own"))
    } else if by_sign {
        Some(plain(NoiseReason::Repost, 0.9, "begins with \"RT @\""))
    } else {
        None
    }
}

/// Cues of one role that are together likely.
fn cued(readings: &[Reading<'_>], role: Role, reason: NoiseReason, limit: usize) -> Option<Noise> {
    let hits: Vec<(&Reading<'_>, RoleHit)> = hits_of(readings, role);
    let confidence = 1.0 - hits.iter().map(|(_, hit)| 1.0 - hit.weight).product::<f32>();
    (confidence >= ENOUGH).then(|| Noise { reason, confidence, evidence: evidence(hits, limit) })
}

/// Hits of a role that do not overlap.
fn hits_of<'r, 't>(readings: &'r [Reading<'t>], role: Role) -> Vec<(&'r Reading<'t>, RoleHit)> {
    let mut hits: Vec<(&Reading<'_>, RoleHit)> = Vec::new();
    for reading in readings {
        let mut end = 0;
        for hit in reading.roles.iter().filter(|hit| hit.role == role) {
            if hit.first >= end {
                end = hit.end();
                hits.push((reading, *hit));
            }
        }
    }
    hits
}

fn evidence(hits: Vec<(&Reading<'_>, RoleHit)>, limit: usize) -> Vec<Evidence> {
    reasons::strongest(
        hits,
        limit,
        |(_, hit)| hit.weight,
        |(reading, hit)| {
            let cue = format!("\"{}\"", reading.words_at(hit.first, hit.len));
            Some(Evidence { cue, span: reading.place(hit.first, hit.len), weight: hit.weight })
        },
    )
}

fn bot(message: &Message, readings: &[Reading<'_>], limit: usize) -> Option<Noise> {
    if message.author().is_some_and(|author| author.bot == Some(true)) {
        return Some(plain(NoiseReason::Bot, 0.95, "the account says it is a machine"));
    }
    cued(readings, Role::Machine, NoiseReason::Bot, limit)
}

/// Advertising: a logit over the cues, of which at least two must stand in the text.
fn spam(readings: &[Reading<'_>], kinds: &Kinds, limit: usize) -> Option<Noise> {
    let lures = hits_of(readings, Role::Lure);
    if lures.is_empty() {
        return None;
    }
    let money = hits_of(readings, Role::Money).len().min(4);
    let links: usize = readings.iter().map(|reading| reading.tally.links).sum();
    let mentions: usize = readings.iter().map(|reading| reading.tally.mentions).sum();
    let source = readings.first().map(|reading| reading.text.source()).unwrap_or_default();
    let priced = source.bytes().zip(source.bytes().skip(1)).any(|(a, b)| a == b'$' && b.is_ascii_digit())
        || source.contains('£')
        || source.contains('€');
    let long = long_numbers(readings);
    let sorts = lures.len()
        + usize::from(money > 0)
        + usize::from(links > 0)
        + usize::from(priced)
        + usize::from(long > 0);
    if sorts < 2 {
        return None;
    }
    let logit = -3.4
        + 1.4 * lures.len().min(5) as f32
        + 0.5 * money as f32
        + 0.8 * links.min(2) as f32
        + if priced { 0.6 } else { 0.0 }
        + 1.2 * long.min(2) as f32
        + if mentions >= 4 { 0.8 } else { 0.0 }
        - 3.0 * kinds.of(MessageType::Complaint)
        - 0.8 * kinds.of(MessageType::Question)
        - 0.8 * kinds.of(MessageType::Compliment);
    let confidence = sigmoid(logit);
    (confidence >= ENOUGH).then(|| Noise {
        reason: NoiseReason::Spam,
        confidence,
        evidence: evidence(lures, limit),
    })
}

/// What was learned of spam.
fn learned(
    message: &Message,
    readings: &[Reading<'_>],
    kinds: &Kinds,
    models: &Models,
    verdict: &Verdict<'_>,
    limit: usize,
) -> Option<Noise> {
    let words: usize = readings.iter().map(|reading| reading.tally.words).sum();
    if words < FEW || !message.visibility().is_open() {
        return None;
    }
    let logit = verdict.logit(models, Question::Spam) - 3.0 * kinds.of(MessageType::Complaint);
    let evidence = || match limit {
        0 => Vec::new(),
        _ => told(readings, verdict.parts(models, [0.0; OUTPUTS], Question::Spam, &[1.0]), limit),
    };
    (logit >= 0.0).then(|| Noise {
        reason: NoiseReason::Spam,
        confidence: sigmoid(logit),
        evidence: evidence(),
    })
}

/// Numbers of five digits or more: short codes and telephone numbers.
fn long_numbers(readings: &[Reading<'_>]) -> usize {
    let items = readings.iter().flat_map(|reading| &reading.items);
    items.filter(|item| item.kind == crate::text::TokenKind::Number && item.span.len() >= 5).count()
}

fn no_content(message: &Message, readings: &[Reading<'_>]) -> Option<Noise> {
    let says = readings.iter().any(|reading| {
        let tally = &reading.tally;
        tally.words + tally.numbers + tally.pictures + tally.questions > 0
            // A tag that the lexicon knows says something (`#fail`).
            || !reading.found.is_empty()
    });
    let rated = matches!(message.kind(), MessageKind::Review | MessageKind::Survey | MessageKind::CheckIn);
    (!says && !rated && message.attachments().is_empty())
        .then(|| plain(NoiseReason::NoContent, 0.95, "no words beyond names, tags and links"))
}
