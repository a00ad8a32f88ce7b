//! What do the benchmarks of listening ask? Eight sorts of monitors, as many of each as one likes, and posts for them.
//!
//! Read [`Workload`] first. Everything is made from a seed, each monitor and each post by its number alone: a million
//! can be streamed and none need be kept.

pub mod brands;
mod english;
mod monitors;
mod posts;
mod scripts;

use std::sync::LazyLock;

use english::English;
use scrm_core::model::Message;

static ENGLISH: LazyLock<English> = LazyLock::new(English::default);

/// How many tenants of [`Workload::W8`] have the same query.
pub const TENANTS: usize = 10_000;

/// A sort of monitors and the posts that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Workload {
    /// Five ordinary words of a post that must stand, two that must not: nothing in it is rare.
    W1,
    /// `brand AND (c1 OR c2 OR c3) NOT (x1 OR x2)`, each with a brand of its own, two in five of them phrases.
    W2,
    /// `brand NEAR/5 (c1 OR c2 OR "c3 c4")`.
    W3,
    /// As W2, the brand with a wildcard: a third each `prefix*`, `*suffix`, `*infix*`.
    W4,
    /// Authors, channels, languages, countries and counts, with few words.
    W5,
    /// A thousand names joined by OR in each: 10 kB.
    W6,
    /// As W2, in Russian, Chinese, Japanese, Arabic and with emoji.
    W7,
    /// One popular brand that ten thousand tenants listen for: bound by what comes out.
    W8,
}

/// How long texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// About 180 bytes.
    Post,
    /// About 2 kB.
    Mail,
    /// About 20 kB.
    Transcript,
}

impl Length {
    /// About so many bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::Post => 183,
            Self::Mail => 2_000,
            Self::Transcript => 20_000,
        }
    }
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::W1, Self::W2, Self::W3, Self::W4, Self::W5, Self::W6, Self::W7, Self::W8];

    /// What tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1 five words",
            Self::W2 => "W2 brands",
            Self::W3 => "W3 near",
            Self::W4 => "W4 wildcards",
            Self::W5 => "W5 attributes",
            Self::W6 => "W6 thousand terms",
            Self::W7 => "W7 scripts",
            Self::W8 => "W8 one brand",
        }
    }

    /// The workload of that name: `W2`, or `w2`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|one| one.name().split(' ').next().is_some_and(|short| short.eq_ignore_ascii_case(name)))
    }

    /// Monitor `i` in source form.
    pub fn monitor(self, i: usize, seed: u64) -> String {
        let words = &*ENGLISH;
        match self {
            Self::W1 => monitors::five_words(words, i, seed),
            Self::W2 => monitors::branded(words, &brands::term(i), i, seed),
            Self::W3 => monitors::near(words, i, seed),
            Self::W4 => monitors::wild(words, i, seed),
            Self::W5 => monitors::attributes(words, i, seed),
            Self::W6 => monitors::thousand(words, i, seed),
            Self::W7 => scripts::monitor(words, i, seed),
            Self::W8 => monitors::popular(words, i, seed),
        }
    }

    /// The first `n` monitors with their ids, `m0` and on.
    pub fn monitors(self, n: usize, seed: u64) -> impl Iterator<Item = (String, String)> {
        (0..n).map(move |i| (format!("m{i}"), self.monitor(i, seed)))
    }

    /// Post `j`, about 180 bytes long.
    pub fn post(self, j: usize, seed: u64) -> Message {
        self.text(Length::Post, j, seed)
    }

    /// Text `j` of a length.
    pub fn text(self, length: Length, j: usize, seed: u64) -> Message {
        let words = &*ENGLISH;
        let text = match self {
            Self::W7 => scripts::text(words, j, seed),
            Self::W8 => posts::english(words, length, j, seed, 10),
            _ => posts::english(words, length, j, seed, 0),
        };
        posts::message(text, j, seed)
    }
}

#[cfg(test)]
mod tests;
