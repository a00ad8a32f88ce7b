//! How are labelled sets read? Tab-separated files with a header line.

use std::error::Error;
use std::fs;
use std::path::Path;

use scrm_core::model::{ExternalId, Message, MessageKind, Source, Times, Visibility};

/// Label and text of each row.
pub(crate) type Rows = Vec<(String, String)>;

/// The rows of a file; `None`, and a word about it, when the file is not there.
pub(crate) fn rows(path: &Path) -> Result<Option<Rows>, Box<dyn Error>> {
    let Ok(content) = fs::read_to_string(path) else {
        println!("{:<34} missing", path.display());
        return Ok(None);
    };
    let mut lines = content.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| header.iter().position(|known| *known == name);
    let (Some(label), Some(text)) = (column("label"), column("text")) else {
        return Err(format!("`{}` has no columns `label` and `text`", path.display()).into());
    };
    let rows = lines.filter_map(|line| {
        let fields: Vec<&str> = line.splitn(header.len(), '\t').collect();
        Some(((*fields.get(label)?).to_owned(), (*fields.get(text)?).to_owned()))
    });
    Ok(Some(rows.collect()))
}

/// A text as a public post.
pub(crate) fn message(text: &str) -> Result<Message, Box<dyn Error>> {
    let times: Times = Times::observed("2026-11-02T08:00:00Z".parse()?);
    let id = ExternalId::new("1")?;
    let builder = Message::builder(Source::new("x")?, id, MessageKind::Post, Visibility::Public, times);
    Ok(builder.text(text).build()?)
}
