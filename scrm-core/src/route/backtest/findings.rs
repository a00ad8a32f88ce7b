//! What does the corpus say against the new protocol? Findings that only past messages can give.

use serde::Serialize;

use super::load::{DepartmentLoad, HourLoad, Load};
use super::rules::RuleTallies;
use crate::diagnostic::Severity;
use crate::model::RuleId;
use crate::route::{Given, Protocol};

/// One finding over a corpus.
///
/// | code | what is found |
/// |---|---|
/// | P036 | a department gets more than its people can answer |
/// | P040 | a rule that never fires in the corpus |
/// | P041 | a rule that fires for one customer only |
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CorpusFinding {
    /// Its code.
    pub code: &'static str,
    /// The rules concerned.
    pub rules: Vec<RuleId>,
    /// The facet concerned.
    pub facet: Option<String>,
    /// How bad.
    pub severity: Severity,
    /// What is found, in words.
    pub message: String,
    /// Facts that show it: none, the corpus itself shows it.
    pub witness: Option<Given>,
}

fn finding(code: &'static str, rules: Vec<RuleId>, facet: Option<&str>, message: String) -> CorpusFinding {
    let facet = facet.map(str::to_owned);
    CorpusFinding { code, rules, facet, severity: Severity::Warning, message, witness: None }
}

/// All of them, by code, then by department or rule.
pub(super) fn findings(
    protocol: &Protocol,
    cases: u64,
    rules: &RuleTallies,
    load: &Load,
) -> Vec<CorpusFinding> {
    if cases == 0 {
        return Vec::new();
    }
    let over = load.departments.iter().filter_map(over_capacity);
    let pairs = || protocol.rules().iter().zip(&rules.0);
    let dead = pairs().filter(|(_, tally)| tally.fired == 0).map(|(rule, _)| {
        let message = format!("rule `{}` never fires in {cases} cases", rule.id);
        finding("P040", vec![rule.id.clone()], None, message)
    });
    let one = pairs().filter_map(|(rule, tally)| {
        let customer = tally.only_customer()?;
        let message =
            format!("rule `{}` fires {} times, always for customer `{customer}`", rule.id, tally.fired);
        Some(finding("P041", vec![rule.id.clone()], None, message))
    });
    over.chain(dead).chain(one).collect()
}

fn over_capacity(load: &DepartmentLoad) -> Option<CorpusFinding> {
    let (name, capacity) = load.department.as_ref().zip(load.capacity)?;
    let work = &load.work.new;
    let all = float(work.cases);
    let hours = work.hours_over_capacity.filter(|hours| *hours > 0);
    let message = if all > capacity {
        format!("department `{name}` gets {all} cases and can answer {capacity} on the days of the corpus")
    } else {
        let (hours, open) = hours.zip(load.open_hours)?;
        let ratios = load.hours.iter().filter_map(|hour| Some((ratio(hour)?, hour)));
        // Of equal ones the first.
        let (_, worst) = ratios.reduce(|worst, next| if next.0 > worst.0 { next } else { worst })?;
        format!(
            "department `{name}` gets more than it can answer in {hours} of {open} open hours of the week, most on \
             {} at {}:00: {} cases, {} can be answered",
            worst.weekday,
            worst.hour,
            worst.work.new.cases,
            worst.capacity.unwrap_or_default()
        )
    };
    Some(finding("P036", Vec::new(), Some("department"), message))
}

/// How many times what can be answered in an hour of the week comes in it.
fn ratio(hour: &HourLoad) -> Option<f64> {
    let capacity = hour.capacity.filter(|capacity| *capacity > 0.0)?;
    Some(float(hour.work.new.cases) / capacity)
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}
