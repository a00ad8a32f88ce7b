//! Which words turn round what stands behind them, and which end that?

use super::hash::{hash, hashes};

/// Words that turn round what stands behind them, in the languages of the shipped models.
const NEGATORS: &[&str] = &[
    "not",
    "no",
    "never",
    "cannot",
    "without",
    "nobody",
    "nothing",
    "nowhere",
    "neither",
    "nor",
    "none",
    "hardly",
    "barely",
    "don't",
    "dont",
    "doesn't",
    "doesnt",
    "didn't",
    "didnt",
    "can't",
    "cant",
    "couldn't",
    "couldnt",
    "won't",
    "wont",
    "wouldn't",
    "wouldnt",
    "shouldn't",
    "shouldnt",
    "isn't",
    "isnt",
    "aren't",
    "arent",
    "wasn't",
    "wasnt",
    "weren't",
    "werent",
    "ain't",
    "aint",
    "haven't",
    "havent",
    "hasn't",
    "hasnt",
    "hadn't",
    "hadnt",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "nie",
    "ohne",
    "pas",
    "jamais",
    "aucun",
    "aucune",
    "sans",
    "nunca",
    "sin",
    "non",
    "senza",
    "não",
    "nao",
    "sem",
    "नहीं",
    "मत",
    "لا",
    "ليس",
    "لم",
    "لن",
];
/// Words behind which a negation reaches no further.
const TURNS: &[&str] =
    &["but", "however", "although", "though", "aber", "mais", "pero", "mas", "però", "لكن", "लेकिन"];

/// What a word does to a negation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// It turns round what stands behind it.
    Negates,
    /// What was turned round ends before it.
    Ends,
}

const SLOTS: usize = 512;

/// The hashes of [`NEGATORS`] and [`TURNS`] by their lowest bits.
struct Table([u64; SLOTS]);

static TABLE: Table = Table(table());
static ENDS: [u64; TURNS.len()] = hashes(TURNS);

/// What the word of a hash does to a negation.
#[inline]
pub(super) fn turn(hash: u64) -> Option<Turn> {
    TABLE.role(hash)
}

impl Table {
    #[inline]
    fn role(&self, hash: u64) -> Option<Turn> {
        let mut at = hash as usize % SLOTS;
        loop {
            match self.0.get(at) {
                Some(0) | None => return None,
                Some(known) if *known == hash => {
                    return Some(if ENDS.contains(&hash) { Turn::Ends } else { Turn::Negates });
                }
                Some(_) => at = (at + 1) % SLOTS,
            }
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "computed when compiling, where a slip is an error of the compiler"
)]
const fn table() -> [u64; SLOTS] {
    let mut slots = [0; SLOTS];
    let mut at = 0;
    while at < NEGATORS.len() + TURNS.len() {
        let word = if at < NEGATORS.len() { NEGATORS[at] } else { TURNS[at - NEGATORS.len()] };
        let hash = hash(word);
        let mut slot = hash as usize % SLOTS;
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = hash;
        at += 1;
    }
    slots
}
