//! How is a query written? One canonical form, which reads back to the same tree.

use std::fmt;

use chrono::{DateTime, Utc};

use super::unfold::unfolded;
use super::values::{DAY, written};
use super::{Atom, Attribute, Condition, Form, Near, Pattern, Query, Reach, Sort, Test, Word, Zone};

impl Query {
    fn rank(&self) -> u8 {
        match self {
            Self::Or(_) => 0,
            Self::And(_) => 1,
            Self::Not(_) => 2,
            Self::Near(_) => 3,
            _ => 4,
        }
    }

    /// Writes it as a part of something: in parentheses when it binds no tighter.
    fn write_in(&self, f: &mut fmt::Formatter<'_>, outer: u8) -> fmt::Result {
        // One of a kind inside another of that kind keeps its parentheses: the tree prints as it stands. AND inside OR
        // needs none, and has them since people mistake it.
        if self.rank() <= outer || (outer == 0 && self.rank() == 1) {
            write!(f, "({self})")
        } else {
            write!(f, "{self}")
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Query], word: &str, rank: Option<u8>) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        match rank {
            Some(rank) => part.write_in(f, rank)?,
            None => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Atom(atom) => write!(f, "{atom}"),
            Self::Test(test) => write!(f, "{test}"),
            Self::And(parts) => join(f, parts, " AND ", Some(1)),
            Self::Or(parts) => join(f, parts, " OR ", Some(0)),
            Self::Not(part) => {
                f.write_str("NOT ")?;
                part.write_in(f, 1)
            }
            Self::AtLeast(count, parts) => {
                write!(f, "ATLEAST {count} (")?;
                join(f, parts, ", ", None)?;
                f.write_str(")")
            }
            Self::Near(near) => write!(f, "{near}"),
        }
    }
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.left.write_in(f, 3)?;
        f.write_str(if self.negated { " NOT " } else { " " })?;
        match self.reach {
            Reach::Words(n) => write!(f, "{}NEAR/{n}", if self.ordered { "O" } else { "" })?,
            Reach::Sentence => f.write_str("SENTENCE")?,
            Reach::Paragraph => f.write_str("PARAGRAPH")?,
        }
        f.write_str(" ")?;
        self.right.write_in(f, 3)
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.name();
        if !zone.is_empty() {
            write!(f, "{zone}:")?;
        }
        match &self.pattern {
            Pattern::Words(words) => write_words(f, words, false, self.zone == Zone::Url),
            Pattern::Loose { words, slack } => {
                write_words(f, words, true, self.zone == Zone::Url)?;
                write!(f, "~{slack}")
            }
            Pattern::Exact(literal) => write!(f, "{{{literal}}}"),
            Pattern::Regex(regex) => {
                f.write_str("/")?;
                let mut escaped = false;
                for c in regex.as_str().chars() {
                    if c == '/' && !escaped {
                        f.write_str("\\")?;
                    }
                    escaped = c == '\\' && !escaped;
                    write!(f, "{c}")?;
                }
                f.write_str("/")
            }
        }
    }
}

fn write_words(f: &mut fmt::Formatter<'_>, words: &[Word], quoted: bool, link: bool) -> fmt::Result {
    if words.iter().any(|word| word.form == Form::Accented) {
        f.write_str("=")?;
    }
    match words {
        [word] if !quoted && is_bare(word, link) => write_word(f, word, link),
        _ => {
            f.write_str("\"")?;
            for (i, word) in words.iter().enumerate() {
                if i > 0 {
                    f.write_str(" ")?;
                }
                write_word(f, word, link)?;
                // A possessive would be cut off once more.
                if word.text.ends_with("'s") {
                    f.write_str("'s")?;
                }
            }
            f.write_str("\"")
        }
    }
}

fn write_word(f: &mut fmt::Formatter<'_>, word: &Word, link: bool) -> fmt::Result {
    let sign = match word.form {
        Form::Hashtag => "#",
        Form::Mention => "@",
        Form::Cashtag => "$",
        Form::Accented | Form::Plain => "",
    };
    // Two faces are faces with their capitals alone.
    let text = match &*word.text {
        ":d" => ":D",
        "d:" => "D:",
        text => text,
    };
    match unfolded(word, link) {
        Some(source) => write!(f, "{sign}{source}"),
        None => write!(f, "{sign}{text}"),
    }
}

/// Whether a word reads back as itself without quotes.
fn is_bare(word: &Word, link: bool) -> bool {
    let plain = |c: char| {
        c.is_alphanumeric()
            || c == '_'
            || (word.glob && matches!(c, '*' | '?'))
            || (!c.is_ascii() && is_sign(c))
    };
    let inner = |c: char| plain(c) || matches!(c, '\'' | '.');
    !matches!(&*word.text, "and" | "or" | "not" | "near" | "onear")
        && !word.text.ends_with("'s")
        && word.text.starts_with(plain)
        && word.text.chars().all(inner)
        && unfolded(word, link).is_none()
}

/// Emoji and marks: no blanks, no controls, no quotes.
fn is_sign(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !super::lexer::QUOTES.contains(&c)
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.attribute.name())?;
        match &self.condition {
            Condition::Is(value) => {
                let plain = |c: char| c.is_alphanumeric() || "_.+@/#~-".contains(c);
                let bare =
                    value.chars().all(plain) && value.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                // A quote is there as the form of another character alone.
                if bare { write!(f, "{value}") } else { write!(f, "\"{}\"", value.replace('"', "\u{FF02}")) }
            }
            Condition::Between(from, to) => match (&self.attribute, from, to) {
                (Attribute::Sample, _, Some(last)) => write!(f, "{}", last.saturating_add(1)),
                (Attribute::Expires, _, Some(last)) => {
                    let end = last.saturating_add(1);
                    if end.rem_euclid(DAY) == 0 { f.write_str(&day(end)) } else { f.write_str(&instant(end)) }
                }
                (attribute, from, to) if attribute.sort() == Sort::Time => write_times(f, *from, *to),
                (Attribute::Own(_), from, to) => write_numbers(f, *from, *to),
                (_, Some(from), Some(to)) if from == to => write!(f, "{from}"),
                (_, Some(from), Some(to)) => write!(f, "{from}..{to}"),
                (_, Some(from), None) => write!(f, ">={from}"),
                (_, None, Some(to)) => write!(f, "<={to}"),
                (_, None, None) => f.write_str(".."),
            },
        }
    }
}

/// Numbers in billionths. One billionth beside a rounder number is how that one is left out.
fn write_numbers(f: &mut fmt::Formatter<'_>, from: Option<i128>, to: Option<i128>) -> fmt::Result {
    match (from, to) {
        (Some(from), Some(to)) => write!(f, "{}..{}", written(from), written(to)),
        (Some(from), None) if (from - 1) % 1000 == 0 => write!(f, ">{}", written(from - 1)),
        (Some(from), None) => write!(f, ">={}", written(from)),
        (None, Some(to)) if (to + 1) % 1000 == 0 => write!(f, "<{}", written(to + 1)),
        (None, Some(to)) => write!(f, "<={}", written(to)),
        (None, None) => f.write_str(".."),
    }
}

fn write_times(f: &mut fmt::Formatter<'_>, from: Option<i128>, to: Option<i128>) -> fmt::Result {
    let first = |from: i128| if from.rem_euclid(DAY) == 0 { day(from) } else { instant(from) };
    let last = |to: i128| if to.rem_euclid(DAY) == DAY - 1 { day(to) } else { instant(to) };
    match (from, to) {
        (Some(from), Some(to)) if first(from) == last(to) => f.write_str(&first(from)),
        (Some(from), Some(to)) => write!(f, "{}..{}", first(from), last(to)),
        // What begins a day is written as that day, and so is what ends one; all else is an instant.
        (Some(from), None) => write!(f, ">={}", first(from)),
        (None, Some(to)) => write!(f, "<={}", last(to)),
        (None, None) => f.write_str(".."),
    }
}

fn day(seconds: i128) -> String {
    moment(seconds).map_or_else(|| seconds.to_string(), |time| time.format("%Y-%m-%d").to_string())
}

fn instant(seconds: i128) -> String {
    moment(seconds).map_or_else(|| seconds.to_string(), |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn moment(seconds: i128) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}
