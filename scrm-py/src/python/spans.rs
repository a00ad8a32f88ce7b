//! Where in the text, as Python counts? Rust's places are bytes, Python's are code points.
//!
//! Read [`Points`] first: one text, mapped once. A text of ASCII alone is not mapped, for there the two are the same.

use scrm_core::model::{Assessment, Axis, Evidence, MarkedSpan, MessageBuilder, Span};

/// The places of one text.
pub(super) struct Points {
    /// For each byte, and for the end, how many code points stand before it; `None` when that is the byte itself.
    before: Option<Vec<u32>>,
}

impl Points {
    /// Maps a text.
    pub(super) fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self { before: None };
        }
        let mut before = Vec::with_capacity(text.len() + 1);
        let mut points = 0;
        for c in text.chars() {
            before.extend(std::iter::repeat_n(points, c.len_utf8()));
            points += 1;
        }
        before.push(points);
        Self { before: Some(before) }
    }

    fn point(&self, byte: u32) -> u32 {
        match &self.before {
            None => byte,
            Some(before) => before.get(byte as usize).or(before.last()).copied().unwrap_or(byte),
        }
    }

    fn span(&self, span: &mut Span) {
        *span = Span::new(self.at(span.start()), self.at(span.end()));
    }

    fn at(&self, byte: usize) -> usize {
        u32::try_from(byte).map_or(byte, |byte| self.point(byte) as usize)
    }

    fn evidence(&self, evidence: &mut [Evidence]) {
        evidence.iter_mut().filter_map(|one| one.span.as_mut()).for_each(|span| self.span(span));
    }

    fn axis<T>(&self, axis: &mut Axis<T>) {
        self.evidence(&mut axis.evidence);
    }
}

/// Counts every place of an assessment in code points of the message's text.
pub(super) fn assessment(assessment: &mut Assessment, text: &str) {
    let points = Points::of(text);
    if points.before.is_none() {
        return;
    }
    let Assessment { hits, classification, decision, .. } = assessment;
    for spans in hits.monitors.iter_mut().map(|hit| &mut hit.spans) {
        spans.iter_mut().for_each(|span| points.span(span));
    }
    for spans in hits.topics.iter_mut().map(|hit| &mut hit.spans) {
        spans.iter_mut().for_each(|span| points.span(span));
    }
    points.axis(&mut classification.kind);
    points.axis(&mut classification.topics);
    points.axis(&mut classification.sentiment);
    points.axis(&mut classification.action);
    points.axis(&mut classification.influence);
    points.axis(&mut classification.language);
    if let Some(noise) = &mut classification.noise {
        points.evidence(&mut noise.evidence);
    }
    classification.personal_data.iter_mut().for_each(|data| points.span(&mut data.span));
    for proof in decision.iter_mut().flat_map(|decision| &mut decision.proof) {
        proof.spans.iter_mut().for_each(|span| points.span(span));
    }
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

#[cfg(test)]
mod tests {
    use super::Points;

    #[test]
    fn bytes_are_mapped_to_code_points() {
        for (text, expected) in [
            ("", vec![0]),
            ("ab", vec![0, 1, 2]),
            ("é!", vec![0, 0, 1, 2]),
            ("a😀b", vec![0, 1, 1, 1, 1, 2, 3]),
            ("e\u{301}", vec![0, 1, 1, 2]),
        ] {
            let points = Points::of(text);
            let mapped: Vec<u32> = (0..=text.len() as u32).map(|byte| points.point(byte)).collect();
            assert_eq!(mapped, expected, "{text:?}");
        }
    }

    #[test]
    fn every_character_is_where_it_is_counted() {
        let text = "Straße 🇳🇱 naïve – 日本";
        let points = Points::of(text);
        for (point, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(points.point(byte as u32), point as u32);
        }
    }
}
