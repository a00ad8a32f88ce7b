//! What is the least that would have to be otherwise? The fewest facts, and of those the values nearest to what they are.
//!
//! Of each thing that a condition asks for, the values on both sides of every border that the condition draws are tried:
//! first one thing at a time, then two, and so on. What is found is asked of the condition itself, so it always holds.

use std::collections::{BTreeMap, BTreeSet};

use super::overlay::Overlay;
use crate::calendar::Calendars;
use crate::model::{Change, is_under};
use crate::route::condition::{Atom, Condition, Facts, Field, Kind, Quantity, Range, Truth};
use crate::route::{Given, Vocabulary};

/// How many facts are changed at once, at most.
const MOST_CHANGES: usize = 6;
/// How many values of one thing are tried, at most.
const MOST_VALUES: usize = 48;

/// What the search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) change: Option<Given>,
    pub(super) exhausted: bool,
}

/// Something that can be made otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Field(Field),
    Quantity(Quantity),
    Text,
    PersonalData,
    InHours(String),
    LocalTime,
    Changes,
}

/// One way to make a thing otherwise: what it does to the facts, and how far that is from what they are.
struct Way {
    lay: Box<dyn Fn(Given) -> Given>,
    distance: f64,
}

/// The least change after which a condition holds.
pub(super) fn smallest<F: Facts>(
    condition: &Condition,
    facts: &F,
    calendars: &Calendars,
    vocabulary: &Vocabulary,
    budget: usize,
) -> Found {
    let ways = ways(condition, facts, vocabulary);
    let mut search = Search { condition, facts, calendars, left: budget, best: None };
    for size in 1..=ways.len().min(MOST_CHANGES) {
        search.choose(&ways, size, Given::default(), 0.0);
        if search.best.is_some() || search.left == 0 {
            break;
        }
    }
    Found { exhausted: search.left == 0, change: search.best.map(|(change, _)| change) }
}

struct Search<'a, F> {
    condition: &'a Condition,
    facts: &'a F,
    calendars: &'a Calendars,
    left: usize,
    best: Option<(Given, f64)>,
}

impl<F: Facts> Search<'_, F> {
    /// Tries every choice of `size` of the things, on top of what is changed already.
    fn choose(&mut self, ways: &[Vec<Way>], size: usize, change: Given, distance: f64) {
        if size == 0 {
            return self.test(change, distance);
        }
        for (at, things) in ways.iter().enumerate() {
            let rest = ways.get(at + 1..).unwrap_or_default();
            if rest.len() + 1 < size {
                break;
            }
            for way in things {
                let distance = distance + way.distance;
                if self.left == 0 || self.best.as_ref().is_some_and(|(_, best)| *best <= distance) {
                    // The ways of a thing stand nearest first.
                    break;
                }
                self.choose(rest, size - 1, (way.lay)(change.clone()), distance);
            }
        }
    }

    fn test(&mut self, change: Given, distance: f64) {
        self.left = self.left.saturating_sub(1);
        let overlay = Overlay { base: self.facts, changes: change.with(self.calendars) };
        if self.condition.evaluate(&overlay) == Truth::True {
            self.best = Some((change, distance));
        }
    }
}

/// For each thing that a condition asks for, the values worth trying, nearest first.
fn ways<F: Facts>(condition: &Condition, facts: &F, vocabulary: &Vocabulary) -> Vec<Vec<Way>> {
    let mut asked: BTreeMap<Thing, Vec<&Atom>> = BTreeMap::new();
    condition.atoms(&mut |atom| {
        let thing = match atom {
            Atom::HasAny(Field::Text, _) | Atom::HasAll(Field::Text, _) | Atom::ContainsText(_) => {
                Thing::Text
            }
            Atom::Is(field, _)
            | Atom::IsNot(field, _)
            | Atom::In(field, _)
            | Atom::Under(field, _)
            | Atom::HasAny(field, _)
            | Atom::HasAll(field, _)
            | Atom::Known(field) => match field.kind() {
                Kind::Number(..) => Thing::Quantity(Quantity::Field(field.clone())),
                _ => Thing::Field(field.clone()),
            },
            Atom::Compare(quantity, ..) | Atom::Between(quantity, ..) => Thing::Quantity(quantity.clone()),
            Atom::PersonalData => Thing::PersonalData,
            Atom::InHours(calendar) => Thing::InHours(calendar.to_string()),
            Atom::LocalTime(..) => Thing::LocalTime,
            Atom::Changed(..) => Thing::Changes,
            // No text can be made up for a regular expression.
            Atom::Matches(_) => return,
        };
        asked.entry(thing).or_default().push(atom);
    });
    let mut ways = Vec::new();
    for (thing, atoms) in &asked {
        let mut found = ways_of(thing, atoms, facts, vocabulary);
        found.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        found.truncate(MOST_VALUES);
        if !found.is_empty() {
            ways.push(found);
        }
    }
    ways
}

fn way(distance: f64, lay: impl Fn(Given) -> Given + 'static) -> Way {
    Way { lay: Box::new(lay), distance }
}

fn ways_of<F: Facts>(thing: &Thing, atoms: &[&Atom], facts: &F, vocabulary: &Vocabulary) -> Vec<Way> {
    match thing {
        Thing::Field(field) => match field.kind() {
            Kind::One(_) => names(field, atoms, facts, vocabulary),
            Kind::Set(_) => sets(field, atoms, facts),
            Kind::Number(..) | Kind::Text => Vec::new(),
        },
        Thing::Quantity(quantity) => numbers(quantity, atoms, facts),
        Thing::Text => texts(atoms, facts),
        Thing::PersonalData => {
            [true, false].map(|there| way(1.0, move |given| given.personal_data(there))).into()
        }
        Thing::InHours(calendar) => [true, false]
            .map(|open| {
                let calendar = calendar.clone();
                way(1.0, move |given| given.in_hours(&calendar, open))
            })
            .into(),
        Thing::LocalTime => {
            let times = atoms.iter().filter_map(|atom| match atom {
                Atom::LocalTime(from, to) => Some([*from, *to]),
                _ => None,
            });
            times.flatten().map(|time| way(1.0, move |given| given.local_time(time))).collect()
        }
        Thing::Changes => {
            let changes = atoms.iter().filter_map(|atom| match atom {
                Atom::Changed(field, values) => Some(Change {
                    field: field.to_string(),
                    from: values.as_ref().map(|(from, _)| from.to_string()),
                    to: values.as_ref().map(|(_, to)| to.to_string()),
                }),
                _ => None,
            });
            let one = changes.map(|change| vec![change]).chain([Vec::new()]);
            one.map(|changes| way(1.0, move |given| given.changes(changes.clone()))).collect()
        }
    }
}

/// The names that the atoms ask for, and one that none of them asks for.
fn names<F: Facts>(field: &Field, atoms: &[&Atom], facts: &F, vocabulary: &Vocabulary) -> Vec<Way> {
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for atom in atoms {
        match atom {
            Atom::Is(_, name) | Atom::IsNot(_, name) | Atom::Under(_, name) => {
                asked.insert(name.to_string());
            }
            Atom::In(_, row) => asked.extend(row.iter().map(ToString::to_string)),
            _ => {}
        }
    }
    let apart = |name: &&str| !asked.iter().any(|asked| is_under(name, asked));
    let other = match field.terms() {
        Some(terms) => terms.into_iter().find(apart).map(str::to_owned),
        None => {
            let mut known = match field {
                Field::Issue | Field::Topics => vocabulary.topics.iter(),
                Field::Brand | Field::Brands => vocabulary.brands.iter(),
                _ => Default::default(),
            };
            let known = known.find(|name| apart(&name.as_str())).cloned();
            known.or_else(|| Some("other".to_owned()).filter(|name| apart(&name.as_str())))
        }
    };
    let now = facts.name(field).map(str::to_owned);
    // What is asked for goes before what is only something else.
    let asked = asked.into_iter().map(|name| (name, 1.0)).chain(other.map(|name| (name, 1.5)));
    asked
        .filter(|(name, _)| now.as_ref() != Some(name))
        .map(|(name, distance)| {
            let field = field.clone();
            way(distance, move |given| given.name(field.clone(), &name))
        })
        .collect()
}

/// The set as it is, with what the atoms ask for, and without.
fn sets<F: Facts>(field: &Field, atoms: &[&Atom], facts: &F) -> Vec<Way> {
    let mut now = BTreeSet::new();
    facts.names(field, &mut |name| _ = now.insert(name.to_owned()));
    let mut tries: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    for atom in atoms {
        let (any, all): (&[_], &[_]) = match atom {
            Atom::HasAny(_, row) => (row, &[]),
            Atom::HasAll(_, row) => (&[], row),
            Atom::Under(_, topic) => (std::slice::from_ref(topic), &[]),
            _ => (&[], &[]),
        };
        for name in any {
            tries.insert(now.iter().cloned().chain([name.to_string()]).collect());
        }
        if !all.is_empty() {
            tries.insert(now.iter().cloned().chain(all.iter().map(ToString::to_string)).collect());
        }
        let asked = |name: &String| any.iter().chain(all).any(|asked| name.starts_with(&**asked));
        tries.insert(now.iter().filter(|name| !asked(name)).cloned().collect());
    }
    tries.insert(BTreeSet::new());
    let known = facts.names(field, &mut |_| {});
    tries
        .into_iter()
        .filter(|names| !known || *names != now)
        .map(|names| {
            let distance = names.symmetric_difference(&now).count().max(1);
            let field = field.clone();
            #[allow(clippy::cast_precision_loss, reason = "a few names")]
            way(distance as f64, move |given| given.names(field.clone(), names.iter().cloned()))
        })
        .collect()
}

/// The numbers that the atoms name, and the nearest on both sides of each.
fn numbers<F: Facts>(quantity: &Quantity, atoms: &[&Atom], facts: &F) -> Vec<Way> {
    let (low, high, step) = match quantity {
        Quantity::Field(field) => match field.kind() {
            Kind::Number(low, high) if matches!(field, Field::Sentiment) => (low, high, 0.01),
            Kind::Number(low, high) => (low, high, 1.0),
            _ => return Vec::new(),
        },
        Quantity::Confidence(_) => (0.0, 1.0, 0.01),
        Quantity::Count(..) => (0.0, f64::MAX, 1.0),
        Quantity::Rate(..) => (0.0, f64::MAX, 0.1),
    };
    let mut borders = Vec::new();
    for atom in atoms {
        match atom {
            Atom::Compare(_, _, number) => borders.push(*number),
            Atom::Between(_, low, high) => borders.extend([*low, *high]),
            _ => {}
        }
    }
    if borders.is_empty() {
        borders.push(low.max(0.0));
    }
    let mut tries: Vec<f64> = borders.iter().flat_map(|at| [*at, at - step, at + step]).collect();
    tries.retain(|number| (low..=high).contains(number));
    for number in &mut tries {
        // A sum of decimals is written as one.
        *number = (*number * 1e6).round() / 1e6;
    }
    tries.sort_by(f64::total_cmp);
    tries.dedup();
    let now = facts.number(quantity).map(|Range { low, high }| (low + high) / 2.0);
    let width = if high - low < 1e6 {
        high - low
    } else {
        borders.iter().fold(1.0, |most: f64, at| most.max(at.abs()))
    };
    tries
        .into_iter()
        .map(|number| {
            let far = now.map_or(0.5, |now| (number - now).abs() / width);
            let quantity = quantity.clone();
            way(1.0 + far.min(1.0) / 2.0, move |given| given.number(quantity.clone(), number))
        })
        .collect()
}

/// The text with what the atoms look for at its end, and no text.
fn texts<F: Facts>(atoms: &[&Atom], facts: &F) -> Vec<Way> {
    let mut now = String::new();
    facts.with_text(&mut |document| {
        now = document.texts().first().map_or("", |text| text.text().source()).to_owned();
    });
    let mut tries = BTreeSet::new();
    for atom in atoms {
        match atom {
            Atom::HasAny(_, row) => tries.extend(row.iter().map(|text| text.replace('*', ""))),
            Atom::HasAll(_, row) => {
                let row: Vec<String> = row.iter().map(|text| text.replace('*', "")).collect();
                tries.insert(row.join(" "));
            }
            Atom::ContainsText(text) => _ = tries.insert(text.to_string()),
            _ => {}
        }
    }
    let added = tries.into_iter().map(|words| (format!("{now} {words}").trim().to_owned(), 1.0));
    let all = added.chain([(String::new(), 2.0)]);
    all.map(|(text, distance)| way(distance, move |given| given.text(text.clone()))).collect()
}
