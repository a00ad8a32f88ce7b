//! How long? A stretch of time as people write it: `15m`, `1h`, `30d`.

use std::fmt;
use std::str::FromStr;

use chrono::Duration;

const UNITS: [(char, u32); 5] = [('w', 7 * 86_400), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
const LONGEST: u32 = 3660 * 86_400;

/// A stretch of time, at most ten years: a number with `s`, `m`, `h`, `d` or `w`.
///
/// It is written back in the largest unit, up to days, that leaves a whole number.
///
/// ```
/// use scrm_core::calendar::Period;
/// let period: Period = "120m".parse().unwrap();
/// assert_eq!(period.to_string(), "2h");
/// assert_eq!(period.duration(), chrono::Duration::hours(2));
/// assert!("soon".parse::<Period>().is_err());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
// INVARIANT: at most LONGEST seconds.
pub struct Period(u32);

/// A text that is no stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a stretch of time")]
pub struct PeriodError(String);

impl PeriodError {
    pub(crate) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Period {
    /// So many times as long, and not more than the longest.
    #[must_use]
    pub(crate) fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count).min(LONGEST))
    }

    /// How many windows before a window its rate is measured against.
    pub(crate) const BASELINE: u32 = 24;

    /// What to write instead.
    pub(crate) const HELP: &'static str =
        "write a number and a unit, such as 15m, 1h or 30d; ten years at most";

    /// As a duration.
    pub fn duration(self) -> Duration {
        Duration::seconds(i64::from(self.0))
    }

    /// How much longer than `other` it is; none when it is not.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let parse = || -> Option<Self> {
            let unit = text.chars().last()?;
            let digits = text.strip_suffix(unit)?;
            let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let total = digits.parse::<u32>().ok()?.checked_mul(*seconds)?;
            (total <= LONGEST).then_some(Self(total))
        };
        parse().ok_or_else(|| PeriodError(text.to_owned()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().skip(1).find(|(_, seconds)| self.0 > 0 && self.0.is_multiple_of(*seconds));
        match whole {
            Some((unit, seconds)) => write!(f, "{}{unit}", self.0 / seconds),
            None => f.write_str("0m"),
        }
    }
}
