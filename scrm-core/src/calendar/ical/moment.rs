//! When does an event begin or end? A date, or a time in its own zone, in that of the calendar, or in UTC.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::lines::Line;

/// A date or a time as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Moment {
    Date(NaiveDate),
    /// On the wall of wherever the calendar is.
    Floating(NaiveDateTime),
    Utc(NaiveDateTime),
    Zoned(NaiveDateTime, Tz),
}

impl Moment {
    /// The dates or times of a line, separated by commas.
    pub(super) fn all(line: &Line) -> Result<Vec<Self>, String> {
        let zone = line.param("TZID").map(zone).transpose()?;
        line.value.split(',').map(|text| Self::read(text.trim(), zone)).collect()
    }

    /// The one date or time of a line.
    pub(super) fn of(line: &Line) -> Result<Self, String> {
        let zone = line.param("TZID").map(zone).transpose()?;
        Self::read(line.value.trim(), zone)
    }

    /// `20261225`, `20261225T130000` or `20261225T120000Z`.
    pub(super) fn read(text: &str, zone: Option<Tz>) -> Result<Self, String> {
        let fault = || format!("`{}` is not a date or a time", shown(text));
        let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
        let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
        if !digits(date, 8) {
            return Err(fault());
        }
        let date = NaiveDate::parse_from_str(date, "%Y%m%d").map_err(|_| fault())?;
        let Some(time) = time else { return Ok(Self::Date(date)) };
        let (time, is_utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
        if !digits(time, 6) {
            return Err(fault());
        }
        let at = date.and_time(NaiveTime::parse_from_str(time, "%H%M%S").map_err(|_| fault())?);
        Ok(match zone {
            _ if is_utc => Self::Utc(at),
            Some(zone) => Self::Zoned(at, zone),
            None => Self::Floating(at),
        })
    }

    /// As written, midnight for a date.
    pub(super) fn naive(self) -> NaiveDateTime {
        match self {
            Self::Date(date) => date.and_time(NaiveTime::MIN),
            Self::Floating(at) | Self::Utc(at) | Self::Zoned(at, _) => at,
        }
    }

    /// Another date or time, written in the same way.
    pub(super) fn with(self, at: NaiveDateTime) -> Self {
        match self {
            Self::Date(_) => Self::Date(at.date()),
            Self::Floating(_) => Self::Floating(at),
            Self::Utc(_) => Self::Utc(at),
            Self::Zoned(_, zone) => Self::Zoned(at, zone),
        }
    }

    /// What the clock on the wall of `tz` shows then. A date is that date everywhere.
    pub(super) fn wall(self, tz: Tz) -> NaiveDateTime {
        match self {
            Self::Date(_) | Self::Floating(_) => self.naive(),
            Self::Utc(at) => tz.from_utc_datetime(&at).naive_local(),
            Self::Zoned(at, zone) => instant(at, zone).with_timezone(&tz).naive_local(),
        }
    }
}

/// The instant of a local time: of one that came twice the first, and of one that was skipped the one that it would have
/// been by the offset before (RFC 5545, 3.3.5).
fn instant(at: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    // No zone ever skipped more than a day.
    let before = (0..=25).find_map(|hours| {
        let sure = at.checked_sub_signed(Duration::hours(hours))?;
        Some((zone.from_local_datetime(&sure).earliest()?, hours))
    });
    before
        .and_then(|(found, hours)| found.to_utc().checked_add_signed(Duration::hours(hours)))
        .unwrap_or_else(|| at.and_utc())
}

/// The zone of a `TZID`: a name of the IANA database, with or without a path before it.
fn zone(name: &str) -> Result<Tz, String> {
    let tail = |n: usize| name.rsplitn(n + 1, '/').take(n).collect::<Vec<_>>();
    let known = (1..=3).rev().find_map(|n| {
        let mut parts = tail(n);
        parts.reverse();
        parts.join("/").parse().ok()
    });
    known.ok_or_else(|| format!("there is no time zone `{}`", shown(name)))
}

/// The beginning of a text that is told of.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `P1D`, `P2W` or `PT1H30M`.
pub(super) fn read_duration(text: &str) -> Result<Duration, String> {
    let fault = || format!("`{}` is not a duration", shown(text));
    let mut seconds: i64 = 0;
    let (mut number, mut in_time, mut any) = (String::new(), false, false);
    for c in text.trim().trim_start_matches('+').strip_prefix('P').ok_or_else(fault)?.chars() {
        let unit = match (c, in_time) {
            ('T', false) if number.is_empty() => {
                in_time = true;
                continue;
            }
            ('0'..='9', _) => {
                number.push(c);
                continue;
            }
            ('W', false) => 7 * 86_400,
            ('D', false) => 86_400,
            ('H', true) => 3600,
            ('M', true) => 60,
            ('S', true) => 1,
            _ => return Err(fault()),
        };
        let n: i64 = number.parse().map_err(|_| fault())?;
        seconds = n.checked_mul(unit).and_then(|more| seconds.checked_add(more)).ok_or_else(fault)?;
        (number, any) = (String::new(), true);
    }
    if !any || !number.is_empty() || seconds > 200 * 366 * 86_400 {
        return Err(fault());
    }
    Ok(Duration::seconds(seconds))
}
