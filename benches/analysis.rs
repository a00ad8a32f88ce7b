//! Does the analysis of a protocol find what there is to find, and nothing else? Random protocols, every message of
//! their domain decided by the ordinary evaluator, and what that says of each code.
//!
//! Read [`prove`] first.

mod plain;
mod protocols;

pub use protocols::realistic;

use std::collections::BTreeSet;
use std::fmt;

use scrm_core::calendar::Calendars;
use scrm_core::diagnostic::{Document, Faults};
use scrm_core::route::{Analysis, Budget, Domain, Facet, Protocol, Vocabulary};

use crate::dice::Dice;

/// A stream of chance.
const OF_PROTOCOLS: u64 = 51;

/// A finding as it is compared: its code, the rules and the facet.
pub type Found = (&'static str, Vec<String>, Option<Facet>);

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proved {
    /// Protocols.
    pub protocols: u64,
    /// Messages that the ordinary evaluator decided.
    pub messages: u64,
    /// Findings, which both found.
    pub findings: u64,
}

/// A protocol about which the two do not agree.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The protocol.
    pub source: String,
    /// Whether messages may be unknown in part.
    pub unknown: bool,
    /// What was not found and is there.
    pub missed: Vec<Found>,
    /// What was found and is not there.
    pub invented: Vec<Found>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.source)?;
        writeln!(f, "unknown: {}, missed: {:?}, invented: {:?}", self.unknown, self.missed, self.invented)
    }
}

/// Reads a protocol that brings all its names with it.
pub fn read(source: &str, vocabulary: &Vocabulary) -> Protocol {
    let mut faults = Faults::new();
    let document = Document::parse("protocol.toml", source, &mut faults);
    let protocol = Protocol::read(&document, vocabulary, &mut faults);
    if faults.has_errors() {
        crate::invalid::<()>(&format!("{:?}", faults.into_sorted()));
    }
    protocol
}

/// Compares the analysis of the random protocol of this number with what the ordinary evaluator says.
///
/// A protocol that tells more than `most` messages apart is left out.
///
/// # Errors
/// What one found and the other did not.
pub fn prove(seed: u64, number: usize, most: usize) -> Result<Proved, Box<Difference>> {
    let mut dice = Dice::of(seed, OF_PROTOCOLS, number);
    let source = protocols::random(&mut dice);
    let unknown = dice.percent(50);
    let protocol = read(&source, &protocols::vocabulary());
    let domain = Domain::of(&protocol, &Vocabulary::default());
    let domain = if unknown { domain.with_unknown() } else { domain };
    let analysis = protocol.analyze(&domain, &Calendars::default(), None, Budget::default());
    let found = compared(&analysis);
    let Some((expected, messages)) = plain::findings(&source, &protocol, unknown, most) else {
        return Ok(Proved::default());
    };
    if found != expected || !analysis.is_complete() {
        return Err(Box::new(Difference {
            source,
            unknown,
            missed: expected.difference(&found).cloned().collect(),
            invented: found.difference(&expected).cloned().collect(),
        }));
    }
    Ok(Proved { protocols: 1, messages, findings: found.len() as u64 })
}

/// The findings that are compared. Which rules shadow one together, and which are named for a facet, is a choice.
fn compared(analysis: &Analysis) -> BTreeSet<Found> {
    let findings = analysis.findings().iter().filter_map(|finding| {
        let (code, rules, facet) = (finding.code, finding.rules.clone(), finding.facet);
        match code {
            "P003" | "P004" | "P020" | "P021" | "P030" | "P050" => Some((code, rules, facet)),
            "P011" | "P012" => Some((code, rules.into_iter().take(1).collect(), facet)),
            "P052" | "P080" => Some((code, Vec::new(), facet)),
            _ => None,
        }
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_analysis_agrees_with_the_plain_evaluator() {
        let mut proved = Proved::default();
        for number in 0..120 {
            let one = prove(11, number, 500).unwrap_or_else(|difference| panic!("{number}: {difference}"));
            proved.protocols += one.protocols;
            proved.messages += one.messages;
            proved.findings += one.findings;
        }
        assert!(proved.findings > 200 && proved.messages > 4_000, "{proved:?}");
    }

    #[test]
    fn many_rules_are_analysed() {
        let (source, vocabulary) = realistic(60, 1);
        let protocol = read(&source, &vocabulary);
        let domain = Domain::of(&protocol, &vocabulary);
        let analysis = protocol.analyze(&domain, &Calendars::default(), None, Budget::default());
        assert!(analysis.is_complete(), "{analysis}");
        assert!(analysis.findings().iter().any(|finding| finding.code == "P020"));
    }
}
