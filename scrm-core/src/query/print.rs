//! How is a query written? One canonical form, which reads back to the same tree.

use std::fmt;

use super::{Atom, Form, Pattern, Query};

impl Query {
    fn rank(&self) -> u8 {
        match self {
            Self::Or(_) => 0,
            Self::And(_) => 1,
            Self::Not(_) => 2,
            _ => 3,
        }
    }

    fn write_in(&self, f: &mut fmt::Formatter<'_>, outer: u8) -> fmt::Result {
        // One of a kind inside another of that kind keeps its parentheses: the tree prints as it stands.
        if self.rank() < 3 && self.rank() <= outer { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str, rank: u8| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    f.write_str(word)?;
                }
                part.write_in(f, rank)?;
            }
            Ok(())
        };
        match self {
            Self::Atom(atom) => write!(f, "{atom}"),
            Self::And(parts) => join(f, parts, " AND ", 1),
            Self::Or(parts) => join(f, parts, " OR ", 0),
            Self::Not(part) => {
                f.write_str("NOT ")?;
                part.write_in(f, 1)
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pattern::Words(words) = &self.pattern else { return Ok(()) };
        let sign = |form| match form {
            Form::Hashtag => "#",
            Form::Mention => "@",
            Form::Cashtag => "$",
            Form::Accented => "=",
            Form::Plain => "",
        };
        let words: Vec<String> =
            words.iter().map(|word| format!("{}{}", sign(word.form), word.text)).collect();
        match words.as_slice() {
            [word] if !matches!(word.to_uppercase().as_str(), "AND" | "OR" | "NOT") => write!(f, "{word}"),
            _ => write!(f, "\"{}\"", words.join(" ")),
        }
    }
}
