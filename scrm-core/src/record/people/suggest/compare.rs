//! How far do two accounts agree, field by field?

use std::collections::BTreeSet;

use super::prepare::{Account, Handle, Location, Name, Prepared, Term, Url};
use super::settings::SuggestSettings;
use super::similarity::jaro_winkler;
use super::suggestion::{FieldWeight, Suggestion, SuggestionFlag};
use super::weights::{Field, MatchLevel, SMOOTHING, Weight};

/// What comes of a pair.
pub(super) enum Outcome {
    /// The policy does not allow to compare them.
    Withheld,
    /// Not probable enough.
    Unlikely,
    Likely(Box<Suggestion>),
}

pub(super) struct Comparison<'a> {
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) settings: &'a SuggestSettings,
}

/// The rows of a pair while it is compared.
#[derive(Default)]
struct Rows {
    rows: Vec<FieldWeight>,
    flags: BTreeSet<SuggestionFlag>,
    verified: bool,
}

impl Comparison<'_> {
    pub(super) fn of(&self, a: &Account<'_>, b: &Account<'_>) -> Outcome {
        let allowed = self.settings.policy.allows(&a.profile.key().source, &b.profile.key().source);
        let mut rows = Rows::default();
        self.contact(&mut rows, Field::Email, &a.emails, &b.emails);
        self.contact(&mut rows, Field::Phone, &a.phones, &b.phones);
        if allowed {
            self.profile(&mut rows, a, b);
        } else if rows.verified {
            rows.rows.retain(|row| row.level == MatchLevel::Confirmed);
            rows.flags.clear();
        } else {
            return Outcome::Withheld;
        }
        let prior_weight = self.settings.prior_weight();
        let weight = prior_weight + rows.rows.iter().map(|row| row.weight).sum::<f64>();
        let probability = 1.0 / (1.0 + (-weight).exp2());
        if !rows.verified && probability < self.settings.threshold {
            return Outcome::Unlikely;
        }
        Outcome::Likely(Box::new(Suggestion {
            a: a.profile.key().clone(),
            b: b.profile.key().clone(),
            probability,
            weight,
            prior_weight,
            waterfall: rows.rows,
            verified: rows.verified,
            flags: rows.flags,
        }))
    }

    /// Adds the row of a field that ended on a level; of an agreement, with the value that is shared.
    fn row(&self, rows: &mut Rows, field: Field, level: MatchLevel, shared: Option<Term>, values: [&str; 2]) {
        let Some(Weight { m, u }) = self.settings.weights.get(field, level) else { return };
        let u = shared.map_or(u, |term| self.commonness(term, u));
        rows.rows.push(FieldWeight {
            field,
            level,
            m,
            u,
            weight: (m / u).log2(),
            values: self.settings.values.then(|| values.map(str::to_owned)),
        });
    }

    /// How often two accounts of different people have this value.
    fn commonness(&self, term: Term, u: f64) -> f64 {
        let (with, known) = self.prepared.frequency(term);
        let others = |n: u32| f64::from(n.saturating_sub(2));
        (others(with) + SMOOTHING * u) / (others(known) + SMOOTHING)
    }

    fn contact(&self, rows: &mut Rows, field: Field, a: &[(Term, bool)], b: &[(Term, bool)]) {
        let ([(first, _), ..], [(second, _), ..]) = (a, b) else { return };
        let both = |(term, confirmed): &(Term, bool)| {
            let at = b.binary_search_by_key(term, |(other, _)| *other).ok()?;
            Some((*term, *confirmed && b.get(at)?.1))
        };
        // Of several that are shared, a confirmed one, and of these the rarest.
        let rarest = |(term, confirmed): &(Term, bool)| {
            (!confirmed, self.prepared.frequency(*term).0, self.prepared.text(*term))
        };
        let best = a.iter().filter_map(both).min_by_key(rarest);
        let text = |term| self.prepared.text(term);
        match best {
            Some((term, true)) => {
                let is_somebodys = self.prepared.frequency(term).0 <= self.settings.limits.sharers;
                rows.verified |= is_somebodys;
                if !is_somebodys {
                    rows.flags.insert(SuggestionFlag::SharedKey);
                }
                self.row(rows, field, MatchLevel::Confirmed, Some(term), [text(term); 2]);
            }
            Some((term, false)) => {
                rows.flags.insert(SuggestionFlag::UnconfirmedKey);
                self.row(rows, field, MatchLevel::Same, Some(term), [text(term); 2]);
            }
            None => self.row(rows, field, MatchLevel::Different, None, [text(*first), text(*second)]),
        }
    }

    fn profile(&self, rows: &mut Rows, a: &Account<'_>, b: &Account<'_>) {
        if let (Some(x), Some(y)) = (&a.name, &b.name) {
            self.name(rows, x, y);
        }
        if let (Some(x), Some(y)) = (&a.handle, &b.handle) {
            self.handle(rows, x, y);
        }
        if let (Some(x), Some(y)) = (&a.location, &b.location) {
            self.location(rows, x, y);
        }
        if let (Some(x), Some(y)) = (&a.url, &b.url) {
            self.url(rows, x, y);
        }
        if let (Some(x), Some(y)) = (a.language, b.language) {
            let same = (x == y).then_some(x);
            let level = if same.is_some() { MatchLevel::Same } else { MatchLevel::Different };
            self.row(rows, Field::Language, level, same, [self.prepared.text(x), self.prepared.text(y)]);
        }
        self.declared(rows, a, b);
    }

    fn name(&self, rows: &mut Rows, x: &Name, y: &Name) {
        let mut same = None;
        let level = if x.same == y.same {
            same = Some(x.same);
            MatchLevel::Same
        } else if x.skeleton == y.skeleton && x.joined != y.joined {
            rows.flags.insert(SuggestionFlag::ConfusableName);
            MatchLevel::Different
        } else if !x.scripts.are_plainly(y.scripts) {
            MatchLevel::Different
        } else if x.sorted == y.sorted {
            MatchLevel::Close
        } else {
            let alike =
                jaro_winkler(&x.letters, &y.letters).max(jaro_winkler(&x.sorted_letters, &y.sorted_letters));
            match alike {
                0.95.. => MatchLevel::Close,
                0.88.. => MatchLevel::Near,
                _ => MatchLevel::Different,
            }
        };
        self.row(rows, Field::Name, level, same, [x.same, y.same].map(|term| self.prepared.text(term)));
    }

    fn handle(&self, rows: &mut Rows, x: &Handle, y: &Handle) {
        let mut same = None;
        let level = if x.same == y.same {
            same = Some(x.same);
            MatchLevel::Same
        } else if x.skeleton == y.skeleton {
            rows.flags.insert(SuggestionFlag::ConfusableHandle);
            MatchLevel::Different
        } else if !x.scripts.are_plainly(y.scripts) {
            if jaro_winkler(&x.skeleton, &y.skeleton) >= NEAR_HANDLE {
                rows.flags.insert(SuggestionFlag::ConfusableHandle);
            }
            MatchLevel::Different
        } else if jaro_winkler(&x.letters, &y.letters) >= NEAR_HANDLE {
            MatchLevel::Near
        } else {
            MatchLevel::Different
        };
        self.row(rows, Field::Handle, level, same, [x.same, y.same].map(|term| self.prepared.text(term)));
    }

    fn location(&self, rows: &mut Rows, x: &Location, y: &Location) {
        let mut same = None;
        let all_of = |x: &[Term], y: &[Term]| x.iter().all(|word| y.binary_search(word).is_ok());
        let level = if x.same == y.same {
            same = Some(x.same);
            MatchLevel::Same
        } else if all_of(&x.words, &y.words) || all_of(&y.words, &x.words) {
            MatchLevel::Close
        } else {
            MatchLevel::Different
        };
        self.row(rows, Field::Location, level, same, [x.same, y.same].map(|term| self.prepared.text(term)));
    }

    fn url(&self, rows: &mut Rows, x: &Url, y: &Url) {
        let (level, same) = if x.page == y.page {
            (MatchLevel::Same, Some(x.page))
        } else if x.host == y.host {
            (MatchLevel::Close, Some(x.host))
        } else {
            (MatchLevel::Different, None)
        };
        self.row(rows, Field::Url, level, same, [x.page, y.page].map(|term| self.prepared.text(term)));
    }

    fn declared(&self, rows: &mut Rows, a: &Account<'_>, b: &Account<'_>) {
        let names = |x: &Account<'_>, y: &Account<'_>| {
            x.links
                .iter()
                .copied()
                .find(|link| y.pages.binary_search(link).is_ok() && !x.pages.contains(link))
        };
        let (there, back) = (names(a, b), names(b, a));
        let level = match (there, back) {
            (Some(_), Some(_)) => MatchLevel::Mutual,
            (None, None) => return,
            _ => {
                rows.flags.insert(SuggestionFlag::OneWayDeclaration);
                MatchLevel::OneWay
            }
        };
        let text = |page: Option<Term>| page.map_or("", |page| self.prepared.text(page));
        self.row(rows, Field::Declared, level, None, [text(there), text(back)]);
    }
}

const NEAR_HANDLE: f64 = 0.92;
