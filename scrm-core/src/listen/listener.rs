//! How are a million queries asked at once? Monitors and topics, compiled into one automaton.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Monitors, Topics};
use crate::model::{Brand, Hit, Hits, Limits, Message, MonitorId, Span, Topic};
use crate::query::{BuildError, Document, Query, Uses};
use crate::text::Text;

/// Why a listener cannot be compiled.
#[derive(Debug, thiserror::Error)]
#[error("the monitors and topics cannot be compiled")]
pub struct ListenError(#[from] BuildError);

/// Monitors and topics, compiled. Immutable, and cheap to clone.
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
pub struct Listener(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    /// Monitors by id, then topics by path.
    queries: Vec<Query>,
    uses: Uses,
    monitors: Vec<(MonitorId, Option<Brand>)>,
    topics: Vec<Topic>,
    ours: BTreeSet<Brand>,
    max_hits: usize,
    max_places: usize,
}

impl Listener {
    /// Compiles monitors and topics into one automaton.
    ///
    /// # Errors
    /// When the queries together are too large.
    pub fn compile(monitors: &Monitors, topics: &Topics, limits: &Limits) -> Result<Self, ListenError> {
        let awake = || monitors.monitors.values().filter(|monitor| !monitor.paused);
        let asked = awake().map(|monitor| &monitor.query).chain(topics.0.values().map(|topic| &topic.query));
        let queries: Vec<Query> = asked.cloned().collect();
        let mut uses = Uses::default();
        for clause in queries.iter().flat_map(Query::clauses) {
            match clause {
                Query::Atom(atom) => drop(uses.zones.insert(atom.zone.clone())),
                Query::Test(test) => drop(uses.attributes.insert(test.attribute.clone())),
                _ => {}
            }
        }
        Ok(Self(Arc::new(Compiled {
            queries,
            uses,
            monitors: awake().map(|monitor| (monitor.id.clone(), monitor.brand.clone())).collect(),
            topics: topics.0.keys().cloned().collect(),
            ours: monitors.brands.values().filter(|brand| brand.ours).map(|brand| brand.id.clone()).collect(),
            max_hits: limits.hits,
            max_places: limits.query_places,
        })))
    }

    /// The monitors and topics that a message concerns. `text` is the message's own text, cut into tokens.
    pub fn scan(&self, message: &Message, text: &Text<'_>) -> Hits {
        let document = Document::new(message, text, &self.0.uses);
        let mut hits = Hits::default();
        let mut brands: BTreeMap<&Brand, Option<Span>> = BTreeMap::new();
        let mut room = self.0.max_hits;
        for (number, query) in self.0.queries.iter().enumerate() {
            if !query.holds(&document, self.0.max_places) {
                continue;
            }
            let places =
                query.clauses().into_iter().flat_map(|clause| clause.places(&document, self.0.max_places));
            let mut spans: Vec<Span> = places.filter_map(|place| document.span(place)).collect();
            spans.sort_unstable();
            spans.dedup();
            let dropped = spans.len().saturating_sub(room);
            spans.truncate(room);
            room -= spans.len();
            hits.truncated += u32::try_from(dropped).unwrap_or(u32::MAX);
            match self.0.monitors.get(number) {
                Some((id, brand)) => {
                    note_brand(&mut brands, brand.as_ref(), spans.first().copied());
                    hits.monitors.push(Hit { id: id.clone(), spans });
                }
                None => {
                    let topic = self.0.topics.get(number - self.0.monitors.len());
                    hits.topics.extend(topic.map(|topic| Hit { id: topic.clone(), spans }));
                }
            }
        }
        hits.brands = self.ordered(brands);
        hits
    }

    /// Ours first, then by first place in the text, those without a place last, then by name.
    fn ordered(&self, brands: BTreeMap<&Brand, Option<Span>>) -> Vec<Brand> {
        let mut brands: Vec<_> = brands.into_iter().collect();
        brands.sort_by_key(|(brand, span)| (!self.0.ours.contains(*brand), span.is_none(), *span));
        brands.into_iter().map(|(brand, _)| brand.clone()).collect()
    }

    /// Monitors and topics that are looked at for every message, since no word must stand in those they match.
    pub fn always(&self) -> Vec<&str> {
        let monitors = self.0.monitors.iter().map(|(id, _)| id.as_str());
        monitors.chain(self.0.topics.iter().map(Topic::as_str)).collect()
    }

    /// Bytes that the queries take.
    pub fn memory(&self) -> usize {
        self.0.queries.len() * size_of::<Query>()
    }
}

fn note_brand<'a>(
    brands: &mut BTreeMap<&'a Brand, Option<Span>>,
    brand: Option<&'a Brand>,
    span: Option<Span>,
) {
    let Some(brand) = brand else { return };
    let first = brands.entry(brand).or_insert(span);
    *first = match (*first, span) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
