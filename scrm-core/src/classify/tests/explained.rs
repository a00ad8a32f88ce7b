//! Do the reasons bear the label? Adding up, and leaving words out.

use super::super::models::{Models, Question};
use super::super::mood::Mood;
use super::super::{Kinds, sentiment};
use super::*;

fn posts() -> Vec<Message> {
    let lines = include_str!("../../../../examples/data/northwind.jsonl").lines();
    let all = lines.map(|line| serde_json::from_str::<Message>(line).unwrap());
    all.filter(|message| message.language() == Some("en")).collect()
}

/// The probabilities of the three labels of an English text.
fn probabilities(classifier: &Classifier, text: &str) -> [f32; 3] {
    let message = english(text);
    let cut = Text::new(text);
    let (readings, _) = classifier.read(&message, &cut, None);
    let mood = Mood::new(&readings, &classifier.0.lexicon);
    let kinds = Kinds::new(&message, &readings, &mood, true);
    let models = classifier.0.models.as_ref().unwrap();
    let verdict = models.read(&readings, &kinds, &mood);
    sentiment::softmax(sentiment::english(models, &verdict, &mood))
}

#[test]
fn the_shipped_models_load() {
    let models = Models::shipped().expect("the shipped weights fit together");
    assert_eq!(models.name(), crate::classify::MODEL);
}

#[test]
fn what_words_brought_adds_up_to_the_logit() {
    let classifier = Classifier::default();
    let models = classifier.0.models.as_ref().unwrap();
    for message in posts() {
        let cut = Text::new(message.text());
        let (readings, _) = classifier.read(&message, &cut, None);
        let mood = Mood::new(&readings, &classifier.0.lexicon);
        let kinds = Kinds::new(&message, &readings, &mood, true);
        let verdict = models.read(&readings, &kinds, &mood);
        for question in [Question::Sentiment, Question::Asks, Question::Complains, Question::Spam] {
            let [logit] = verdict.logits(models, question);
            let sum = verdict.sum(models, question, &kinds, &mood);
            assert!((sum - logit).abs() < 1e-3 * logit.abs().max(1.0), "{question:?}: {sum} {logit}");
        }
    }
}

/// Leaving out the three words that spoke most for the label makes it less likely than leaving out any three.
#[test]
fn without_its_reasons_a_label_is_less_likely() {
    let classifier = Classifier::new(Settings { evidence: 60, ..Settings::default() });
    let (mut tried, mut held) = (0_u32, 0_u32);
    for (number, message) in posts().iter().enumerate() {
        let text = message.text();
        let before = probabilities(&classifier, text);
        let best = (0..3).max_by(|a, b| before[*a].total_cmp(&before[*b])).unwrap();
        let plain = english(text);
        let label = classifier.classify(&plain, &Text::new(text), &heard());
        let sign = if best == 0 { -1.0 } else { 1.0 };
        let mut reasons: Vec<_> = label
            .sentiment
            .evidence
            .iter()
            .filter_map(|reason| Some((reason.span?, sign * reason.weight)))
            .collect();
        if reasons.len() < 8 {
            continue;
        }
        reasons.sort_by(|a, b| b.1.total_cmp(&a.1));
        let without = |spans: &[crate::model::Span]| {
            let mut spans = spans.to_vec();
            spans.sort_unstable();
            let mut left = text.to_owned();
            spans.iter().rev().for_each(|span| left.replace_range(span.range(), ""));
            probabilities(&classifier, &left)[best]
        };
        let top: Vec<_> = reasons.iter().take(3).map(|(span, _)| *span).collect();
        // Three of all, by a rule that knows nothing of them.
        let any: Vec<_> =
            (0..3).map(|at| reasons[(number * 7 + at * reasons.len() / 3) % reasons.len()].0).collect();
        tried += 1;
        held += u32::from(without(&top) < without(&any));
    }
    assert!(tried >= 100, "{tried}");
    assert!(f64::from(held) >= 0.95 * f64::from(tried), "{held} of {tried}");
}

/// A post that its payload says is English.
fn english(text: &str) -> Message {
    let mut builder = post(text);
    builder.language = Some("en".to_owned());
    builder.build().unwrap()
}
