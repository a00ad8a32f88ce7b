//! Tests of the analysis: the protocol of the book, every code in a table, and what never depends on an order.

use crate::calendar::Calendars;
use crate::diagnostic::{Document, Faults, Report, Sources};
use crate::model::Limits;
use crate::playbook::Playbook;
use crate::route::tests::{calendars, vocabulary};
use crate::route::*;

mod codes;
mod golden;

const ACME: &str = include_str!("../../tests/protocols/acme.toml");

/// Reads a protocol of which nothing but names of the vocabulary may be wrong.
fn read(source: &str) -> Protocol {
    let mut faults = Faults::new();
    let document = Document::parse("protocol.toml", source, &mut faults);
    let protocol = Protocol::read(&document, &vocabulary(), &mut faults);
    let mut sources = Sources::new();
    sources.insert("protocol.toml", source);
    let report = Report::new(faults.into_sorted(), sources).to_string();
    assert!(!report.contains("error["), "{report}");
    protocol
}

/// The analysis of a file in which a protocol stands alone.
fn of_file(source: &str, change: impl Fn(Domain) -> Domain) -> Analysis {
    let playbook = Playbook::from_file("protocol.toml", source, &Limits::DEFAULT).unwrap();
    let domain = change(Domain::of(&playbook.protocol, playbook.protocol.vocabulary()));
    playbook.protocol.analyze(&domain, &playbook.calendars, None, Budget::default())
}

/// The analysis of a protocol that brings all its names with it.
fn alone(protocol: &Protocol, change: impl Fn(Domain) -> Domain) -> Analysis {
    let domain = change(Domain::of(protocol, &Vocabulary::default()));
    protocol.analyze(&domain, &calendars(), None, Budget::default())
}
