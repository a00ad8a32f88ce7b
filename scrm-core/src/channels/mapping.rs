//! Which column means what? How rows of a table become messages.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::diagnostic::{Diagnostic, Document, Faults, Table, Text, as_text, did_you_mean};
use crate::model::{Direction, MessageKind, Visibility};

/// The fields of a message that a column can fill, with how its cells are read.
pub(super) const FIELDS: &[(&str, Cell)] = &[
    ("external_id", Cell::Text),
    ("version", Cell::Text),
    ("source", Cell::Text),
    ("channel", Cell::Text),
    ("kind", Cell::Text),
    ("visibility", Cell::Text),
    ("direction", Cell::Text),
    ("title", Cell::Text),
    ("text", Cell::Text),
    ("language", Cell::Text),
    ("created", Cell::Time),
    ("declared", Cell::Time),
    ("edited", Cell::Time),
    ("deleted", Cell::Time),
    ("observed", Cell::Time),
    ("thread.id", Cell::Text),
    ("thread.parent", Cell::Text),
    ("thread.quoted", Cell::Text),
    ("thread.repost_of", Cell::Text),
    ("place.name", Cell::Text),
    ("place.country", Cell::Text),
    ("place.latitude", Cell::Number),
    ("place.longitude", Cell::Number),
    ("metrics.likes", Cell::Count),
    ("metrics.reposts", Cell::Count),
    ("metrics.replies", Cell::Count),
    ("metrics.quotes", Cell::Count),
    ("metrics.views", Cell::Count),
    ("author.native_id", Cell::Text),
    ("author.handle", Cell::Text),
    ("author.name", Cell::Text),
    ("author.bio", Cell::Text),
    ("author.location", Cell::Text),
    ("author.url", Cell::Text),
    ("author.verified", Cell::Flag),
    ("author.bot", Cell::Flag),
    ("author.followers", Cell::Count),
    ("author.following", Cell::Count),
    ("author.posts", Cell::Count),
    ("author.created", Cell::Time),
];

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Text,
    Time,
    Number,
    Count,
    Flag,
}

/// How the times of an input are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clock {
    format: Option<String>,
    zone: Option<Tz>,
}

impl Clock {
    /// Times in RFC 3339 (`2026-11-02T08:14:00Z`), each with its zone.
    pub fn rfc3339() -> Self {
        Self::default()
    }

    /// Times in `format` (of the crate chrono: `%m/%d/%Y %H:%M`), in `zone` (`Europe/Amsterdam`) unless the format has one.
    ///
    /// # Errors
    /// When the zone is unknown, when the format cannot be, or when neither names a zone: a time without a zone is no time.
    pub fn new(format: Option<&str>, zone: Option<&str>) -> Result<Self, String> {
        let zone = zone.map(|name| name.parse::<Tz>().map_err(|_| unknown_zone(name))).transpose()?;
        if let Some(format) = format {
            let items: Vec<_> = chrono::format::StrftimeItems::new(format).collect();
            if items.contains(&chrono::format::Item::Error) {
                return Err(format!("`{format}` is no time format; write it as in `%Y-%m-%d %H:%M:%S`"));
            }
            if zone.is_none() && !has_zone(format) {
                return Err(format!(
                    "`{format}` has no zone; say which one the times are in, for example `Europe/Amsterdam`"
                ));
            }
        }
        Ok(Self { format: format.map(str::to_owned), zone })
    }

    /// Reads one time.
    ///
    /// # Errors
    /// When it is not written so, when it has no zone, or when the clocks of its zone skipped it.
    pub fn read(&self, written: &str) -> Result<DateTime<Utc>, String> {
        let Some(format) = &self.format else { return self.read_rfc3339(written) };
        if has_zone(format) {
            return DateTime::parse_from_str(written, format)
                .map(|time| time.to_utc())
                .map_err(|_| format!("time `{written}` is not written as `{format}`"));
        }
        let local = NaiveDateTime::parse_from_str(written, format)
            .or_else(|error| {
                chrono::NaiveDate::parse_from_str(written, format)
                    .map(|date| date.and_time(chrono::NaiveTime::MIN))
                    .map_err(|_| error)
            })
            .map_err(|_| format!("time `{written}` is not written as `{format}`"))?;
        self.in_zone(local, written)
    }

    fn read_rfc3339(&self, written: &str) -> Result<DateTime<Utc>, String> {
        if let Ok(time) = DateTime::parse_from_rfc3339(written) {
            return Ok(time.to_utc());
        }
        let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(written, format).ok());
        match local {
            Some(local) if self.zone.is_some() => self.in_zone(local, written),
            Some(_) => Err(format!("time `{written}` has no zone; say which one with `zone`")),
            None => Err(format!("time `{written}` is not RFC 3339; say how it is written with `format`")),
        }
    }

    /// Of a time that came twice when clocks were set back, the first one.
    fn in_zone(&self, local: NaiveDateTime, written: &str) -> Result<DateTime<Utc>, String> {
        let zone = self.zone.ok_or_else(|| format!("time `{written}` has no zone"))?;
        let time = zone.from_local_datetime(&local).earliest();
        time.map(|time| time.to_utc())
            .ok_or_else(|| format!("time `{written}` was skipped when clocks went forward in {zone}"))
    }
}

fn has_zone(format: &str) -> bool {
    ["%z", "%:z", "%::z", "%#z", "%+", "%s"].iter().any(|zone| format.contains(zone))
}

fn unknown_zone(name: &str) -> String {
    let near = did_you_mean(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
    match near {
        Some(known) => format!("there is no time zone `{name}`; did you mean `{known}`?"),
        None => format!("there is no time zone `{name}`; write it as in `Europe/Amsterdam`"),
    }
}

/// How rows of a table become messages: constants, columns and the way times are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub(super) constants: BTreeMap<&'static str, String>,
    pub(super) columns: BTreeMap<&'static str, String>,
    pub(super) clock: Clock,
    pub(super) delimiter: u8,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            constants: BTreeMap::new(),
            columns: BTreeMap::new(),
            clock: Clock::default(),
            delimiter: b',',
        }
    }
}

impl Mapping {
    /// Reads a mapping file; every fault goes to `faults`, and what could be read is kept.
    pub fn read(document: &Document, faults: &mut Faults) -> Self {
        let root = document.root("the mapping");
        let mut mapping = Self::default();
        if let Some(text) = root.optional_text("format", faults)
            && text.value != "csv"
        {
            let fault = Diagnostic::error(
                "M001",
                root.file(),
                Some(text.span),
                format!("there is no format `{}`", text.value),
            );
            faults.push(fault.help("write `csv`; JSON Lines need no mapping"));
        }
        for field in ["source", "channel", "kind", "visibility", "direction", "language"] {
            if let Some(text) = root.optional_text(field, faults)
                && let Err(fault) = mapping.set(field, &text.value)
            {
                faults.push(Diagnostic::error("M002", root.file(), Some(text.span), fault));
            }
        }
        if let Some(text) = root.optional_text("delimiter", faults)
            && let Err(fault) = mapping.set_delimiter(&text.value)
        {
            faults.push(Diagnostic::error("M003", root.file(), Some(text.span), fault));
        }
        if let Some(columns) = root.table("columns", "`[columns]`", faults) {
            mapping.read_columns(&columns, faults);
        }
        mapping.read_clock(&root, faults);
        root.finish(faults);
        for fault in mapping.missing() {
            faults.push(Diagnostic::error("M005", root.file(), None, fault));
        }
        mapping
    }

    fn read_columns(&mut self, columns: &Table<'_>, faults: &mut Faults) {
        for (field, span, node) in columns.all() {
            let done = match as_text(node) {
                Some(Text { value, .. }) => self.set_column(field, &value),
                None => Err(format!("the column of `{field}` is not a text")),
            };
            if let Err(fault) = done {
                faults.push(Diagnostic::error("M004", columns.file(), Some(*span), fault));
            }
        }
    }

    fn read_clock(&mut self, root: &Table<'_>, faults: &mut Faults) {
        let Some(time) = root.table("time", "`[time]`", faults) else { return };
        let format = time.optional_text("format", faults);
        let zone = time.optional_text("zone", faults);
        time.finish(faults);
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        match Clock::new(text(&format).as_deref(), text(&zone).as_deref()) {
            Ok(clock) => self.clock = clock,
            Err(fault) => {
                let place = zone.or(format).map(|text| text.span);
                faults.push(Diagnostic::error("M006", root.file(), place, fault));
            }
        }
    }

    /// Sets a field of every message to one value.
    ///
    /// # Errors
    /// When there is no such field, or it cannot have this value.
    pub fn set(&mut self, field: &str, value: &str) -> Result<(), String> {
        let field = known(field)?;
        let words: Option<Vec<&str>> = match field {
            "kind" => Some(MessageKind::ALL.iter().map(|kind| kind.as_str()).collect()),
            "visibility" => Some(Visibility::ALL.iter().map(|visibility| visibility.as_str()).collect()),
            "direction" => Some(Direction::ALL.iter().map(|direction| direction.as_str()).collect()),
            _ => None,
        };
        if let Some(words) = words.filter(|words| !words.contains(&value)) {
            return Err(format!("`{field}` cannot be `{value}`; it is one of: {}", words.join(", ")));
        }
        self.constants.insert(field, value.to_owned());
        Ok(())
    }

    /// Fills a field from a column.
    ///
    /// # Errors
    /// When there is no such field.
    pub fn set_column(&mut self, field: &str, column: &str) -> Result<(), String> {
        self.columns.insert(known(field)?, column.to_owned());
        Ok(())
    }

    /// Sets how times are written.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// Sets what stands between cells: one ASCII character, or `tab`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn set_delimiter(&mut self, delimiter: &str) -> Result<(), String> {
        self.delimiter = match delimiter.as_bytes() {
            b"tab" => b'\t',
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => *byte,
            _ => {
                return Err(format!(
                    "`{delimiter}` cannot stand between cells; write one character, or `tab`"
                ));
            }
        };
        Ok(())
    }

    /// What a mapping must say and this one does not.
    pub fn missing(&self) -> Vec<String> {
        let has = |field: &str| self.constants.contains_key(field) || self.columns.contains_key(field);
        let mut missing: Vec<String> = ["source", "kind", "visibility", "external_id", "text"]
            .iter()
            .filter(|field| !has(field))
            .map(|field| format!("the mapping does not say where `{field}` comes from"))
            .collect();
        if !has("created") && !has("observed") {
            missing.push("the mapping does not say where `created` or `observed` comes from".to_owned());
        }
        if self.columns.keys().any(|field| field.starts_with("author.")) && !has("author.native_id") {
            missing.push(
                "the mapping fills fields of the author, but not `author.native_id`, which names the account"
                    .to_owned(),
            );
        }
        missing
    }
}

fn known(field: &str) -> Result<&'static str, String> {
    let fields = || FIELDS.iter().map(|(name, _)| *name);
    fields().find(|name| *name == field).ok_or_else(|| match did_you_mean(field, fields()) {
        Some(near) => format!("a message has no field `{field}`; did you mean `{near}`?"),
        None => {
            format!("a message has no field `{field}`; it has: {}", fields().collect::<Vec<_>>().join(", "))
        }
    })
}
