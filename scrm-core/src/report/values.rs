//! How does a cell read? A number with its thousands apart, a day, a time on the wall; and what it is to a machine.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;

/// A whole number, thousands apart.
pub(super) fn integer(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number: one digit behind the point, two below 10, none where there is no fraction.
#[allow(clippy::cast_possible_truncation, reason = "a rounded number below 10^15 is a whole one")]
pub(super) fn number(number: f64) -> String {
    if number.abs() >= 1e15 {
        return format!("{number:.3e}");
    }
    let digits = if number.abs() < 10.0 { 2 } else { 1 };
    let scale = 10_f64.powi(digits);
    let rounded = (number * scale).round() / scale;
    let (whole, part) = (rounded.trunc(), (rounded.fract().abs() * scale).round() as i64);
    let sign = if rounded < 0.0 && whole == 0.0 { "−" } else { "" };
    let whole = format!("{sign}{}", integer(whole as i64));
    match (part, digits) {
        (0, _) => whole,
        (part, 2) if part % 10 == 0 => format!("{whole}.{}", part / 10),
        (part, 2) => format!("{whole}.{part:02}"),
        (part, _) => format!("{whole}.{part}"),
    }
}

/// A number on an axis, in few characters.
pub(super) fn tick(value: f64) -> String {
    match value.abs() {
        size if size >= 1e9 => format!("{}bn", number(value / 1e9)),
        size if size >= 1e6 => format!("{}M", number(value / 1e6)),
        size if size >= 1e4 => format!("{}k", number(value / 1e3)),
        _ => number(value),
    }
}

/// A day, with its name.
pub(crate) fn day(day: NaiveDate) -> String {
    format!("{} {} {} {}", day.weekday(), day.day(), month(day.month0()), day.year())
}

/// The short name of a month, from 0.
pub(super) fn month(month: u32) -> &'static str {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("")
}

/// A point in time on the clock of a zone.
pub(super) fn time(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!("{}, {}", day(local.date_naive()), local.format("%H:%M"))
}

/// A point in time for machines, as tables write it.
pub(super) fn machine_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A length of time in its two largest units.
pub(super) fn duration(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "" };
    let length = seconds.unsigned_abs();
    let (days, hours, minutes, rest) = (length / 86_400, length / 3600 % 24, length / 60 % 60, length % 60);
    let (first, second) = match (days, hours, minutes) {
        (0, 0, 0) => (format!("{rest} s"), None),
        (0, 0, _) => (format!("{minutes} min"), (rest > 0).then(|| format!("{rest} s"))),
        (0, ..) => (format!("{hours} h"), (minutes > 0).then(|| format!("{minutes} min"))),
        _ => (
            format!("{} d", integer(i64::try_from(days).unwrap_or(i64::MAX))),
            (hours > 0).then(|| format!("{hours} h")),
        ),
    };
    second.map_or_else(|| format!("{sign}{first}"), |second| format!("{sign}{first} {second}"))
}

/// The name of a column for people.
pub(super) fn heading(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::{duration, integer, number, tick};

    #[test]
    fn numbers_read_as_people_write_them() {
        for (given, read) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "−1,234,567")] {
            assert_eq!(integer(given), read);
        }
        assert_eq!(integer(i64::MIN), "−9,223,372,036,854,775,808");
        for (given, read) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.5, "0.5"),
            (-0.254, "−0.25"),
            (-0.001, "0"),
            (9.999, "10"),
            (1.05, "1.05"),
            (12.34, "12.3"),
            (1234.96, "1,235"),
            (-99.95, "−100"),
            (1e15, "1.000e15"),
        ] {
            assert_eq!(number(given), read, "{given}");
        }
        for (given, read) in [(9999.0, "9,999"), (12_500.0, "12.5k"), (2e6, "2M"), (-3.5e9, "−3.5bn")] {
            assert_eq!(tick(given), read);
        }
    }

    #[test]
    fn lengths_of_time_have_two_units() {
        for (given, read) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3600, "1 h"),
            (5430, "1 h 30 min"),
            (-90_000, "−1 d 1 h"),
        ] {
            assert_eq!(duration(given), read);
        }
    }
}
