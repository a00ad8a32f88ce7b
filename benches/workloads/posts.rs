//! What do people write? Posts of about 180 bytes, mails of 2 kB and transcripts of 20 kB, two in three naming a brand.

use std::fmt::Write as _;

use scrm_core::model::{
    Attachment, Channel, ExternalId, Identity, Message, MessageKind, NativeId, Source, Times, Visibility,
};

use super::Length;
use super::brands::{BRANDS, is_phrase, written};
use super::english::{English, NAMING, SENTENCES};
use crate::dice::Dice;
use crate::invalid;

/// Accounts that write.
pub(super) const AUTHORS: usize = 200_000;
/// Where posts come from.
pub(super) const CHANNELS: [&str; 6] = ["x", "forum", "blog", "reviews", "video", "news"];
/// Where they are made.
pub(super) const COUNTRIES: [&str; 12] =
    ["US", "GB", "NL", "DE", "FR", "IN", "BR", "JP", "ES", "CA", "NG", "SE"];
/// What the payload says they are written in.
pub(super) const LANGUAGES: [&str; 4] = ["en", "en-GB", "en-US", "nl"];

/// Streams of chance, so that a text and what is known besides do not depend on each other.
const TEXT: u64 = 11;
const BESIDES: u64 = 12;

/// A text in English of a length; one in `popular` names brand 0 if that is not 0.
pub(super) fn english(words: &English, length: Length, j: usize, seed: u64, popular: usize) -> String {
    let mut dice = Dice::of(seed, TEXT, j);
    let bytes = length.bytes();
    // The last sentence goes beyond, and tags and links come behind it.
    let wanted = (bytes - 36) * 3 / 4 + dice.below((bytes - 36) / 2);
    let mut text = String::with_capacity(wanted + 100);
    if dice.percent(25) {
        let _ = write!(text, "@user{} ", dice.zipf(AUTHORS, 40));
    }
    let mut naming = if dice.percent(68) { 1 } else { 0 };
    let mut named = dice.zipf(BRANDS, 10);
    if popular > 0 && dice.below(popular) == 0 {
        (naming, named) = (1, 0);
    }
    while text.len() < wanted {
        let one_more = naming > 0 && (dice.percent(40) || text.len() + 60 > wanted);
        let start = text.len();
        let template = if one_more { dice.pick(NAMING) } else { dice.pick(SENTENCES) };
        words.sentence(template, &name(named, &mut dice), &mut dice, &mut text);
        if !dice.percent(15) {
            raise(&mut text, start);
        }
        text.push_str(dice.pick(&[". ", ". ", "! ", "? ", " - ", "\n", "... "]));
        naming -= usize::from(one_more);
        // Long texts come back to brands, and to others.
        if one_more && bytes > 1000 && dice.percent(60) {
            (naming, named) = (1, dice.zipf(BRANDS, 10));
        }
    }
    ending(&mut text, words, named, &mut dice);
    text
}

/// A brand as people write it: mostly with capitals.
fn name(brand: usize, dice: &mut Dice) -> String {
    match dice.below(10) {
        0 => super::brands::brand(brand),
        1 => format!("#{}", written(brand, "")),
        2 if !is_phrase(brand) => format!("{}'s", written(brand, " ")),
        _ => written(brand, " "),
    }
}

fn raise(text: &mut String, at: usize) {
    let first = text.get(at..at + 1).map(str::to_ascii_uppercase);
    if let Some(first) = first {
        text.replace_range(at..=at, &first);
    }
}

/// Tags, pictures and links, as they stand at the end of posts.
fn ending(text: &mut String, words: &English, named: usize, dice: &mut Dice) {
    if dice.percent(20) {
        text.push_str(dice.pick(&["😡 ", "👍🏽 ", "😂😂 ", "❤️ ", ":( ", ":) ", "🙏 ", "🤔 "]));
    }
    for _ in 0..[0, 0, 0, 1, 1, 2].get(dice.below(6)).copied().unwrap_or(0) {
        let (a, b) = (words.content(dice), words.content(dice));
        let mut tag = format!("{a} {b}");
        raise(&mut tag, 0);
        raise(&mut tag, a.len() + 1);
        let _ = write!(text, "#{} ", if dice.percent(50) { tag.replace(' ', "") } else { a });
    }
    if dice.percent(22) {
        let host = super::brands::brand(named).replace(' ', "");
        let (path, id) = (words.content(dice), dice.below(1 << 24));
        let _ = write!(text, "https://{host}.example/{path}/{id:x} ");
    }
    text.truncate(text.trim_end().len());
}

/// A message of a text, with an author and what is known besides.
pub(super) fn message(text: String, j: usize, seed: u64) -> Message {
    let mut dice = Dice::of(seed, BESIDES, j);
    let source = || Source::new("x").unwrap_or_else(|error| invalid(&error));
    let id = |id: String| ExternalId::new(id).unwrap_or_else(|error| invalid(&error));
    let seconds = 1_772_000_000 + i64::try_from(j).unwrap_or(0) * 2;
    let times = Times::created(chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default());
    let mut builder =
        Message::builder(source(), id(j.to_string()), MessageKind::Post, Visibility::Public, times)
            .text(text);
    let rank = dice.zipf(AUTHORS, 40);
    let mut author =
        Identity::new(source(), NativeId::new(format!("u{rank}")).unwrap_or_else(|error| invalid(&error)));
    author.handle = Some(format!("user{rank}"));
    author.followers = Some(dice.zipf(1_000_000, 200) as u64);
    author.verified = Some(dice.percent(3));
    builder.author = Some(author);
    builder.channel = Some(Channel::new(dice.pick(&CHANNELS)).unwrap_or_else(|error| invalid(&error)));
    builder.language = dice.percent(80).then(|| dice.pick(&LANGUAGES).to_owned());
    if dice.percent(60) {
        let country = COUNTRIES.get(dice.zipf(COUNTRIES.len(), 1)).copied().map(str::to_owned);
        builder.place = Some(scrm_core::model::Place { country, ..Default::default() });
    }
    if dice.percent(20) {
        builder.attachments.push(Attachment { kind: "image".to_owned(), name: None, url: None });
    }
    if dice.percent(25) {
        builder.thread.parent = Some(id(format!("p{}", dice.below(1_000_000))));
    }
    builder.metrics.likes = dice.percent(50).then(|| dice.zipf(100_000, 3) as u64);
    builder.build().unwrap_or_else(|error| invalid(&error))
}
