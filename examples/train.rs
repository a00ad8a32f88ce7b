//! How good are linear models that are learned here? `cargo run --release --example train -- --data DIR`
//!
//! `DIR` holds folders of tab-separated files with a header line; each set that is there is measured, each that is
//! missing is named. Figures are of the linear models alone, without the encoder, and of parts that were not learned
//! from; nothing is tuned here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its figures")]
#![allow(clippy::disallowed_methods, reason = "a program reads its arguments and measures its time")]

#[allow(dead_code, reason = "it makes no messages")]
mod sets;

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use scrm_core::classify::{Features, Model, TaskKind, Units};
use scrm_core::learn::{Answer, Example, Folds, Report, Trainer};
use scrm_core::text::Text;

const USAGE: &str = "usage: train --data DIR [--only NAME]

DIR holds folders of tab-separated files with columns `label` and `text`:
  complaints/train.tsv           1 is a complaint
  tweet_acts/train.tsv           QUE is a question
  sms_spam/train.tsv             spam or ham
  banking77/train.tsv            77 topics
  clinc150/{train,val,oos_train,oos_val}.tsv
  umsab/LANGUAGE_{train,val}.tsv
  tweeteval_sentiment/{train,val}.tsv";

const LANGUAGES: [&str; 7] = ["arabic", "french", "german", "hindi", "italian", "portuguese", "spanish"];

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (dir, only) = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--data", dir] => (PathBuf::from(dir), None),
        ["--data", dir, "--only", only] => (PathBuf::from(dir), Some((*only).to_owned())),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&Bench { dir }, only.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A line of the table: what is measured, how, floor and target, and how it is found.
struct Line {
    name: &'static str,
    measure: &'static str,
    wanted: &'static str,
    figure: fn(&Bench) -> Fallible<Option<f64>>,
}

const LINES: &[Line] = &[
    Line {
        name: "complaint",
        measure: "macro F1, 10 parts by row",
        wanted: "82 / 86",
        figure: |b| {
            b.yes_or_no("complaints/train.tsv", "1", Folds::Rows(10), |_| {}, |report| report.macro_f1)
        },
    },
    Line {
        name: "complaint",
        measure: "macro F1, 10 parts by text",
        wanted: "",
        figure: |b| {
            b.yes_or_no("complaints/train.tsv", "1", Folds::Texts(10), |_| {}, |report| report.macro_f1)
        },
    },
    Line {
        name: "question",
        measure: "F1 of QUE, 10 parts by row",
        wanted: "80 / 86",
        figure: |b| b.yes_or_no("tweet_acts/train.tsv", "QUE", Folds::Rows(10), |_| {}, f1),
    },
    Line {
        name: "question",
        measure: "F1 of QUE, 10 parts by text",
        wanted: "",
        figure: |b| b.yes_or_no("tweet_acts/train.tsv", "QUE", Folds::Texts(10), |_| {}, f1),
    },
    Line {
        name: "question",
        measure: "the same by row, no `?` left",
        wanted: "- / 65",
        figure: |b| b.yes_or_no("tweet_acts/train.tsv", "QUE", Folds::Rows(10), without_marks, f1),
    },
    Line {
        name: "question",
        measure: "the same by text, no `?` left",
        wanted: "",
        figure: |b| b.yes_or_no("tweet_acts/train.tsv", "QUE", Folds::Texts(10), without_marks, f1),
    },
    Line {
        name: "spam",
        measure: "F1, 10 parts by row",
        wanted: "96 / 98",
        figure: |b| b.yes_or_no("sms_spam/train.tsv", "spam", Folds::Rows(10), |_| {}, f1),
    },
    Line {
        name: "spam",
        measure: "F1, 10 parts by text",
        wanted: "",
        figure: |b| b.yes_or_no("sms_spam/train.tsv", "spam", Folds::Texts(10), |_| {}, f1),
    },
    Line {
        name: "topics",
        measure: "banking77 accuracy, 10 parts",
        wanted: "90.5 / 92.5",
        figure: Bench::topics,
    },
    Line {
        name: "topics",
        measure: "clinc150 val accuracy in scope",
        wanted: "92 / 94",
        figure: |b| b.scope(false, |report| Some(report.accuracy)),
    },
    Line {
        name: "scope",
        measure: "clinc150 val AUC",
        wanted: "94 / 97",
        figure: |b| b.scope(false, |report| report.scope_auc),
    },
    Line {
        name: "scope",
        measure: "the same, 100 taught",
        wanted: "",
        figure: |b| b.scope(true, |report| report.scope_auc),
    },
    Line {
        name: "sentiment",
        measure: "TweetEval val macro recall",
        wanted: "-",
        figure: |b| b.sentiment("tweeteval_sentiment", big(1.0), 1.0),
    },
    Line {
        name: "sentiment",
        measure: "UMSAB val, mean of seven",
        wanted: "50 / 60",
        figure: |b| {
            let each = LANGUAGES.map(|language| b.sentiment(&format!("umsab/{language}"), small(0.0), 0.25));
            let each = each.into_iter().collect::<Fallible<Option<Vec<f64>>>>()?;
            Ok(each.map(|each| each.iter().sum::<f64>() / each.len() as f64))
        },
    },
];

fn run(bench: &Bench, only: Option<&str>) -> Fallible<()> {
    println!("{:<10} {:<32} {:>12} {:>8} {:>8}", "", "", "floor/target", "figure", "seconds");
    for line in LINES.iter().filter(|line| only.is_none_or(|only| only == line.name)) {
        let start = Instant::now();
        let figure = (line.figure)(bench)?;
        println!(
            "{:<10} {:<32} {:>12} {:>8} {:>8.1}",
            line.name,
            line.measure,
            line.wanted,
            figure.map_or_else(|| "missing".to_owned(), |share| format!("{:.2}", 100.0 * share)),
            start.elapsed().as_secs_f64(),
        );
    }
    Ok(())
}

struct Bench {
    dir: PathBuf,
}

impl Bench {
    /// One label against the rest, in cross-validation.
    fn yes_or_no(
        &self,
        name: &str,
        yes: &str,
        folds: Folds,
        change: fn(&mut String),
        measure: fn(&Report) -> f64,
    ) -> Fallible<Option<f64>> {
        let Some(rows) = self.rows(name)? else { return Ok(None) };
        let examples: Vec<Example> = rows
            .into_iter()
            .map(|(label, mut text)| {
                change(&mut text);
                Example::new(text, if label == yes { "yes" } else { "no" })
            })
            .collect();
        // Settings that measured best: what is rare matters more in questions and spam than in complaints.
        let (rarity, cost) = if yes == "1" { (1.0, 0.25) } else { (2.0, 0.5) };
        let report = trainer(14, 15).rarity(rarity).cost(cost).cross_validate(&examples, folds)?;
        Ok(Some(measure(&report)))
    }

    fn topics(&self) -> Fallible<Option<f64>> {
        let Some(rows) = self.rows("banking77/train.tsv")? else { return Ok(None) };
        let report = small(1.0).cost(1.0).cross_validate(&examples(rows), Folds::Rows(10))?;
        Ok(Some(report.accuracy))
    }

    /// 150 topics, and what is none of them, learned from as such or not.
    fn scope(&self, taught: bool, measure: fn(&Report) -> Option<f64>) -> Fallible<Option<f64>> {
        let all =
            ["train", "oos_train", "val", "oos_val"].map(|part| self.rows(&format!("clinc150/{part}.tsv")));
        let [train, oos_train, val, oos_val] = all;
        let (Some(train), Some(oos_train), Some(val), Some(oos_val)) = (train?, oos_train?, val?, oos_val?)
        else {
            return Ok(None);
        };
        let mut learned = examples(train);
        if taught {
            learned.extend(oos_train.into_iter().map(|(_, text)| unlabelled(text)));
        }
        let model = small(1.0).cost(1.0).train(&learned)?.model;
        let mut asked = examples(val);
        asked.extend(oos_val.into_iter().map(|(_, text)| unlabelled(text)));
        Ok(measure(&on(&model, &asked)))
    }

    fn sentiment(&self, name: &str, trainer: Trainer, balance: f32) -> Fallible<Option<f64>> {
        let (train, val) = match name.contains('/') {
            true => (format!("{name}_train.tsv"), format!("{name}_val.tsv")),
            false => (format!("{name}/train.tsv"), format!("{name}/val.tsv")),
        };
        let (Some(train), Some(val)) = (self.rows(&train)?, self.rows(&val)?) else { return Ok(None) };
        let model = trainer
            .cost(if balance < 1.0 { 0.25 } else { 0.1 })
            .balance(balance)
            .train(&examples(train))?
            .model;
        Ok(Some(on(&model, &examples(val)).macro_recall))
    }

    /// Label and text of each row; `None` when the file is not there.
    fn rows(&self, name: &str) -> Fallible<Option<Vec<(String, String)>>> {
        sets::rows(&self.dir.join(name))
    }
}

fn small(rarity: f32) -> Trainer {
    trainer(13, 14).rarity(rarity)
}

fn big(rarity: f32) -> Trainer {
    trainer(15, 16).rarity(rarity)
}

fn trainer(word_bits: u8, char_bits: u8) -> Trainer {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let trainer = Trainer::one_of().threads(threads);
    match Features::new(word_bits, char_bits, (2, 5)) {
        Some(features) => trainer.features(features),
        None => trainer,
    }
}

fn examples(rows: Vec<(String, String)>) -> Vec<Example> {
    rows.into_iter().map(|(label, text)| Example::new(text, label)).collect()
}

fn unlabelled(text: String) -> Example {
    Example { labels: Vec::new(), ..Example::new(text, "") }
}

fn f1(report: &Report) -> f64 {
    report.class("yes").map_or(0.0, |class| class.f1)
}

fn without_marks(text: &mut String) {
    text.retain(|c| c != '?');
}

/// What a model says of examples.
fn on(model: &Model, examples: &[Example]) -> Report {
    let Some(task) = model.tasks().first() else { return Report::new(TaskKind::OneOf, &[], &[]) };
    let number = |label: &String| task.labels().iter().position(|known| known == label);
    let answers: Vec<Answer> = examples
        .iter()
        .map(|example| {
            let text = Text::new(&example.text);
            let logits = model.logits(&Units::new(&text, &[]), &[]);
            let said = task.predict(&logits);
            Answer {
                gold: example.labels.iter().filter_map(number).collect(),
                said: number(&said.label).into_iter().collect(),
                probabilities: task.probabilities(&logits),
                in_scope: said.in_scope,
            }
        })
        .collect();
    Report::new(task.kind(), task.labels(), &answers)
}
