//! What does a query mean? Read off the tree and the tokens, without an index: plain, and slow.
//!
//! This is the definition that the index is held to. It also serves a host that asks one query of one message.

use super::document::ZoneText;
use super::{Atom, Condition, Document, Near, Pattern, Place, Query, Reach, Test, Word, Zone, pattern};

impl Query {
    /// Whether it holds in a message. Of each NEAR within another the first `most` places count
    /// ([`Limits::query_places`](crate::model::Limits)).
    ///
    /// ```
    /// use scrm_core::query::{Document, Query};
    /// use scrm_core::text::Text;
    /// let query = Query::parse("lost NEAR/1 bag*").query.unwrap();
    /// let text = Text::new("My bags are lost");
    /// assert!(query.holds(&Document::of_text(&text), 10_000));
    /// ```
    pub fn holds(&self, document: &Document<'_>, most: usize) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(document, most)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(document, most)),
            Self::Not(part) => !part.holds(document, most),
            Self::AtLeast(count, parts) => {
                parts.iter().filter(|part| part.holds(document, most)).count() >= *count as usize
            }
            Self::Test(test) => test.holds(document),
            Self::Atom(_) | Self::Near(_) => !self.places(document, most).is_empty(),
        }
    }

    /// Where it stands, in order: of an OR the places of any part, of a NEAR the first `most` stretches from one side to
    /// the other. What only holds and stands nowhere (AND, NOT, attributes) has no places.
    pub fn places(&self, document: &Document<'_>, most: usize) -> Vec<Place> {
        let mut places = match self {
            Self::Atom(atom) => atom.places(document),
            Self::Or(parts) => parts.iter().flat_map(|part| part.places(document, most)).collect(),
            Self::Near(near) => near.places(document, most),
            Self::And(_) | Self::Not(_) | Self::AtLeast(..) | Self::Test(_) => Vec::new(),
        };
        places.sort_unstable();
        places.dedup();
        if matches!(self, Self::Near(_)) {
            places.truncate(most);
        }
        places
    }
}

impl Test {
    /// Whether it holds of a message; what is not known does not hold.
    pub fn holds(&self, document: &Document<'_>) -> bool {
        match &self.condition {
            Condition::Is(value) => {
                let mut found = false;
                document.names(&self.attribute, &mut |name| found |= *name == **value);
                found
            }
            Condition::Between(from, to) => document.number(&self.attribute).is_some_and(|number| {
                from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to)
            }),
        }
    }
}

impl Zone {
    /// Whether a text of the zone `other` is looked at.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match self {
            Self::Default => matches!(other, Self::Body | Self::Title),
            zone => zone == other,
        }
    }
}

impl Atom {
    fn places(&self, document: &Document<'_>) -> Vec<Place> {
        let mut places = Vec::new();
        for (text, zone) in (0u32..).zip(document.texts()).filter(|(_, text)| self.zone.covers(&text.zone)) {
            let found = match &self.pattern {
                Pattern::Words(words) => side_by_side(words, zone),
                Pattern::Loose { words, slack } => {
                    let each: Vec<_> = words.iter().map(|word| stands(word, zone)).collect();
                    pattern::loose(&each, *slack)
                }
                Pattern::Exact(literal) => pattern::exact(literal, zone),
                Pattern::Regex(regex) => pattern::regex(regex, zone),
            };
            places.extend(found.into_iter().map(|(start, end)| Place { text, start, end }));
        }
        places
    }
}

/// All positions of one word in one text.
fn stands(word: &Word, zone: &ZoneText<'_>) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    (0..zone.text().tokens().len()).for_each(|index| word.on(zone, index, &mut found));
    found.sort_unstable();
    found
}

fn side_by_side(words: &[Word], zone: &ZoneText<'_>) -> Vec<(u32, u32)> {
    let mut chains: Option<Vec<(u32, u32)>> = None;
    for word in words {
        let places = stands(word, zone);
        chains = Some(match chains {
            None => places,
            Some(chains) => chains
                .into_iter()
                .flat_map(|(start, end)| {
                    let from = places.partition_point(|(from, _)| *from < end);
                    let beside = places.iter().skip(from).take_while(move |(from, _)| *from == end);
                    beside.map(move |(_, to)| (start, *to))
                })
                .collect(),
        });
    }
    chains.unwrap_or_default()
}

impl Near {
    fn places(&self, document: &Document<'_>, most: usize) -> Vec<Place> {
        let (left, right) = (self.left.places(document, most), self.right.places(document, most));
        if self.negated {
            let alone = |place: &Place| self.from(document, *place, &right, true).is_empty();
            let before = |place: &Place| !self.ordered && self.to(document, *place, &right);
            return left.into_iter().filter(|place| alone(place) && !before(place)).collect();
        }
        let mut firsts: Vec<(Place, bool)> = left.iter().map(|place| (*place, true)).collect();
        if !self.ordered {
            firsts.extend(right.iter().map(|place| (*place, false)));
        }
        firsts.sort_unstable();
        let mut found: Vec<Place> = Vec::new();
        for (first, is_left) in firsts {
            // Once there are enough, only those that begin where the last one did are still wanted.
            if found.len() >= most && found.last().is_some_and(|last| last.start != first.start) {
                found.sort_unstable();
                found.dedup();
                if found.len() >= most {
                    break;
                }
            }
            found.extend(self.from(document, first, if is_left { &right } else { &left }, false));
        }
        found
    }

    /// The stretches from `first` to those of `others` behind it that are near; one is enough when `any`.
    fn from(&self, document: &Document<'_>, first: Place, others: &[Place], any: bool) -> Vec<Place> {
        let behind = others.partition_point(|other| (other.text, other.start) < (first.text, first.end));
        let mut found = Vec::new();
        for second in others.iter().skip(behind).take_while(|second| second.text == first.text) {
            let beginning = Place { end: second.start + 1, ..*second };
            if self.joins(document, first, beginning).is_none() || (any && !found.is_empty()) {
                break;
            }
            found.extend(self.joins(document, first, *second));
        }
        found
    }

    /// Whether one of `others` stands before `second`, and near.
    fn to(&self, document: &Document<'_>, second: Place, others: &[Place]) -> bool {
        others.iter().any(|first| first.end <= second.start && self.joins(document, *first, second).is_some())
    }

    /// The stretch from the first to the second, which stands behind it, when they are near each other.
    fn joins(&self, document: &Document<'_>, first: Place, second: Place) -> Option<Place> {
        let text = document.texts().get(first.text as usize)?;
        let near = first.text == second.text
            && match self.reach {
                Reach::Words(n) => second.start - first.end <= n,
                Reach::Sentence => text.breaks(first.start, second.end).0 == 0,
                Reach::Paragraph => text.breaks(first.start, second.end).1 == 0,
            };
        near.then_some(Place { text: first.text, start: first.start, end: second.end })
    }
}
