//! What does a person of the team attest? The points of `audit.toml` that no record can say.
//!
//! ```toml
//! [[attestation]]
//! point = "training"
//! person = "marisol"
//! on = "2015-02-01"
//! score = 80
//! says = "Everybody at the desk had the two days of training."
//! evidence = ["handbook, 3rd edition", "list of who took part"]
//! gaps = ["nobody of the night shift"]
//! next = "Train the night shift in March."
//! ```

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::AuditPoint;
use crate::diagnostic::{Diagnostic, Document, Faults, Table};
use crate::model::PersonId;

/// What one person says of one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Attestation {
    /// Which point.
    pub point: AuditPoint,
    /// Who says so.
    pub person: PersonId,
    /// On which day.
    pub on: NaiveDate,
    /// How far it is reached in their judgement, 0 to 100; absent when they give none.
    pub score: Option<f64>,
    /// What they say.
    pub says: String,
    /// What can be looked at: documents, pages, lists.
    pub evidence: Vec<String>,
    /// What is missing.
    pub gaps: Vec<String>,
    /// What is to be done next.
    pub next: Option<String>,
}

impl Attestation {
    /// What was said, by whom and when, in one line.
    pub(super) fn sentence(&self) -> String {
        let mut line = format!("{} on {}: {}", self.person, self.on, self.says);
        if !self.evidence.is_empty() {
            line.push_str(&format!(" [{}]", self.evidence.join("; ")));
        }
        line
    }
}

/// Everything in `audit.toml`: for each point the last that was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attestations(BTreeMap<AuditPoint, Attestation>);

impl Attestations {
    /// Reads `audit.toml`; every fault goes to `faults`, and what could be read is kept. `people` are those of the team.
    pub fn read(document: &Document, people: &BTreeSet<&str>, faults: &mut Faults) -> Self {
        let root = document.root("the file");
        let mut read = Self::default();
        for table in root.tables("attestation", "an `[[attestation]]`", faults) {
            if let Some(attestation) = Self::one(&table, people, faults) {
                let known = read.0.get(&attestation.point);
                if known.is_none_or(|known| known.on <= attestation.on) {
                    read.0.insert(attestation.point, attestation);
                }
            }
        }
        root.finish(faults);
        read
    }

    fn one(table: &Table<'_>, people: &BTreeSet<&str>, faults: &mut Faults) -> Option<Attestation> {
        let point = table.text("point", faults);
        let person = table.text("person", faults);
        let on = table.text("on", faults);
        let says = table.text("says", faults);
        let score = table.number("score", faults);
        let evidence = table.texts("evidence", faults);
        let gaps = table.texts("gaps", faults);
        let next = table.optional_text("next", faults);
        table.finish(faults);
        let texts = |texts: Vec<crate::diagnostic::Text>| texts.into_iter().map(|text| text.value).collect();
        let (point, person, on, says) = (point?, person?, on?, says?);
        let Some(known) = AuditPoint::parse(&point.value) else {
            faults.push(table.unknown("point", &point, AuditPoint::ALL.iter().map(|point| point.as_str())));
            return None;
        };
        if !people.contains(person.value.as_str()) {
            faults.push(table.unknown("person", &person, people.iter().copied()));
            return None;
        }
        let Ok(day) = on.value.parse::<NaiveDate>() else {
            let fault =
                Diagnostic::error("U001", table.file(), Some(on.span), format!("`{}` is no day", on.value));
            faults.push(fault.help("write it as in `2026-11-02`"));
            return None;
        };
        if let Some((_, place)) = score.filter(|(score, _)| !(0.0..=100.0).contains(score)) {
            let fault = Diagnostic::error("U002", table.file(), Some(place), "`score` is not from 0 to 100");
            faults.push(fault.help("0 is not at all, 100 is wholly"));
            return None;
        }
        Some(Attestation {
            point: known,
            person: PersonId::new(person.value).ok()?,
            on: day,
            score: score.map(|(score, _)| score),
            says: says.value,
            evidence: texts(evidence),
            gaps: texts(gaps),
            next: next.map(|next| next.value),
        })
    }

    /// What was said last of a point.
    pub fn get(&self, point: AuditPoint) -> Option<&Attestation> {
        self.0.get(&point)
    }
}

impl FromIterator<Attestation> for Attestations {
    fn from_iter<I: IntoIterator<Item = Attestation>>(attestations: I) -> Self {
        Self(attestations.into_iter().map(|one| (one.point, one)).collect())
    }
}
