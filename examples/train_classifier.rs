//! How are the shipped linear models made? `cargo run --release --example train_classifier -- --data DIR --encoder FILE
//! --output FILE`
//!
//! One model of one table: sentiment of English and of seven other languages, question, complaint, request, suggestion and
//! spam. Each task learns from one labelled set; what the encoder and the rules find in a text are numbers beside its words.
//! Prints figures by cross-validation, and how far encoder and linear model count in sentiment.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its figures")]
#![allow(clippy::disallowed_methods, reason = "a program reads its arguments")]

mod sets;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use scrm_core::classify::{Classifier, Encoder, Features, Model, SIGNALS, Units};
use scrm_core::learn::{Example, Folds, Trainer};
use scrm_core::text::Text;
use sets::{Rows, message, rows};

const USAGE: &str = "usage: train_classifier --data DIR --encoder FILE --output FILE [--quick]

DIR holds folders of tab-separated files with a header line (label, text):
  tweeteval_sentiment/{train,val}.tsv   0 negative, 1 neutral, 2 positive
  umsab/LANGUAGE_{train,val}.tsv        the same
  tweet_acts/train.tsv                  QUE question, REQ request, SUG suggestion
  complaints/train.tsv                  1 is a complaint
  sms_spam/train.tsv                    spam or ham
--quick leaves the cross-validation out.";

const LANGUAGES: [&str; 7] = ["arabic", "french", "german", "hindi", "italian", "portuguese", "spanish"];
const CLASSES: [&str; 3] = ["0", "1", "2"];
/// Name and version of the model.
const NAME: &str = "scrm-contact/1";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut data, mut encoder, mut output, mut quick) = (None, None, None, false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--data" => data = args.next().map(PathBuf::from),
            "--encoder" => encoder = args.next().map(PathBuf::from),
            "--output" => output = args.next().map(PathBuf::from),
            "--quick" => quick = true,
            _ => return usage(),
        }
    }
    let (Some(data), Some(encoder), Some(output)) = (data, encoder, output) else { return usage() };
    match run(&data, &encoder, &output, quick) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

struct Making {
    classifier: Classifier,
    encoder: Encoder,
    features: Features,
    quick: bool,
}

/// A task with yes and no.
struct Binary {
    name: &'static str,
    set: &'static str,
    /// The label that is yes.
    yes: &'static str,
    /// What a wrong example may cost, and how much more rare n-grams weigh.
    cost: f32,
    rarity: f32,
    /// Sets with a label (any, when it is empty) that are no as well: spam was labelled among text messages alone, and a
    /// post with a link is none for that.
    also_no: &'static [(&'static str, &'static str)],
    /// Whether it holds from where its F1 is best, or from where it is likelier than not.
    best_f1: bool,
}

/// The settings were found by cross-validation with other seeds, and so other parts, than those of the figures.
const BINARY: [Binary; 5] = [
    Binary {
        name: "question",
        set: "tweet_acts/train.tsv",
        yes: "QUE",
        cost: 0.25,
        rarity: 2.0,
        also_no: &[],
        best_f1: true,
    },
    Binary {
        name: "complaint",
        set: "complaints/train.tsv",
        yes: "1",
        cost: 0.5,
        rarity: 1.0,
        also_no: &[],
        best_f1: false,
    },
    Binary {
        name: "request",
        set: "tweet_acts/train.tsv",
        yes: "REQ",
        cost: 0.5,
        rarity: 2.0,
        also_no: &[],
        best_f1: false,
    },
    Binary {
        name: "suggestion",
        set: "tweet_acts/train.tsv",
        yes: "SUG",
        cost: 0.5,
        rarity: 2.0,
        also_no: &[],
        best_f1: true,
    },
    Binary {
        name: "spam",
        set: "sms_spam/train.tsv",
        yes: "spam",
        cost: 0.5,
        rarity: 2.0,
        also_no: &[("complaints/train.tsv", "1"), ("tweet_acts/train.tsv", "")],
        best_f1: false,
    },
];
/// Into how many parts examples are put, and by how many other seeds for a mean.
const PARTS: usize = 10;
const SEEDS: u64 = 6;

fn run(data: &Path, encoder: &Path, output: &Path, quick: bool) -> Result<(), Box<dyn Error>> {
    let encoder = Encoder::from_bytes(&fs::read(encoder)?)?;
    let features = Features::new(14, 15, (2, 5)).ok_or("these features cannot be")?;
    let making = Making { classifier: Classifier::default(), encoder, features, quick };
    let english = making.sentiment(data, "sentiment", &["tweeteval_sentiment/train"], (0.1, 1.0, 1.0))?;
    making.blend(&english, data)?;
    let of_languages: Vec<String> = LANGUAGES.iter().map(|name| format!("umsab/{name}_train")).collect();
    let of_languages: Vec<&str> = of_languages.iter().map(String::as_str).collect();
    let languages = making.sentiment(data, "sentiment_of_languages", &of_languages, (0.25, 0.25, 0.0))?;
    let mut recalls = Vec::new();
    for name in LANGUAGES {
        recalls.push(making.recall(&languages, &data.join(format!("umsab/{name}_val.tsv")))?);
    }
    println!("mean of the languages {:.2}", 100.0 * recalls.iter().sum::<f64>() / recalls.len() as f64);
    let mut models = vec![english, languages];
    for task in BINARY {
        models.push(making.binary(&task, data)?);
    }
    let model = Model::join(NAME, &models)?;
    let bytes = model.to_bytes();
    println!("{}: {} bytes", output.display(), bytes.len());
    fs::write(output, bytes)?;
    Ok(())
}

impl Making {
    fn dense(&self, text: &str) -> Result<Vec<f32>, Box<dyn Error>> {
        Ok(self.classifier.signals(&self.encoder, &message(text)?, &Text::new(text)).to_vec())
    }

    /// Learns three classes; the words alone count.
    fn sentiment(
        &self,
        data: &Path,
        name: &str,
        sets: &[&str],
        settings: (f32, f32, f32),
    ) -> Result<Model, Box<dyn Error>> {
        let mut examples = Vec::new();
        for set in sets {
            let Some(rows) = rows(&data.join(format!("{set}.tsv")))? else {
                return Err(format!("`{set}.tsv` is needed").into());
            };
            for (label, text) in rows {
                examples.push(Example { dense: vec![0.0; SIGNALS], ..Example::new(text, label) });
            }
        }
        let (cost, balance, rarity) = settings;
        let trainer = Trainer::one_of()
            .task(name)
            .labels(CLASSES)
            .features(self.features)
            .cost(cost)
            .balance(balance)
            .rarity(rarity);
        Ok(trainer.train(&examples)?.model)
    }

    /// The mean recall of the classes.
    fn recall(&self, model: &Model, path: &Path) -> Result<f64, Box<dyn Error>> {
        let Some(rows) = rows(path)? else { return Ok(0.0) };
        let answers = rows.iter().map(|(label, text)| Ok((label.parse()?, argmax(&logits(model, text)))));
        let recall = mean_recall(&answers.collect::<Result<Vec<_>, Box<dyn Error>>>()?);
        println!("{:<34} {:>6} rows, mean recall {:.2}", path.display(), rows.len(), 100.0 * recall);
        Ok(recall)
    }

    /// Finds how far the encoder and the linear model count: the sum whose mean recall is best.
    fn blend(&self, linear: &Model, data: &Path) -> Result<(), Box<dyn Error>> {
        let path = data.join("tweeteval_sentiment/val.tsv");
        let Some(rows) = rows(&path)? else { return Ok(()) };
        let mut both = Vec::new();
        for (label, text) in &rows {
            let cut = Text::new(text);
            let encoded = self.encoder.encode(&[Units::new(&cut, &[])]).logits;
            let of_encoder: Vec<f32> =
                encoded.iter().map(|logit| logit / self.encoder.temperature()).collect();
            let mood = self.dense(text)?.last().copied().unwrap_or(0.0);
            both.push((label.parse::<usize>()?, of_encoder, logits(linear, text), mood));
        }
        println!("sentiment by what the linear model (rows) and the words' own score (columns) count");
        for weight in [0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0_f32] {
            let recalls = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5].map(|words: f32| {
                let answer = |(label, a, b, mood): &(usize, Vec<f32>, Vec<f32>, f32)| {
                    let direction = [-1.0, 0.0, 1.0].map(|sign| sign * words * mood);
                    let sums = a.iter().zip(b).zip(direction);
                    let sums: Vec<f32> =
                        sums.map(|((a, b), c)| (1.0 - weight) * a + weight * b + c).collect();
                    (*label, argmax(&sums))
                };
                let answers: Vec<(usize, usize)> = both.iter().map(answer).collect();
                format!("{:>8.2}", 100.0 * mean_recall(&answers))
            });
            println!("{weight:>6.1} {}", recalls.concat());
        }
        Ok(())
    }

    /// Learns yes or no.
    fn binary(&self, task: &Binary, data: &Path) -> Result<Model, Box<dyn Error>> {
        let needed = |set: &str| -> Result<Rows, Box<dyn Error>> {
            rows(&data.join(set))?.ok_or_else(|| format!("`{set}` is needed").into())
        };
        let rows: Rows = needed(task.set)?;
        let mut also_no = Rows::new();
        for (set, label) in task.also_no {
            let of_set: Rows = needed(set)?;
            let own = of_set.into_iter().filter(|(known, _)| label.is_empty() || known == label);
            also_no.extend(own.map(|(_, text)| (String::new(), text)));
        }
        let rows = [rows, also_no].concat();
        let name = task.name;
        let trainer = Trainer::any_of().task(name).labels([name]).features(self.features);
        let trainer = trainer.balance(0.4).cost(task.cost).rarity(task.rarity);
        let trainer = if task.best_f1 { trainer.best_f1() } else { trainer };
        let examples = self.examples(task, &rows, str::to_owned)?;
        if !self.quick {
            self.figures(task, &trainer, &examples)?;
            if name == "question" {
                println!("question, every `?` deleted:");
                let without = self.examples(task, &rows, |text| text.replace('?', ""))?;
                self.figures(task, &trainer, &without)?;
            }
        }
        Ok(trainer.train(&examples)?.model)
    }

    fn examples(
        &self,
        task: &Binary,
        rows: &[(String, String)],
        change: impl Fn(&str) -> String,
    ) -> Result<Vec<Example>, Box<dyn Error>> {
        let example = |(label, text): &(String, String)| {
            let text = change(text);
            let labels = if label == task.yes { vec![task.name.to_owned()] } else { Vec::new() };
            let dense = self.dense(&text)?;
            Ok(Example { text, labels, weight: 1.0, dense })
        };
        rows.iter().map(example).collect()
    }

    /// Prints how good such a model is: by text, a text stands in one part only; by row, it may stand in two.
    fn figures(&self, task: &Binary, trainer: &Trainer, examples: &[Example]) -> Result<(), Box<dyn Error>> {
        for (by, folds) in [("text", Folds::Texts(PARTS)), ("row", Folds::Rows(PARTS))] {
            let report = trainer.cross_validate(examples, folds)?;
            println!("{}, {PARTS} parts by {by}:\n{report}", task.name);
            let mut f1 = Vec::new();
            for seed in 1..=SEEDS {
                f1.push(100.0 * trainer.clone().seed(seed).cross_validate(examples, folds)?.macro_f1);
            }
            let mean = f1.iter().sum::<f64>() / f1.len() as f64;
            let least = f1.iter().copied().fold(f64::MAX, f64::min);
            let most = f1.iter().copied().fold(f64::MIN, f64::max);
            println!("F1 with {SEEDS} other seeds: mean {mean:.2}, {least:.2} to {most:.2}\n");
        }
        Ok(())
    }
}

fn logits(model: &Model, text: &str) -> Vec<f32> {
    let text = Text::new(text);
    model.logits(&Units::new(&text, &[]), &[])
}

fn argmax(logits: &[f32]) -> usize {
    (0..logits.len())
        .max_by(|a, b| logits.get(*a).partial_cmp(&logits.get(*b)).unwrap_or(std::cmp::Ordering::Equal))
        .unwrap_or(0)
}

/// The mean over the classes of how many of theirs were found.
fn mean_recall(answers: &[(usize, usize)]) -> f64 {
    let recall = |class: usize| {
        let own = answers.iter().filter(|(label, _)| *label == class);
        let (found, all) = own.fold((0.0, 0.0), |(found, all), (_, said)| {
            (found + f64::from(u8::from(*said == class)), all + 1.0)
        });
        if all > 0.0 { found / all } else { 0.0 }
    };
    (0..CLASSES.len()).map(recall).sum::<f64>() / CLASSES.len() as f64
}
