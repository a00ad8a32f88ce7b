//! Why can nothing be learned from these examples, and what can be done about it?

/// Why a model cannot be trained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// There is no example with a text.
    #[error("there are no examples with a text; give rows with a text and a label")]
    Empty,
    /// All examples say the same.
    #[error("every example has the label `{0}`; give examples of another label too")]
    OneClass(String),
    /// No example has a label.
    #[error("no example has a label; give at least some")]
    NoLabels,
    /// A label is not among those of the task.
    #[error("row {row} has the label `{label}`, which is none of: {known}{help}")]
    UnknownLabel {
        /// The row, from 1.
        row: usize,
        /// Its label.
        label: String,
        /// What may be said.
        known: String,
        /// What was perhaps meant.
        help: String,
    },
    /// An example of a task with one label each has several.
    #[error(
        "row {row} has several labels, and one of them holds: give a row for each, with a weight, or train with any of them"
    )]
    SeveralLabels {
        /// The row, from 1.
        row: usize,
    },
    /// A weight is no number, or below zero.
    #[error("row {row} has a weight that is no number from 0 on")]
    Weight {
        /// The row, from 1.
        row: usize,
    },
    /// An example has another count of numbers besides its text.
    #[error("row {row} has {found} numbers besides its text, the first has {expected}")]
    Dense {
        /// The row, from 1.
        row: usize,
        /// How many it has.
        found: usize,
        /// How many the first has.
        expected: usize,
    },
    /// There are more than the limit allows.
    #[error("{what}: {found} are more than the limit of {limit}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A setting cannot be.
    #[error("{0}")]
    Setting(&'static str),
    /// There are too few examples to leave some out.
    #[error(
        "the label `{label}` has {found} different texts, too few for {folds} parts; give more, or ask for fewer parts"
    )]
    TooFew {
        /// Which label.
        label: String,
        /// How many it has.
        found: usize,
        /// In how many parts they should go.
        folds: usize,
    },
}
