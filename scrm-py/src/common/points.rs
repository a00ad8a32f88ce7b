//! Where in the text, in code points? Rust's places are bytes.
//!
//! Read [`Points`] first: one text, mapped once. A text of ASCII alone is not mapped, for there the two are the same.

use scrm_core::model::Span;

/// The places of one text.
pub(crate) struct Points {
    /// For each byte, and for the end, how many code points stand before it; `None` when that is the byte itself.
    before: Option<Vec<u32>>,
}

impl Points {
    /// Maps a text.
    pub(crate) fn of(text: &str) -> Self {
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

    /// Whether places are the same in bytes and in code points.
    #[cfg(feature = "python")]
    pub(crate) fn are_bytes(&self) -> bool {
        self.before.is_none()
    }

    /// How many code points stand before a byte.
    pub(crate) fn point(&self, byte: u32) -> u32 {
        match &self.before {
            None => byte,
            Some(before) => before.get(byte as usize).or(before.last()).copied().unwrap_or(byte),
        }
    }

    /// A place in code points.
    pub(crate) fn span(&self, span: Span) -> Span {
        Span::new(self.at(span.start()), self.at(span.end()))
    }

    fn at(&self, byte: usize) -> usize {
        u32::try_from(byte).map_or(byte, |byte| self.point(byte) as usize)
    }
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
