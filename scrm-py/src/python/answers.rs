//! What do people write, show and plan, from Python? Dictionaries and words become the core's own types, and back.

use std::collections::BTreeSet;

use pyo3::prelude::*;
use scrm_core::desk::ResponseCheck;
use scrm_core::engage::responses::NewDraft;
use scrm_core::model::{AssetUse, MessageKey, ReplyVisibility};
use serde_json::{Value, json};

use super::people::{read, value_of};
use crate::common::Points;

/// What somebody wants to write.
#[allow(clippy::too_many_arguments, reason = "each is one field of a draft")]
pub(super) fn draft(
    text: String,
    scale: &str,
    visibility: Option<&str>,
    source: Option<&str>,
    to: Option<MessageKey>,
    reason: Option<String>,
    canned: Option<String>,
    unfilled: Vec<String>,
) -> PyResult<NewDraft> {
    Ok(NewDraft {
        to,
        scale: read("scale", json!(scale))?,
        visibility: self::visibility(visibility)?,
        source: source.map(|source| read("source", json!(source))).transpose()?,
        text,
        reason,
        canned,
        unfilled: unfilled.into_iter().collect(),
    })
}

pub(super) fn visibility(word: Option<&str>) -> PyResult<Option<ReplyVisibility>> {
    word.map(|word| read("visibility", json!(word))).transpose()
}

/// Uses, from pairs of what and where.
pub(super) fn uses(pairs: Vec<(String, String)>) -> PyResult<BTreeSet<AssetUse>> {
    pairs.into_iter().map(|(what, place)| read("use", json!({ "what": what, "place": place }))).collect()
}

/// What there is to say of a text, its places counted in code points.
pub(super) fn checked(check: &ResponseCheck, text: &str) -> PyResult<Value> {
    let points = Points::of(text);
    let place = |span| {
        let span = points.span(span);
        json!([span.start(), span.end()])
    };
    let leaks: Vec<Value> = check
        .leaks
        .iter()
        .map(|leak| {
            let words = leak.span.of(text).unwrap_or_default();
            json!({
                "kind": leak.kind, "span": place(leak.span), "words": words, "message": leak.message, "part": leak.part,
            })
        })
        .collect();
    let findings: Vec<Value> = check
        .findings
        .iter()
        .map(|finding| {
            json!({
                "kind": finding.kind, "message": finding.message, "span": finding.span.map(place),
                "response": finding.response,
            })
        })
        .collect();
    let mut value = value_of(check)?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("leaks".to_owned(), leaks.into());
        fields.insert("findings".to_owned(), findings.into());
    }
    Ok(value)
}
