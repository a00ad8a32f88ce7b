//! Faults as a table, determinism, what is learned, and how a report looks.

use super::calibrate::{best_f1, platt, temperature};
use super::report::{Answer, auc};
use super::*;
use crate::classify::{Features, Model, TaskKind, Units};
use crate::model::Limits;
use crate::text::Text;
use std::num::NonZeroUsize;

/// Small tables, so that the tests are quick.
fn small(trainer: Trainer) -> Trainer {
    trainer.features(Features::new(9, 10, (2, 4)).unwrap())
}

fn examples(rows: &[(&str, &str)]) -> Vec<Example> {
    rows.iter().map(|(text, label)| Example::new(*text, *label)).collect()
}

/// Texts of `labels` labels, told apart by a word each and made different by others.
fn made_up(labels: usize, of_each: usize) -> Vec<Example> {
    let filler = ["today", "again", "please", "my friend", "in town", "at noon", "really", "once more"];
    let rows = (0..labels * of_each).map(|at| {
        let (label, number) = (at % labels, at / labels);
        let text = format!(
            "{} key{label}word {} {}",
            filler[number % 8],
            filler[(at * 5 + 3) % 8],
            filler[(at * 7) % 8]
        );
        Example::new(format!("{text} {number}"), format!("label {label:02}"))
    });
    rows.collect()
}

#[test]
fn what_cannot_be_learned_from_is_told() {
    let one = |text: &str, label: &str| Example::new(text, label);
    let fault = |trainer: Trainer, examples: &[Example]| trainer.train(examples).unwrap_err().to_string();
    let good = examples(&[("a b", "x"), ("c d", "y"), ("a c", "x"), ("d d", "y")]);
    let with = |change: fn(&mut Example)| {
        let mut rows = good.clone();
        change(&mut rows[1]);
        rows
    };
    let mut small = Limits::DEFAULT;
    small.training_rows = 3;
    let mut few = Limits::DEFAULT;
    few.training_labels = 1;
    let table = [
        fault(Trainer::one_of(), &[]),
        fault(Trainer::one_of(), &[one("", "x"), one(" \n", "y")]),
        fault(Trainer::one_of(), &[one("a", "x"), one("b", "x")]),
        fault(Trainer::any_of(), &[one("a", "x"), one("b", "x")]),
        fault(Trainer::one_of(), &[Example { labels: vec![], ..one("a", "") }]),
        fault(Trainer::one_of().labels(["refund", "baggage"]), &[one("a", "baggage"), one("b", "refnud")]),
        fault(Trainer::one_of(), &with(|row| row.labels.push("x".to_owned()))),
        fault(Trainer::one_of(), &with(|row| row.weight = f32::NAN)),
        fault(Trainer::one_of(), &with(|row| row.weight = -1.0)),
        fault(Trainer::one_of(), &with(|row| row.dense.push(1.0))),
        fault(Trainer::one_of().limits(small), &good),
        fault(Trainer::one_of().limits(few), &good),
        fault(Trainer::one_of().cost(0.0), &good),
        fault(Trainer::one_of().balance(2.0), &good),
        fault(Trainer::one_of().rarity(f32::NAN), &good),
        fault(Trainer::one_of().held_out(0.9), &good),
        Trainer::one_of().cross_validate(&good, Folds::Texts(5)).unwrap_err().to_string(),
        Trainer::one_of().cross_validate(&good, Folds::Rows(1)).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!("faults", table.join("\n"));
}

#[test]
fn what_was_found_in_the_examples_is_counted() {
    let rows = examples(&[
        ("lost bag", "bag"),
        ("lost bag", "money"),
        ("", "bag"),
        ("refund", "money"),
        ("a case", "bag"),
        ("refund", "money"),
    ]);
    let trained = small(Trainer::one_of()).train(&rows).unwrap();
    let found = trained.examples;
    assert_eq!((found.rows, found.empty, found.texts, found.contradictory), (6, 1, 3, 1));
    assert_eq!(found.labels["money"], 3);
}

#[test]
fn the_same_examples_give_the_same_bytes() {
    let rows = made_up(40, 6);
    let train = |seed: u64, threads: usize| {
        let trainer = small(Trainer::one_of()).seed(seed).threads(NonZeroUsize::new(threads).unwrap());
        trainer.train(&rows).unwrap().model.to_bytes()
    };
    let first = train(1, 1);
    assert!(first == train(1, 1), "again");
    assert!(first == train(1, 3), "on three threads");
    assert!(first != train(2, 1), "another seed goes another way");
}

#[test]
fn labels_are_told_apart() {
    let rows = made_up(20, 12);
    let report = small(Trainer::one_of()).cross_validate(&rows, Folds::Texts(4)).unwrap();
    assert!(report.accuracy > 0.98, "{report}");
    assert_eq!(report.rows, 240);
    let model = small(Trainer::one_of()).train(&rows).unwrap().model;
    assert_eq!(model.predict("and now key7word please")[0].label, "label 07");
    // Two labels are one question, and its answers add up.
    let model = small(Trainer::one_of()).train(&made_up(2, 20)).unwrap().model;
    let text = Text::new("key1word");
    let logits = model.logits(&Units::new(&text, &[]), &[]);
    assert!((logits[0] + logits[1]).abs() < 1e-5 && logits[1] > 0.0, "{logits:?}");
}

#[test]
fn several_labels_hold_at_once() {
    let mut rows = made_up(3, 20);
    for (at, row) in rows.iter_mut().enumerate() {
        if at % 4 == 0 {
            row.text.push_str(" bothword");
            row.labels.push("both".to_owned());
        }
        if at % 10 == 9 {
            row.text = format!("nothing of note {at}");
            row.labels.clear();
        }
    }
    let report = small(Trainer::any_of()).cross_validate(&rows, Folds::Texts(5)).unwrap();
    assert!(report.macro_f1 > 0.9, "{report}");
    assert!(report.confusion.is_empty());
    let model = small(Trainer::any_of()).best_f1().train(&rows).unwrap().model;
    let said = &model.predict("key2word at noon bothword")[0];
    assert!(
        said.labels.contains(&"both".to_owned()) && said.labels.contains(&"label 02".to_owned()),
        "{said:?}"
    );
    assert!(model.predict("nothing of note")[0].labels.is_empty());
}

#[test]
fn a_teacher_may_be_unsure() {
    // Each text comes with both labels; the weights say how much of each.
    let soft = |share: f32| {
        let rows: Vec<Example> = (0..150)
            .flat_map(|at| {
                let text = format!("word number{at}");
                [("yes", share), ("no", 1.0 - share)]
                    .map(|(label, weight)| Example { weight, ..Example::new(text.clone(), label) })
            })
            .collect();
        let model = small(Trainer::one_of()).labels(["no", "yes"]).train(&rows).unwrap().model;
        let text = Text::new("word number7");
        let task = &model.tasks()[0];
        task.probabilities(&model.logits(&Units::new(&text, &[]), &[]))[1]
    };
    assert!((soft(0.8) - 0.8).abs() < 0.1, "{}", soft(0.8));
    assert!((soft(0.3) - 0.3).abs() < 0.1, "{}", soft(0.3));
}

#[test]
fn what_is_out_of_scope_can_be_learned() {
    let mut rows = made_up(6, 20);
    rows.extend((0..30).map(|at| Example {
        labels: Vec::new(),
        ..Example::new(format!("weather of day {at} is fine"), "")
    }));
    let trained = small(Trainer::one_of()).train(&rows).unwrap();
    assert_eq!(trained.examples.unlabelled, 30);
    assert!(trained.report.unwrap().scope_auc.unwrap() > 0.95);
    let scope = |text: &str| trained.model.predict(text)[0].in_scope;
    assert!(scope("please key3word") > scope("the weather of day 99 is fine"));
}

#[test]
fn numbers_besides_the_text_are_learned() {
    let rows: Vec<Example> = (0..60)
        .map(|at| Example {
            dense: vec![100.0 * (at % 2) as f32, 3.0],
            ..Example::new(format!("text {}", at / 2), ["a", "b"][at % 2])
        })
        .enumerate()
        .map(|(at, row)| Example { text: format!("{} {at}", row.text), ..row })
        .collect();
    let model: Model = small(Trainer::one_of()).train(&rows).unwrap().model;
    let text = Text::new("text 7");
    let units = Units::new(&text, &[]);
    let task = &model.tasks()[0];
    assert_eq!(task.predict(&model.logits(&units, &[0.0, 3.0])).label, "a");
    assert_eq!(task.predict(&model.logits(&units, &[100.0, 3.0])).label, "b");
}

#[test]
fn folds_share_out_labels_and_keep_texts_together() {
    let mut rows = made_up(3, 20);
    rows.extend(rows.clone());
    let found = example::check(&rows, TaskKind::OneOf, None, &Limits::DEFAULT);
    let mut checked = found.unwrap();
    let features = Features::new(8, 8, (2, 3)).unwrap();
    let (_, instances) = matrix::Matrix::new(&mut checked, &features, 1.0, &Limits::DEFAULT);
    let parts = folds::folds(&instances, 3, Folds::Texts(5), 0);
    for part in 0..5 {
        let of = |label: usize| {
            (0..120).filter(|at| parts[*at] == part && instances[*at].labels == [label]).count()
        };
        assert_eq!([of(0), of(1), of(2)], [8, 8, 8]);
    }
    assert_eq!(parts[..60], parts[60..]);
    assert_ne!(folds::folds(&instances, 3, Folds::Rows(5), 0)[..60], parts[..60]);
}

#[test]
fn probabilities_are_fitted() {
    // 3 of 4 at margin 1, 1 of 4 at margin -1: a logit of ln 3 either way.
    let points: Vec<(f32, bool, f32)> = (0..4000)
        .map(|at| if at % 2 == 0 { (1.0, at % 8 != 0, 1.0) } else { (-1.0, at % 8 == 1, 1.0) })
        .collect();
    let [slope, offset] = platt(&points);
    assert!((slope - 3.0_f32.ln()).abs() < 0.01 && offset.abs() < 0.01, "{slope} {offset}");
    assert_eq!(platt(&[(1.0, true, 1.0)]), [1.0, 0.0]);
    let points: Vec<(Vec<f32>, usize, f32)> =
        (0..1000).map(|at| (vec![0.5, 0.0], usize::from(at % 4 == 0), 1.0)).collect();
    assert!((temperature(&points) - 2.0 * 3.0_f32.ln()).abs() < 0.01);
    assert_eq!(temperature(&[]), 1.0);
    // Saying the first two: 2 * 1.7 / (2.2 + 2).
    let threshold = best_f1(&[(0.9, 1.0), (0.8, 1.0), (0.4, 1.0), (0.1, 1.0)]);
    assert!((threshold - 1.7 / 4.2).abs() < 1e-6, "{threshold}");
    assert_eq!(best_f1(&[]), 0.5);
    assert_eq!(auc([(0.1, false), (0.4, true), (0.4, false), (0.8, true)].into_iter()), Some(0.875));
    assert_eq!(auc([(0.1, false)].into_iter()), None);
}

#[test]
fn a_report_prints_as_a_table() {
    let labels = ["negative", "neutral", "positive"].map(str::to_owned);
    let said = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 2), (2, 2), (2, 0), (2, 2), (2, 2)];
    let answers: Vec<Answer> = said
        .iter()
        .map(|(gold, said)| {
            let mut probabilities = vec![0.2; 3];
            probabilities[*said] = 0.6;
            Answer { gold: vec![*gold], said: vec![*said], probabilities, in_scope: 0.5 }
        })
        .collect();
    insta::assert_snapshot!("report", Report::new(TaskKind::OneOf, &labels, &answers));
}

#[test]
fn replies_give_away_what_they_answer() {
    use super::weak::{WeakLabel as W, label_of_reply};
    let table = [
        ("", None),
        ("I’m so sorry to hear this, please DM us", Some(W::Complaint)),
        ("We apologize for the inconvenience.", Some(W::Complaint)),
        ("We're glad to hear it, sorry for the wait!", None),
        ("Thanks for the kind words!", Some(W::Compliment)),
        ("We love hearing this, made our day", Some(W::Compliment)),
        ("You can check your bag at the counter", Some(W::Question)),
        ("Wi-Fi is available on most flights", Some(W::Question)),
        ("Hello!", None),
    ];
    for (reply, label) in table {
        assert_eq!(label_of_reply(reply), label, "{reply}");
    }
}
