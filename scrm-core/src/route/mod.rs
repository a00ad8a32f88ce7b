//! Who acts, where, by when, with what? The protocol that people write, and the decisions it gives.
//!
//! Read [`Protocol`] first (what `protocol.toml` says), then [`Router`] (the protocol compiled, which decides).
//! A rule is a [`Condition`] and the facets it sets; order means nothing, and each facet has one merge law. A
//! condition is true, false or *unknown*, and the rule says what unknown does.

mod analyze;
mod backtest;
mod clock;
mod compile;
pub mod condition;
mod decide;
pub mod diagram;
mod due;
mod examples;
mod explain;
mod facet;
mod given;
pub mod import;
mod index;
mod inquiry;
mod lookup;
mod merge;
mod moment;
mod observed;
mod plain;
mod protocol;
mod router;
mod texts;
mod vocabulary;

pub use crate::calendar::{Period, PeriodError};
pub use analyze::{Analysis, Budget, Domain, Finding, Grade};
pub use backtest::{
    Agreement, Backtest, BacktestCase, Backtester, Both, ChangedCase, ChangedFacet, ClassifiedMessage,
    Completeness, DepartmentLoad, DepartmentPair, FacetCounts, HourLoad, HourWork, HumanOutcome, Load,
    MutationScore, ProtocolVersion, Replay, RuleCounts, ShadowRule, Stratum, Subject, Survivor, ValueChange,
    Work, backtest, mutation_score,
};
pub use clock::{ClockEvent, ClockName, ClockState, Pause, RunningClock, explain_clock};
pub use condition::{Condition, DeclaredField, DeclaredKind};
pub use explain::explain;
pub use facet::{AskedVisibility, Climb, Facet, FacetSet, Settings};
pub use given::Given;
pub use inquiry::{
    Explanation, FacetChange, FacetExplained, FailingAtom, Inquiry, NearExplained, NoSuchRule, WhatIf, WhyNot,
};
pub use plain::PlainDecision;
pub use protocol::{
    Axes, Cap, Clock, Example, Incentive, Ladder, Mode, OnUnknown, Protocol, Rule, Rung, Sla,
};
pub use router::{Needs, Router};
pub use vocabulary::Vocabulary;

#[cfg(test)]
mod tests;
