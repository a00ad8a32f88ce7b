//! Which number does a condition ask for, and with what is it compared? Quantities, comparisons and windows.

use super::lexer::Token;
use super::parser::Parser;
use super::{Atom, AxisName, Comparison, Counter, Quantity};
use crate::model::Span;
use crate::route::Period;

impl Parser<'_> {
    /// A comparison of a number, which lies between the bounds.
    pub(super) fn compared(&mut self, quantity: Quantity, bounds: (f64, f64)) -> Option<Atom> {
        if self.take_word("between") {
            let start = self.span();
            let low = self.number(&quantity, bounds);
            if !self.take_word("and") {
                self.misplaced(self.span(), "`and`");
                return None;
            }
            let end = self.span();
            let (low, high) = low.zip(self.number(&quantity, bounds))?;
            if low > high {
                let span = Span::new(start.start(), end.end());
                let help = Some("write the smaller number first".to_owned());
                self.fault("P003", span, format!("nothing lies between {low} and {high}"), help);
                return None;
            }
            return Some(Atom::Between(quantity, low, high));
        }
        let span = self.span();
        let comparison =
            Comparison::ALL.into_iter().find(|sign| self.peek() == Some(&Token::Sign(sign.as_str())));
        match (comparison, self.peek()) {
            (Some(comparison), _) => {
                self.take();
                let number = self.number(&quantity, bounds)?;
                Some(Atom::Compare(quantity, comparison, number))
            }
            (None, Some(Token::Word(_))) => {
                let message = format!("`{}` cannot be asked of `{quantity}`", self.source(span));
                let help = format!("`{quantity}` is a number: write `{quantity} >= …`");
                self.fault("P002", span, message, Some(help));
                None
            }
            (None, _) => {
                self.misplaced(span, "a comparison");
                None
            }
        }
    }

    fn number(&mut self, quantity: &Quantity, (low, high): (f64, f64)) -> Option<f64> {
        let span = self.span();
        match self.peek() {
            Some(Token::Number(number)) => {
                // Minus nothing is nothing.
                let number = if *number == 0.0 { 0.0 } else { *number };
                self.take();
                if (low..=high).contains(&number) {
                    return Some(number);
                }
                let range = if low > f64::MIN && high < f64::MAX {
                    format!("`{quantity}` goes from {low} to {high}")
                } else {
                    format!("`{quantity}` is never less than {low}")
                };
                self.fault("P002", span, format!("`{quantity}` is never {number}"), Some(range));
            }
            Some(Token::Word(_) | Token::Quoted(_)) => {
                let message = format!("`{}` is not a number", self.source(span));
                self.take();
                self.fault("P002", span, message, Some(format!("`{quantity}` is compared with numbers")));
            }
            _ => self.misplaced(span, "a number"),
        }
        None
    }

    pub(super) fn axis_name(&mut self) -> Option<AxisName> {
        let (word, span) = self.text_or_word("the name of an axis")?;
        let axis = AxisName::parse(&word);
        if axis.is_none() {
            let known: Vec<&str> = AxisName::ALL.iter().map(|axis| axis.as_str()).collect();
            self.unknown_name(span, &format!("there is no axis `{word}`"), &word, &known);
        }
        axis
    }

    pub(super) fn counter_and_window(&mut self) -> Option<(Counter, Period)> {
        let (word, span) = self.text_or_word("the name of a counter")?;
        let counter = Counter::ALL.into_iter().find(|counter| counter.as_str() == word);
        if counter.is_none() {
            let known: Vec<&str> = Counter::ALL.iter().map(|counter| counter.as_str()).collect();
            self.unknown_name(span, &format!("there is no counter `{word}`"), &word, &known);
        }
        if !self.take_sign(",") {
            self.misplaced(self.span(), "`,` and a window");
            return None;
        }
        let (window, span) = self.text_or_word("a window such as \"15m\"")?;
        let period = window.parse::<Period>().ok().filter(|period| *period > Period::default());
        if period.is_none() {
            let message = format!("`{window}` is not a window of time");
            self.fault("P002", span, message, Some(Period::HELP.to_owned()));
        }
        counter.zip(period)
    }
}
