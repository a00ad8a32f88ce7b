//! How many decisions a second, on one core? Against every rule asked by itself, from 10 to 10,000 rules.
//!
//! `cargo bench --bench route` prints the curve; `-- 100000` adds a size. On a sample each decision is held to the plain
//! evaluation. `cargo bench --manifest-path benches/rivals/Cargo.toml` asks the `zen-engine` crate the same.

#![allow(clippy::print_stdout, reason = "what was measured is what this program is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::memory::{Counting, counted};
use benches::rules::company::{Case, case, protocol};
use benches::rules::router;
use scrm_core::model::Context;
use scrm_core::route::Router;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Messages of a pass.
const MESSAGES: usize = 2_000;
/// Passes of each measure, of which the fastest counts.
const PASSES: usize = 5;

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let cases: Vec<Case> = (0..MESSAGES).map(|index| case(1, index)).collect();
    println!("{MESSAGES} messages, one core; decisions/s, fired a message, ratio to asking every rule");
    let more = std::env::args().filter_map(|word| word.parse().ok());
    for n_rules in [10, 100, 1_000, 10_000].into_iter().chain(more) {
        let text = protocol(1, n_rules);
        #[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let start = Instant::now();
        let router = router(&text)?;
        let load = start.elapsed();
        let (_, bytes) = counted(|| benches::rules::router(&text));
        let fired = check(&router, &cases)?;
        let context = Context::default();
        let decide = |case: &Case| {
            router.decide(black_box(&case.message), &case.classification, &case.hits, &context).fired.len()
        };
        let plainly = |case: &Case| {
            let inquiry = router.about(black_box(&case.message), &case.classification, &case.hits, &context);
            inquiry.decide_plainly().fired.len()
        };
        let n_plain = (MESSAGES * 100 / n_rules).clamp(20, MESSAGES);
        let indexed = rate(&cases, decide);
        let plain = rate(cases.get(..n_plain).unwrap_or(&cases), plainly);
        println!(
            "{n_rules:>7} rules: {indexed:>9.0} {fired:>6.1} {:>8.1} x   loaded in {:.0} ms, {} bytes a rule",
            indexed / plain,
            1e3 * load.as_secs_f64(),
            bytes.held / n_rules as u64
        );
    }
    Ok(())
}

/// Rules that fire for one message on average; decisions of a sample must be those of the plain evaluation.
fn check(router: &Router, cases: &[Case]) -> Result<f64, String> {
    let (mut fired, mut looked_at) = (0, 0);
    for case in cases.iter().step_by(20) {
        let context = Context::default();
        let inquiry = router.about(&case.message, &case.classification, &case.hits, &context);
        let (decision, plain) = (inquiry.decide(), inquiry.decide_plainly());
        let near: Vec<_> = decision.near.iter().map(|near| near.rule.clone()).collect();
        if decision.facets != plain.facets || decision.conflicts != plain.conflicts || near != plain.near {
            return Err(format!("{:?} is decided as {decision:?} and not as {plain:?}", case.message.text()));
        }
        fired += plain.fired.len();
        looked_at += 1;
    }
    Ok(f64::from(u32::try_from(fired).unwrap_or(u32::MAX)) / f64::from(looked_at))
}

/// Cases a second, in the fastest of several passes, each of which must count the same.
fn rate(cases: &[Case], each: impl Fn(&Case) -> usize) -> f64 {
    let mut best = Duration::MAX;
    let mut counted = None;
    for _ in 0..PASSES {
        #[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
        let start = Instant::now();
        let count: usize = cases.iter().map(&each).sum();
        best = best.min(start.elapsed());
        assert_eq!(*counted.get_or_insert(count), count, "each pass decides the same");
    }
    cases.len() as f64 / best.as_secs_f64().max(1e-9)
}
