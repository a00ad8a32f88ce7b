//! What may a message be? Every field there is, each there half of the time, filled with words that clash.

use scrm_core::model::{
    Attachment, Channel, Direction, ExternalId, Identity, MarkedSpan, Message, MessageBuilder, MessageKind,
    NativeId, Part, Participant, Place, Source, SpanKind, Times, Visibility,
};

use super::words;
use crate::dice::Dice;
use crate::invalid;

/// Handles and ids of accounts.
pub(super) const NAMES: [&str; 8] = ["ann", "Ann", "NorthWind", "u1", "u2", "résumé", "straße", "p7"];
/// Moments of interest, seconds since 1970.
pub(super) const TIMES: [i64; 6] =
    [1_772_000_000, 1_772_000_001, 1_772_086_400, 1_779_000_000, 1_780_000_000, 1_700_000_000];

/// A random message, `number` of its stream.
pub fn message(number: usize, dice: &mut Dice) -> MessageBuilder {
    let id = |id: String| ExternalId::new(id).unwrap_or_else(|error| invalid(&error));
    let source =
        |dice: &mut Dice| Source::new(dice.pick(&["x", "mail", "forum"])).unwrap_or_else(|e| invalid(&e));
    let time = |dice: &mut Dice| chrono::DateTime::from_timestamp(dice.pick(&TIMES), 0).unwrap_or_default();
    let mut times = Times::observed(time(dice));
    times.created = dice.percent(70).then(|| time(dice));
    times.declared = dice.percent(20).then(|| time(dice));
    times.edited = dice.percent(20).then(|| time(dice));
    let kind = dice.pick(&[MessageKind::Post, MessageKind::Comment, MessageKind::Review, MessageKind::Email]);
    let visibility = if kind == MessageKind::Email {
        Visibility::Direct
    } else {
        dice.pick(&[Visibility::Public, Visibility::Unlisted, Visibility::Followers])
    };
    let mut made = Message::builder(source(dice), id(format!("p{number}")), kind, visibility, times);
    made.direction = dice.pick(&[Direction::In, Direction::In, Direction::Out]);
    let n = dice.pick(&[0, 1, 2, 4, 8, 12, 16, 20, 30, 60]);
    made.text = words::text(n, dice);
    made.title = dice.percent(40).then(|| words::text(1 + dice.below(6), dice));
    made.author = dice.percent(80).then(|| account(dice));
    made.channel = dice.percent(50).then(|| {
        Channel::new(dice.pick(&["x", "Email", "forum", "phone"])).unwrap_or_else(|error| invalid(&error))
    });
    made.language =
        dice.percent(50).then(|| dice.pick(&["en", "en-GB", "EN-gb", "ja", "zh_TW", "nl", "ru"]).to_owned());
    let country = dice.percent(60).then(|| dice.pick(&["NL", "GB", "JP"]).to_owned());
    made.place = dice.percent(50).then(|| Place { country, ..Place::default() });
    made.thread.id = dice.percent(40).then(|| dice.pick(&["t1", "T2", "t3"]).to_owned());
    made.thread.parent = dice.percent(30).then(|| id("p1".to_owned()));
    made.thread.quoted = dice.percent(20).then(|| id("p2".to_owned()));
    made.thread.repost_of = dice.percent(20).then(|| id(dice.pick(&NAMES).to_owned()));
    let count = |dice: &mut Dice| dice.percent(60).then(|| dice.pick(&[0u64, 1, 5, 7, 10, 50, 100, 5_000]));
    made.metrics.likes = count(dice);
    made.metrics.reposts = count(dice);
    made.metrics.replies = count(dice);
    made.metrics.quotes = count(dice);
    made.metrics.views = count(dice);
    for _ in 0..dice.below(3) {
        let part = dice.pick(&[Part::To, Part::Cc, Part::Mentioned, Part::Speaker, Part::Reposted]);
        made.participants.push(Participant { identity: account(dice), part });
    }
    for _ in 0..dice.below(3) {
        let kind = dice.pick(&["image", "video", "application/pdf", "photo"]).to_owned();
        let name = dice.percent(70).then(|| format!("{}.pdf", words::text(1 + dice.below(2), dice)));
        made.attachments.push(Attachment { kind, name, url: None });
    }
    spans(&mut made, dice);
    own(&mut made, dice);
    made
}

fn account(dice: &mut Dice) -> Identity {
    let id = NativeId::new(dice.pick(&NAMES)).unwrap_or_else(|error| invalid(&error));
    let mut account = Identity::new(Source::new("x").unwrap_or_else(|error| invalid(&error)), id);
    account.handle = dice.percent(70).then(|| dice.pick(&NAMES).to_owned());
    account.name = dice.percent(60).then(|| words::text(1 + dice.below(3), dice));
    account.bio = dice.percent(60).then(|| words::text(1 + dice.below(8), dice));
    account.verified = dice.percent(60).then(|| dice.percent(50));
    account.bot = dice.percent(60).then(|| dice.percent(50));
    let count = |dice: &mut Dice| dice.percent(60).then(|| dice.pick(&[0u64, 1, 10, 30, 1_000, 9_000]));
    account.followers = count(dice);
    account.following = count(dice);
    account.posts = count(dice);
    account
}

/// Stretches of every kind; between words or within them, as payloads have them.
fn spans(made: &mut MessageBuilder, dice: &mut Dice) {
    let bounds: Vec<usize> = made.text.char_indices().map(|(at, _)| at).chain([made.text.len()]).collect();
    let kinds = [
        SpanKind::Quoted,
        SpanKind::Reposted,
        SpanKind::Agent,
        SpanKind::Speaker,
        SpanKind::Link,
        SpanKind::Mention,
        SpanKind::Hashtag,
    ];
    for _ in 0..dice.below(4) {
        let (a, b) = (dice.pick(&bounds), dice.pick(&bounds));
        let kind = dice.pick(&kinds);
        let value = match kind {
            SpanKind::Speaker => Some(words::text(1 + dice.below(2), dice)),
            SpanKind::Link => Some(
                dice.pick(&[
                    "https://shop.example/lost/bag",
                    "http://www.NorthWind.example:80/x?bag=1",
                    "https://a@shop.example",
                    "shop.example/電波/résumé",
                    "https://user:pw@shop.example/on_hold",
                ])
                .to_owned(),
            ),
            _ => None,
        };
        let at = |at: usize| u32::try_from(at).unwrap_or(0);
        made.spans.push(MarkedSpan { start: at(a.min(b)), end: at(a.max(b)), kind, value });
    }
}

fn own(made: &mut MessageBuilder, dice: &mut Dice) {
    if dice.percent(40) {
        let city = words::text(1 + dice.below(3), dice);
        let shop = if dice.percent(50) { serde_json::json!({ "city": city }) } else { city.into() };
        made.ext.insert("shop".to_owned(), shop);
    }
    if dice.percent(40) {
        let tags: Vec<String> = (0..dice.below(3)).map(|_| words::text(2, dice)).collect();
        made.ext.insert("tags".to_owned(), tags.into());
    }
    if dice.percent(50) {
        let price = dice.pick(&[
            serde_json::json!(5),
            serde_json::json!(9.5),
            serde_json::json!(-0.5),
            serde_json::json!("10"),
            serde_json::json!(u64::MAX),
            serde_json::json!(null),
        ]);
        made.ext.insert("price".to_owned(), price);
    }
}
