//! Is anything told of what people said? A listener that keeps every word finds none.
//!
//! A process of its own: what `tracing` listens to is settled once for all threads.
#![cfg(feature = "tracing")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use scrm_core::desk::Desk;
use scrm_core::engine::Engine;
use scrm_core::model::Message;
use scrm_core::playbook::Playbook;
use scrm_core::record::MemoryStore;

#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Subscriber for Listener {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target() == "scrm"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(words.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

#[test]
fn counts_are_told_and_no_word_of_anybody() {
    let heard = Listener::default();
    tracing::subscriber::with_default(heard.clone(), || {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/playbooks/northwind");
        let engine = Engine::compile(&Playbook::load(folder).unwrap()).unwrap();
        let mut desk = Desk::open(engine, MemoryStore::new());
        let message: Message = serde_json::from_str(
            r#"{"source":"x","external_id":"1","kind":"post","visibility":"public","text":"@northwind canary no signal",
                "author":{"source":"x","native_id":"canary"},"times":{"created":"2026-11-02T09:00:00Z"}}"#,
        )
        .unwrap();
        desk.receive(vec![message.clone(), message], "2026-12-01T00:00:00Z".parse().unwrap()).unwrap();
    });
    let heard = heard.0.lock().unwrap();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("rows=2 distinct=1 duplicates=1"), "{heard:?}");
    assert!(!heard[0].contains("canary") && !heard[0].contains("signal"), "{heard:?}");
}
