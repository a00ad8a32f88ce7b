//! Which cases have one cause? Incidents that the protocol names, that people open, and that a spike of messages opens.
//!
//! Read [`Spikes::take_in`] first: what it says of a case that has just taken up a message.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};

use super::{Desk, DeskError};
use crate::engage::SpikePolicy;
use crate::engine::Reading;
use crate::model::{
    Case, CaseChange, CaseId, Event, IdentityKey, Incident, IncidentChange, IncidentId, Message, PersonId,
    ResponseRecord, Topic,
};
use crate::record::{CaseQuery, HistoryQuery, Store, StoreError};

impl<S: Store> Desk<S> {
    /// Every incident, over or not, in the order of its id. Their cases are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn incidents(&mut self) -> Result<Vec<Incident>, StoreError> {
        self.store.incidents(&self.tenant)
    }

    /// One incident with its cases.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn incident(&mut self, id: &IncidentId) -> Result<Option<Incident>, StoreError> {
        self.store.incident(&self.tenant, id)
    }

    /// What was written for the cases of an incident, to everybody (`macro`) and to each (`micro`), case by case.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn responses_to(&mut self, id: &IncidentId) -> Result<Vec<ResponseRecord>, StoreError> {
        let mut found = Vec::new();
        for case in self.incident(id)?.map(|incident| incident.cases).unwrap_or_default() {
            for (_, event) in self.case_log(&case)? {
                if let Event::Responded { response } = event {
                    found.push(*response);
                }
            }
        }
        Ok(found)
    }

    /// A person says that an incident begins. One that is open stays as it is.
    ///
    /// # Errors
    /// When the person is not of the team.
    pub fn open_incident(
        &mut self,
        id: &IncidentId,
        issue: Option<Topic>,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        self.check_person(by)?;
        let change = IncidentChange::Opened { issue, spike: None, by: Some(by.clone()) };
        self.store.commit(&self.tenant, &[changed(id, now, change)])?;
        Ok(())
    }

    /// A person says that an incident is over. One that is not open stays as it is.
    ///
    /// # Errors
    /// When the person is not of the team.
    pub fn close_incident(
        &mut self,
        id: &IncidentId,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        self.check_person(by)?;
        let change = IncidentChange::Closed { by: Some(by.clone()) };
        self.store.commit(&self.tenant, &[changed(id, now, change)])?;
        Ok(())
    }

    /// A person says that a case is part of an incident, which begins with it when it is not open.
    ///
    /// # Errors
    /// When the person is not of the team, or there is no such case.
    pub fn join_incident(
        &mut self,
        case: &CaseId,
        incident: &IncidentId,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Case, DeskError> {
        self.check_person(by)?;
        self.act(case, |case| {
            let begins =
                IncidentChange::Opened { issue: case.issue.clone(), spike: None, by: Some(by.clone()) };
            Ok(vec![changed(incident, now, begins), joins(&case.id, incident, now, Some(by))])
        })
    }

    /// What is counted to find spikes, for one group of messages; `None` when nobody asks for that.
    pub(super) fn spikes(&mut self, fresh: &[Message], readings: &[Reading]) -> Result<Spikes, StoreError> {
        let mut spikes =
            Spikes { policy: self.engine.playbook().engage.incidents.clone(), ..Spikes::default() };
        for incident in self.store.incidents(&self.tenant)? {
            if incident.closed.is_none() {
                spikes.open.insert(incident.id);
            }
        }
        let first = fresh.iter().map(|message| message.times().observed).min();
        let (Some(policy), Some(first)) = (&spikes.policy, first) else { return Ok(spikes) };
        let issues: BTreeSet<&Topic> =
            readings.iter().filter_map(|reading| reading.classification.issue()).collect();
        let issues: Vec<Topic> = issues.into_iter().cloned().collect();
        let since = first - policy.window - policy.baseline;
        for issue in issues {
            let raised = self.store.raised(&self.tenant, &issue, since)?;
            spikes.raised.insert(issue, raised);
        }
        Ok(spikes)
    }

    /// The open cases of others who raised the issue within the window: they are part of what has just begun.
    pub(super) fn raised_before(&mut self, begun: &Begun) -> Result<Vec<Case>, StoreError> {
        let authors: Vec<IdentityKey> = begun.authors.iter().cloned().collect();
        let query = CaseQuery { authors, ..CaseQuery::default() };
        let cases = self.store.open_cases(&self.tenant, &query)?;
        let theirs = |case: &Case| case.issue.as_ref() == Some(&begun.issue) && case.incident.is_none();
        Ok(cases.into_iter().filter(theirs).collect())
    }

    /// Closes what a spike opened and what is over; how many that are.
    pub(super) fn close_spikes(&mut self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let Some(policy) = self.engine.playbook().engage.incidents.clone() else { return Ok(0) };
        let mut events = Vec::new();
        for incident in self.store.incidents(&self.tenant)? {
            let Incident { id, closed: None, issue: Some(issue), spike: Some(_), .. } = incident else {
                continue;
            };
            let query = HistoryQuery { authors: Vec::new(), issues: vec![issue], since: now - policy.window };
            let raised = self.store.history(&self.tenant, &query)?;
            let count = raised.issues.iter().flatten().filter(|at| **at <= now).count() as u64;
            if policy.is_over(count) && incident.opened <= now - policy.window {
                events.push(changed(&id, now, IncidentChange::Closed { by: None }));
            }
        }
        if events.is_empty() {
            return Ok(0);
        }
        Ok(self.store.commit(&self.tenant, &events)?.appended)
    }
}

/// When an issue was raised, and by whom.
type Raised = (DateTime<Utc>, Option<IdentityKey>);

/// What is known of incidents while a group of messages is taken in.
#[derive(Default)]
pub(super) struct Spikes {
    policy: Option<SpikePolicy>,
    open: BTreeSet<IncidentId>,
    /// When each issue was raised, and by whom, in the order of time.
    raised: BTreeMap<Topic, Vec<Raised>>,
}

/// An incident that a spike has just begun.
pub(super) struct Begun {
    pub(super) incident: IncidentId,
    pub(super) issue: Topic,
    authors: BTreeSet<IdentityKey>,
}

impl Spikes {
    /// Notes a message that raised an issue.
    pub(super) fn add(&mut self, message: &Message, issue: &Topic) {
        if self.policy.is_some() {
            let raised = self.raised.entry(issue.clone()).or_default();
            let entry = (message.times().observed, message.author_key().cloned());
            let place = raised.partition_point(|(at, _)| *at <= entry.0);
            raised.insert(place, entry);
        }
    }

    /// Says of a case that has just taken up a message which incident it is part of, if any, and what begins by that.
    pub(super) fn take_in(&mut self, case: &mut Case, at: DateTime<Utc>) -> (Option<Event>, Option<Begun>) {
        let mut begun = None;
        let mut spike = None;
        if case.incident.is_none()
            && let Some(issue) = case.issue.clone()
            && let Ok(id) = IncidentId::new(issue.as_str())
        {
            spike = self.spike(&issue, at);
            if self.open.contains(&id) || spike.is_some() {
                case.incident = Some(id.clone());
            }
            if spike.is_some() && !self.open.contains(&id) {
                let since = self.policy.as_ref().map_or(Duration::zero(), |policy| policy.window);
                let raised = self.raised.get(&issue).map(Vec::as_slice).unwrap_or_default();
                let recent = raised.iter().filter(|(then, _)| *then > at - since);
                let authors = recent.filter_map(|(_, author)| author.clone()).collect();
                begun = Some(Begun { incident: id, issue, authors });
            }
        }
        let Some(id) = case.incident.clone().filter(|id| !self.open.contains(id)) else {
            return (None, None);
        };
        self.open.insert(id.clone());
        let change = IncidentChange::Opened { issue: case.issue.clone(), spike, by: None };
        (Some(changed(&id, at, change)), begun)
    }

    fn spike(&self, issue: &Topic, at: DateTime<Utc>) -> Option<crate::model::Spike> {
        let policy = self.policy.as_ref()?;
        let raised = self.raised.get(issue)?;
        let until = |time: DateTime<Utc>| raised.partition_point(|(then, _)| *then <= time) as u64;
        let (now, begin) = (until(at), until(at - policy.window));
        policy.spike(now - begin, begin - until(at - policy.window - policy.baseline))
    }
}

fn changed(id: &IncidentId, at: DateTime<Utc>, change: IncidentChange) -> Event {
    Event::IncidentChanged { incident: id.clone(), at, change: Box::new(change) }
}

pub(super) fn joins(case: &CaseId, incident: &IncidentId, at: DateTime<Utc>, by: Option<&PersonId>) -> Event {
    let change = Box::new(CaseChange::JoinedIncident { incident: incident.clone() });
    Event::CaseChanged { case: case.clone(), at, by: by.cloned(), change }
}
