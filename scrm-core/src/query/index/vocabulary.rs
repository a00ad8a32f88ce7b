//! Which term is this? All words, patterns, names and attribute values of all queries, each with a number.
//!
//! One open-addressed table: a slot holds 32 bits of the hash, four flags and the number, so that a word that no query
//! has costs one look at memory.

use super::IndexError;

/// The number of a term; 0 is none.
pub(super) type TermId = u32;

/// No term: what is asked of it is always there.
pub(super) const NONE: TermId = 0;

/// Programs are anchored at the term.
pub(super) const ANCHORS: u32 = 1 << 31;
/// The term is the first of some pair.
pub(super) const PAIRS: u32 = 1 << 30;
/// Patterns are to be tried where the term stands.
pub(super) const TRIGGERS: u32 = 1 << 29;
const FLAGS: u32 = ANCHORS | PAIRS | TRIGGERS;
/// Terms that one index can hold.
const MOST: usize = 1 << 28;

/// What sort of term: zone or attribute, role and form in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Class(pub(super) u16);

/// How a term meets a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the whole token, in one of its forms.
    Whole = 0,
    /// It is a name that an attribute has.
    Name = 1,
    /// It stands for a pattern, which is tried where one of its triggers is met.
    Glob = 2,
    /// A token begins with it: a trigger.
    Prefix = 3,
    /// A token ends with it: a trigger.
    Suffix = 4,
    /// It stands anywhere in a token: a trigger.
    Gram = 5,
    /// It stands for a literal or an expression, whose trigger is met.
    Hint = 6,
}

impl Class {
    /// `place` is the number of the zone or attribute, `form` that of the form.
    pub(super) fn new(role: Role, form: u16, place: u16) -> Self {
        Self((place << 6) | ((role as u16) << 3) | form)
    }

    pub(super) fn role(self) -> Role {
        match (self.0 >> 3) & 7 {
            0 => Role::Whole,
            1 => Role::Name,
            2 => Role::Glob,
            3 => Role::Prefix,
            4 => Role::Suffix,
            5 => Role::Gram,
            _ => Role::Hint,
        }
    }

    pub(super) fn form(self) -> u16 {
        self.0 & 7
    }

    pub(super) fn place(self) -> u16 {
        self.0 >> 6
    }
}

/// The most zones or attributes of a kind that one index can tell apart.
pub(super) const PLACES: usize = 1 << 10;

/// A hash of bytes: multiply and fold, eight bytes at a time.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut state = start(bytes.len());
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        state = fold(state ^ word(chunk));
    }
    let rest = chunks.remainder();
    if rest.is_empty() { state } else { fold(state ^ word(rest)) }
}

/// The hash of the bytes from `from` up to `to`; most words are short, and are read at once with what stands behind them.
#[inline]
pub(super) fn hash_of(bytes: &[u8], from: usize, to: usize) -> u64 {
    let length = to - from;
    match bytes.get(from..from + 8).and_then(|eight| eight.first_chunk::<8>()) {
        Some(eight) if length <= 8 => fold(start(length) ^ (u64::from_le_bytes(*eight) & mask(length))),
        _ => hash(bytes.get(from..to).unwrap_or_default()),
    }
}

#[inline]
fn start(length: usize) -> u64 {
    0x9E37_79B9_7F4A_7C15 ^ length as u64
}

/// The lowest so many bytes of eight, one to eight.
#[inline]
fn mask(length: usize) -> u64 {
    u64::MAX >> (64 - 8 * length.clamp(1, 8))
}

/// Up to eight bytes as one number, the first the lowest.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        // Two halves that may overlap: what both have is the same in both.
        None => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(head), Some(tail)) => {
                let shift = 8 * (bytes.len() - 4);
                u64::from(u32::from_le_bytes(*head)) | (u64::from(u32::from_le_bytes(*tail)) << shift)
            }
            _ => bytes.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
        },
    }
}

#[inline]
fn fold(value: u64) -> u64 {
    let wide = u128::from(value).wrapping_mul(u128::from(0xA076_1D64_78BD_642Fu64));
    #[allow(clippy::cast_possible_truncation, reason = "both halves are wanted")]
    let (low, high) = (wide as u64, (wide >> 64) as u64);
    low ^ high
}

/// The hash of a term: that of its bytes, and its class.
#[inline]
pub(super) fn tag(hash: u64, class: Class) -> u32 {
    let mixed = (hash ^ u64::from(class.0)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    #[allow(clippy::cast_possible_truncation, reason = "the high half")]
    let tag = (mixed >> 32) as u32;
    tag
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) offset: u32,
    pub(super) length: u16,
    pub(super) class: u16,
}

/// The terms of one index.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    /// Tag in the high half; flags and number in the low one; 0 is free.
    pub(super) slots: Vec<u64>,
    /// By number; the first stands for none.
    pub(super) entries: Vec<Entry>,
    pub(super) bytes: Vec<u8>,
}

impl Vocabulary {
    /// The number of a term with its flags; 0 when no query has it.
    #[inline]
    pub(super) fn find(&self, hash: u64, class: Class, text: &[u8]) -> u32 {
        let tag = tag(hash, class);
        let mut at = self.home(tag);
        loop {
            let slot = self.slots.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return 0;
            }
            #[allow(clippy::cast_possible_truncation, reason = "the two halves of a slot")]
            let (slot_tag, low) = ((slot >> 32) as u32, slot as u32);
            if slot_tag == tag && self.is(low & !FLAGS, class, text) {
                return low;
            }
            at += 1;
            if at >= self.slots.len() {
                at = 0;
            }
        }
    }

    #[inline]
    fn is(&self, id: TermId, class: Class, text: &[u8]) -> bool {
        let Some(entry) = self.entries.get(id as usize) else { return false };
        let from = entry.offset as usize;
        if entry.class != class.0 || usize::from(entry.length) != text.len() {
            return false;
        }
        // Short words are compared as one number.
        let eight = self.bytes.get(from..from + 8).and_then(|eight| eight.first_chunk::<8>());
        match eight {
            Some(eight) if text.len() < 8 => {
                u64::from_le_bytes(*eight) & !(u64::MAX << (8 * text.len())) == word(text)
            }
            _ => self.bytes.get(from..from + text.len()) == Some(text),
        }
    }

    #[inline]
    fn home(&self, tag: u32) -> usize {
        #[allow(clippy::cast_possible_truncation, reason = "less than the number of slots")]
        let at = ((u64::from(tag) * self.slots.len() as u64) >> 32) as usize;
        at
    }

    /// The number of a term, new or not.
    pub(super) fn number(&mut self, class: Class, text: &[u8]) -> Result<TermId, IndexError> {
        let hash = hash(text);
        let found = self.find_or_none(hash, class, text);
        if found != NONE {
            return Ok(found);
        }
        if self.entries.is_empty() {
            self.entries.push(Entry::default());
        }
        let length = u16::try_from(text.len()).map_err(|_| IndexError::Word)?;
        let offset = u32::try_from(self.bytes.len()).map_err(|_| IndexError::Size)?;
        let id = u32::try_from(self.entries.len()).map_err(|_| IndexError::Size)?;
        if self.entries.len() >= MOST || u32::try_from(self.bytes.len() + text.len()).is_err() {
            return Err(IndexError::Size);
        }
        self.make_room()?;
        self.bytes.try_reserve(text.len())?;
        self.bytes.extend_from_slice(text);
        self.entries.try_reserve(1)?;
        self.entries.push(Entry { offset, length, class: class.0 });
        self.put((u64::from(tag(hash, class)) << 32) | u64::from(id));
        Ok(id)
    }

    fn find_or_none(&self, hash: u64, class: Class, text: &[u8]) -> TermId {
        if self.slots.is_empty() { NONE } else { self.find(hash, class, text) & !FLAGS }
    }

    fn make_room(&mut self) -> Result<(), IndexError> {
        let wanted = self.entries.len() + 1;
        if wanted * 4 <= self.slots.len() * 3 {
            return Ok(());
        }
        self.resize((self.slots.len() * 2).max(64))
    }

    fn resize(&mut self, size: usize) -> Result<(), IndexError> {
        let mut slots = Vec::new();
        slots.try_reserve_exact(size)?;
        slots.resize(size, 0);
        let old = std::mem::replace(&mut self.slots, slots);
        old.into_iter().filter(|slot| *slot != 0).for_each(|slot| self.put(slot));
        Ok(())
    }

    fn put(&mut self, value: u64) {
        #[allow(clippy::cast_possible_truncation, reason = "the high half")]
        let mut at = self.home((value >> 32) as u32);
        loop {
            match self.slots.get_mut(at) {
                Some(slot) if *slot == 0 => {
                    *slot = value;
                    return;
                }
                Some(_) => at += 1,
                None => at = 0,
            }
        }
    }

    /// Gives back what is not needed and sets the flags of each term.
    pub(super) fn freeze(&mut self, flags: impl Fn(TermId) -> u32) -> Result<(), IndexError> {
        if self.entries.is_empty() {
            self.entries.push(Entry::default());
        }
        self.bytes.shrink_to_fit();
        self.entries.shrink_to_fit();
        self.resize((self.entries.len() * 7 / 5).max(16))?;
        for slot in self.slots.iter_mut().filter(|slot| **slot != 0) {
            #[allow(clippy::cast_possible_truncation, reason = "the low half")]
            let id = (*slot as u32) & !FLAGS;
            *slot = (*slot & !u64::from(FLAGS)) | u64::from(flags(id));
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn class(&self, id: TermId) -> Class {
        Class(self.entries.get(id as usize).map_or(0, |entry| entry.class))
    }

    pub(super) fn text(&self, id: TermId) -> &[u8] {
        let Some(entry) = self.entries.get(id as usize) else { return &[] };
        let from = entry.offset as usize;
        self.bytes.get(from..from + usize::from(entry.length)).unwrap_or_default()
    }

    pub(super) fn memory(&self) -> usize {
        self.slots.capacity() * 8 + self.entries.capacity() * size_of::<Entry>() + self.bytes.capacity()
    }
}

/// The number in what [`Vocabulary::find`] gives.
#[inline]
pub(super) fn id(found: u32) -> TermId {
    found & !FLAGS
}
