//! What is a message that stands alone? The classifier, and the topics to look for, if any.
//!
//! Read [`Judge`] first. Nothing is listened for, so no message is noise for want of a monitor.

use std::path::Path;
use std::sync::OnceLock;

use scrm_core::classify::{Classifier, Model, Settings, Thresholds};
use scrm_core::diagnostic::{Document, Faults, Report, Sources};
use scrm_core::engine::{CompileError, topic_model};
use scrm_core::listen::{Duplicates, Listener, Monitors, Topics};
use scrm_core::model::{Axis, Classification, Hits, Limits, Message, Sentiment, SentimentLabel};
use scrm_core::playbook::Playbook;
use scrm_core::query::{Document as Asked, Uses};
use scrm_core::route::Axes;
use scrm_core::text::Text;

use super::monitors::text_of;

/// Labels messages one by one.
#[derive(Debug)]
pub(crate) struct Judge {
    listener: Listener,
    asks: bool,
    settings: Settings,
    /// Keeps no reasons, which costs less.
    plain: Classifier,
    explaining: OnceLock<Classifier>,
    /// What was learned of the topics from their examples.
    learned: Option<Model>,
}

/// What was said of a message.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Every axis by its threshold, except that sentiment has what was found in any case, for its score.
    pub classification: Classification,
    /// Below which confidence sentiment has no label.
    threshold: f32,
}

impl Judge {
    /// Compiles topics, of which there may be none.
    ///
    /// # Errors
    /// When they are too large.
    pub(crate) fn new(topics: &Topics, settings: Settings, limits: &Limits) -> Result<Self, CompileError> {
        let learned = topic_model(topics, limits)?;
        Ok(Self {
            listener: Listener::compile(&Monitors::default(), topics, limits)?,
            asks: !topics.0.is_empty(),
            settings,
            plain: classifier(settings, 0, learned.as_ref()),
            explaining: OnceLock::new(),
            learned,
        })
    }

    /// Takes topics, thresholds and weights of actions from a playbook.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn of_playbook(playbook: &Playbook) -> Result<Self, CompileError> {
        Self::new(&playbook.topics, settings_of(playbook), playbook.limits())
    }

    /// What the queries of the topics look at.
    pub(crate) fn uses(&self) -> &Uses {
        self.listener.uses()
    }

    /// What remembers messages, where the query of a topic asks for `is:duplicate`.
    pub(crate) fn duplicates(&self) -> Option<Duplicates> {
        self.listener.duplicates()
    }

    /// Below which confidence an axis is unknown.
    #[cfg(feature = "python")]
    pub(crate) fn thresholds(&self) -> &Thresholds {
        &self.settings.thresholds
    }

    /// Labels a message, without reasons. `repeats` says whether an earlier one said the same, where that is asked.
    pub(crate) fn judge(&self, message: &Message, repeats: bool) -> Judged {
        self.by(&self.plain, message, repeats)
    }

    /// Labels a message, with reasons; the labels are the same.
    pub(crate) fn explain(&self, message: &Message, repeats: bool) -> Judged {
        let kept = Settings::default().evidence;
        self.by(
            self.explaining.get_or_init(|| classifier(self.settings, kept, self.learned.as_ref())),
            message,
            repeats,
        )
    }

    fn by(&self, classifier: &Classifier, message: &Message, repeats: bool) -> Judged {
        let text = Text::new(message.text());
        let hits = if self.asks {
            self.listener.hits(&Asked::new(message, &text, self.uses()).duplicate(repeats))
        } else {
            Hits::default()
        };
        let classification = classifier.classify(message, &text, &hits);
        Judged { classification, threshold: self.settings.thresholds.sentiment }
    }
}

/// A classifier that names the sentiment whatever its confidence, for the score.
fn classifier(settings: Settings, evidence: usize, learned: Option<&Model>) -> Classifier {
    let thresholds = Thresholds { sentiment: 0.0, ..settings.thresholds };
    let settings = Settings { thresholds, evidence, unheard_is_noise: false, ..settings };
    let classifier = Classifier::new(settings);
    learned.map_or_else(|| classifier.clone(), |learned| classifier.with_topics(learned.clone()))
}

impl Judged {
    /// The sentiment, when it is sure enough to be named.
    pub(crate) fn sentiment(&self) -> Option<SentimentLabel> {
        let axis: &Axis<Sentiment> = &self.classification.sentiment;
        let value = axis.value.filter(|_| axis.confidence >= self.threshold);
        value.map(|sentiment| sentiment.label)
    }
}

/// How a playbook has it judged: by its thresholds and its weights of actions.
pub(crate) fn settings_of(playbook: &Playbook) -> Settings {
    let Axes { kind, issue, sentiment, action, language, .. } = *playbook.protocol.axes();
    let thresholds = Thresholds { kind, issue, sentiment, action, language };
    Settings { thresholds, action: *playbook.protocol.action_weights(), ..Settings::default() }
}

/// Reads a file of topics; the report has every fault.
///
/// # Errors
/// When there is nothing that can be read, and why.
pub(crate) fn read_topics(path: &Path) -> Result<(Topics, Report), String> {
    let shown = path.to_string_lossy();
    let refuse = |fault: &str| format!("topics `{shown}`: {fault}");
    if path.is_dir() {
        return Err(refuse("it is a folder where a file should be"));
    }
    let text = text_of(path).map_err(|fault| refuse(&fault))?;
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    let document = Document::parse(&shown, &text, &mut faults);
    let topics = Topics::read(&document, &Limits::DEFAULT, &mut faults);
    sources.insert(shown, text);
    Ok((topics, Report::new(faults.into_sorted(), sources)))
}
