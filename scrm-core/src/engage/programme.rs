//! Have we listened before we speak? Seven steps, from counting people to speaking to them first.
//!
//! Read [`Programme`] first. Steps one to five follow from what was said; step six is people's: a plan for each issue, with
//! an owner and a way through the company. Until it is complete nobody is spoken to first; whoever speaks to us is always
//! answered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::{
    Assessment, Direction, Identity, IdentityKey, Message, MessageKey, Outcome, ProgrammePlans,
    ProgrammeScope, SentimentLabel, Topic, terms,
};

/// Messages of one issue in the sample.
pub const SAMPLE: usize = 5;

/// Issues of one day that count as its top ones.
pub const TOP_ISSUES: usize = 5;

terms! {
    /// One of the seven steps.
    StepName {
        /// How many people speak.
        Individuals = "individuals",
        /// How they feel about brand and product.
        Sentiment = "sentiment",
        /// What they speak of most, day by day, in which words.
        Issues = "issues",
        /// Some messages of each issue to read.
        Sample = "sample",
        /// Who raised each issue first, as they were then.
        Profiles = "profiles",
        /// How each issue is resolved, and who answers for it.
        Plans = "plans",
        /// Speaking to people first.
        Engagement = "engagement",
    }
}

/// One step, and whether it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// From 1 to 7.
    pub number: usize,
    /// Which.
    pub name: StepName,
    /// Whether it is complete.
    pub done: bool,
    /// What it says, or what it lacks.
    pub says: String,
}

/// How people feel about something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Feeling {
    /// Messages.
    pub messages: u64,
    /// Their distinct authors.
    pub people: u64,
    /// Messages that speak well of it.
    pub positive: u64,
    /// Messages that speak ill of it.
    pub negative: u64,
}

/// The top issues of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayOfIssues {
    /// The day.
    pub day: NaiveDate,
    /// Its issues, the first one spoken of most.
    pub issues: Vec<IssueOfDay>,
}

/// One issue on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssueOfDay {
    /// The issue.
    pub issue: Topic,
    /// Messages.
    pub messages: u64,
    /// The words that people used.
    pub words: Vec<String>,
}

/// Who raised an issue first, as they were when they did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstRaiser {
    /// The message.
    pub message: MessageKey,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Its author, as the message shows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Identity>,
}

/// What was said, as far as a programme looks at it. Fed message by message; two of them can be joined.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    messages: u64,
    people: BTreeSet<IdentityKey>,
    brands: BTreeMap<String, Tally>,
    parts: BTreeMap<String, Tally>,
    samples: BTreeMap<Topic, BTreeSet<([u8; 16], MessageKey)>>,
    first: BTreeMap<Topic, (DateTime<Utc>, MessageKey, Option<Identity>)>,
}

#[derive(Debug, Clone, Default)]
struct Tally {
    feeling: Feeling,
    people: BTreeSet<IdentityKey>,
}

impl Tally {
    fn add(&mut self, author: Option<&IdentityKey>, feeling: Option<SentimentLabel>) {
        self.feeling.messages += 1;
        self.feeling.positive += u64::from(feeling == Some(SentimentLabel::Positive));
        self.feeling.negative += u64::from(feeling == Some(SentimentLabel::Negative));
        self.people.extend(author.cloned());
    }

    fn measure(&self) -> Feeling {
        Feeling { people: self.people.len() as u64, ..self.feeling.clone() }
    }

    fn join(&mut self, other: Self) {
        self.feeling.messages += other.feeling.messages;
        self.feeling.positive += other.feeling.positive;
        self.feeling.negative += other.feeling.negative;
        self.people.extend(other.people);
    }
}

impl Survey {
    /// Takes a message in its current version, if it is a customer's voice and within the scope. The sample depends on
    /// `seed` and on the messages alone, not on their order.
    pub fn message(&mut self, scope: &ProgrammeScope, message: &Message, said: &Assessment, seed: u64) {
        let at = message.times().said();
        let of_brand = scope.brand.as_ref().is_none_or(|brand| said.hits.brands.contains(brand));
        let within = at >= scope.from && scope.until.is_none_or(|until| at < until);
        let is_noise = matches!(said.outcome, Outcome::Noise(_));
        if message.direction() != Direction::In || is_noise || !of_brand || !within {
            return;
        }
        let author = message.author_key();
        self.messages += 1;
        self.people.extend(author.cloned());
        let labels = &said.classification;
        let feeling = labels.sentiment.value.map(|sentiment| sentiment.label);
        for brand in &said.hits.brands {
            let own = labels.targets.iter().find(|target| target.brand == *brand).map(|target| target.label);
            self.brands.entry(brand.as_str().to_owned()).or_default().add(author, own.or(feeling));
        }
        let Some(issue) = labels.issue() else { return };
        let part = issue.as_str().split('.').next().unwrap_or_default();
        self.parts.entry(part.to_owned()).or_default().add(author, feeling);
        let sample = self.samples.entry(issue.clone()).or_default();
        sample.insert((ticket(&message.key(), seed), message.key()));
        if sample.len() > SAMPLE {
            sample.pop_last();
        }
        let raised = (at, message.key(), message.author().cloned());
        let first = self.first.entry(issue.clone()).or_insert_with(|| raised.clone());
        if (raised.0, &raised.1) < (first.0, &first.1) {
            *first = raised;
        }
    }

    /// Adds what another saw of other messages.
    pub fn join(&mut self, other: Self) {
        self.messages += other.messages;
        self.people.extend(other.people);
        for (name, tally) in other.brands {
            self.brands.entry(name).or_default().join(tally);
        }
        for (name, tally) in other.parts {
            self.parts.entry(name).or_default().join(tally);
        }
        for (issue, sample) in other.samples {
            let own = self.samples.entry(issue).or_default();
            own.extend(sample);
            while own.len() > SAMPLE {
                own.pop_last();
            }
        }
        for (issue, raised) in other.first {
            let first = self.first.entry(issue).or_insert_with(|| raised.clone());
            if (raised.0, &raised.1) < (first.0, &first.1) {
                *first = raised;
            }
        }
    }
}

/// Where a message stands in the lot: the same for the same seed, whatever else there is.
fn ticket(key: &MessageKey, seed: u64) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update((key.source.as_str().len() as u64).to_le_bytes());
    hash.update(key.source.as_str());
    hash.update(key.external_id.as_str());
    let digest: [u8; 32] = hash.finalize().into();
    let mut ticket = [0; 16];
    ticket.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    ticket
}

/// A programme as it stands: its seven steps, and what each of them shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Programme {
    /// What people decided: its scope, its plans, and whether it is active.
    #[serde(flatten)]
    pub decided: ProgrammePlans,
    /// The seven steps.
    pub steps: Vec<Step>,
    /// How many messages, by how many people.
    pub messages: u64,
    /// Distinct authors of them.
    pub people: u64,
    /// How people feel about each brand.
    pub brands: BTreeMap<String, Feeling>,
    /// How people feel about each part of what we offer: the first parts of topics.
    pub products: BTreeMap<String, Feeling>,
    /// The top issues, day by day.
    pub days: Vec<DayOfIssues>,
    /// Some messages of each issue, drawn by lot.
    pub samples: BTreeMap<Topic, Vec<MessageKey>>,
    /// Who raised each issue first.
    pub raised: BTreeMap<Topic, FirstRaiser>,
}

impl Programme {
    /// The programme of what was said and what was planned. `days` are the issues of each day, the top ones first.
    pub fn of(survey: &Survey, mut days: Vec<DayOfIssues>, decided: ProgrammePlans) -> Self {
        days.iter_mut().for_each(|day| day.issues.truncate(TOP_ISSUES));
        let top: BTreeSet<&Topic> = days.iter().flat_map(|day| &day.issues).map(|one| &one.issue).collect();
        let samples = survey.samples.iter().filter(|(issue, _)| top.contains(issue));
        let raised = survey.first.iter().filter(|(issue, _)| top.contains(issue));
        let mut programme = Self {
            steps: Vec::new(),
            messages: survey.messages,
            people: survey.people.len() as u64,
            brands: survey.brands.iter().map(|(name, tally)| (name.clone(), tally.measure())).collect(),
            products: survey.parts.iter().map(|(name, tally)| (name.clone(), tally.measure())).collect(),
            samples: samples
                .map(|(issue, lot)| (issue.clone(), lot.iter().map(|(_, key)| key.clone()).collect()))
                .collect(),
            raised: raised
                .map(|(issue, (at, message, author))| {
                    let raiser = FirstRaiser { message: message.clone(), at: *at, author: author.clone() };
                    (issue.clone(), raiser)
                })
                .collect(),
            days,
            decided,
        };
        programme.steps = programme.all_steps();
        programme
    }

    /// The top issues of any day.
    pub fn issues(&self) -> BTreeSet<&Topic> {
        self.days.iter().flat_map(|day| &day.issues).map(|one| &one.issue).collect()
    }

    /// The issues that lack a plan.
    pub fn unplanned(&self) -> BTreeSet<&Topic> {
        let lacks =
            |issue: &&Topic| self.decided.plans.get(*issue).is_none_or(|plan| plan.path.trim().is_empty());
        self.issues().into_iter().filter(lacks).collect()
    }

    /// Whether its first six steps are complete: then engagement may be opened.
    pub fn is_ready(&self) -> bool {
        self.steps.iter().take(6).all(|step| step.done)
    }

    /// Whether people may be spoken to first.
    pub fn is_active(&self) -> bool {
        self.decided.activated.is_some()
    }

    fn all_steps(&self) -> Vec<Step> {
        let issues = self.issues();
        let unplanned: Vec<&str> = self.unplanned().into_iter().map(Topic::as_str).collect();
        let felt =
            self.brands.values().chain(self.products.values()).any(|one| one.positive + one.negative > 0);
        let sampled = issues.iter().all(|issue| self.samples.contains_key(*issue));
        let known = issues.iter().all(|issue| self.raised.contains_key(*issue));
        let has_issues = !issues.is_empty();
        let says = [
            (self.people > 0, format!("{} messages by {} people", self.messages, self.people)),
            (felt, format!("{} brands and {} parts of the offer", self.brands.len(), self.products.len())),
            (has_issues, format!("{} issues on {} days", issues.len(), self.days.len())),
            (has_issues && sampled, format!("{} issues with messages to read", self.samples.len())),
            (has_issues && known, format!("{} issues with who raised them first", self.raised.len())),
            (
                has_issues && unplanned.is_empty(),
                if unplanned.is_empty() {
                    format!("{} issues planned", self.decided.plans.len())
                } else {
                    format!("no owner and path yet for {}", unplanned.join(", "))
                },
            ),
            (
                self.is_active(),
                match &self.decided.activated {
                    Some((_, person)) => format!("opened by {person}"),
                    None => "nobody is spoken to first".to_owned(),
                },
            ),
        ];
        let steps = StepName::ALL.iter().zip(says).zip(1..);
        steps.map(|((name, (done, says)), number)| Step { number, name: *name, done, says }).collect()
    }
}
