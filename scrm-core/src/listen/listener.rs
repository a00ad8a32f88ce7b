//! How are a million queries asked at once? Monitors and topics, compiled into one automaton.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Monitors, Topics};
use crate::model::{Brand, Hit, Hits, Limits, Message, MessageKind, MonitorId, Span, Topic};
use crate::query::{Automaton, BuildError, Match, Query};
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
    automaton: Automaton,
    /// What the queries of the automaton stand for, in their order: monitors by id, then topics by path.
    monitors: Vec<Scope>,
    topics: Vec<Topic>,
    /// Monitors without a query, and brands with whether they are ours.
    everything: Vec<Scope>,
    ours: BTreeSet<Brand>,
    max_hits: usize,
}

#[derive(Debug)]
struct Scope {
    id: MonitorId,
    brand: Option<Brand>,
    channels: BTreeSet<String>,
    kinds: BTreeSet<MessageKind>,
    languages: BTreeSet<String>,
}

impl Scope {
    fn covers(&self, message: &Message) -> bool {
        let in_channel = self.channels.is_empty() || self.channels.contains(message.channel());
        let of_kind = self.kinds.is_empty() || self.kinds.contains(&message.kind());
        let spoken =
            self.languages.is_empty() || message.language().is_none_or(|language| self.speaks(language));
        in_channel && of_kind && spoken
    }

    /// `en` covers `en-GB`; a language that is unknown is not left out.
    fn speaks(&self, language: &str) -> bool {
        let language = language.to_lowercase();
        let main = language.split(['-', '_']).next().unwrap_or_default();
        self.languages.contains(&language) || self.languages.contains(main)
    }
}

impl Listener {
    /// Compiles monitors and topics into one automaton.
    ///
    /// # Errors
    /// When the queries together are too large.
    pub fn compile(monitors: &Monitors, topics: &Topics, limits: &Limits) -> Result<Self, ListenError> {
        let mut queries: Vec<&Query> = Vec::new();
        let (mut asked, mut everything) = (Vec::new(), Vec::new());
        for monitor in monitors.monitors.values() {
            let scope = Scope {
                id: monitor.id.clone(),
                brand: monitor.brand.clone(),
                channels: monitor.channels.clone(),
                kinds: monitor.kinds.clone(),
                languages: monitor.languages.clone(),
            };
            match &monitor.query {
                Some(query) => {
                    queries.push(query);
                    asked.push(scope);
                }
                None => everything.push(scope),
            }
        }
        queries.extend(topics.0.values().map(|topic| &topic.query));
        Ok(Self(Arc::new(Compiled {
            automaton: Automaton::build(queries)?,
            monitors: asked,
            topics: topics.0.keys().cloned().collect(),
            everything,
            ours: monitors.brands.values().filter(|brand| brand.ours).map(|brand| brand.id.clone()).collect(),
            max_hits: limits.hits,
        })))
    }

    /// The monitors and topics that a message concerns. `text` is the message's own text, cut into tokens.
    pub fn scan(&self, message: &Message, text: &Text<'_>) -> Hits {
        let title = message.title().map(Text::new);
        let texts: Vec<&Text<'_>> = std::iter::once(text).chain(title.as_ref()).collect();
        let mut hits = Hits::default();
        let mut brands: BTreeMap<&Brand, Option<Span>> = BTreeMap::new();
        let mut room = self.0.max_hits;
        for Match { query, mut spans } in self.0.automaton.scan(&texts) {
            let dropped = spans.len().saturating_sub(room);
            spans.truncate(room);
            room -= spans.len();
            hits.truncated += u32::try_from(dropped).unwrap_or(u32::MAX);
            match self.0.monitors.get(query) {
                Some(scope) if scope.covers(message) => {
                    note_brand(&mut brands, scope, spans.first().copied());
                    hits.monitors.push(Hit { id: scope.id.clone(), spans });
                }
                Some(_) => {}
                None => {
                    let topic = self.0.topics.get(query - self.0.monitors.len());
                    hits.topics.extend(topic.map(|topic| Hit { id: topic.clone(), spans }));
                }
            }
        }
        for scope in self.0.everything.iter().filter(|scope| scope.covers(message)) {
            note_brand(&mut brands, scope, None);
            hits.monitors.push(Hit { id: scope.id.clone(), spans: Vec::new() });
        }
        hits.monitors.sort_by(|a, b| a.id.cmp(&b.id));
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
        let name = |query: usize| match self.0.monitors.get(query) {
            Some(scope) => Some(scope.id.as_str()),
            None => self.0.topics.get(query - self.0.monitors.len()).map(Topic::as_str),
        };
        self.0
            .automaton
            .always()
            .filter_map(name)
            .chain(self.0.everything.iter().map(|scope| scope.id.as_str()))
            .collect()
    }

    /// Bytes that the automaton of words takes.
    pub fn memory(&self) -> usize {
        self.0.automaton.memory()
    }
}

fn note_brand<'a>(brands: &mut BTreeMap<&'a Brand, Option<Span>>, scope: &'a Scope, span: Option<Span>) {
    let Some(brand) = &scope.brand else { return };
    let first = brands.entry(brand).or_insert(span);
    *first = match (*first, span) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}
