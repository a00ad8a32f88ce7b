//! Which messages are left out? P030: no rule sets a facet that every message must get.

use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::region::Region;
use super::search;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    for facet in model.protocol.mandatory() {
        model.steps.ask(20);
        let setting = model.setting(*facet);
        let rows: Vec<&Region> = setting
            .iter()
            .filter_map(|at| model.active.get(*at))
            .flat_map(|active| &active.regions)
            .collect();
        let found = search::find(&model.universe, &Region::default(), &rows, &mut model.steps);
        let region = match found {
            Ok(Some(region)) => region,
            Ok(None) => continue,
            Err(search::Spent) => {
                findings.leave_open(Why::Spent, "P030", facet.as_str());
                continue;
            }
        };
        let witness = model.witness(&model.universe.point(&region));
        if model.decide(&witness).gaps.iter().any(|gap| gap == facet.as_str()) {
            let message = format!("no rule sets `{facet}` for some messages");
            let finding = Finding::new("P030", Grade::Error, Vec::new(), message).on(*facet).seen(witness);
            findings.push(finding.help("add a rule for them, or widen one"));
        } else {
            let is_left_out = model.too_large.iter().any(|rule| rule.set.facets().contains(*facet));
            let why = if is_left_out { Why::TooLarge } else { Why::Disputed };
            findings.leave_open(why, "P030", facet.as_str());
        }
    }
}
