//! What do people of the team say, from Python? Dictionaries and words become the model's own types.

use chrono::{DateTime, Utc};
use pyo3::prelude::*;
use scrm_core::desk::{SearchHit, SearchPage};
use scrm_core::model::{IdentityKey, IdentityLink, Source};
use scrm_core::query::Zone;
use scrm_core::record::people::suggest::{SourceTerms, SuggestSettings};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::message::in_points;
use super::value::Unfit;
use super::{errors, spans, value};
use crate::common::Points;

/// A value of the model, from JSON that is called `what` in a refusal.
pub(super) fn read<T: DeserializeOwned>(what: &str, json: Value) -> PyResult<T> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { String::new() } else { format!(" (`{path}`)") };
        errors::desk_value(format!("this is no {what}{place}: {}", error.into_inner()))
    })
}

/// An id, which is called `what` in a refusal.
pub(super) fn id<T: DeserializeOwned>(what: &str, text: &str) -> PyResult<T> {
    read(what, json!(text))
}

/// A value of the model, from a dictionary.
pub(super) fn read_value<T: DeserializeOwned>(what: &str, value: &Bound<'_, PyAny>) -> PyResult<T> {
    let json = value::from_python(value).map_err(|unfit| match unfit {
        Unfit::Value { path, fault } => errors::desk_value(format!("this is no {what} (`{path}`): {fault}")),
        Unfit::Raised(raised) => raised,
    })?;
    read(what, json)
}

/// Values of the model, from an iterable of dictionaries.
pub(super) fn read_all<T: DeserializeOwned>(what: &str, values: &Bound<'_, PyAny>) -> PyResult<Vec<T>> {
    let mut found = Vec::new();
    for value in values.try_iter()? {
        found.push(read_value(what, &value?)?);
    }
    Ok(found)
}

/// The JSON of a value.
pub(super) fn value_of(value: &impl Serialize) -> PyResult<Value> {
    serde_json::to_value(value).map_err(|error| errors::desk_value(format!("no JSON form: {error}")))
}

/// An account, from its source and native id.
pub(super) fn account((source, native_id): &(String, String)) -> PyResult<IdentityKey> {
    read("account", json!({ "source": source, "native_id": native_id }))
}

/// A claim about two accounts: a person's word, or what the evidence says.
pub(super) fn claim(
    a: &(String, String),
    b: &(String, String),
    claim: &str,
    person: Option<&str>,
    evidence: Option<&str>,
    at: DateTime<Utc>,
) -> PyResult<IdentityLink> {
    let evidence = match (person, evidence) {
        (Some(_), None | Some("human")) => "human",
        (None, Some(evidence)) if evidence != "human" => evidence,
        (Some(_), Some(_)) => {
            return Err(errors::desk_value("a claim is a person's word or stands on evidence, not both"));
        }
        (None, _) => return Err(errors::desk_value("a claim needs a `person`, or `evidence`")),
    };
    let (a, b) = (account(a)?, account(b)?);
    let mut link = json!({ "a": a, "b": b, "claim": claim, "evidence": evidence, "at": at });
    if let (Some(person), Some(link)) = (person, link.as_object_mut()) {
        link.insert("person".to_owned(), person.into());
    }
    if evidence == "probabilistic"
        && let Some(link) = link.as_object_mut()
    {
        link.insert("score".to_owned(), 0.0.into());
    }
    read("claim", link)
}

/// How accounts are compared.
pub(super) fn settings(
    across_networks: bool,
    inference: Vec<String>,
    threshold: f64,
) -> PyResult<SuggestSettings> {
    let mut settings = SuggestSettings { threshold, ..SuggestSettings::default() };
    settings.policy.across_networks = across_networks;
    for source in inference {
        let source = Source::new(source).map_err(|error| errors::desk_value(error.to_string()))?;
        settings.policy.terms.insert(source, SourceTerms { inference: true });
    }
    Ok(settings)
}

/// A page of a search, its places counted in code points.
pub(super) fn found(page: SearchPage) -> PyResult<Value> {
    let hits = page.hits.into_iter().map(|SearchHit { message, mut assessment, places }| {
        let points = Points::of(message.text());
        let places: Vec<_> = places
            .iter()
            .filter(|place| place.zone == Zone::Body && place.text.is_none())
            .map(|place| {
                let span = points.span(place.span);
                json!([span.start(), span.end()])
            })
            .collect();
        spans::assessment(&mut assessment, message.text());
        let (message, assessment) = (value_of(&in_points(message))?, value_of(&assessment)?);
        Ok(json!({ "message": message, "assessment": assessment, "places": places }))
    });
    let hits = hits.collect::<PyResult<Vec<_>>>()?;
    let warnings: Vec<_> = page
        .warnings
        .iter()
        .map(|fault| json!({ "code": fault.code, "message": fault.message, "help": fault.help }))
        .collect();
    let next = page.next.as_ref().map(value_of).transpose()?;
    Ok(json!({
        "hits": hits, "next": next, "scanned": page.scanned, "by_scan": page.by_scan, "warnings": warnings,
    }))
}
