//! Which messages cannot match, whatever else they say? Those in which no anchor stands, letter by letter.
//!
//! For few queries it is quicker to look for their anchors in the text as it came than to cut every text into words. In a
//! text of ASCII a word stands as it is written but for capitals; about any other text nothing is said.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::Index;
use super::vocabulary::{Role, TermId};
use crate::model::Message;
use crate::query::Zone;

/// Literals of which one stands in every message of ASCII that an index has a match in.
#[derive(Debug)]
pub(crate) struct Prefilter(AhoCorasick);

impl Prefilter {
    /// That of an index; `None` when some query may match where no literal stands, or there are too many of them.
    pub(crate) fn of(index: &Index) -> Option<Self> {
        if !index.always.is_empty() || index.postings.is_empty() {
            return None;
        }
        let mut literals: Vec<&str> = Vec::new();
        for term in 0..TermId::try_from(index.vocabulary.len()).ok()? {
            if index.leads(term) {
                literals.push(literal(index, term)?);
            }
        }
        for (number, (a, b)) in index.pairs.iter().enumerate() {
            if index.leads(TermId::try_from(index.vocabulary.len() + number).ok()?) {
                let both = [literal(index, *a)?, literal(index, *b)?];
                literals.push(both.into_iter().max_by_key(|literal| literal.len())?);
            }
        }
        if literals.len() > MOST {
            return None;
        }
        let mut automaton = AhoCorasick::builder();
        automaton.ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA));
        automaton.build(literals).ok().map(Self)
    }

    /// Whether a message may match; when not, it does not.
    pub(crate) fn may_match(&self, message: &Message) -> bool {
        let stands = |text: &str| !text.is_ascii() || self.0.is_match(text);
        stands(message.text()) || message.title().is_some_and(stands)
    }
}

/// More literals than these are found as quickly by cutting the text.
const MOST: usize = 64;

/// What stands in every text of ASCII that has a term, of those zones that are the message's own text and title.
fn literal(index: &Index, term: TermId) -> Option<&str> {
    let class = index.vocabulary.class(term);
    let zone = index.zones.get(usize::from(class.place()))?;
    if class.role() == Role::Name || !matches!(zone, Zone::Default | Zone::Body | Zone::Title) {
        return None;
    }
    let text = std::str::from_utf8(index.vocabulary.text(term)).ok()?;
    let longest = match class.role() {
        Role::Whole | Role::Hint => text,
        Role::Glob => text.split(['*', '?']).max_by_key(|run| run.len())?,
        _ => return None,
    };
    (longest.len() > 1).then_some(longest)
}
