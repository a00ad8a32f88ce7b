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
                    places.iter().filter(move |(from, _)| *from == end).map(move |(_, to)| (start, *to))
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
            let alone =
                |place: &Place| !right.iter().any(|other| self.joins(document, *place, *other).is_some());
            return left.into_iter().filter(alone).collect();
        }
        let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (*a, *b)));
        pairs.filter_map(|(a, b)| self.joins(document, a, b)).collect()
    }

    /// The stretch from one to the other, when they are near each other.
    fn joins(&self, document: &Document<'_>, left: Place, right: Place) -> Option<Place> {
        let (first, second) = if left.start <= right.start { (left, right) } else { (right, left) };
        let apart = first.text == second.text && first.end <= second.start;
        if !apart || (self.ordered && first != left) {
            return None;
        }
        let text = document.texts().get(left.text as usize)?;
        let near = match self.reach {
            Reach::Words(n) => second.start - first.end <= n,
            Reach::Sentence => text.breaks(first.start, second.end).0 == 0,
            Reach::Paragraph => text.breaks(first.start, second.end).1 == 0,
        };
        near.then_some(Place { text: first.text, start: first.start, end: second.end })
    }
}
