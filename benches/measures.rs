//! How is it measured? Best of a few passes, the listener and the bare search in turn, so that both meet the same
//! noise.

#![allow(unreachable_pub, reason = "this is a module of a program")]

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

use benches::atoms::Atoms;
use benches::random::uses;
use benches::subject::{self, Found};
use scrm_core::listen::{Listener, LiveListener};
use scrm_core::model::{Limits, Message};
use scrm_core::query::Document;
use scrm_core::text::Text;

/// How often each measurement is taken.
const PASSES: usize = 4;

/// Does something and says how many seconds it took.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub fn times<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64())
}

fn all(listening: &Listener, posts: &[Message]) -> Found {
    posts.iter().map(|post| subject::scan(listening, black_box(post))).fold(Found::default(), Found::and)
}

/// The seconds of the best pass over all posts, those of the bare search, and what was found.
pub fn passes(listening: &Listener, atoms: Option<&Atoms>, posts: &[Message]) -> (f64, Option<f64>, Found) {
    let folded: Vec<String> = posts.iter().map(|post| Text::new(post.text()).delimited()).collect();
    let expected = all(listening, posts);
    let (mut best, mut bare) = (f64::MAX, f64::MAX);
    for _ in 0..PASSES {
        let (found, seconds) = times(|| all(listening, posts));
        assert_eq!(found, expected, "the same posts, the same answer");
        best = best.min(seconds);
        if let Some(atoms) = atoms {
            let (_, seconds) = times(|| folded.iter().map(|text| atoms.scan(black_box(text))).sum::<u64>());
            bare = bare.min(seconds);
        }
    }
    (best, atoms.map(|_| bare), expected)
}

/// The seconds of the best pass when two threads share the posts.
pub fn two_threads(listening: &Listener, posts: &[Message]) -> f64 {
    let (left, right) = posts.split_at(posts.len() / 2);
    let both = || {
        std::thread::scope(|scope| {
            let other = scope.spawn(|| all(listening, right));
            let found = all(listening, left);
            other.join().map_or(found, |other| found.and(other))
        })
    };
    (0..PASSES).map(|_| times(both).1).fold(f64::MAX, f64::min)
}

/// Microseconds of one post: the half, one in a hundred and one in a thousand take longer.
pub fn latencies(listening: &Listener, posts: &[Message]) -> [f64; 3] {
    let mut each: Vec<f64> =
        posts.iter().map(|post| times(|| subject::scan(listening, black_box(post))).1 * 1e6).collect();
    each.sort_unstable_by(f64::total_cmp);
    [0.5, 0.99, 0.999].map(|share| quantile(&each, share))
}

/// Microseconds until a monitor that comes or goes is seen: half of them, one in a hundred.
pub fn changes(listener: Listener, queries: &[String], posts: &[Message]) -> [f64; 2] {
    let live = LiveListener::new(listener);
    let mut each = Vec::new();
    for (number, source) in queries.iter().enumerate() {
        let Some(post) = posts.get(number % posts.len().max(1)) else { continue };
        let Some(query) = subject::parse(source) else { continue };
        let id = format!("new{number}");
        let expected = holds(source, post);
        let (done, seconds) = times(|| subject::add(&live, &id, &query));
        each.push(seconds * 1e6);
        let found = subject::ids(&live.snapshot(), post);
        assert_eq!((done, found.binary_search(&id).is_ok()), (true, expected), "{source}");
        if number % 2 == 0 {
            let (done, seconds) = times(|| subject::remove(&live, &id));
            each.push(seconds * 1e6);
            let found = subject::ids(&live.snapshot(), post);
            assert_eq!((done, found.binary_search(&id).is_ok()), (true, false), "{source}");
        }
    }
    each.sort_unstable_by(f64::total_cmp);
    [0.5, 0.99].map(|share| quantile(&each, share))
}

/// What the plain evaluator says.
pub fn holds(source: &str, post: &Message) -> bool {
    let text = Text::new(post.text());
    subject::parse(source).is_some_and(|query| {
        let uses = uses(std::slice::from_ref(&query));
        query.holds(&Document::new(post, &text, &uses), Limits::DEFAULT.query_places)
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted.get((sorted.len() as f64 * share) as usize).or(sorted.last()).copied().unwrap_or(0.0)
}

/// One row of the table.
pub struct Figures {
    pub name: &'static str,
    pub size: usize,
    pub per_second: f64,
    /// How many times as fast two threads are.
    pub threads: f64,
    /// How fast, the bare search being 1.
    pub bare: Option<f64>,
    pub candidates: f64,
    pub matches: f64,
    pub latency: [f64; 3],
    /// Bytes for each monitor.
    pub bytes: u64,
    pub peak: u64,
    pub build: f64,
    pub change: [f64; 2],
    pub backtest: f64,
}

impl Figures {
    /// The columns of a row.
    pub fn head() -> String {
        let columns = [
            "posts/s",
            "2 thr",
            "of bare",
            "cand.",
            "matches",
            "us p50",
            "p99",
            "p99.9",
            "B/monitor",
            "peak MB",
            "build s",
            "chg p50",
            "p99",
            "backtest/s",
        ];
        let columns = columns.map(|column| format!("{column:>10}"));
        format!("{:<18}{:>9}{}", "workload", "monitors", columns.concat())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18}{:>9}{:>10.0}{:>10.2}", self.name, self.size, self.per_second, self.threads)?;
        match self.bare {
            Some(bare) => write!(f, "{bare:>10.2}")?,
            None => write!(f, "{:>10}", "-")?,
        }
        write!(f, "{:>10.2}{:>10.3}", self.candidates, self.matches)?;
        self.latency.iter().try_for_each(|micros| write!(f, "{micros:>10.1}"))?;
        write!(f, "{:>10}{:>10.1}{:>10.3}", self.bytes, self.peak as f64 / 1e6, self.build)?;
        self.change.iter().try_for_each(|micros| write!(f, "{micros:>10.1}"))?;
        write!(f, "{:>10.0}", self.backtest)
    }
}
