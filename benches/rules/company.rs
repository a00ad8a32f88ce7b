//! Rules such as a large company has: most about one issue, some about reach, language, channel, brand or words.

use std::fmt::Write as _;

use scrm_core::model::{
    Axis, Brand, Classification, Hits, Identity, Influence, Labeller, Message, MessageKind, MessageType,
    NativeId, Sentiment, SentimentLabel, Source, Times, Topic, Visibility,
};

use super::now;
use crate::dice::Dice;

const TYPES: [&str; 5] = ["question", "complaint", "compliment", "request", "suggestion"];
const CHANNELS: [&str; 6] = ["x", "email", "facebook", "chat", "phone", "reviews"];
const LANGUAGES: [&str; 8] = ["en", "nl", "de", "fr", "es", "it", "pt", "hi"];
const WORDS: [&str; 12] = [
    "refund",
    "lawyer",
    "fire",
    "money back",
    "cancel*",
    "injur*",
    "newspaper",
    "twice",
    "charged",
    "no answer",
    "thank you",
    "broken",
];
const DEPARTMENTS: usize = 12;

/// One of 400 issues, in 20 areas.
fn issue(dice: &mut Dice) -> String {
    format!("area{}.issue{}", dice.zipf(20, 4), dice.zipf(20, 4))
}

/// A protocol of so many rules, as TOML.
pub fn protocol(seed: u64, n_rules: usize) -> String {
    of(seed, &(0..n_rules).collect::<Vec<_>>())
}

/// A protocol of the rules of these numbers.
pub fn of(seed: u64, rules: &[usize]) -> String {
    let mut text =
        String::from("[protocol]\nid = \"company\"\nversion = \"1\"\nmandatory = [\"department\"]\n");
    for index in rules.iter().copied() {
        let dice = &mut Dice::of(seed, 33, index);
        _ = write!(
            text,
            "[[rule]]\nid = \"rule-{index:05}\"\nowner = \"d0\"\nwhy = \"w\"\nwhen = '{}'\nset = {{ {} }}\n",
            condition(&tests(seed, index)),
            settings(dice, index)
        );
    }
    text
}

/// What one rule asks, a field and a test each: so that other engines can be asked the same.
#[derive(Debug, Clone)]
pub enum Test {
    /// The name is this one.
    Is(String),
    /// The topic is this one or below it.
    Under(String),
    /// The number is at least this.
    AtLeast(f64),
    /// The number is at most this.
    AtMost(f64),
    /// The number is more than this.
    More(f64),
    /// The text has one of these words.
    Words(Vec<&'static str>),
}

/// What the rule of this number asks.
pub fn tests(seed: u64, index: usize) -> Vec<(&'static str, Test)> {
    use Test::{AtLeast, AtMost, Is, More, Under, Words};
    let dice = &mut Dice::of(seed, 31, index);
    let area = format!("area{}", dice.zipf(20, 4));
    let kind = |dice: &mut Dice| ("type", Is(dice.pick(&TYPES).to_owned()));
    let narrow = |dice: &mut Dice| ("issue", Under(issue(dice)));
    match dice.below(20) {
        0..=8 => vec![kind(dice), narrow(dice)],
        9..=11 => {
            let reach = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
            let (reach, mood) = (dice.pick(&reach), dice.pick(&[-0.7, -0.5, -0.3]));
            vec![("issue", Under(area)), ("influence", AtLeast(reach)), ("sentiment", AtMost(mood))]
        }
        12 | 13 => vec![("channel", Is(dice.pick(&CHANNELS).to_owned())), narrow(dice)],
        14 | 15 => vec![("language", Is(dice.pick(&LANGUAGES).to_owned())), narrow(dice)],
        16 | 17 => vec![("brand", Is(format!("brand{}", dice.zipf(50, 4)))), kind(dice)],
        18 => {
            let followers = dice.pick(&[1000.0, 5000.0, 10_000.0, 50_000.0]);
            vec![
                ("author.followers", More(followers)),
                ("seen", Is("public".to_owned())),
                ("issue", Under(area)),
            ]
        }
        _ => vec![("text", Words(vec![dice.pick(&WORDS), dice.pick(&WORDS)])), ("issue", Under(area))],
    }
}

/// The same as a condition.
fn condition(tests: &[(&str, Test)]) -> String {
    let parts = tests.iter().map(|(field, test)| match test {
        Test::Is(name) => format!("{field} is \"{name}\""),
        Test::Under(topic) => format!("{field} under \"{topic}\""),
        Test::AtLeast(number) => format!("{field} >= {number}"),
        Test::AtMost(number) => format!("{field} <= {number}"),
        Test::More(number) => format!("{field} > {number}"),
        Test::Words(words) => format!("{field} has any [\"{}\"]", words.join("\", \"")),
    });
    parts.collect::<Vec<_>>().join(" and ")
}

fn settings(dice: &mut Dice, index: usize) -> String {
    match index % 4 {
        0 => format!("department = \"d{}\"", dice.below(DEPARTMENTS)),
        1 => format!("priority = {}, tags = [\"t{}\"]", 1 + dice.below(5), dice.below(40)),
        2 => format!("visibility = \"{}\"", dice.pick(&["private", "public_then_private", "as_asked"])),
        _ => format!("skills = [\"s{}\"], notify = [\"team:d{}\"]", dice.below(20), dice.below(DEPARTMENTS)),
    }
}

/// A message as the stages before found it.
pub struct Case {
    /// The message.
    pub message: Message,
    /// What it is.
    pub classification: Classification,
    /// What listening found.
    pub hits: Hits,
}

/// A message of a seed.
///
/// # Panics
/// Never: every part of it is made to fit.
#[allow(clippy::expect_used, reason = "what is made here is made to fit")]
pub fn case(seed: u64, index: usize) -> Case {
    let dice = &mut Dice::of(seed, 32, index);
    let fragments = crate::FRAGMENTS;
    let text =
        format!("{}, {}. {}", dice.pick(fragments), dice.pick(fragments), dice.pick(&WORDS).replace('*', ""));
    let source = Source::new(dice.pick(&CHANNELS)).expect("a source");
    let author =
        Identity::new(source.clone(), NativeId::new(format!("u{}", dice.below(10_000))).expect("an id"));
    let times = Times::created(now());
    let visibility = dice.pick(&[Visibility::Public, Visibility::Direct]);
    let kind = if visibility == Visibility::Public { MessageKind::Post } else { MessageKind::DirectMessage };
    let id = scrm_core::model::ExternalId::new(index.to_string()).expect("an id");
    let mut message = Message::builder(source, id, kind, visibility, times).author(author).text(text);
    message.language = Some(dice.pick(&LANGUAGES).to_owned());
    let sure = |dice: &mut Dice| 0.5 + dice.below(50) as f32 / 100.0;
    let kind = MessageType::parse(dice.pick(&TYPES)).expect("a type");
    let score = dice.below(201) as f32 / 100.0 - 1.0;
    let label = if score < -0.2 {
        SentimentLabel::Negative
    } else if score > 0.2 {
        SentimentLabel::Positive
    } else {
        SentimentLabel::Neutral
    };
    let classification = Classification {
        kind: Axis::new(kind, sure(dice), vec![]),
        types: vec![kind],
        topics: Axis::new(vec![Topic::new(issue(dice)).expect("a topic")], sure(dice), vec![]),
        sentiment: Axis::new(Sentiment { label, score }, sure(dice), vec![]),
        action: Axis::unknown(),
        influence: Axis::new(Influence { score: dice.below(101) as f32, parts: vec![] }, 1.0, vec![]),
        noise: None,
        targets: Vec::new(),
        levels: None,
        personal_data: vec![],
        language: Axis::new(dice.pick(&LANGUAGES).to_owned(), sure(dice), vec![]),
        labeller: Labeller::Machine { model: "made".to_owned() },
    };
    let brand = Brand::new(format!("brand{}", dice.zipf(50, 4))).expect("a brand");
    let hits = Hits { brands: vec![brand], ..Hits::default() };
    Case { message: message.build().expect("a message"), classification, hits }
}
