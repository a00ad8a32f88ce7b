//! What holds for any text.

use proptest::prelude::*;

use super::*;
use crate::model::{Evidence, MarkedSpan, SentimentLabel, SpanKind};

/// Every reason of a label.
fn reasons(label: &Classification) -> Vec<&Evidence> {
    let noise = label.noise.iter().flat_map(|noise| &noise.evidence);
    let axes =
        [&label.kind.evidence, &label.sentiment.evidence, &label.action.evidence, &label.topics.evidence];
    axes.into_iter().flatten().chain(noise).collect()
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "not",
        "good",
        "terrible",
        "but",
        "very",
        "thanks",
        "for",
        "losing",
        "my",
        "bag",
        "why",
        "is",
        "it",
        "late",
        "?",
        "!!",
        ",",
        ".",
        "great",
        "another",
        "delay",
        "please",
        "help",
        "@a",
        "#fail",
        "😡",
        "in",
        "2",
        "hours",
        "no",
        "FREE",
        "https://x.example",
        "电波",
        "не",
        "работает",
        "ist",
        "kaputt",
        "sooooo",
    ]);
    prop::collection::vec(word, 0..30).prop_map(|words| words.join(" "))
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let label = of(text);
    prop_assert_eq!(&label, &of(text));
    for reason in reasons(&label) {
        prop_assert!(reason.weight.is_finite() && !reason.cue.is_empty());
        prop_assert!(reason.span.is_none_or(|span| span.of(text).is_some()), "{:?}", reason);
    }
    let confidences = [
        label.kind.confidence,
        label.sentiment.confidence,
        label.action.confidence,
        label.language.confidence,
        label.topics.confidence,
        label.influence.confidence,
    ];
    prop_assert!(confidences.iter().all(|confidence| (0.0..=1.0).contains(confidence)), "{:?}", confidences);
    prop_assert!(label.sentiment.value.is_none_or(|value| (-1.0..=1.0).contains(&value.score)));
    prop_assert_eq!(label.kind.value, label.types.first().copied());
    Ok(())
}

proptest! {
    #[test]
    fn any_text_gets_a_label(text in "[\\PC\\n\\t@#?!é电😡]{0,80}") {
        check(&text)?;
    }

    #[test]
    fn any_words_get_a_label(text in words()) {
        check(&text)?;
    }

    #[test]
    fn foreign_words_do_not_change_the_label(own in words(), quoted in words()) {
        let text = format!("{own}\n{quoted}");
        let mut builder = post(&text);
        builder.language = Some("en".to_owned());
        let span = |from: usize| MarkedSpan { start: from as u32, end: text.len() as u32, kind: SpanKind::Quoted, value: None };
        builder.spans = vec![span(own.len() + 1)];
        let whole = label(&builder.build().unwrap());
        let mut builder = post(&format!("{own}\n"));
        builder.language = Some("en".to_owned());
        let alone = label(&builder.build().unwrap());
        prop_assert_eq!(whole.types, alone.types);
        prop_assert_eq!(whole.sentiment, alone.sentiment);
    }

    #[test]
    fn neutral_words_do_not_flip(at in 0_usize..4, neutral in prop::collection::vec(
        prop::sample::select(vec!["table", "Tuesday", "the", "window", "at", "parcel", "street", "of"]), 0..4)) {
        let texts = [
            ("the service was excellent", SentimentLabel::Positive),
            ("the service was dreadful", SentimentLabel::Negative),
            ("the service was not good", SentimentLabel::Negative),
            ("wonderful people", SentimentLabel::Positive),
        ];
        let (text, expected) = texts[at];
        let label = of(&format!("{} {text}", neutral.join(" ")));
        prop_assert_eq!(label.sentiment.value.map(|value| value.label), Some(expected));
    }

    #[test]
    fn negating_does_not_raise(word in prop::sample::select(vec!["good", "great", "helpful", "happy", "excellent", "friendly"])) {
        let score = |text: String| of(&text).sentiment.value.map_or(0.0, |value| value.score);
        let (negated, plain) = (score(format!("you are not {word}")), score(format!("you are {word}")));
        prop_assert!(negated < 0.0 && plain > 0.0);
    }
}

#[test]
fn long_texts_cost_their_length() {
    let text = "not good but why is it late? thanks for losing my bag. ".repeat(4_000);
    assert!(of(&text).kind.is_known());
    assert!(of(&"a".repeat(200_000)).language.value.is_none());
    assert!(of(&"? ".repeat(100_000)).kind.is_known());
}
