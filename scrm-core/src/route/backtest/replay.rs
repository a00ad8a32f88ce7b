//! What was known when a message came in? The messages of the past, gone through in the order in which they were observed.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::case::BacktestCase;
use super::sample::number;
use crate::model::{
    Change, Classification, Context, Direction, Hits, IdentityKey, Message, MessageKey, MessageType, Topic,
    recent,
};
use crate::route::Router;
use crate::route::condition::{Atom, Facts, Field, Kind, Quantity};
use crate::route::router::Needs;

/// Messages after which what is too old to count is thrown away.
const SWEEP: u64 = 16_384;

/// Counts what went before each message, so that nothing is known before it was observed.
///
/// Give the messages in the order of `times.observed`; messages created earlier and observed later then come when they
/// were observed. A message that comes out of order is decided for its own time on what has been given so far, and
/// [`out_of_order`](Self::out_of_order) counts it.
///
/// As in the record, what counts are messages to us that are no noise, each once: an edit is decided again, with its
/// changes, and does not count again. In memory are the times within the longest window of either protocol and, when a
/// protocol asks what changed, the values of the fields it asks for, of messages last observed within
/// [`EDITED_WITHIN`](Self::EDITED_WITHIN).
#[derive(Debug)]
pub struct Replay<'a> {
    router: &'a Router,
    needs: Needs,
    /// The fields whose changes are asked for.
    watched: Vec<Field>,
    issues: BTreeMap<Topic, Vec<DateTime<Utc>>>,
    customers: BTreeMap<IdentityKey, Vec<(DateTime<Utc>, bool)>>,
    messages: BTreeMap<MessageKey, Version>,
    last: Option<DateTime<Utc>>,
    given: u64,
    out_of_order: u64,
}

/// What the last version of a message was.
#[derive(Debug)]
struct Version {
    observed: DateTime<Utc>,
    /// By the fields that are watched.
    values: Vec<Option<String>>,
}

impl<'a> Replay<'a> {
    /// How long after the last version an edit is still known as one.
    pub const EDITED_WITHIN: Duration = Duration::days(30);

    /// Counts what either protocol asks for; what a field is, the new one says.
    pub fn new(old: &'a Router, new: &'a Router) -> Self {
        let (a, b) = (old.needs(), new.needs());
        let needs = Needs {
            issue: a.issue.max(b.issue),
            customer: a.customer.max(b.customer),
            standings: a.standings || b.standings,
        };
        let atoms = [old, new].into_iter().flat_map(|router| router.compiled().pool.atoms());
        let fields = atoms.filter_map(|atom| match atom {
            Atom::Changed(field, _) => Some(field.clone()),
            _ => None,
        });
        let mut watched: Vec<Field> = fields.collect();
        watched.sort();
        watched.dedup();
        Self {
            router: new,
            needs,
            watched,
            issues: BTreeMap::new(),
            customers: BTreeMap::new(),
            messages: BTreeMap::new(),
            last: None,
            given: 0,
            out_of_order: 0,
        }
    }

    /// Puts messages in the order in which they were observed; of those observed at once, the earlier made comes first.
    pub fn in_order<T>(messages: &mut [T], message: impl Fn(&T) -> &Message) {
        messages.sort_by_cached_key(|item| {
            let message = message(item);
            (message.times().observed, message.times().said(), message.delivery())
        });
    }

    /// The next message as a case: what `context` says besides, and what was counted so far.
    pub fn case(
        &mut self,
        message: Message,
        classification: Classification,
        hits: Hits,
        context: Context,
    ) -> BacktestCase {
        let at = message.times().observed;
        self.out_of_order += u64::from(self.last.is_some_and(|last| at < last));
        self.last = self.last.max(Some(at));
        let (is_edit, changes) = self.changes(&message, &classification, &hits, &context);
        let counted = self.context(&message, &classification, at);
        if !is_edit && message.direction() == Direction::In && classification.noise.is_none() {
            self.count(&message, &classification, at);
        }
        let context = Context {
            now: Some(at),
            issue: counted.issue,
            customer: counted.customer,
            changes: context.changes.or(changes),
            ..context
        };
        self.given += 1;
        if self.given.is_multiple_of(SWEEP) {
            self.sweep();
        }
        BacktestCase::of_message(message, classification, hits, context)
    }

    /// Messages that came after one that was observed later.
    pub fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// Whether it is another version of a message that is known, and what has changed since; `None` when the version
    /// before is not known.
    fn changes(
        &mut self,
        message: &Message,
        classification: &Classification,
        hits: &Hits,
        context: &Context,
    ) -> (bool, Option<Vec<Change>>) {
        let asked = !self.watched.is_empty();
        if !asked && self.needs == Needs::default() {
            return (false, None);
        }
        let at = message.times().observed;
        let (facts, _) = self.router.observed_at(message, classification, hits, context, at);
        let values: Vec<Option<String>> =
            self.watched.iter().map(|field| value(&facts, message, field)).collect();
        let version = Version { observed: at, values };
        let Some(before) = self.messages.get(&message.key()) else {
            self.messages.insert(message.key(), version);
            let is_edit = message.times().edited.is_some() || message.is_tombstone();
            return (false, (asked && !is_edit).then(Vec::new));
        };
        let pairs = self.watched.iter().zip(before.values.iter().zip(&version.values));
        let changed = pairs.filter(|(_, (was, is))| was != is).map(|(field, (was, is))| {
            let told = |value: &Option<String>| value.clone().filter(|_| *field != Field::Text);
            Change { field: field.to_string(), from: told(was), to: told(is) }
        });
        let changed = asked.then(|| changed.collect());
        self.messages.insert(message.key(), version);
        (true, changed)
    }

    fn context(&self, message: &Message, classification: &Classification, at: DateTime<Utc>) -> Context {
        let issue = self.needs.issue.zip(classification.issue());
        let customer = self.needs.customer.zip(message.author_key());
        Context {
            issue: issue.map(|(window, issue)| within(self.issues.get(issue), at, window, |time| *time)),
            customer: customer
                .map(|(window, author)| within(self.customers.get(author), at, window, |(time, _)| *time)),
            ..Context::default()
        }
    }

    fn count(&mut self, message: &Message, classification: &Classification, at: DateTime<Utc>) {
        if let Some(issue) = classification.issue().filter(|_| self.needs.issue.is_some()) {
            in_order(self.issues.entry(issue.clone()).or_default(), at);
        }
        if let Some(author) = message.author_key().filter(|_| self.needs.customer.is_some()) {
            let complaint = classification.kind.value == Some(MessageType::Complaint);
            in_order(self.customers.entry(author.clone()).or_default(), (at, complaint));
        }
    }
}

impl Replay<'_> {
    /// Throws away what no window reaches any more.
    fn sweep(&mut self) {
        let Some(last) = self.last else { return };
        let since = |window: Option<Duration>| window.and_then(|window| last.checked_sub_signed(window));
        if let Some(since) = since(self.needs.issue) {
            self.issues.retain(|_, times| {
                times.drain(..times.partition_point(|time| *time <= since));
                !times.is_empty()
            });
        }
        if let Some(since) = since(self.needs.customer) {
            self.customers.retain(|_, times| {
                times.drain(..times.partition_point(|(time, _)| *time <= since));
                !times.is_empty()
            });
        }
        if let Some(since) = since(Some(Self::EDITED_WITHIN)) {
            self.messages.retain(|_, version| version.observed > since);
        }
    }
}

/// Adds an entry in its place; nearly always that is the end.
fn in_order<T: Ord>(entries: &mut Vec<T>, entry: T) {
    entries.insert(entries.partition_point(|known| *known <= entry), entry);
}

fn within<T: Clone>(
    entries: Option<&Vec<T>>,
    at: DateTime<Utc>,
    window: Duration,
    time: impl Fn(&T) -> DateTime<Utc>,
) -> Vec<T> {
    recent(entries.map(Vec::as_slice).unwrap_or_default(), at, window, time).to_vec()
}

/// What a field of a message is, as changes name it; of the text, something that changes when it does.
fn value<F: Facts>(facts: &F, message: &Message, field: &Field) -> Option<String> {
    match field.kind() {
        Kind::One(_) => facts.name(field).map(str::to_owned),
        Kind::Set(_) => {
            let mut names = Vec::new();
            let known = facts.names(field, &mut |name| names.push(name.to_owned()));
            names.sort();
            known.then(|| names.join(", "))
        }
        Kind::Number(..) => facts.number(&Quantity::Field(field.clone())).map(|range| range.low.to_string()),
        Kind::Text => {
            let (title, text) = (message.title().unwrap_or_default(), message.text());
            Some(format!("{:016x}{:016x}", number(0, title), number(1, text)))
        }
    }
}
