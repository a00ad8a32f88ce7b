//! What is said of texts whose label is plain to a reader.

use super::super::lexicon;
use super::*;
use crate::model::{
    Action, Direction, Identity, MarkedSpan, MessageType, Metrics, NativeId, NoiseReason, SentimentLabel,
    Span, SpanKind, Topic, Visibility,
};
use crate::text::fold;

fn sentiment(text: &str) -> (SentimentLabel, f32) {
    let every = Thresholds { sentiment: 0.0, ..Thresholds::default() };
    let classifier = Classifier::new(Settings { thresholds: every, ..Settings::default() });
    let message = post(text).build().unwrap();
    let value = classifier.classify(&message, &Text::new(text), &heard()).sentiment.value.unwrap();
    (value.label, value.score)
}

#[test]
fn word_lists_parse_are_folded_and_unique() {
    for (lang, list) in lexicon::SENSES {
        let mut seen = std::collections::BTreeSet::new();
        for line in lexicon::lines(list) {
            let (word, weight) = lexicon::sense_line(line).unwrap_or_else(|| panic!("{line:?}"));
            assert!((-4.0..=4.0).contains(&weight), "{line:?}");
            let text = Text::new(word);
            let tokens: Vec<&str> = (0..text.tokens().len()).filter_map(|at| text.folded_token(at)).collect();
            assert!(!tokens.is_empty(), "{lang} {line:?}");
            let spaced = if matches!(lang, 11 | 12) { tokens.concat() } else { tokens.join(" ") };
            // A face is written as it is typed (`:D`), everything else as it is folded.
            let expected = if *lang == lexicon::ANY { fold(word) } else { word.to_owned() };
            assert_eq!(spaced, expected, "{lang}");
            assert!(seen.insert(word), "{word} stands twice");
        }
        assert!(seen.len() >= 40);
    }
    for (lang, list) in lexicon::CUES {
        for line in lexicon::lines(list) {
            let (_, _, weight, words) = lexicon::cue_line(*lang, line).unwrap_or_else(|| panic!("{line:?}"));
            assert!(weight > 0.0);
            for word in words.split(", ") {
                assert!(!word.is_empty() && fold(word) == word, "{word:?}");
                assert!(!Text::new(word).tokens().is_empty(), "{word:?}");
            }
        }
    }
}

#[test]
fn the_labelled_set_is_mostly_right() {
    let mut n = 0.0;
    let mut right = [0.0; 3];
    let mut wrong = Vec::new();
    for line in include_str!("labelled.tsv").lines().filter(|line| !line.starts_with("# ")) {
        let [kind, mood, action, text] = line.splitn(4, '\t').collect::<Vec<_>>().try_into().unwrap();
        let label = of(text);
        let said = label.sentiment.value.map_or("?", |value| match value.label {
            SentimentLabel::Negative => "-",
            SentimentLabel::Neutral => "0",
            SentimentLabel::Positive => "+",
        });
        let checks = [
            label.kind.value.is_some_and(|value| value.as_str() == kind),
            mood == "." || mood == said,
            action == "." || label.action.value.is_some_and(|value| value.as_str() == action),
        ];
        n += 1.0;
        for (count, check) in right.iter_mut().zip(checks) {
            *count += f64::from(u8::from(check));
        }
        if checks.contains(&false) {
            let found = (label.kind.value, label.kind.confidence, said, label.action.value);
            wrong.push(format!("{text}: wanted {kind} {mood} {action}, found {found:?}"));
        }
    }
    let [kind, mood, action] = right.map(|count| count / n);
    assert!(n >= 60.0);
    assert!(kind >= 0.85 && mood >= 0.85 && action >= 0.85, "{kind} {mood} {action}\n{}", wrong.join("\n"));
}

#[test]
fn negation_turns_and_but_weighs() {
    use SentimentLabel::{Negative, Neutral, Positive};
    let table = [
        ("the staff were friendly", Positive),
        ("the staff were not friendly", Negative),
        ("I don't think this is a great product", Negative),
        ("the parcel is on the table", Neutral),
        ("the room was nice but the service was terrible", Negative),
        ("the service was terrible but the room was amazing and I loved the amazing view", Positive),
        ("AWFUL", Negative),
        ("sooooo goooood", Positive),
        ("😡", Negative),
        ("❤️", Positive),
        (":(", Negative),
    ];
    for (text, expected) in table {
        assert_eq!(sentiment(text).0, expected, "{text}");
    }
    assert!(sentiment("very good").1 > sentiment("good").1);
    assert!(sentiment("slightly good").1 < sentiment("good").1);
    assert!(sentiment("the food was GOOD here").1 > sentiment("the food was good here").1);
    assert!(sentiment("terrible!!!").1 < sentiment("terrible").1);
}

#[test]
fn mockery_is_no_praise() {
    for text in [
        "thanks for nothing",
        "Thanks @northwind for losing my bag",
        "thanks for the delay",
        "Great, another delay",
        "Awesome. Flight cancelled again.",
        "nice job losing my luggage",
        "Love how you keep me on hold for an hour",
    ] {
        let label = of(text);
        assert_eq!(label.sentiment.value.unwrap().label, SentimentLabel::Negative, "{text}");
        assert!(!label.types.contains(&MessageType::Compliment), "{text}");
    }
    for text in [
        "thanks for fixing the delay so quickly",
        "Great, thank you!",
        "love how friendly your crew is",
        "nice job on the app",
    ] {
        assert_eq!(of(text).sentiment.value.unwrap().label, SentimentLabel::Positive, "{text}");
    }
}

#[test]
fn a_message_may_be_several_things() {
    let label = of("Why is my flight delayed again?? Worst airline ever, please refund me");
    for kind in [MessageType::Question, MessageType::Complaint, MessageType::Request] {
        assert!(label.types.contains(&kind), "{kind}: {:?}", label.types);
    }
    assert_eq!(label.kind.value, label.types.first().copied());
    // Nothing speaks for anything: unknown, and not `other`.
    let label = of("the 14:05 to Leeds");
    assert_eq!((label.kind.value, label.types.len()), (None, 0));
    assert!(label.kind.confidence < 0.5);
}

#[test]
fn what_is_quoted_is_not_the_authors() {
    let text = "Thanks, perfect!\nOn Monday we wrote: sorry that your terrible, awful, broken parcel is lost";
    let quoted = MarkedSpan { start: 17, end: text.len() as u32, kind: SpanKind::Quoted, value: None };
    let mut builder = post(text);
    builder.kind = MessageKind::Email;
    builder.visibility = Visibility::Direct;
    builder.spans = vec![quoted];
    let label = label(&builder.clone().build().unwrap());
    assert_eq!(label.sentiment.value.unwrap().label, SentimentLabel::Positive);
    assert!(!label.types.contains(&MessageType::Complaint));
    assert!(label.sentiment.evidence.iter().all(|reason| reason.span.is_none_or(|span| span.end() <= 17)));

    let call = "Agent: how can I help? Customer: my internet is broken. Agent: great, wonderful, thanks";
    let mut builder = post(call);
    builder.kind = MessageKind::Call;
    builder.visibility = Visibility::Direct;
    let agent = |start, end| MarkedSpan { start, end, kind: SpanKind::Agent, value: None };
    builder.spans = vec![agent(0, 23), agent(56, call.len() as u32)];
    let label = super::label(&builder.build().unwrap());
    assert_eq!(label.kind.value, Some(MessageType::Complaint));
    assert_eq!(label.sentiment.value.unwrap().label, SentimentLabel::Negative);
}

#[test]
fn titles_count_without_a_place() {
    let mut builder = post("It was in March.");
    builder.title = Some("Terrible service".to_owned());
    let label = label(&builder.build().unwrap());
    assert_eq!(label.sentiment.value.unwrap().label, SentimentLabel::Negative);
    let of_title = |reason: &&crate::model::Evidence| reason.cue.contains("Terrible");
    let reason = label.sentiment.evidence.iter().find(of_title).unwrap();
    assert!(reason.span.is_none() && reason.weight < 0.0);
}

#[test]
fn noise_says_its_reason() {
    let reason = |builder: MessageBuilder| label(&builder.build().unwrap()).noise.map(|noise| noise.reason);
    let table = [
        ("@northwind https://x.example/1", Some(NoiseReason::NoContent)),
        ("@northwind #monday", Some(NoiseReason::NoContent)),
        ("@northwind 😡", None),
        ("@northwind ???", None),
        ("RT @mira: the app is down", Some(NoiseReason::Repost)),
        ("FREE followers! Click here to claim your prize https://x.example", Some(NoiseReason::Spam)),
        ("Earn $500 a day with crypto, passive income, DM me now https://x.example", Some(NoiseReason::Spam)),
        ("URGENT! You have won a cash prize. Call 09061234567 to claim", Some(NoiseReason::Spam)),
        (
            "3 people followed me and 2 people unfollowed me // automatically checked by x",
            Some(NoiseReason::Bot),
        ),
        // Customers who use the words of advertising.
        ("I won your giveaway and never received the prize, terrible", None),
        ("your promo code does not work, useless", None),
        ("Your unsubscribe link is broken, stop sending me offers https://x.example", None),
        ("where is my free gift card? it never arrived", None),
        ("my order 123456789 is late", None),
        ("no one responds, it is an auto response, your automated reply is useless", None),
    ];
    for (text, expected) in table {
        assert_eq!(reason(post(text)), expected, "{text}");
    }
    let mut away = post("I am out of office until Monday. This is an automatic reply");
    assert_eq!(reason(away.clone()), None, "nobody is out of office before everybody");
    (away.kind, away.visibility) = (MessageKind::Email, Visibility::Direct);
    assert_eq!(reason(away), Some(NoiseReason::AutoReply));
    let mut out = post("We are sorry");
    out.direction = Direction::Out;
    assert_eq!(reason(out.clone()), Some(NoiseReason::Own));
    assert_eq!(label(&out.build().unwrap()).kind.value, Some(MessageType::Other));
    let mut gone = post("");
    gone.times.deleted = Some(gone.times.observed);
    assert_eq!(reason(gone), Some(NoiseReason::Deleted));
    let mut machine = Identity::new(Source::new("x").unwrap(), NativeId::new("9").unwrap());
    machine.bot = Some(true);
    assert_eq!(reason(post("hello there").author(machine)), Some(NoiseReason::Bot));
    let message = post("my order is late").build().unwrap();
    let unheard = Classifier::default().classify(&message, &Text::new(message.text()), &Hits::default());
    assert_eq!(unheard.noise.map(|noise| noise.reason), Some(NoiseReason::NoMonitor));
    assert_eq!(unheard.action.value, Some(Action::None));
    let alone = Classifier::new(Settings { unheard_is_noise: false, ..Settings::default() });
    let alone = alone.classify(&message, &Text::new(message.text()), &Hits::default());
    assert_eq!((alone.noise, alone.action.value), (None, Some(Action::Reply)));
}

#[test]
fn notes_are_judged_as_what_they_report() {
    let mut note = post("Customer called, very angry, the boiler is still broken");
    note.kind = MessageKind::Note;
    note.visibility = Visibility::Internal;
    note.direction = Direction::Internal;
    let label = label(&note.build().unwrap());
    assert_eq!((label.kind.value, label.noise), (Some(MessageType::Complaint), None));
}

#[test]
fn influence_reads_no_count_as_zero() {
    assert!(!of("hello").influence.is_known());
    let score = |followers: Option<u64>, metrics: Metrics| {
        let mut author = Identity::new(Source::new("x").unwrap(), NativeId::new("9").unwrap());
        author.followers = followers;
        let mut builder = post("hello").author(author);
        builder.metrics = metrics;
        label(&builder.build().unwrap()).influence.value
    };
    let known = Metrics { reposts: Some(1000), ..Metrics::default() };
    let with_zeros = Metrics { likes: Some(0), views: Some(0), replies: Some(0), ..known.clone() };
    let (some, zeros) = (score(Some(500), known).unwrap(), score(Some(500), with_zeros).unwrap());
    assert!(some.score > zeros.score, "{} {}", some.score, zeros.score);
    assert_eq!(some.parts.len(), 2);
    let none = Metrics::default();
    let steps = [0, 50, 5_000, 500_000, 50_000_000].map(|n| score(Some(n), none.clone()).unwrap().score);
    assert!(steps.is_sorted() && steps[0] == 0.0 && steps[4] == 100.0, "{steps:?}");
    let sum: f32 = zeros.parts.iter().map(|part| part.points).sum();
    assert!((sum - zeros.score).abs() < 1e-3);
}

#[test]
fn topics_are_ordered_by_words_depth_and_path() {
    let text = "delay delay at the gate, and the bill";
    let hit = |path: &str, spans: &[(usize, usize)]| Hit {
        id: Topic::new(path).unwrap(),
        spans: spans.iter().map(|(from, to)| Span::new(*from, *to)).collect(),
    };
    let topics = vec![
        hit("billing", &[(33, 37)]),
        hit("service", &[(0, 5), (6, 11)]),
        hit("service.delay", &[(0, 5), (6, 11)]),
        hit("station.gate", &[(19, 23)]),
    ];
    let message = post(text).build().unwrap();
    let hits = Hits { topics, ..heard() };
    let label = Classifier::default().classify(&message, &Text::new(text), &hits);
    let paths: Vec<&str> = label.topics.value.as_ref().unwrap().iter().map(Topic::as_str).collect();
    assert_eq!(paths, ["service.delay", "service", "station.gate", "billing"]);
    assert!(label.topics.confidence > 0.5 && label.topics.confidence < 0.8);
    assert_eq!(label.issue().unwrap(), "service.delay");
}

#[test]
fn languages_without_a_list_are_not_guessed() {
    let label = of("nie działa internet od wczoraj i nikt nic nie mówi, jak długo jeszcze");
    assert_eq!(label.language.value.as_deref(), Some("pl"));
    assert!(label.sentiment.value.is_none() && label.sentiment.confidence < 0.4);
    let mut given = post("kaput");
    given.language = Some("nl-BE".to_owned());
    let label = super::label(&given.build().unwrap());
    assert_eq!((label.language.value.as_deref(), label.language.confidence), (Some("nl-BE"), 0.9));
}

#[test]
fn each_brand_has_its_own_sentiment() {
    let brand = |name: &str, text: &str| {
        let at = text.find(name).unwrap();
        Hit { id: crate::model::Brand::new(name).unwrap(), spans: vec![Span::new(at, at + name.len())] }
    };
    use SentimentLabel::{Negative, Positive};
    let table = [
        ("northwind was wonderful, thank you so much. halden lost my bag and was rude", [Positive, Negative]),
        ("northwind is terrible and slow! I love halden, great people", [Negative, Positive]),
    ];
    for (text, expected) in table {
        let hits = Hits { named: vec![brand("northwind", text), brand("halden", text)], ..heard() };
        let message = post(text).build().unwrap();
        let targets = Classifier::default().classify(&message, &Text::new(text), &hits).targets;
        let found: Vec<_> = targets.iter().map(|target| (target.brand.as_str(), target.label)).collect();
        assert_eq!(found, [("northwind", expected[0]), ("halden", expected[1])], "{text}");
    }
    let one = Hits { named: vec![brand("northwind", "northwind")], ..heard() };
    let message = post("northwind is terrible").build().unwrap();
    assert!(Classifier::default().classify(&message, &Text::new(message.text()), &one).targets.is_empty());
}

#[test]
fn what_went_before_makes_urgent() {
    use crate::model::{ActionWeights, Context};
    let text = "@northwind my parcel has not arrived, where is it?";
    let message = post(text).build().unwrap();
    let observed = message.times().observed;
    let action = |weights: ActionWeights, context: &Context| {
        let classifier = Classifier::new(Settings { action: weights, ..Settings::default() });
        let mut label = classifier.classify(&message, &Text::new(text), &heard());
        let before = label.levels.unwrap().urgent;
        classifier.in_context(&mut label, &message, context);
        assert!(label.levels.unwrap().urgent >= before);
        (label.action.value.unwrap(), label.action.evidence.len())
    };
    let plain = ActionWeights::default();
    let (alone, reasons) = action(plain, &Context::default());
    assert_eq!(alone, Action::Reply);
    let earlier =
        |n: i64| (1..=n).map(|hours| (observed - chrono::Duration::hours(30 - hours), true)).collect();
    let thrice = Context { customer: Some(earlier(3)), ..Context::default() };
    assert_eq!(action(plain, &thrice), (Action::Urgent, reasons + 1));
    assert_eq!(action(ActionWeights { repeat: 0.0, ..plain }, &thrice).0, Action::Reply);
    let waited = Context { now: Some(observed + chrono::Duration::hours(24)), ..Context::default() };
    assert_eq!(action(plain, &waited).0, Action::Urgent);
    assert_eq!(action(ActionWeights { waiting: 0.5, ..plain }, &waited).0, Action::Reply);
}

/// Each word is looked at once, whatever the number of names: this would not end otherwise.
#[test]
fn many_brands_in_a_long_text() {
    let names: Vec<String> = (0..400).map(|number| format!("brand{number}x")).collect();
    let text = names.iter().map(|name| format!("{name} is {} ", "good ".repeat(120))).collect::<String>();
    let named = names.iter().map(|name| {
        let at = text.find(name.as_str()).unwrap();
        Hit { id: crate::model::Brand::new(name).unwrap(), spans: vec![Span::new(at, at + name.len())] }
    });
    let hits = Hits { named: named.collect(), ..heard() };
    let mut builder = post(&text);
    builder.language = Some("en".to_owned());
    let message = builder.build().unwrap();
    let targets = Classifier::default().classify(&message, &Text::new(&text), &hits).targets;
    assert_eq!(targets.len(), names.len());
    assert!(targets.iter().all(|target| target.label == SentimentLabel::Positive));
}
