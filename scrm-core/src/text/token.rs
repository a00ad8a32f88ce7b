//! What sort of word is it?

use crate::model::Span;

/// One token of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands in the text as it came (bytes).
    pub span: Span,
    /// What sort it is.
    pub kind: TokenKind,
    /// Where its folded form is kept.
    pub(crate) folded: Span,
}

/// What sort of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word; in scripts without spaces, one character.
    Word,
    /// Digits, with the points and commas between them.
    Number,
    /// `#tag`; its folded form has no sign.
    Hashtag,
    /// `@handle`; its folded form has no sign.
    Mention,
    /// `$CASH`; its folded form has no sign.
    Cashtag,
    /// A link.
    Url,
    /// An e-mail address.
    Email,
    /// An emoji with all its parts; its folded form has neither skin tone nor variation selector.
    Emoji,
    /// A face made of punctuation.
    Emoticon,
}

impl TokenKind {
    /// Whether a query's plain word can match it. Mentions, links and addresses are matched only when asked for.
    pub fn is_wordlike(self) -> bool {
        matches!(self, Self::Word | Self::Number | Self::Hashtag)
    }

    /// The token without its sign.
    pub(crate) fn name_of(self, raw: &str) -> &str {
        match self {
            Self::Hashtag | Self::Mention | Self::Cashtag => {
                raw.strip_prefix(['#', '@', '$', '\u{FF03}', '\u{FF20}']).unwrap_or(raw)
            }
            _ => raw,
        }
    }
}
