//! From when till when, on one day? A stretch of a day as people write it.

const MINUTES_A_DAY: u16 = 24 * 60;

/// A stretch of a day in which it is open, in local wall time.
///
/// ```
/// use scrm_core::calendar::Opening;
/// let night: Opening = "22:00-06:00".parse().unwrap();
/// assert!(night.is_overnight());
/// assert_eq!(night.to_string(), "22:00-06:00");
/// assert!("9 to 5".parse::<Opening>().is_err());
/// ```
// INVARIANT: from < MINUTES_A_DAY, from < to, to - from <= MINUTES_A_DAY.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opening {
    from: u16,
    to: u16,
}

/// A text that is no stretch of a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a stretch of a day")]
pub struct OpeningError(String);

impl Opening {
    /// The whole day.
    pub const ALL_DAY: Self = Self { from: 0, to: MINUTES_A_DAY };

    /// Whether it runs over midnight.
    pub fn is_overnight(self) -> bool {
        self.to > MINUTES_A_DAY
    }

    /// Between two minutes counted from the midnight that begins its day.
    pub(super) fn between(from: i64, to: i64) -> Option<Self> {
        let (from, to) = (u16::try_from(from).ok()?, u16::try_from(to).ok()?);
        (from < MINUTES_A_DAY && from < to && to - from <= MINUTES_A_DAY).then_some(Self { from, to })
    }

    /// Its minutes, counted from the midnight that begins its day.
    pub(super) fn minutes(self) -> (i64, i64) {
        (self.from.into(), self.to.into())
    }

    /// Whether the two, beginning on one day, share a minute.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Whether it shares a minute with one that begins on the day after.
    pub(super) fn overlaps_next_day(self, next: Self) -> bool {
        next.from + MINUTES_A_DAY < self.to
    }

    /// Seconds from the midnight that begins the day `days_later` days after its own.
    pub(super) fn seconds(self, days_later: u16) -> (i64, i64) {
        let at = |minute: u16| (i64::from(minute) - i64::from(days_later * MINUTES_A_DAY)) * 60;
        (at(self.from), at(self.to))
    }
}

impl std::str::FromStr for Opening {
    type Err = OpeningError;

    fn from_str(text: &str) -> Result<Self, OpeningError> {
        let minute = |clock: &str| -> Option<u16> {
            let (hours, minutes) = clock.split_once(':')?;
            let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            if !digits(hours) || !digits(minutes) {
                return None;
            }
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            let minute = hours * 60 + minutes;
            (minutes < 60 && minute <= MINUTES_A_DAY).then_some(minute)
        };
        let parse = || -> Option<Self> {
            let (from, to) = text.split_once('-')?;
            let (from, to) = (minute(from.trim())?, minute(to.trim())?);
            let to = if to < from { to + MINUTES_A_DAY } else { to };
            (from < MINUTES_A_DAY && from < to).then_some(Self { from, to })
        };
        parse().ok_or_else(|| OpeningError(text.to_owned()))
    }
}

impl std::fmt::Display for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let to = if self.is_overnight() { self.to - MINUTES_A_DAY } else { self.to };
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, to / 60, to % 60)
    }
}
