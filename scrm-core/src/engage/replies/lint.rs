//! Does a reply read as a person's? Its length, the language of contracts, how hard it reads, whether it was said before.
//!
//! Read [`lint`] first. Nothing here refuses a reply: whoever writes it is told, and decides.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Replies;
use crate::model::{ResponseId, Span, terms};
use crate::text::{Text, TokenKind};

/// Words of contracts, in English, German and Dutch.
pub const LEGALESE: [&str; 34] = [
    "aforementioned",
    "as per our",
    "forthwith",
    "hereafter",
    "hereby",
    "herein",
    "hereinafter",
    "heretofore",
    "herewith",
    "in accordance with",
    "in lieu of",
    "in the event that",
    "inter alia",
    "kindly be advised",
    "notwithstanding",
    "please be advised",
    "pursuant to",
    "shall not be liable",
    "terms and conditions apply",
    "thereof",
    "thereto",
    "under no circumstances",
    "whatsoever",
    "whereas",
    "without prejudice",
    "gemäß",
    "hiermit",
    "diesbezüglich",
    "unbeschadet",
    "vorbehaltlich",
    "bij dezen",
    "hierbij delen wij",
    "krachtens",
    "onverminderd",
];

/// A text above this is hard to read (Björnsson, "Läsbarhet", 1968: newspapers stand near 45, official prose above 55).
pub const LIX_MAX: f64 = 55.0;
/// Words below which reading ease says nothing.
const LIX_WORDS: usize = 20;
/// Texts that share this much of their shingles are one text said twice.
pub const RESEMBLANCE: f64 = 0.7;
/// Earlier replies that a new one is compared with.
pub const RECENT: usize = 50;
/// Words of one shingle.
const SHINGLE: usize = 3;
/// Words below which saying the same again is manners and no repeat.
const MANNERS: usize = 6;

terms! {
    /// What about a reply is worth a second look.
    LintKind {
        /// Longer than replies on its channel are.
        Length = "length",
        /// The language of contracts.
        Legalese = "legalese",
        /// Hard to read.
        Readability = "readability",
        /// Nearly what was said before: a machine's repeat.
        Sameness = "sameness",
        /// A placeholder that nobody filled in.
        Unfilled = "unfilled",
    }
}

/// One thing about a reply.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LintFinding {
    /// What.
    pub kind: LintKind,
    /// For whoever writes.
    pub message: String,
    /// Where in the text (bytes), if it is one place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The response that said the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseId>,
}

/// What about a reply on `source` is worth a second look, beside `recent` ones; only the first [`RECENT`] count.
pub fn lint(
    text: &str,
    source: &str,
    replies: &Replies,
    recent: &[(ResponseId, String)],
) -> Vec<LintFinding> {
    let finding = |kind, message, span, response| LintFinding { kind, message, span, response };
    let mut found = Vec::new();
    let (long, most) = (text.chars().count(), replies.length(source));
    if long > most {
        let message = format!("{long} characters; replies on `{source}` have at most {most}");
        found.push(finding(LintKind::Length, message, None, None));
    }
    for span in legalese(text, &replies.legalese) {
        let words = span.of(text).unwrap_or_default();
        let message = format!("`{words}` is the language of contracts");
        found.push(finding(LintKind::Legalese, message, Some(span), None));
    }
    if let Some(lix) = lix(text).filter(|lix| *lix > LIX_MAX) {
        let message = format!("hard to read (LIX {lix:.0}); shorter sentences and shorter words help");
        found.push(finding(LintKind::Readability, message, None, None));
    }
    let alike = recent.iter().take(RECENT).map(|(id, other)| (resemblance(text, other), id));
    if let Some((share, id)) =
        alike.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(share, _)| *share >= RESEMBLANCE)
    {
        let message = format!("{:.0}% of it was said before; a person answers this one", share * 100.0);
        found.push(finding(LintKind::Sameness, message, None, Some(id.clone())));
    }
    found
}

/// Where the language of contracts stands, in order.
pub(super) fn legalese(source: &str, more: &BTreeSet<String>) -> Vec<Span> {
    let text = Text::new(source);
    let words: Vec<&str> = (0..text.tokens().len()).filter_map(|at| text.folded_token(at)).collect();
    let mut found = Vec::new();
    for phrase in LEGALESE.into_iter().chain(more.iter().map(String::as_str)) {
        let cut = Text::new(phrase);
        let wanted: Vec<&str> = (0..cut.tokens().len()).filter_map(|at| cut.folded_token(at)).collect();
        if wanted.is_empty() {
            continue;
        }
        for at in words.windows(wanted.len()).enumerate().filter(|(_, run)| *run == wanted).map(|(at, _)| at)
        {
            let (first, last) = (text.tokens().get(at), text.tokens().get(at + wanted.len() - 1));
            if let (Some(first), Some(last)) = (first, last) {
                found.push(Span::new(first.span.start(), last.span.end()));
            }
        }
    }
    found.sort_unstable_by_key(|span| (span.start(), span.end()));
    found
}

/// How hard a text reads: words per sentence, and the percentage of words with more than six letters. `None` for a text of
/// fewer than twenty words.
#[allow(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
pub fn lix(source: &str) -> Option<f64> {
    let text = Text::new(source);
    let words: Vec<&str> = text
        .tokens()
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .filter_map(|token| token.span.of(source))
        .collect();
    if words.len() < LIX_WORDS {
        return None;
    }
    let long = words.iter().filter(|word| word.chars().count() > 6).count();
    let ends =
        source.split(['.', '!', '?', '\n', '…', '。']).filter(|part| part.chars().any(char::is_alphanumeric));
    let sentences = ends.count().max(1);
    Some(words.len() as f64 / sentences as f64 + 100.0 * long as f64 / words.len() as f64)
}

/// How much two texts share of their shingles of three words (Broder, "On the resemblance and containment of documents",
/// 1997): 1 when one is the other. Short ones that differ share nothing; very short ones are manners, and are not compared.
#[allow(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
pub fn resemblance(a: &str, b: &str) -> f64 {
    let words = |source: &str| -> Vec<String> {
        let text = Text::new(source);
        let wanted =
            |at: &usize| text.tokens().get(*at).is_some_and(|token| token.kind != TokenKind::Mention);
        (0..text.tokens().len())
            .filter(wanted)
            .filter_map(|at| text.folded_token(at))
            .map(str::to_owned)
            .collect()
    };
    let (a, b) = (words(a), words(b));
    if a.len() < MANNERS || b.len() < MANNERS {
        return 0.0;
    }
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.windows(SHINGLE).collect(), b.windows(SHINGLE).collect());
    a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
}
