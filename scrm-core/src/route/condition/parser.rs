//! How do the words of a condition hang together? `not` binds closest, then `and`, then `or`.
//!
//! After a fault the parser goes on at the next `and`, `or` or closing parenthesis, so one reading finds all faults.

use super::lexer::{Token, tokens};
use super::{Condition, ConditionFault};
use crate::model::{Limits, Span};
use crate::route::Vocabulary;

/// Reads a condition; without a vocabulary every name is taken to exist.
pub(super) fn parse(
    text: &str,
    vocabulary: Option<&Vocabulary>,
    limits: &Limits,
) -> Result<Condition, Vec<ConditionFault>> {
    let mut parser =
        Parser { text, tokens: tokens(text), at: 0, vocabulary, limits, nodes: 0, faults: Vec::new() };
    let condition = parser.whole();
    let mut faults = parser.faults;
    match condition {
        Some(condition) if faults.is_empty() => Ok(condition),
        _ => {
            faults.sort_by_key(|fault| fault.span);
            Err(faults)
        }
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    pub(super) tokens: Vec<(Token, Span)>,
    pub(super) at: usize,
    pub(super) vocabulary: Option<&'a Vocabulary>,
    pub(super) limits: &'a Limits,
    nodes: usize,
    faults: Vec<ConditionFault>,
}

impl Parser<'_> {
    fn whole(&mut self) -> Option<Condition> {
        if self.tokens.is_empty() {
            self.fault("P006", Span::new(0, self.text.len()), "the condition is empty", None);
            return None;
        }
        let condition = self.any_of(0);
        while let Some(token) = self.peek() {
            let (span, closes) = (self.span(), *token == Token::Sign(")"));
            if closes {
                self.fault("P006", span, "`)` closes nothing", None);
                self.at += 1;
            } else {
                self.misplaced(span, "`and` or `or`");
                self.recover();
            }
            // What follows is read for its faults.
            while self.take_word("and") || self.take_word("or") {
                self.any_of(0);
            }
        }
        condition
    }

    /// `all or all or …`
    fn any_of(&mut self, depth: usize) -> Option<Condition> {
        self.joined("or", depth, Self::all_of).map(|parts| joined(parts, Condition::Or))
    }

    /// `one and one and …`
    fn all_of(&mut self, depth: usize) -> Option<Condition> {
        self.joined("and", depth, Self::one).map(|parts| joined(parts, Condition::And))
    }

    fn joined(
        &mut self,
        word: &str,
        depth: usize,
        part: fn(&mut Self, usize) -> Option<Condition>,
    ) -> Option<Vec<Condition>> {
        let mut parts = vec![part(self, depth)];
        while self.take_word(word) || self.take_foreign(word) {
            parts.push(part(self, depth));
        }
        parts.into_iter().collect()
    }

    /// Takes `word` as other languages write it, and reports it.
    fn take_foreign(&mut self, word: &str) -> bool {
        let sign = if word == "and" { "&&" } else { "||" };
        let found = match self.peek() {
            Some(Token::Word(other)) => other.eq_ignore_ascii_case(word) && other != word,
            Some(Token::Bad(other, _)) => other == sign,
            _ => false,
        };
        if found {
            let span = self.span();
            let message = format!("`{}` is not a word of conditions", self.source(span));
            self.fault("P006", span, message, Some(format!("write `{word}`")));
            self.at += 1;
        }
        found
    }

    fn one(&mut self, depth: usize) -> Option<Condition> {
        let span = self.span();
        self.nodes += 1;
        if depth > self.limits.query_depth || self.nodes > self.limits.query_nodes {
            let message = format!(
                "the condition is too large: more than {} levels or {} parts",
                self.limits.query_depth, self.limits.query_nodes
            );
            self.fault("P007", span, message, Some("split the rule in two".to_owned()));
            self.at = self.tokens.len();
            return None;
        }
        if self.take_word("not") {
            return self.one(depth + 1).map(|inner| Condition::Not(Box::new(inner)));
        }
        if self.take_sign("(") {
            let inner = self.any_of(depth + 1);
            return if self.close(span) { inner } else { None };
        }
        let atom = self.atom();
        if atom.is_none() {
            self.recover();
        }
        atom.map(Condition::Atom)
    }

    /// Takes the parenthesis that closes the one at `opened`, and says whether it stands there.
    fn close(&mut self, opened: Span) -> bool {
        if self.take_sign(")") {
            return true;
        }
        if self.peek().is_some() {
            let here = self.span();
            self.misplaced(here, "`)`");
            self.recover();
            self.take_sign(")");
        } else if !self.faults.iter().any(|fault| fault.code == "P007") {
            self.fault("P006", opened, "`(` is not closed", Some("add `)`".to_owned()));
        }
        false
    }

    /// Reports a word that stands where something else was expected.
    pub(super) fn misplaced(&mut self, span: Span, expected: &str) {
        let found = self.source(span);
        let bad = self.tokens.iter().find(|(_, place)| *place == span).map(|(token, _)| token);
        let help = match bad {
            Some(Token::Bad(_, help)) => Some((*help).to_owned()),
            _ if found == "NOT" => Some("write `not`".to_owned()),
            _ => None,
        };
        let message = if found.is_empty() {
            format!("the condition ends where {expected} was expected")
        } else {
            format!("`{found}` where {expected} was expected")
        };
        self.fault("P006", span, message, help);
    }

    /// Goes to the next `and`, `or`, or parenthesis that closes one opened before.
    pub(super) fn recover(&mut self) {
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Word(word) if open == 0 && (word == "and" || word == "or") => return,
                Token::Sign("(" | "[") => open += 1,
                Token::Sign(")" | "]") if open > 0 => open -= 1,
                Token::Sign(")") => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    pub(super) fn fault(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.faults.push(ConditionFault { code, span, message: message.into(), help });
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// The next token with its place, which thereby is taken.
    pub(super) fn take(&mut self) -> Option<(Token, Span)> {
        let token = self.tokens.get(self.at).cloned()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn take_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take_sign(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(sign)) if *sign == wanted);
        self.at += usize::from(found);
        found
    }

    /// One more value, which counts against the limit of parts.
    pub(super) fn count_value(&mut self) {
        self.nodes += 1;
    }

    /// Where the next token stands; the end of the text when there is none.
    pub(super) fn span(&self) -> Span {
        let end = self.text.trim_end().len();
        self.tokens.get(self.at).map_or(Span::new(end, end), |(_, span)| *span)
    }

    pub(super) fn source(&self, span: Span) -> &str {
        span.of(self.text).unwrap_or_default()
    }
}

/// One part is itself; parts that are joined by the same word are taken up into the row.
fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1
        && let Some(part) = parts.pop()
    {
        return part;
    }
    let is_and = matches!(join(Vec::new()), Condition::And(_));
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Condition::And(inner) if is_and => flat.extend(inner),
            Condition::Or(inner) if !is_and => flat.extend(inner),
            part => flat.push(part),
        }
    }
    join(flat)
}
