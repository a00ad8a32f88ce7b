//! How often is the language right? `cargo run --release --example evaluate_language -- --data DIR`
//!
//! Every set that is there is measured as it is and cut to its first 25 characters of words. A language that is named
//! but wrong counts worse than none, so the two are told apart. Nothing is tuned here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its figures")]
#![allow(clippy::disallowed_methods, reason = "a program reads its arguments and measures its time")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use scrm_core::text::{Text, TokenKind, detect};

const USAGE: &str = "usage: evaluate_language --data DIR

DIR holds folders of tab-separated files with a header line, `label` and `text`:
  umsab/NAME_train.tsv, umsab/NAME_val.tsv   arabic french german hindi italian portuguese spanish
  tweeteval_sentiment/val.tsv                English";

/// Sets and their languages. The Hindi of these posts is written in Latin letters, for which there is no name here.
const SETS: [(&str, Option<&str>); 8] = [
    ("umsab/arabic", Some("ar")),
    ("umsab/french", Some("fr")),
    ("umsab/german", Some("de")),
    ("umsab/italian", Some("it")),
    ("umsab/portuguese", Some("pt")),
    ("umsab/spanish", Some("es")),
    ("tweeteval_sentiment/", Some("en")),
    ("umsab/hindi", None),
];

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

/// Measures every set that is there; returns how many posts.
fn run(dir: &Path) -> Result<usize, Box<dyn Error>> {
    let mut measured = 0;
    for (title, length) in [("whole posts", None), ("25 characters", Some(25))] {
        println!(
            "{title:<24} {:>6} {:>8} {:>8} {:>12} {:>8}",
            "rows", "right", "unknown", "wrong/given", "us/post"
        );
        let mut all = Tally::default();
        for (name, language) in SETS {
            let texts: Vec<String> = texts(dir, name)?.iter().map(|text| cut(text, length)).collect();
            let tally = Tally::of(&texts, language);
            tally.print(name);
            measured += texts.len();
            if language.is_some() {
                all.add(&tally);
            }
        }
        all.print("all but Hindi");
    }
    Ok(measured)
}

/// The texts of a set: of its train and val files, or of val alone where the name is a folder.
fn texts(dir: &Path, name: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let files = if name.ends_with('/') {
        vec![format!("{name}val.tsv")]
    } else {
        vec![format!("{name}_train.tsv"), format!("{name}_val.tsv")]
    };
    let mut texts = Vec::new();
    for file in files {
        let Ok(content) = fs::read_to_string(dir.join(&file)) else {
            println!("{file:<24} missing");
            continue;
        };
        let rows = content.lines().skip(1).filter_map(|line| line.split_once('\t'));
        texts.extend(rows.map(|(_, text)| text.to_owned()));
    }
    Ok(texts)
}

/// The words of a text, up to so many characters; all of the text without a length.
fn cut(source: &str, length: Option<usize>) -> String {
    let Some(length) = length else { return source.to_owned() };
    let text = Text::new(source);
    let words = text.tokens().iter().filter(|token| token.kind == TokenKind::Word);
    let words: Vec<&str> = words.filter_map(|token| token.span.of(source)).collect();
    words.join(" ").chars().take(length).collect()
}

#[derive(Default)]
struct Tally {
    rows: u32,
    right: u32,
    unknown: u32,
    seconds: f64,
}

impl Tally {
    fn of(texts: &[String], language: Option<&str>) -> Self {
        let start = Instant::now();
        let mut tally = Self::default();
        for text in texts {
            let found = detect(&Text::new(text)).map(|(name, _)| name);
            tally.rows += 1;
            tally.right += u32::from(found.is_some() && found == language);
            tally.unknown += u32::from(found.is_none());
        }
        tally.seconds = start.elapsed().as_secs_f64();
        tally
    }

    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.right += other.right;
        self.unknown += other.unknown;
        self.seconds += other.seconds;
    }

    fn print(&self, name: &str) {
        let percent = |part: u32, whole: u32| 100.0 * f64::from(part) / f64::from(whole.max(1));
        let given = self.rows - self.unknown;
        println!(
            "{name:<24} {:>6} {:>8.1} {:>8.1} {:>12.1} {:>8.2}",
            self.rows,
            percent(self.right, self.rows),
            percent(self.unknown, self.rows),
            percent(given - self.right, given),
            1e6 * self.seconds / f64::from(self.rows.max(1)),
        );
    }
}
