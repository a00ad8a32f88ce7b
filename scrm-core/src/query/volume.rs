//! How much will a query bring? Estimated from how often its words stood in texts.

use super::{Atom, Near, Pattern, Query, QueryFault, Word, Zone};
use crate::diagnostic::Severity;
use crate::model::Span;
use crate::text::Frequencies;

/// A share of all messages above which a query is warned of.
const MUCH: f64 = 0.05;

impl Query {
    /// The share of messages that it can hold in at most, 0 to 1, by the words that must stand in them; `None` when its
    /// words say nothing of that (wildcards, attributes, other zones than title and body). Of an AND the rarest part
    /// counts, of an OR the sum, of k out of n the sum divided by k (Markov's inequality).
    ///
    /// ```
    /// use scrm_core::query::Query;
    /// use scrm_core::text::{Frequencies, Text};
    /// let mut frequencies = Frequencies::new();
    /// for text in ["my bag is lost", "the bag", "my phone", "thanks"] {
    ///     frequencies.observe(&Text::new(text));
    /// }
    /// let query = Query::parse("my AND (bag OR phone)").query.unwrap();
    /// assert_eq!(query.share(&frequencies), Some(0.5));
    /// ```
    pub fn share(&self, frequencies: &Frequencies) -> Option<f64> {
        let shares = |parts: &[Self]| parts.iter().map(|part| part.share(frequencies)).collect::<Vec<_>>();
        let sum = |shares: Vec<Option<f64>>| shares.into_iter().sum::<Option<f64>>().map(|sum| sum.min(1.0));
        match self {
            Self::Atom(atom) => atom.share(frequencies),
            Self::Test(_) | Self::Not(_) => None,
            Self::And(parts) => shares(parts).into_iter().flatten().min_by(f64::total_cmp),
            Self::Or(parts) => sum(shares(parts)),
            Self::AtLeast(count, parts) => {
                let all = shares(parts).into_iter().sum::<Option<f64>>()?;
                Some((all / f64::from((*count).max(1))).min(1.0))
            }
            Self::Near(near) => {
                let Near { left, right, negated, .. } = &**near;
                let right = right.share(frequencies).filter(|_| !negated);
                left.share(frequencies).into_iter().chain(right).min_by(f64::total_cmp)
            }
        }
    }

    /// A warning when it can be expected in more than one message of twenty, by texts that were observed: `Q109`.
    pub fn lint_volume(&self, frequencies: &Frequencies) -> Option<QueryFault> {
        let share = self.share(frequencies).filter(|share| frequencies.texts() > 0 && *share > MUCH)?;
        let widest =
            self.clauses().into_iter().filter_map(|clause| Some((clause, clause.share(frequencies)?)));
        let span = match widest.max_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((Self::Atom(atom), _)) => atom.span,
            _ => Span::new(0, 0),
        };
        Some(QueryFault {
            code: "Q109",
            severity: Severity::Warning,
            span,
            message: format!("the query may hold in {:.0} of 100 messages", share * 100.0),
            help: Some("join it with a rarer word that must stand".to_owned()),
        })
    }
}

impl Atom {
    fn share(&self, frequencies: &Frequencies) -> Option<f64> {
        let of = |words: &[Word]| {
            let plain = words.iter().filter(|word| !word.glob);
            plain.map(|word| frequencies.share(&word.text)).min_by(f64::total_cmp)
        };
        match &self.pattern {
            _ if self.zone != Zone::Default && self.zone != Zone::Body => None,
            Pattern::Words(words) | Pattern::Loose { words, .. } => of(words),
            Pattern::Exact(_) | Pattern::Regex(_) => None,
        }
    }
}
