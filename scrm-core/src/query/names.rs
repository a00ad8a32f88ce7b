//! Which names may queries use? Attributes of one's own, lists of terms and queries that have a name.
//!
//! Read [`Names`] first.

use std::collections::{BTreeMap, BTreeSet};

use super::dialect::Dialect;
use super::lexer::{Lexer, Piece};
use super::{Parsed, Query};
use crate::model::Limits;

/// What `LIST(…)`, `MACRO(…)` and the names of one's own attributes stand for.
///
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::query::{Dialect, Names, Query};
/// let mut names = Names::new();
/// names.attribute("tier");
/// names.list("rivals", Query::parse(r#"halden OR "acme inc""#).query);
/// let parsed = Query::parse_as("LIST(rivals) tier:gold", Dialect::Native, &names, &Limits::DEFAULT);
/// assert_eq!(parsed.query.unwrap().to_string(), r#"(halden OR "acme inc") AND ext.tier:gold"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    pub(super) attributes: BTreeSet<String>,
    pub(super) lists: BTreeMap<String, Meaning>,
    pub(super) queries: BTreeMap<String, Meaning>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This.
    Query(Query),
    /// Nothing, since what was written has faults.
    Broken,
    /// Something in which it stands itself.
    Itself,
}

impl From<Option<Query>> for Meaning {
    fn from(query: Option<Query>) -> Self {
        query.map_or(Self::Broken, Self::Query)
    }
}

impl Names {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares an attribute of one's own: `tier:gold` is `ext.tier:gold`.
    pub fn attribute(&mut self, name: impl Into<String>) {
        self.attributes.insert(name.into());
    }

    /// Says what `LIST(name)` stands for; `None` when what was written has faults.
    pub fn list(&mut self, name: impl Into<String>, query: Option<Query>) {
        self.lists.insert(name.into(), query.into());
    }

    /// Reads queries that have names, each of which may use the others by `MACRO(name)`, and gives back what was read
    /// of each, in their order. Those that lead back to themselves are faults.
    pub fn queries(&mut self, sources: &[(&str, &str)], limits: &Limits) -> Vec<Parsed> {
        let order = self.ordered(sources);
        let mut read: Vec<Option<Parsed>> = sources.iter().map(|_| None).collect();
        for at in order {
            let Some((name, source)) = sources.get(at) else { continue };
            let parsed = Query::parse_as(source, Dialect::Native, self, limits);
            if self.queries.get(*name) != Some(&Meaning::Itself) {
                self.queries.insert((*name).to_owned(), parsed.query.clone().into());
            }
            if let Some(place) = read.get_mut(at) {
                *place = Some(parsed);
            }
        }
        read.into_iter().flatten().collect()
    }

    /// The order in which each query comes after those that it uses; those that lead to themselves are marked.
    fn ordered(&mut self, sources: &[(&str, &str)]) -> Vec<usize> {
        let numbers: BTreeMap<&str, usize> =
            sources.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
        let uses: Vec<BTreeSet<usize>> = sources
            .iter()
            .map(|(_, source)| used(source).filter_map(|name| numbers.get(name).copied()).collect())
            .collect();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); sources.len()];
        for (user, uses) in uses.iter().enumerate() {
            for used in uses {
                users.get_mut(*used).into_iter().for_each(|users| users.push(user));
            }
        }
        let forth =
            peeled(&uses.iter().map(|uses| uses.iter().copied().collect()).collect::<Vec<_>>(), &users);
        let back: BTreeSet<usize> =
            peeled(&users, &uses.iter().map(|uses| uses.iter().copied().collect()).collect::<Vec<_>>())
                .into_iter()
                .collect();
        let sound: BTreeSet<usize> = forth.iter().copied().collect();
        let mut order = forth;
        for (at, (name, _)) in sources.iter().enumerate().filter(|(at, _)| !sound.contains(at)) {
            // What is not peeled from either side stands in a circle, or between two of them.
            let meaning = if back.contains(&at) { Meaning::Broken } else { Meaning::Itself };
            self.queries.insert((*name).to_owned(), meaning);
            order.push(at);
        }
        order
    }
}

/// The nodes that have no way into a circle along `uses`, each after those it uses.
fn peeled(uses: &[Vec<usize>], users: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = uses.iter().map(Vec::len).collect();
    let mut order: Vec<usize> =
        waiting.iter().enumerate().filter(|(_, count)| **count == 0).map(|(at, _)| at).collect();
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        next += 1;
        for user in users.get(at).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*user) {
                *count -= 1;
                if *count == 0 {
                    order.push(*user);
                }
            }
        }
    }
    order
}

/// The names in `MACRO(…)` of a query.
fn used(source: &str) -> impl Iterator<Item = &str> {
    let mut lexer = Lexer::new(source, Dialect::Native.rules());
    std::iter::from_fn(move || lexer.next()).filter_map(|(piece, _)| match piece {
        Piece::Macro(name, _) => Some(name),
        _ => None,
    })
}
