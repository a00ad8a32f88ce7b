//! Does the router say what the rules say, each asked by itself? Of a great many random protocols and messages.
//!
//! `cargo bench --bench prove_route -- 1000000 7` compares a million pairs of a protocol and a message, beginning with seed
//! 7. Each protocol is compiled with its rules in two orders, which must decide the same bytes.

#![allow(clippy::print_stdout, reason = "what was compared is what this program is for")]

use benches::rules::random::{RandomProtocol, facts};
use benches::rules::{now, router};
use scrm_core::model::Decision;
use scrm_core::route::{Given, PlainDecision, Router};

/// Messages that one protocol is asked about.
const SHARE: usize = 100;

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let (pairs, first) = (numbers.next().unwrap_or(20_000), numbers.next().unwrap_or(1));
    let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let shared = |thread: u64| {
        let (mut compared, mut fired) = (0, 0);
        for seed in (first..first + pairs.div_ceil(SHARE as u64)).filter(|seed| seed % n_threads == thread) {
            let protocol = RandomProtocol::new(seed);
            let [one, other] = [(0, false), (seed as usize % 11, true)]
                .map(|(turn, back)| router(&protocol.written(turn, back)));
            let (one, other) = (one?, other?);
            for index in 0..SHARE {
                let facts = facts(seed, index);
                fired += compare(&one, &other, &facts).map_err(|found| {
                    format!("seed {seed}, message {index}: {found}\n{facts}\n{}", protocol.written(0, false))
                })?;
                compared += 1;
            }
        }
        Ok::<_, String>((compared, fired))
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || shared(thread))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
            .collect()
    });
    let (mut compared, mut fired) = (0_u64, 0);
    for one in done {
        let (more, of_them) = one?;
        (compared, fired) = (compared + more, fired + of_them);
    }
    println!("{compared} pairs of a protocol and a message compared, {fired} rules fired, no difference");
    Ok(())
}

/// How many rules fired, when both routers and the plain evaluation agree.
fn compare(one: &Router, other: &Router, facts: &str) -> Result<usize, String> {
    let given = Given::from_json(facts, one.protocol().vocabulary()).map_err(|report| report.to_string())?;
    let inquiry = one.about_given(&given, now());
    let (decision, plain) = (inquiry.decide(), inquiry.decide_plainly());
    let turned = other.about_given(&given, now()).decide();
    let bytes = |decision: &Decision| serde_json::to_string(decision).unwrap_or_default();
    if bytes(&decision) != bytes(&turned) {
        return Err(format!(
            "another order of rules decides\n{}\nand not\n{}",
            bytes(&turned),
            bytes(&decision)
        ));
    }
    let found = PlainDecision {
        facets: decision.facets.clone(),
        conflicts: decision.conflicts.clone(),
        gaps: decision.gaps.clone(),
        fired: decision.fired.iter().cloned().collect(),
        near: decision.near.iter().map(|near| near.rule.clone()).collect(),
        shadow: decision.shadow.clone(),
        review: decision.review.clone(),
        unknown: decision
            .unknown
            .iter()
            .filter(|unknown| !unknown.atom.starts_with("never_if"))
            .map(|unknown| unknown.rule.clone())
            .collect(),
    };
    if found != plain {
        return Err(format!("the router says\n{found:?}\nand the rules say\n{plain:?}"));
    }
    // What is proven has fired.
    if let Some(proof) = decision.proof.iter().find(|proof| !plain.fired.contains(&proof.rule)) {
        return Err(format!("{} is proven and does not fire", proof.rule));
    }
    Ok(plain.fired.len())
}
