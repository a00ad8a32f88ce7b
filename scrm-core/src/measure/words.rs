//! Which words are an issue's own? Those that stand in its messages more often than elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Message, Span, Topic};
use crate::record::Entry;
use crate::text::{Text, TokenKind, fold};

/// Words that say nothing of an issue, in the languages customers write most.
const COMMON: &str = "a about after again all also am an and any are as at back be because been before being but by can can't could did \
    do does doing don't done for from get getting go going got had has have having he her here him his how i i'd i'll i'm i've if \
    in into is isn't it its just know let like made make me more my need no not now of off on one only or other our out over please \
    really said say see she should so some still such take than thank thanks that the their them then there they thing think this \
    those though through to today too try trying u up us use very via want wants was way we well were what when where which while \
    who why will with won't would yes yet you your amp rt \
    aan als bij dat de den der deze die dit doe dus een en er ge geen had heb hebben het hier hoe ik in is je kan maar me mij mijn nog \
    nu of om ook op te tot uit van voor was wat we wel wij worden zijn zo \
    aber auf aus bin das dass dem den der des die du ein eine einen er es für hat ich ihr im ist ja kein man mein mir mit nach nicht \
    noch nur oder sie sind so und von war was wie wir zu zum \
    au aux avec ce ces cette dans de des du elle en est et eux il je la le les leur lui ma mais mes moi mon ne nos notre nous on ou \
    par pas pour qu que qui sa se ses son sur ta te tes toi ton tu un une vos votre vous \
    al como con de del el ella en es esta este la las lo los más me mi muy no para pero por que se sin su te tu un una y ya \
    as com da das do dos ele em eu isso na nas não nos o os ou para por que se seu sua um uma";

/// In how many messages each word stands.
#[derive(Debug, Clone, Default)]
pub(super) struct WordCounts {
    pub(super) messages: u64,
    pub(super) words: BTreeMap<String, u64>,
}

impl WordCounts {
    pub(super) fn add(&mut self, words: &BTreeSet<String>) {
        self.messages += 1;
        for word in words {
            *self.words.entry(word.clone()).or_default() += 1;
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.messages += other.messages;
        super::volume::add(&mut self.words, other.words);
    }

    /// The `top` words that stand in these messages more often than in `all`, the most telling first.
    ///
    /// Telling is Dunning's log-likelihood ratio of the two shares of messages ("Accurate Methods for the Statistics of
    /// Surprise and Coincidence", Computational Linguistics 19, 1993); words of a single message are left out unless
    /// the issue has no other.
    pub(super) fn own(&self, all: &Self, top: usize) -> Vec<String> {
        let least = if self.messages > 2 { 2 } else { 1 };
        let mut scored: Vec<(f64, &String)> = self
            .words
            .iter()
            .filter(|(_, count)| **count >= least)
            .filter_map(|(word, count)| {
                let elsewhere = all.words.get(word).copied().unwrap_or(*count).saturating_sub(*count);
                let others = all.messages.saturating_sub(self.messages);
                let score = log_likelihood(*count, self.messages, elsewhere, others);
                (score > 0.0).then_some((score, word))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        scored.into_iter().take(top).map(|(_, word)| word.clone()).collect()
    }
}

/// A word that is telling for some messages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Keyness {
    pub(super) word: String,
    /// Messages in which it stands.
    pub(super) here: u64,
    /// Other messages in which it stands.
    pub(super) there: u64,
    /// Dunning's log-likelihood ratio.
    pub(super) score: f64,
}

/// The `top` words of some of `all` messages that stand in these more often than in the others, the most telling first;
/// words of a single message are left out unless there are no more than two messages.
pub(super) fn keyness(
    messages: u64,
    words: &super::sums::Counts<String>,
    all: u64,
    all_words: &super::sums::Counts<String>,
    top: usize,
) -> Vec<Keyness> {
    let least = if messages > 2 { 2 } else { 1 };
    let mut found: Vec<Keyness> = words
        .iter()
        .filter(|(_, here)| *here >= least)
        .filter_map(|(word, here)| {
            let there = all_words.get(word.as_str()).saturating_sub(here);
            let score = log_likelihood(here, messages, there, all.saturating_sub(messages));
            (score > 0.0).then(|| Keyness { word: word.clone(), here, there, score })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.word.cmp(&b.word)));
    found.truncate(top);
    found
}

/// Twice the log-likelihood ratio; 0 when the word is no more frequent here than elsewhere.
#[allow(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
pub(super) fn log_likelihood(here: u64, n_here: u64, there: u64, n_there: u64) -> f64 {
    let (k1, n1, k2, n2) = (here as f64, n_here as f64, there as f64, n_there as f64);
    if n2 == 0.0 {
        return k1;
    }
    if k1 / n1 <= k2 / n2 {
        return 0.0;
    }
    let l = |k: f64, n: f64, p: f64| {
        let term = |k: f64, p: f64| if k > 0.0 { k * p.ln() } else { 0.0 };
        term(k, p) + term(n - k, 1.0 - p)
    };
    let p = (k1 + k2) / (n1 + n2);
    2.0 * (l(k1, n1, k1 / n1) + l(k2, n2, k2 / n2) - l(k1, n1, p) - l(k2, n2, p))
}

/// The words of a message that may tell what it is about: no names of accounts, links, numbers or common words.
pub(super) fn words_of(message: &Message, common: &BTreeSet<&str>) -> BTreeSet<String> {
    let text = Text::new(message.text());
    let foreign = |at: usize| {
        message.spans().iter().any(|span| span.kind.is_foreign() && span.span().range().contains(&at))
    };
    text.tokens()
        .iter()
        .enumerate()
        .filter(|(_, token)| {
            matches!(token.kind, TokenKind::Word | TokenKind::Hashtag) && !foreign(token.span.start())
        })
        .filter_map(|(i, _)| text.folded_token(i))
        .filter(|word| word.chars().count() > 2 && !common.contains(word))
        .map(str::to_owned)
        .collect()
}

/// The words of a message that may tell what it is about, and the pairs of them that stand side by side.
pub(super) fn phrases_of(message: &Message, common: &BTreeSet<&str>) -> BTreeSet<String> {
    let words = words_of(message, common);
    let text = Text::new(message.text());
    let tokens = 0..text.tokens().len();
    let pairs = tokens.filter_map(|at| {
        let (a, b) = (text.folded_token(at)?, text.folded_token(at + 1)?);
        let joined = text.after(at).chars().all(char::is_whitespace);
        (joined && words.contains(a) && words.contains(b)).then(|| format!("{a} {b}"))
    });
    let pairs: Vec<String> = pairs.collect();
    words.into_iter().chain(pairs).collect()
}

/// The words by which a message's issue was recognised, folded, each once.
pub(super) fn terms_of(entry: &Entry, issue: &Topic) -> BTreeSet<String> {
    let hits = entry.assessment.hits.topics.iter().filter(|hit| hit.id == *issue);
    let text = |span: &Span| span.of(entry.message.text()).map(fold);
    hits.flat_map(|hit| &hit.spans)
        .filter_map(text)
        .map(|term| term.trim_start_matches('#').to_owned())
        .collect()
}

pub(super) fn common() -> BTreeSet<&'static str> {
    COMMON.split_whitespace().collect()
}

/// The words that say nothing of an issue, made once.
pub(super) fn common_words() -> &'static BTreeSet<&'static str> {
    static WORDS: std::sync::LazyLock<BTreeSet<&'static str>> = std::sync::LazyLock::new(common);
    &WORDS
}

/// Where words stand in a message that are among those asked for, folded.
pub(super) fn places_of(message: &Message, is_asked: &dyn Fn(&str) -> bool) -> Vec<Span> {
    let text = Text::new(message.text());
    let tokens = text.tokens().iter().enumerate();
    tokens
        .filter(|(_, token)| matches!(token.kind, TokenKind::Word | TokenKind::Hashtag))
        .filter(|(at, _)| text.folded_token(*at).is_some_and(is_asked))
        .map(|(_, token)| token.span)
        .collect()
}
