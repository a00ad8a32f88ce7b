//! What comes of a backtest? Counts, a sample, load, forecast, and findings.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::bounded::Sum;
use super::facets::FacetCounts;
use super::load::Load;
use super::mutation::MutationScore;
use super::people::Agreement;
use super::rules::{RuleCounts, ShadowRule};
use super::sample::Stratum;
use crate::route::Finding;
use crate::route::Protocol;
use crate::route::decide::Ruling;

/// The same thing under the old protocol and under the new one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Both<T> {
    /// Under the old protocol.
    pub old: T,
    /// Under the new one.
    pub new: T,
}

/// Which protocol it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProtocolVersion {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The hash over its rules.
    pub rules: String,
}

impl ProtocolVersion {
    pub(super) fn of(protocol: &Protocol) -> Self {
        let (id, version) = (protocol.id().to_owned(), protocol.version().to_owned());
        Self { id, version, rules: protocol.hash().to_owned() }
    }
}

/// How many decisions are complete, and why the others are not: of several reasons, the first of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// Every mandatory facet is set, without conflict and without review.
    pub decided: u64,
    /// Rules disagree.
    pub conflict: u64,
    /// A rule asks for a review.
    pub review: u64,
    /// No rule sets a mandatory facet.
    pub gap: u64,
}

impl Completeness {
    pub(super) fn add(&mut self, ruling: &Ruling) {
        let count = if !ruling.conflicts.is_empty() {
            &mut self.conflict
        } else if !ruling.review.is_empty() {
            &mut self.review
        } else if !ruling.gaps.is_empty() {
            &mut self.gap
        } else {
            &mut self.decided
        };
        *count += 1;
    }
}

impl Sum for Completeness {
    fn add(&mut self, other: Self) {
        self.decided += other.decided;
        self.conflict += other.conflict;
        self.review += other.review;
        self.gap += other.gap;
    }
}

/// What another protocol would have decided on the messages of the past. Counts are of cases unless they say otherwise.
///
/// The same protocols, cases and seed give the same bytes, in whatever order the cases come and for any number of
/// threads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// The protocols.
    pub protocols: Both<ProtocolVersion>,
    /// By which the sample was drawn.
    pub seed: u64,
    /// Whether the corpus was gone through to its end.
    pub complete: bool,
    /// Cases that were decided.
    pub cases: u64,
    /// Messages besides that are noise, of which nothing is decided.
    pub noise: u64,
    /// Cases of which some facet is not the same.
    pub changed: u64,
    /// When the first case came in.
    pub from: Option<DateTime<Utc>>,
    /// When the last case came in.
    pub to: Option<DateTime<Utc>>,
    /// How many decisions are complete.
    pub completeness: Both<Completeness>,
    /// How often each facet changes, in the order of the decision.
    pub facets: Vec<FacetCounts>,
    /// The sorts of messages, in the order of type and issue, each with a sample of what changes.
    pub strata: Vec<Stratum>,
    /// Cases of sorts beyond the 10,000 that are told apart.
    pub strata_left_out: u64,
    /// How often each rule fires.
    pub rules: Vec<RuleCounts>,
    /// What the new protocol's rules on trial would have done.
    pub shadow: Vec<ShadowRule>,
    /// What comes to which department, when, and what of it can be answered.
    pub load: Load,
    /// What people did; absent when no case tells it.
    pub agreement: Option<Both<Agreement>>,
    /// How much of the new protocol its examples hold in place.
    pub mutation: MutationScore,
    /// What the corpus says against the new protocol.
    pub findings: Vec<Finding>,
}
