//! How is a corpus gone through? In groups, each cut into as many parts as there are threads.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use super::Both;
use super::case::BacktestCase;
use super::findings::findings;
use super::load::{self, Departments};
use super::mutation::mutation_score;
use super::report::{Backtest, ProtocolVersion};
use super::rules;
use super::sample;
use super::tally::{Plan, Tally};
use crate::calendar::Team;
use crate::route::{Facet, Router};

/// Cases that are in memory at once.
const GROUP: usize = 8_192;

/// Decides a corpus by two protocols and compares; [`Backtester`] is the same with a team and with progress.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use scrm_core::model::Limits;
/// use scrm_core::playbook::Playbook;
/// use scrm_core::route::{BacktestCase, Given, Router, backtest};
/// let router = |department: &str| {
///     let rule = format!(r#"
///         [protocol]
///         id = "care"
///         version = "1"
///         [[rule]]
///         id = "question"
///         owner = "care"
///         why = "Questions are answered"
///         when = 'type is question'
///         set = {{ department = "{department}" }}
///     "#);
///     let playbook = Playbook::from_file("care.toml", &rule, &Limits::DEFAULT).unwrap();
///     Router::compile(playbook.protocol.clone(), playbook.calendars.clone())
/// };
/// let (old, new) = (router("care"), router("sales"));
/// let at: DateTime<Utc> = "2026-11-02T08:14:00Z".parse().unwrap();
/// let facts = Given::from_json(r#"{"type": "question"}"#, new.protocol().vocabulary()).unwrap();
///
/// let done = backtest(&old, &new, [BacktestCase::of_facts("1", at, facts)], 7);
///
/// assert_eq!((done.cases, done.changed), (1, 1));
/// let department = &done.facets[0].matrix[0];
/// assert_eq!((department.old.as_deref(), department.new.as_deref()), (Some("care"), Some("sales")));
/// assert_eq!(done.strata[0].sample[0].changes[0].new_by[0].as_str(), "question");
/// ```
pub fn backtest(
    old: &Router,
    new: &Router,
    corpus: impl IntoIterator<Item = BacktestCase>,
    seed: u64,
) -> Backtest {
    Backtester::new(old, new, seed).run(corpus)
}

/// Two protocols that are to be compared over a corpus.
#[derive(Debug, Clone)]
pub struct Backtester<'a> {
    old: &'a Router,
    new: &'a Router,
    seed: u64,
    team: Option<&'a Team>,
    sample: usize,
    threads: Option<NonZeroUsize>,
}

impl<'a> Backtester<'a> {
    /// Changed cases that are drawn of each sort of message, unless [`sample`](Self::sample) says otherwise.
    pub const SAMPLE: usize = 5;

    /// Compares these, and draws the sample by this seed.
    pub fn new(old: &'a Router, new: &'a Router, seed: u64) -> Self {
        Self { old, new, seed, team: None, sample: Self::SAMPLE, threads: None }
    }

    /// The same with the people of whom capacities are taken.
    #[must_use]
    pub fn team(mut self, team: &'a Team) -> Self {
        self.team = Some(team);
        self
    }

    /// The same, drawing so many changed cases of each sort of message.
    #[must_use]
    pub fn sample(mut self, cases: usize) -> Self {
        self.sample = cases;
        self
    }

    /// The same with so many threads; without this call, one for each processor. One thread means the caller's own.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Goes through the whole corpus.
    pub fn run(&self, corpus: impl IntoIterator<Item = BacktestCase>) -> Backtest {
        self.run_with(corpus, |_| ControlFlow::Continue(()))
    }

    /// Goes through the corpus, a group of 8,192 cases at a time, and says after each how many cases are done. After a
    /// break the result is over these, and says that it is not complete.
    pub fn run_with(
        &self,
        corpus: impl IntoIterator<Item = BacktestCase>,
        mut progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Backtest {
        let departments = Departments::of([self.old, self.new]);
        let plan = Plan { old: self.old, new: self.new, seed: self.seed, drawn: self.sample, departments };
        let workers = Workers::new(self.threads);
        let mut tallies: Vec<Tally> = (0..workers.threads).map(|_| Tally::new(&plan)).collect();
        let mut corpus = corpus.into_iter();
        let (mut group, mut done, mut complete) = (Vec::with_capacity(GROUP), 0, true);
        loop {
            group.clear();
            group.extend(corpus.by_ref().take(GROUP));
            if group.is_empty() {
                break;
            }
            workers.each(&plan, &mut tallies, &group);
            done += group.len() as u64;
            if progress(done).is_break() {
                complete = false;
                break;
            }
        }
        let mut tallies = tallies.into_iter();
        let mut all = tallies.next().unwrap_or_else(|| Tally::new(&plan));
        tallies.for_each(|tally| all.merge(tally));
        self.report(&plan, all, complete)
    }

    fn report(&self, plan: &Plan<'_>, all: Tally, complete: bool) -> Backtest {
        let (old, new) = (self.old.protocol(), self.new.protocol());
        let load = load::report(&all.load, &plan.departments, self.new.calendars(), self.team);
        let findings = findings(new, all.cases, &all.rules.new, &load);
        let strata: Vec<sample::Stratum> = all.strata.into_iter().map(stratum).collect();
        let told = |known: &sample::Stratum| known.cases;
        let facets = Facet::ALL.iter().zip(all.facets);
        let agreement = Both { old: all.people.old.report(), new: all.people.new.report() };
        let known = agreement.new.cases > 0 || agreement.old.promised > 0 || agreement.new.promised > 0;
        Backtest {
            protocols: Both { old: ProtocolVersion::of(old), new: ProtocolVersion::of(new) },
            seed: self.seed,
            complete,
            cases: all.cases,
            noise: all.noise,
            changed: all.changed,
            from: all.span.map(|(from, _)| from),
            to: all.span.map(|(_, to)| to),
            completeness: all.completeness,
            facets: facets.map(|(facet, tally)| tally.report(*facet)).collect(),
            strata_left_out: all.cases - strata.iter().map(told).sum::<u64>(),
            strata,
            rules: rules::report((old, &all.rules.old), (new, &all.rules.new)),
            shadow: all.rules.new.shadow(new),
            load,
            agreement: known.then_some(agreement),
            mutation: mutation_score(new, self.new.calendars()),
            findings,
        }
    }
}

fn stratum((key, drawn): (String, sample::Drawn)) -> sample::Stratum {
    let name = |part: &str| Some(part.to_owned()).filter(|part| !part.is_empty());
    let (kind, issue) = key.split_once(super::judge::Stratum::BETWEEN).unwrap_or((&key, ""));
    let (kind, issue, cases, changed) = (name(kind), name(issue), drawn.cases, drawn.changed);
    sample::Stratum { kind, issue, cases, changed, sample: drawn.into_sample() }
}

/// Who counts: the caller's own thread, or a pool that shares nothing with the host's.
struct Workers {
    threads: usize,
    #[cfg(feature = "parallel")]
    pool: Option<rayon::ThreadPool>,
}

impl Workers {
    #[cfg(feature = "parallel")]
    fn new(threads: Option<NonZeroUsize>) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.map_or_else(processors, NonZeroUsize::get);
        let pool = (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok());
        let pool = pool.flatten();
        Self { threads: if pool.is_some() { threads } else { 1 }, pool }
    }

    #[cfg(not(feature = "parallel"))]
    fn new(_: Option<NonZeroUsize>) -> Self {
        Self { threads: 1 }
    }

    /// Counts a group, in as many parts as there are tallies.
    fn each(&self, plan: &Plan<'_>, tallies: &mut [Tally], group: &[BacktestCase]) {
        let count = |(tally, part): (&mut Tally, &[BacktestCase])| {
            part.iter().for_each(|case| tally.add(plan, case));
        };
        let size = group.len().div_ceil(self.threads).max(1);
        #[cfg(feature = "parallel")]
        if let Some(pool) = &self.pool {
            use rayon::prelude::*;
            return pool.install(|| tallies.par_iter_mut().zip(group.par_chunks(size)).for_each(count));
        }
        tallies.iter_mut().zip(group.chunks(size)).for_each(count);
    }
}
