//! Is social CRM done, and not only talked of? The audit: thirteen points, and eight more, each measured or attested.
//!
//! A point is **measured** from the record where the record can say it; else it is **attested**: a named person of the team
//! says, with a date, how things are, and names the evidence. Attestations stand in the playbook (`audit.toml`) and not in
//! the record: they are what people wrote down of how the company works, are reviewed and versioned with everything else
//! that is, and `scrm check` finds what is wrong in them. What is neither measured nor attested has no score, and says so.
//! An attestation beside a measured point is shown and does not change its score.
//!
//! Read [`Audit`] first.

mod attestation;
mod measured;
mod point;
mod tables;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use attestation::{Attestation, Attestations};
pub use point::{AuditArea, AuditPoint};

use super::statistics::number;
use super::{Company, Frame, Measures};

/// After so many days an attestation is out of date.
const GOOD_FOR: i64 = 365;

/// What the record and the playbook say besides the measures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditFacts {
    /// Rules of the protocol.
    pub rules: u64,
    /// Those of them without an owner.
    pub rules_without_owner: u64,
    /// Topics of the playbook.
    pub topics: u64,
    /// Those of them that no department owns.
    pub topics_without_owner: u64,
}

/// The audit as of a day: for reading (its `Display`), for machines (its JSON), as [tables](Self::tables).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The day.
    pub as_of: NaiveDate,
    /// The mean score of the thirteen points that have one, 0 to 100; absent when none has.
    pub score: Option<f64>,
    /// How many of the thirteen have a score.
    pub scored: u32,
    /// The thirteen points, and then the eight others.
    pub points: Vec<PointResult>,
    /// What is different from the audit before, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<AuditChanges>,
}

/// What the score of a point stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditBasis {
    /// The record says it.
    Measured,
    /// A person of the team says it.
    Attested,
    /// Nobody says it.
    Missing,
}

/// One point of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointResult {
    /// Which one.
    pub point: AuditPoint,
    /// What is asked.
    pub question: String,
    /// What the score stands on.
    pub basis: AuditBasis,
    /// 0 to 100; absent when it is neither measured nor attested.
    pub score: Option<f64>,
    /// What it was seen by: numbers of the record, or what the person names.
    pub evidence: Vec<String>,
    /// What is missing.
    pub gaps: Vec<String>,
    /// What to do next.
    pub next: Option<String>,
    /// Who attests it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// When they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
}

/// What is different from the audit before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditChanges {
    /// The day of the audit before.
    pub since: NaiveDate,
    /// The score now less the score then; absent when either is.
    pub score: Option<f64>,
    /// The points that are different.
    pub points: Vec<PointChange>,
}

/// What is different of one point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointChange {
    /// Which one.
    pub point: AuditPoint,
    /// The score then.
    pub before: Option<f64>,
    /// The score now.
    pub after: Option<f64>,
    /// Gaps that were there and are gone.
    pub closed: Vec<String>,
    /// Gaps that were not there.
    pub opened: Vec<String>,
}

impl Audit {
    /// The audit of the frame's days. `last` is the audit before, to say what is different.
    pub fn of(
        measures: &Measures,
        frame: &Frame,
        company: Company<'_>,
        facts: AuditFacts,
        attestations: &Attestations,
        last: Option<&Self>,
    ) -> Self {
        let as_of = frame.days.to.or_else(|| measures.days().next_back()).unwrap_or_default();
        let input = measured::Input::new(measures, frame, company, facts);
        let points: Vec<PointResult> =
            AuditPoint::ALL.iter().map(|point| result(*point, &input, attestations, as_of)).collect();
        let scores: Vec<f64> = points
            .iter()
            .filter(|result| result.point.is_of_thirteen())
            .filter_map(|result| result.score)
            .collect();
        let scored = u32::try_from(scores.len()).unwrap_or_default();
        let score = (scored > 0).then(|| scores.iter().sum::<f64>() / number(scored.into()));
        let mut audit = Self { as_of, score, scored, points, changes: None };
        audit.changes = last.map(|last| audit.against(last));
        audit
    }

    /// What is different from an audit before.
    pub fn against(&self, last: &Self) -> AuditChanges {
        let gone = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|gap| !those.contains(gap)).cloned().collect()
        };
        let change = |now: &PointResult| {
            let then = last.points.iter().find(|then| then.point == now.point)?;
            let change = PointChange {
                point: now.point,
                before: then.score,
                after: now.score,
                closed: gone(&then.gaps, &now.gaps),
                opened: gone(&now.gaps, &then.gaps),
            };
            let same = change.before == change.after && change.closed.is_empty() && change.opened.is_empty();
            (!same).then_some(change)
        };
        AuditChanges {
            since: last.as_of,
            score: self.score.zip(last.score).map(|(now, then)| now - then),
            points: self.points.iter().filter_map(change).collect(),
        }
    }
}

fn result(
    point: AuditPoint,
    input: &measured::Input<'_>,
    attestations: &Attestations,
    as_of: NaiveDate,
) -> PointResult {
    let attested = attestations.get(point);
    let mut result = PointResult {
        point,
        question: point.question().to_owned(),
        basis: AuditBasis::Missing,
        score: None,
        evidence: Vec::new(),
        gaps: Vec::new(),
        next: None,
        person: attested.map(|attested| attested.person.as_str().to_owned()),
        on: attested.map(|attested| attested.on),
    };
    if let Some(found) = measured::measure(point, input) {
        result.basis = AuditBasis::Measured;
        result.score = Some(found.score.clamp(0.0, 100.0));
        result.evidence = found.evidence;
        result.gaps = found.gaps;
        result.next = found.next;
    }
    match attested {
        Some(attested) => {
            result.evidence.push(attested.sentence());
            result.gaps.extend(attested.gaps.iter().cloned());
            result.next = result.next.or_else(|| attested.next.clone());
            if result.basis == AuditBasis::Missing {
                result.basis = AuditBasis::Attested;
                result.score = attested.score;
            }
            if as_of.signed_duration_since(attested.on).num_days() > GOOD_FOR {
                result.gaps.push(format!("the attestation of {} is more than a year old", attested.on));
                result.next.get_or_insert_with(|| "Look at it again, and attest what is so now.".to_owned());
            }
        }
        None if result.basis == AuditBasis::Missing => {
            result.gaps.push("nobody has said how this is".to_owned());
            result.next = Some(format!(
                "Let a person who knows attest `{}` in audit.toml, with the evidence.",
                point.as_str()
            ));
        }
        None => {}
    }
    result
}

#[cfg(test)]
mod tests;
