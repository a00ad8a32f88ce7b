//! How is an encoder read from its file?
//!
//! Little endian: `SCRMENC1`; six numbers of 32 bits (columns, words, buckets, hidden values, outputs, flags: none are
//! known); the higher halves of the FNV-1a hashes of the words, ascending; then words and buckets alike: rows of whole
//! numbers of 8 bits, a scale for each row, one scale of all gates, the gates. Then the vector of negation; the two layers
//! (weights of 8 bits, a scale and a bias for each row); the temperature.

use super::{DIM, Encoder, HIDDEN, OUTPUTS, Row, Rows, home, sigmoid};

const MAGIC: &[u8; 8] = b"SCRMENC1";
/// More words or buckets than these are not taken: their rows alone would need 256 MiB.
const MOST_ROWS: usize = 1 << 20;

/// Why bytes are no encoder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncoderError {
    /// They are something else.
    #[error("these bytes are no encoder: {0}")]
    Foreign(&'static str),
    /// They end too soon, or go on.
    #[error("these bytes are not a whole encoder: {expected} bytes were expected, and there are {found}")]
    Length {
        /// By what the beginning says.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// The length was checked: what is missing reads as nothing.
    fn take(&mut self, length: usize) -> &'b [u8] {
        let (head, rest) = self.0.split_at_checked(length).unwrap_or((&[], &[]));
        self.0 = rest;
        head
    }

    fn word(&mut self) -> u32 {
        self.take(4).first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    fn number(&mut self) -> f32 {
        f32::from_bits(self.word())
    }

    fn numbers(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.number()).collect()
    }

    /// Rows of whole numbers, each times its scale.
    fn rows<const N: usize>(&mut self, count: usize) -> Vec<[f32; N]> {
        let whole = self.take(count * N);
        let scales = self.numbers(count);
        let row = |(whole, scale): (&[u8], f32)| {
            let mut row = [0.0; N];
            row.iter_mut().zip(whole).for_each(|(slot, byte)| *slot = f32::from(byte.cast_signed()) * scale);
            row
        };
        whole.chunks_exact(N).zip(scales).map(row).collect()
    }

    fn table(&mut self, count: usize) -> Rows {
        let rows: Vec<Row> = self.rows(count);
        let scale = self.number();
        let gates: Vec<f32> =
            self.take(count).iter().map(|gate| f32::from(gate.cast_signed()) * scale).collect();
        let weights = gates.iter().map(|gate| sigmoid(*gate)).collect();
        Rows { rows, gates, weights }
    }
}

impl Encoder {
    /// Reads an encoder's file.
    ///
    /// # Errors
    /// When the bytes are something else, another version, or cut off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncoderError> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(EncoderError::Foreign("they do not begin as one"));
        };
        let mut reader = Reader(rest);
        let [dim, words, buckets, hidden, outputs, flags] = [(); 6].map(|()| reader.word() as usize);
        if [dim, hidden, outputs, flags] != [DIM, HIDDEN, OUTPUTS, 0] {
            return Err(EncoderError::Foreign(
                "this version reads 64 columns, 64 hidden values and 3 outputs",
            ));
        }
        if words > MOST_ROWS || buckets > MOST_ROWS || !buckets.is_power_of_two() {
            return Err(EncoderError::Foreign("its numbers of rows make no sense"));
        }
        let table = |rows: usize| rows * (DIM + 4 + 1) + 4;
        let layer = |rows: usize, columns: usize| rows * (columns + 8);
        let expected = 32
            + words * 4
            + table(words)
            + table(buckets)
            + DIM * 4
            + layer(HIDDEN, 2 * DIM)
            + layer(OUTPUTS, HIDDEN)
            + 4;
        if bytes.len() != expected {
            return Err(EncoderError::Length { expected, found: bytes.len() });
        }
        let hashes: Vec<u32> = (0..words).map(|_| reader.word()).collect();
        if !hashes.is_sorted_by(|a, b| a < b) {
            return Err(EncoderError::Foreign("its words are not in order"));
        }
        let encoder = Self {
            slots: slots(&hashes),
            hashes,
            words: reader.table(words),
            grams: reader.table(buckets),
            negation: fixed(&reader.numbers(DIM)),
            hidden: reader.rows(HIDDEN),
            hidden_bias: fixed(&reader.numbers(HIDDEN)),
            output: fixed_rows(reader.rows(OUTPUTS)),
            output_bias: fixed(&reader.numbers(OUTPUTS)),
            temperature: reader.number(),
        };
        let sound = encoder.temperature.is_finite() && encoder.temperature > 0.0 && encoder.is_finite();
        if sound { Ok(encoder) } else { Err(EncoderError::Foreign("some of its numbers are none")) }
    }

    fn is_finite(&self) -> bool {
        let tables = [&self.words, &self.grams];
        let rows = tables.iter().flat_map(|table| table.rows.iter().flatten().chain(&table.gates));
        let layers = self.hidden.iter().flatten().chain(self.output.iter().flatten());
        let biases = self.hidden_bias.iter().chain(&self.output_bias).chain(&self.negation);
        rows.chain(layers).chain(biases).all(|value| value.is_finite())
    }

    /// Bytes that it takes in memory.
    pub fn memory(&self) -> usize {
        let rows = self.words.rows.capacity() + self.grams.rows.capacity();
        rows * (size_of::<Row>() + 8)
            + (self.hashes.capacity() + self.slots.capacity()) * 4
            + HIDDEN * 2 * DIM * 4
    }
}

/// The table of hashes: at most half of it is taken.
fn slots(hashes: &[u32]) -> Vec<u32> {
    let mut slots = vec![0; (hashes.len() * 2).next_power_of_two().max(2)];
    for (number, short) in (1..).zip(hashes) {
        let mut at = home(*short, slots.len());
        while slots.get(at).is_some_and(|slot| *slot != 0) {
            at = (at + 1) & (slots.len() - 1);
        }
        if let Some(slot) = slots.get_mut(at) {
            *slot = number;
        }
    }
    slots
}

fn fixed<const N: usize>(numbers: &[f32]) -> [f32; N] {
    let mut all = [0.0; N];
    all.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = *number);
    all
}

fn fixed_rows<const N: usize, const M: usize>(rows: Vec<[f32; N]>) -> [[f32; N]; M] {
    let mut all = [[0.0; N]; M];
    all.iter_mut().zip(rows).for_each(|(slot, row)| *slot = row);
    all
}
