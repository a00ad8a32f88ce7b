//! Which rules change nothing? P021: without one, every message gets the same facets, conflicts, gaps and reviews.
//!
//! A rule through which one of two others overrides the other is never called redundant: to take it out would break
//! the chain.

use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::region::{Point, Region};
use super::search::{self, Budget, Explorer, Presence, Spent, Steps};
use crate::model::ReplyScale;
use crate::route::facet::{AskedVisibility, Facet, Settings};
use crate::route::protocol::OnUnknown;

/// Boxes of a rule in which a quick look is taken.
const QUICK: usize = 8;

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    let parts = 100 + 4 * model.active.len();
    for rule in 0..model.active.len() {
        let id = model.ids(&[rule]).concat();
        // Of a rule that never holds or is never heard, or that another repeats, more is said elsewhere.
        if findings.has(&["P003", "P010", "P011", "P012"], &id) {
            continue;
        }
        model.steps.ask(parts);
        let mut steps = std::mem::replace(&mut model.steps, Steps::new(Budget::steps(0)));
        let redundant = is_redundant(model, rule, &mut steps);
        model.steps = steps;
        match redundant {
            Ok(true) => {
                let message =
                    format!("rule `{id}` changes nothing: without it, the same is decided everywhere");
                let finding = Finding::new("P021", Grade::Info, vec![id], message);
                findings.push(finding.help("take it out, or say what it is for"));
            }
            Ok(false) => {}
            Err(Spent) => findings.leave_open(Why::Spent, "P021", id),
        }
    }
}

fn is_redundant(model: &Model<'_>, rule: usize, steps: &mut Steps) -> Result<bool, Spent> {
    let Some(active) = model.active.get(rule) else { return Ok(false) };
    let left_out = model
        .too_large
        .iter()
        .any(|other| active.facets.iter().any(|facet| other.set.facets().contains(facet)));
    if left_out
        || !fires_somewhere(model, rule, steps)?
        || links_others(model, rule)
        || asks_for_review(model, rule, steps)?
    {
        return Ok(false);
    }
    let facets: Vec<Facet> = active.facets.iter().collect();
    let mut sharing: Vec<usize> = facets.iter().flat_map(|facet| model.setting(*facet)).collect();
    sharing.sort_unstable();
    sharing.dedup();
    sharing.retain(|other| *other != rule);
    let rows = model.rows(&sharing);
    for region in active.regions.iter().take(QUICK) {
        steps.take(rows.len() as u64)?;
        if let Some(point) = model.lonely(region, &rows)
            && facets.iter().any(|facet| changes(model, rule, *facet, &point))
        {
            return Ok(false);
        }
    }
    for facet in facets {
        if changes_somewhere(model, rule, facet, steps)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a facet is decided otherwise without a rule that fires at a point.
fn changes(model: &Model<'_>, rule: usize, facet: Facet, point: &Point) -> bool {
    let fired = model.fired(point);
    let without: Vec<usize> = fired.iter().copied().filter(|other| *other != rule).collect();
    !model.outcome_at(facet, point, &fired).is_same(&model.outcome_at(facet, point, &without))
}

fn fires_somewhere(model: &Model<'_>, rule: usize, steps: &mut Steps) -> Result<bool, Spent> {
    for region in model.active.get(rule).map_or(&[][..], |active| &active.regions) {
        if search::find(&model.universe, region, &[], steps)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one rule overrides another through this one alone.
fn links_others(model: &Model<'_>, rule: usize) -> bool {
    let Some(place) = model.active.get(rule).map(|active| active.place) else { return false };
    let rules = model.protocol.rules();
    let silences = |by: usize, silent: usize| {
        model.router.compiled().rules.get(by).is_some_and(|by| by.silences.contains(silent))
    };
    let above: Vec<usize> = (0..rules.len()).filter(|by| silences(*by, place)).collect();
    let below: Vec<usize> = (0..rules.len()).filter(|silent| silences(place, *silent)).collect();
    if above.is_empty() || below.is_empty() {
        return false;
    }
    let at = |id: &str| rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok();
    above.into_iter().any(|by| {
        let (mut reached, mut todo) = (vec![false; rules.len()], vec![by]);
        while let Some(next) = todo.pop() {
            for other in rules.get(next).into_iter().flat_map(|rule| &rule.overrides) {
                let Some(other) = at(other.as_str()).filter(|other| *other != place) else { continue };
                if let Some(reached) = reached.get_mut(other).filter(|reached| !**reached) {
                    *reached = true;
                    todo.push(other);
                }
            }
        }
        below.iter().any(|silent| reached.get(*silent) == Some(&false))
    })
}

/// Whether a rule asks for a person's review somewhere.
fn asks_for_review(model: &Model<'_>, rule: usize, steps: &mut Steps) -> Result<bool, Spent> {
    let Some(active) = model.active.get(rule) else { return Ok(false) };
    if active.rule.on_unknown.unwrap_or(model.protocol.on_unknown()) != OnUnknown::Review {
        return Ok(false);
    }
    let Some(unknown) = model.unknown_of(active.rule) else { return Ok(true) };
    for region in &unknown {
        if search::find(&model.universe, region, &[], steps)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn changes_somewhere(model: &Model<'_>, rule: usize, facet: Facet, steps: &mut Steps) -> Result<bool, Spent> {
    let Some(active) = model.active.get(rule) else { return Ok(false) };
    let mut others = model.setting(facet);
    let meets = |other: usize| {
        let rows = model.rows(&[other]);
        rows.iter().any(|row| active.regions.iter().any(|region| !region.is_disjoint(row)))
    };
    others.retain(|other| *other != rule && meets(*other));
    let mut actors: Vec<Vec<&Region>> = others.iter().map(|other| model.rows(&[*other])).collect();
    if facet == Facet::Visibility {
        actors.push(model.open.iter().collect());
    }
    if facet == Facet::Incentive {
        actors.extend(model.never.iter().map(|(_, regions)| regions.iter().collect::<Vec<_>>()));
    }
    for region in &active.regions {
        let mut removing = Removing { model, rule, facet, others: &others };
        let forbidden = &model.universe.forbidden;
        let found = search::explore(&model.universe, forbidden, region, &actors, &mut removing, steps)?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Removing<'a, 'm> {
    model: &'a Model<'m>,
    rule: usize,
    facet: Facet,
    others: &'a [usize],
}

impl Explorer for Removing<'_, '_> {
    type Found = ();

    /// A rule that is silenced says nothing; nor does one when another that is heard says as much, as long as it
    /// silences nobody itself.
    fn is_hopeless(&mut self, presence: &[Presence]) -> bool {
        let there = || self.others.iter().copied().zip(presence);
        let is_in = |presence: &Presence| *presence == Presence::In;
        if there().any(|(other, presence)| is_in(presence) && self.model.silences(other, self.rule)) {
            return true;
        }
        let may_be = |presence: &Presence| *presence != Presence::Out;
        if there().any(|(other, presence)| may_be(presence) && self.model.silences(self.rule, other)) {
            return false;
        }
        let set = |at: usize| self.model.active.get(at).map(|active| &active.rule.set);
        let Some(own) = set(self.rule) else { return false };
        there().filter(|(_, presence)| is_in(presence)).any(|(other, _)| {
            set(other).is_some_and(|said| says_as_much(said, own, self.facet))
                && !there().any(|(by, presence)| may_be(presence) && self.model.silences(by, other))
        })
    }

    fn look(&mut self, region: &Region) -> Option<()> {
        let point = self.model.universe.point(region);
        changes(self.model, self.rule, self.facet, &point).then_some(())
    }
}

/// Whether what one rule says on a facet makes what another says superfluous.
fn says_as_much(said: &Settings, own: &Settings, facet: Facet) -> bool {
    match facet {
        Facet::Department => said.department == own.department,
        Facet::Owner => said.owner == own.owner,
        Facet::Incident => said.incident == own.incident,
        Facet::Incentive => said.incentive == own.incentive,
        Facet::Visibility => match (said.visibility, own.visibility) {
            (Some(AskedVisibility::At(said)), Some(AskedVisibility::At(own))) => said >= own,
            (said, own) => said == own,
        },
        Facet::Respond => {
            said.respond.zip(own.respond).is_some_and(|(said, own)| ReplyScale::join(said, own) == said)
        }
        Facet::Priority => said.priority <= own.priority,
        Facet::Advocacy => said.advocacy >= own.advocacy,
        Facet::Hold => said.hold >= own.hold,
        Facet::Record => said.record >= own.record,
        Facet::Escalate => said
            .escalate
            .as_ref()
            .zip(own.escalate.as_ref())
            .is_some_and(|(said, own)| said.ladder == own.ladder && said.rung >= own.rung),
        Facet::Sla => own.sla.is_subset(&said.sla),
        Facet::Skills => own.skills.is_subset(&said.skills),
        Facet::Tags => own.tags.is_subset(&said.tags),
        Facet::Approve => own.approve.is_subset(&said.approve),
        Facet::Notify => own.notify.is_subset(&said.notify),
    }
}
