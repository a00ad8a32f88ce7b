//! How good is the built-in classifier on labelled texts? Its axes, by the names that labels have.
//!
//! Read [`Judge`] first.

use std::collections::BTreeMap;
use std::path::Path;

use scrm_core::classify::{Settings, TaskKind};
use scrm_core::learn::{Answer, Example, Report};
use scrm_core::listen::Topics;
use scrm_core::model::{Classification, Limits, SentimentLabel};
use scrm_core::playbook::Playbook;

use super::{Exit, Failure};
use crate::common;

/// Texts that are judged before it is asked whether somebody wants to stop.
const CHUNK: usize = 1024;

/// One axis of a classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Sentiment,
    Type,
    Noise,
    Topics,
}

impl Axis {
    pub(super) const NAMES: [&str; 4] = ["sentiment", "type", "noise", "topics"];

    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "sentiment" => Some(Self::Sentiment),
            "type" => Some(Self::Type),
            "noise" => Some(Self::Noise),
            "topics" => Some(Self::Topics),
            _ => None,
        }
    }

    /// The labels that it may give, where they are fixed.
    fn labels(self) -> &'static [&'static str] {
        match self {
            Self::Sentiment => &["negative", "neutral", "positive"],
            Self::Type => &["question", "complaint", "compliment", "request", "suggestion", "other"],
            Self::Noise => &["no_monitor", "spam", "bot", "repost", "auto_reply", "no_content", "off_topic"],
            Self::Topics => &[],
        }
    }

    /// What else its labels are called.
    fn alias(self, label: &str) -> Option<&'static str> {
        let names: &[(&str, &str)] = match self {
            Self::Sentiment => &[
                ("0", "negative"),
                ("1", "neutral"),
                ("2", "positive"),
                ("neg", "negative"),
                ("neu", "neutral"),
                ("pos", "positive"),
            ],
            Self::Noise => {
                &[("ham", ""), ("none", ""), ("0", ""), ("no", ""), ("1", "spam"), ("off-topic", "off_topic")]
            }
            Self::Type | Self::Topics => &[],
        };
        names.iter().find(|(name, _)| *name == label.to_lowercase()).map(|(_, label)| *label)
    }

    /// What a classification says of it.
    fn said(self, label: &Classification) -> Vec<String> {
        match self {
            // What is unknown shows no feeling.
            Self::Sentiment => {
                let said =
                    label.sentiment.value.as_ref().map_or(SentimentLabel::Neutral, |value| value.label);
                vec![said.as_str().to_owned()]
            }
            Self::Type => label.types.iter().map(|kind| kind.as_str().to_owned()).collect(),
            Self::Noise => label.noise.iter().map(|noise| noise.reason.as_str().to_owned()).collect(),
            Self::Topics => {
                label.topics.value.iter().flatten().map(|topic| topic.as_str().to_owned()).collect()
            }
        }
    }
}

/// The built-in classifier, asked for one axis.
pub(super) struct Judge {
    axis: Axis,
    judge: common::Judge,
}

impl Judge {
    /// Topics are the playbook's, so they need one.
    pub(super) fn new(axis: Axis, playbook: Option<&Path>) -> Result<Self, Failure> {
        if axis == Axis::Topics && playbook.is_none() {
            return Err(Failure::new(
                Exit::Usage,
                "--task topics: topics are those of a playbook; give --playbook DIR",
            ));
        }
        let refuse = |fault: String| Failure::new(Exit::Playbook, fault);
        let judge = match playbook {
            Some(folder) => {
                let playbook = Playbook::load(folder).map_err(|error| refuse(error.to_string()))?;
                common::Judge::of_playbook(&playbook)
            }
            None => common::Judge::new(&Topics::default(), Settings::default(), &Limits::DEFAULT),
        };
        Ok(Self { axis, judge: judge.map_err(|error| refuse(error.to_string()))? })
    }

    pub(super) fn is_any_of(&self) -> bool {
        matches!(self.axis, Axis::Type | Axis::Topics)
    }

    /// Measures the labels that occur. A single one is measured against all that is not it.
    pub(super) fn report(
        &self,
        examples: &[Example],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Report>, Failure> {
        let gold: Vec<Vec<String>> =
            examples.iter().map(|example| self.gold(example)).collect::<Result<_, _>>()?;
        let mut said = Vec::with_capacity(examples.len());
        for chunk in examples.chunks(CHUNK) {
            if interrupted() {
                return Ok(None);
            }
            for example in chunk {
                said.push(self.axis.said(&self.classify(&example.text)?));
            }
        }
        Ok(Some(report(self.axis, &gold, &said)))
    }

    fn classify(&self, text: &str) -> Result<Classification, Failure> {
        let message = common::said(text.to_owned(), 1, &Limits::DEFAULT);
        let message = message.map_err(|fault| Failure::new(Exit::Input, fault))?;
        Ok(self.judge.judge(&message, false).classification)
    }

    /// The labels of an example by the names of the axis.
    fn gold(&self, example: &Example) -> Result<Vec<String>, Failure> {
        let known = self.axis.labels();
        let name = |label: &String| {
            let own = known.is_empty() || known.contains(&label.as_str());
            match self.axis.alias(label) {
                _ if own => Ok(label.clone()),
                Some(alias) => Ok(alias.to_owned()),
                None => Err(Failure::new(
                    Exit::Input,
                    format!(
                        "there is no label `{label}`, only: {}; give --map {label}=LABEL, or --map {label}= for none",
                        known.join(", ")
                    ),
                )),
            }
        };
        let labels: Vec<String> = example.labels.iter().map(name).collect::<Result<_, _>>()?;
        Ok(labels.into_iter().filter(|label| !label.is_empty()).collect())
    }
}

fn report(axis: Axis, gold: &[Vec<String>], said: &[Vec<String>]) -> Report {
    let occurring: BTreeMap<&String, ()> = gold.iter().flatten().map(|label| (label, ())).collect();
    let order = |label: &&String| axis.labels().iter().position(|known| *known == label.as_str());
    let mut labels: Vec<&String> = occurring.into_keys().collect();
    labels.sort_by_key(order);
    let numbers = |all: &[String]| -> Vec<usize> {
        (0..).zip(&labels).filter(|(_, label)| all.contains(label)).map(|(at, _)| at).collect()
    };
    if let [only] = labels.as_slice() {
        let yes = |all: &[String]| vec![usize::from(all.contains(only))];
        let names = [format!("not {only}"), (*only).clone()];
        let answers: Vec<Answer> = gold
            .iter()
            .zip(said)
            .map(|(gold, said)| Answer { gold: yes(gold), said: yes(said), ..Answer::default() })
            .collect();
        return Report::new(TaskKind::OneOf, &names, &answers);
    }
    let answers: Vec<Answer> = gold
        .iter()
        .zip(said)
        .map(|(gold, said)| Answer { gold: numbers(gold), said: numbers(said), ..Answer::default() })
        .collect();
    let kind = if axis == Axis::Sentiment { TaskKind::OneOf } else { TaskKind::AnyOf };
    let names: Vec<String> = labels.into_iter().cloned().collect();
    Report::new(kind, &names, &answers)
}
