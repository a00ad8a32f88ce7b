//! How good is the classifier on labelled data? `cargo run --release --example evaluate_classifier -- --data DIR`
//!
//! `DIR` holds folders of tab-separated files with a header line; each set that is there is measured, each that is
//! missing is named. Nothing is tuned here, and nothing leaves the machine.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its figures")]
#![allow(clippy::disallowed_methods, reason = "a program reads its arguments and measures its time")]

mod sets;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use scrm_core::classify::{Classifier, Settings, Thresholds};
use scrm_core::model::{Classification, Hit, Hits, MessageType, MonitorId, NoiseReason, SentimentLabel};
use scrm_core::text::{Text, detect};
use sets::{message, rows};

const USAGE: &str = "usage: evaluate_classifier --data DIR

DIR holds folders of tab-separated files with a header line:
  tweeteval_sentiment/val.tsv   label text             0 negative, 1 neutral, 2 positive
  umsab/LANGUAGE_val.tsv        label text             the same
  tweet_acts/train.tsv          label text             QUE is a question
  complaints/train.tsv          id label domain text   1 is a complaint
  sms_spam/train.tsv            label text             spam or ham";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let dir = match (args.next().as_deref(), args.next()) {
        (Some("--data"), Some(dir)) => PathBuf::from(dir),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&dir) {
        Ok(0) => {
            eprintln!("nothing to measure in `{}`\n\n{USAGE}", dir.display());
            ExitCode::FAILURE
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures every set that is there; returns how many.
fn run(dir: &Path) -> Result<usize, Box<dyn Error>> {
    // Every label counts, however unsure: unknown is measured apart.
    let every = Thresholds { sentiment: 0.0, ..Thresholds::default() };
    let bench = Bench { classifier: Classifier::new(Settings { thresholds: every, ..Settings::default() }) };
    let mut sets = 0;
    println!(
        "{:<34} {:>6} {:>8} {:>8} {:>8} {:>9}",
        "sentiment", "rows", "m.recall", "F1pn", "accuracy", "language"
    );
    sets += bench.sentiment(dir, "tweeteval_sentiment/val.tsv", Some("en"))?;
    let tongues = [
        ("arabic", Some("ar")),
        ("french", Some("fr")),
        ("german", Some("de")),
        ("hindi", None),
        ("italian", Some("it")),
        ("portuguese", Some("pt")),
        ("spanish", Some("es")),
    ];
    for (name, code) in tongues {
        sets += bench.sentiment(dir, &format!("umsab/{name}_val.tsv"), code)?;
    }
    println!(
        "\n{:<34} {:>6} {:>8} {:>8} {:>8} {:>9}",
        "yes or no", "rows", "precis.", "recall", "F1", "macro F1"
    );
    sets += bench.binary(dir, "question", "tweet_acts/train.tsv", "QUE", |label| {
        label.types.contains(&MessageType::Question)
    })?;
    sets += bench.binary(dir, "complaint", "complaints/train.tsv", "1", |label| {
        label.types.contains(&MessageType::Complaint)
    })?;
    sets += bench.binary(dir, "spam", "sms_spam/train.tsv", "spam", |label| {
        label.noise.as_ref().is_some_and(|noise| noise.reason == NoiseReason::Spam)
    })?;
    sets += bench.binary(dir, "complaint lost as spam", "complaints/train.tsv", "1", |label| {
        label.noise.as_ref().is_some_and(|noise| noise.reason == NoiseReason::Spam)
    })?;
    bench.speed(dir, 1)?;
    bench.speed(dir, 2)?;
    Ok(sets)
}

struct Bench {
    classifier: Classifier,
}

impl Bench {
    fn label(&self, text: &str) -> Result<Classification, Box<dyn Error>> {
        let message = message(text)?;
        Ok(self.classifier.classify(&message, &Text::new(text), &heard()?))
    }

    fn sentiment(&self, dir: &Path, name: &str, language: Option<&str>) -> Result<usize, Box<dyn Error>> {
        let Some(rows) = rows(&dir.join(name))? else { return Ok(0) };
        let mut table = [[0_u32; 3]; 3];
        let mut right_language = 0_u32;
        for (gold, text) in &rows {
            let found =
                self.label(text)?.sentiment.value.map_or(SentimentLabel::Neutral, |value| value.label);
            let gold: usize = gold.parse()?;
            let cell = table.get_mut(gold).and_then(|row| row.get_mut(found as usize));
            *cell.ok_or("a label is not 0, 1 or 2")? += 1;
            right_language += u32::from(detect(&Text::new(text)).map(|(code, _)| code) == language);
        }
        let total = rows.len() as f64;
        let [negative, neutral, positive] = [0, 1, 2].map(|class| Score::of(&table, class));
        let right: u32 = (0..3).filter_map(|i| table.get(i).and_then(|row| row.get(i))).sum();
        println!(
            "{name:<34} {:>6} {:>8.2} {:>8.2} {:>8.2} {:>9}",
            rows.len(),
            100.0 * (negative.recall + neutral.recall + positive.recall) / 3.0,
            100.0 * (negative.f1 + positive.f1) / 2.0,
            100.0 * f64::from(right) / total,
            language.map_or_else(
                || "-".to_owned(),
                |_| format!("{:.1}", 100.0 * f64::from(right_language) / total)
            ),
        );
        Ok(1)
    }

    fn binary(
        &self,
        dir: &Path,
        what: &str,
        name: &str,
        yes: &str,
        holds: impl Fn(&Classification) -> bool,
    ) -> Result<usize, Box<dyn Error>> {
        let Some(rows) = rows(&dir.join(name))? else { return Ok(0) };
        let mut table = [[0_u32; 3]; 3];
        for (gold, text) in &rows {
            let found = usize::from(holds(&self.label(text)?));
            if let Some(cell) = table.get_mut(usize::from(gold == yes)).and_then(|row| row.get_mut(found)) {
                *cell += 1;
            }
        }
        let (no, yes) = (Score::of(&table, 0), Score::of(&table, 1));
        println!(
            "{:<34} {:>6} {:>8.2} {:>8.2} {:>8.2} {:>9.2}",
            format!("{what}: {name}"),
            rows.len(),
            100.0 * yes.precision,
            100.0 * yes.recall,
            100.0 * yes.f1,
            50.0 * (yes.f1 + no.f1),
        );
        Ok(1)
    }

    /// The best of several passes over one set, on one thread; `joined` texts make one message.
    fn speed(&self, dir: &Path, joined: usize) -> Result<(), Box<dyn Error>> {
        let path = dir.join("tweeteval_sentiment/val.tsv");
        let Some(rows) = (if path.exists() { rows(&path)? } else { None }) else { return Ok(()) };
        let hits = heard()?;
        let messages = rows
            .chunks(joined)
            .map(|rows| message(&rows.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")))
            .collect::<Result<Vec<_>, _>>()?;
        let bytes: usize = messages.iter().map(|message| message.text().len()).sum();
        let texts: Vec<Text<'_>> = messages.iter().map(|message| Text::new(message.text())).collect();
        let mut best = f64::MAX;
        let mut kept = 0;
        for _ in 0..15 {
            let start = Instant::now();
            for (message, text) in messages.iter().zip(&texts) {
                kept += self.classifier.classify(message, text, &hits).types.len();
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!(
            "{}{:.2} us a message of {} bytes (tokens given; {} messages, best of 15 passes, {kept} types)",
            if joined == 1 { "\n" } else { "" },
            1e6 * best / messages.len() as f64,
            bytes / messages.len(),
            messages.len(),
        );
        Ok(())
    }
}

/// One class of a table of counts (rows: what is so, columns: what was said).
struct Score {
    precision: f64,
    recall: f64,
    f1: f64,
}

impl Score {
    fn of(table: &[[u32; 3]; 3], class: usize) -> Self {
        let cell = |i: usize, j: usize| {
            f64::from(table.get(i).and_then(|row| row.get(j)).copied().unwrap_or_default())
        };
        let hit = cell(class, class);
        let so: f64 = (0..3).map(|j| cell(class, j)).sum();
        let said: f64 = (0..3).map(|i| cell(i, class)).sum();
        let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        Self { precision: ratio(hit, said), recall: ratio(hit, so), f1: ratio(2.0 * hit, so + said) }
    }
}

/// As if a monitor had asked for the message.
fn heard() -> Result<Hits, Box<dyn Error>> {
    let monitor = Hit { id: MonitorId::new("all")?, spans: Vec::new() };
    Ok(Hits { monitors: vec![monitor], ..Hits::default() })
}
