//! What a fuzzer once found, and what it is most likely to find: every file of the corpus, and bytes made from them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::fs;
use std::path::PathBuf;

use scrm_core::learn::{Example, Trainer};
use scrm_core::listen::{Listener, Monitor};
use scrm_core::model::{Limits, MonitorId};
use scrm_core::query::Query;
use scrm_core::text::{Frequencies, Text};
use scrm_fuzz::TARGETS;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "tests", "corpus", target].iter().collect();
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut files: Vec<Vec<u8>> = paths.into_iter().map(|path| fs::read(path).unwrap()).collect();
    if target == "snapshot" {
        let mut builder = Listener::builder(&Limits::DEFAULT);
        for (id, source) in
            [("a", "a NEAR/3 b OR ba*"), ("b", "\"c d\" -x"), ("c", "/c+d/ OR title:d OR likes:>3")]
        {
            let query = Query::parse(source).query.unwrap();
            builder.add(&Monitor::new(MonitorId::new(id).unwrap(), query)).unwrap();
        }
        files.push(builder.build().unwrap().to_bytes());
    }
    if target == "model" {
        let example = |text: &str, label: &str| Example::new(text, label);
        let examples = [
            example("lost my bag", "bag"),
            example("the bag is broken", "bag"),
            example("pay me back", "money"),
            example("a refund, please", "money"),
        ];
        files.push(Trainer::one_of().task("t").name("n").train(&examples).unwrap().model.to_bytes());
        let mut frequencies = Frequencies::new();
        examples.iter().for_each(|_| frequencies.observe(&Text::new("lost my bag")));
        files.push(frequencies.to_bytes());
    }
    files
}

#[test]
fn every_target_holds_on_its_corpus() {
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name} has no corpus");
        corpus.iter().for_each(|bytes| target(bytes));
    }
}

/// Inputs made for each target.
const ROUNDS: usize = 1_000;

/// Files of the corpus, spliced, cut and changed in a few bytes, always the same ones.
#[test]
fn every_target_holds_on_what_is_made_of_its_corpus() {
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        let mut numbers = Numbers(7);
        for _ in 0..ROUNDS {
            let one = &corpus[numbers.below(corpus.len())];
            let other = &corpus[numbers.below(corpus.len())];
            let mut bytes = one[..numbers.below(one.len() + 1)].to_vec();
            bytes.extend(&other[numbers.below(other.len() + 1)..]);
            for _ in 0..numbers.below(6) {
                let at = numbers.below(bytes.len() + 1);
                let byte = BYTES[numbers.below(BYTES.len())];
                match numbers.below(3) {
                    0 if at < bytes.len() => bytes[at] = byte,
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    _ => bytes.insert(at, byte),
                }
            }
            target(&bytes);
        }
    }
}

/// What parsers stumble over.
const BYTES: &[u8] = b"\"()*?~/#@-=:{}[]AND ORNEAR\n\x00\xff\xc3 0";

/// Knuth's multiplicative congruential generator, the high bits of each number.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}
