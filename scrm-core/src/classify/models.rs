//! What do the trained models say of a message? The encoder and the linear models on top of it, and why.
//!
//! Read [`Models`] first: the shipped weights, or others of the same layout. `docs/model-card.md` says what they were
//! trained on and how good they are.

use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use super::encoder::{Encoded, Encoder, EncoderError, HIDDEN, OUTPUTS, Weighed};
use super::form::Form;
use super::kind::Kinds;
use super::lexicon::{ENGLISH, SENSES, lines, sense_line};
use super::model::{Model, ModelError, Trace};
use super::mood::Mood;
use super::units::Units;
use super::words::Reading;
use crate::model::{Limits, Span};
use crate::text::common_words;

static ENCODER: &[u8] = include_bytes!("../../weights/encoder.bin");
static CONTACT: &[u8] = include_bytes!("../../weights/contact.bin");

/// Of fewer words none can say in which language they are.
const STRANGE_WORDS: usize = 3;

/// Numbers that the linear models read besides the n-grams.
pub const SIGNALS: usize = HIDDEN + OUTPUTS + Form::SIGNALS + Kinds::SIGNALS + 1;

/// Why weights cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelsError {
    /// The encoder cannot be read.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The linear models cannot be read.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The linear models answer other questions.
    #[error("the model `{model}` has no task `{task}`")]
    Task {
        /// The model's name.
        model: String,
        /// What is missing.
        task: &'static str,
    },
    /// The linear models read other numbers.
    #[error("the model reads {found} numbers besides the words, and there are {SIGNALS}")]
    Signals {
        /// How many it reads.
        found: usize,
    },
}

/// The trained models of a classifier: immutable, cheap to clone.
#[derive(Debug, Clone)]
pub struct Models(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    encoder: Encoder,
    contact: Model,
    /// By [`Question`]: the first of its columns, and the logit from which on its only label holds.
    columns: [(usize, f32); Question::ALL.len()],
}

/// What the linear models answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Sentiment,
    Languages,
    Asks,
    Complains,
    Requests,
    Suggests,
    Spam,
}

impl Question {
    const ALL: [Self; 7] = [
        Self::Sentiment,
        Self::Languages,
        Self::Asks,
        Self::Complains,
        Self::Requests,
        Self::Suggests,
        Self::Spam,
    ];

    /// The name of its task.
    const fn task(self) -> &'static str {
        match self {
            Self::Sentiment => "sentiment",
            Self::Languages => "sentiment_of_languages",
            Self::Asks => "question",
            Self::Complains => "complaint",
            Self::Requests => "request",
            Self::Suggests => "suggestion",
            Self::Spam => "spam",
        }
    }
}

impl Models {
    /// The weights that come with the crate; read once.
    pub fn shipped() -> Option<Self> {
        static SHIPPED: OnceLock<Option<Models>> = OnceLock::new();
        SHIPPED.get_or_init(|| Self::from_bytes(ENCODER, CONTACT).ok()).clone()
    }

    /// Other weights: an encoder and a model with the tasks of the shipped one.
    ///
    /// # Errors
    /// When the bytes are something else, cut off, or do not fit together.
    pub fn from_bytes(encoder: &[u8], contact: &[u8]) -> Result<Self, ModelsError> {
        let (encoder, contact) =
            (Encoder::from_bytes(encoder)?, Model::from_bytes(contact, &Limits::DEFAULT)?);
        if contact.dense() != SIGNALS {
            return Err(ModelsError::Signals { found: contact.dense() });
        }
        let mut columns = [(0, 0.0); Question::ALL.len()];
        for (slot, question) in columns.iter_mut().zip(Question::ALL) {
            let mut first = 0;
            let found = contact.tasks().iter().find_map(|task| {
                let at = first;
                first += task.labels().len();
                let holds =
                    task.thresholds().first().map_or(0.0, |threshold| (threshold / (1.0 - threshold)).ln());
                (task.name() == question.task()).then_some((at, if holds.is_finite() { holds } else { 0.0 }))
            });
            let missing = || ModelsError::Task { model: contact.name().to_owned(), task: question.task() };
            *slot = found.ok_or_else(missing)?;
        }
        // Some words make most of every text.
        let english = SENSES.iter().filter(|(lang, _)| *lang == ENGLISH).flat_map(|(_, list)| lines(list));
        let english = english.filter_map(|line| Some(sense_line(line)?.0)).filter(|word| !word.contains(' '));
        let contact = contact.with_known_words(common_words().chain(english));
        Ok(Self(Arc::new(Inner { encoder, contact, columns })))
    }

    /// The names and versions that labels are signed with.
    pub fn name(&self) -> &str {
        self.0.contact.name()
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.0.encoder
    }

    /// What the models say of the author's own words.
    pub(super) fn read<'t>(&self, readings: &[Reading<'t>], kinds: &Kinds, mood: &Mood) -> Verdict<'t> {
        let units: Vec<Units<'t>> =
            readings.iter().map(|reading| Units::new(reading.text, &reading.foreign)).collect();
        let encoded = self.0.encoder.encode(&units);
        let signals = signals(&units, &encoded, kinds, mood);
        let logits = self.0.contact.logits_of(&units, &signals);
        Verdict { units, encoded, logits, traces: OnceCell::new() }
    }
}

/// What linear models read besides the n-grams: the encoder's values and logits, what the rules found, and how it is
/// written.
pub(super) fn signals(units: &[Units<'_>], encoded: &Encoded, kinds: &Kinds, mood: &Mood) -> [f32; SIGNALS] {
    let mut signals = [0.0; SIGNALS];
    let (form, kinds) = (Form::new(units).signals(), kinds.signals());
    let mut rest = signals.as_mut_slice();
    for part in [encoded.hidden.as_slice(), &encoded.logits, &form, &kinds, &[mood.score()]] {
        let Some((slots, behind)) = rest.split_at_mut_checked(part.len()) else { break };
        slots.iter_mut().zip(part).for_each(|(slot, value)| *slot = *value);
        rest = behind;
    }
    signals
}

/// What the models said of one message.
#[derive(Debug)]
pub(super) struct Verdict<'t> {
    pub(super) units: Vec<Units<'t>>,
    pub(super) encoded: Encoded,
    logits: Vec<f32>,
    /// What explaining needs, for all that is explained of the message.
    traces: OnceCell<(Trace, Vec<Vec<Weighed>>)>,
}

/// One word with what it brought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Which text.
    pub(super) text: usize,
    pub(super) span: Span,
    pub(super) weight: f32,
}

impl Verdict<'_> {
    /// Whether there is nothing of the author's own.
    pub(super) fn is_empty(&self) -> bool {
        self.units.iter().all(|units| units.units().is_empty())
    }

    /// Whether most of the words are none that English posts have.
    pub(super) fn is_strange(&self, models: &Models) -> bool {
        let familiar = self.units.iter().map(|units| models.encoder().familiar(units));
        let (known, words) = familiar.fold((0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1));
        words >= STRANGE_WORDS && known * 2 < words
    }

    /// The logit of a question with one label, such that it holds from 0 on.
    pub(super) fn logit(&self, models: &Models, question: Question) -> f32 {
        let [logit] = self.logits(models, question);
        logit - models.column(question).1
    }

    /// The logits of a question.
    pub(super) fn logits<const N: usize>(&self, models: &Models, question: Question) -> [f32; N] {
        let (first, _) = models.column(question);
        let mut own = [0.0; N];
        own.iter_mut().zip(self.logits.iter().skip(first)).for_each(|(slot, logit)| *slot = *logit);
        own
    }

    /// What each word brought to a sum of the encoder's logits and of those of one question, each times its factor.
    pub(super) fn parts(
        &self,
        models: &Models,
        of_encoder: [f32; OUTPUTS],
        question: Question,
        of_question: &[f32],
    ) -> Vec<Part> {
        let (first, _) = models.column(question);
        let columns: Vec<(usize, f32)> =
            (first..).zip(of_question).map(|(column, factor)| (column, *factor)).collect();
        let mut slopes = models.0.contact.dense_slopes(&columns).into_iter();
        let hidden = std::array::from_fn(|_| slopes.next().unwrap_or(0.0));
        let logits = of_encoder.map(|factor| factor + slopes.next().unwrap_or(0.0));
        let (encoder, contact) = (&models.0.encoder, &models.0.contact);
        let (trace, rows) = self
            .traces
            .get_or_init(|| (Trace::new(contact.features(), &self.units), encoder.rows_of(&self.units)));
        let shares = encoder.shares_of(rows, &self.encoded, hidden, logits);
        let of_linear = contact.shares(trace, &columns);
        let mut parts: Vec<Part> = Vec::new();
        let texts = self.units.iter().zip(&shares.units).zip(of_linear);
        for (text, ((units, of_text), linear)) in texts.enumerate() {
            for ((unit, a), b) in units.units().iter().zip(of_text).zip(linear) {
                match parts.last_mut() {
                    // A sign such as `<caps>` belongs to its word.
                    Some(last) if last.text == text && last.span == unit.span => last.weight += a + b,
                    _ => parts.push(Part { text, span: unit.span, weight: a + b }),
                }
            }
        }
        parts
    }
}

impl Models {
    fn column(&self, question: Question) -> (usize, f32) {
        let at = Question::ALL.iter().position(|known| *known == question).unwrap_or(0);
        self.0.columns.get(at).copied().unwrap_or((0, 0.0))
    }
}

#[cfg(test)]
impl Verdict<'_> {
    /// The logit of a question, put together from what each word brought, the rules' signals and the biases.
    pub(super) fn sum(&self, models: &Models, question: Question, kinds: &Kinds, mood: &Mood) -> f32 {
        let contact = &models.0.contact;
        let column = (models.column(question).0, 1.0);
        let words: f32 =
            self.parts(models, [0.0; OUTPUTS], question, &[1.0]).iter().map(|part| part.weight).sum();
        let slopes = contact.dense_slopes(&[column]);
        let hidden = std::array::from_fn(|at| slopes.get(at).copied().unwrap_or(0.0));
        let logits = std::array::from_fn(|at| slopes.get(HIDDEN + at).copied().unwrap_or(0.0));
        let rows = models.0.encoder.rows_of(&self.units);
        let rest = models.0.encoder.shares_of(&rows, &self.encoded, hidden, logits).rest;
        let rules = signals(&self.units, &self.encoded, kinds, mood);
        let rules = rules.iter().zip(&slopes).skip(HIDDEN + OUTPUTS).map(|(signal, slope)| signal * slope);
        words + rest + rules.sum::<f32>() + contact.bias(column.0)
    }
}
