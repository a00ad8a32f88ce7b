//! What is known of a message? Message, classification, hits and context, as the facts of conditions.

use chrono::{DateTime, Utc};

use super::condition::MOST_SPANS;
use super::condition::{Atom, AxisName, Counter, Facts, Field, Quantity, Range};
use super::protocol::Axes;
use super::{Period, moment};
use crate::calendar::Calendars;
use crate::model::{
    Axis, Brand, Classification, Context, Evidence, Ext, Granted, Hits, Identity, LinkState, Message,
    MessageType, Role, Span, Topic,
};
use crate::query::{Document, Uses};
use crate::text::Text;

/// Everything that is known of one message, with the thresholds below which an axis is unknown.
pub(super) struct Observed<'a> {
    pub(super) message: &'a Message,
    pub(super) classification: &'a Classification,
    pub(super) hits: &'a Hits,
    pub(super) context: &'a Context,
    pub(super) calendars: &'a Calendars,
    pub(super) axes: &'a Axes,
    pub(super) at: DateTime<Utc>,
}

/// The value of an axis, when it is sure enough.
fn sure<T>(axis: &Axis<T>, threshold: f32) -> Option<&T> {
    axis.value.as_ref().filter(|_| axis.confidence >= threshold)
}

impl Observed<'_> {
    fn kind(&self) -> Option<MessageType> {
        sure(&self.classification.kind, self.axes.kind).copied()
    }

    fn topics(&self) -> Option<&Vec<Topic>> {
        sure(&self.classification.topics, self.axes.issue)
    }

    fn count(&self, counter: Counter, window: chrono::Duration) -> Option<Range> {
        #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        let exactly = |count: u64| Range::exactly(count as f64);
        match counter {
            // Of an issue that is unknown, nobody knows how many there were.
            Counter::Issue => {
                self.topics()?.first()?;
                self.context.count_issue(self.at, window).map(exactly)
            }
            Counter::Messages => self.context.count_messages(self.at, window).map(exactly),
            // Of a type that is unknown, the message itself may count or not.
            Counter::Complaints => {
                let count = |own| self.context.count_complaints(self.at, window, own).map(exactly);
                let complaint = self.kind().map(|kind| kind == MessageType::Complaint);
                let (low, high) = (count(complaint.unwrap_or(false))?, count(complaint.unwrap_or(true))?);
                Some(Range { low: low.low, high: high.high })
            }
        }
    }

    /// Messages in the window against the mean of the windows before it.
    fn rate(&self, counter: Counter, window: Period) -> Option<Range> {
        let now = self.count(counter, window.duration())?;
        let all = self.count(counter, window.times(1 + Period::BASELINE).duration())?;
        let mean = |all: f64, now: f64| (all - now).max(1.0) / f64::from(Period::BASELINE);
        Some(Range { low: now.low / mean(all.high, now.low), high: now.high / mean(all.low, now.high) })
    }

    /// What the host knows beyond the model: of the customer, then of the message.
    fn records(&self) -> [&Ext; 2] {
        [&self.context.fields, self.message.ext()]
    }

    /// The cues of an axis.
    fn evidence(&self, axis: AxisName) -> &[Evidence] {
        match axis {
            AxisName::Type => &self.classification.kind.evidence,
            AxisName::Issue => &self.classification.topics.evidence,
            AxisName::Sentiment => &self.classification.sentiment.evidence,
            AxisName::Action => &self.classification.action.evidence,
            AxisName::Influence => &self.classification.influence.evidence,
            AxisName::Language => &self.classification.language.evidence,
        }
    }

    /// Where the words of a topic, or of one below it, stand.
    fn topic_spans(&self, topics: &[impl AsRef<str>]) -> Vec<Span> {
        let wanted = |topic: &Topic| topics.iter().any(|wanted| topic.is_under(wanted.as_ref()));
        self.hits.topics.iter().filter(|hit| wanted(&hit.id)).flat_map(|hit| &hit.spans).copied().collect()
    }

    fn monitor_spans(&self, monitors: &[impl AsRef<str>]) -> Vec<Span> {
        let wanted = |id: &str| monitors.iter().any(|wanted| wanted.as_ref() == id);
        let hits = self.hits.monitors.iter().filter(|hit| wanted(hit.id.as_str()));
        hits.flat_map(|hit| &hit.spans).copied().collect()
    }
}

impl Facts for Observed<'_> {
    fn granted(&self, incentive: &str) -> Granted {
        self.context.granted.get(incentive).copied().unwrap_or_default()
    }

    fn name(&self, field: &Field) -> Option<&str> {
        let author = self.message.author();
        match field {
            Field::Type => self.kind().map(MessageType::as_str),
            Field::Issue => self.topics()?.first().map(Topic::as_str),
            Field::Action => {
                sure(&self.classification.action, self.axes.action).map(|action| action.as_str())
            }
            Field::Seen => Some(self.message.visibility().as_str()),
            Field::Channel => Some(self.message.channel()),
            Field::Source => Some(self.message.source().as_str()),
            Field::Kind => Some(self.message.kind().as_str()),
            Field::Language => sure(&self.classification.language, self.axes.language)
                .map(String::as_str)
                .or_else(|| self.message.language()),
            Field::Country => self.message.place()?.country.as_deref(),
            Field::Brand => self.hits.brands.first().map(Brand::as_str),
            Field::AuthorVerified => {
                author.and_then(|author| author.verified).map(|flag| if flag { "true" } else { "false" })
            }
            Field::Direction => Some(self.message.direction().as_str()),
            Field::Weekday => Some(moment::weekday(self.calendars, self.at)),
            Field::Consent(purpose) => {
                self.context.consents.get(&**purpose).map(|granted| if *granted { "true" } else { "false" })
            }
            Field::Link(system) => self.context.links.get(&**system).copied().map(LinkState::as_str),
            Field::Declared(field) => field.name_in(self.records()),
            Field::Types
            | Field::Topics
            | Field::CustomerRole
            | Field::Text
            | Field::Brands
            | Field::Monitors
            | Field::Sentiment
            | Field::Influence
            | Field::AuthorFollowers => None,
        }
    }

    fn names(&self, field: &Field, visit: &mut dyn FnMut(&str)) -> bool {
        match field {
            Field::Types => {
                let known = self.kind();
                // The primary type is one of them, whether it is listed or not.
                if let Some(kind) = known {
                    visit(kind.as_str());
                    let others = self.classification.types.iter().filter(|other| **other != kind);
                    others.for_each(|other| visit(other.as_str()));
                }
                known.is_some()
            }
            Field::Topics => {
                let topics = self.topics();
                topics.into_iter().flatten().for_each(|topic| visit(topic.as_str()));
                topics.is_some()
            }
            Field::Brands => {
                self.hits.brands.iter().for_each(|brand| visit(brand.as_str()));
                true
            }
            Field::Monitors => {
                self.hits.monitors.iter().for_each(|hit| visit(hit.id.as_str()));
                true
            }
            Field::CustomerRole => {
                let roles = self.context.roles.as_ref();
                roles.into_iter().flatten().for_each(|role: &Role| visit(role.as_str()));
                roles.is_some()
            }
            Field::Declared(field) => field.names_in(self.records(), visit),
            _ => false,
        }
    }

    fn number(&self, quantity: &Quantity) -> Option<Range> {
        let classification = self.classification;
        let single = |number: f32| Range::exactly(f64::from(number));
        match quantity {
            Quantity::Field(Field::Sentiment) => {
                sure(&classification.sentiment, self.axes.sentiment).map(|sentiment| single(sentiment.score))
            }
            Quantity::Field(Field::Influence) => {
                sure(&classification.influence, self.axes.influence).map(|influence| single(influence.score))
            }
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Quantity::Field(Field::AuthorFollowers) => {
                self.message.author().and_then(followers).map(|count| Range::exactly(count as f64))
            }
            Quantity::Field(Field::Declared(field)) => field.number_in(self.records()).map(Range::exactly),
            Quantity::Field(_) => None,
            Quantity::Confidence(axis) => self.confidence(*axis).map(single),
            Quantity::Count(counter, window) => self.count(*counter, window.duration()),
            Quantity::Rate(counter, window) => self.rate(*counter, *window),
        }
    }

    fn personal_data(&self) -> Option<bool> {
        Some(!self.classification.personal_data.is_empty())
    }

    fn in_hours(&self, calendar: &str) -> Option<bool> {
        self.calendars.get(calendar).map(|calendar| calendar.is_open(self.at))
    }

    fn local_minutes(&self) -> Option<u16> {
        Some(moment::minutes(self.calendars, self.at))
    }

    fn changed(&self, field: &Field, values: Option<(&str, &str)>) -> Option<bool> {
        Some(moment::changed(self.context.changes.as_deref()?, field, values))
    }

    fn with_text(&self, ask: &mut dyn FnMut(&Document<'_>)) -> bool {
        let text = Text::new(self.message.text());
        ask(&Document::new(self.message, &text, &Uses::default()));
        true
    }

    fn confidence(&self, axis: AxisName) -> Option<f32> {
        Some(match axis {
            AxisName::Type => self.classification.kind.confidence,
            AxisName::Issue => self.classification.topics.confidence,
            AxisName::Sentiment => self.classification.sentiment.confidence,
            AxisName::Action => self.classification.action.confidence,
            AxisName::Influence => self.classification.influence.confidence,
            AxisName::Language => self.classification.language.confidence,
        })
    }

    fn spans(&self, atom: &Atom) -> Vec<Span> {
        let mut spans = match atom {
            Atom::PersonalData => self.classification.personal_data.iter().map(|found| found.span).collect(),
            Atom::Is(Field::Issue, topic) | Atom::Under(Field::Issue | Field::Topics, topic) => {
                self.topic_spans(std::slice::from_ref(topic))
            }
            Atom::In(Field::Issue, topics)
            | Atom::HasAny(Field::Topics, topics)
            | Atom::HasAll(Field::Topics, topics) => self.topic_spans(topics),
            Atom::HasAny(Field::Monitors, ids) | Atom::HasAll(Field::Monitors, ids) => {
                self.monitor_spans(ids)
            }
            _ => Vec::new(),
        };
        if spans.is_empty()
            && let Some(axis) = atom.axis()
        {
            spans = self.evidence(axis).iter().filter_map(|evidence| evidence.span).collect();
        }
        spans.sort_unstable();
        spans.dedup();
        spans.truncate(MOST_SPANS);
        spans
    }
}

fn followers(author: &Identity) -> Option<u64> {
    author.followers
}
