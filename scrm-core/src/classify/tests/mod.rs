//! Tables of texts and what they are, and properties that hold for any text.

mod explained;
mod properties;
mod tables;

use super::{Classifier, Settings, Thresholds};
use crate::model::{
    Classification, ExternalId, Hit, Hits, Message, MessageBuilder, MessageKind, MonitorId, Source, Times,
    Visibility,
};
use crate::text::Text;

/// A post in the making.
fn post(text: &str) -> MessageBuilder {
    let times = Times::observed("2026-11-02T08:00:00Z".parse().unwrap());
    let id = ExternalId::new("1").unwrap();
    Message::builder(Source::new("x").unwrap(), id, MessageKind::Post, Visibility::Public, times).text(text)
}

/// As if a monitor had asked for the message.
fn heard() -> Hits {
    let monitor = Hit { id: MonitorId::new("all").unwrap(), spans: Vec::new() };
    Hits { monitors: vec![monitor], ..Hits::default() }
}

fn label(message: &Message) -> Classification {
    thread_local!(static CLASSIFIER: Classifier = Classifier::default());
    CLASSIFIER.with(|classifier| classifier.classify(message, &Text::new(message.text()), &heard()))
}

fn of(text: &str) -> Classification {
    label(&post(text).build().unwrap())
}
