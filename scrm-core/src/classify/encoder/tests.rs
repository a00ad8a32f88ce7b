//! The encoder against its slow twin, its shares, and bytes that are none.

use super::*;
use crate::text::Text;

/// Random numbers that are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn whole(&mut self) -> u8 {
        (self.roll() >> 56) as u8
    }

    fn small(&mut self) -> f32 {
        (self.roll() >> 40) as f32 / (1 << 24) as f32 * 0.02 + 0.001
    }
}

const WORDS: &[&str] = &["good", "bad", "the", "not", "lost", "bag", "<user>", "!!", "😡", "late", "thanks"];

/// A file of random weights over a few words.
fn file(seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut hashes: Vec<u32> = WORDS.iter().map(|word| short(crate::classify::units::hash(word))).collect();
    hashes.sort_unstable();
    let mut bytes = b"SCRMENC1".to_vec();
    for number in [DIM, WORDS.len(), 64, HIDDEN, OUTPUTS, 0] {
        bytes.extend(u32::try_from(number).unwrap().to_le_bytes());
    }
    hashes.iter().for_each(|hash| bytes.extend(hash.to_le_bytes()));
    let mut rows = |bytes: &mut Vec<u8>, rows: usize, columns: usize| {
        bytes.extend((0..rows * columns).map(|_| dice.whole()));
        (0..rows).for_each(|_| bytes.extend(dice.small().to_le_bytes()));
    };
    for count in [WORDS.len(), 64] {
        rows(&mut bytes, count, DIM);
        bytes.extend(0.02_f32.to_le_bytes());
        bytes.extend((0..count).map(|at| (at * 37) as u8));
    }
    for at in 0..DIM {
        bytes.extend((at as f32 * 0.01 - 0.3).to_le_bytes());
    }
    for (count, columns) in [(HIDDEN, 2 * DIM), (OUTPUTS, HIDDEN)] {
        rows(&mut bytes, count, columns);
        (0..count).for_each(|at| bytes.extend((at as f32 * 0.02 - 0.5).to_le_bytes()));
    }
    bytes.extend(1.25_f32.to_le_bytes());
    bytes
}

const TEXTS: &[&str] = &[
    "",
    "good",
    "@acme the bag is NOT good!! 😡",
    "thanks for nothing, the bag was late and lost",
    "Überraschung: größer als 電波 क्या ñandú",
    "unknownwordsonlyherewithverylongnamesthatgoonandon andon",
];

/// The slow twin: words, strings and double precision.
fn plainly(file: &[u8], units: &Units<'_>) -> ([f64; HIDDEN], [f64; OUTPUTS]) {
    let at = std::cell::Cell::new(32);
    let float = |place: usize| f64::from(f32::from_le_bytes(file[place..place + 4].try_into().unwrap()));
    let count = |number: usize| {
        u32::from_le_bytes(file[8 + number * 4..12 + number * 4].try_into().unwrap()) as usize
    };
    let (words, buckets) = (count(1), count(2));
    let hashes: Vec<u32> =
        (0..words).map(|w| u32::from_le_bytes(file[32 + w * 4..36 + w * 4].try_into().unwrap())).collect();
    at.set(32 + words * 4);
    let matrix = |rows: usize, columns: usize| -> Vec<Vec<f64>> {
        let from = at.get();
        at.set(from + rows * columns + rows * 4);
        let row = |r: usize| {
            let scale = float(from + rows * columns + r * 4);
            (0..columns).map(|c| f64::from(file[from + r * columns + c].cast_signed()) * scale).collect()
        };
        (0..rows).map(row).collect()
    };
    let gates = |rows: usize| -> Vec<f64> {
        let from = at.get();
        at.set(from + 4 + rows);
        (0..rows).map(|r| f64::from(file[from + 4 + r].cast_signed()) * float(from)).collect()
    };
    let floats = |many: usize| -> Vec<f64> {
        let from = at.get();
        at.set(from + many * 4);
        (0..many).map(|n| float(from + n * 4)).collect()
    };
    let (word_rows, word_gates) = (matrix(words, DIM), gates(words));
    let (gram_rows, gram_gates) = (matrix(buckets, DIM), gates(buckets));
    let negation = floats(DIM);
    let (inner, inner_bias) = (matrix(HIDDEN, 2 * DIM), floats(HIDDEN));
    let (outer, outer_bias) = (matrix(OUTPUTS, HIDDEN), floats(OUTPUTS));
    let mut rows: Vec<(Vec<f64>, f64)> = Vec::new();
    for unit in units.units() {
        let word = units.word(unit);
        let short = (crate::classify::units::hash(word) >> 32) as u32;
        let (mut row, gate) = match hashes.iter().position(|hash| *hash == short) {
            Some(at) => (word_rows[at].clone(), word_gates[at]),
            None => {
                let framed: Vec<char> =
                    format!("<{}>", word.chars().take(24).collect::<String>()).chars().collect();
                let mut of: Vec<usize> = Vec::new();
                for size in 3..=5 {
                    for gram in framed.windows(size) {
                        let gram: String = gram.iter().collect();
                        of.push((crate::classify::units::hash(&gram) % buckets as u64) as usize);
                    }
                }
                let mean =
                    |get: &dyn Fn(usize) -> f64| of.iter().map(|at| get(*at)).sum::<f64>() / of.len() as f64;
                ((0..DIM).map(|c| mean(&|at| gram_rows[at][c])).collect(), mean(&|at| gram_gates[at]))
            }
        };
        if unit.negated {
            row.iter_mut().zip(&negation).for_each(|(value, more)| *value += more);
        }
        rows.push((row, 1.0 / (1.0 + (-gate).exp())));
    }
    let mass: f64 = rows.iter().map(|(_, weight)| weight).sum();
    let mean = |c: usize| rows.iter().map(|(row, weight)| row[c] * weight).sum::<f64>() / mass;
    let most = |c: usize| rows.iter().map(|(row, _)| row[c]).fold(f64::MIN, f64::max);
    let pooled: Vec<f64> = if rows.is_empty() {
        vec![0.0; 2 * DIM]
    } else {
        (0..DIM).map(mean).chain((0..DIM).map(most)).collect()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let hidden: [f64; HIDDEN] = std::array::from_fn(|h| (dot(&inner[h], &pooled) + inner_bias[h]).max(0.0));
    (hidden, std::array::from_fn(|o| dot(&outer[o], &hidden) + outer_bias[o]))
}

#[test]
fn it_says_what_the_slow_twin_says() {
    for seed in 0..20 {
        let file = file(seed);
        let encoder = Encoder::from_bytes(&file).unwrap();
        for source in TEXTS {
            let text = Text::new(source);
            let units = Units::new(&text, &[]);
            let (hidden, logits) = plainly(&file, &units);
            let encoded = encoder.encode(std::slice::from_ref(&units));
            for (fast, slow) in encoded.hidden.iter().zip(hidden).chain(encoded.logits.iter().zip(logits)) {
                assert!(
                    (f64::from(*fast) - slow).abs() < 1e-4 * slow.abs().max(1.0),
                    "{source}: {fast} {slow}"
                );
            }
        }
    }
}

#[test]
fn the_shipped_weights_say_what_the_slow_twin_says() {
    let file = include_bytes!("../../../weights/encoder.bin");
    let encoder = Encoder::from_bytes(file).unwrap();
    for source in TEXTS {
        let text = Text::new(source);
        let units = Units::new(&text, &[]);
        let (_, logits) = plainly(file, &units);
        let encoded = encoder.encode(std::slice::from_ref(&units));
        let best = |logits: &[f64]| (0..OUTPUTS).max_by(|a, b| logits[*a].total_cmp(&logits[*b]));
        assert_eq!(best(&encoded.logits.map(f64::from)), best(&logits), "{source}");
        for (fast, slow) in encoded.logits.iter().zip(logits) {
            assert!((f64::from(*fast) - slow).abs() < 1e-4, "{source}: {fast} {slow}");
        }
    }
}

#[test]
fn shares_add_up_to_the_logit() {
    let encoder = Encoder::from_bytes(&file(7)).unwrap();
    for source in TEXTS {
        let text = Text::new(source);
        let texts = [Units::new(&text, &[]), Units::new(&text, &[])];
        let encoded = encoder.encode(&texts);
        for factors in [[1.0, 0.0, 0.0], [-1.0, 0.0, 1.0], [0.5, -1.0, 0.5]] {
            let shares = encoder.shares(&texts, &encoded, factors);
            let sum: f32 = shares.units.iter().flatten().sum::<f32>() + shares.rest;
            let logit: f32 = encoded.logits.iter().zip(factors).map(|(logit, factor)| logit * factor).sum();
            assert!((sum - logit).abs() < 1e-3 * logit.abs().max(1.0), "{source}: {sum} {logit}");
        }
    }
}

#[test]
fn other_bytes_are_refused() {
    let whole = file(1);
    assert!(Encoder::from_bytes(&whole).is_ok());
    for end in [0, 7, 8, 31, 32, 100, whole.len() - 1] {
        assert!(Encoder::from_bytes(&whole[..end]).is_err(), "{end}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    let expected = whole.len();
    assert_eq!(
        Encoder::from_bytes(&longer).unwrap_err(),
        EncoderError::Length { expected, found: expected + 1 }
    );
    // A number of rows beyond all sense, words out of order, a number that is none.
    for (at, bytes) in
        [(12, [255; 4]), (16, [3, 0, 0, 0]), (32, [255; 4]), (whole.len() - 4, f32::NAN.to_le_bytes())]
    {
        let mut broken = whole.clone();
        broken[at..at + 4].copy_from_slice(&bytes);
        assert!(
            matches!(
                Encoder::from_bytes(&broken),
                Err(EncoderError::Foreign(_) | EncoderError::Length { .. })
            ),
            "{at}"
        );
    }
}
