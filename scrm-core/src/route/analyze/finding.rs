//! What was found? Findings with their witnesses, and what could not be decided.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::Witness;
use crate::route::condition::Truth;
use crate::route::facet::Facet;
use crate::route::given::Given;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// It must not stay.
    Error,
    /// It is probably not what was meant.
    Warning,
    /// It may be meant, and should be known.
    Info,
}

impl Grade {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that an analysis found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// A code that stays the same over versions, see [`Protocol::analyze`](crate::route::Protocol::analyze).
    pub code: &'static str,
    /// The rules it is about, by id; that which is found first.
    pub rules: Vec<String>,
    /// The facet it is about.
    #[serde(serialize_with = "facet_name")]
    pub facet: Option<Facet>,
    /// How bad it is.
    #[serde(rename = "severity")]
    pub grade: Grade,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// Facts for which the ordinary evaluator does what the finding says.
    pub witness: Option<Given>,
    /// What is taken to be so besides, because no facts were found that say it; then it is no error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assuming: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn facet_name<S: serde::Serializer>(facet: &Option<Facet>, serializer: S) -> Result<S::Ok, S::Error> {
    facet.map(Facet::as_str).serialize(serializer)
}

impl Finding {
    pub(in crate::route) fn new(
        code: &'static str,
        grade: Grade,
        rules: Vec<String>,
        message: String,
    ) -> Self {
        Self { code, rules, facet: None, grade, message, help: None, witness: None, assuming: Vec::new() }
    }

    #[must_use]
    pub(super) fn on(self, facet: Facet) -> Self {
        Self { facet: Some(facet), ..self }
    }

    #[must_use]
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    #[must_use]
    pub(super) fn seen(self, witness: Witness) -> Self {
        let assuming = witness.assumed.into_iter().filter_map(|(text, truth)| match truth {
            Truth::True => Some(text),
            Truth::False => Some(format!("not {text}")),
            Truth::Unknown => None,
        });
        let assuming: Vec<String> = assuming.collect();
        // What rests on more than facts is not proven.
        let grade = if assuming.is_empty() { self.grade } else { self.grade.max(Grade::Warning) };
        Self { witness: Some(witness.given), assuming, grade, ..self }
    }
}

/// Everything that an analysis found, by code and rules.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Analysis {
    findings: Vec<Finding>,
}

impl Analysis {
    /// The findings.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether something must not stay.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.grade == Grade::Error)
    }

    /// Whether everything was decided: there is no P090.
    pub fn is_complete(&self) -> bool {
        self.findings.iter().all(|finding| finding.code != "P090")
    }
}

impl std::fmt::Display for Analysis {
    /// One finding after the other, with its witness.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for finding in &self.findings {
            let Finding { code, grade, message, .. } = finding;
            writeln!(f, "{}[{code}]: {message}", grade.as_str())?;
            if let Some(witness) = &finding.witness {
                let witness = serde_json::to_string(witness).map_err(|_| std::fmt::Error)?;
                writeln!(f, "  witness: {witness}")?;
            }
            if !finding.assuming.is_empty() {
                writeln!(f, "  assuming: {}", finding.assuming.join(", "))?;
            }
            if let Some(help) = &finding.help {
                writeln!(f, "  help: {help}")?;
            }
        }
        Ok(())
    }
}

/// Why something was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// The steps were spent.
    Spent,
    /// A condition is too many boxes.
    TooLarge,
    /// There are more than are told.
    TooMany,
    /// The evaluator does not do what was found.
    Disputed,
}

/// Findings as they come, and questions that stay open.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    open: BTreeMap<(Why, &'static str), BTreeSet<String>>,
    most: usize,
    told: BTreeMap<&'static str, usize>,
}

impl Findings {
    pub(super) fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// One more, unless there are too many of its code.
    pub(super) fn push(&mut self, finding: Finding) {
        let told = self.told.entry(finding.code).or_default();
        *told += 1;
        if *told > self.most {
            self.open.entry((Why::TooMany, finding.code)).or_default();
        } else {
            self.found.push(finding);
        }
    }

    /// Whether no more of a code are told.
    pub(super) fn is_full(&self, code: &'static str) -> bool {
        self.told.get(code).is_some_and(|told| *told > self.most)
    }

    /// Whether a rule has a finding of one of these codes, as the rule that it is first about.
    pub(super) fn has(&self, codes: &[&str], rule: &str) -> bool {
        let about = |finding: &Finding| match finding.code {
            "P010" => finding.rules.iter().any(|id| id == rule),
            _ => finding.rules.first().is_some_and(|id| id == rule),
        };
        self.found.iter().any(|finding| codes.contains(&finding.code) && about(finding))
    }

    /// Something that was not decided.
    pub(super) fn leave_open(&mut self, why: Why, code: &'static str, about: impl Into<String>) {
        self.open.entry((why, code)).or_default().insert(about.into());
    }

    pub(super) fn finish(mut self) -> Analysis {
        for ((why, code), about) in std::mem::take(&mut self.open) {
            let about: Vec<String> = about.into_iter().collect();
            let (message, help) = match why {
                Why::Spent => ("is not decided: the steps are spent", "give the analysis more steps"),
                Why::TooLarge => ("is not decided: a condition is too large", "split the rule in two"),
                Why::TooMany => ("has more findings than are told", "settle those that are told first"),
                Why::Disputed => ("is not proven: the evaluator decides otherwise", "report it as a fault"),
            };
            let message = match about.as_slice() {
                [] => format!("{code} {message}"),
                [one] => format!("{code} {message} (`{one}`)"),
                [first, rest @ ..] => format!("{code} {message} (`{first}` and {} more)", rest.len()),
            };
            self.found.push(Finding::new("P090", Grade::Warning, about, message).help(help));
        }
        self.found.sort_by(|a, b| {
            (a.code, &a.rules, a.facet, &a.message).cmp(&(b.code, &b.rules, b.facet, &b.message))
        });
        Analysis { findings: self.found }
    }
}

/// Ids in backticks, in a row.
pub(super) fn row(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}
