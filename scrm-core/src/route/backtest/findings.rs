//! What does the corpus say against the new protocol? Findings that only past messages can give.
//!
//! | code | what is found |
//! |---|---|
//! | P036 | a department gets more than its people can answer |
//! | P040 | a rule that never fires in the corpus |
//! | P041 | a rule that fires for one customer only |

use super::load::{DepartmentLoad, HourLoad, Load};
use super::rules::RuleTallies;
use crate::model::RuleId;
use crate::route::{Facet, Finding, Grade, Protocol};

fn finding(code: &'static str, rules: &[RuleId], facet: Option<Facet>, message: String) -> Finding {
    let rules = rules.iter().map(ToString::to_string).collect();
    Finding { facet, ..Finding::new(code, Grade::Warning, rules, message) }
}

/// All of them, by code, then by department or rule.
pub(super) fn findings(protocol: &Protocol, cases: u64, rules: &RuleTallies, load: &Load) -> Vec<Finding> {
    if cases == 0 {
        return Vec::new();
    }
    let over = load.departments.iter().filter_map(over_capacity);
    let pairs = || protocol.rules().iter().zip(&rules.0);
    let dead = pairs().filter(|(_, tally)| tally.fired == 0).map(|(rule, _)| {
        let message = format!("rule `{}` never fires in {cases} cases", rule.id);
        finding("P040", std::slice::from_ref(&rule.id), None, message)
    });
    let one = pairs().filter_map(|(rule, tally)| {
        let customer = tally.only_customer()?;
        let message =
            format!("rule `{}` fires {} times, always for customer `{customer}`", rule.id, tally.fired);
        Some(finding("P041", std::slice::from_ref(&rule.id), None, message))
    });
    over.chain(dead).chain(one).collect()
}

fn over_capacity(load: &DepartmentLoad) -> Option<Finding> {
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
    Some(finding("P036", &[], Some(Facet::Department), message))
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
