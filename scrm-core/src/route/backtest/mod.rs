//! What would other rules have decided? Two protocols over the messages of the past.
//!
//! Read [`backtest`] first, then [`Backtest`], which it returns. A corpus is a stream of [`BacktestCase`]s; each brings
//! what went before it as its context, or [`Replay`] counts that while the messages come in the order in which they were
//! observed. [`mutation_score`] asks of the examples of a protocol whether they would notice a fault in its rules.
//!
//! Everything is counted in a way that adds up in any order, so neither the order of the cases nor the number of threads
//! shows in the result.

mod bounded;
mod case;
mod facets;
mod findings;
mod judge;
mod load;
mod mutation;
mod mutations;
mod people;
mod replay;
mod report;
mod rules;
mod run;
mod sample;
mod tally;

pub use case::{BacktestCase, ClassifiedMessage, HumanOutcome, Subject};
pub use facets::{FacetCounts, ValueChange};
pub use load::{DepartmentLoad, HourLoad, HourWork, Load, Work};
pub use mutation::{MutationScore, Survivor, mutation_score};
pub use people::{Agreement, DepartmentPair};
pub use replay::Replay;
pub use report::{Backtest, Both, Completeness, ProtocolVersion};
pub use rules::{RuleCounts, ShadowRule};
pub use run::{Backtester, backtest};
pub use sample::{ChangedCase, ChangedFacet, Stratum};

#[cfg(test)]
mod tests;
