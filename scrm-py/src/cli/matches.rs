//! Which monitors does each row match? A line of JSON for each row, in the order of the rows.
//!
//! Read [`matches`] first; what is read and written is [`table`](super::table)'s.

use std::collections::BTreeMap;

use scrm_core::diagnostic::did_you_mean;
use scrm_core::listen::{Duplicates, Listener, Monitors, Topics};
use scrm_core::model::{Limits, Message};
use scrm_core::query::{Document, Uses};
use scrm_core::text::Text;
use serde::Serialize;

use super::args::Match;
use super::output::complain;
use super::table::{self, Lines, Tally, Teller, Totals};
use super::{Exit, Failure};
use crate::common::{self, Clauses, Explained, Spans};

pub(super) fn matches(args: &Match, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let (monitors, report) =
        common::read_file(&args.monitors).map_err(|fault| Failure::new(Exit::Playbook, fault))?;
    if report.errors() > 0 {
        let fault = format!("the monitors cannot be used\n\n{report}");
        return Err(Failure::new(Exit::Playbook, fault));
    }
    if !report.diagnostics().is_empty() {
        complain(&format!("the monitors have warnings\n\n{report}"));
    }
    let listener = Listener::compile(&monitors, &Topics::default(), &Limits::DEFAULT)
        .map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    if let Some(id) = &args.explain {
        known(id, &monitors)?;
    }
    drop(monitors);
    let matcher = Matcher { listener, spans: args.spans, explain: args.explain.clone(), stats: args.stats };
    table::answer(&args.table, matcher, interrupted)
}

fn known(id: &str, monitors: &Monitors) -> Result<(), Failure> {
    if monitors.monitors.contains_key(id) {
        return Ok(());
    }
    let ids = monitors.monitors.keys().map(scrm_core::model::MonitorId::as_str);
    let help = did_you_mean(id, ids).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::new(Exit::Usage, format!("--explain {id}: there is no monitor `{id}`{help}")))
}

/// What is asked of each row.
struct Matcher {
    listener: Listener,
    spans: bool,
    explain: Option<String>,
    stats: bool,
}

/// What matched.
#[derive(Default)]
struct Matched {
    rows: u64,
    /// By monitor: how many rows it matches.
    hits: BTreeMap<String, u64>,
}

impl Tally for Matched {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        for (id, count) in other.hits {
            *self.hits.entry(id).or_default() += count;
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    row: u64,
    hits: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spans: Option<BTreeMap<&'a str, Vec<Spans>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<Explained>,
}

impl Teller for Matcher {
    type Tools = Clauses;
    type Tally = Matched;

    fn uses(&self) -> &Uses {
        self.listener.uses()
    }

    fn duplicates(&self) -> Option<Duplicates> {
        self.listener.duplicates()
    }

    fn tell(
        &self,
        message: &Message,
        row: u64,
        repeats: bool,
        clauses: &mut Clauses,
        lines: &mut Lines<Matched>,
    ) -> Result<(), serde_json::Error> {
        let text = Text::new(message.text());
        let document = Document::new(message, &text, self.listener.uses()).duplicate(repeats);
        let heard;
        let (hits, spans) = if self.spans {
            heard = self.listener.hear(&document);
            let spans = heard.matches.iter();
            let spans = spans.map(|found| (found.id(), common::spans(&document, found, clauses)));
            (heard.matches.iter().map(scrm_core::listen::Match::id).collect(), Some(spans.collect()))
        } else {
            (self.listener.matches(&document), None)
        };
        let why = self.explain.as_ref().and_then(|id| self.listener.explain(id, &document));
        let explain = why.map(|why| common::explained(&document, &why));
        let tally = &mut lines.totals.tally;
        tally.rows += u64::from(!hits.is_empty());
        if self.stats {
            for id in &hits {
                match tally.hits.get_mut(*id) {
                    Some(count) => *count += 1,
                    None => drop(tally.hits.insert((*id).to_owned(), 1)),
                }
            }
        }
        serde_json::to_writer(&mut lines.bytes, &Line { row, hits, spans, explain })
    }
    fn conclude(&self, totals: &Totals<Matched>) {
        if self.stats {
            let Totals { rows, bad, tally, .. } = totals;
            complain(&format!("{rows} rows, {} with hits, {bad} that cannot be read", tally.rows));
            let mut hits: Vec<(&String, &u64)> = tally.hits.iter().collect();
            hits.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (id, count) in hits {
                complain(&format!("{count:>9}  {id}"));
            }
        } else {
            totals.tell_bad();
        }
        totals.tell_odd();
    }
}
