//! How is what was heard told? As JSON, with the places counted in code points.
//!
//! Read [`spans`] and [`explained`] first.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use scrm_core::listen::{ClauseSpan, Explanation, Match, Miss};
use scrm_core::model::Span;
use scrm_core::query::{Document, Zone};
use serde::Serialize;

use super::points::Points;

/// A clause, and where it stands in one text of the message.
#[derive(Serialize)]
pub(crate) struct Spans {
    clause: String,
    places: Vec<[usize; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<u32>,
}

/// Why a monitor matches a message, or why it does not.
#[derive(Serialize)]
pub(crate) struct Explained {
    #[serde(rename = "match")]
    holds: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    paused: bool,
    query: String,
    why: String,
    misses: Vec<Missed>,
    clauses: Vec<Looked>,
}

#[derive(Serialize)]
struct Looked {
    #[serde(flatten)]
    spans: Spans,
    holds: bool,
}

#[derive(Serialize, Default)]
struct Missed {
    kind: &'static str,
    why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<Spans>,
}

/// The clauses of monitors' queries in words, read back once for each monitor.
#[derive(Default)]
pub(crate) struct Clauses(BTreeMap<String, Rc<[String]>>);

/// So many monitors' clauses are kept.
const KEPT: usize = 10_000;

impl Clauses {
    fn of(&mut self, found: &Match<'_>) -> Rc<[String]> {
        if let Some(clauses) = self.0.get(found.id()) {
            return Rc::clone(clauses);
        }
        let query = found.query();
        let clauses = query.iter().flat_map(|query| query.clauses().into_iter().map(ToString::to_string));
        let clauses: Rc<[String]> = clauses.collect();
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        self.0.insert(found.id().to_owned(), Rc::clone(&clauses));
        clauses
    }
}

/// Where the clauses stand that made a monitor match.
pub(crate) fn spans(document: &Document<'_>, found: &Match<'_>, clauses: &mut Clauses) -> Vec<Spans> {
    let clauses = clauses.of(found);
    let text = |clause: u32| clauses.get(clause as usize).cloned().unwrap_or_default();
    grouped(&Counted::of(document), found.places(), text)
}

/// An explanation.
pub(crate) fn explained(document: &Document<'_>, why: &Explanation) -> Explained {
    let counted = Counted::of(document);
    let looked = why.clauses.iter().flat_map(|clause| {
        let mut spans = grouped(&counted, &clause.places, |_| clause.text.clone());
        if spans.is_empty() {
            spans.push(Spans { clause: clause.text.clone(), places: Vec::new(), zone: None, text: None });
        }
        spans.into_iter().map(|spans| Looked { spans, holds: clause.holds })
    });
    Explained {
        holds: why.holds,
        paused: why.paused,
        query: why.query.clone(),
        why: why.to_string(),
        misses: why.misses.iter().map(|miss| missed(&counted, miss)).collect(),
        clauses: looked.collect(),
    }
}

fn missed(counted: &Counted<'_>, miss: &Miss) -> Missed {
    let why = miss.to_string();
    match miss {
        Miss::Missing { clause } => {
            Missed { kind: "missing", why, part: Some(clause.clone()), ..Missed::default() }
        }
        Miss::NoneOf { parts } => Missed { kind: "none_of", why, parts: parts.clone(), ..Missed::default() },
        Miss::TooFew { found, wanted, missing } => Missed {
            kind: "too_few",
            why,
            found: Some(*found),
            wanted: Some(*wanted),
            parts: missing.clone(),
            ..Missed::default()
        },
        Miss::Excluded { part, places } => Missed {
            kind: "excluded",
            why,
            places: grouped(counted, places, |_| part.clone()),
            part: Some(part.clone()),
            ..Missed::default()
        },
        Miss::TooFar { part, nearest } => {
            Missed { kind: "too_far", why, part: Some(part.clone()), nearest: *nearest, ..Missed::default() }
        }
        Miss::AlwaysNear { part } => {
            Missed { kind: "always_near", why, part: Some(part.clone()), ..Missed::default() }
        }
        _ => Missed { kind: "other", why, ..Missed::default() },
    }
}

/// A clause, a zone, and which of its texts.
type Group<'p> = (u32, &'p Zone, Option<u32>);

/// The places of each clause in each text, in their order.
fn grouped(counted: &Counted<'_>, places: &[ClauseSpan], text: impl Fn(u32) -> String) -> Vec<Spans> {
    let mut groups: BTreeMap<Group<'_>, Vec<[usize; 2]>> = BTreeMap::new();
    for place in places {
        let span = counted.span(place);
        let group = (place.clause, &place.zone, place.text);
        groups.entry(group).or_default().push([span.start(), span.end()]);
    }
    let group = |((clause, zone, number), places): (Group<'_>, _)| Spans {
        clause: text(clause),
        places,
        zone: (*zone != Zone::Body).then(|| zone.name()),
        text: number,
    };
    groups.into_iter().map(group).collect()
}

/// A document whose body is mapped when it is first asked for.
struct Counted<'d> {
    document: &'d Document<'d>,
    body: OnceCell<Points>,
}

impl<'d> Counted<'d> {
    fn of(document: &'d Document<'d>) -> Self {
        Self { document, body: OnceCell::new() }
    }

    fn span(&self, place: &ClauseSpan) -> Span {
        if place.zone == Zone::Body {
            return self.body.get_or_init(|| Points::of(self.source(place))).span(place.span);
        }
        Points::of(self.source(place)).span(place.span)
    }

    /// The text in which a place lies.
    fn source(&self, place: &ClauseSpan) -> &'d str {
        let texts = (0u32..).zip(self.document.texts());
        let mut texts = texts.filter(|(_, text)| text.zone == place.zone);
        let is_body = place.zone == Zone::Body;
        let found = texts.find(|(number, text)| {
            is_body || (text.at.is_none() && self.document.among(*number) == place.text)
        });
        found.map_or("", |(_, text)| text.text().source())
    }
}
