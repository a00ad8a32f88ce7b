//! Does the analysis of a protocol find all that there is, and nothing else? And how long does it take?
//!
//! `cargo bench --bench prove_analysis -- 10000 7` compares the analysis of ten thousand random protocols, beginning
//! with seed 7, with what the ordinary evaluator decides for every message of their domains, and then analyses
//! protocols of 100 and of 1,000 rules. It ends with the first difference, or with what was compared.

#![allow(clippy::print_stdout, reason = "what was compared is what this program is for")]

use std::collections::BTreeMap;

use benches::analysis::{Proved, prove, read, realistic};
use scrm_core::calendar::Calendars;
use scrm_core::route::{Budget, Domain};

/// Messages that one protocol may tell apart.
const MOST: usize = 20_000;

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<usize>().ok());
    let (wanted, seed) = (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(1));
    let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = |thread: usize| {
        let mut all = Proved::default();
        let mut number = thread;
        // Those that are left out do not count.
        while all.protocols < wanted.div_ceil(n_threads) as u64 {
            let one = prove(seed as u64, number, MOST)
                .map_err(|found| format!("seed {seed}, {number}: {found}"))?;
            all.protocols += one.protocols;
            all.messages += one.messages;
            all.findings += one.findings;
            number += n_threads;
        }
        Ok::<_, String>(all)
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || share(thread))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
            .collect()
    });
    let mut all = Proved::default();
    for one in done {
        let one = one?;
        all.protocols += one.protocols;
        all.messages += one.messages;
        all.findings += one.findings;
    }
    println!(
        "{} protocols and {} messages compared, {} findings, no difference",
        all.protocols, all.messages, all.findings
    );
    for rules in [100, 1_000] {
        large(rules);
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn large(rules: usize) {
    let (source, vocabulary) = realistic(rules, 1);
    let protocol = read(&source, &vocabulary);
    let domain = Domain::of(&protocol, &vocabulary);
    let start = std::time::Instant::now();
    let analysis = protocol.analyze(&domain, &Calendars::default(), None, Budget::default());
    let took = start.elapsed();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in analysis.findings() {
        *codes.entry(finding.code).or_default() += 1;
    }
    let codes: Vec<String> = codes.iter().map(|(code, n)| format!("{n} {code}")).collect();
    println!("{rules} rules analysed in {:.2} s: {}", took.as_secs_f64(), codes.join(", "));
    for finding in analysis.findings().iter().filter(|finding| finding.code == "P090") {
        println!("  {}", finding.message);
    }
}
