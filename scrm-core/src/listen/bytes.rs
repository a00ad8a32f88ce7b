//! How does a listener become bytes, and bytes a listener? So that a million monitors need not be compiled twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ListenError;
use super::listener::Listener;
use super::segment::{Profile, Segment};
use super::snapshot::{Held, Marks, Snapshot};
use crate::model::{Brand, Limits, Tenant};
use crate::query::bytes::{Fault, Reader, Writer};
use crate::query::{Index, Uses};
use crate::text::Frequencies;

/// What the bytes begin with.
const MAGIC: &[u8; 8] = b"scrm-lsn";
/// Counts up when the bytes change, or the way texts are cut into words: queries are folded as texts are.
const FORMAT: u32 = 3;

impl Listener {
    /// The listener as bytes: `scrm-lsn`, the format's version, the columns, and a sum over all of them.
    ///
    /// ```
    /// use scrm_core::listen::{Listener, Monitor};
    /// use scrm_core::model::{Limits, MonitorId};
    /// use scrm_core::query::{Document, Query};
    /// use scrm_core::text::Text;
    /// let mut builder = Listener::builder(&Limits::DEFAULT);
    /// let query = Query::parse("refund*").query.unwrap();
    /// builder.add(&Monitor::new(MonitorId::new("refunds").unwrap(), query)).unwrap();
    /// let bytes = builder.build().unwrap().to_bytes();
    ///
    /// let listener = Listener::from_bytes(&bytes, &Limits::DEFAULT).unwrap();
    /// let text = Text::new("when am I refunded?");
    /// assert_eq!(listener.matches(&Document::of_text(&text)), ["refunds"]);
    /// assert!(Listener::from_bytes(&bytes[..bytes.len() - 1], &Limits::DEFAULT).is_err());
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.0.extend(MAGIC);
        out.number(u64::from(FORMAT));
        out.number(self.0.version);
        out.number(self.0.ours.len() as u64);
        self.0.ours.iter().for_each(|brand| out.bytes(brand.as_str().as_bytes()));
        out.number(u64::from(self.0.topics.is_some()));
        self.0.topics.iter().for_each(|topics| topics.write(&mut out));
        out.number(u64::from(self.0.frequencies.is_some()));
        self.0.frequencies.iter().for_each(|frequencies| out.bytes(&frequencies.to_bytes()));
        out.number(self.0.held.len() as u64);
        for held in &self.0.held {
            held.segment.write(&mut out);
            for marks in [&held.removed, &held.paused] {
                let mut numbers = Vec::new();
                marks.each(&mut |number| numbers.push(number));
                out.column(&numbers);
            }
        }
        let sum = sum(&out.0);
        out.number(sum);
        out.0
    }

    /// Reads a listener back.
    ///
    /// # Errors
    /// When the bytes are no listener, are damaged, or were written by a version that reads texts in another way:
    /// compile the monitors again then.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, ListenError> {
        read(bytes, limits).map_err(ListenError::Bytes)
    }
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Listener, Fault> {
    let body = bytes.strip_prefix(MAGIC).ok_or("they do not begin like one")?;
    let mut reader = Reader(body);
    if reader.small()? != FORMAT {
        return Err("another version wrote them; compile the monitors again");
    }
    let (all, last) = bytes.split_last_chunk::<8>().ok_or("they end too early")?;
    if sum(all) != u64::from_le_bytes(*last) {
        return Err("they are damaged");
    }
    let version = reader.number()?;
    let mut ours = BTreeSet::new();
    for _ in 0..reader.count(8)? {
        ours.insert(Brand::new(reader.text()?).map_err(|_| "a brand has no valid name")?);
    }
    let topics = match reader.number()? {
        1 => Some(Arc::new(Segment::read(&mut reader, limits)?)),
        _ => None,
    };
    let frequencies = match reader.number()? {
        1 => {
            let read = Frequencies::from_bytes(reader.bytes()?);
            Some(Arc::new(read.map_err(|_| "their frequencies are damaged")?))
        }
        _ => None,
    };
    let mut held = Vec::new();
    for _ in 0..reader.count(8)? {
        let mut one = Held::new(Arc::new(Segment::read(&mut reader, limits)?));
        let of = one.segment.len();
        one.removed = marks(&reader.column()?, of)?;
        one.paused = marks(&reader.column()?, of)?;
        held.push(one);
    }
    let snapshot = Snapshot {
        version,
        held,
        topics,
        ours,
        uses: Uses::default(),
        asks_duplicate: false,
        max_hits: limits.hits,
        limits: limits.clone(),
        frequencies,
    };
    Ok(snapshot.finish())
}

fn marks(numbers: &[u32], of: usize) -> Result<Marks, Fault> {
    let mut marks = Marks::default();
    for number in numbers {
        if *number as usize >= of {
            return Err("they are damaged");
        }
        marks.set(*number, of, true);
    }
    Ok(marks)
}

/// FNV-1a over words of eight bytes: finds damage, not malice.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    let word = |chunk: &[u8]| chunk.iter().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, chunk| {
        (sum ^ word(chunk)).wrapping_mul(0x100_0000_01b3).rotate_left(23)
    })
}

impl Segment {
    fn write(&self, out: &mut Writer) {
        self.index.write(out);
        out.bytes(self.names.bytes.as_bytes());
        out.column(&self.names.starts);
        for column in [&self.queries, &self.profiles, &self.versions] {
            out.column(column);
        }
        out.number(self.kinds.len() as u64);
        for profile in &self.kinds {
            out.optional(profile.brand.as_ref().map(Brand::as_str));
            out.optional(profile.tenant.as_ref().map(Tenant::as_str));
            out.number(profile.tags.len() as u64);
            profile.tags.iter().for_each(|tag| out.bytes(tag.as_bytes()));
        }
    }

    fn read(reader: &mut Reader<'_>, limits: &Limits) -> Result<Self, Fault> {
        let index = Index::read(reader, limits)?;
        let names = reader.text()?.to_owned();
        let starts = reader.column()?;
        let (queries, profiles, versions) = (reader.column()?, reader.column()?, reader.column()?);
        let mut kinds = Vec::new();
        for _ in 0..reader.count(8)? {
            let brand =
                reader.optional()?.map(Brand::new).transpose().map_err(|_| "a brand has no valid name")?;
            let tenant =
                reader.optional()?.map(Tenant::new).transpose().map_err(|_| "a tenant has no valid name")?;
            let tags =
                (0..reader.count(8)?).map(|_| reader.text().map(str::to_owned)).collect::<Result<_, _>>()?;
            kinds.push(Profile { brand, tenant, tags });
        }
        Self::of_columns(index, names, starts, [queries, profiles, versions], kinds)
            .ok_or("their columns do not fit together")
    }
}
