//! What are a million brands called? Made-up words, two in five of them names of two words.

/// How many brands posts speak of.
pub const BRANDS: usize = 1_000_000;

/// Consonants of syllables.
const CONSONANTS: &[u8; 16] = b"bcdfgklmnprstvzj";

/// Vowels of syllables.
const VOWELS: &[u8; 4] = b"aeio";

/// What a name of one word ends in.
const ENDINGS: [&str; 64] = [
    "", "n", "r", "s", "x", "l", "m", "t", "ra", "na", "lo", "tek", "soft", "ly", "mart", "zon", "via", "go",
    "pay", "fy", "flix", "ware", "lab", "net", "bit", "car", "jet", "air", "gen", "max", "dent", "cell",
    "plus", "kit", "mo", "gram", "box", "ton", "ski", "berg", "vo", "dyne", "tron", "sys", "com", "hub",
    "land", "wood", "field", "stone", "bank", "rail", "wear", "fit", "food", "home", "byte", "link", "nova",
    "star", "ix", "um", "eo", "ara",
];

/// Second words that are words of the language; the others are made up.
const TRADES: [&str; 32] = [
    "foods",
    "mobile",
    "bank",
    "air",
    "energy",
    "motors",
    "hotels",
    "media",
    "games",
    "sports",
    "health",
    "labs",
    "travel",
    "fashion",
    "coffee",
    "insurance",
    "telecom",
    "airlines",
    "studios",
    "records",
    "kitchen",
    "books",
    "pharma",
    "cloud",
    "power",
    "rail",
    "express",
    "market",
    "brewing",
    "beauty",
    "toys",
    "tech",
];

/// Each number below 2^24 has its own mixture of bits.
fn mixed(number: usize) -> usize {
    let mut bits = number & 0xFF_FFFF;
    for _ in 0..2 {
        bits = bits.wrapping_mul(0x9E_3779) & 0xFF_FFFF;
        bits ^= bits >> 11;
    }
    bits
}

fn syllable(bits: usize, word: &mut String) {
    word.extend(CONSONANTS.get((bits >> 2) & 15).map(|letter| char::from(*letter)));
    word.extend(VOWELS.get(bits & 3).map(|letter| char::from(*letter)));
}

/// The name of brand `i`, in small letters; no two below 2^24 have the same. Of two-word names the phrase is its own,
/// while each word comes back in other names: one of some 4,000.
pub fn brand(i: usize) -> String {
    let bits = mixed(i);
    let mut name = String::with_capacity(16);
    if !is_phrase(i) {
        syllable(bits >> 18, &mut name);
        syllable(bits >> 12, &mut name);
        syllable(bits >> 6, &mut name);
        name.push_str(ENDINGS.get(bits & 63).copied().unwrap_or_default());
        return name;
    }
    syllable(bits >> 18, &mut name);
    syllable(bits >> 12, &mut name);
    name.push_str("r ");
    let second = bits & 0xFFF;
    match TRADES.get(second >> 2) {
        // The other two bits go to the end of the first word and keep the phrase its own.
        Some(trade) => {
            name.insert_str(name.len() - 1, ["", "a", "o", "i"].get(second & 3).copied().unwrap_or_default());
            name.push_str(trade);
        }
        None => {
            syllable(second >> 6, &mut name);
            syllable(second, &mut name);
            name.push('x');
        }
    }
    name
}

/// Whether the name of brand `i` has two words: two in five have.
pub fn is_phrase(i: usize) -> bool {
    matches!(i % 5, 1 | 3)
}

/// The name as a term of a query: in quotes when it has two words.
pub fn term(i: usize) -> String {
    if is_phrase(i) { format!("\"{}\"", brand(i)) } else { brand(i) }
}

/// The name with capitals; `apart` stands between its words.
pub fn written(i: usize, apart: &str) -> String {
    let name = brand(i);
    let words = name.split(' ').map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(apart)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{brand, is_phrase, written};

    #[test]
    fn names_are_their_own_and_their_words_come_back() {
        let names: Vec<String> = (0..50_000).map(brand).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        let mut words: BTreeMap<&str, usize> = BTreeMap::new();
        names.iter().filter(|name| name.contains(' ')).for_each(|name| {
            name.split(' ').for_each(|word| *words.entry(word).or_default() += 1);
        });
        let phrases = (0..50_000).filter(|i| is_phrase(*i)).count();
        assert_eq!(phrases, 20_000);
        let mean = 40_000 / words.len();
        assert!((3..40).contains(&mean), "{mean}");
        let one = (0..5).find(|i| is_phrase(*i)).unwrap();
        assert!(written(one, "").chars().filter(|c| c.is_uppercase()).count() == 2);
    }
}
