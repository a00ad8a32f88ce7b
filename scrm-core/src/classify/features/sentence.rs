//! How does a sentence begin, and does it ask?

use super::{ASKED, FIRST_WORD, pair};
use crate::classify::units::Units;

/// How a sentence begins.
#[derive(Default)]
pub(super) struct Sentence {
    /// The word before, behind which a sentence may end.
    last: Option<usize>,
    /// Words of the sentence so far.
    words: usize,
    /// Where its first word is, that word, and the first two together.
    start: usize,
    first: u64,
    two: u64,
}

impl Sentence {
    /// Goes on by a word; a new sentence begins with it where punctuation, a link or a mention stands before it.
    #[inline]
    pub(super) fn word(
        &mut self,
        units: &Units<'_>,
        at: usize,
        word: u64,
        found: &mut impl FnMut(u64, usize, usize),
    ) {
        let ends = match self.last.replace(at) {
            None => true,
            Some(last) => ends_between(units, last, at),
        };
        match if ends { 0 } else { self.words } {
            0 => {
                *self = Self { last: Some(at), words: 1, start: at, first: pair(FIRST_WORD, word), two: 0 };
                found(self.first, at, at + 1);
            }
            1 => {
                self.words = 2;
                self.two = pair(self.first, word);
                found(self.two, self.start, at + 1);
            }
            _ => self.words += 1,
        }
    }

    /// A question mark ends it.
    pub(super) fn asked(&mut self, found: &mut impl FnMut(u64, usize, usize)) {
        if self.words > 0 {
            let end = self.last.map_or(self.start, |last| last) + 1;
            found(pair(self.first, ASKED), self.start, end);
            if self.words > 1 {
                found(pair(self.two, ASKED), self.start, end);
            }
        }
        self.words = 0;
    }
}

/// Whether a sentence ends between two words.
fn ends_between(units: &Units<'_>, last: usize, next: usize) -> bool {
    let all = units.units();
    let (Some(last), Some(next)) = (all.get(last), all.get(next)) else { return false };
    let gap = units.text().source().get(last.span.end()..next.span.start()).unwrap_or_default();
    gap.len() > 1
        && gap.bytes().any(|byte| matches!(byte, b'.' | b'!' | b'?' | b':' | b'\n' | b'"' | b'@' | b'/'))
}
