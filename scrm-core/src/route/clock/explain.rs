//! Why does a clock stand where it stands? As text for people.

use std::fmt::Write as _;

use chrono::{DateTime, Duration, Utc};

use super::RunningClock;

/// A clock in words: what was promised, what happened to it, and what is left.
///
/// ```text
/// resolution of public: within 4h of calendar hq
///   started 2026-11-02T09:00:00Z (captured)
///   stood still from 2026-11-02T10:00:00Z to 2026-11-02T16:00:00Z (waiting_customer)
///   warning 2026-11-02T18:00:00Z
///   due 2026-11-02T19:00:00Z
///   2h gone, 2h left
/// ```
// Writing to a String cannot fail, so results are dropped.
pub fn explain_clock(running: &RunningClock) -> String {
    let RunningClock { sla, name, calendar, clock, state } = running;
    let name = name.as_str().replace('_', " ");
    let mut out = format!("{name} of {sla}: within {} of calendar {calendar}\n", clock.within);
    let Some(started) = state.started else {
        _ = writeln!(out, "  not started yet ({})", clock.start);
        return out;
    };
    _ = writeln!(out, "  started {} ({})", time(started), clock.start);
    for pause in &state.paused {
        _ = match pause.to {
            Some(to) => {
                writeln!(out, "  stood still from {} to {} ({})", time(pause.from), time(to), pause.by)
            }
            None => writeln!(out, "  stands still since {} ({})", time(pause.from), pause.by),
        };
    }
    for warning in &state.warnings {
        _ = writeln!(out, "  warning {}", time(*warning));
    }
    _ = match state.due {
        Some(due) if state.is_paused() && state.breached.is_none() => {
            writeln!(out, "  due {} if it went on now", time(due))
        }
        Some(due) => writeln!(out, "  due {}", time(due)),
        None => writeln!(out, "  never due: too few open hours within two years"),
    };
    if let Some(stopped) = state.stopped {
        let kept = if state.breached.is_some() { "too late" } else { "in time" };
        _ = writeln!(out, "  stopped {} ({}), {kept}", time(stopped), clock.stop);
    }
    let (gone, left) = (state.elapsed, state.remaining);
    _ = if left < Duration::zero() {
        writeln!(out, "  {} gone, {} over", span(gone), span(-left))
    } else {
        writeln!(out, "  {} gone, {} left", span(gone), span(left))
    };
    out
}

/// The form of JSON: seconds, and `Z`.
fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Hours, minutes and seconds, those that are none left out.
fn span(time: Duration) -> String {
    let seconds = time.num_seconds();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if parts.is_empty() { "0m".to_owned() } else { parts.join(" ") }
}
