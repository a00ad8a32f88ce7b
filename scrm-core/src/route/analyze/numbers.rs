//! At which numbers does anything change? The range of a quantity, cut at the constants that conditions name.

use crate::route::condition::{Field, Kind, Quantity, single};

/// One number of each stretch, in order: each constant by itself, and what lies between.
pub(super) fn samples(quantity: &Quantity, constants: &[f64]) -> Vec<Stretch> {
    let grid = Grid::of(quantity);
    let (low, high) = range(quantity);
    let mut edges: Vec<f64> = constants.iter().map(|constant| grid.round(*constant)).collect();
    edges.retain(|edge| low <= *edge && *edge <= high);
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    let mut stretches = Vec::new();
    let mut from = low;
    for edge in &edges {
        if let Some(last) = grid.before(*edge).filter(|last| from <= *last) {
            stretches.push(Stretch::of(from, last, grid));
        }
        if grid.holds(*edge) {
            stretches.push(Stretch { low: *edge, high: *edge, sample: *edge });
        }
        match grid.after(*edge) {
            Some(next) => from = next,
            None => return stretches,
        }
    }
    if from <= high {
        stretches.push(Stretch::of(from, high, grid));
    }
    stretches
}

/// Numbers that no condition tells apart, both ends included, and one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) sample: f64,
}

impl Stretch {
    fn of(low: f64, high: f64, grid: Grid) -> Self {
        Self { low, high, sample: roundest(low, high, grid) }
    }
}

/// Which numbers there are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Grid {
    /// Those of single precision.
    Single,
    /// Whole ones.
    Whole,
    /// Those of double precision.
    Double,
}

impl Grid {
    fn of(quantity: &Quantity) -> Self {
        match quantity {
            Quantity::Rate(..) | Quantity::Field(Field::Declared(_)) => Self::Double,
            _ if quantity.is_single() => Self::Single,
            _ => Self::Whole,
        }
    }

    fn round(self, number: f64) -> f64 {
        match self {
            Self::Single => single(number),
            Self::Whole | Self::Double => number,
        }
    }

    fn holds(self, number: f64) -> bool {
        match self {
            Self::Single => single(number) == number,
            Self::Whole => number.fract() == 0.0,
            Self::Double => true,
        }
    }

    /// The last number before.
    #[allow(clippy::cast_possible_truncation, reason = "it is of single precision")]
    fn before(self, number: f64) -> Option<f64> {
        let before = match self {
            Self::Single => f64::from((number as f32).next_down()),
            Self::Whole => (number - 1.0).ceil(),
            Self::Double => number.next_down(),
        };
        (before < number).then_some(before)
    }

    /// The first number after.
    #[allow(clippy::cast_possible_truncation, reason = "it is of single precision")]
    fn after(self, number: f64) -> Option<f64> {
        let after = match self {
            Self::Single => f64::from((number as f32).next_up()),
            Self::Whole => (number + 1.0).floor(),
            Self::Double => number.next_up(),
        };
        (after > number).then_some(after)
    }
}

/// From where to where a quantity goes. A count of messages holds the message itself.
fn range(quantity: &Quantity) -> (f64, f64) {
    use crate::route::condition::Counter;
    match quantity {
        Quantity::Field(field) => match field.kind() {
            Kind::Number(low, high) => (low, high),
            _ => (0.0, f64::MAX),
        },
        Quantity::Confidence(_) => (0.0, 1.0),
        Quantity::Count(Counter::Complaints, _) | Quantity::Rate(..) => (0.0, f64::MAX),
        Quantity::Count(Counter::Issue | Counter::Messages, _) => (1.0, f64::MAX),
    }
}

/// The number between the two that is shortest to write.
fn roundest(low: f64, high: f64, grid: Grid) -> f64 {
    if low == f64::MIN && high == f64::MAX {
        return 0.0;
    }
    if low == f64::MIN {
        return -roundest(-high, f64::MAX, grid);
    }
    for step in [100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 0.0001] {
        // Minus nothing is nothing.
        let number = grid.round((low / step).ceil() * step) + 0.0;
        if low <= number && number <= high && grid.holds(number) {
            return number;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::condition::{AxisName, Counter, DeclaredField, DeclaredKind};

    fn written(quantity: &Quantity, constants: &[f64]) -> String {
        let stretches = samples(quantity, constants);
        stretches.iter().map(|stretch| (stretch.sample as f32).to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_cut_where_conditions_cut_them() {
        let sentiment = Quantity::Field(Field::Sentiment);
        let count = Quantity::Count(Counter::Messages, "1h".parse().unwrap());
        let followers = Quantity::Field(Field::AuthorFollowers);
        let own = DeclaredField { name: "own.score".to_owned(), kind: DeclaredKind::Number, values: vec![] };
        let own = Quantity::Field(Field::Declared(own.into()));
        let tiny = f64::from(0.3_f32.next_up());
        for (quantity, constants, wanted) in [
            (sentiment.clone(), &[-0.5, 0.3][..], "-1 -0.5 0 0.3 1"),
            (sentiment.clone(), &[-1.0, 1.0], "-1 0 1"),
            // Nothing lies between two neighbours of single precision.
            (sentiment.clone(), &[0.3, tiny], "0 0.3 0.30000004 1"),
            // Two constants that are one in single precision.
            (sentiment, &[0.3, 0.300_000_001], "0 0.3 1"),
            (Quantity::Field(Field::Influence), &[80.0], "0 80 100"),
            (Quantity::Confidence(AxisName::Type), &[0.6], "0 0.6 1"),
            (count.clone(), &[3.0], "2 3 100"),
            (count.clone(), &[1.0, 2.0], "1 2 100"),
            (count, &[0.0, 2.5], "2 100"),
            (followers.clone(), &[0.0], "0 100"),
            (followers, &[], "0"),
            (own.clone(), &[-12.5, 3.0], "-100 -12.5 0 3 100"),
            (own, &[], "0"),
        ] {
            assert_eq!(written(&quantity, constants), wanted, "{quantity} at {constants:?}");
        }
    }
}
