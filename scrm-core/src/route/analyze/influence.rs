//! Who is served better for being heard by many? P080: a facet that differs by influence where all else is equal.

use super::bits::Bits;
use super::finding::{Finding, Findings, Grade, Why};
use super::model::{Model, Outcome};
use super::region::{Point, Region};
use super::search::{self, Budget, Explorer, Presence, Spent, Steps};
use super::space::Cells;
use crate::route::facet::Facet;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    let Some((axis, _, known)) = model.influence() else { return };
    for facet in Facet::ALL {
        model.steps.ask(40);
        let mut steps = std::mem::replace(&mut model.steps, Steps::new(Budget::steps(0)));
        let pair = pair(model, *facet, axis, &known, &mut steps);
        model.steps = steps;
        match pair {
            Ok(Some((less, more))) => match finding(model, *facet, axis, &less, &more) {
                Some(finding) => findings.push(finding),
                None => findings.leave_open(Why::Disputed, "P080", facet.as_str()),
            },
            Ok(None) => {}
            Err(Spent) => findings.leave_open(Why::Spent, "P080", facet.as_str()),
        }
    }
}

fn at(point: &Point, axis: usize, cell: usize) -> Point {
    let mut other = point.clone();
    if let Some(place) = other.0.get_mut(axis) {
        *place = cell;
    }
    other
}

fn differ(model: &Model<'_>, facet: Facet, one: &Point, other: &Point) -> bool {
    let outcome = |point: &Point| model.outcome_at(facet, point, &model.fired(point));
    !outcome(one).is_same(&outcome(other))
}

/// Two points that differ in influence alone, at which a facet differs.
fn pair(
    model: &Model<'_>,
    facet: Facet,
    axis: usize,
    known: &Bits,
    steps: &mut Steps,
) -> Result<Option<(Point, Point)>, Spent> {
    let setting = model.setting(facet);
    let rows = model.rows(&setting);
    let never = model.never.iter().filter(|_| facet == Facet::Incentive && !setting.is_empty());
    let never: Vec<&Region> = never.flat_map(|(_, regions)| regions).collect();
    let sources: Vec<&Region> =
        rows.iter().chain(&never).copied().filter(|region| region.get(axis).is_some()).collect();
    for source in &sources {
        steps.take(rows.len() as u64)?;
        let Some(one) = model.lonely(source, &rows) else { continue };
        let inside = one.0.get(axis).copied().unwrap_or_default();
        for cell in known.iter().filter(|cell| *cell != inside && known.contains(inside)) {
            let other = at(&one, axis, cell);
            if model.universe.is_possible(&other) && differ(model, facet, &one, &other) {
                return Ok(Some((one, other)));
            }
        }
    }
    for source in &sources {
        let own = source.get(axis).map_or_else(|| known.clone(), |bits| bits.and(known));
        for inside in own.iter() {
            for outside in known.minus(&own).iter() {
                if let Some(pair) = explored(model, facet, axis, source, (inside, outside), steps)? {
                    return Ok(Some(pair));
                }
            }
        }
    }
    Ok(None)
}

/// The same in one box for two values of influence, through everything else.
fn explored(
    model: &Model<'_>,
    facet: Facet,
    axis: usize,
    source: &Region,
    (inside, outside): (usize, usize),
    steps: &mut Steps,
) -> Result<Option<(Point, Point)>, Spent> {
    let at_cell = |regions: &mut dyn Iterator<Item = &Region>, cell: usize| -> Vec<Region> {
        let here = regions.filter(|region| region.get(axis).is_none_or(|bits| bits.contains(cell)));
        here.map(|region| region.without(axis)).collect()
    };
    let mut owned: Vec<Vec<Region>> = vec![model.open.clone()];
    for cell in [inside, outside] {
        for rule in model.setting(facet) {
            owned.push(at_cell(&mut model.rows(&[rule]).into_iter(), cell));
        }
        for (_, regions) in &model.never {
            owned.push(at_cell(&mut regions.iter(), cell));
        }
    }
    let mut forbidden = at_cell(&mut model.universe.forbidden.iter(), inside);
    forbidden.extend(at_cell(&mut model.universe.forbidden.iter(), outside));
    let actors: Vec<Vec<&Region>> = owned.iter().map(|regions| regions.iter().collect()).collect();
    let start = source.without(axis);
    let mut comparing = Comparing { model, facet, axis, cells: (inside, outside) };
    search::explore(&model.universe, &forbidden, &start, &actors, &mut comparing, steps)
}

struct Comparing<'a, 'm> {
    model: &'a Model<'m>,
    facet: Facet,
    axis: usize,
    cells: (usize, usize),
}

impl Explorer for Comparing<'_, '_> {
    type Found = (Point, Point);

    fn is_hopeless(&mut self, _: &[Presence]) -> bool {
        false
    }

    fn look(&mut self, region: &Region) -> Option<(Point, Point)> {
        let point = self.model.universe.point(region);
        let (one, other) = (at(&point, self.axis, self.cells.0), at(&point, self.axis, self.cells.1));
        differ(self.model, self.facet, &one, &other).then_some((one, other))
    }
}

/// The finding, told from the more influential side.
fn finding(model: &Model<'_>, facet: Facet, axis: usize, one: &Point, other: &Point) -> Option<Finding> {
    let (less, more) = if one.0.get(axis) < other.0.get(axis) { (one, other) } else { (other, one) };
    let Cells::Numbers(numbers) = &model.space.axes.get(axis)?.cells else { return None };
    let influence = |point: &Point| Some(numbers.get(*point.0.get(axis)?)?.sample);
    let decided = |point: &Point| {
        let decision = model.decide(&model.witness(point));
        let conflict = decision.conflicts.iter().find(|conflict| conflict.facet == facet.as_str());
        Outcome {
            value: super::model::value(&decision.facets, facet),
            conflict: conflict.map(|conflict| conflict.values.keys().cloned().collect()).unwrap_or_default(),
            is_set: model.protocol.mandatory().contains(&facet)
                && !decision.gaps.iter().any(|gap| gap == facet.as_str()),
            by: Vec::new(),
        }
    };
    let (low, high) = (decided(less), decided(more));
    if low.is_same(&high) {
        return None;
    }
    let (at_low, at_high) = (model.fired(less), model.fired(more));
    let mut rules: Vec<usize> = at_low.iter().chain(&at_high).copied().collect();
    rules.retain(|rule| at_low.contains(rule) != at_high.contains(rule));
    let rules: Vec<usize> = model.setting(facet).into_iter().filter(|rule| rules.contains(rule)).collect();
    let (few, many) = (influence(less)?, influence(more)?);
    let message = format!(
        "`{facet}` is {} at influence {few} and {} at influence {many}, all else being equal",
        told(&low),
        told(&high)
    );
    let finding = Finding::new("P080", Grade::Info, model.ids(&rules), message).on(facet);
    Some(finding.seen(model.witness(more)).help("make sure that this is meant"))
}

fn told(outcome: &Outcome) -> String {
    match (&outcome.value, outcome.conflict.as_slice()) {
        (_, [_, ..]) => "in conflict".to_owned(),
        (Some(value), _) if !value.is_empty() => format!("`{value}`"),
        _ => "not set".to_owned(),
    }
}
