//! What went before? The part of an assessment that depends on earlier messages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::{Ext, LinkState, Role};

/// What is known of the time before a message. What is `None` is unknown, and a rule that asks for it is unknown too.
///
/// Counting is over the time `(at - window, at]` before the message and includes the message itself, so the thirtieth
/// message of a spike sees thirty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Context {
    /// The time the decision is made for; `None` takes the message's time of observation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<DateTime<Utc>>,
    /// Times of earlier messages on the same issue, oldest first.
    #[serde(default, deserialize_with = "sorted", skip_serializing_if = "Option::is_none")]
    pub issue: Option<Vec<DateTime<Utc>>>,
    /// Earlier messages of the same author, oldest first: when, and whether it was a complaint.
    #[serde(default, deserialize_with = "sorted", skip_serializing_if = "Option::is_none")]
    pub customer: Option<Vec<(DateTime<Utc>, bool)>>,
    /// What the author is to the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<BTreeSet<Role>>,
    /// What the author agreed to, or refused, by purpose; what is absent was never asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub consents: BTreeMap<String, bool>,
    /// What joins the author to entries of other systems, by system.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, LinkState>,
    /// What the event changed that asks for this decision; empty when nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    /// How often each incentive was given before, by its id; of one that is absent nobody knows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub granted: BTreeMap<String, Granted>,
    /// The caller's own fields, by the names that a protocol declares; they go before those of the message.
    #[serde(default, skip_serializing_if = "Ext::is_empty")]
    pub fields: Ext,
}

/// How often an incentive was given before; what is `None` is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// To anybody, in the day, week, month, quarter or year that its budget is for and `now` lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_period: Option<u64>,
    /// To this customer, in the time that its cap is for and `now` ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_customer: Option<u64>,
}

/// One field that an event changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// Which, by its name in protocols.
    pub field: String,
    /// What it was; absent when it had no value, or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Context {
    /// Messages on the same issue within `window` before `at`, the message itself included; `None` when unknown.
    pub fn count_issue(&self, at: DateTime<Utc>, window: Duration) -> Option<u64> {
        let times = self.issue.as_ref()?;
        Some(1 + recent(times, at, window, |time| *time).len() as u64)
    }

    /// Messages of the same author within `window` before `at`, the message itself included; `None` when unknown.
    pub fn count_messages(&self, at: DateTime<Utc>, window: Duration) -> Option<u64> {
        let times = self.customer.as_ref()?;
        Some(1 + recent(times, at, window, |(time, _)| *time).len() as u64)
    }

    /// Complaints of the same author within `window` before `at`; the message itself counts when `is_complaint`.
    pub fn count_complaints(&self, at: DateTime<Utc>, window: Duration, is_complaint: bool) -> Option<u64> {
        let times = self.customer.as_ref()?;
        let earlier = recent(times, at, window, |(time, _)| *time);
        let earlier = earlier.iter().filter(|(_, complaint)| *complaint).count() as u64;
        Some(earlier + u64::from(is_complaint))
    }
}

/// The entries in the time `(at - window, at]`; they stand oldest first, so this does not look at the others.
pub(crate) fn recent<T>(
    entries: &[T],
    at: DateTime<Utc>,
    window: Duration,
    time: impl Fn(&T) -> DateTime<Utc>,
) -> &[T] {
    let from = entries.partition_point(|entry| at.signed_duration_since(time(entry)) >= window);
    let to = entries.partition_point(|entry| time(entry) <= at);
    entries.get(from..to).unwrap_or_default()
}

/// What a host hands in in another order is put in order.
fn sorted<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Ord>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let mut entries = Option::<Vec<T>>::deserialize(deserializer)?;
    if let Some(entries) = &mut entries {
        entries.sort();
    }
    Ok(entries)
}
