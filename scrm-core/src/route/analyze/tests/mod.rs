//! Tests of the analysis: the protocol of the book, every code in a table, and what never depends on an order.

use crate::calendar::Calendars;
use crate::diagnostic::{Document, Faults, Report, Sources};
use crate::route::tests::{calendars, vocabulary};
use crate::route::*;

mod codes;
mod golden;

const NORTHWIND: &str = include_str!("northwind.toml");

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

/// The analysis of a protocol that brings all its names with it.
fn alone(protocol: &Protocol, change: impl Fn(Domain) -> Domain) -> Analysis {
    let domain = change(Domain::of(protocol, &Vocabulary::default()));
    protocol.analyze(&domain, &calendars(), None, Budget::default())
}
