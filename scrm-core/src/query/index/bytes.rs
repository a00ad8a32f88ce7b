//! How does an index become bytes, and bytes an index? Little-endian columns, each with its length before it.
//!
//! What is read back is checked so far that asking it cannot loop or run away; filters are made anew.

use super::code::{Op, Parts, nearness, take};
use super::trigger::Triggers;
use super::vocabulary::{Entry, TermId, Vocabulary};
use super::{Complex, Index, Posting};
use crate::model::{Limits, Span};
use crate::query::{Attribute, Condition, Regex, Test, Uses, Zone};

/// Why bytes cannot be read back.
pub(crate) type Fault = &'static str;

const SHORT: Fault = "they end too early";
const BROKEN: Fault = "they are damaged";

/// Bytes being written.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    pub(crate) fn column(&mut self, numbers: &[u32]) {
        self.number(numbers.len() as u64);
        self.0.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        self.number(u64::from(text.is_some()));
        self.bytes(text.unwrap_or_default().as_bytes());
    }
}

/// Bytes being read.
#[derive(Debug)]
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, bytes: usize) -> Result<&'b [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or(SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Fault> {
        let bytes = self.take(8)?.first_chunk().ok_or(SHORT)?;
        Ok(u64::from_le_bytes(*bytes))
    }

    pub(crate) fn small(&mut self) -> Result<u32, Fault> {
        u32::try_from(self.number()?).map_err(|_| BROKEN)
    }

    /// How many things of so many bytes follow: no more than there are bytes for.
    pub(crate) fn count(&mut self, bytes: usize) -> Result<usize, Fault> {
        let count = usize::try_from(self.number()?).map_err(|_| BROKEN)?;
        if count.checked_mul(bytes).is_none_or(|all| all > self.0.len()) { Err(SHORT) } else { Ok(count) }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'b [u8], Fault> {
        let length = self.count(1)?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'b str, Fault> {
        std::str::from_utf8(self.bytes()?).map_err(|_| BROKEN)
    }

    pub(crate) fn optional(&mut self) -> Result<Option<&'b str>, Fault> {
        let there = self.number()? == 1;
        let text = self.text()?;
        Ok(there.then_some(text))
    }

    pub(crate) fn column(&mut self) -> Result<Vec<u32>, Fault> {
        let count = self.count(4)?;
        let bytes = self.take(count * 4)?;
        let mut column = Vec::new();
        column.try_reserve_exact(count).map_err(|_| "there is not enough memory for them")?;
        column.extend(
            bytes.chunks_exact(4).map(|four| four.first_chunk().map_or(0, |four| u32::from_le_bytes(*four))),
        );
        Ok(column)
    }
}

impl Index {
    pub(crate) fn write(&self, out: &mut Writer) {
        let Self { vocabulary, zones, attributes, complex, tests, .. } = self;
        let halves = |word: &u64| [(*word >> 32) as u32, *word as u32];
        #[allow(clippy::cast_possible_truncation, reason = "the two halves of a word")]
        out.column(&vocabulary.slots.iter().flat_map(halves).collect::<Vec<_>>());
        let entry = |entry: &Entry| [entry.offset, (u32::from(entry.length) << 16) | u32::from(entry.class)];
        out.column(&vocabulary.entries.iter().flat_map(entry).collect::<Vec<_>>());
        out.bytes(&vocabulary.bytes);
        out.number(zones.len() as u64);
        zones.iter().for_each(|zone| out.bytes(zone.name().as_bytes()));
        out.number(attributes.len() as u64);
        attributes.iter().for_each(|attribute| out.bytes(attribute.name().as_bytes()));
        out.number(complex.len() as u64);
        for complex in complex {
            let (kind, number, text, terms): (u64, u32, &str, &[TermId]) = match complex {
                Complex::Loose { terms, slack } => (0, *slack, "", terms),
                Complex::Exact { zone, literal } => (1, u32::from(*zone), literal, &[]),
                Complex::Regex { zone, regex } => (2, u32::from(*zone), regex.as_str(), &[]),
            };
            out.number(kind);
            out.number(u64::from(number));
            out.bytes(text.as_bytes());
            out.column(terms);
        }
        out.number(tests.len() as u64);
        for test in tests {
            out.bytes(test.attribute.name().as_bytes());
            let (from, to) = match &test.condition {
                Condition::Between(from, to) => (*from, *to),
                Condition::Is(_) => (None, None),
            };
            for end in [from, to] {
                out.number(u64::from(end.is_some()));
                let number = end.unwrap_or(0).cast_unsigned();
                #[allow(clippy::cast_possible_truncation, reason = "the two halves of a number")]
                [(number >> 64) as u64, number as u64].into_iter().for_each(|half| out.number(half));
            }
        }
        for column in [&self.code, &self.starts, &self.pair_slots, &self.first, &self.always] {
            out.column(column);
        }
        out.column(&self.pairs.iter().flat_map(|(a, b)| [*a, *b]).collect::<Vec<_>>());
        let posting = |posting: &Posting| [posting.query, posting.second, posting.third];
        out.column(&self.postings.iter().flat_map(posting).collect::<Vec<_>>());
        out.number(self.most as u64);
    }

    pub(crate) fn read(reader: &mut Reader<'_>, limits: &Limits) -> Result<Self, Fault> {
        let mut vocabulary = vocabulary(reader)?;
        let mut zones = Vec::new();
        for _ in 0..reader.count(8)? {
            let name = reader.text()?;
            let zone = if name.is_empty() { Some(Zone::Default) } else { Zone::parse(name) };
            zones.push(zone.ok_or(BROKEN)?);
        }
        let mut attributes = Vec::new();
        for _ in 0..reader.count(8)? {
            attributes.push(attribute(reader.text()?)?);
        }
        let complex = complexes(reader, limits)?;
        let tests = tests(reader)?;
        let code = reader.column()?;
        let starts = reader.column()?;
        let pair_slots = reader.column()?;
        let first = reader.column()?;
        let always = reader.column()?;
        let pairs: Vec<(TermId, TermId)> = rows(&reader.column()?, |[a, b]| (a, b));
        let postings = rows(&reader.column()?, |[query, second, third]| Posting { query, second, third });
        let most = usize::try_from(reader.number()?).map_err(|_| BROKEN)?;
        // A table without a free slot would be searched for ever.
        if !vocabulary.slots.contains(&0) || !(pair_slots.is_empty() || pair_slots.contains(&0)) {
            return Err(BROKEN);
        }
        let mut triggers = Triggers::default();
        let known = vocabulary.len();
        triggers.of_globs(&mut vocabulary).map_err(|_| BROKEN)?;
        triggers.of_complex(&mut vocabulary, &complex).map_err(|_| BROKEN)?;
        triggers.order();
        let mut index = Self {
            vocabulary,
            zones,
            attributes,
            complex,
            tests,
            triggers,
            late: Vec::new(),
            forms: Vec::new(),
            code,
            starts,
            pair_slots,
            pairs,
            first,
            postings,
            always,
            uses: Uses::default(),
            most,
        };
        let sound = (0..index.len()).all(|query| {
            index.code_of(query).is_some_and(|mut code| {
                let depth = limits.query_depth + 1;
                take(&mut code).is_some_and(|node| code.is_empty() && is_sound(&node, depth))
            })
        });
        if !sound || index.vocabulary.len() != known {
            return Err(BROKEN);
        }
        index.arm();
        index.describe();
        Ok(index)
    }
}

/// Whether a node's parts take exactly the words it has, no deeper than so many levels.
fn is_sound(node: &super::code::Node<'_>, depth: usize) -> bool {
    let all = |mut code: &[u32], exactly: Option<usize>| {
        let mut parts = 0;
        while !code.is_empty() {
            parts += 1;
            if !take(&mut code).is_some_and(|part| is_sound(&part, depth - 1)) {
                return false;
            }
        }
        exactly.is_none_or(|exactly| exactly == parts)
    };
    depth > 0
        && match node.op {
            Op::Term | Op::Complex | Op::Test => true,
            Op::Phrase => !node.body.is_empty(),
            Op::And | Op::Or => all(node.body, None),
            Op::Not => all(node.body, Some(1)),
            Op::AtLeast => node.body.get(1..).is_some_and(|rest| all(rest, None)),
            Op::Near => {
                nearness(node.body).is_some_and(|(_, rest)| all(rest, Some(2)) && Parts(rest).count() == 2)
            }
        }
}

fn rows<const N: usize, T>(column: &[u32], row: impl Fn([u32; N]) -> T) -> Vec<T> {
    column.chunks_exact(N).filter_map(|chunk| chunk.first_chunk::<N>()).map(|chunk| row(*chunk)).collect()
}

fn vocabulary(reader: &mut Reader<'_>) -> Result<Vocabulary, Fault> {
    let slots = rows(&reader.column()?, |[high, low]| (u64::from(high) << 32) | u64::from(low));
    let entries = rows(&reader.column()?, |[offset, both]| {
        #[allow(clippy::cast_possible_truncation, reason = "the two halves of a word")]
        let (length, class) = ((both >> 16) as u16, both as u16);
        Entry { offset, length, class }
    });
    let bytes = reader.bytes()?.to_vec();
    Ok(Vocabulary { slots, entries, bytes })
}

fn attribute(name: &str) -> Result<Attribute, Fault> {
    match name.strip_prefix("ext.") {
        Some(own) => Ok(Attribute::Own(own.into())),
        None => Attribute::parse(name).ok_or(BROKEN),
    }
}

fn complexes(reader: &mut Reader<'_>, limits: &Limits) -> Result<Vec<Complex>, Fault> {
    let mut complex = Vec::new();
    for _ in 0..reader.count(32)? {
        let (kind, number) = (reader.number()?, reader.small()?);
        let (text, terms) = (reader.text()?, reader.column()?);
        let zone = || u16::try_from(number).map_err(|_| BROKEN);
        complex.push(match kind {
            0 => Complex::Loose { terms, slack: number },
            1 => Complex::Exact { zone: zone()?, literal: text.into() },
            2 => {
                let regex = Regex::new(text, limits.regex_bytes);
                Complex::Regex { zone: zone()?, regex: regex.map_err(|_| "an expression is over the limit")? }
            }
            _ => return Err(BROKEN),
        });
    }
    Ok(complex)
}

fn tests(reader: &mut Reader<'_>) -> Result<Vec<Test>, Fault> {
    let mut tests = Vec::new();
    for _ in 0..reader.count(56)? {
        let attribute = attribute(reader.text()?)?;
        let mut end = || -> Result<Option<i128>, Fault> {
            let (there, high, low) = (reader.number()?, reader.number()?, reader.number()?);
            let number = u128::from(high) << 64 | u128::from(low);
            Ok((there == 1).then_some(number.cast_signed()))
        };
        let condition = Condition::Between(end()?, end()?);
        tests.push(Test { attribute, condition, span: Span::new(0, 0) });
    }
    Ok(tests)
}
