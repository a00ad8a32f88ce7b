//! Why does a monitor match a message, or why not? Clause by clause, from the query itself.

use std::fmt;

use super::heard::ClauseSpan;
use super::listener::Listener;
use crate::query::{Document, Near, Place, Query, Reach};

/// Why a query holds in a message, or why it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The query in canonical form.
    pub query: String,
    /// Whether it holds.
    pub holds: bool,
    /// Whether the monitor is paused, so that it matches nothing for now.
    pub paused: bool,
    /// Each clause: what was looked for, and where it stands.
    pub clauses: Vec<Clause>,
    /// When it does not hold: what is in the way, the first thing first.
    pub misses: Vec<Miss>,
}

/// One word, phrase, pattern or attribute of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// As it is written, in canonical form.
    pub text: String,
    /// Whether it holds by itself.
    pub holds: bool,
    /// Where it stands, near to something or not.
    pub places: Vec<ClauseSpan>,
}

/// What is in the way of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Miss {
    /// A clause that must hold does not.
    Missing {
        /// The clause.
        clause: String,
    },
    /// None of several holds, and one must.
    NoneOf {
        /// The parts.
        parts: Vec<String>,
    },
    /// Fewer hold than must.
    TooFew {
        /// How many hold.
        found: u32,
        /// How many must.
        wanted: u32,
        /// The parts that do not.
        missing: Vec<String>,
    },
    /// What must not hold does.
    Excluded {
        /// The part.
        part: String,
        /// Where it stands.
        places: Vec<ClauseSpan>,
    },
    /// Both sides stand in the message, and not near each other.
    TooFar {
        /// The part.
        part: String,
        /// How many tokens stand between where they are nearest; absent when that is not in one text, overlapping, or
        /// only in the wrong order.
        nearest: Option<u32>,
    },
    /// `NOT NEAR`: wherever the left side stands, the right one is near.
    AlwaysNear {
        /// The part.
        part: String,
    },
}

impl Listener {
    /// Why a monitor matches a message, or why not; `None` when there is no such monitor. A paused one is explained as if
    /// it were not, and says that it is paused.
    ///
    /// ```
    /// use scrm_core::listen::{Listener, Monitor};
    /// use scrm_core::model::{Limits, MonitorId};
    /// use scrm_core::query::{Document, Query};
    /// use scrm_core::text::Text;
    /// let mut builder = Listener::builder(&Limits::DEFAULT);
    /// let query = Query::parse("lost NEAR/1 bag").query.unwrap();
    /// builder.add(&Monitor::new(MonitorId::new("bags").unwrap(), query)).unwrap();
    /// let listener = builder.build().unwrap();
    /// let text = Text::new("My bag has now been lost");
    /// let why = listener.explain("bags", &Document::of_text(&text)).unwrap();
    /// assert_eq!(why.to_string(), "no match: `lost NEAR/1 bag`: nearest are 3 tokens apart");
    /// ```
    pub fn explain(&self, monitor: &str, document: &Document<'_>) -> Option<Explanation> {
        let (held, number) = self.find(monitor)?;
        let query = held.segment.query(number)?;
        let why = explain(&query, document, self.0.limits.query_places);
        Some(Explanation { paused: held.paused.has(number), ..why })
    }
}

/// Why a query holds in a message, or why not.
pub fn explain(query: &Query, document: &Document<'_>, most: usize) -> Explanation {
    let asked = Asked { document, most };
    let holds = query.holds(document, most);
    let mut misses = Vec::new();
    if !holds {
        asked.misses(query, &mut misses);
    }
    let clause = |(number, clause): (u32, &Query)| Clause {
        text: clause.to_string(),
        holds: clause.holds(document, most),
        places: asked.places(clause, number),
    };
    let clauses = (0u32..).zip(query.clauses()).map(clause).collect();
    Explanation { query: query.to_string(), holds, paused: false, clauses, misses }
}

struct Asked<'d> {
    document: &'d Document<'d>,
    most: usize,
}

impl Asked<'_> {
    fn holds(&self, query: &Query) -> bool {
        query.holds(self.document, self.most)
    }

    fn places(&self, query: &Query, clause: u32) -> Vec<ClauseSpan> {
        let places = query.places(self.document, self.most).into_iter();
        places.filter_map(|place| ClauseSpan::of(self.document, clause, place)).collect()
    }

    /// What is in the way of a query that does not hold.
    fn misses(&self, query: &Query, found: &mut Vec<Miss>) {
        match query {
            Query::Atom(_) | Query::Test(_) => found.push(Miss::Missing { clause: query.to_string() }),
            Query::And(parts) => {
                parts.iter().filter(|part| !self.holds(part)).for_each(|part| self.misses(part, found));
            }
            Query::Or(parts) => {
                found.push(Miss::NoneOf { parts: parts.iter().map(ToString::to_string).collect() });
                // A part that only just fails is worth knowing of.
                let near = parts.iter().filter(|part| matches!(part, Query::Near(_)));
                near.for_each(|part| {
                    let mut misses = Vec::new();
                    self.misses(part, &mut misses);
                    found.extend(misses.into_iter().filter(|miss| matches!(miss, Miss::TooFar { .. })));
                });
            }
            Query::Not(part) => found.push(Miss::Excluded {
                part: part.to_string(),
                places: part
                    .clauses()
                    .into_iter()
                    .zip(0u32..)
                    .flat_map(|(clause, number)| self.places(clause, number))
                    .collect(),
            }),
            Query::AtLeast(wanted, parts) => {
                let missing: Vec<&Query> = parts.iter().filter(|part| !self.holds(part)).collect();
                let count = parts.len() - missing.len();
                found.push(Miss::TooFew {
                    found: u32::try_from(count).unwrap_or(u32::MAX),
                    wanted: *wanted,
                    missing: missing.into_iter().map(ToString::to_string).collect(),
                });
            }
            Query::Near(near) => self.near(query, near, found),
        }
    }

    fn near(&self, query: &Query, near: &Near, found: &mut Vec<Miss>) {
        let right = (!near.negated).then_some(&near.right);
        if let Some(side) = std::iter::once(&near.left).chain(right).find(|side| !self.holds(side)) {
            self.misses(side, found);
            return;
        }
        let part = query.to_string();
        if near.negated {
            found.push(Miss::AlwaysNear { part });
            return;
        }
        let (left, right) =
            (near.left.places(self.document, self.most), near.right.places(self.document, self.most));
        let nearest = match near.reach {
            Reach::Words(_) => nearest(&left, &right, near.ordered),
            Reach::Sentence | Reach::Paragraph => None,
        };
        found.push(Miss::TooFar { part, nearest });
    }
}

/// Tokens between the two places that are nearest to each other.
fn nearest(left: &[Place], right: &[Place], ordered: bool) -> Option<u32> {
    let gap = |firsts: &[Place], others: &[Place]| {
        let each = firsts.iter().filter_map(|first| {
            let at = others.partition_point(|other| (other.text, other.start) < (first.text, first.end));
            let next = others.get(at).filter(|other| other.text == first.text)?;
            Some(next.start - first.end)
        });
        each.min()
    };
    let forward = gap(left, right);
    if ordered {
        return forward;
    }
    match (forward, gap(right, left)) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.paused {
            write!(f, "paused, and matches nothing; if it were not: ")?;
        }
        if self.holds {
            let held: Vec<String> = self
                .clauses
                .iter()
                .filter(|clause| clause.holds)
                .map(|clause| format!("`{}`", clause.text))
                .collect();
            return write!(f, "match: {}", held.join(", "));
        }
        let misses: Vec<String> = self.misses.iter().map(ToString::to_string).collect();
        write!(f, "no match: {}", misses.join("; "))
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list =
            |parts: &[String]| parts.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Missing { clause } => write!(f, "`{clause}` is not there"),
            Self::NoneOf { parts } => write!(f, "none of {} is there", list(parts)),
            Self::TooFew { found, wanted, missing } => {
                write!(f, "{found} of the {wanted} wanted are there; not {}", list(missing))
            }
            Self::Excluded { part, .. } => write!(f, "`{part}` is there and must not be"),
            Self::TooFar { part, nearest: Some(nearest) } => {
                write!(f, "`{part}`: nearest are {nearest} tokens apart")
            }
            Self::TooFar { part, nearest: None } => write!(f, "`{part}`: both are there, but not so"),
            Self::AlwaysNear { part } => write!(f, "`{part}`: wherever the one is, the other is near"),
        }
    }
}
