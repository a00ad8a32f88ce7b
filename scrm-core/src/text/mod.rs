//! What are the words, and where do they stand?
//!
//! Read [`Text`] first: a text cut into tokens, with a folded form that matching runs over and places in the original.
//! There is one tokeniser; listening, classifying and the queries that people write all go through it, so that what
//! a person types into a query is cut exactly as what customers write.

mod common;
mod emoji;
mod fold;
mod frequencies;
mod grammar;
mod hashtag;
mod language;
mod letter;
mod personal;
mod scan;
mod token;

pub use common::common;
pub(crate) use common::common_words;
pub use fold::{fold, unaccented};
pub use frequencies::{Frequencies, FrequenciesError};
pub use hashtag::parts;
pub use language::detect;
pub use personal::personal_data;

pub(crate) use letter::is_unspaced;
pub use token::{Token, TokenKind};

use unicode_normalization::char::is_combining_mark;

use crate::model::Span;

/// Stands before, between and after the tokens of a [delimited](Text::delimited) text, and in no token.
pub const DELIMITER: char = '\u{1F}';

/// A text cut into tokens.
///
/// Each token has a folded form: compatibility form (NFKC), with full case folding beyond ASCII. A phrase stands in a text
/// when its folded tokens do, side by side.
///
/// ```
/// use scrm_core::text::{Text, TokenKind};
/// let text = Text::new("STRAẞE's closed 😡 @northwind don’t ask");
/// let words: Vec<&str> = (0..text.tokens().len()).filter_map(|i| text.folded_token(i)).collect();
/// assert_eq!(words, ["strasse", "closed", "😡", "northwind", "don't", "ask"]);
/// assert_eq!(text.tokens()[3].kind, TokenKind::Mention);
/// assert_eq!(text.tokens()[3].span.of(text.source()), Some("@northwind"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    /// The source with its ASCII letters in lower case, where the folded form of a token of ASCII is found in its place;
    /// behind it, one after the other, those of all other tokens.
    folded: String,
}

impl<'a> Text<'a> {
    /// Cuts a text into tokens.
    pub fn new(source: &'a str) -> Self {
        let mut text = Self::before_scan(source);
        scan::scan(&mut text);
        text
    }

    fn before_scan(source: &'a str) -> Self {
        let mut folded = String::with_capacity(source.len() + source.len() / 4 + 2);
        folded.push_str(source);
        folded.make_ascii_lowercase();
        Self { source, tokens: Vec::with_capacity(source.len() / 5 + 1), folded }
    }

    /// Cuts a link, or another text without sentences, into its words: letters and digits, and nothing else.
    ///
    /// ```
    /// use scrm_core::text::Text;
    /// let text = Text::of_link("https://shop.example/lost-bag?id=7");
    /// let words: Vec<&str> = (0..text.tokens().len()).filter_map(|i| text.folded_token(i)).collect();
    /// assert_eq!(words, ["https", "shop", "example", "lost", "bag", "id", "7"]);
    /// ```
    pub fn of_link(source: &'a str) -> Self {
        let mut text = Self { source, tokens: Vec::new(), folded: String::new() };
        let mut start = None;
        for (at, c) in source.char_indices().chain([(source.len(), ' ')]) {
            let part = c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c));
            // In scripts that write no spaces each character is a token, as it is in texts.
            if let Some(from) = start
                && (!part
                    || is_unspaced(c)
                    || source.get(from..).is_some_and(|word| word.starts_with(is_unspaced)))
                && !(part && is_combining_mark(c))
            {
                let span = Span::new(from, at);
                let number = span.of(source).is_some_and(|word| word.chars().all(char::is_numeric));
                text.push(span, if number { TokenKind::Number } else { TokenKind::Word });
                start = None;
            }
            if part && start.is_none() {
                start = Some(at);
            }
        }
        text
    }

    fn push(&mut self, span: Span, kind: TokenKind) {
        let Some(raw) = span.of(self.source) else { return };
        let start = self.folded.len();
        match kind {
            TokenKind::Emoji => emoji::fold_into(raw, &mut self.folded),
            _ => fold::fold_word_into(kind.name_of(raw), &mut self.folded),
        }
        if self.folded.len() == start {
            return;
        }
        self.tokens.push(Token { span, kind, folded: Span::new(start, self.folded.len()) });
    }

    /// Appends a token of ASCII whose name, the token without its sign, begins at `name`.
    #[inline]
    fn push_ascii(&mut self, start: usize, name: usize, end: usize, kind: TokenKind) {
        self.tokens.push(Token { span: Span::new(start, end), kind, folded: Span::new(name, end) });
    }

    /// The text as it came.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The tokens, in order; they do not overlap.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// What the folded forms of tokens are places in.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// The folded tokens with a [`DELIMITER`] before, between and behind them: what one may search with other tools.
    pub fn delimited(&self) -> String {
        let mut delimited = String::with_capacity(self.folded.len() + self.tokens.len() + 1);
        delimited.push(DELIMITER);
        for token in &self.tokens {
            delimited.push_str(token.folded.of(&self.folded).unwrap_or_default());
            delimited.push(DELIMITER);
        }
        delimited
    }

    /// The folded form of one token.
    pub fn folded_token(&self, index: usize) -> Option<&str> {
        self.tokens.get(index).and_then(|token| token.folded.of(&self.folded))
    }

    /// The text as it came of one token.
    pub fn source_token(&self, index: usize) -> Option<&'a str> {
        self.tokens.get(index).and_then(|token| token.span.of(self.source))
    }

    /// What stands between token `index` and the next one (after the last: up to the end): space and punctuation.
    pub fn after(&self, index: usize) -> &'a str {
        let from = self.tokens.get(index).map_or(self.source.len(), |token| token.span.end());
        let to = self.tokens.get(index + 1).map_or(self.source.len(), |token| token.span.start());
        self.source.get(from..to).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
