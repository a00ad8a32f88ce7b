//! How is a word drawn out? `sooooo`, `goooood`, and their ordinary spellings.

/// Whether a letter stands three times in a row.
pub(super) fn is_drawn(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() > 3
        && bytes.windows(3).any(|run| matches!(run, [a, b, c] if a == b && b == c && a.is_ascii_alphabetic()))
}

/// The word with every run of a letter cut to at most `most` where it is longer than two.
pub(super) fn shortened(word: &str, most: usize) -> String {
    let mut short = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if_eq(&c).is_some() {
            run += 1;
        }
        let kept = if run > 2 { most } else { run };
        short.extend(std::iter::repeat_n(c, kept));
    }
    short
}
