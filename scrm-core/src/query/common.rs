//! Which words are in nearly every text? Those that alone would make a monitor hear everything.

/// Whether it is one of the commonest words of English, German, French, Spanish, Dutch, Italian and Portuguese.
pub(super) fn is_common(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

/// In order.
const COMMON: [&str; 117] = [
    "a", "al", "als", "an", "and", "are", "as", "at", "au", "auf", "aus", "be", "but", "by", "che", "com",
    "con", "da", "das", "dat", "de", "del", "dem", "den", "der", "des", "di", "die", "do", "du", "e", "een",
    "ein", "eine", "el", "em", "en", "er", "es", "est", "et", "for", "from", "für", "had", "has", "have",
    "he", "het", "i", "ich", "ik", "il", "in", "is", "ist", "it", "je", "la", "las", "le", "les", "lo",
    "los", "me", "met", "mit", "my", "na", "nicht", "niet", "no", "non", "not", "o", "of", "on", "op", "or",
    "os", "para", "pas", "per", "por", "pour", "que", "qui", "se", "she", "si", "sie", "so", "su", "te",
    "that", "the", "they", "this", "to", "um", "uma", "un", "una", "und", "une", "van", "von", "voor", "was",
    "we", "were", "will", "with", "y", "you", "your", "zu",
];

#[test]
fn they_are_in_order() {
    assert!(COMMON.is_sorted());
}
