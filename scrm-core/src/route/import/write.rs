//! How is what was read written as a protocol? Conditions in the language of protocols, the caller's own fields declared,
//! and ids made of titles.
//!
//! A question holds in a condition exactly when it holds in the other tool: what is absent there is unknown here, so the
//! contrary of a question says `not known(…) or` before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::logic::{Ask, Formula, Logic, Node, Test};
use crate::route::condition::{Comparison, quoted};
use crate::text::fold;

/// Longest id that is made of a title, in characters.
const MOST_ID: usize = 60;
/// Longest `why`, in characters.
const MOST_WHY: usize = 500;

/// How the parts of a text are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    One,
    And,
    Or,
}

/// The fields of numbers among those that formulas ask for.
pub(super) type Numbers = BTreeSet<String>;

/// The condition of a formula.
pub(super) fn condition(formula: Formula, logic: &Logic, numbers: &Numbers) -> String {
    Writer { logic, numbers }.text(formula).0
}

struct Writer<'a> {
    logic: &'a Logic,
    numbers: &'a Numbers,
}

/// The questions of one row that can be asked together: the values by the field.
type Row<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl<'a> Writer<'a> {
    fn text(&self, formula: Formula) -> (String, Joined) {
        match self.logic.node(formula) {
            // Whether something is known is never unknown.
            Node::Always => ("known(source) or not known(source)".to_owned(), Joined::Or),
            Node::Never => ("known(source) and not known(source)".to_owned(), Joined::And),
            Node::Asked(place, positive) => match self.logic.asked(*place) {
                Some(ask) if *positive => (self.positive(ask), Joined::One),
                Some(ask) => self.contrary(ask),
                None => (String::new(), Joined::One),
            },
            Node::All(parts) => self.all(parts),
            Node::Any(parts) => self.any(parts),
        }
    }

    fn all(&self, parts: &[Formula]) -> (String, Joined) {
        // A question that holds is an answer, so its field is known to the rest of the row.
        let (mut known, mut asked_more) = (BTreeSet::new(), BTreeSet::new());
        let (mut is_not, mut has_not, mut has): (Row<'a>, Row<'a>, Row<'a>) = Default::default();
        for (ask, positive) in parts.iter().filter_map(|part| self.ask(*part)) {
            match (&ask.test, positive) {
                (Test::Present, true) => _ = known.insert(&*ask.field),
                (Test::Present, false) => {}
                (Test::Is(value), false) if !self.numbers.contains(&ask.field) => {
                    is_not.entry(&ask.field).or_default().insert(value);
                }
                (Test::Has(value) | Test::Word(value), false) => {
                    _ = has_not.entry(&ask.field).or_default().insert(value);
                }
                (Test::Has(value) | Test::Word(value), true) => {
                    has.entry(&ask.field).or_default().insert(value);
                    known.insert(&*ask.field);
                }
                (Test::Is(_) | Test::Compare(..) | Test::Contains(_), true) => {
                    known.insert(&*ask.field);
                }
                _ => {}
            }
            if ask.test != Test::Present {
                asked_more.insert(&*ask.field);
            }
        }
        let mut texts: Vec<(String, Joined)> = Vec::new();
        for part in parts {
            let Some((ask, positive)) = self.ask(*part) else {
                texts.push(self.text(*part));
                continue;
            };
            let field = &*ask.field;
            match (&ask.test, positive) {
                (Test::Present, true) if asked_more.contains(field) && !matches!(field, "text") => {
                    // Questions that only ask for changes do not need the value.
                    let needs = |other: &Ask| {
                        other.field == field
                            && !matches!(other.test, Test::Present | Test::Changed | Test::ChangedBetween(..))
                    };
                    if !parts.iter().filter_map(|part| self.ask(*part)).any(|(other, _)| needs(other)) {
                        texts.push((self.positive(ask), Joined::One));
                    }
                }
                (Test::Is(_), false) if is_not.contains_key(field) => {
                    let Some(values) = is_not.remove(field) else { continue };
                    texts.push(guarded(field, not_in(field, &values), known.contains(field)));
                }
                (Test::Is(_), false) if !self.numbers.contains(field) => {}
                (Test::Has(_) | Test::Word(_), false) => {
                    let Some(values) = has_not.remove(field) else { continue };
                    let none = format!("not {field} has {}", any_of(&values));
                    texts.push(guarded(field, none, known.contains(field)));
                }
                (Test::Has(_) | Test::Word(_), true) => {
                    let Some(values) = has.remove(field) else { continue };
                    let all = match values.len() {
                        1 => any_of(&values),
                        _ => format!("all {}", row(&values)),
                    };
                    texts.push((format!("{field} has {all}"), Joined::One));
                }
                (_, true) => texts.push((self.positive(ask), Joined::One)),
                (Test::Present | Test::Changed | Test::ChangedBetween(..), false) => {
                    texts.push(self.contrary(ask));
                }
                (_, false) => {
                    let text = format!("not {}", self.positive(ask));
                    texts.push(guarded(field, text, known.contains(field)));
                }
            }
        }
        joined(texts, Joined::And)
    }

    fn any(&self, parts: &[Formula]) -> (String, Joined) {
        let (mut is, mut has): (Row<'a>, Row<'a>) = Default::default();
        for (ask, _) in parts.iter().filter_map(|part| self.ask(*part)).filter(|(_, positive)| *positive) {
            match &ask.test {
                Test::Is(value) if !self.numbers.contains(&ask.field) => {
                    is.entry(&ask.field).or_default().insert(value);
                }
                Test::Has(value) | Test::Word(value) => _ = has.entry(&ask.field).or_default().insert(value),
                _ => {}
            }
        }
        let mut texts: Vec<(String, Joined)> = Vec::new();
        for part in parts {
            match self.ask(*part) {
                Some((ask, true)) => match &ask.test {
                    Test::Is(_) if !self.numbers.contains(&ask.field) => {
                        let Some(values) = is.remove(&*ask.field) else { continue };
                        texts.push((is_in(&ask.field, &values), Joined::One));
                    }
                    Test::Has(_) | Test::Word(_) => {
                        let Some(values) = has.remove(&*ask.field) else { continue };
                        texts.push((format!("{} has {}", ask.field, any_of(&values)), Joined::One));
                    }
                    _ => texts.push((self.positive(ask), Joined::One)),
                },
                _ => texts.push(self.text(*part)),
            }
        }
        joined(texts, Joined::Or)
    }

    fn ask(&self, formula: Formula) -> Option<(&'a Ask, bool)> {
        match self.logic.node(formula) {
            Node::Asked(place, positive) => self.logic.asked(*place).map(|ask| (ask, *positive)),
            _ => None,
        }
    }

    fn positive(&self, Ask { field, test }: &Ask) -> String {
        match test {
            Test::Present => format!("known({field})"),
            Test::Is(value) if self.numbers.contains(field) => format!("{field} = {value}"),
            Test::Is(value) => format!("{field} is {}", quoted(value)),
            Test::Has(value) | Test::Word(value) => format!("{field} has {}", quoted(value)),
            Test::Compare(comparison, number) => format!("{field} {} {number}", comparison.as_str()),
            Test::Changed => format!("changed({field})"),
            Test::ChangedBetween(from, to) => {
                format!("changed({field}, {}, {})", quoted(from), quoted(to))
            }
            Test::Contains(text) => format!("{field} contains_text {}", quoted(text)),
        }
    }

    fn contrary(&self, ask: &Ask) -> (String, Joined) {
        let positive = self.positive(ask);
        match &ask.test {
            Test::Present | Test::Changed | Test::ChangedBetween(..) => {
                (format!("not {positive}"), Joined::One)
            }
            Test::Is(value) if !self.numbers.contains(&ask.field) => {
                guarded(&ask.field, format!("{} is not {}", ask.field, quoted(value)), false)
            }
            _ => guarded(&ask.field, format!("not {positive}"), false),
        }
    }
}

/// A contrary, which also holds of what is absent.
fn guarded(field: &str, text: String, is_known: bool) -> (String, Joined) {
    if is_known { (text, Joined::One) } else { (format!("not known({field}) or {text}"), Joined::Or) }
}

fn row(values: &BTreeSet<&str>) -> String {
    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
}

fn is_in(field: &str, values: &BTreeSet<&str>) -> String {
    match values.first().filter(|_| values.len() == 1) {
        Some(value) => format!("{field} is {}", quoted(value)),
        None => format!("{field} in {}", row(values)),
    }
}

fn not_in(field: &str, values: &BTreeSet<&str>) -> String {
    match values.first().filter(|_| values.len() == 1) {
        Some(value) => format!("{field} is not {}", quoted(value)),
        None => format!("not {field} in {}", row(values)),
    }
}

fn any_of(values: &BTreeSet<&str>) -> String {
    match values.first().filter(|_| values.len() == 1) {
        Some(value) => quoted(value),
        None => format!("any {}", row(values)),
    }
}

fn joined(texts: Vec<(String, Joined)>, how: Joined) -> (String, Joined) {
    let word = if how == Joined::And { " and " } else { " or " };
    let mut out = String::new();
    let alone = texts.len() == 1;
    for (index, (text, inner)) in texts.iter().enumerate() {
        if index > 0 {
            out.push_str(word);
        }
        // `and` binds closer than `or`.
        let is_loose = how == Joined::And && *inner == Joined::Or && !alone;
        // Writing to a String cannot fail.
        _ = if is_loose { write!(out, "({text})") } else { write!(out, "{text}") };
    }
    match texts.into_iter().next() {
        Some((_, inner)) if alone => (out, inner),
        _ => (out, how),
    }
}

/// Ids that were given out.
#[derive(Default)]
pub(super) struct Ids {
    given: BTreeSet<String>,
    /// How often a slug was asked for.
    counts: BTreeMap<String, usize>,
}

impl Ids {
    /// An id made of a title, unlike all others.
    pub(super) fn give(&mut self, title: &str, word: Option<&str>) -> String {
        let mut slug = slug(title);
        if slug.is_empty() {
            slug.push_str("rule");
        }
        if let Some(word) = word {
            slug.push('-');
            slug.push_str(word);
        }
        let count = self.counts.entry(slug.clone()).or_default();
        loop {
            *count += 1;
            let id = if *count == 1 { slug.clone() } else { format!("{slug}-{count}") };
            if self.given.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// Lower-case letters and digits with hyphens between.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let start: String = text.chars().take(MOST_WHY).collect();
    for c in fold(&start).chars() {
        if slug.len() >= MOST_ID {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A title as the reason of a rule.
pub(super) fn why(title: &str) -> String {
    let title = title.trim();
    if title.chars().count() <= MOST_WHY {
        return title.to_owned();
    }
    let mut cut: String = title.chars().take(MOST_WHY).collect();
    cut.push('…');
    cut
}

/// The sign of a comparison by its meaning in other tools.
pub(super) fn comparison(word: &str) -> Option<Comparison> {
    Some(match word {
        "less_than" | "is_less_than" => Comparison::Less,
        "less_than_equal" => Comparison::AtMost,
        "greater_than" | "is_greater_than" => Comparison::More,
        "greater_than_equal" => Comparison::AtLeast,
        _ => return None,
    })
}
