//! Which words count, and for what? The word lists, parsed once into one vocabulary.
//!
//! Read [`Lexicon`] first. A word is looked up once and brings everything with it: its sentiment in each language, its
//! roles, and the phrases that begin with it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::role::Role;
use crate::text::Text;

/// A language of the word lists, as its place in [`LANGUAGES`].
pub(super) type Lang = u8;

/// What holds in every language.
pub(super) const ANY: Lang = 0;
/// English.
pub(super) const ENGLISH: Lang = 1;

/// The languages of the word lists; `*` stands for all.
pub(super) const LANGUAGES: [&str; 13] =
    ["*", "en", "nl", "de", "fr", "es", "pt", "it", "tr", "ru", "ar", "ja", "zh"];

/// `word<TAB>weight`, the weight from -4 to 4.
pub(super) const SENSES: &[(Lang, &str)] = &[
    (ANY, include_str!("lexicon/emoji.tsv")),
    (ENGLISH, include_str!("lexicon/en.tsv")),
    (2, include_str!("lexicon/nl.tsv")),
    (3, include_str!("lexicon/de.tsv")),
    (4, include_str!("lexicon/fr.tsv")),
    (5, include_str!("lexicon/es.tsv")),
    (6, include_str!("lexicon/pt.tsv")),
    (7, include_str!("lexicon/it.tsv")),
    (8, include_str!("lexicon/tr.tsv")),
    (9, include_str!("lexicon/ru.tsv")),
    (10, include_str!("lexicon/ar.tsv")),
    (11, include_str!("lexicon/ja.tsv")),
    (12, include_str!("lexicon/zh.tsv")),
];

/// `role<TAB>weight<TAB>word, phrase, …`; in the file of [`ANY`] the role is `language.role`.
pub(super) const CUES: &[(Lang, &str)] = &[
    (ENGLISH, include_str!("lexicon/cues_en.tsv")),
    (2, include_str!("lexicon/cues_nl.tsv")),
    (3, include_str!("lexicon/cues_de.tsv")),
    (4, include_str!("lexicon/cues_fr.tsv")),
    (5, include_str!("lexicon/cues_es.tsv")),
    (6, include_str!("lexicon/cues_pt.tsv")),
    (7, include_str!("lexicon/cues_it.tsv")),
    (ANY, include_str!("lexicon/cues_world.tsv")),
];

/// The place of a language in [`LANGUAGES`]; `None` when it has no word list.
pub(super) fn lang_of(code: &str) -> Option<Lang> {
    let primary = code.split(['-', '_']).next().unwrap_or(code);
    let at = LANGUAGES.iter().skip(1).position(|known| known.eq_ignore_ascii_case(primary))?;
    Lang::try_from(at + 1).ok()
}

/// What a word or phrase means: sentiment by language, roles by language.
#[derive(Debug, Default)]
pub(super) struct Entry {
    senses: Vec<(Lang, f32)>,
    cues: Vec<(Lang, Role, f32)>,
}

impl Entry {
    /// Its sentiment in a language.
    pub(super) fn sense(&self, lang: Lang) -> Option<f32> {
        self.senses.iter().find(|(of, _)| *of == lang || *of == ANY).map(|(_, weight)| *weight)
    }

    /// Its roles in a language, with their weights.
    pub(super) fn cues(&self, lang: Lang) -> impl Iterator<Item = (Role, f32)> {
        self.cues
            .iter()
            .filter(move |(of, _, _)| *of == lang || *of == ANY)
            .map(|(_, role, weight)| (*role, *weight))
    }

    /// The languages it belongs to.
    pub(super) fn langs(&self) -> impl Iterator<Item = Lang> {
        self.senses.iter().map(|(lang, _)| *lang).chain(self.cues.iter().map(|(lang, _, _)| *lang))
    }
}

/// One word of the vocabulary: its own entry, and the phrases that begin with it in the order of their further words.
#[derive(Debug, Default)]
struct Word {
    entry: Option<u32>,
    phrases: Vec<Phrase>,
}

/// The words of a phrase behind its first one, and its entry. The second one stands apart: most searches end with it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Phrase {
    second: u32,
    rest: Box<[u32]>,
    entry: u32,
}

/// The vocabulary. Built once, never changed.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    ids: HashMap<Box<str>, u32, BuildHasherDefault<WordHasher>>,
    words: Vec<Word>,
    entries: Vec<Entry>,
}

impl Lexicon {
    /// Parses the word lists. A line that cannot be read is left out; a test checks that there is none.
    pub(super) fn new() -> Self {
        let mut lexicon = Self::default();
        for (lang, list) in SENSES {
            for (word, weight) in lines(list).filter_map(sense_line) {
                if let Some(entry) = lexicon.entry(word) {
                    entry.senses.push((*lang, weight));
                }
            }
        }
        for (lang, list) in CUES {
            for (lang, role, weight, words) in lines(list).filter_map(|line| cue_line(*lang, line)) {
                for word in words.split(", ") {
                    if let Some(entry) = lexicon.entry(word) {
                        entry.cues.push((lang, role, weight));
                    }
                }
            }
        }
        for word in &mut lexicon.words {
            word.phrases.sort_unstable();
        }
        lexicon
    }

    /// The entry of a word or phrase, made when it is not there yet.
    fn entry(&mut self, phrase: &str) -> Option<&mut Entry> {
        let text = Text::new(phrase);
        let mut ids =
            (0..text.tokens().len()).filter_map(|at| text.folded_token(at)).map(|word| self.intern(word));
        let first = ids.next()?;
        let second = ids.next();
        let rest: Box<[u32]> = ids.collect();
        let next = u32::try_from(self.entries.len()).ok()?;
        let word = self.words.get_mut(first as usize)?;
        let same = |known: &&Phrase| Some(known.second) == second && known.rest == rest;
        let id = match (second, word.phrases.iter().find(same)) {
            (None, _) => *word.entry.get_or_insert(next),
            (Some(_), Some(known)) => known.entry,
            (Some(second), None) => {
                word.phrases.push(Phrase { second, rest, entry: next });
                next
            }
        };
        if id == next {
            self.entries.push(Entry::default());
        }
        self.entries.get_mut(id as usize)
    }

    /// The number of a word, and of the same word typed without its apostrophe (`dont`).
    fn intern(&mut self, word: &str) -> u32 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(Word::default());
        self.ids.insert(word.into(), id);
        if word.ends_with("n't") || word == "i'm" || word == "i've" {
            self.ids.entry(word.replace('\'', "").into()).or_insert(id);
        }
        id
    }

    /// The number of a word; `None` when no list has it.
    pub(super) fn id(&self, word: &str) -> Option<u32> {
        self.ids.get(word).copied()
    }

    /// What an entry means.
    pub(super) fn get(&self, entry: u32) -> Option<&Entry> {
        self.entries.get(entry as usize)
    }

    /// Calls `found(length, entry)` for everything that begins at the first of `ids`, the shortest first.
    pub(super) fn starting(&self, ids: impl Iterator<Item = u32> + Clone, mut found: impl FnMut(usize, u32)) {
        let mut rest = ids;
        let Some(word) = rest.next().and_then(|first| self.words.get(first as usize)) else { return };
        if let Some(entry) = word.entry {
            found(1, entry);
        }
        if word.phrases.is_empty() {
            return;
        }
        let Some(second) = rest.next() else { return };
        let from = word.phrases.partition_point(|phrase| phrase.second < second);
        let candidates = word.phrases.iter().skip(from).take_while(|phrase| phrase.second == second);
        for phrase in candidates {
            let mut next = rest.clone();
            if phrase.rest.iter().all(|id| next.next() == Some(*id)) {
                found(2 + phrase.rest.len(), phrase.entry);
            }
        }
    }
}

/// Lines that say something.
pub(super) fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// `word<TAB>weight`.
pub(super) fn sense_line(line: &str) -> Option<(&str, f32)> {
    let (word, weight) = line.split_once('\t')?;
    Some((word, weight.parse().ok()?))
}

/// `role<TAB>weight<TAB>words`, with the language in front of the role where the file has none of its own.
pub(super) fn cue_line(lang: Lang, line: &str) -> Option<(Lang, Role, f32, &str)> {
    let mut fields = line.split('\t');
    let (name, weight, words) = (fields.next()?, fields.next()?, fields.next()?);
    let (lang, name) = match name.split_once('.') {
        Some((code, name)) => (lang_of(code)?, name),
        None => (lang, name),
    };
    Some((lang, Role::parse(name)?, weight.parse().ok()?, words))
}

/// A quick hash of short words (FNV-1a, eight bytes at a time).
///
/// The keys are our own word lists, so nobody can make them collide; a stranger's word is only looked up.
#[derive(Default)]
pub(super) struct WordHasher(u64);

impl WordHasher {
    #[inline]
    fn take(&mut self, packed: u64) {
        self.0 = (self.0 ^ packed).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.take(u64::from_le_bytes(*eight));
        }
        if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
            // The two overlap where there are fewer than eight; the length tells which.
            let packed = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
            self.take(packed ^ (bytes.len() as u64).rotate_left(29));
        } else if !rest.is_empty() {
            self.take(rest.iter().fold(bytes.len() as u64, |packed, byte| packed << 8 | u64::from(*byte)));
        }
    }

    // What ends a text: no word is the beginning of another with so many bytes.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}
