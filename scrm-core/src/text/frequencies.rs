//! How often does a word stand in texts? Counted as they pass, in bounded memory.
//!
//! A count-min sketch (Cormode & Muthukrishnan 2005) with conservative updates: never too low, and too high by chance
//! only, by about 2 in a million texts for each thousand of distinct words.

use std::collections::BTreeSet;

use super::Text;

const ROWS: usize = 4;
const COLUMNS: usize = 1 << 16;

/// What the bytes begin with.
const MAGIC: &[u8; 8] = b"scrm-frq";

/// Why bytes cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no frequencies: {0}")]
pub struct FrequenciesError(&'static str);

/// In how many texts each word stood, of those that were observed. A megabyte, whatever it has seen.
///
/// ```
/// use scrm_core::text::{Frequencies, Text};
/// let mut frequencies = Frequencies::new();
/// for text in ["my bag is lost", "the bag", "thanks"] {
///     frequencies.observe(&Text::new(text));
/// }
/// assert_eq!(frequencies.texts(), 3);
/// assert!((frequencies.share("bag") - 2.0 / 3.0).abs() < 1e-9);
/// assert!(frequencies.share("refund") < 0.01);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequencies {
    texts: u64,
    counts: Vec<u32>,
}

impl Default for Frequencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Frequencies {
    /// Of no text.
    pub fn new() -> Self {
        Self { texts: 0, counts: vec![0; ROWS * COLUMNS] }
    }

    /// How many texts were observed.
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// Counts the words of a text, each once.
    pub fn observe(&mut self, text: &Text<'_>) {
        self.texts += 1;
        let words: BTreeSet<&str> =
            (0..text.tokens().len()).filter_map(|index| text.folded_token(index)).collect();
        for word in words {
            let least = self.count(word).saturating_add(1);
            for at in places(word) {
                if let Some(count) = self.counts.get_mut(at) {
                    *count = (*count).max(least);
                }
            }
        }
    }

    /// Adds what another has counted: the sum is that of one that saw both.
    pub fn merge(&mut self, other: &Self) {
        self.texts += other.texts;
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.saturating_add(*more);
        }
    }

    /// The share of the texts in which a folded word stood, 0 to 1; never too low. 0 when no text was observed.
    pub fn share(&self, folded: &str) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a share of counts")]
        let share = f64::from(self.count(folded)) / self.texts.max(1) as f64;
        share.min(1.0)
    }

    /// The counts as bytes: `scrm-frq`, the number of texts, then each count in as few bytes as it needs, runs of zeros
    /// as one.
    ///
    /// ```
    /// use scrm_core::text::{Frequencies, Text};
    /// let mut frequencies = Frequencies::new();
    /// frequencies.observe(&Text::new("my bag is lost"));
    /// let bytes = frequencies.to_bytes();
    /// assert_eq!(Frequencies::from_bytes(&bytes).unwrap(), frequencies);
    /// assert!(Frequencies::from_bytes(&bytes[1..]).is_err());
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        push(&mut bytes, self.texts);
        let mut counts = self.counts.iter().copied().peekable();
        while let Some(count) = counts.next() {
            push(&mut bytes, count.into());
            if count == 0 {
                let mut more = 0;
                while counts.next_if_eq(&0).is_some() {
                    more += 1;
                }
                push(&mut bytes, more);
            }
        }
        bytes
    }

    /// Reads counts back.
    ///
    /// # Errors
    /// When the bytes are no frequencies, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrequenciesError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(FrequenciesError("they do not begin like them"))?;
        let texts = take(&mut rest)?;
        let mut counts = Vec::with_capacity(ROWS * COLUMNS);
        while counts.len() < ROWS * COLUMNS {
            let count = take(&mut rest)?;
            let more = if count == 0 { take(&mut rest)? } else { 0 };
            let room = (ROWS * COLUMNS - counts.len() - 1) as u64;
            let count = u32::try_from(count).ok().filter(|count| u64::from(*count) <= texts && more <= room);
            let (Some(count), Ok(more)) = (count, usize::try_from(more)) else {
                return Err(FrequenciesError("they are damaged"));
            };
            counts.push(count);
            counts.resize(counts.len() + more, 0);
        }
        if rest.is_empty() { Ok(Self { texts, counts }) } else { Err(FrequenciesError("they are damaged")) }
    }

    fn count(&self, word: &str) -> u32 {
        places(word).filter_map(|at| self.counts.get(at)).copied().min().unwrap_or(0)
    }
}

/// Where a word is counted: one place in each row (FNV-1a, and the same turned).
fn places(word: &str) -> impl Iterator<Item = usize> {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let step = (hash.rotate_left(32).wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1;
    (0..ROWS).zip(0u64..).map(move |(row, turn)| {
        let mixed = hash.wrapping_add(step.wrapping_mul(turn)).wrapping_mul(0xA076_1D64_78BD_642F) >> 48;
        row * COLUMNS + usize::try_from(mixed).unwrap_or(0) % COLUMNS
    })
}

/// Appends a number, seven bits a byte, the lowest first.
fn push(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(low & 0x7F);
        }
        bytes.push(low | 0x80);
    }
}

fn take(rest: &mut &[u8]) -> Result<u64, FrequenciesError> {
    let mut number = 0u64;
    for shift in (0..63).step_by(7) {
        let Some((byte, behind)) = rest.split_first() else {
            return Err(FrequenciesError("they end too early"));
        };
        *rest = behind;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(FrequenciesError("they are damaged"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_or_are_refused() {
        let mut frequencies = Frequencies::new();
        for number in 0..300 {
            frequencies.observe(&Text::new(&format!("the bag {number} é 電波 {}", number % 7)));
        }
        let bytes = frequencies.to_bytes();
        assert!(bytes.len() < 10_000, "{}", bytes.len());
        assert_eq!(Frequencies::from_bytes(&bytes), Ok(frequencies));
        assert_eq!(Frequencies::from_bytes(&Frequencies::new().to_bytes()), Ok(Frequencies::new()));
        for end in [0, 4, 8, 9, 20, bytes.len() - 1] {
            assert!(Frequencies::from_bytes(&bytes[..end]).is_err(), "{end}");
        }
        assert!(Frequencies::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
        assert!(Frequencies::from_bytes(&[MAGIC.as_slice(), &[0xFF; 20]].concat()).is_err());
        let more_than_texts = [MAGIC.as_slice(), &[1, 2]].concat();
        assert!(Frequencies::from_bytes(&more_than_texts).is_err());
    }
}
