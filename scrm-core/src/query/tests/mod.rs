//! The tables of the reference, every fault with its text, and what no input may do.

mod faults;
mod properties;
mod tables;

use super::{Dialect, Document, Names, Query};
use crate::model::Limits;
use crate::text::Text;

fn query(source: &str) -> Query {
    let parsed = Query::parse(source);
    parsed.query.unwrap_or_else(|| panic!("{source:?}: {:?}", parsed.faults))
}

fn holds(query: &Query, text: &str) -> bool {
    query.holds(&Document::of_text(&Text::new(text)), 10_000)
}

fn imported(source: &str, dialect: Dialect) -> super::Parsed {
    Query::parse_as(source, dialect, &Names::new(), &Limits::DEFAULT)
}
