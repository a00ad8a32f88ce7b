//! Would people have done the same? The departments decided against those that answered, and promises against responses.

use serde::Serialize;

use super::bounded::{Bounded, Sum};
use super::case::HumanOutcome;
use super::facets::MOST_LISTED;
use super::judge::Judged;

/// Pairs of departments that are counted.
const MOST_PAIRS: usize = 10_000;

/// How what was decided compares with what people did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Cases of which the department that answered is known.
    pub cases: u64,
    /// Cases in which that is the department decided.
    pub agreed: u64,
    /// Their share, 0 to 1; absent when there are no cases.
    pub share: Option<f64>,
    /// Departments decided against departments that answered, most frequent first: 50 pairs at most.
    pub matrix: Vec<DepartmentPair>,
    /// Cases of pairs that are not listed.
    pub others: u64,
    /// Cases with a deadline of which the first response is known.
    pub promised: u64,
    /// Of these, the ones answered by the deadline.
    pub kept: u64,
}

/// A department decided, and the one that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DepartmentPair {
    /// The department decided; absent when no rule sets one, or rules disagree.
    pub decided: Option<String>,
    /// The department that answered.
    pub answered: String,
    /// In so many cases.
    pub cases: u64,
}

/// The counts of one protocol.
#[derive(Debug, Clone)]
pub(super) struct AgreementTally {
    cases: u64,
    agreed: u64,
    promised: u64,
    kept: u64,
    matrix: Bounded<(Option<String>, String), u64>,
}

impl Default for AgreementTally {
    fn default() -> Self {
        Self { cases: 0, agreed: 0, promised: 0, kept: 0, matrix: Bounded::new(MOST_PAIRS) }
    }
}

impl AgreementTally {
    pub(super) fn add(&mut self, outcome: &HumanOutcome, judged: &Judged) {
        if let Some(answered) = &outcome.department {
            let decided = judged.ruling.facets.department.as_ref();
            self.cases += 1;
            self.agreed += u64::from(decided == Some(answered));
            let key = (decided.map(ToString::to_string), answered.to_string());
            if let Some(cases) = self.matrix.entry(&key, || key.clone()) {
                *cases += 1;
            }
        }
        if let Some((due, response)) = judged.due.zip(outcome.first_response) {
            self.promised += 1;
            self.kept += u64::from(response <= due);
        }
    }

    pub(super) fn report(self) -> Agreement {
        let Self { cases, agreed, promised, kept, matrix } = self;
        let pairs = matrix.into_iter();
        let mut matrix: Vec<DepartmentPair> =
            pairs.map(|((decided, answered), cases)| DepartmentPair { decided, answered, cases }).collect();
        matrix.sort_by_key(|pair| std::cmp::Reverse(pair.cases));
        matrix.truncate(MOST_LISTED);
        let others = cases - matrix.iter().map(|pair| pair.cases).sum::<u64>();
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let share = (cases > 0).then(|| agreed as f64 / cases as f64);
        Agreement { cases, agreed, share, matrix, others, promised, kept }
    }
}

impl Sum for AgreementTally {
    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.agreed += other.agreed;
        self.promised += other.promised;
        self.kept += other.kept;
        self.matrix.merge(other.matrix);
    }
}
