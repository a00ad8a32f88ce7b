//! What of an account is compared? Its values made equal where they are one, and how common each is.

use std::collections::HashMap;

use super::lookalike::{Scripts, is_separator, plain_skeleton, skeleton};
use super::normal;
use super::profile::{AccountProfile, ContactPoint};
use super::similarity::MOST_LETTERS;
use crate::text::{Text, TokenKind, unaccented};

/// What a term is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Email,
    Phone,
    Name,
    /// The words of a name without accents, in order; in how many accounts they stand side by side says nothing.
    SortedName,
    NameWords,
    Handle,
    HandleStem,
    Skeleton,
    Location,
    Word,
    Url,
    Host,
    Language,
    /// A page that is linked to, or is somebody's own.
    Page,
}

/// A value, by number: in the order in which they were met, which is that of the accounts.
pub(super) type Term = u32;

/// All accounts, ready to be compared.
pub(super) struct Prepared<'a> {
    pub(super) accounts: Vec<Account<'a>>,
    terms: Terms,
}

pub(super) struct Account<'a> {
    pub(super) profile: &'a AccountProfile,
    /// Addresses and whether they are confirmed.
    pub(super) emails: Vec<(Term, bool)>,
    pub(super) phones: Vec<(Term, bool)>,
    pub(super) name: Option<Name>,
    pub(super) handle: Option<Handle>,
    pub(super) location: Option<Location>,
    pub(super) url: Option<Url>,
    pub(super) language: Option<Term>,
    pub(super) pages: Vec<Term>,
    pub(super) links: Vec<Term>,
}

pub(super) struct Name {
    pub(super) same: Term,
    pub(super) sorted: Term,
    pub(super) word_pairs: Vec<Term>,
    /// The words without accents, as they stand and in order.
    pub(super) letters: Vec<char>,
    pub(super) sorted_letters: Vec<char>,
    /// The name without spaces.
    pub(super) joined: String,
    pub(super) skeleton: String,
    pub(super) scripts: Scripts,
}

pub(super) struct Handle {
    pub(super) same: Term,
    pub(super) stem: Option<Term>,
    pub(super) letters: Vec<char>,
    pub(super) skeleton: Vec<char>,
    pub(super) scripts: Scripts,
}

pub(super) struct Location {
    pub(super) same: Term,
    pub(super) words: Vec<Term>,
}

pub(super) struct Url {
    pub(super) page: Term,
    pub(super) host: Term,
}

impl<'a> Prepared<'a> {
    /// Prepares accounts, each given once, in the order of their keys.
    pub(super) fn new(profiles: impl Iterator<Item = &'a AccountProfile>) -> Self {
        let mut terms = Terms::default();
        let accounts = profiles.map(|profile| terms.account(profile)).collect();
        Self { accounts, terms }
    }

    pub(super) fn pair(&self, a: u32, b: u32) -> Option<(&Account<'a>, &Account<'a>)> {
        Some((self.accounts.get(a as usize)?, self.accounts.get(b as usize)?))
    }

    pub(super) fn text(&self, term: Term) -> &str {
        self.terms.all.get(term as usize).map_or("", |known| known.text.as_str())
    }

    /// How many accounts have a value, and how many have one of its kind.
    pub(super) fn frequency(&self, term: Term) -> (u32, u32) {
        let Some(known) = self.terms.all.get(term as usize) else { return (0, 0) };
        (known.accounts, self.terms.known.get(&known.kind).copied().unwrap_or(0))
    }
}

#[derive(Default)]
struct Terms {
    /// Looked up, never gone through.
    numbers: HashMap<(Kind, String), Term>,
    all: Vec<Known>,
    known: HashMap<Kind, u32>,
    /// The terms of the account that is being prepared.
    current: Vec<Term>,
}

struct Known {
    kind: Kind,
    text: String,
    accounts: u32,
}

impl Terms {
    fn account<'a>(&mut self, profile: &'a AccountProfile) -> Account<'a> {
        let identity = &profile.identity;
        let account = Account {
            profile,
            emails: self.contacts(Kind::Email, &profile.emails, normal::email),
            phones: self.contacts(Kind::Phone, &profile.phones, normal::phone),
            name: identity.name.as_deref().and_then(|name| self.name(name)),
            handle: identity.handle.as_deref().and_then(|handle| self.handle(handle)),
            location: identity.location.as_deref().and_then(|location| self.location(location)),
            url: identity.url.as_deref().and_then(|url| self.url(url)),
            language: profile.language.as_deref().and_then(|language| self.language(language)),
            pages: self.pages(profile.pages.iter().map(String::as_str)),
            links: self.links(profile),
        };
        self.count();
        account
    }

    fn term(&mut self, kind: Kind, text: String) -> Term {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let term = *self.numbers.entry((kind, text)).or_insert_with_key(|(kind, text)| {
            self.all.push(Known { kind: *kind, text: text.clone(), accounts: 0 });
            next
        });
        self.current.push(term);
        term
    }

    /// Counts the account's terms, each once.
    fn count(&mut self) {
        let mut current = std::mem::take(&mut self.current);
        current.sort_unstable();
        current.dedup();
        let mut kinds = Vec::with_capacity(current.len());
        for term in current {
            if let Some(known) = self.all.get_mut(term as usize) {
                known.accounts += 1;
                kinds.push(known.kind);
            }
        }
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            *self.known.entry(kind).or_insert(0) += 1;
        }
    }

    fn contacts(
        &mut self,
        kind: Kind,
        points: &[ContactPoint],
        normal: fn(&str) -> Option<String>,
    ) -> Vec<(Term, bool)> {
        let known = points.iter().filter_map(|point| Some((normal(&point.value)?, point.confirmed)));
        let mut all: Vec<(Term, bool)> =
            known.map(|(value, confirmed)| (self.term(kind, value), confirmed)).collect();
        // One that is given both ways is confirmed.
        all.sort_unstable_by_key(|(term, confirmed)| (*term, !confirmed));
        all.dedup_by_key(|(term, _)| *term);
        all
    }

    fn name(&mut self, name: &str) -> Option<Name> {
        let words = normal::words(name);
        let plain: Vec<String> =
            words.iter().map(|word| unaccented(word).unwrap_or_else(|| word.clone())).collect();
        let mut sorted = plain.clone();
        sorted.sort();
        if words.is_empty() {
            return None;
        }
        let mut distinct = sorted.clone();
        distinct.dedup();
        let mut word_pairs = Vec::new();
        for (at, a) in distinct.iter().enumerate() {
            for b in distinct.iter().skip(at + 1) {
                word_pairs.push(self.term(Kind::NameWords, format!("{a} {b}")));
            }
        }
        let joined = words.concat();
        Some(Name {
            same: self.term(Kind::Name, words.join(" ")),
            sorted: self.term(Kind::SortedName, sorted.join(" ")),
            word_pairs,
            letters: letters(&plain.join(" ")),
            sorted_letters: letters(&sorted.join(" ")),
            skeleton: skeleton(&joined),
            joined,
            scripts: Scripts::of(name),
        })
    }

    fn handle(&mut self, written: &str) -> Option<Handle> {
        let handle = normal::handle(written)?;
        let skeleton = plain_skeleton(written.trim().trim_start_matches('@'));
        // Digits at the end are what a second account is given; they are letters in a skeleton.
        let stem = plain_skeleton(handle.trim_end_matches(|c: char| c.is_ascii_digit()));
        let stem = (stem.chars().count() >= 3).then(|| self.term(Kind::HandleStem, stem));
        self.term(Kind::Skeleton, skeleton.clone());
        Some(Handle {
            letters: letters(&handle),
            scripts: Scripts::of(written),
            skeleton: letters(&skeleton),
            same: self.term(Kind::Handle, handle),
            stem,
        })
    }

    fn location(&mut self, location: &str) -> Option<Location> {
        let mut words = normal::words(location);
        let same = (!words.is_empty()).then(|| self.term(Kind::Location, words.join(" ")))?;
        words.sort();
        words.dedup();
        let mut words: Vec<Term> = words.into_iter().map(|word| self.term(Kind::Word, word)).collect();
        words.sort_unstable();
        Some(Location { same, words })
    }

    fn url(&mut self, url: &str) -> Option<Url> {
        let (host, page) = normal::link(url)?;
        Some(Url { page: self.term(Kind::Url, page), host: self.term(Kind::Host, host) })
    }

    fn language(&mut self, language: &str) -> Option<Term> {
        let first = language.split(['-', '_']).next().filter(|part| !part.trim().is_empty())?;
        Some(self.term(Kind::Language, first.trim().to_ascii_lowercase()))
    }

    fn pages<'t>(&mut self, pages: impl Iterator<Item = &'t str>) -> Vec<Term> {
        let known = pages.filter_map(normal::link);
        let mut all: Vec<Term> = known.map(|(_, page)| self.term(Kind::Page, page)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn links(&mut self, profile: &AccountProfile) -> Vec<Term> {
        let bio = Text::new(profile.identity.bio.as_deref().unwrap_or(""));
        let said = bio.tokens().iter().filter(|token| token.kind == TokenKind::Url);
        let said = said.filter_map(|token| token.span.of(bio.source()));
        let given = profile.identity.url.iter().chain(&profile.links).map(String::as_str);
        self.pages(said.chain(given).take(MOST_LINKS))
    }
}

/// Links of one account that are looked at.
const MOST_LINKS: usize = 100;

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| *c == ' ' || !is_separator(*c)).take(MOST_LETTERS).collect()
}
