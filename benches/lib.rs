//! Inputs that the benchmarks share: posts of about 180 bytes, and playbooks of as many monitors as one likes.
//!
//! Everything is made from a seed, so that each benchmark can assert its answer. For listening read [`workloads`] and [`random`].

pub mod analysis;
pub mod atoms;
pub mod dice;
pub mod memory;
pub mod random;
pub mod rules;
pub mod subject;
pub mod walk;
pub mod workloads;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use scrm_core::engine::Engine;
use scrm_core::model::{Identity, Limits, Message, MessageKind, NativeId, Source, Times, Visibility};
use scrm_core::playbook::Playbook;

/// Fragments of what customers write, about half of them telling of something.
const FRAGMENTS: &[&str] = &[
    "my order is late again",
    "still waiting for an answer",
    "thank you so much",
    "the crew was great",
    "where is my parcel",
    "this is ridiculous",
    "can you help me please",
    "the app keeps crashing",
    "love the new design",
    "nobody picks up the phone",
    "I want my money back",
    "is there any update",
    "the weather is fine today",
    "see you at the game tonight",
    "worst service ever",
    "you should open on sundays",
    "my battery gets hot",
    "looking forward to the weekend",
    "how do I change my plan",
    "they charged me twice",
    "great job",
    "reading a good book",
    "on my way home",
    "never again",
];

/// A generator of numbers that needs no crate: Knuth's multiplicative congruential one, the high bits of each.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}

/// `n` posts of about 180 bytes; two in three name one of the brands `brand0` to `brand99`.
pub fn posts(n: usize) -> Vec<Message> {
    let mut numbers = Numbers(7);
    (0..n).map(|i| post(i, &mut numbers)).collect()
}

/// `count` posts like those of [`posts`], from number `from` on, in the order of time: the same ones however they are cut.
pub fn posts_from(from: usize, count: usize) -> Vec<Message> {
    (from..from + count).map(|i| post(i, &mut Numbers(i as u64 * 2_654_435_761 + 7))).collect()
}

fn post(i: usize, numbers: &mut Numbers) -> Message {
    let mut text = String::new();
    if numbers.below(3) > 0 {
        let _ = write!(text, "@brand{} ", numbers.below(100));
    }
    while text.len() < 160 {
        let fragment = FRAGMENTS.get(numbers.below(FRAGMENTS.len())).copied().unwrap_or_default();
        text.push_str(fragment);
        text.push_str([". ", "! ", ", ", "? "].get(numbers.below(4)).copied().unwrap_or(" "));
    }
    let source = || Source::new("x").unwrap_or_else(|error| invalid(&error));
    let author =
        NativeId::new(format!("u{}", numbers.below(n_authors()))).unwrap_or_else(|error| invalid(&error));
    let id = scrm_core::model::ExternalId::new(i.to_string()).unwrap_or_else(|error| invalid(&error));
    let seconds = 1_772_000_000 + i64::try_from(i).unwrap_or(0) * 20;
    let times = Times::created(chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default());
    let builder = Message::builder(source(), id, MessageKind::Post, Visibility::Public, times).text(text);
    let mut author = Identity::new(source(), author);
    author.followers = Some(numbers.below(5000) as u64);
    builder.author(author).build().unwrap_or_else(|error| invalid(&error))
}

fn n_authors() -> usize {
    2000
}

/// The inputs above are valid by construction; a benchmark that finds otherwise says why and ends.
#[allow(clippy::panic, reason = "a benchmark without its input has nothing to measure")]
fn invalid<T>(error: &dyn std::fmt::Display) -> T {
    panic!("the benchmark's own input is not valid: {error}")
}

/// An engine of `monitors` monitors (brand AND any of three words, without two others), 20 topics and 8 rules.
pub fn engine(monitors: usize) -> Engine {
    Engine::compile(&playbook(monitors)).unwrap_or_else(|error| invalid(&error))
}

/// The playbook of [`engine`].
pub fn playbook(monitors: usize) -> Playbook {
    let mut brands = String::new();
    for i in 0..monitors {
        let _ = writeln!(
            brands,
            "[[brand]]\nid = \"brand{i}\"\nours = true\n[[monitor]]\nid = \"m{i}\"\nbrand = \"brand{i}\""
        );
        let _ = writeln!(
            brands,
            "query = '@brand{i} AND (the OR my OR is OR you) AND NOT (horoscope OR casting)'"
        );
    }
    let topics = [
        ("service.delay", "late\", \"waiting\", \"still waiting"),
        ("service.phone", "picks up\", \"phone"),
        ("billing.refund", "money back\", \"refund"),
        ("billing.charge", "charged\", \"charged twice"),
        ("app.crash", "crash*\", \"app"),
        ("safety.battery", "battery"),
        ("staff.praise", "crew\", \"great job"),
        ("delivery.parcel", "parcel\", \"order"),
        ("contract.change", "change my plan"),
        ("hours.open", "open on sundays"),
    ];
    let mut tree = String::new();
    for (path, words) in topics {
        let _ = writeln!(tree, "[[topic]]\npath = \"{path}\"\nwords = [\"{words}\"]");
    }
    let files = [
        ("monitors.toml", brands.as_str()),
        ("topics.toml", tree.as_str()),
        ("protocol.toml", include_str!("protocol.toml")),
        (
            "team.toml",
            "[[department]]\nid = \"care\"\n[[department]]\nid = \"billing\"\n[[person]]\nid = \"ada\"\ndepartments = [\"care\", \"billing\"]\n",
        ),
        (
            "calendars.toml",
            "default = \"hq\"\n[[calendar]]\nid = \"hq\"\ntz = \"Europe/Amsterdam\"\nweek = { mon = [\"09:00-17:00\"], tue = [\"09:00-17:00\"] }\n",
        ),
    ];
    let files: BTreeMap<String, String> =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Playbook::from_files(&files, &Limits::DEFAULT).unwrap_or_else(|error| invalid(&error))
}

#[cfg(test)]
mod tests {
    use super::{engine, posts};

    #[test]
    fn the_inputs_are_what_they_say() {
        let posts = posts(300);
        let bytes: usize = posts.iter().map(|post| post.text().len()).sum();
        assert!((160..220).contains(&(bytes / posts.len())), "{}", bytes / posts.len());
        let assessed = engine(100).assess_all(&posts);
        let relevant = assessed.iter().filter(|one| !one.hits.monitors.is_empty()).count();
        assert!((100..250).contains(&relevant), "{relevant}");
    }
}
