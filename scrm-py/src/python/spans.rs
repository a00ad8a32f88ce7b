//! Where in the text, as Python counts? Rust's places are bytes, Python's are code points.
//!
//! Read [`assessment`] first.

use scrm_core::model::{Assessment, Axis, Evidence, MarkedSpan, MessageBuilder, Span};

use crate::common::Points;

/// Counts every place of an assessment in code points of the message's text.
pub(super) fn assessment(assessment: &mut Assessment, text: &str) {
    let points = Points::of(text);
    if points.are_bytes() {
        return;
    }
    let Assessment { hits, classification, decision, .. } = assessment;
    for spans in hits.monitors.iter_mut().map(|hit| &mut hit.spans) {
        spans.iter_mut().for_each(|span| *span = points.span(*span));
    }
    for spans in hits.topics.iter_mut().map(|hit| &mut hit.spans) {
        spans.iter_mut().for_each(|span| *span = points.span(*span));
    }
    axis(&points, &mut classification.kind);
    axis(&points, &mut classification.topics);
    axis(&points, &mut classification.sentiment);
    axis(&points, &mut classification.action);
    axis(&points, &mut classification.influence);
    axis(&points, &mut classification.language);
    if let Some(noise) = &mut classification.noise {
        evidence(&points, &mut noise.evidence);
    }
    classification.personal_data.iter_mut().for_each(|data| data.span = points.span(data.span));
    for proof in decision.iter_mut().flat_map(|decision| &mut decision.proof) {
        proof.spans.iter_mut().for_each(|span| *span = points.span(*span));
    }
}

fn evidence(points: &Points, evidence: &mut [Evidence]) {
    let spans = evidence.iter_mut().filter_map(|one| one.span.as_mut());
    spans.for_each(|span: &mut Span| *span = points.span(*span));
}

fn axis<T>(points: &Points, axis: &mut Axis<T>) {
    evidence(points, &mut axis.evidence);
}

/// Counts the spans of a message in code points.
pub(super) fn to_points(message: &mut MessageBuilder) {
    if message.spans.is_empty() {
        return;
    }
    let points = Points::of(&message.text);
    for MarkedSpan { start, end, .. } in &mut message.spans {
        (*start, *end) = (points.point(*start), points.point(*end));
    }
}

/// Counts the spans of a message, given in code points, in bytes.
///
/// # Errors
/// When a span does not lie inside the text.
pub(super) fn to_bytes(message: &mut MessageBuilder) -> Result<(), String> {
    if message.spans.is_empty() || message.text.is_ascii() {
        return Ok(());
    }
    let starts: Vec<usize> =
        message.text.char_indices().map(|(byte, _)| byte).chain([message.text.len()]).collect();
    let byte = |point: u32| starts.get(point as usize).and_then(|byte| u32::try_from(*byte).ok());
    for MarkedSpan { start, end, .. } in &mut message.spans {
        let Some(bytes) = byte(*start).zip(byte(*end)) else {
            let length = starts.len() - 1;
            return Err(format!("span {start}..{end} is not inside the text of {length} characters"));
        };
        (*start, *end) = bytes;
    }
    Ok(())
}
