//! Is a text that tells what only a private message holds refused, and no other? Of a great many random pairs.
//!
//! `cargo bench --bench prove_leaks -- 1000000 7` writes a million pairs of a private message and a draft, beginning with seed
//! 7: words, numbers, codes, addresses and names, in the draft disguised in every way that the rule sees through. What the rule
//! says of the plain words, looked at place by place, must be what the engine says of what was written.

#![allow(clippy::print_stdout, reason = "what was compared is what this program is for")]
#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the slow twin is as plain as can be; a slip ends the program"
)]

use std::collections::BTreeSet;

use benches::dice::Dice;
use scrm_core::engage::{KnownWords, LeakPart, SaidText, leaks};
use scrm_core::model::{ExternalId, MessageKey, Source, Visibility};

/// Words of nearly every text, none of one letter.
const COMMON: [&str; 12] = ["the", "to", "and", "you", "is", "in", "it", "of", "for", "my", "on", "with"];
const TELLING: [&str; 16] = [
    "parcel",
    "surgery",
    "knee",
    "hospital",
    "pension",
    "divorce",
    "tremor",
    "doctor",
    "suitcase",
    "invoice",
    "refund",
    "garden",
    "school",
    "lawyer",
    "daughter",
    "medication",
];
const NAMES: [&str; 6] = ["Okafor", "Brandt", "Ximena", "Tadeusz", "Lindqvist", "Moreau"];
const LOCAL: [[&str; 2]; 3] = [["mira", "okello"], ["jonas", "weiss"], ["ruth", "barnaby"]];
const CODES: [&str; 4] = ["x8k2p9", "qw66zt", "b2n8vm", "ht92kd"];

/// One thing of a text.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Word(&'static str),
    Name(&'static str),
    Number(String),
    Code(&'static str),
    Address(usize),
}

impl Piece {
    fn random(dice: &mut Dice, last: Option<&Self>) -> Self {
        let piece = match dice.below(20) {
            0..8 => Self::Word(dice.pick(&COMMON)),
            8..15 => Self::Word(dice.pick(&TELLING)),
            15..17 => Self::Name(dice.pick(&NAMES)),
            17 => Self::Number(format!("{:07}", 1_000_000 + dice.below(40) * 31_337)),
            18 => Self::Code(dice.pick(&CODES)),
            _ => Self::Address(dice.below(LOCAL.len())),
        };
        // Two numbers side by side would be one.
        match (&piece, last) {
            (Self::Number(_), Some(Self::Number(_)) | None) => Self::Word("the"),
            _ => piece,
        }
    }

    /// Its plain words.
    fn words(&self) -> Vec<String> {
        match self {
            Self::Word(word) | Self::Code(word) => vec![(*word).to_owned()],
            Self::Name(name) => vec![name.to_lowercase()],
            Self::Number(digits) => vec![digits.clone()],
            Self::Address(which) => {
                let mut words: Vec<String> = LOCAL[*which].iter().map(|part| (*part).to_owned()).collect();
                words.extend(["example".to_owned(), "org".to_owned()]);
                words
            }
        }
    }

    /// As somebody writes it who has nothing to hide.
    fn plain(&self) -> String {
        match self {
            Self::Word(word) | Self::Name(word) | Self::Code(word) => (*word).to_owned(),
            Self::Number(digits) => digits.clone(),
            Self::Address(which) => format!("{}@example.org", LOCAL[*which].join(".")),
        }
    }

    /// The same in disguise.
    fn disguised(&self, dice: &mut Dice) -> String {
        let mut out = String::new();
        let spread = dice.percent(30) && matches!(self, Self::Number(_));
        for c in self.plain().chars() {
            match (dice.below(8), c) {
                (0, _) => out.extend(c.to_uppercase()),
                (1, 'e') => out.push('é'),
                (1, 'o') => out.push('ö'),
                (2, 'a') => out.push('а'),
                (3, _) => out.extend([c, '\u{200B}']),
                (4, '0'..='9') => out.push(char::from_u32(0xFF10 + (c as u32 - '0' as u32)).unwrap_or(c)),
                (5, '0'..='9') => out.push(char::from_u32(0x660 + (c as u32 - '0' as u32)).unwrap_or(c)),
                _ => out.push(c),
            }
            if spread && dice.percent(50) {
                out.push_str(dice.pick(&[" ", "-", ".", " - ", "/"]));
            }
        }
        out
    }
}

fn pieces(dice: &mut Dice) -> Vec<Piece> {
    let mut found: Vec<Piece> = vec![Piece::Word("the")];
    for _ in 0..dice.below(12) {
        let next = Piece::random(dice, found.last());
        found.push(next);
    }
    found
}

fn words(pieces: &[Piece]) -> Vec<String> {
    pieces.iter().flat_map(Piece::words).collect()
}

fn windows(pieces: &[Piece]) -> BTreeSet<String> {
    let numbers = pieces.iter().filter_map(|piece| match piece {
        Piece::Number(digits) => Some(digits.as_str()),
        _ => None,
    });
    numbers.flat_map(|digits| (0..=digits.len() - 5).map(|at| digits[at..at + 5].to_owned())).collect()
}

/// Whether the draft tells something, as the rule has it, of the plain words.
fn tells(draft: &[Piece], private: &[Piece], public: &[Piece]) -> bool {
    let (all, secret) = (words(draft), words(private));
    let open: BTreeSet<String> = words(public).into_iter().collect();
    let telling = |word: &String| {
        word.len() >= 3
            && !word.bytes().all(|byte| byte.is_ascii_digit())
            && word != "org"
            && !COMMON.contains(&word.as_str())
            && !open.contains(word)
    };
    let number = windows(private).difference(&windows(public)).any(|window| windows(draft).contains(window));
    let single = private.iter().any(|piece| match piece {
        Piece::Code(word) => all.contains(&(*word).to_owned()) && !open.contains(*word),
        Piece::Name(name) => all.contains(&name.to_lowercase()) && telling(&name.to_lowercase()),
        Piece::Address(which) => {
            let [one, two] = LOCAL[*which];
            !public.contains(piece) && all.windows(2).any(|pair| pair[0] == one && pair[1] == two)
        }
        _ => false,
    });
    let run = (0..all.len()).any(|i| {
        (0..secret.len()).any(|j| {
            (2..=8).any(|length| {
                let (Some(a), Some(b)) = (all.get(i..i + length), secret.get(j..j + length)) else {
                    return false;
                };
                a == b && telling(&a[0]) && telling(&a[length - 1]) && !a[1..length - 1].iter().any(telling)
            })
        })
    });
    number || single || run
}

fn said<'t>(id: &str, text: &'t str, visibility: Visibility) -> Result<SaidText<'t>, String> {
    let source = Source::new("x").map_err(|error| error.to_string())?;
    let external_id = ExternalId::new(id).map_err(|error| error.to_string())?;
    let message = MessageKey { source, external_id };
    Ok(SaidText { message, part: LeakPart::Text, text, visibility, language: Some("en") })
}

/// Compares one pair; whether it was a leak.
fn compare(seed: u64) -> Result<bool, String> {
    let mut dice = Dice::of(seed, 11, 0);
    let (private, public) = (pieces(&mut dice), pieces(&mut dice));
    // Half of the drafts take something over, so that leaks are no rarity.
    let mut draft = pieces(&mut dice);
    if dice.percent(50) {
        let from = dice.below(private.len());
        let to = (from + 1 + dice.below(4)).min(private.len());
        draft.push(Piece::Word("and"));
        draft.extend(private[from..to].iter().cloned());
    }
    let plain = |pieces: &[Piece]| pieces.iter().map(Piece::plain).collect::<Vec<_>>().join(" ");
    let written: Vec<String> = draft.iter().map(|piece| piece.disguised(&mut dice)).collect();
    let (secret, open, text) = (plain(&private), plain(&public), written.join(" "));
    let all = [said("p", &secret, Visibility::Direct)?, said("o", &open, Visibility::Public)?];
    let found = leaks(&text, Visibility::Public, &all, &KnownWords::default());
    let expected = tells(&draft, &private, &public);
    if found.is_empty() == expected {
        return Err(format!(
            "{found:?}, and by the rule {expected}\nprivate: {secret}\npublic: {open}\ndraft: {text}"
        ));
    }
    Ok(expected)
}

#[allow(clippy::disallowed_methods, reason = "a program reads its own command line")]
fn main() -> Result<(), String> {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let (pairs, first) = (numbers.next().unwrap_or(20_000), numbers.next().unwrap_or(1));
    let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let shared = |thread: u64| {
        let mut told = 0_u64;
        for seed in (first..first + pairs).filter(|seed| seed % n_threads == thread) {
            told += u64::from(compare(seed).map_err(|found| format!("seed {seed}: {found}"))?);
        }
        Ok::<_, String>(told)
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || shared(thread))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "a thread panicked".to_owned())).collect()
    });
    let mut told = 0;
    for outcome in done {
        told += outcome??;
    }
    println!(
        "prove_leaks: {pairs} pairs from seed {first}, {told} of them told something and were found, the others were not"
    );
    if told == 0 { Err("nothing told anything: the pairs prove nothing".to_owned()) } else { Ok(()) }
}
