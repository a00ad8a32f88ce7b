//! What came back on a response, and which of our messages is it? Both by rule, both pure.
//!
//! Read [`same_reply`] first: a message of ours that comes in from the network is a response that was sent when the host
//! names it, or else when it says the same, in the same conversation, at nearly the same time.

use chrono::{DateTime, Duration, Utc};

use crate::model::{
    Direction, Feedback, FeedbackKind, Message, ResponseId, ResponseRecord, ResponseState, Thread, Visibility,
};
use crate::text::Text;

/// A message of ours that says the same is a response when it is seen within this time of its sending …
const LATER: i64 = 24;
/// … or, as clocks differ, so long before.
const EARLIER: i64 = 5;

/// A message of the customer within this time answers a response, unless a later response was sent in between.
pub const REPLY_WITHIN: Duration = Duration::days(14);

/// The response that a message of ours is, of those that were sent: the nearest in time with the same words, to the message
/// that this one answers or in the same conversation. Of two as near, the lesser id.
///
/// Words are compared as tokens without their mentions, which platforms add; links may be shortened and are not compared.
pub fn same_reply<'a>(
    message: &Message,
    thread: Option<&Thread>,
    sent: impl IntoIterator<Item = (&'a ResponseState, Option<&'a Thread>)>,
) -> Option<ResponseId> {
    if message.direction() != Direction::Out || message.is_tombstone() {
        return None;
    }
    let words = words_of(message.text());
    if words.is_empty() {
        return None;
    }
    let said = message.times().said();
    let fits = |state: &ResponseState, of: Option<&Thread>| {
        let record = state.sent.as_ref()?;
        let at = record.sent?;
        let answers = record.to.as_ref().is_some_and(|to| {
            to.source == *message.source() && message.thread().parent.as_ref() == Some(&to.external_id)
        });
        let together = of.is_some() && of == thread;
        let near = said >= at - Duration::minutes(EARLIER) && said <= at + Duration::hours(LATER);
        let is_it =
            state.published.is_empty() && (answers || together) && near && words_of(&record.text) == words;
        is_it.then(|| ((said - at).abs(), record.id.clone()))
    };
    sent.into_iter().filter_map(|(state, of)| fits(state, of)).min().map(|(_, id)| id)
}

fn words_of(text: &str) -> Vec<String> {
    use crate::text::TokenKind::{Mention, Url};
    let text = Text::new(text);
    let said = |at: &usize| text.tokens().get(*at).is_some_and(|token| !matches!(token.kind, Mention | Url));
    (0..text.tokens().len()).filter(said).filter_map(|at| text.folded_token(at)).map(str::to_owned).collect()
}

/// The feedback that a message of the customer is, on a response to their case: on the one that it answers, or else on the
/// last one that was sent before it. Internal messages and our own are none.
pub fn reply_to(message: &Message, responses: &[ResponseState]) -> Option<Feedback> {
    if message.direction() != Direction::In
        || message.is_tombstone()
        || message.visibility() == Visibility::Internal
    {
        return None;
    }
    let said = message.times().said();
    let before = |record: &&ResponseRecord| {
        record.sent.is_some_and(|sent| sent <= said && said <= sent + REPLY_WITHIN)
    };
    let parent = message.thread().parent.as_ref();
    let answered = responses.iter().find(|state| {
        state.published.iter().any(|key| key.source == *message.source() && parent == Some(&key.external_id))
    });
    let last = || {
        responses
            .iter()
            .filter_map(|state| state.sent.as_ref())
            .filter(before)
            .max_by_key(|r| (r.sent, r.id.clone()))
    };
    let record = answered.and_then(|state| state.sent.as_ref()).or_else(last)?;
    let kind = FeedbackKind::Reply { message: message.key() };
    Some(Feedback { response: record.id.clone(), kind, at: said })
}

/// The feedback that nothing is: when so much time went by since a response was sent, and nobody said anything.
pub fn silent(state: &ResponseState, after: Duration, now: DateTime<Utc>) -> Option<Feedback> {
    let record = state.sent.as_ref()?;
    let until = record.sent?.checked_add_signed(after)?;
    let is_silent = state.feedback.is_empty() && until <= now;
    is_silent.then(|| Feedback { response: record.id.clone(), kind: FeedbackKind::Silence, at: until })
}
