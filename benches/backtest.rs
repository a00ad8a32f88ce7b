//! How long does it take to decide a million messages of the past by two protocols of a thousand rules?
//!
//! `cargo bench --bench backtest` prints the figures; `-- 100000` takes so many messages. On a sample the counts are held
//! to the plain evaluation of both protocols, and one thread to two.

#![allow(clippy::print_stdout, reason = "what was measured is what this program is for")]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Instant;

use benches::memory::{Counting, counted};
use benches::rules::company::{case, protocol};
use benches::rules::{now, router};
use chrono::Duration;
use scrm_core::calendar::{Person, Team};
use scrm_core::model::{Context, Department, PersonId};
use scrm_core::route::{
    Backtest, BacktestCase, Backtester, Facet, HumanOutcome, PlainDecision, Router, Subject,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const RULES: usize = 1_000;
const MESSAGES: usize = 1_000_000;
/// Messages of the sample that is checked.
const CHECKED: usize = 1_000;
const SEED: u64 = 7;

/// What a protocol of a company has besides its rules.
const CLAUSES: &str = r#"
[[calendar]]
id = "hq"
tz = "Europe/London"
week = { mon = ["08:00-20:00"], tue = ["08:00-20:00"], wed = ["08:00-20:00"], thu = ["08:00-20:00"], fri = ["08:00-20:00"] }
[[sla]]
id = "normal"
calendar = "hq"
first_response = { within = "8h" }
[[sla]]
id = "fast"
calendar = "hq"
first_response = { within = "1h" }
[[rule]]
id = "every-complaint"
owner = "d0"
why = "w"
when = 'type is complaint'
set = { sla = "fast" }
[[rule]]
id = "everything"
owner = "d0"
why = "w"
when = 'seen in ["public", "direct"]'
set = { sla = "normal" }
[[rule]]
id = "on-trial"
owner = "d0"
why = "w"
when = 'issue under "area1"'
set = { respond = "macro" }
status = "shadow"
"#;

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let messages = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(MESSAGES);
    let (old, new) = (router(&company(0))?, router(&company(20))?);
    let team = team()?;
    let tester = |threads| Backtester::new(&old, &new, SEED).team(&team).threads(threads);
    let two = NonZeroUsize::MIN.saturating_add(1);
    check(&old, &new, &tester(two).run(corpus(CHECKED)), &tester(NonZeroUsize::MIN).run(corpus(CHECKED)))?;
    let made = timed(|| cases().take(messages).filter(|case| case.outcome.is_some()).count()).0;
    println!("{messages} messages, two protocols of {RULES} rules; made alone in {made:.1} s");
    for threads in [NonZeroUsize::MIN, two] {
        let (seconds, done) = timed(|| tester(threads).run(cases().take(messages)));
        let drawn: usize = done.strata.iter().map(|stratum| stratum.sample.len()).sum();
        println!(
            "{threads} threads: {seconds:.1} s, {:.0} messages/s; {} changed, {drawn} drawn, {} findings",
            messages as f64 / seconds,
            done.changed,
            done.findings.len()
        );
    }
    for part in [messages / 10, messages / 5] {
        let (_, bytes) = counted(|| tester(two).run(cases().take(part)));
        println!("{part} messages take {:.0} MB at most", bytes.peak as f64 / 1e6);
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    #[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}

/// The rules of a company, so many in a hundred of them changed in the past week.
fn company(percent: usize) -> String {
    let pieces =
        |seed| -> Vec<String> { protocol(seed, RULES).split("[[rule]]").map(str::to_owned).collect() };
    let (first, second) = (pieces(1), pieces(2));
    let pairs = first.into_iter().zip(second).enumerate();
    let rules: Vec<String> =
        pairs.map(|(at, (old, new))| if at > 0 && at * 37 % 100 < percent { new } else { old }).collect();
    format!("{}\n{CLAUSES}", rules.join("[[rule]]"))
}

/// Twelve departments of ten people who can each answer a hundred cases a day.
fn team() -> Result<Team, String> {
    let mut team = Team::default();
    for number in 0..120 {
        let id = PersonId::new(format!("p{number}")).map_err(|error| error.to_string())?;
        let person = Person {
            departments: [format!("d{}", number % 12)].into(),
            capacity: Some(100),
            ..Person::new(id.clone())
        };
        team.people.insert(id, person);
    }
    Ok(team)
}

/// Messages of four weeks; people answered every second one.
fn cases() -> impl Iterator<Item = BacktestCase> {
    (0..).map(|index: usize| {
        let made = case(1, index);
        let mut case =
            BacktestCase::of_message(made.message, made.classification, made.hits, Context::default());
        let seconds = (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) % (28 * 86_400);
        case.at = now() + Duration::seconds(seconds as i64);
        let department = Department::new(format!("d{}", index % 12)).ok();
        case.outcome = index.is_multiple_of(2).then(|| HumanOutcome {
            department,
            first_response: Some(case.at + Duration::hours((index % 30) as i64)),
        });
        case
    })
}

fn corpus(messages: usize) -> Vec<BacktestCase> {
    cases().take(messages).collect()
}

/// Counts must be those of both protocols asked plainly, and the same for one thread and two.
fn check(old: &Router, new: &Router, two: &Backtest, one: &Backtest) -> Result<(), String> {
    let text = |done: &Backtest| serde_json::to_string(done).map_err(|error| error.to_string());
    if text(one)? != text(two)? {
        return Err("one thread and two do not give the same bytes".to_owned());
    }
    let mut fired: BTreeMap<String, u64> = BTreeMap::new();
    let (mut changed, mut departments) = (0, 0);
    for case in corpus(CHECKED) {
        let (before, after) = (plainly(old, &case)?, plainly(new, &case)?);
        changed += u64::from(before.facets != after.facets);
        departments += u64::from(before.facets.department != after.facets.department);
        for rule in after.fired.iter().chain(&after.shadow) {
            *fired.entry(rule.to_string()).or_default() += 1;
        }
    }
    let counted: BTreeMap<String, u64> = one
        .rules
        .iter()
        .filter_map(|rule| Some((rule.rule.to_string(), rule.new.filter(|cases| *cases > 0)?)))
        .collect();
    let facet = one.facets.iter().find(|facet| facet.facet == Facet::Department.as_str());
    let differ = facet.map(|facet| facet.added + facet.removed + facet.changed);
    if one.changed != changed || counted != fired || differ != Some(departments) {
        return Err(format!("{changed} cases change, not {}; or rules fire otherwise", one.changed));
    }
    Ok(())
}

fn plainly(router: &Router, case: &BacktestCase) -> Result<PlainDecision, String> {
    let Subject::Message(known) = &case.subject else { return Err("a case without a message".to_owned()) };
    let context = Context { now: Some(case.at), ..known.context.clone() };
    Ok(router.about(&known.message, &known.classification, &known.hits, &context).decide_plainly())
}
