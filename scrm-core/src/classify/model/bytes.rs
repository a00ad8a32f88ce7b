//! How does a model become bytes, and bytes a model?

use super::known::Known;
use super::{Block, Inner, LANES, Model, Task, TaskKind, set};
use crate::classify::features::Features;
use crate::model::Limits;
use crate::query::bytes::{Fault, Reader, Writer};

/// What the bytes begin with.
const MAGIC: &[u8; 8] = b"scrm-mdl";
/// Counts up when the bytes change, or the way texts are read into n-grams: weights are for one way only.
const FORMAT: u32 = 1;

/// Why bytes are no model, or models cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes cannot be read back.
    #[error("the bytes are no model that this version can read: {0}")]
    Bytes(&'static str),
    /// The models read different things.
    #[error(
        "models are joined when they read the same n-grams and as many numbers besides; `{0}` reads others"
    )]
    Differs(String),
}

impl Model {
    /// The model as bytes: `scrm-mdl`, the format's version, the tasks, the weights, and a sum over all of them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let inner = &*self.0;
        let mut out = Writer::default();
        out.0.extend(MAGIC);
        out.number(u64::from(FORMAT));
        out.bytes(inner.name.as_bytes());
        let (least, most) = inner.features.chars();
        for number in [inner.features.word_bits(), inner.features.char_bits(), least, most] {
            out.number(u64::from(number));
        }
        out.number(inner.dense as u64);
        out.number(inner.tasks.len() as u64);
        for task in &inner.tasks {
            out.bytes(task.name.as_bytes());
            out.number(u64::from(task.kind == TaskKind::AnyOf));
            out.number(task.labels.len() as u64);
            task.labels.iter().for_each(|label| out.bytes(label.as_bytes()));
            floats(&mut out, &task.thresholds);
            floats(&mut out, &task.scope);
        }
        for part in [|block: &Block| block.words, |block: &Block| block.chars, |block: &Block| block.bias] {
            let rows = inner.blocks.iter().flat_map(part);
            floats(&mut out, &rows.take(inner.columns).collect::<Vec<_>>());
        }
        for row in rows(&inner.dense_weights, inner.blocks.len()) {
            floats(&mut out, &row.iter().flatten().copied().take(inner.columns).collect::<Vec<_>>());
        }
        let table = rows(&inner.table, inner.blocks.len());
        let small = table.flat_map(|row| row.iter().flatten().take(inner.columns));
        let small: Vec<u8> = small.map(|weight| weight.cast_unsigned()).collect();
        out.bytes(&small);
        let sum = sum(&out.0);
        out.number(sum);
        out.0
    }

    /// Reads a model back.
    ///
    /// # Errors
    /// When the bytes are no model, are damaged, are more than `limits.model_bytes`, or were written by a version that
    /// reads texts in another way: train again then.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, ModelError> {
        read(bytes, limits).map(Self::of).map_err(ModelError::Bytes)
    }

    /// One model with the tasks of all, which read the same n-grams: they are hashed once for all of them.
    ///
    /// # Errors
    /// When one of them reads other n-grams than the first, or another count of numbers besides.
    pub fn join(name: &str, models: &[Self]) -> Result<Self, ModelError> {
        let Some(first) = models.first() else { return Err(ModelError::Differs("nothing".to_owned())) };
        let differs = |model: &&Self| (model.0.features, model.0.dense) != (first.0.features, first.0.dense);
        if let Some(other) = models.iter().find(differs) {
            return Err(ModelError::Differs(other.name().to_owned()));
        }
        let mut tasks = Vec::new();
        let mut columns = 0;
        for model in models {
            tasks.extend(
                model.0.tasks.iter().map(|task| Task { first: task.first + columns, ..task.clone() }),
            );
            columns += model.0.columns;
        }
        let n_blocks = columns.div_ceil(LANES);
        let mut joined = Inner {
            name: name.to_owned(),
            features: first.0.features,
            tasks,
            dense: first.0.dense,
            columns,
            blocks: vec![Block::default(); n_blocks],
            table: vec![[0; LANES]; first.0.features.buckets() * n_blocks],
            dense_weights: vec![[0.0; LANES]; first.0.dense * n_blocks],
            known: Known::default(),
        };
        let mut at = 0;
        for model in models {
            for column in 0..model.0.columns {
                joined.copy(at, &model.0, column);
                at += 1;
            }
        }
        Ok(Self::of(joined))
    }
}

impl Inner {
    /// Makes column `to` the column `from` of another model of the same features.
    fn copy(&mut self, to: usize, other: &Self, from: usize) {
        let ((to_block, to), (from_block, from)) = ((to / LANES, to % LANES), (from / LANES, from % LANES));
        if let (Some(into), Some(block)) = (self.blocks.get_mut(to_block), other.blocks.get(from_block)) {
            set(&mut into.words, to, block.words.get(from).copied().unwrap_or_default());
            set(&mut into.chars, to, block.chars.get(from).copied().unwrap_or_default());
            set(&mut into.bias, to, block.bias.get(from).copied().unwrap_or_default());
        }
        let (into, of) = (self.blocks.len(), other.blocks.len());
        let table = other.table.iter().skip(from_block).step_by(of);
        for (row, other) in self.table.iter_mut().skip(to_block).step_by(into).zip(table) {
            set(row, to, other.get(from).copied().unwrap_or_default());
        }
        let dense = other.dense_weights.iter().skip(from_block).step_by(of);
        for (row, other) in self.dense_weights.iter_mut().skip(to_block).step_by(into).zip(dense) {
            set(row, to, other.get(from).copied().unwrap_or_default());
        }
    }
}

fn rows<T>(table: &[[T; LANES]], n_blocks: usize) -> impl Iterator<Item = &[[T; LANES]]> {
    table.chunks_exact(n_blocks.max(1))
}

fn floats(out: &mut Writer, numbers: &[f32]) {
    out.column(&numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>());
}

fn read_floats(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f32>, Fault> {
    let numbers: Vec<f32> = reader.column()?.into_iter().map(f32::from_bits).collect();
    match numbers.len() == count && numbers.iter().all(|number| number.is_finite()) {
        true => Ok(numbers),
        false => Err("they are damaged"),
    }
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Inner, Fault> {
    let body = bytes.strip_prefix(MAGIC).ok_or("they do not begin like one")?;
    if bytes.len() > limits.model_bytes {
        return Err("they are more than the limit `model_bytes`");
    }
    let mut reader = Reader(body);
    if reader.small()? != FORMAT {
        return Err("another version wrote them; train the model again");
    }
    let (all, last) = bytes.split_last_chunk::<8>().ok_or("they end too early")?;
    if sum(all) != u64::from_le_bytes(*last) {
        return Err("they are damaged, or do not go on to their end");
    }
    let name = reader.text()?.to_owned();
    let features = read_features(&mut reader)?;
    let dense = reader.count(4)?;
    let mut tasks = Vec::new();
    let mut columns = 0;
    for _ in 0..reader.count(8)? {
        tasks.push(read_task(&mut reader, columns)?);
        columns = tasks.last().map_or(0, |task| task.first + task.labels.len());
    }
    read_weights(
        &mut reader,
        Inner {
            name,
            features,
            tasks,
            dense,
            columns,
            blocks: vec![Block::default(); columns.div_ceil(LANES)],
            table: Vec::new(),
            dense_weights: Vec::new(),
            known: Known::default(),
        },
    )
}

fn read_features(reader: &mut Reader<'_>) -> Result<Features, Fault> {
    let mut small = || reader.small().and_then(|n| u8::try_from(n).map_err(|_| "they are damaged"));
    let (words, chars, least, most) = (small()?, small()?, small()?, small()?);
    Features::new(words, chars, (least, most)).ok_or("they are damaged")
}

fn read_task(reader: &mut Reader<'_>, first: usize) -> Result<Task, Fault> {
    let name = reader.text()?.to_owned();
    let kind = if reader.number()? == 1 { TaskKind::AnyOf } else { TaskKind::OneOf };
    let labels: Vec<String> =
        (0..reader.count(8)?).map(|_| reader.text().map(str::to_owned)).collect::<Result<_, _>>()?;
    let thresholds = read_floats(reader, labels.len())?;
    let scope = read_floats(reader, 2)?.try_into().map_err(|_| "they are damaged")?;
    Ok(Task { name, kind, first, labels, thresholds, scope })
}

fn read_weights(reader: &mut Reader<'_>, mut model: Inner) -> Result<Inner, Fault> {
    let (columns, n_blocks) = (model.columns, model.blocks.len());
    let parts: [fn(&mut Block) -> &mut [f32; LANES]; 3] =
        [|block| &mut block.words, |block| &mut block.chars, |block| &mut block.bias];
    for part in parts {
        let numbers = read_floats(reader, columns)?;
        for (block, numbers) in model.blocks.iter_mut().zip(numbers.chunks(LANES)) {
            part(block).iter_mut().zip(numbers).for_each(|(slot, number)| *slot = *number);
        }
    }
    for _ in 0..model.dense {
        model.dense_weights.extend(padded(&read_floats(reader, columns)?));
    }
    let small = reader.bytes()?;
    if !reader.0.is_empty() && reader.0.len() != 8 {
        return Err("they do not end where they should");
    }
    if small.len() != model.features.buckets() * columns || columns == 0 {
        return Err("their columns do not fit together");
    }
    let rows = model.features.buckets() * n_blocks;
    model.table.try_reserve_exact(rows).map_err(|_| "there is not enough memory for them")?;
    for row in small.chunks_exact(columns) {
        for part in row.chunks(LANES) {
            let mut lanes = [0; LANES];
            lanes.iter_mut().zip(part).for_each(|(lane, byte)| *lane = byte.cast_signed());
            model.table.push(lanes);
        }
    }
    Ok(model)
}

fn padded(numbers: &[f32]) -> impl Iterator<Item = [f32; LANES]> {
    numbers.chunks(LANES).map(|part| {
        let mut lanes = [0.0; LANES];
        lanes.iter_mut().zip(part).for_each(|(lane, number)| *lane = *number);
        lanes
    })
}

/// FNV-1a over words of eight bytes: finds damage, not malice.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    let word = |chunk: &[u8]| chunk.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, chunk| {
        (sum ^ word(chunk)).wrapping_mul(0x100_0000_01b3).rotate_left(23)
    })
}
