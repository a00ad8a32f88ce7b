//! What does a query see of a message? The texts of its zones, cut into tokens, and its attributes.
//!
//! Read [`Document`] first. Places are counted in tokens from the start of each text. A hashtag that runs words
//! together takes one position for each: `#ClimateAction` is two, and `climate` stands at the first of them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::{Attribute, Zone};
use crate::model::{Message, Span, SpanKind};
use crate::text::{Text, Token, TokenKind, parts};

/// A message as queries see it.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) message: Option<&'a Message>,
    pub(super) texts: Vec<ZoneText<'a>>,
    pub(super) duplicate: bool,
}

/// One text of a message. A zone may have several: each link, each name.
#[derive(Debug)]
pub struct ZoneText<'a> {
    /// Which zone it belongs to; title and body belong to [`Zone::Default`] besides.
    pub zone: Zone,
    /// Where it begins in the message's own text (bytes); absent when it does not stand there.
    pub at: Option<usize>,
    text: Cut<'a>,
    /// The position of each token, and the one behind the last; absent when each token takes one.
    positions: Option<Vec<u32>>,
    /// How many sentences and paragraphs have ended before each token, once asked for.
    ended: OnceLock<Vec<(u32, u32)>>,
}

#[derive(Debug)]
enum Cut<'a> {
    Borrowed(&'a Text<'a>),
    Owned(Text<'a>),
}

/// A stretch of one text of a document, in positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which text: its place in [`Document::texts`].
    pub text: u32,
    /// The first position.
    pub start: u32,
    /// The position after the last.
    pub end: u32,
}

/// Which zones and attributes are asked for: what nobody asks for is not prepared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    /// Zones besides the default, body and title, which are always there.
    pub zones: BTreeSet<Zone>,
    /// Attributes whose names are compared.
    pub attributes: BTreeSet<Attribute>,
}

impl<'a> Document<'a> {
    /// A message, its own text cut already; only the zones of `uses` are prepared.
    pub fn new(message: &'a Message, text: &'a Text<'a>, uses: &Uses) -> Self {
        let mut document = Self::of_text(text);
        document.message = Some(message);
        if let Some(title) = message.title() {
            document.push(Zone::Title, None, Text::new(title));
        }
        for zone in &uses.zones {
            document.zone(zone, message, text);
        }
        document
    }

    /// A text alone: a body, and nothing known besides.
    pub fn of_text(text: &'a Text<'a>) -> Self {
        let body = ZoneText::new(Zone::Body, Some(0), Cut::Borrowed(text));
        Self { message: None, texts: vec![body], duplicate: false }
    }

    /// The same, known to say what another message said before (`is:duplicate`).
    #[must_use]
    pub fn duplicate(mut self, duplicate: bool) -> Self {
        self.duplicate = duplicate;
        self
    }

    /// The texts: the body first.
    pub fn texts(&self) -> &[ZoneText<'a>] {
        &self.texts
    }

    fn push(&mut self, zone: Zone, at: Option<usize>, text: Text<'a>) {
        self.texts.push(ZoneText::new(zone, at, Cut::Owned(text)));
    }

    fn zone(&mut self, zone: &Zone, message: &'a Message, body: &Text<'a>) {
        match zone {
            Zone::Default | Zone::Body | Zone::Title => {}
            Zone::Url => {
                for (at, link) in links(message, body) {
                    self.push(Zone::Url, at, Text::of_link(link));
                }
                if let Some(title) = message.title() {
                    for (_, link) in urls(&Text::new(title)) {
                        self.push(Zone::Url, None, Text::of_link(link));
                    }
                }
            }
            Zone::Bio => {
                if let Some(bio) = message.author().and_then(|author| author.bio.as_deref()) {
                    self.push(Zone::Bio, None, Text::new(bio));
                }
            }
            Zone::Name => {
                if let Some(name) = message.author().and_then(|author| author.name.as_deref()) {
                    self.push(Zone::Name, None, Text::new(name));
                }
            }
            Zone::Speaker => {
                let speakers = message.spans().iter().filter(|span| span.kind == SpanKind::Speaker);
                for name in speakers.filter_map(|span| span.value.as_deref()) {
                    self.push(Zone::Speaker, None, Text::new(name));
                }
            }
            Zone::Quoted => {
                let foreign = message.spans().iter().filter(|span| span.kind.is_foreign());
                for (span, words) in foreign.filter_map(|span| Some((span, span.span().of(message.text())?)))
                {
                    self.push(Zone::Quoted, Some(span.span().start()), Text::new(words));
                }
            }
            Zone::File => {
                for name in message.attachments().iter().filter_map(|file| file.name.as_deref()) {
                    self.push(Zone::File, None, Text::new(name));
                }
            }
            Zone::Own(name) => {
                let mut words = Vec::new();
                strings(own(message, name), &mut words);
                for text in words {
                    self.push(zone.clone(), None, Text::new(text));
                }
            }
        }
    }

    /// Which of the texts of its zone a text is, of those that do not stand in the message's own, counted from 0; absent
    /// when it is the only one, or stands there.
    pub fn among(&self, text: u32) -> Option<u32> {
        let asked = self.texts.get(text as usize).filter(|asked| asked.at.is_none())?;
        let same = self.texts.iter().enumerate().filter(|(_, other)| other.at.is_none());
        let same = same.filter(|(_, other)| other.zone == asked.zone);
        let (mut before, mut all) = (0, 0);
        for (at, _) in same {
            before += u32::from(at < text as usize);
            all += 1;
        }
        (all > 1).then_some(before)
    }

    /// The place in the message's own text (bytes); absent when it does not stand there.
    pub fn span(&self, place: Place) -> Option<Span> {
        let text = self.texts.get(place.text as usize)?;
        let at = text.at?;
        let span = text.span(place.start, place.end)?;
        Some(Span::new(at + span.start(), at + span.end()))
    }
}

impl<'a> ZoneText<'a> {
    fn new(zone: Zone, at: Option<usize>, text: Cut<'a>) -> Self {
        let mut cut = Self { zone, at, text, positions: None, ended: OnceLock::new() };
        cut.positions = cut.spread();
        cut
    }

    /// The tokens.
    pub fn text(&self) -> &Text<'a> {
        match &self.text {
            Cut::Borrowed(text) => text,
            Cut::Owned(text) => text,
        }
    }

    /// Where each token begins, when some hashtag runs words together.
    fn spread(&self) -> Option<Vec<u32>> {
        let text = self.text();
        let several =
            |index| Some(u32::try_from(self.words(index)?.len()).unwrap_or(u32::MAX)).filter(|n| *n > 0);
        let mut tags =
            (0..text.tokens().len()).filter(|index| text.tokens().get(*index).is_some_and(is_hashtag));
        tags.find_map(several)?;
        let mut positions = Vec::with_capacity(text.tokens().len() + 1);
        let mut next = 0u32;
        for index in 0..text.tokens().len() {
            positions.push(next);
            next = next.saturating_add(several(index).unwrap_or(1));
        }
        positions.push(next);
        Some(positions)
    }

    /// The words that a hashtag runs together, as places in the text (bytes); empty for all other tokens.
    pub fn parts(&self, index: usize) -> Vec<Span> {
        // Where each token takes one position, no tag has several words.
        if self.positions.is_none() { Vec::new() } else { self.words(index).unwrap_or_default() }
    }

    fn words(&self, index: usize) -> Option<Vec<Span>> {
        let text = self.text();
        let token = text.tokens().get(index).filter(|token| is_hashtag(token))?;
        let raw = text.source_token(index)?;
        let name = raw.strip_prefix(['#', '\u{FF03}']).unwrap_or(raw);
        let from = token.span.start() + (raw.len() - name.len());
        Some(parts(name).into_iter().map(|part| Span::new(from + part.start(), from + part.end())).collect())
    }

    /// The positions that token `index` takes: from, up to.
    pub fn position(&self, index: usize) -> (u32, u32) {
        let plain = |index| u32::try_from(index).unwrap_or(u32::MAX);
        match &self.positions {
            None => (plain(index), plain(index + 1)),
            Some(positions) => {
                let at = |index| positions.get(index).copied().unwrap_or(u32::MAX);
                (at(index), at(index + 1))
            }
        }
    }

    /// The token at a position.
    pub fn token_at(&self, position: u32) -> usize {
        match &self.positions {
            None => position as usize,
            Some(positions) => positions.partition_point(|start| *start <= position).saturating_sub(1),
        }
    }

    /// How many sentences and how many paragraphs end between two positions.
    pub(super) fn breaks(&self, start: u32, end: u32) -> (u32, u32) {
        let ended = self.ended.get_or_init(|| {
            let mut sum = (0, 0);
            let each = (0..self.text().tokens().len()).map(|index| {
                let before = sum;
                let next = self.text().tokens().get(index + 1).map(|token| token.kind);
                let word = matches!(next, Some(TokenKind::Word | TokenKind::Number));
                let (sentence, paragraph) = ends(self.text().after(index), word);
                sum = (sum.0 + u32::from(sentence), sum.1 + u32::from(paragraph));
                before
            });
            each.collect()
        });
        let at = |position| ended.get(self.token_at(position)).copied().unwrap_or_default();
        let (first, last) = (at(start), at(end.saturating_sub(1)));
        (last.0 - first.0, last.1 - first.1)
    }

    /// The place of the positions from `start` up to `end` in this text (bytes).
    pub fn span(&self, start: u32, end: u32) -> Option<Span> {
        let text = self.text();
        if self.positions.is_none() {
            let (first, last) =
                (text.tokens().get(start as usize)?, text.tokens().get((end as usize).checked_sub(1)?)?);
            return Some(Span::new(first.span.start(), last.span.end()));
        }
        let (first, last) = (self.token_at(start), self.token_at(end.checked_sub(1)?));
        let (a, b) = (text.tokens().get(first)?, text.tokens().get(last)?);
        let (mut from, mut to) = (a.span.start(), b.span.end());
        // A hashtag of which not all words are meant.
        let whole_from = self.position(first).0;
        if start > whole_from {
            from = self.parts(first).get((start - whole_from) as usize)?.start();
        }
        let (last_from, last_to) = self.position(last);
        if end < last_to {
            to = self.parts(last).get((end - 1 - last_from) as usize)?.end();
        }
        Some(Span::new(from, to))
    }
}

/// Whether a sentence and a paragraph end in what stands between two tokens. A full stop ends a sentence unless a word
/// or number follows it at once (`example.com`).
fn ends(between: &str, before_word: bool) -> (bool, bool) {
    let glued = before_word && between.ends_with('.');
    let stopped = between.contains(['!', '?', '\u{2026}', '\u{3002}', '\u{FF01}', '\u{FF1F}', '\u{FF0E}'])
        || (between.contains('.') && !glued);
    if !between.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        return (stopped, false);
    }
    // Two line breaks with nothing between them end a paragraph; `\r\n` is one.
    let breaks = between.replace("\r\n", "\n");
    let lines: Vec<&str> = breaks.split(['\n', '\r', '\u{85}', '\u{2028}']).collect();
    let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    (true, between.contains('\u{2029}') || inner.iter().any(|line| line.trim().is_empty()))
}

/// The links of a message with where they stand: those in its text, and the targets its payload states.
pub(super) fn links<'m>(message: &'m Message, body: &Text<'m>) -> Vec<(Option<usize>, &'m str)> {
    let mut links: Vec<(Option<usize>, &str)> =
        urls(body).into_iter().map(|(at, link)| (Some(at), link)).collect();
    let stated = message.spans().iter().filter(|span| span.kind == SpanKind::Link);
    links.extend(stated.filter_map(|span| Some((None, span.value.as_deref()?))));
    links
}

fn is_hashtag(token: &Token) -> bool {
    token.kind == TokenKind::Hashtag
}

/// The links in a text, and where they begin.
fn urls<'m>(text: &Text<'m>) -> Vec<(usize, &'m str)> {
    let links = text.tokens().iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Url);
    links.filter_map(|(index, token)| Some((token.span.start(), text.source_token(index)?))).collect()
}

/// An attribute of the caller's own; dots lead into objects.
pub(super) fn own<'m>(message: &'m Message, name: &str) -> Option<&'m serde_json::Value> {
    if let Some(value) = message.ext().get(name) {
        return Some(value);
    }
    let mut names = name.split('.');
    let first = message.ext().get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

/// The strings of a value, and those of a list.
fn strings<'m>(value: Option<&'m serde_json::Value>, found: &mut Vec<&'m str>) {
    match value {
        Some(serde_json::Value::String(text)) => found.push(text),
        Some(serde_json::Value::Bool(true)) => found.push("true"),
        Some(serde_json::Value::Bool(false)) => found.push("false"),
        Some(serde_json::Value::Array(values)) => {
            for value in values {
                if let serde_json::Value::String(text) = value {
                    found.push(text);
                }
            }
        }
        _ => {}
    }
}
