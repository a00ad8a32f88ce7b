//! Which numbers and times lie between? `>1000`, `10..20`, `2026-11-02`, and what is wrong with the rest.

use chrono::{DateTime, NaiveDate};

use super::{Attribute, Condition, Sort};

/// Seconds of a day.
pub(super) const DAY: i128 = 86_400;
/// Parts of one in which numbers with fractions are counted.
pub(super) const ONE: i128 = 1_000_000_000;
/// Digits behind the point that count.
const PLACES: usize = 9;

/// What is wrong with a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is none.
    Unreadable,
    /// It ends before it begins.
    Backwards,
    /// A sample is 1 to 100 in a hundred.
    Sample,
}

impl Fault {
    pub(super) fn code(self) -> &'static str {
        if self == Self::Backwards { "Q017" } else { "Q016" }
    }

    pub(super) fn message(self, shown: &str) -> String {
        match self {
            Self::Unreadable => format!("`{shown}` is no comparison that could be read"),
            Self::Backwards => format!("the range of `{shown}` ends before it begins"),
            Self::Sample => format!("`{shown}` is no sample"),
        }
    }

    pub(super) fn help(self, attribute: &Attribute) -> String {
        let name = attribute.name();
        match (self, attribute) {
            (Self::Backwards, _) => "write the smaller end first".into(),
            (_, Attribute::Sample) => {
                "write how many messages in a hundred, from 1 to 100: `sample:10`".into()
            }
            (_, Attribute::Expires) => {
                "write one day or instant: `expires:2026-11-30` or `expires:2026-11-30T18:00:00Z`".into()
            }
            _ if attribute.sort() == Sort::Time => format!(
                "write a day `{name}:2026-11-02`, a range `2026-11-01..2026-11-30` or an instant `>=2026-11-02T08:00:00Z`"
            ),
            (_, Attribute::Own(_)) => {
                format!("write a number: `{name}:>1000`, `>=`, `<`, `<=`, `0.5..2`, `10..` or `..20`")
            }
            _ => format!("write a whole number: `{name}:>1000`, `>=`, `<`, `<=`, `10..20`, `10..` or `..20`"),
        }
    }
}

/// The seconds or numbers that a point covers.
type Point = (i128, i128);

fn number(text: &str) -> Option<Point> {
    let number = text.parse::<i64>().ok()?.into();
    Some((number, number))
}

/// A number with or without a fraction, in billionths.
fn fraction(text: &str) -> Option<Point> {
    let number = decimal(text)?;
    Some((number, number))
}

/// A number as people write it, in billionths: `4`, `-0.5`, `3.25`.
pub(super) fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let counted = |digits: &str, most: usize| {
        !digits.is_empty() && digits.len() <= most && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !counted(whole, 20) || !counted(part, PLACES) {
        return None;
    }
    let (whole, part): (i128, i128) = (whole.parse().ok()?, format!("{part:0<PLACES$}").parse().ok()?);
    Some(sign * (whole * ONE + part))
}

/// The number of a message, in billionths; further places are rounded.
pub(super) fn billionths(number: &serde_json::Number) -> Option<i128> {
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    #[allow(clippy::cast_possible_truncation, reason = "what is larger than any bound stays so")]
    let rounded = || number.as_f64().map(|number| (number * 1e9).round() as i128);
    whole.map(|whole| whole * ONE).or_else(rounded)
}

/// Billionths as people write them.
pub(super) fn written(number: i128) -> String {
    let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    let (whole, part) = (number / ONE.unsigned_abs(), number % ONE.unsigned_abs());
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:0PLACES$}");
    format!("{sign}{whole}.{}", part.trim_end_matches('0'))
}

fn time(text: &str) -> Option<Point> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some((instant.timestamp().into(), instant.timestamp().into()));
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let start = i128::from(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp());
    Some((start, start + DAY - 1))
}

/// What a value behind a number or a time says; with `at_least`, a number alone is the smallest.
pub(super) fn between(attribute: &Attribute, raw: &str, at_least: bool) -> Result<Condition, Fault> {
    let point = match attribute {
        Attribute::Own(_) => fraction,
        attribute if attribute.sort() == Sort::Time => time,
        _ => number,
    };
    match attribute {
        Attribute::Sample => {
            let n = number(raw).map(|(n, _)| n).filter(|n| (1..=100).contains(n)).ok_or(Fault::Sample)?;
            return Ok(Condition::Between(Some(0), Some(n - 1)));
        }
        Attribute::Expires => {
            let (start, _) = time(raw).ok_or(Fault::Unreadable)?;
            return Ok(Condition::Between(None, Some(start - 1)));
        }
        _ => {}
    }
    let read = |text: &str| point(text.trim()).ok_or(Fault::Unreadable);
    let (from, to) = if let Some(rest) = raw.strip_prefix(">=") {
        (Some(read(rest)?.0), None)
    } else if let Some(rest) = raw.strip_prefix("<=") {
        (None, Some(read(rest)?.1))
    } else if let Some(rest) = raw.strip_prefix('>') {
        (Some(read(rest)?.1.checked_add(1).ok_or(Fault::Unreadable)?), None)
    } else if let Some(rest) = raw.strip_prefix('<') {
        (None, Some(read(rest)?.0.checked_sub(1).ok_or(Fault::Unreadable)?))
    } else if let Some(inner) = raw.strip_prefix(['[', '{']) {
        brackets(raw, inner, read)?
    } else if let Some((from, to)) = raw.split_once("..") {
        let from = if from.is_empty() { None } else { Some(read(from)?.0) };
        let to = if to.is_empty() { None } else { Some(read(to)?.1) };
        (from, to)
    } else {
        let (from, to) = read(raw)?;
        (Some(from), if at_least { None } else { Some(to) })
    };
    match (from, to) {
        (Some(from), Some(to)) if from > to => Err(Fault::Backwards),
        _ => Ok(Condition::Between(from, to)),
    }
}

/// `[a TO b]`, or with braces where an end is not included; `*` is an open end.
fn brackets(
    raw: &str,
    inner: &str,
    read: impl Fn(&str) -> Result<Point, Fault>,
) -> Result<(Option<i128>, Option<i128>), Fault> {
    let inner = inner.strip_suffix([']', '}']).ok_or(Fault::Unreadable)?;
    let (from, to) = inner.split_once(" TO ").ok_or(Fault::Unreadable)?;
    let end = |text: &str| if text.trim() == "*" { Ok(None) } else { read(text).map(Some) };
    let from =
        end(from)?.map(|(start, end)| if raw.starts_with('{') { end.saturating_add(1) } else { start });
    let to = end(to)?.map(|(start, end)| if raw.ends_with('}') { start.saturating_sub(1) } else { end });
    Ok((from, to))
}
