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
    let mut text =
        String::from("[protocol]\nid = \"company\"\nversion = \"1\"\nmandatory = [\"department\"]\n");
    for index in 0..n_rules {
        let dice = &mut Dice::of(seed, 31, index);
        _ = write!(
            text,
            "[[rule]]\nid = \"rule-{index:05}\"\nowner = \"d0\"\nwhy = \"w\"\nwhen = '{}'\nset = {{ {} }}\n",
            condition(dice),
            settings(dice, index)
        );
    }
    text
}

/// A condition as most rules have it.
fn condition(dice: &mut Dice) -> String {
    let area = format!("area{}", dice.zipf(20, 4));
    match dice.below(20) {
        0..=8 => format!("type is {} and issue under \"{}\"", dice.pick(&TYPES), issue(dice)),
        9..=11 => {
            let (reach, mood) = (10 * (1 + dice.below(9)), dice.pick(&["-0.7", "-0.5", "-0.3"]));
            format!("issue under \"{area}\" and influence >= {reach} and sentiment <= {mood}")
        }
        12 | 13 => format!("channel is \"{}\" and issue under \"{}\"", dice.pick(&CHANNELS), issue(dice)),
        14 | 15 => format!("language is \"{}\" and issue under \"{}\"", dice.pick(&LANGUAGES), issue(dice)),
        16 | 17 => format!("brand is \"brand{}\" and type is {}", dice.zipf(50, 4), dice.pick(&TYPES)),
        18 => format!(
            "author.followers > {} and seen is public and issue under \"{area}\"",
            1000 * (1 + dice.below(50))
        ),
        _ => format!(
            "text has any [\"{}\", \"{}\"] and issue under \"{area}\"",
            dice.pick(&WORDS),
            dice.pick(&WORDS)
        ),
    }
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
