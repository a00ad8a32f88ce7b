//! What is delivered? Message number n, always the same, with the case that it opens.

use std::sync::OnceLock;

use scrm_core::model::{
    Assessment, Case, DeliveryKey, Event, ExternalId, Identity, Message, MessageKind, NativeId, Source,
    Tenant, Times, Version, Visibility,
};

pub(crate) fn tenant() -> Tenant {
    Tenant::new("acme").unwrap()
}

/// Message `n`: some of a line, some of a page.
pub(crate) fn message(n: u64) -> Message {
    let source = Source::new("x").unwrap();
    let seconds = 1_772_000_000 + i64::try_from(n % 1_000_000).unwrap() * 20;
    let times = Times::created(chrono::DateTime::from_timestamp(seconds, 0).unwrap());
    let text = format!("{n}: where is my parcel? ").repeat(1 + usize::try_from(n % 7).unwrap() * 9);
    let id = ExternalId::new(n.to_string()).unwrap();
    let author = Identity::new(source.clone(), NativeId::new(format!("u{}", n % 97)).unwrap());
    let mut builder =
        Message::builder(source, id, MessageKind::Post, Visibility::Public, times).text(text).author(author);
    builder.version = Some(Version::new("v1").unwrap());
    builder.build().unwrap()
}

pub(crate) fn key(n: u64) -> DeliveryKey {
    message(n).delivery()
}

/// What an engine says of such a message.
fn assessment() -> Assessment {
    static SAID: OnceLock<Assessment> = OnceLock::new();
    SAID.get_or_init(|| benches::engine(1).assess_all(&[message(0)]).remove(0)).clone()
}

/// The events of message `n`. One in two opens a case, which comes and goes with it.
pub(crate) fn events(n: u64) -> Vec<Event> {
    let message = message(n);
    let case = n.is_multiple_of(2).then(|| Event::CaseOpened { case: Box::new(case(&message)) });
    let captured = Event::Captured { message: Box::new(message), assessment: Box::new(assessment()) };
    std::iter::once(captured).chain(case).collect()
}

pub(crate) fn group(numbers: impl IntoIterator<Item = u64>) -> Vec<Event> {
    numbers.into_iter().flat_map(events).collect()
}

fn case(message: &Message) -> Case {
    Case { author: message.author_key().cloned(), ..Case::new(message.key(), message.times().observed) }
}
