//! Do calendars say what a walk by minutes says, at every change of every clock?
//!
//! `cargo bench --bench prove_calendar` walks every zone of the IANA database over all of its changes from 1990 to 2037,
//! on all processors; `-- 2020 2026` those of other years. It ends with the first difference, or with what was compared.

#![allow(clippy::print_stdout, reason = "what was compared is what this program is for")]

use benches::walk::{Walked, walk_zone};
use chrono_tz::TZ_VARIANTS;

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<i32>().ok());
    let (first, last) = (numbers.next().unwrap_or(1990), numbers.next().unwrap_or(2037));
    let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let shared = |thread: usize| {
        let zones = TZ_VARIANTS.iter().skip(thread).step_by(n_threads);
        let walked = zones.map(|tz| walk_zone(*tz, first..=last)).collect::<Result<Vec<_>, String>>()?;
        let changing = walked.iter().filter(|walked| walked.changes > 0).count();
        Ok::<_, String>((changing, walked.into_iter().fold(Walked::default(), Walked::and)))
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || shared(thread))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
            .collect()
    });
    let (mut changing, mut all) = (0, Walked::default());
    for one in done {
        let (more, walked) = one?;
        (changing, all) = (changing + more, all.and(walked));
    }
    println!(
        "{} zones, {changing} of which change, {} changes from {first} to {last}: {} minutes walked, {} deadlines, sums and openings, no difference",
        TZ_VARIANTS.len(),
        all.changes,
        all.minutes,
        all.answers
    );
    Ok(())
}
