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
use sets::{message, rows};

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

/// A task with yes and no: its name, its set, and the label that is yes.
const BINARY: [(&str, &str, &str); 5] = [
    ("question", "tweet_acts/train.tsv", "QUE"),
    ("complaint", "complaints/train.tsv", "1"),
    ("request", "tweet_acts/train.tsv", "REQ"),
    ("suggestion", "tweet_acts/train.tsv", "SUG"),
    ("spam", "sms_spam/train.tsv", "spam"),
];
/// What a wrong example may cost; the one with the best F1 by cross-validation is taken.
const COSTS: [f32; 2] = [0.25, 0.5];

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
    for (name, set, yes) in BINARY {
        models.push(making.binary(name, &data.join(set), yes)?);
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
    fn binary(&self, name: &str, path: &Path, yes: &str) -> Result<Model, Box<dyn Error>> {
        let Some(rows) = rows(path)? else { return Err(format!("`{}` is needed", path.display()).into()) };
        let mut examples = Vec::new();
        for (label, text) in rows {
            let labels = if label == yes { vec![name.to_owned()] } else { Vec::new() };
            let dense = self.dense(&text)?;
            examples.push(Example { text, labels, weight: 1.0, dense });
        }
        let trainer = Trainer::any_of().task(name).labels([name]).features(self.features).balance(0.4);
        if self.quick {
            return Ok(trainer.train(&examples)?.model);
        }
        let mut best: Option<(f64, f32, String)> = None;
        for cost in COSTS {
            let report = trainer.clone().cost(cost).cross_validate(&examples, Folds::Texts(10))?;
            println!("{name}, cost {cost}: F1 {:.2}", 100.0 * report.macro_f1);
            if best.as_ref().is_none_or(|(f1, ..)| report.macro_f1 > *f1) {
                best = Some((report.macro_f1, cost, report.to_string()));
            }
        }
        let Some((_, cost, report)) = best else { return Err("there is no cost to try".into()) };
        println!("{name}, {}, cost {cost}:\n{report}", path.display());
        let by_row = trainer.clone().cost(cost).cross_validate(&examples, Folds::Rows(10))?;
        println!("{name}, 10 parts by row, where a text may stand in two:\n{by_row}");
        Ok(trainer.cost(cost).train(&examples)?.model)
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
