//! Whom to answer first? Of the cases that wait, those that matter most.
//!
//! The order: the highest priority of the protocol; of these, overdue before due; then the weight of the author's word
//! (influence), the number of messages in the case, and what falls due first. Influence is looked up for the first
//! [`LOOKED_AT`] by the rest of the order.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Company, Look};
use crate::measure::Measures;
use crate::measure::casebook::CaseRow;
use crate::measure::noise::short;
use crate::measure::table::length;
use crate::model::{CaseId, MessageKey, Topic};

/// Cases whose messages are looked up.
const LOOKED_AT: usize = 60;

/// A case that waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerFirst {
    /// Its id.
    pub case: CaseId,
    /// The message that opened it.
    #[serde(flatten)]
    pub message: MessageKey,
    /// Who wrote it, as people read the name.
    pub author: Option<String>,
    /// The beginning of what it says.
    pub text: String,
    /// Who has it; empty when nobody has.
    pub department: String,
    /// What it is about.
    pub issue: Option<Topic>,
    /// 1 (highest) to 5.
    pub priority: u8,
    /// Since when it waits.
    pub opened: DateTime<Utc>,
    /// When the first response is due.
    pub due: Option<DateTime<Utc>>,
    /// How much weight the author's word has, 0 to 100.
    pub influence: Option<f32>,
    /// Messages in the case.
    pub messages: u32,
    /// Why it stands here.
    pub why: Vec<String>,
}

pub(super) fn first<E>(
    measures: &Measures,
    count: usize,
    as_of: DateTime<Utc>,
    company: Company<'_>,
    look: &mut Look<'_, E>,
) -> Result<Vec<AnswerFirst>, E> {
    let mut waiting: Vec<(&CaseId, &CaseRow)> =
        measures.cases.rows.iter().filter(|(_, row)| row.waits_at(as_of)).collect();
    let order = |(id, row): &(&CaseId, &CaseRow)| {
        (
            row.priority,
            !row.is_late_at(as_of),
            std::cmp::Reverse(row.messages),
            row.due.is_none(),
            row.due,
            (*id).clone(),
        )
    };
    if waiting.len() > LOOKED_AT {
        waiting.select_nth_unstable_by_key(LOOKED_AT, order);
        waiting.truncate(LOOKED_AT);
    }
    waiting.sort_by_cached_key(order);
    let mut found = Vec::new();
    for (id, row) in waiting {
        let entry = look(&row.first)?;
        let message = entry.as_ref().map(|entry| &entry.message);
        let influence =
            entry.as_ref().and_then(|entry| entry.assessment.classification.influence.value.as_ref());
        let influence = influence.map(|influence| influence.score);
        found.push(AnswerFirst {
            case: id.clone(),
            message: row.first.clone(),
            author: message.and_then(|message| Some(message.author()?.label().to_owned())),
            text: message.map_or(String::new(), |message| short(message.text())),
            department: department(&row.department, company),
            issue: row.issue.clone(),
            priority: row.priority,
            opened: row.opened,
            due: row.due,
            influence,
            messages: row.messages,
            why: why(row, as_of, influence),
        });
    }
    let weight = |one: &AnswerFirst| one.influence.unwrap_or(0.0);
    found.sort_by(|a, b| {
        let late = |one: &AnswerFirst| one.due.is_none_or(|due| due >= as_of);
        (a.priority, late(a))
            .cmp(&(b.priority, late(b)))
            .then_with(|| weight(b).total_cmp(&weight(a)))
            .then_with(|| b.messages.cmp(&a.messages))
            .then_with(|| a.due.cmp(&b.due))
            .then_with(|| a.case.cmp(&b.case))
    });
    found.truncate(count);
    Ok(found)
}

fn department(id: &str, company: Company<'_>) -> String {
    company.team.departments.get(id).map_or_else(|| id.to_owned(), |entry| entry.name.clone())
}

fn why(row: &CaseRow, as_of: DateTime<Utc>, influence: Option<f32>) -> Vec<String> {
    let mut why = vec![format!("priority {}", row.priority)];
    if let Some(due) = row.due {
        let late = as_of.signed_duration_since(due).num_seconds();
        why.push(if late > 0 {
            format!("overdue by {}", length(late))
        } else {
            format!("due in {}", length(-late))
        });
    }
    if row.messages > 1 {
        why.push(format!("wrote {} times", row.messages));
    }
    if let Some(score) = influence.filter(|score| *score >= 50.0) {
        why.push(format!("influence {score:.0}"));
    }
    if row.review {
        why.push("a person must decide who answers".to_owned());
    }
    why
}
