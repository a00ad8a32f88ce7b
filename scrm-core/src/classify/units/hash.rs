//! What number stands for a word? FNV-1a, 64 bits, and the words whose numbers are known when compiling.

/// FNV-1a, 64 bits.
pub(in crate::classify) const fn hash(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let mut hash = OFFSET;
    let mut at = 0;
    while at < bytes.len() {
        #[expect(clippy::indexing_slicing, reason = "within the length; a const function has no iterators")]
        let byte = bytes[at];
        hash = step(hash, byte);
        at += 1;
    }
    hash
}

/// One byte more.
#[inline]
pub(in crate::classify) const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(PRIME)
}

pub(in crate::classify) const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01B3;

/// The hash of a word in which no letter stands three times in a row.
#[inline]
pub(super) fn hash_of(word: &str) -> Option<u64> {
    let mut hash = OFFSET;
    let (mut last, mut run) = (0, 0);
    for byte in word.bytes() {
        hash = step(hash, byte);
        run = if byte == last { run + 1 } else { 1 };
        last = byte;
        if run == 3 && byte.is_ascii_alphabetic() {
            return None;
        }
    }
    Some(hash)
}

/// The hashes of several words.
#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiling, where a slip is an error of the compiler"
)]
pub(super) const fn hashes<const N: usize>(words: &[&str]) -> [u64; N] {
    let mut hashes = [0; N];
    let mut at = 0;
    while at < N {
        hashes[at] = hash(words[at]);
        at += 1;
    }
    hashes
}
