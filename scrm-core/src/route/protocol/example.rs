//! What should the protocol say? The tests that stand beside the rules: facts given, facets expected.

use std::collections::BTreeMap;

use super::names::Names;
use super::settings::read_expected;
use crate::diagnostic::{Faults, Table};
use crate::model::Span;
use crate::route::facet::{Facet, Settings};
use crate::route::given::Given;

/// One test of a protocol: what is given, and what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The facts; what is absent is unknown.
    pub given: Given,
    /// The facets; what is absent may be anything.
    pub expect: Settings,
    /// The rung that is expected of any ladder: `expect = { escalate = 1 }`.
    pub rung: Option<u8>,
    /// Where each facet that is expected stands in the file.
    pub(in crate::route) places: BTreeMap<Facet, Span>,
}

pub(super) fn read_example(table: &Table<'_>, names: &Names<'_>, faults: &mut Faults) -> Option<Example> {
    for key in ["given", "expect"] {
        if !table.has(key) {
            table.missing(key, faults);
        }
    }
    let given = table.table("given", "given", faults);
    let expect = table.table("expect", "expect", faults);
    table.finish(faults);
    let given = given.map(|given| Given::read(&given, names.vocabulary, faults));
    let ((expect, rung), places) = expect.map(|expect| {
        let place = |(key, _, node): &(String, Span, crate::diagnostic::Node)| {
            Facet::parse(key).map(|facet| (facet, node.span))
        };
        (read_expected(&expect, names, faults), expect.all().iter().filter_map(place).collect())
    })?;
    Some(Example { given: given?, expect, rung, places })
}
