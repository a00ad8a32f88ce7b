//! What were the issues of the day? Each with its own words, and with messages that show them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::compared::{Before, Compared};
use super::{BriefQuery, Look};
use crate::measure::Measures;
use crate::measure::day::{DayPart, IssuePart};
use crate::measure::statistics::percent;
use crate::measure::words::{Keyness, keyness, places_of};
use crate::model::{MessageKey, Span};

/// Words of an issue that are shown.
const WORDS: usize = 8;

/// One issue of the day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BriefIssue {
    /// Its path; empty for messages without a topic.
    pub issue: String,
    /// Who answers most of it, as the protocol decides.
    pub department: Option<String>,
    /// Messages whose primary topic it is.
    pub volume: Compared,
    /// Their distinct authors.
    pub people: u64,
    /// Percent of the relevant messages from outside.
    pub share: Option<f64>,
    /// -100 to 100.
    pub net_sentiment: Option<f64>,
    /// On the day before.
    pub net_sentiment_day_before: Option<f64>,
    /// Messages of the day that the protocol leaves to a person.
    pub open: u64,
    /// Cases about it that nobody had answered, of any day.
    pub waiting: u64,
    /// Those of them whose first response was overdue.
    pub overdue: u64,
    /// The words that tell it from everything else of the day, the most telling first.
    pub words: Vec<KeyWord>,
    /// Messages drawn by chance, the same each time, with the places of these words.
    pub samples: Vec<CitedMessage>,
}

/// A word that tells some messages from all others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyWord {
    /// The word, folded.
    pub word: String,
    /// Messages in which it stands.
    pub messages: u64,
    /// Percent of these messages.
    pub share: Option<f64>,
    /// Percent of the other messages of the day.
    pub elsewhere: Option<f64>,
    /// Dunning's log-likelihood ratio.
    pub keyness: f64,
}

/// A message that is shown, with the places for which it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CitedMessage {
    /// Which one.
    #[serde(flatten)]
    pub message: MessageKey,
    /// Who wrote it, as people read the name.
    pub author: Option<String>,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// What it says.
    pub text: String,
    /// Where the issue's words stand in it (bytes).
    pub spans: Vec<Span>,
}

pub(super) fn issues<E>(
    measures: &Measures,
    query: &BriefQuery,
    as_of: DateTime<Utc>,
    part: &DayPart,
    before: &Before<'_>,
    look: &mut Look<'_, E>,
) -> Result<Vec<BriefIssue>, E> {
    let mut waiting: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in measures.cases.rows.values().filter(|row| row.waits_at(as_of)) {
        let issue = row.issue.as_ref().map_or("", |issue| issue.as_str());
        let sum = waiting.entry(issue).or_default();
        *sum = (sum.0 + 1, sum.1 + u64::from(row.is_late_at(as_of)));
    }
    let mut ranked: Vec<(&String, &IssuePart)> =
        part.issues.iter().filter(|(path, _)| !path.is_empty()).collect();
    ranked.sort_by(|a, b| b.1.group.messages.cmp(&a.1.group.messages).then_with(|| a.0.cmp(b.0)));
    let mut issues = Vec::new();
    for (path, issue) in ranked.into_iter().take(query.issues) {
        let words = key_words(part, issue);
        let of = |part: &DayPart| part.issues.get(path).map_or(0, |issue| issue.group.messages);
        let yesterday =
            before.first().and_then(|(_, part)| part.as_ref()).and_then(|part| part.issues.get(path));
        let (waiting, overdue) = waiting.get(path.as_str()).copied().unwrap_or_default();
        issues.push(BriefIssue {
            issue: path.clone(),
            department: issue.departments.most().first().map(|(department, _)| (*department).clone()),
            volume: Compared::of(part, before, of),
            people: issue.group.people.count(),
            share: percent(issue.group.messages, part.voice.messages),
            net_sentiment: issue.group.net(),
            net_sentiment_day_before: yesterday.and_then(|issue| issue.group.net()),
            open: issue.open,
            waiting,
            overdue,
            samples: cited(issue, &words, query.samples, look)?,
            words,
        });
    }
    Ok(issues)
}

/// What tells messages without a topic from those that have one.
pub(super) fn without_topic(part: &DayPart) -> Vec<KeyWord> {
    part.issues.get("").map_or_else(Vec::new, |issue| key_words(part, issue))
}

fn key_words(part: &DayPart, issue: &IssuePart) -> Vec<KeyWord> {
    let (messages, all) = (issue.group.messages, part.voice.messages);
    let word = |found: Keyness| KeyWord {
        messages: found.here,
        share: percent(found.here, messages),
        elsewhere: percent(found.there, all.saturating_sub(messages)),
        keyness: found.score,
        word: found.word,
    };
    keyness(messages, &issue.words, all, &part.voice_words, WORDS).into_iter().map(word).collect()
}

/// Messages of an issue that have any of its words first, in the order in which chance has put them.
fn cited<E>(
    issue: &IssuePart,
    words: &[KeyWord],
    count: usize,
    look: &mut Look<'_, E>,
) -> Result<Vec<CitedMessage>, E> {
    let mut found = Vec::new();
    for key in issue.sample.messages() {
        let Some(entry) = look(key)? else { continue };
        let spans = places_of(&entry.message, &|word| words.iter().any(|known| known.word == word));
        found.push(CitedMessage {
            message: key.clone(),
            author: entry.message.author().map(|author| author.label().to_owned()),
            at: entry.message.times().said(),
            text: entry.message.text().to_owned(),
            spans,
        });
    }
    found.sort_by_key(|cited| cited.spans.is_empty());
    found.truncate(count);
    Ok(found)
}
