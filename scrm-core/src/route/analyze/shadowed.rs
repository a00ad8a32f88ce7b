//! Which rules never have a say? Those that one other (P011), or several together (P012), silence wherever they fire.

use super::finding::{Finding, Findings, Grade, Why, row};
use super::model::Model;
use super::search::{self, Spent};
use crate::route::facet::Facet;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    for rule in 0..model.active.len() {
        match shadowed(model, rule) {
            Ok(finding) => finding.into_iter().for_each(|finding| findings.push(finding)),
            Err(Spent) => {
                let id = model.ids(&[rule]).concat();
                findings.leave_open(Why::Spent, "P012", id);
            }
        }
    }
}

fn shadowed(model: &mut Model<'_>, rule: usize) -> Result<Option<Finding>, Spent> {
    let Some(active) = model.active.get(rule) else { return Ok(None) };
    let facets: Vec<Facet> = active.facets.iter().collect();
    let by_facet: Vec<Vec<usize>> = facets.iter().map(|facet| model.silencers(rule, *facet)).collect();
    if by_facet.iter().any(Vec::is_empty) {
        return Ok(None);
    }
    let mut cover: Vec<usize> = by_facet.concat();
    cover.sort_unstable();
    cover.dedup();
    model.steps.ask(200);
    if covers(model, rule, &[])? || !is_silenced(model, rule, &by_facet, &cover)? {
        return Ok(None);
    }
    for one in &cover {
        if is_silenced(model, rule, &by_facet, &[*one])? {
            return Ok(Some(finding(model, "P011", rule, &[*one])));
        }
    }
    // Those that are not needed are not named.
    for one in cover.clone() {
        let rest: Vec<usize> = cover.iter().copied().filter(|other| *other != one).collect();
        if is_silenced(model, rule, &by_facet, &rest)? {
            cover = rest;
        }
    }
    Ok(Some(finding(model, "P012", rule, &cover)))
}

/// Whether these silence a rule on each of its facets, wherever it fires.
fn is_silenced(
    model: &mut Model<'_>,
    rule: usize,
    by_facet: &[Vec<usize>],
    those: &[usize],
) -> Result<bool, Spent> {
    for silencers in by_facet {
        let some: Vec<usize> = silencers.iter().copied().filter(|by| those.contains(by)).collect();
        if !covers(model, rule, &some)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether one of these fires wherever a rule fires.
fn covers(model: &mut Model<'_>, rule: usize, those: &[usize]) -> Result<bool, Spent> {
    let rows: Vec<_> = those.iter().filter_map(|at| model.active.get(*at)).flat_map(|a| &a.regions).collect();
    let regions = model.active.get(rule).map_or(&[][..], |active| &active.regions);
    for region in regions {
        if search::find(&model.universe, region, &rows, &mut model.steps)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn finding(model: &Model<'_>, code: &'static str, rule: usize, cover: &[usize]) -> Finding {
    let (id, by) = (model.ids(&[rule]), model.ids(cover));
    let message = match by.as_slice() {
        [one] => format!("{} never has a say: `{one}` overrides it wherever it fires", row(&id)),
        by => format!(
            "{} never has a say: {} together override it wherever it fires, none of them alone",
            row(&id),
            row(by)
        ),
    };
    Finding::new(code, Grade::Warning, id.into_iter().chain(by).collect(), message)
        .help("take it out, or override it less")
}
