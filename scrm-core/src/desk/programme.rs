//! How far is a programme of seven steps? What was said is counted, what people planned is read, and step seven is locked
//! until step six is complete.
//!
//! Read [`Desk::programme`] first.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::{Desk, DeskError};
use crate::engage::ResponseRefusal;
use crate::engage::programme::{DayOfIssues, IssueOfDay, Programme, Survey};
use crate::engage::responses::NewDraft;
use crate::measure::OverviewTally;
use crate::model::{
    Event, HumanAuthor, IssuePlan, PersonId, ProgrammeId, ProgrammePlans, ProgrammeScope, ReplyScale, Topic,
};
use crate::record::{Receipt, Store, StoreError, SubjectKind, SubjectQuery};

/// Which lot the samples of programmes are drawn by: always the same, so that everybody reads the same messages.
const SEED: u64 = 7;

impl<S: Store> Desk<S> {
    /// A person begins a programme. From then on nobody is spoken to first before it is active.
    ///
    /// # Errors
    /// When another programme has this id, or the store fails.
    pub fn programme_begin(&mut self, scope: ProgrammeScope) -> Result<Receipt, DeskError> {
        self.check_person(&scope.person)?;
        Ok(self.store.commit(&self.tenant, &[Event::ProgrammeBegun { scope: Box::new(scope) }])?)
    }

    /// A person plans how an issue is resolved: who answers for it, and which way it goes through the company.
    ///
    /// # Errors
    /// When there is no such programme, when the path says nothing, or the owner is not of the team.
    pub fn programme_plan(
        &mut self,
        by: &HumanAuthor,
        id: &ProgrammeId,
        issue: &Topic,
        owner: &PersonId,
        path: impl Into<String>,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        self.check_person(owner)?;
        let path = path.into();
        if path.trim().is_empty() {
            return Err(DeskError::Programme(format!("a plan for `{issue}` says which way it goes")));
        }
        let raised_by = self.programme(id)?.raised.get(issue).map(|raiser| raiser.message.clone());
        let plan = IssuePlan {
            programme: id.clone(),
            issue: issue.clone(),
            owner: owner.clone(),
            path,
            raised_by,
            person: by.person().clone(),
            at: now,
        };
        Ok(self.store.commit(&self.tenant, &[Event::ProgrammePlanned { plan: Box::new(plan) }])?)
    }

    /// A person opens engagement: from now on people may be spoken to first.
    ///
    /// # Errors
    /// [`DeskError::Programme`] while one of its first six steps is not complete.
    pub fn programme_activate(
        &mut self,
        by: &HumanAuthor,
        id: &ProgrammeId,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let programme = self.programme(id)?;
        if let Some(step) = programme.steps.iter().take(6).find(|step| !step.done) {
            let fault =
                format!("step {} of `{id}` ({}) is not complete: {}", step.number, step.name, step.says);
            return Err(DeskError::Programme(fault));
        }
        let event = Event::ProgrammeActivated { programme: id.clone(), person: by.person().clone(), at: now };
        Ok(self.store.commit(&self.tenant, &[event])?)
    }

    /// A programme as it stands: its seven steps with what each shows.
    ///
    /// # Errors
    /// [`DeskError::Programme`] when there is no such programme.
    pub fn programme(&mut self, id: &ProgrammeId) -> Result<Programme, DeskError> {
        let plans = self.programmes()?.remove(id).unwrap_or_default();
        let missing = || DeskError::Programme(format!("the record has no programme `{id}`"));
        let scope = plans.scope.clone().ok_or_else(missing)?;
        let mut survey = Survey::default();
        let mut measures = OverviewTally::new(self.engine.playbook().calendars.default_calendar().tz());
        self.store.entries(&self.tenant, &mut |entry| {
            survey.message(&scope, &entry.message, &entry.assessment, SEED);
            let said = entry.message.times().said();
            let brands = &entry.assessment.hits.brands;
            let of_brand = scope.brand.as_ref().is_none_or(|brand| brands.contains(brand));
            if of_brand && said >= scope.from && scope.until.is_none_or(|until| said < until) {
                measures.entry(&entry);
            }
            ControlFlow::Continue(())
        })?;
        let days = measures.overview(None, &|brand: &str| brand.to_owned()).days;
        let issue = |issue: crate::measure::Issue| IssueOfDay {
            issue: issue.issue,
            messages: issue.messages,
            words: issue.words,
        };
        let day = |day: crate::measure::Day| DayOfIssues {
            day: day.date,
            issues: day.issues.into_iter().map(issue).collect(),
        };
        Ok(Programme::of(&survey, days.into_iter().map(day).collect(), plans))
    }

    /// What people decided of every programme, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn programmes(&mut self) -> Result<BTreeMap<ProgrammeId, ProgrammePlans>, StoreError> {
        let mut found: BTreeMap<ProgrammeId, ProgrammePlans> = BTreeMap::new();
        self.store.about(&self.tenant, &SubjectQuery::all(SubjectKind::Programme), &mut |_, event| {
            let id = match &event {
                Event::ProgrammeBegun { scope } => scope.id.clone(),
                Event::ProgrammePlanned { plan } => plan.programme.clone(),
                Event::ProgrammeActivated { programme, .. } => programme.clone(),
                _ => return ControlFlow::Continue(()),
            };
            found.entry(id).or_default().apply(&event);
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Whoever speaks to us is always answered; to speak to everyone without being asked waits for the programme.
    pub(super) fn check_lock(&mut self, new: &NewDraft) -> Result<(), DeskError> {
        if new.scale != ReplyScale::Macro || new.to.is_some() {
            return Ok(());
        }
        let waiting = self.programmes()?.into_iter().find(|(_, plans)| plans.activated.is_none());
        match waiting {
            Some((id, _)) => Err(ResponseRefusal::Locked(id.to_string()).into()),
            None => Ok(()),
        }
    }
}
