//! Which words are the author's own, and what stands out about them?
//!
//! Read [`Reading`] first: the words of one text that count, what the lexicon knows of them, where clauses end, and
//! what is negated.

use super::lexicon::{ANY, Entry, LANGUAGES, Lang, Lexicon};
use super::role::Role;
use super::spelling::{is_drawn, shortened};
use crate::model::{MarkedSpan, Span};
use crate::text::{Text, TokenKind};

/// A word that no list has.
const UNKNOWN: u32 = u32::MAX;
/// How many words a negation reaches, at most.
const NEGATION_REACH: u8 = 5;

/// A clause ends behind the word.
pub(super) const CLAUSE: u8 = 1;
/// A sentence ends behind the word.
pub(super) const SENTENCE: u8 = 2;
/// A question mark stands behind the word.
pub(super) const QUESTION: u8 = 4;
/// An exclamation mark stands behind the word.
pub(super) const BANG: u8 = 8;
/// The word is all capitals in a text that is not.
pub(super) const CAPITALS: u8 = 16;
/// The word is drawn out (`sooooo`).
pub(super) const DRAWN: u8 = 32;
/// A negation reaches the word.
pub(super) const NEGATED: u8 = 64;
/// Somebody is mentioned right before the word.
pub(super) const MENTION: u8 = 128;

/// One word of the author's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    id: u32,
    pub(super) span: Span,
    pub(super) kind: TokenKind,
    marks: u8,
}

impl Item {
    /// Whether one of `marks` holds.
    pub(super) fn is(&self, marks: u8) -> bool {
        self.marks & marks != 0
    }
}

/// A word or phrase of the lexicon in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) first: usize,
    pub(super) len: usize,
    pub(super) entry: u32,
}

/// A role that a word or phrase has in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoleHit {
    pub(super) role: Role,
    pub(super) weight: f32,
    pub(super) first: usize,
    pub(super) len: usize,
}

impl RoleHit {
    /// The item behind it.
    pub(super) fn end(&self) -> usize {
        self.first + self.len
    }
}

/// What was counted on the way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) words: usize,
    pub(super) numbers: usize,
    pub(super) hashtags: usize,
    pub(super) mentions: usize,
    pub(super) links: usize,
    pub(super) pictures: usize,
    pub(super) questions: usize,
    pub(super) bangs: usize,
}

/// The author's own words of one text.
#[derive(Debug)]
pub(super) struct Reading<'t> {
    pub(super) text: &'t Text<'t>,
    /// Stretches that are not the author's, in order.
    pub(super) foreign: Vec<Span>,
    pub(super) items: Vec<Item>,
    pub(super) found: Vec<Found>,
    pub(super) roles: Vec<RoleHit>,
    pub(super) tally: Tally,
    /// The first question mark.
    pub(super) question: Option<Span>,
    pub(super) lang: Lang,
    /// Whether places in it are places in the message's text.
    pub(super) is_body: bool,
}

impl<'t> Reading<'t> {
    /// Reads a text, leaving out what lies in foreign spans.
    pub(super) fn new(text: &'t Text<'t>, spans: &[MarkedSpan], lexicon: &Lexicon) -> Self {
        let mut reading = Self {
            text,
            foreign: foreign(spans),
            items: Vec::with_capacity(text.tokens().len()),
            found: Vec::with_capacity(text.tokens().len()),
            roles: Vec::new(),
            tally: Tally::default(),
            question: None,
            lang: ANY,
            is_body: true,
        };
        reading.read(lexicon);
        reading.mark_capitals();
        reading.find(lexicon);
        reading
    }

    /// Whether a stretch of the text is not the author's.
    pub(super) fn is_foreign(&self, span: Span) -> bool {
        let next = self.foreign.partition_point(|foreign| foreign.end() <= span.start());
        self.foreign.get(next).is_some_and(|foreign| foreign.overlaps(span))
    }

    fn read(&mut self, lexicon: &Lexicon) {
        let mut mentioned = 0;
        let head = self.text.tokens().first().map_or(self.text.source().len(), |token| token.span.start());
        self.behind(self.text.source().get(..head).unwrap_or_default(), 0);
        for (at, token) in self.text.tokens().iter().enumerate() {
            if !self.foreign.is_empty() && self.is_foreign(token.span) {
                if let Some(last) = self.items.last_mut() {
                    last.marks |= CLAUSE | SENTENCE;
                }
                continue;
            }
            let behind = self.behind(self.text.after(at), token.span.end());
            match token.kind {
                TokenKind::Mention => {
                    self.tally.mentions += 1;
                    mentioned = MENTION;
                }
                TokenKind::Url => self.tally.links += 1,
                TokenKind::Email | TokenKind::Cashtag => {}
                kind => {
                    self.count(kind);
                    let (id, drawn) = self.look_up(at, lexicon);
                    self.items.push(Item { id, span: token.span, kind, marks: drawn | mentioned });
                    mentioned = 0;
                }
            }
            // Punctuation behind a mention or a link closes the words before it.
            if let Some(last) = self.items.last_mut() {
                last.marks |= behind;
            }
        }
    }

    fn count(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Word => self.tally.words += 1,
            TokenKind::Number => self.tally.numbers += 1,
            TokenKind::Hashtag => self.tally.hashtags += 1,
            _ => self.tally.pictures += 1,
        }
    }

    fn behind(&mut self, between: &str, from: usize) -> u8 {
        if between == " " {
            return 0;
        }
        let mut marks = 0;
        for (at, c) in between.char_indices() {
            let place = Span::new(from + at, from + at + c.len_utf8());
            if !self.foreign.is_empty() && self.is_foreign(place) {
                continue;
            }
            marks |= match c {
                ',' | ';' | ':' | '(' | ')' | '–' | '—' | '،' | '、' | '，' | '"' | '“' | '”' | '|' => {
                    CLAUSE
                }
                '.' | '\n' | '…' | '。' => CLAUSE | SENTENCE,
                '!' | '！' => {
                    self.tally.bangs += 1;
                    CLAUSE | SENTENCE | BANG
                }
                '?' | '？' | '؟' => {
                    self.tally.questions += 1;
                    self.question.get_or_insert(place);
                    CLAUSE | SENTENCE | QUESTION
                }
                _ => 0,
            };
        }
        if marks == 0 && between.contains(" -") { CLAUSE } else { marks }
    }

    /// The number of a token's word; a drawn-out word is looked up with its runs shortened.
    fn look_up(&self, at: usize, lexicon: &Lexicon) -> (u32, u8) {
        let Some(word) = self.text.folded_token(at) else { return (UNKNOWN, 0) };
        let drawn = is_drawn(word);
        if let Some(id) = lexicon.id(word) {
            return (id, if drawn { DRAWN } else { 0 });
        }
        if !drawn || word.len() > 64 {
            return (UNKNOWN, 0);
        }
        let short = shortened(word, 2);
        let id = lexicon.id(&short).or_else(|| lexicon.id(&shortened(word, 1)));
        id.map_or((UNKNOWN, 0), |id| (id, DRAWN))
    }

    /// Capitals stand out only where not everything is in capitals.
    fn mark_capitals(&mut self) {
        let source = self.text.source();
        let loud = |item: &Item| {
            item.kind == TokenKind::Word
                && item.span.len() > 2
                && item
                    .span
                    .of(source)
                    .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'\''))
        };
        let shouted = self.items.iter().filter(|item| loud(item)).count();
        if shouted == 0 || shouted * 2 > self.tally.words {
            return;
        }
        for item in &mut self.items {
            if loud(item) {
                item.marks |= CAPITALS;
            }
        }
    }

    fn find(&mut self, lexicon: &Lexicon) {
        for first in 0..self.items.len() {
            let Some(tail) = self.items.get(first..) else { continue };
            if tail.first().is_none_or(|item| item.id == UNKNOWN) {
                continue;
            }
            // A phrase does not reach over the end of a clause.
            let mut open = true;
            let ids = tail.iter().map_while(move |item| {
                let id = open.then_some(item.id);
                open &= !item.is(CLAUSE);
                id
            });
            let found = &mut self.found;
            lexicon.starting(ids, |len, entry| found.push(Found { first, len, entry }));
        }
    }

    /// Chooses the language to read in, then resolves roles and negation.
    pub(super) fn read_in(&mut self, lang: Lang, lexicon: &Lexicon) {
        self.lang = lang;
        let (found, roles) = (&self.found, &mut self.roles);
        roles.reserve(found.len());
        for hit in found {
            let Some(entry) = lexicon.get(hit.entry) else { continue };
            let (first, len) = (hit.first, hit.len);
            roles.extend(entry.cues(lang).map(|(role, weight)| RoleHit { role, weight, first, len }));
        }
        for at in 0..self.roles.len() {
            let Some(hit) = self.roles.get(at).copied().filter(|hit| hit.role == Role::Negator) else {
                continue;
            };
            self.negate(hit.end(), hit.end() - 1);
        }
    }

    /// Marks the words from `from` on, up to the end of the clause and at most [`NEGATION_REACH`].
    fn negate(&mut self, from: usize, negator: usize) {
        if self.items.get(negator).is_none_or(|item| item.is(CLAUSE)) {
            return;
        }
        for item in self.items.iter_mut().skip(from).take(usize::from(NEGATION_REACH)) {
            item.marks |= NEGATED;
            if item.is(CLAUSE) {
                break;
            }
        }
    }

    /// Votes of the found words for each language of the lists.
    pub(super) fn votes(&self, lexicon: &Lexicon) -> [u16; LANGUAGES.len()] {
        let mut votes = [0; LANGUAGES.len()];
        for hit in &self.found {
            let mut seen = 0_u16;
            for lang in lexicon.get(hit.entry).into_iter().flat_map(Entry::langs) {
                if seen >> lang & 1 == 0
                    && let Some(vote) = votes.get_mut(usize::from(lang))
                {
                    *vote = u16::saturating_add(*vote, 1);
                }
                seen |= 1 << lang;
            }
        }
        if let Some(any) = votes.get_mut(usize::from(ANY)) {
            *any = 0;
        }
        votes
    }

    /// Where `len` items from `first` on stand in the message's text; `None` in a title.
    pub(super) fn place(&self, first: usize, len: usize) -> Option<Span> {
        let from = self.items.get(first)?.span;
        let to = self.items.get(first + len.max(1) - 1)?.span;
        self.is_body.then(|| Span::new(from.start(), to.end()))
    }

    /// The words of `len` items from `first` on, as they came.
    pub(super) fn words_at(&self, first: usize, len: usize) -> &'t str {
        let from = self.items.get(first).map_or(0, |item| item.span.start());
        let to = self.items.get(first + len.max(1) - 1).map_or(from, |item| item.span.end());
        self.text.source().get(from..to).unwrap_or_default()
    }

    /// Whether a clause begins with the item, fillers (`hi`, `but`) before it left aside.
    pub(super) fn begins_clause(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        self.items.get(before).is_some_and(|item| item.is(CLAUSE))
            || self.items.get(at).is_some_and(|item| item.is(MENTION))
            || self
                .roles_from(at.saturating_sub(3), at)
                .any(|hit| hit.role == Role::Filler && hit.end() == at)
    }

    /// The roles that begin at one of the items `from..to`.
    pub(super) fn roles_from(&self, from: usize, to: usize) -> impl Iterator<Item = &RoleHit> {
        let start = self.roles.partition_point(|hit| hit.first < from);
        self.roles.iter().skip(start).take_while(move |hit| hit.first < to)
    }

    /// Whether an item that begins with the given one has a role.
    pub(super) fn has_role(&self, at: usize, role: Role) -> bool {
        self.roles_from(at, at + 1).any(|hit| hit.role == role)
    }

    /// The end of the sentence that the item stands in, at most `reach` items on.
    pub(super) fn sentence_end(&self, at: usize, reach: usize) -> usize {
        let tail = self.items.iter().skip(at).take(reach);
        let end = tail.clone().position(|item| item.is(SENTENCE)).map_or(reach, |n| n + 1);
        (at + end).min(self.items.len())
    }

    /// Whether a negation reaches the item.
    pub(super) fn is_negated(&self, at: usize) -> bool {
        self.items.get(at).is_some_and(|item| item.is(NEGATED))
    }
}

/// The stretches that are not the author's, in order.
fn foreign(spans: &[MarkedSpan]) -> Vec<Span> {
    let mut foreign: Vec<Span> =
        spans.iter().filter(|span| span.kind.is_foreign()).map(MarkedSpan::span).collect();
    foreign.sort_unstable();
    // Spans inside longer ones would hide these from the sweep.
    let mut end = 0;
    foreign.retain(|span| {
        let kept = span.end() > end;
        end = end.max(span.end());
        kept
    });
    foreign
}
