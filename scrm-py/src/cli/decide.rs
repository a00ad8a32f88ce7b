//! What does a protocol say about facts, why, why not otherwise, and what if? One answer for each line of facts.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use scrm_core::playbook::Playbook;
use scrm_core::route::{self, FacetChange, Given, Inquiry, Router};
use serde::Serialize;
use serde_json::{Value, json};

use super::args::{Facts, WhatIf, WhyNot};
use super::output::{complain, say};
use super::rows::Rows;
use super::{Exit, Failure, input};
use crate::common::one_line;

pub(super) fn decide(args: &Facts, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    answer(args, interrupted, &|inquiry| {
        let decision = inquiry.decide();
        Ok(if args.json { written(&decision)? } else { route::explain(&decision) })
    })
}

pub(super) fn explain(args: &Facts, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    answer(args, interrupted, &|inquiry| {
        if args.json {
            return written(&inquiry.explain());
        }
        let mut text = route::explain(&inquiry.decide());
        for near in inquiry.explain().near {
            let change = written(&near.smallest_change)?;
            let would = near.would_change.iter().map(|(facet, value)| match value {
                Some(value) => format!("{facet} {value}"),
                None => format!("no {facet}"),
            });
            _ = writeln!(text, "{} would fire with {change}: {}", near.rule, row(would));
        }
        Ok(text)
    })
}

pub(super) fn why_not(args: &WhyNot, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    answer(&args.facts, interrupted, &|inquiry| {
        let found = inquiry
            .why_not(&args.rule)
            .map_err(|error| Failure::new(Exit::Usage, format!("--rule: {error}")))?;
        if args.facts.json {
            return written(&found);
        }
        let mut text = format!("{}: its condition is {}\n", found.rule, found.condition);
        if found.fires {
            text.push_str("it fires\n");
        }
        if !found.in_force {
            text.push_str("it is not in force on that day\n");
        }
        if found.shadow {
            text.push_str("it is on trial and decides nothing\n");
        }
        for failing in &found.failing {
            let why = if failing.unknown { "nobody knows" } else { "does not hold" };
            _ = writeln!(text, "  {} {why} (was {})", failing.atom, failing.value);
        }
        for (facet, rule) in &found.silenced {
            _ = writeln!(text, "on {facet} {rule} is heard in its place");
        }
        match &found.smallest_change {
            Some(change) => _ = writeln!(text, "smallest change: {}", written(change)?),
            None if found.exhausted => text.push_str("no change was found in the trials there are\n"),
            None if found.failing.is_empty() => {}
            None => text.push_str("no change of single facts would make it fire\n"),
        }
        _ = write!(text, "{}", listed(&found.would_change));
        Ok(text)
    })
}

pub(super) fn what_if(args: &WhatIf, interrupted: &dyn Fn() -> bool) -> Result<Exit, Failure> {
    let mut changes = serde_json::Map::new();
    for set in &args.set {
        let (field, value) = set
            .split_once('=')
            .ok_or_else(|| Failure::new(Exit::Usage, format!("--set {set}: write it as FIELD=VALUE")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        changes.insert(field.trim().to_owned(), value);
    }
    let changes = Value::Object(changes).to_string();
    let playbook = load(&args.facts)?;
    let changes = Given::from_json(&changes, playbook.protocol.vocabulary())
        .map_err(|report| Failure::new(Exit::Usage, format!("--set cannot be read\n\n{report}")))?;
    answer_with(&playbook, &args.facts, interrupted, &|inquiry| {
        let found = inquiry.what_if(&changes);
        if args.facts.json {
            return written(&found);
        }
        let mut text = listed(&found.changed);
        if text.is_empty() {
            text.push_str("nothing changes\n");
        }
        Ok(text)
    })
}

fn row(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "nothing else changes".to_owned() } else { parts.join(", ") }
}

fn listed(changes: &[FacetChange]) -> String {
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "none".to_owned());
    let line = |change: &FacetChange| {
        format!("{}: {} -> {}\n", change.facet, side(&change.before), side(&change.after))
    };
    changes.iter().map(line).collect()
}

fn written(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new(Exit::Output, error.to_string()))
}

/// Reads a protocol that stands alone, or that of a playbook.
pub(super) fn load(args: &Facts) -> Result<Playbook, Failure> {
    let playbook =
        Playbook::load(&args.protocol).map_err(|error| Failure::new(Exit::Playbook, error.to_string()))?;
    if !playbook.warnings().diagnostics().is_empty() {
        complain(&format!("the protocol has warnings\n\n{}", playbook.warnings()));
    }
    Ok(playbook)
}

type Tell<'a> = dyn Fn(&Inquiry<'_>) -> Result<String, Failure> + 'a;

fn answer(args: &Facts, interrupted: &dyn Fn() -> bool, tell: &Tell<'_>) -> Result<Exit, Failure> {
    answer_with(&load(args)?, args, interrupted, tell)
}

/// Tells of each line of facts, in their order.
fn answer_with(
    playbook: &Playbook,
    args: &Facts,
    interrupted: &dyn Fn() -> bool,
    tell: &Tell<'_>,
) -> Result<Exit, Failure> {
    let now = match &args.now {
        Some(text) => super::run::time("--now", text)?,
        None => super::run::now(),
    };
    let router = Router::compile(playbook.protocol.clone(), playbook.calendars.clone());
    let input = input::raw(&args.input)?;
    let refuse = |fault: String| Failure::new(Exit::Input, format!("input `{}`: {fault}", input.name));
    let failed = |error: std::io::Error| refuse(format!("reading failed: {error}"));
    let mut lines = Rows::lines(input.reader, playbook.limits()).map_err(failed)?;
    let (mut rows, mut bad) = (0_u64, 0_u64);
    while let Some(block) = lines.next().map_err(failed)? {
        if interrupted() {
            return Ok(Exit::Interrupted);
        }
        let mut told = String::new();
        for line in block.rows() {
            rows += 1;
            let line = match line.map_err(str::to_owned).and_then(|line| facts(line, playbook)) {
                Ok((given, id)) => tell_one(&router, &given, now, args.json, rows, id, tell)?,
                Err(fault) => {
                    bad += 1;
                    if args.json {
                        json!({ "row": rows, "error": fault }).to_string()
                    } else {
                        format!("row {rows}: {fault}")
                    }
                }
            };
            told.push_str(&line);
            told.push('\n');
        }
        say(told.trim_end_matches('\n'))?;
    }
    if rows > 0 && bad == rows {
        return Err(refuse(format!("none of its {rows} lines can be read")));
    }
    Ok(Exit::Done)
}

fn tell_one(
    router: &Router,
    given: &Given,
    now: DateTime<Utc>,
    as_json: bool,
    row: u64,
    id: Option<Value>,
    tell: &Tell<'_>,
) -> Result<String, Failure> {
    let told = tell(&router.about_given(given, now))?;
    if !as_json {
        return Ok(format!("row {row}\n{}", indented(&told)));
    }
    let head = match id {
        Some(id) => format!("\"row\":{row},\"id\":{id}"),
        None => format!("\"row\":{row}"),
    };
    // What is told is an object, and goes on behind the row.
    Ok(match told.strip_prefix('{') {
        Some("}") => format!("{{{head}}}"),
        Some(rest) => format!("{{{head},{rest}"),
        None => told,
    })
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// The facts of a line, and its `id`.
fn facts(line: &[u8], playbook: &Playbook) -> Result<(Given, Option<Value>), String> {
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text".to_owned())?;
    let vocabulary = playbook.protocol.vocabulary();
    match serde_json::from_str(text) {
        Ok(Value::Object(mut object)) if object.contains_key("id") => {
            let id = object.remove("id");
            let given = Given::from_json(&Value::Object(object).to_string(), vocabulary);
            given.map(|given| (given, id)).map_err(|report| one_line(&report))
        }
        _ => {
            Given::from_json(text, vocabulary).map(|given| (given, None)).map_err(|report| one_line(&report))
        }
    }
}
