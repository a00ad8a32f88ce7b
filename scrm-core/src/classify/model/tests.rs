//! The fast path against a slow twin in plain floating point, explanations, bytes.

use proptest::prelude::*;

use super::*;
use crate::classify::Unit;
use crate::learn::{Example, Trainer};
use crate::model::Limits;
use std::sync::LazyLock;

const ROWS: [(&str, &str); 12] = [
    ("where is my bag?", "baggage"),
    ("my bag is lost, NOT happy", "baggage"),
    ("bag not on the belt 😡", "baggage"),
    ("the suitcase never came", "baggage"),
    ("refund my ticket please", "money"),
    ("I want my money back!!", "money"),
    ("charged £120.50 twice, refund please", "money"),
    ("why was I charged 2 times", "money"),
    ("the crew was lovely, thanks", "people"),
    ("your staff is so rude", "people"),
    ("das Personal war sehr nett ❤️", "people"),
    ("@northwind best crew ever https://x.example", "people"),
];

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let examples: Vec<Example> = ROWS
        .iter()
        .enumerate()
        .map(|(at, (text, label))| Example { dense: vec![at as f32, -1.0], ..Example::new(*text, *label) })
        .collect();
    let small = |trainer: Trainer| trainer.features(Features::new(9, 10, (2, 5)).unwrap());
    let many: Vec<Example> = (0..60)
        .map(|at| Example::new(format!("{} number {at}", ROWS[at % 12].0), format!("label {}", at % 20)))
        .collect();
    let one_of = small(Trainer::one_of().task("topic")).train(&examples).unwrap().model;
    let any_of = small(Trainer::any_of().task("parts")).train(&examples).unwrap().model;
    let wide = small(Trainer::one_of().task("wide")).train(&many).unwrap().model;
    vec![one_of.clone(), Model::join("both", &[one_of, any_of]).unwrap(), wide]
});

/// What the weights stand for, added up in plain loops.
fn slow_twin(model: &Model, units: &Units<'_>, dense: &[f32]) -> Vec<f64> {
    let inner = &*model.0;
    let n_blocks = inner.blocks.len();
    (0..inner.columns)
        .map(|column| {
            let (block, lane) = (column / LANES, column % LANES);
            let weight = |bucket: u32| f64::from(inner.table[bucket as usize * n_blocks + block][lane]);
            let (mut words, mut n_words, mut chars, mut n_chars) = (0.0, 0.0_f64, 0.0, 0.0_f64);
            inner.features.each_word(units, |bucket, _, _| {
                words += weight(bucket);
                n_words += 1.0;
            });
            for unit in units.units().iter().filter(|unit| !unit.is_sign()) {
                inner.features.each_char(units.word(unit), |bucket| {
                    chars += weight(bucket);
                    n_chars += 1.0;
                });
            }
            let mut logit = f64::from(inner.blocks[block].bias[lane]);
            let share = |n: f64| if n > 1024.0 { 32.0 / n } else { 1.0 / n.max(1.0).sqrt() };
            logit += words * f64::from(inner.blocks[block].words[lane]) * share(n_words);
            logit += chars * f64::from(inner.blocks[block].chars[lane]) * share(n_chars);
            for (at, number) in dense.iter().take(inner.dense).enumerate() {
                logit += f64::from(*number) * f64::from(inner.dense_weights[at * n_blocks + block][lane]);
            }
            logit
        })
        .collect()
}

fn best(logits: impl Iterator<Item = f64>) -> Option<usize> {
    let all: Vec<f64> = logits.collect();
    let largest = all.iter().copied().reduce(f64::max)?;
    all.iter().position(|logit| *logit == largest)
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let text = Text::new(text);
    let units = Units::new(&text, &[]);
    for model in MODELS.iter() {
        let dense = [0.5, 2.0];
        let fast = model.logits(&units, &dense);
        let slow = slow_twin(model, &units, &dense);
        prop_assert_eq!(fast.len(), slow.len());
        let known = model.clone().with_known_words(["bag", "refund", "crew", "the", "my"]);
        prop_assert_eq!(&known.logits(&units, &dense), &fast);
        for (column, (fast, slow)) in fast.iter().zip(&slow).enumerate() {
            let block = &model.0.blocks[column / LANES];
            let scale = f64::from(block.words[column % LANES].max(block.chars[column % LANES]));
            let off = (f64::from(*fast) - slow).abs();
            prop_assert!(off <= 1e-3 * scale + 1e-6 * slow.abs().max(1.0), "{fast} {slow} {scale}");
            let why = model.explain(&units, &dense, column).unwrap();
            let parts: f64 = why.contributions.iter().map(|part| f64::from(part.weight)).sum();
            prop_assert!((f64::from(why.bias) + parts - f64::from(*fast)).abs() < 1e-4, "{parts} {fast}");
            prop_assert!((why.logit - fast).abs() < 1e-4);
            for span in why.contributions.iter().filter_map(|part| part.span) {
                prop_assert!(span.of(text.source()).is_some());
            }
        }
        for task in model.tasks() {
            let own = &slow[task.first..task.first + task.labels().len()];
            let near = own
                .iter()
                .filter(|logit| own.iter().any(|other| *other != **logit && (*other - **logit).abs() < 1e-4));
            if near.count() == 0 {
                let fast = task.logits(&fast).iter().map(|logit| f64::from(*logit));
                prop_assert_eq!(best(fast), best(own.iter().copied()));
            }
            let probabilities = task.probabilities(&fast);
            prop_assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
            let sum: f32 = probabilities.iter().sum();
            prop_assert!(task.kind() == TaskKind::AnyOf || (sum - 1.0).abs() < 1e-4);
        }
    }
    Ok(())
}

#[test]
fn the_fast_path_says_what_its_slow_twin_says() {
    let long = "why ".repeat(3000);
    let letters = "x".repeat(100_000);
    for text in ROWS.iter().map(|row| row.0).chain(["", "?", "😡", "电波 не работает", &long, &letters])
    {
        check(text).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_fast_path_says_what_its_slow_twin_says_of_any_text(text in "(\\PC{0,12}[ ?!#@£.0-9]?){0,20}") {
        check(&text)?;
    }

    #[test]
    fn any_bytes_are_a_model_or_none(noise in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        prop_assert!(Model::from_bytes(&noise, &Limits::DEFAULT).is_err());
        let mut bytes = MODELS[0].to_bytes();
        let end = at.index(bytes.len());
        prop_assert!(Model::from_bytes(&bytes[..end], &Limits::DEFAULT).is_err());
        let changed = bytes[end] != byte;
        bytes[end] = byte;
        prop_assert_eq!(Model::from_bytes(&bytes, &Limits::DEFAULT).is_err(), changed);
        // The sum is made to fit: what is inside is looked at, and nothing breaks.
        let length = bytes.len() - 8;
        let sum = bytes::sum(&bytes[..length]);
        bytes[length..].copy_from_slice(&sum.to_le_bytes());
        if let Ok(model) = Model::from_bytes(&bytes, &Limits::DEFAULT) {
            drop(model.predict("where is my bag?"));
        }
    }
}

#[test]
fn bytes_are_the_model() {
    for model in MODELS.iter() {
        let bytes = model.to_bytes();
        let back = Model::from_bytes(&bytes, &Limits::DEFAULT).unwrap();
        assert_eq!(back.to_bytes(), bytes);
        assert_eq!(back.name(), model.name());
        assert_eq!(back.tasks(), model.tasks());
        for (text, _) in ROWS {
            assert_eq!(back.predict(text), model.predict(text));
        }
    }
    let mut limits = Limits::DEFAULT;
    limits.model_bytes = 1000;
    let fault = Model::from_bytes(&MODELS[0].to_bytes(), &limits).unwrap_err().to_string();
    assert!(fault.contains("model_bytes"), "{fault}");
}

#[test]
fn joined_models_answer_what_each_did() {
    let [alone, both, wide] = [&MODELS[0], &MODELS[1], &MODELS[2]];
    for (text, _) in ROWS {
        let text = Text::new(text);
        let units = Units::new(&text, &[]);
        assert_eq!(both.logits(&units, &[1.0, 2.0])[..3], alone.logits(&units, &[1.0, 2.0]));
    }
    assert_eq!(both.tasks().len(), 2);
    assert_eq!(both.predict("my bag")[1].task, "parts");
    assert!(
        Model::join("odd", &[alone.clone(), wide.clone()]).is_err(),
        "one reads numbers, the other does not"
    );
    assert!(Model::join("none", &[]).is_err());
}

#[test]
fn what_is_explained_stands_in_the_text() {
    let text = Text::new("hello, please REFUND my ticket");
    let units = Units::new(&text, &[]);
    let model = &MODELS[0];
    let column = model.tasks()[0].labels().iter().position(|label| label == "money").unwrap();
    let why = model.explain(&units, &[], column).unwrap();
    let top = why.contributions.first().unwrap();
    assert!(top.weight > 0.0);
    let said = top.span.unwrap().of(text.source()).unwrap();
    assert!(["REFUND", "please", "ticket", "please REFUND", "my ticket"].contains(&said), "{said}");
    assert!(model.explain(&units, &[], 99).is_none());
}

#[test]
fn a_negated_word_is_another_word() {
    let of = |text: &str, pick: usize| {
        let text = Text::new(text);
        let units = Units::new(&text, &[]);
        let mut buckets = Vec::new();
        Features::new(13, 14, (2, 5))
            .unwrap()
            .each_word(&units, |bucket, from, to| buckets.push((bucket, from, to)));
        let unit: Unit = units.units()[pick];
        (buckets.iter().find(|found| found.1 == pick && found.2 == pick + 1).unwrap().0, unit.hash)
    };
    let (plain, hash) = of("so good", 1);
    let (negated, same) = of("not good", 1);
    assert_eq!(hash, same);
    assert_ne!(plain, negated);
}
