//! What is there to be decided anew? Facts or messages of the past, one JSON object each.
//!
//! An object with an `external_id` is a message in the model's own form; every other is facts, with `id`, `at` and what
//! people did (`outcome`) besides. A corpus has the one or the other.

use chrono::{DateTime, Utc};
use scrm_core::classify::{Classifier, Settings};
use scrm_core::diagnostic::Report;
use scrm_core::engine::{Engine, Reading};
use scrm_core::model::{Context, Department, Message};
use scrm_core::playbook::Playbook;
use scrm_core::route::{BacktestCase, Given, HumanOutcome, Replay, Router};
use scrm_core::text::Text;
use serde_json::{Map, Value};

/// Reads lines of a corpus.
pub(crate) struct Corpus<'a> {
    playbook: &'a Playbook,
    now: DateTime<Utc>,
    rows: u64,
    has_facts: bool,
    messages: Option<Vec<(Message, Option<HumanOutcome>)>>,
}

/// What a line is.
pub(crate) enum Line {
    /// Facts: a case by themselves.
    Facts(Box<BacktestCase>),
    /// A message: a case once all have been put in order.
    Kept,
}

impl<'a> Corpus<'a> {
    /// Facts without a time are of `now`; names are those of the playbook.
    pub(crate) fn new(playbook: &'a Playbook, now: DateTime<Utc>) -> Self {
        Self { playbook, now, rows: 0, has_facts: false, messages: None }
    }

    /// Reads the next line.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub(crate) fn line(&mut self, json: &str) -> Result<Line, String> {
        self.rows += 1;
        let value = serde_json::from_str(json).map_err(|error| format!("not valid JSON: {error}"))?;
        let Value::Object(mut object) = value else { return Err("it is no JSON object".to_owned()) };
        let outcome = object.remove("outcome").map(outcome).transpose()?;
        if object.contains_key("external_id") {
            if self.has_facts {
                return Err("a message among facts: a corpus has the one or the other".to_owned());
            }
            let message: Message =
                serde_json::from_value(Value::Object(object)).map_err(|error| error.to_string())?;
            self.messages.get_or_insert_default().push((message, outcome));
            return Ok(Line::Kept);
        }
        if self.messages.is_some() {
            return Err("facts among messages: a corpus has the one or the other".to_owned());
        }
        let case = self.facts(object, outcome)?;
        self.has_facts = true;
        Ok(Line::Facts(Box::new(case)))
    }

    fn facts(
        &self,
        mut object: Map<String, Value>,
        outcome: Option<HumanOutcome>,
    ) -> Result<BacktestCase, String> {
        let id = match object.remove("id") {
            Some(Value::String(id)) => id,
            Some(id) => id.to_string(),
            None => self.rows.to_string(),
        };
        let given = Given::from_json(&Value::Object(object).to_string(), self.playbook.protocol.vocabulary())
            .map_err(|report| one_line(&report))?;
        let case = BacktestCase::of_facts(id, given.at().unwrap_or(self.now), given);
        Ok(match outcome {
            Some(outcome) => case.with_outcome(outcome),
            None => case,
        })
    }

    /// The messages as cases, in the order in which they were observed; none when the corpus is of facts.
    ///
    /// They are listened to and classified as the playbook says; without monitors all are heard.
    ///
    /// # Errors
    /// When the playbook cannot be compiled.
    pub(crate) fn replay<'r>(
        self,
        old: &'r Router,
        new: &'r Router,
    ) -> Result<Box<dyn Iterator<Item = BacktestCase> + 'r>, String> {
        let Some(mut messages) = self.messages else { return Ok(Box::new(std::iter::empty())) };
        Replay::in_order(&mut messages, |(message, _)| message);
        let engine = Engine::compile(self.playbook).map_err(|error| error.to_string())?;
        let alone = self.playbook.monitors.monitors.is_empty();
        let classifier =
            Classifier::new(Settings { unheard_is_noise: false, ..super::settings_of(self.playbook) });
        let mut replay = Replay::new(old, new);
        Ok(Box::new(messages.into_iter().map(move |(message, outcome)| {
            let Reading { hits, mut classification } = engine.read(&message);
            if alone {
                classification = classifier.classify(&message, &Text::new(message.text()), &hits);
            }
            let case = replay.case(message, classification, hits, Context::default());
            match outcome {
                Some(outcome) => case.with_outcome(outcome),
                None => case,
            }
        })))
    }
}

/// What people did: `{"department": "care", "first_response": "2026-11-02T09:14:00Z"}`.
fn outcome(value: Value) -> Result<HumanOutcome, String> {
    let Value::Object(object) = value else { return Err("`outcome` is no JSON object".to_owned()) };
    let mut outcome = HumanOutcome::default();
    for (key, value) in object {
        let text = value.as_str().ok_or_else(|| format!("`outcome.{key}` is no text"))?;
        match key.as_str() {
            "department" => {
                outcome.department = Some(Department::new(text).map_err(|error| error.to_string())?);
            }
            "first_response" => {
                let time =
                    text.parse().map_err(|_| format!("`outcome.first_response`: `{text}` is no time"))?;
                outcome.first_response = Some(time);
            }
            _ => return Err(format!("`outcome` has no `{key}`: it has department and first_response")),
        }
    }
    Ok(outcome)
}

/// The faults of facts in one line.
pub(crate) fn one_line(report: &Report) -> String {
    let fault = |fault: &scrm_core::diagnostic::Diagnostic| match &fault.help {
        Some(help) => format!("{} ({help})", fault.message),
        None => fault.message.clone(),
    };
    report.diagnostics().iter().map(fault).collect::<Vec<_>>().join("; ")
}
