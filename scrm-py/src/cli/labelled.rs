//! Which texts have which labels? Rows of a table, for training and measuring.
//!
//! Read [`read`] first.

use std::collections::BTreeMap;
use std::path::Path;

use scrm_core::channels::{Format, Records};
use scrm_core::diagnostic::did_you_mean;
use scrm_core::learn::{Example, weak};
use scrm_core::model::Limits;
use serde_json::Value;

use super::args::{Labelled, TableFormat};
use super::output::complain;
use super::rows::{Cells, Rows};
use super::{Exit, Failure, input};

/// The rows of a table as examples; `None` when somebody wants to stop. What cannot be read is told and left out.
pub(super) fn read(
    args: &Labelled,
    any_of: bool,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Vec<Example>>, Failure> {
    let delimiter = delimiter(&args.input, args.format)?;
    let map = mapping(&args.map)?;
    let limits = Limits::DEFAULT;
    let raw = input::raw(&args.input)?;
    let bad = |fault: String| Failure::new(Exit::Input, format!("input `{}`: {fault}", raw.name));
    let failed = |error: std::io::Error| bad(format!("reading failed: {error}"));
    let mut rows = Rows::new(raw.reader, delimiter, &limits).map_err(failed)?;
    // What is no text is refused as every input is.
    Records::new(rows.head(), &Format::Jsonl, &limits).map_err(|error| bad(error.to_string()))?;
    rows.skip_mark();
    let header = match delimiter {
        None => None,
        Some(delimiter) => Some(Header::read(&mut rows, delimiter, args).map_err(bad)?),
    };
    let reader = Reader { args, header, any_of, map };
    let mut cells = Cells::new(delimiter.unwrap_or(b','), reader.header.as_ref().map(|header| header.width));
    let mut examples = Vec::new();
    let (mut faults, mut first, mut silent) = (0_u64, String::new(), 0_u64);
    while let Some(block) = rows.next().map_err(failed)? {
        if interrupted() {
            return Ok(None);
        }
        for (number, row) in (block.first..).zip(block.rows()) {
            match row.map_err(str::to_owned).and_then(|row| reader.example(row, &mut cells)) {
                Ok(Some(example)) => examples.push(example),
                Ok(None) => silent += 1,
                Err(fault) => {
                    faults += 1;
                    if first.is_empty() {
                        first = format!("row {number}: {fault}");
                    }
                }
            }
        }
        if examples.len() > limits.training_rows {
            return Err(bad(format!("there are more than {} rows", limits.training_rows)));
        }
    }
    raw.bar.finish_and_clear();
    if examples.is_empty() && faults > 0 {
        return Err(bad(format!("no row can be read; the first: {first}")));
    }
    if faults > 0 {
        complain(&format!("{faults} rows cannot be read and are left out; the first: {first}"));
    }
    if silent > 0 {
        complain(&format!("{silent} rows are left out: their replies give no label away"));
    }
    Ok(Some(examples))
}

/// What stands between the cells of the input; none when its lines are JSON.
pub(super) fn delimiter(input: &Path, format: Option<TableFormat>) -> Result<Option<u8>, Failure> {
    let ending = input.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match (format, ending.as_str()) {
        (Some(TableFormat::Csv), _) | (None, "csv") => Ok(Some(b',')),
        (Some(TableFormat::Tsv), _) | (None, "tsv") => Ok(Some(b'\t')),
        (Some(TableFormat::Jsonl), _) | (None, "jsonl" | "ndjson" | "json") => Ok(None),
        (None, _) => Err(Failure::new(
            Exit::Usage,
            format!(
                "input `{}`: its name does not say how it is written; give --format csv, --format tsv or --format jsonl",
                input.display()
            ),
        )),
    }
}

fn mapping(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let pair = |pair: &String| match pair.split_once('=') {
        Some((from, to)) => Ok((from.trim().to_owned(), to.trim().to_owned())),
        None => Err(Failure::new(Exit::Usage, format!("--map {pair}: write LABEL=LABEL"))),
    };
    pairs.iter().map(pair).collect()
}

/// Which cells of a row are asked for.
struct Header {
    width: usize,
    text: usize,
    /// The label, or the reply that gives it away.
    label: usize,
    weight: Option<usize>,
}

fn in_header(fault: &str) -> String {
    format!("the header in line 1: {fault}")
}

/// The names of the columns, from the first row.
pub(super) fn names(rows: &mut Rows, delimiter: u8) -> Result<Vec<String>, String> {
    let header = rows.header().map_err(|error| format!("reading failed: {error}"))?;
    let header = header.ok_or_else(|| "the input is empty; its first row names the columns".to_owned())?;
    let header = header.map_err(in_header)?;
    let mut cells = Cells::new(delimiter, None);
    let names = cells.read(&header).map_err(|fault| in_header(&fault))?;
    rows.set_width(names.len());
    Ok(names.iter().map(|name| name.trim().to_owned()).collect())
}

impl Header {
    fn read(rows: &mut Rows, delimiter: u8, args: &Labelled) -> Result<Self, String> {
        let names = names(rows, delimiter)?;
        let column = |name: &str| match names.iter().position(|known| known == name) {
            Some(at) => Ok(at),
            None => Err(in_header(&missing("column", name, names.iter().map(String::as_str)))),
        };
        Ok(Self {
            width: names.len(),
            text: column(&args.text_column)?,
            label: column(label_of(args))?,
            weight: args.weight_column.as_deref().map(column).transpose()?,
        })
    }
}

fn label_of(args: &Labelled) -> &str {
    args.reply_column.as_deref().unwrap_or(&args.label_column)
}

fn missing<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    let near = did_you_mean(name, known.clone()).map(|near| format!("; did you mean `{near}`?"));
    let all: Vec<&str> = known.collect();
    format!("there is no {what} `{name}`{}", near.unwrap_or_else(|| format!(", only: {}", all.join(", "))))
}

struct Reader<'a> {
    args: &'a Labelled,
    header: Option<Header>,
    any_of: bool,
    map: BTreeMap<String, String>,
}

impl Reader<'_> {
    /// One row as an example; `None` when its reply gives no label away.
    fn example(&self, row: &[u8], cells: &mut Cells) -> Result<Option<Example>, String> {
        let (text, labels, weight) = match &self.header {
            Some(header) => self.cells(row, header, cells)?,
            None => self.object(row)?,
        };
        if self.args.reply_column.is_some() {
            let reply = labels.first().map_or("", String::as_str);
            return Ok(weak::example(&text, reply).map(|example| Example { weight, ..example }));
        }
        let labels = labels.iter().map(|label| self.map.get(label).unwrap_or(label));
        let labels = labels.filter(|label| !label.is_empty()).cloned().collect();
        Ok(Some(Example { text, labels, weight, dense: Vec::new() }))
    }

    fn cells(
        &self,
        row: &[u8],
        header: &Header,
        cells: &mut Cells,
    ) -> Result<(String, Vec<String>, f32), String> {
        let cells = cells.read(row)?;
        if cells.len() != header.width {
            return Err(format!("the row has {} cells, the header {}", cells.len(), header.width));
        }
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let weight = match header.weight {
            None => 1.0,
            Some(at) => cell(at).trim().parse().map_err(|_| format!("`{}` is no number", cell(at)))?,
        };
        Ok((cell(header.text).to_owned(), self.split(cell(header.label)), weight))
    }

    fn object(&self, row: &[u8]) -> Result<(String, Vec<String>, f32), String> {
        let value: Value = serde_json::from_slice(row).map_err(|_| "it is no JSON object".to_owned())?;
        let object = value.as_object().ok_or("it is no JSON object")?;
        let member = |name: &str| {
            object.get(name).ok_or_else(|| missing("member", name, object.keys().map(String::as_str)))
        };
        let text = member(&self.args.text_column)?.as_str();
        let text = text.ok_or_else(|| format!("`{}` is not a text", self.args.text_column))?;
        let label = label_of(self.args);
        let labels = match member(label)? {
            Value::Array(labels) => labels.iter().map(scalar).collect::<Option<Vec<_>>>(),
            Value::String(labels) => Some(self.split(labels)),
            other => scalar(other).map(|label| vec![label]),
        };
        let labels =
            labels.ok_or_else(|| format!("`{label}` is no label: a text, a number, or a list of them"))?;
        let weight = match &self.args.weight_column {
            None => 1.0,
            #[allow(clippy::cast_possible_truncation, reason = "a weight is no more exact than that")]
            Some(name) => member(name)?.as_f64().ok_or_else(|| format!("`{name}` is no number"))? as f32,
        };
        Ok((text.to_owned(), labels, weight))
    }

    /// The labels of a cell.
    fn split(&self, cell: &str) -> Vec<String> {
        match self.any_of {
            true => cell.split('|').map(|label| label.trim().to_owned()).collect(),
            false if self.args.reply_column.is_some() => vec![cell.to_owned()],
            false => vec![cell.trim().to_owned()],
        }
    }
}

/// A label as a text; none is the empty one.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(label) => Some(label.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
