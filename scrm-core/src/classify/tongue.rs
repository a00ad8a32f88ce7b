//! In which language is it read? What the payload names, else what the text looks like, else what its words vote for.

use super::lexicon::{ANY, ENGLISH, LANGUAGES, Lang, Lexicon, lang_of};
use super::words::Reading;
use crate::model::{Axis, Message};
use crate::text::{Text, detect};

/// From this confidence on what the text looks like is believed.
const DETECTED: f32 = 0.4;

/// The language of a message, and the word lists it is read with.
pub(super) struct Tongue {
    code: Option<String>,
    confidence: f32,
    /// The word lists.
    pub(super) lang: Lang,
}

impl Tongue {
    /// What the payload names, else what the text looks like, else the word lists with the most words in the text.
    pub(super) fn of(
        message: &Message,
        text: &Text<'_>,
        readings: &[Reading<'_>],
        lexicon: &Lexicon,
    ) -> Self {
        if let Some(code) = message.language() {
            let lang = lang_of(code).unwrap_or(ANY);
            return Self { code: Some(code.to_owned()), confidence: 0.9, lang };
        }
        let detected = detect(text);
        if let Some((code, confidence)) = detected.filter(|(_, confidence)| *confidence >= DETECTED) {
            let lang = lang_of(code).unwrap_or(ANY);
            return Self { code: Some(code.to_owned()), confidence, lang };
        }
        let mut votes = [0_u16; LANGUAGES.len()];
        for reading in readings {
            for (sum, vote) in votes.iter_mut().zip(reading.votes(lexicon)) {
                *sum = sum.saturating_add(vote);
            }
        }
        if let Some((code, _)) = detected
            && let Some(vote) = lang_of(code).and_then(|lang| votes.get_mut(usize::from(lang)))
        {
            *vote = vote.saturating_add(1);
        }
        let mut best = (ENGLISH, 0);
        for (lang, vote) in (0..).zip(votes) {
            if vote > best.1 {
                best = (lang, vote);
            }
        }
        let (lang, vote) = best;
        if vote == 0 {
            let (code, confidence) =
                detected.map_or((None, 0.0), |(code, sure)| (Some(code.to_owned()), sure));
            return Self { code, confidence, lang: ENGLISH };
        }
        let code = LANGUAGES.get(usize::from(lang)).map(|code| (*code).to_owned());
        Self { code, confidence: (0.25 + 0.08 * f32::from(vote)).min(0.55), lang }
    }

    /// How far labels that stand on words are to be trusted: little where there is no word list.
    pub(super) fn sure(&self) -> f32 {
        match self.lang {
            ANY => 0.5,
            ENGLISH => 0.75 + 0.25 * (self.confidence / 0.5).min(1.0),
            _ => 0.6 + 0.3 * (self.confidence / 0.6).min(1.0),
        }
    }

    /// The same, but no language that is known here when the words are not those of the language it was taken for, and
    /// nothing but these words spoke for it.
    pub(super) fn unless(self, strange: impl FnOnce() -> bool) -> Self {
        let doubtful = self.lang == ENGLISH && self.confidence < DETECTED;
        if doubtful && strange() { Self { code: None, confidence: 0.0, lang: ANY } } else { self }
    }

    /// The code of the language, if it is known.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it is read as English.
    pub(super) fn is_english(&self) -> bool {
        self.lang == ENGLISH
    }

    /// The axis of the language itself.
    pub(super) fn axis(&self) -> Axis<String> {
        let mut axis = Axis { value: self.code.clone(), ..Axis::unknown() };
        axis.confidence = self.confidence;
        axis
    }
}
