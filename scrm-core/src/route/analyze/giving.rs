//! Is something given away? P050: an incentive for a complaint. P052: an answer in public where personal data may be.

use super::bits::Bits;
use super::finding::{Finding, Findings, Grade, Why};
use super::model::Model;
use super::region::{Point, Region};
use super::search::{self, Explorer, Presence, Spent};
use super::space::{Cells, Key};
use crate::model::{MessageType, ReplyVisibility, is_under};
use crate::route::condition::Field;
use crate::route::facet::{AskedVisibility, Facet};

pub(super) fn find(model: &mut Model<'_>, findings: &mut Findings) {
    for rule in model.setting(Facet::Incentive) {
        match rewarded(model, rule) {
            Ok(Some(Ok(finding))) => findings.push(finding),
            Ok(None) => {}
            Ok(Some(Err(id))) => findings.leave_open(Why::Disputed, "P050", id),
            Err(Spent) => findings.leave_open(Why::Spent, "P050", model.ids(&[rule]).concat()),
        }
    }
    for exposure in exposures(model) {
        for rule in model.setting(Facet::Visibility) {
            match exposed(model, rule, &exposure) {
                Ok(Some(Ok(finding))) => {
                    findings.push(finding);
                    // One is enough: the way out is a rule for all of them.
                    break;
                }
                Ok(None) => {}
                Ok(Some(Err(id))) => findings.leave_open(Why::Disputed, "P052", id),
                Err(Spent) => findings.leave_open(Why::Spent, "P052", model.ids(&[rule]).concat()),
            }
        }
    }
}

/// Messages that should not be answered in public.
struct Exposure {
    part: (usize, Bits),
    message: String,
    help: String,
}

/// Those with personal data, and those on each issue that is sensitive.
fn exposures(model: &Model<'_>) -> Vec<Exposure> {
    let personal = model.space.axis(&Key::PersonalData).map(|(place, axis)| Exposure {
        part: (place, axis.bits(|cell| cell == 1)),
        message: "a message with personal data is answered in public".to_owned(),
        help: "add a rule: `when = 'text has pii'`, `set = { visibility = \"private\" }`".to_owned(),
    });
    let mut exposures: Vec<Exposure> = personal.into_iter().collect();
    let issue = model.space.axis(&Key::One(Field::Issue));
    if let Some((place, axis)) = issue
        && let Cells::Names(names) = &axis.cells
    {
        for topic in &model.protocol.vocabulary().sensitive {
            let on_it = |cell: usize| names.get(cell).is_some_and(|name| is_under(name, topic));
            exposures.push(Exposure {
                part: (place, axis.bits(on_it)),
                message: format!("a message on `{topic}`, which is sensitive, is answered in public"),
                help: format!(
                    "add a rule: `when = 'issue under \"{topic}\"'`, `set = {{ visibility = \"private\" }}`"
                ),
            });
        }
    }
    exposures
}

/// Looks for a point of which something is true.
struct Looking<'a, 'm, F> {
    model: &'a Model<'m>,
    test: F,
}

impl<F: Fn(&Point) -> bool> Explorer for Looking<'_, '_, F> {
    type Found = Point;

    fn is_hopeless(&mut self, _: &[Presence]) -> bool {
        false
    }

    fn look(&mut self, region: &Region) -> Option<Point> {
        let point = self.model.universe.point(region);
        (self.test)(&point).then_some(point)
    }
}

/// A point in one of the `starts` for which the test holds, which depends on the facet alone.
fn look(
    model: &mut Model<'_>,
    facet: Facet,
    starts: &[Region],
    test: impl Fn(&Model<'_>, &Point) -> bool,
) -> Result<Option<Point>, Spent> {
    model.steps.ask(200);
    let mut steps = std::mem::replace(&mut model.steps, search::Steps::new(search::Budget::steps(0)));
    let found = look_with(model, facet, starts, test, &mut steps);
    model.steps = steps;
    found
}

fn look_with(
    model: &Model<'_>,
    facet: Facet,
    starts: &[Region],
    test: impl Fn(&Model<'_>, &Point) -> bool,
    steps: &mut search::Steps,
) -> Result<Option<Point>, Spent> {
    let setting = model.setting(facet);
    let rows = model.rows(&setting);
    for start in starts {
        steps.take(rows.len() as u64)?;
        if let Some(point) = model.lonely(start, &rows).filter(|point| test(model, point)) {
            return Ok(Some(point));
        }
    }
    let mut actors: Vec<Vec<&Region>> = setting.iter().map(|rule| model.rows(&[*rule])).collect();
    actors.push(model.open.iter().collect());
    actors.extend(model.never.iter().map(|(_, regions)| regions.iter().collect::<Vec<_>>()));
    for start in starts {
        let mut looking = Looking { model, test: |point: &Point| test(model, point) };
        let forbidden = &model.universe.forbidden;
        if let Some(point) = search::explore(&model.universe, forbidden, start, &actors, &mut looking, steps)?
        {
            return Ok(Some(point));
        }
    }
    Ok(None)
}

/// The parts of a rule's boxes that lie in another.
fn within(model: &Model<'_>, rule: usize, part: (usize, Bits)) -> Vec<Region> {
    let part = Region::on(part.0, part.1);
    let regions = model.active.get(rule).map_or(&[][..], |active| &active.regions);
    model.mask(&regions.iter().filter_map(|region| region.meet(&part)).collect::<Vec<_>>())
}

fn rewarded(model: &mut Model<'_>, rule: usize) -> Result<Option<Result<Finding, String>>, Spent> {
    // Who complains and asks complains: every type counts.
    let complaint = Key::Member(Field::Types, MessageType::Complaint.as_str().into());
    let Some((place, axis)) = model.space.axis(&complaint) else { return Ok(None) };
    let starts = within(model, rule, (place, axis.bits(|cell| cell == 1)));
    let Some(active) = model.active.get(rule) else { return Ok(None) };
    let (id, incentive) = (active.rule.id.to_string(), active.rule.set.incentive.clone().unwrap_or_default());
    let is_given = |model: &Model<'_>, point: &Point| {
        let outcome = model.outcome_at(Facet::Incentive, point, &model.fired(point));
        outcome.value.is_some() && outcome.by.contains(&id)
    };
    let Some(point) = look(model, Facet::Incentive, &starts, is_given)? else { return Ok(None) };
    let witness = model.witness(&point);
    if model.decide(&witness).facets.incentive.as_ref() != Some(&incentive) {
        return Ok(Some(Err(id)));
    }
    let message = format!("rule `{id}` gives `{incentive}` for a complaint");
    let finding = Finding::new("P050", Grade::Error, vec![id], message).on(Facet::Incentive).seen(witness);
    Ok(Some(Ok(finding.help("write `never_if = 'type is complaint'`: complaining must not pay"))))
}

fn exposed(
    model: &mut Model<'_>,
    rule: usize,
    exposure: &Exposure,
) -> Result<Option<Result<Finding, String>>, Spent> {
    let visibility = model.active.get(rule).and_then(|active| active.rule.set.visibility);
    let may_be_public = [AskedVisibility::AsAsked, AskedVisibility::At(ReplyVisibility::Public)]
        .map(Some)
        .contains(&visibility);
    if !may_be_public {
        return Ok(None);
    }
    let starts = within(model, rule, exposure.part.clone());
    let public = ReplyVisibility::Public.as_str();
    let is_public = |model: &Model<'_>, point: &Point| {
        model.outcome_at(Facet::Visibility, point, &model.fired(point)).value.as_deref() == Some(public)
    };
    let Some(point) = look(model, Facet::Visibility, &starts, is_public)? else { return Ok(None) };
    let witness = model.witness(&point);
    let decision = model.decide(&witness);
    let rules = decision.by.get(Facet::Visibility.as_str()).into_iter().flatten();
    let rules: Vec<String> = rules.map(ToString::to_string).collect();
    if decision.facets.visibility != Some(ReplyVisibility::Public) {
        return Ok(Some(Err(model.ids(&[rule]).concat())));
    }
    let message = exposure.message.clone();
    let finding = Finding::new("P052", Grade::Warning, rules, message).on(Facet::Visibility).seen(witness);
    Ok(Some(Ok(finding.help(exposure.help.clone()))))
}
