//! How are a million queries asked at once? Monitors and topics, compiled; each word of a message is looked up once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::heard::{Found, Heard, Match, first_clause, own_spans};
use super::segment::{Profile, SegmentBuilder};
use super::snapshot::{Held, Snapshot};
use super::{ClauseSpan, ListenerBuilder, Monitors, Topics};
use crate::model::{Brand, Hit, Hits, Limits, Message, MonitorId, Span, Tenant, Topic};
use crate::query::{Document, IndexError, Query, Uses};
use crate::text::{Frequencies, Text};

/// Why monitors cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// One monitor's query does not keep to the limits, or is the one too many.
    #[error("monitor `{0}` cannot be compiled: {1}")]
    Monitor(String, #[source] IndexError),
    /// The monitors together are too large.
    #[error("the monitors together cannot be compiled: {0}")]
    Index(#[source] IndexError),
    /// There is not enough memory.
    #[error("there is not enough memory for the monitors")]
    Memory(#[from] std::collections::TryReserveError),
    /// The monitors are more than one listener can count.
    #[error("the monitors together are too large for one listener")]
    TooLarge,
    /// Two monitors have the same id.
    #[error("there are two monitors `{0}`")]
    Twice(String),
    /// There is no such monitor.
    #[error("there is no monitor `{0}`")]
    Unknown(String),
    /// Bytes that were to be read back are no listener, or one of another version.
    #[error("these bytes are no listener: {0}")]
    Bytes(&'static str),
}

/// Monitors and topics, compiled. Immutable, and cheap to clone: a snapshot.
///
/// ```
/// use scrm_core::diagnostic::{Document, Faults};
/// use scrm_core::listen::{Listener, Monitors, Topics};
/// use scrm_core::model::{Limits, Message};
/// use scrm_core::text::Text;
///
/// let mut faults = Faults::new();
/// let file = Document::parse("monitors.toml", r#"
///     [[brand]]
///     id = "northwind"
///     [[monitor]]
///     id = "northwind-brand"
///     brand = "northwind"
///     query = '@northwind OR "northwind mobile"'
/// "#, &mut faults);
/// let monitors = Monitors::read(&file, &Limits::DEFAULT, &mut faults);
/// let listener = Listener::compile(&monitors, &Topics::default(), &Limits::DEFAULT).unwrap();
///
/// let message: Message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post","visibility":"public",
///     "text":"Thanks @NorthWind!","times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
/// let hits = listener.scan(&message, &Text::new(message.text()));
/// assert_eq!(hits.monitors[0].id, "northwind-brand");
/// assert_eq!(hits.monitors[0].spans[0].of(message.text()), Some("@NorthWind"));
/// ```
#[derive(Debug, Clone)]
pub struct Listener(pub(super) Arc<Snapshot>);

impl Listener {
    /// Starts a listener of many monitors.
    pub fn builder(limits: &Limits) -> ListenerBuilder {
        ListenerBuilder {
            segment: SegmentBuilder::new(limits, None),
            paused: BTreeSet::new(),
            limits: limits.clone(),
            frequencies: None,
        }
    }

    /// Compiles monitors and topics.
    ///
    /// # Errors
    /// When the queries together are too large.
    pub fn compile(monitors: &Monitors, topics: &Topics, limits: &Limits) -> Result<Self, ListenError> {
        Self::of(Self::builder(limits), monitors, topics, limits)
    }

    /// The same, monitors being found by those of their words that are rarest in texts as observed.
    ///
    /// # Errors
    /// When the queries together are too large.
    pub fn compile_observed(
        monitors: &Monitors,
        topics: &Topics,
        frequencies: &Arc<Frequencies>,
        limits: &Limits,
    ) -> Result<Self, ListenError> {
        Self::of(Self::builder(limits).frequencies(frequencies), monitors, topics, limits)
    }

    fn of(
        mut builder: ListenerBuilder,
        monitors: &Monitors,
        topics: &Topics,
        limits: &Limits,
    ) -> Result<Self, ListenError> {
        for monitor in monitors.monitors.values() {
            builder.add(monitor)?;
        }
        let mut snapshot = Snapshot::clone(&builder.build()?.0);
        let mut segment = SegmentBuilder::new(limits, snapshot.frequencies.as_ref());
        for (path, topic) in &topics.0 {
            segment.add(path.as_str(), &topic.query, &Profile::default(), 0)?;
        }
        if segment.len() > 0 {
            snapshot.topics = Some(Arc::new(segment.build()?));
        }
        snapshot.ours =
            monitors.brands.values().filter(|brand| brand.ours).map(|brand| brand.id.clone()).collect();
        Ok(snapshot.finish())
    }

    /// Counts up with every change that a [`LiveListener`](super::LiveListener) publishes.
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// How many monitors it holds, paused ones included.
    pub fn len(&self) -> usize {
        self.0.held.iter().map(Held::len).sum()
    }

    /// Whether it holds no monitor.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it asks of messages: prepare a [`Document`] with it.
    pub fn uses(&self) -> &Uses {
        &self.0.uses
    }

    /// The monitors that match a message, with where their clauses stand.
    pub fn hear(&self, document: &Document<'_>) -> Heard<'_> {
        let mut found = Found::new(self.0.max_hits);
        let mut matches: Vec<(&Held, u32, (u32, u32))> = Vec::new();
        for held in &self.0.held {
            let scan = held.segment.index.scan(document);
            let from = matches.len();
            for query in scan.matches() {
                let mut monitors =
                    held.segment.monitors_of(query).filter(|monitor| held.listens(*monitor)).peekable();
                if monitors.peek().is_none() {
                    continue;
                }
                let own = found.places_of(&scan, query);
                matches.extend(monitors.map(|monitor| (held, monitor, own)));
            }
            if let Some(new) = matches.get_mut(from..) {
                new.sort_unstable_by_key(|(_, monitor, _)| *monitor);
            }
        }
        let places: Arc<[ClauseSpan]> = found.places.into();
        let each = matches.into_iter();
        let mut matches: Vec<Match<'_>> =
            each.map(|(held, monitor, own)| Match { held, monitor, places: places.clone(), own }).collect();
        if self.0.held.len() > 1 {
            matches.sort_by(|a, b| a.id().cmp(b.id()));
        }
        Heard { version: self.0.version, matches, truncated: found.truncated }
    }

    /// The ids of the monitors that match a message, in order: matches only.
    pub fn matches(&self, document: &Document<'_>) -> Vec<&str> {
        let mut ids = Vec::new();
        for held in &self.0.held {
            let mut found: Vec<u32> = Vec::new();
            for query in held.segment.index.scan(document).matches() {
                found.extend(held.segment.monitors_of(query).filter(|monitor| held.listens(*monitor)));
            }
            found.sort_unstable();
            ids.extend(found.into_iter().map(|monitor| held.segment.name(monitor)));
        }
        if self.0.held.len() > 1 {
            ids.sort_unstable();
        }
        ids
    }

    /// How many queries of monitors are looked at for a message, whether they hold or not.
    pub fn candidates(&self, document: &Document<'_>) -> usize {
        let mut count = 0;
        for held in &self.0.held {
            held.segment.index.scan(document).candidates(&mut |_| count += 1);
        }
        count
    }

    /// The monitors and topics that a message concerns. `text` is the message's own text, cut into tokens.
    pub fn scan(&self, message: &Message, text: &Text<'_>) -> Hits {
        self.hits(&Document::new(message, text, &self.0.uses))
    }

    /// The monitors and topics that a message concerns, with what its document says of it besides (duplicates).
    pub fn hits(&self, document: &Document<'_>) -> Hits {
        let mut hits = Hits { version: self.0.version, ..Hits::default() };
        let mut brands: BTreeMap<&Brand, Option<Span>> = BTreeMap::new();
        let mut named: BTreeMap<&Brand, Vec<Span>> = BTreeMap::new();
        let heard = self.hear(document);
        for found in &heard.matches {
            let spans = own_spans(found.places());
            if let Some(brand) = found.profile().and_then(|profile| profile.brand.as_ref()) {
                note_brand(&mut brands, brand, spans.first().copied());
                named.entry(brand).or_default().extend(first_clause(found.places()));
            }
            if let Ok(id) = MonitorId::new(found.id()) {
                hits.monitors.push(Hit { id, spans });
            }
        }
        let kept = hits.monitors.iter().map(|hit| hit.spans.len()).sum();
        let mut of_topics = Found::new(self.0.max_hits.saturating_sub(kept));
        if let Some(topics) = &self.0.topics {
            let scan = topics.index.scan(document);
            for query in scan.matches() {
                let (from, to) = of_topics.places_of(&scan, query);
                let spans = own_spans(of_topics.places.get(from as usize..to as usize).unwrap_or_default());
                for topic in topics.monitors_of(query) {
                    if let Ok(id) = Topic::new(topics.name(topic)) {
                        hits.topics.push(Hit { id, spans: spans.clone() });
                    }
                }
            }
            hits.topics.sort_by(|a, b| a.id.cmp(&b.id));
        }
        let truncated = heard.truncated + of_topics.truncated;
        hits.truncated = u32::try_from(truncated).unwrap_or(u32::MAX);
        hits.brands = self.ordered(brands);
        if hits.brands.len() > 1 {
            let of = |brand: &Brand| {
                let mut spans = named.get(brand).cloned().unwrap_or_default();
                spans.sort_unstable();
                spans.dedup();
                Hit { id: brand.clone(), spans }
            };
            hits.named = hits.brands.iter().map(of).filter(|hit| !hit.spans.is_empty()).collect();
        }
        hits
    }

    /// Ours first, then by first place in the text, those without a place last, then by name.
    fn ordered(&self, brands: BTreeMap<&Brand, Option<Span>>) -> Vec<Brand> {
        let mut brands: Vec<_> = brands.into_iter().collect();
        brands.sort_by_key(|(brand, span)| (!self.0.ours.contains(*brand), span.is_none(), *span));
        brands.into_iter().map(|(brand, _)| brand.clone()).collect()
    }

    /// Monitors and topics that are looked at for every message, since nothing must stand in those they match.
    pub fn always(&self) -> Vec<&str> {
        let segments = self.0.held.iter().map(|held| &held.segment).chain(&self.0.topics);
        let mut names: Vec<&str> = segments
            .flat_map(|segment| {
                let queries = segment.index.always().filter_map(|query| u32::try_from(query).ok());
                queries.flat_map(|query| segment.monitors_of(query)).map(|monitor| segment.name(monitor))
            })
            .collect();
        names.sort_unstable();
        names
    }

    /// Bytes that it takes.
    pub fn memory(&self) -> usize {
        self.0
            .held
            .iter()
            .map(|held| &held.segment)
            .chain(&self.0.topics)
            .map(|segment| segment.memory())
            .sum()
    }

    /// Bytes of each tenant's monitors, by tenant (the empty name is that of those without): their names, numbers and
    /// code. What all share, the vocabulary above all, is [`memory`](Self::memory) less the sum of these.
    pub fn memory_by_tenant(&self) -> BTreeMap<String, usize> {
        let mut tenants: BTreeMap<String, usize> = BTreeMap::new();
        for held in &self.0.held {
            for monitor in (0u32..).take(held.segment.len()).filter(|monitor| !held.removed.has(*monitor)) {
                let profile = held.segment.profile_of(monitor);
                let tenant = profile.and_then(|profile| profile.tenant.as_ref()).map_or("", Tenant::as_str);
                let bytes = held.segment.memory_of(monitor);
                match tenants.get_mut(tenant) {
                    Some(sum) => *sum += bytes,
                    None => drop(tenants.insert(tenant.to_owned(), bytes)),
                }
            }
        }
        tenants
    }

    /// The query of a monitor, read back.
    pub fn query(&self, monitor: &str) -> Option<Query> {
        self.find(monitor).and_then(|(held, number)| held.segment.query(number))
    }

    /// Where a monitor is that was not removed.
    pub(super) fn find(&self, monitor: &str) -> Option<(&Held, u32)> {
        self.0.held.iter().rev().find_map(|held| {
            let number = held.segment.find(monitor)?;
            (!held.removed.has(number)).then_some((held, number))
        })
    }
}

fn note_brand<'a>(brands: &mut BTreeMap<&'a Brand, Option<Span>>, brand: &'a Brand, span: Option<Span>) {
    let first = brands.entry(brand).or_insert(span);
    *first = match (*first, span) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
