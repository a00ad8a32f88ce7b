//! What do several rules say together? One merge law per facet, whatever the order of the rules.
//!
//! | facet | when several rules set it |
//! |---|---|
//! | `department`, `owner`, `incident`, `incentive` | must agree, else a conflict |
//! | `visibility` | the most restrictive |
//! | `respond`, `advocacy`, `record` | the least that covers all |
//! | `priority` | the highest, which is the least number |
//! | `sla`, `skills`, `tags`, `approve`, `notify` | all of them |
//! | `escalate` | the highest rung of each ladder |
//! | `hold` | held when one says so |

use std::collections::{BTreeMap, BTreeSet};

use super::facet::{Facet, FacetSet, Settings};
use crate::model::{Conflict, Department, Facets, ReplyScale, RuleId};

/// What one rule that fired sets, without the facets on which it is silenced.
pub(super) struct Offer<'a> {
    pub(super) rule: &'a RuleId,
    pub(super) set: &'a Settings,
    pub(super) silent: FacetSet,
}

/// What the rules say together.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) facets: Facets,
    /// The rules to which each facet owes its value.
    pub(super) by: BTreeMap<Facet, Vec<RuleId>>,
    pub(super) conflicts: Vec<Conflict>,
    /// The facets that some rule set, those in conflict included.
    pub(super) set: FacetSet,
}

/// Merges what the rules say; `open` is whether strangers can see the message.
pub(super) fn merge(offers: &[Offer<'_>], open: bool) -> Merged {
    let mut merged = Merged::default();
    let m = &mut merged;
    m.facets.department = m.agree_on_department(offers);
    m.facets.owner = m.agree(offers, Facet::Owner, |set| set.owner.as_deref());
    m.facets.incident = m.agree(offers, Facet::Incident, |set| set.incident.as_deref());
    m.facets.incentive = m.agree(offers, Facet::Incentive, |set| set.incentive.as_deref());
    m.facets.visibility =
        m.best(offers, Facet::Visibility, Ord::max, |set| set.visibility.map(|asked| asked.resolve(open)));
    m.facets.priority = m.best(offers, Facet::Priority, Ord::min, |set| set.priority);
    m.facets.advocacy = m.best(offers, Facet::Advocacy, Ord::max, |set| set.advocacy);
    m.facets.record = m.best(offers, Facet::Record, Ord::max, |set| set.record);
    m.facets.hold = m.best(offers, Facet::Hold, Ord::max, |set| set.hold).unwrap_or(false);
    m.facets.respond = m.respond(offers);
    m.facets.escalate = m.climb(offers);
    m.facets.sla = m.union(offers, Facet::Sla, |set| &set.sla);
    m.facets.skills = m.union(offers, Facet::Skills, |set| &set.skills);
    m.facets.tags = m.union(offers, Facet::Tags, |set| &set.tags);
    m.facets.approve = m.union(offers, Facet::Approve, |set| &set.approve);
    m.facets.notify = m.union(offers, Facet::Notify, |set| &set.notify);
    // The order of the facets, not that of the calls above.
    let place = |conflict: &Conflict| Facet::parse(&conflict.facet);
    merged.conflicts.sort_by_key(place);
    merged
}

/// What the rules that are not silenced say on a facet.
fn said<'a, T>(
    offers: &'a [Offer<'a>],
    facet: Facet,
    get: impl Fn(&'a Settings) -> Option<T> + 'a,
) -> impl Iterator<Item = (&'a RuleId, T)> {
    let heard = offers.iter().filter(move |offer| !offer.silent.contains(facet));
    heard.filter_map(move |offer| Some((offer.rule, get(offer.set)?)))
}

impl Merged {
    fn credit(&mut self, facet: Facet, rule: &RuleId) {
        self.set.insert(facet);
        self.by.entry(facet).or_default().push(rule.clone());
    }

    fn agree_on_department(&mut self, offers: &[Offer<'_>]) -> Option<Department> {
        let name = |set: &Settings| set.department.clone();
        self.agree(offers, Facet::Department, |set| set.department.as_ref().map(Department::as_str))?;
        // They agree, so any of them is the one.
        said(offers, Facet::Department, name).map(|(_, department)| department).next()
    }

    fn agree(
        &mut self,
        offers: &[Offer<'_>],
        facet: Facet,
        get: fn(&Settings) -> Option<&str>,
    ) -> Option<String> {
        let mut all = said(offers, facet, get);
        let first = all.next()?.1;
        if all.all(|(_, value)| value == first) {
            said(offers, facet, get).for_each(|(rule, _)| self.credit(facet, rule));
            return Some(first.to_owned());
        }
        let mut values: BTreeMap<String, Vec<RuleId>> = BTreeMap::new();
        for (rule, value) in said(offers, facet, get) {
            values.entry(value.to_owned()).or_default().push(rule.clone());
        }
        self.set.insert(facet);
        self.conflicts.push(Conflict { facet: facet.as_str().to_owned(), values });
        None
    }

    /// One value of an order; the rules that said it get the credit.
    fn best<T: Ord + Copy>(
        &mut self,
        offers: &[Offer<'_>],
        facet: Facet,
        better: fn(T, T) -> T,
        get: impl Fn(&Settings) -> Option<T>,
    ) -> Option<T> {
        let best = said(offers, facet, &get).map(|(_, value)| value).reduce(better)?;
        let sayers = said(offers, facet, &get).filter(|(_, value)| *value == best);
        sayers.for_each(|(rule, _)| self.credit(facet, rule));
        Some(best)
    }

    fn respond(&mut self, offers: &[Offer<'_>]) -> Option<ReplyScale> {
        let get = |set: &Settings| set.respond;
        let scale = said(offers, Facet::Respond, get).map(|(_, scale)| scale).reduce(ReplyScale::join)?;
        for (rule, said) in said(offers, Facet::Respond, get) {
            if said != ReplyScale::None || scale == ReplyScale::None {
                self.credit(Facet::Respond, rule);
            }
        }
        Some(scale)
    }

    fn climb(&mut self, offers: &[Offer<'_>]) -> BTreeMap<String, u8> {
        let mut rungs: BTreeMap<String, u8> = BTreeMap::new();
        for (_, climb) in said(offers, Facet::Escalate, |set| set.escalate.as_ref()) {
            let rung = rungs.entry(climb.ladder.clone()).or_insert(climb.rung);
            *rung = climb.rung.max(*rung);
        }
        for (rule, climb) in said(offers, Facet::Escalate, |set| set.escalate.as_ref()) {
            if rungs.get(&climb.ladder) == Some(&climb.rung) {
                self.credit(Facet::Escalate, rule);
            }
        }
        rungs
    }

    fn union(
        &mut self,
        offers: &[Offer<'_>],
        facet: Facet,
        get: fn(&Settings) -> &BTreeSet<String>,
    ) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for (rule, names) in said(offers, facet, |set| Some(get(set)).filter(|names| !names.is_empty())) {
            self.credit(facet, rule);
            all.extend(names.iter().cloned());
        }
        all
    }
}
