//! What stands in a row of a message?

use super::super::{Value, row};
use crate::model::{Assessment, Message, MessageType, SentimentLabel, Tenant, Topic};
use crate::record::error::Fault;
use crate::record::fold::Rank;

/// What the form of most events needs no more than.
pub(super) const EVENT_BYTES: usize = 4096;

/// Where the count of versions stands in a row of `messages`.
pub(super) const VERSIONS_COLUMN: usize = 5;

/// Where its number in the index of words stands.
pub(super) const NUMBER_COLUMN: usize = 13;

pub(super) fn message_row(
    tenant: &Tenant,
    seq: u64,
    rank: &Rank,
    versions: i64,
    message: &Message,
    said: &Assessment,
) -> Result<Vec<Value>, Fault> {
    let (author, thread) = (message.author_key(), message.thread());
    let mut row = row![
        tenant.shared(),
        rank.observed,
        message.source().shared(),
        message.external_id().shared(),
        rank.version.shared(),
        versions,
        number(seq)?,
        message.channel(),
        Value::Name(message.direction().as_str()),
        author.map(|author| author.source.shared()),
        author.map(|author| author.native_id.shared()),
        thread.id.as_deref(),
        thread.parent.as_ref().map(crate::model::ExternalId::shared),
        Value::Null,
    ];
    row.extend(label_columns(said));
    Ok(row)
}

/// The columns of `messages` that a person's label changes: its last six.
pub(super) fn label_columns(said: &Assessment) -> Vec<Value> {
    let sentiment = said.classification.sentiment.value;
    row![
        said.classification.kind.value.map(|kind| Value::Name(MessageType::as_str(kind))),
        said.classification.issue().map(Topic::shared),
        sentiment.map(|sentiment| Value::Name(SentimentLabel::as_str(sentiment.label))),
        sentiment.map(|sentiment| decimal(sentiment.score)),
        Value::Name(said.outcome.as_str()),
        said.outcome.reason().map(Value::Name),
    ]
}

/// The number as a person wrote it: 0.45 and not 0.44999998807907104.
fn decimal(score: f32) -> f64 {
    score.to_string().parse().unwrap_or_else(|_| f64::from(score))
}

pub(in crate::record::sql) fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    json_of(value, 128)
}

/// The same of a value whose form is some `bytes` long.
pub(super) fn json_of(value: &impl serde::Serialize, bytes: usize) -> Result<String, Fault> {
    let mut text = Vec::with_capacity(bytes);
    serde_json::to_writer(&mut text, value)
        .map_err(|error| Fault::refused("it has no JSON form").source(error))?;
    String::from_utf8(text).map_err(|error| Fault::refused("it has no JSON form").source(error))
}

pub(in crate::record::sql) fn number(count: u64) -> Result<i64, Fault> {
    i64::try_from(count).map_err(|error| Fault::refused("a number in it is too large").source(error))
}
