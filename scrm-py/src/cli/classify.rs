//! What is each row: type, sentiment, topics, action needed? A line for each, in the order of the rows.
//!
//! Read [`classify`] first; what is read and written is [`table`](super::table)'s, what is said is
//! [`common::Judge`]'s.

use std::io::Write as _;

use scrm_core::classify::{Settings, Thresholds};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::listen::{Duplicates, Topics};
use scrm_core::model::{Limits, Message};
use scrm_core::playbook::Playbook;
use scrm_core::query::Uses;

use super::args::{Classify, Explain};
use super::output::complain;
use super::table::{self, Lines, Teller};
use super::{Exit, Failure};
use crate::common::{self, Judge, Labels};

pub(super) fn classify(args: &Classify, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let judge = judge(args)?;
    table::answer(&args.table, Labeller { judge, explain: args.explain }, interrupted)
}

/// What to judge by: the library's thresholds without topics, a file of topics, or a playbook's topics and thresholds.
fn judge(args: &Classify) -> Result<Judge, Failure> {
    let fault = |fault: String| Failure::new(Exit::Playbook, fault);
    let (mut settings, mut limits) = (Settings::default(), Limits::DEFAULT);
    let topics = match (&args.playbook, &args.topics) {
        (Some(folder), _) => {
            let playbook = Playbook::load(folder).map_err(|error| fault(error.to_string()))?;
            if !playbook.warnings().diagnostics().is_empty() {
                complain(&format!("the playbook has warnings\n\n{}", playbook.warnings()));
            }
            (settings, limits) = (common::settings_of(&playbook), playbook.limits().clone());
            playbook.topics
        }
        (None, Some(path)) => {
            let (topics, report) = common::read_topics(path).map_err(fault)?;
            if report.errors() > 0 {
                return Err(fault(format!("the topics cannot be used\n\n{report}")));
            }
            if !report.diagnostics().is_empty() {
                complain(&format!("the topics have warnings\n\n{report}"));
            }
            topics
        }
        (None, None) => Topics::default(),
    };
    for word in &args.threshold {
        set(&mut settings.thresholds, word)
            .map_err(|fault| Failure::new(Exit::Usage, format!("--threshold {word}: {fault}")))?;
    }
    Judge::new(&topics, settings, &limits).map_err(|error| fault(error.to_string()))
}

/// Sets a threshold as `sentiment=0.6` says.
fn set(thresholds: &mut Thresholds, word: &str) -> Result<(), String> {
    let (name, value) = word.split_once('=').ok_or("write AXIS=CONFIDENCE")?;
    let axes = [
        ("type", &mut thresholds.kind),
        ("sentiment", &mut thresholds.sentiment),
        ("issue", &mut thresholds.issue),
        ("action", &mut thresholds.action),
        ("language", &mut thresholds.language),
    ];
    let names = axes.each_ref().map(|(name, _)| *name);
    let axis = axes.into_iter().find(|(known, _)| *known == name.trim());
    let (_, threshold) = axis.ok_or_else(|| match did_you_mean(name.trim(), names) {
        Some(near) => format!("there is no axis `{name}`; did you mean `{near}`?"),
        None => format!("there is no axis `{name}`; there are: {}", names.join(", ")),
    })?;
    let value = value.trim().parse::<f32>().ok().filter(|value| (0.0..=1.0).contains(value));
    *threshold = value.ok_or("a confidence is a number between 0 and 1")?;
    Ok(())
}

struct Labeller {
    judge: Judge,
    explain: Option<Explain>,
}

impl Teller for Labeller {
    type Tools = ();
    type Tally = ();

    fn uses(&self) -> &Uses {
        self.judge.uses()
    }

    fn duplicates(&self) -> Option<Duplicates> {
        self.judge.duplicates()
    }

    fn tell(
        &self,
        message: &Message,
        row: u64,
        repeats: bool,
        (): &mut (),
        lines: &mut Lines<()>,
    ) -> Result<(), serde_json::Error> {
        let text = message.text();
        match self.explain {
            None => {
                let judged = self.judge.judge(message, repeats);
                serde_json::to_writer(&mut lines.bytes, &Labels::new(&judged, text, Some(row)))
            }
            Some(Explain::Json) => {
                let judged = self.judge.explain(message, repeats);
                serde_json::to_writer(&mut lines.bytes, &Labels::explained(&judged, text, Some(row)))
            }
            Some(Explain::Text) => {
                let judged = self.judge.explain(message, repeats);
                let table = common::table(&judged, message);
                writeln!(lines.bytes, "row {row}\n{table}").map_err(serde_json::Error::io)
            }
        }
    }
}
