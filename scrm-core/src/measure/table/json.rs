//! How is a table written for a program? As JSON: whole, row by row, or column by column.

use std::collections::BTreeMap;

use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{Cell, Column, Table};

/// One row with the names of its columns.
struct Record<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            map.serialize_entry(&column.name, cell)?;
        }
        map.end()
    }
}

/// All rows.
struct Records<'a>(&'a Table);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.rows.len()))?;
        for cells in &self.0.rows {
            rows.serialize_element(&Record { columns: &self.0.columns, cells })?;
        }
        rows.end()
    }
}

/// `{"name", "title", "columns": [{"name", "type", "unit", "meaning"}], "rows": [{…}]}`.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut whole = serializer.serialize_struct("Table", 4)?;
        whole.serialize_field("name", &self.name)?;
        whole.serialize_field("title", &self.title)?;
        whole.serialize_field("columns", &self.columns)?;
        whole.serialize_field("rows", &Records(self))?;
        whole.end()
    }
}

impl Table {
    /// The table with what its columns are: `{"name", "title", "columns", "rows"}`, the rows as objects.
    pub fn to_json(&self) -> String {
        json(self)
    }

    /// The rows alone: a list of objects.
    pub fn to_records(&self) -> String {
        json(&Records(self))
    }

    /// The columns alone: an object of lists.
    pub fn to_columns(&self) -> String {
        let lists = self.columns.iter().enumerate().map(|(at, column)| {
            let cells: Vec<&Cell> = self.rows.iter().filter_map(|row| row.get(at)).collect();
            (column.name.as_str(), cells)
        });
        json(&lists.collect::<BTreeMap<_, _>>())
    }

    /// One object a line.
    pub fn to_jsonl(&self) -> String {
        let mut out = String::new();
        for cells in &self.rows {
            out.push_str(&json(&Record { columns: &self.columns, cells }));
            out.push('\n');
        }
        out
    }
}

/// What has names for keys and finite numbers always has a JSON form.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
