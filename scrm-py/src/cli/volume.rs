//! How many messages can monitors be expected in? Estimated from how often their words stand in a sample.
//!
//! Read [`of`] first. The sample is read once and not kept: a megabyte of counts, however long it is.

use std::fmt;
use std::path::Path;

use scrm_core::listen::Monitors;
use scrm_core::query::{QueryFault, Uses};
use scrm_core::text::{Frequencies, Text};
use serde_json::{Value, json};

use super::Failure;
use super::args::{Check, Table};
use super::table;

/// What the sample says of the monitors.
pub(super) struct Volume {
    name: String,
    texts: u64,
    bad: u64,
    /// Those expected in the most messages first; then those of which the words say nothing.
    monitors: Vec<Expected>,
}

struct Expected {
    id: String,
    share: Option<f64>,
    warning: Option<QueryFault>,
}

/// Counts the words of the sample; `None` when somebody wants to stop.
pub(super) fn of(
    sample: &Path,
    args: &Check,
    monitors: &Monitors,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Volume>, Failure> {
    let table = Table {
        input: sample.to_owned(),
        text_column: args.text_column.clone(),
        format: args.format,
        threads: None,
    };
    let mut frequencies = Frequencies::new();
    let mut count = |message: &scrm_core::model::Message| frequencies.observe(&Text::new(message.text()));
    let Some(bad) = table::each(&table, &Uses::default(), interrupted, &mut count)? else { return Ok(None) };
    let expected = monitors.monitors.values().map(|monitor| Expected {
        id: monitor.id.as_str().to_owned(),
        share: monitor.query.share(&frequencies),
        warning: monitor.query.lint_volume(&frequencies),
    });
    let mut monitors: Vec<Expected> = expected.collect();
    // In the order of their ids where they are expected in as many.
    monitors.sort_by(|a, b| {
        let share = |one: &Expected| one.share.unwrap_or(-1.0);
        share(b).total_cmp(&share(a)).then_with(|| a.id.cmp(&b.id))
    });
    let name = sample.to_string_lossy().into_owned();
    Ok(Some(Volume { name, texts: frequencies.texts(), bad, monitors }))
}

impl Volume {
    pub(super) fn json(&self) -> Value {
        let expected = |one: &Expected| {
            let warning = one
                .warning
                .as_ref()
                .map(|fault| json!({ "code": fault.code, "message": fault.message, "help": fault.help }));
            json!({ "id": one.id, "share": one.share, "warning": warning })
        };
        let monitors: Vec<Value> = self.monitors.iter().map(expected).collect();
        json!({ "messages": self.texts, "malformed": self.bad, "monitors": monitors })
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, texts, bad, monitors } = self;
        write!(f, "\nsample {name}: {texts} messages")?;
        if *bad > 0 {
            write!(f, ", {bad} that cannot be read")?;
        }
        write!(f, "\n at most  monitor")?;
        for Expected { id, share, warning } in monitors {
            match share {
                Some(share) => write!(f, "\n{:>7.2}%  {id}", share * 100.0)?,
                None => write!(f, "\n       -  {id}  (its words say nothing of how many)")?,
            }
            if let Some(QueryFault { code, message, help, .. }) = warning {
                write!(f, "\n          {code} {message}")?;
                help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))?;
            }
        }
        Ok(())
    }
}
