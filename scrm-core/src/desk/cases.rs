//! What do people of the team do with cases? Each act is decided on the case as it is, and recorded if it still is so.
//!
//! Read [`Desk::claim`] first. Of two people who act on one case at one time, in one process or in two, the second one is
//! told what the first one did.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::{ATTEMPTS, Desk, DeskError};
use crate::engage::{self, Refusal};
use crate::model::{Case, CaseId, Department, Event, PersonId, Presence, PresenceKind, WaitingOn};
use crate::record::{CaseAt, CommitOptions, Store, StoreError, StoreErrorKind};

impl<S: Store> Desk<S> {
    /// A person takes a case to answer it, for as long as `[cases]` of `team.toml` says; who has it already, has it for
    /// longer.
    ///
    /// ```
    /// use scrm_core::desk::{Desk, DeskError};
    /// use scrm_core::engage::Refusal;
    /// use scrm_core::engine::Engine;
    /// use scrm_core::model::PersonId;
    /// use scrm_core::playbook::Playbook;
    /// use scrm_core::record::MemoryStore;
    /// # let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    /// let playbook = Playbook::load(format!("{root}/examples/playbooks/northwind")).unwrap();
    /// let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    /// let message = serde_json::from_str(r#"{"source":"x","external_id":"1","kind":"post",
    ///     "visibility":"public","text":"@northwind how do I cancel?","times":{"created":"2026-11-02T08:14:00Z"}}"#).unwrap();
    /// let now = "2026-11-02T08:15:00Z".parse().unwrap();
    /// let case = desk.receive(vec![message], now).unwrap()[0].case.clone().unwrap();
    /// let (ada, bram) = (PersonId::new("ada").unwrap(), PersonId::new("bram").unwrap());
    /// desk.claim(&case, &ada, now).unwrap();
    /// match desk.claim(&case, &bram, now) {
    ///     Err(DeskError::Refused(Refusal::Claimed { claim, .. })) => assert_eq!(claim.person, ada),
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    ///
    /// # Errors
    /// When somebody else is answering it (who, since when, and what they have written so far), it came to its end, or the
    /// person is not of the team.
    pub fn claim(&mut self, case: &CaseId, person: &PersonId, now: DateTime<Utc>) -> Result<Case, DeskError> {
        self.check_person(person)?;
        let policy = self.policy.clone();
        self.act(case, |case| engage::claim(case, person, now, &policy))
    }

    /// A person lets a case go that they claimed.
    ///
    /// # Errors
    /// When nobody claimed it, or somebody else did.
    pub fn release(
        &mut self,
        case: &CaseId,
        person: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Case, DeskError> {
        self.check_person(person)?;
        self.act(case, |case| engage::release(case, person, now))
    }

    /// A person gives a case to another department, or to a person of it, and says why.
    ///
    /// # Errors
    /// When there is no such department, somebody is not of the team, somebody else is answering the case, it came to its
    /// end, or it was handed over too often.
    pub fn hand_over(
        &mut self,
        case: &CaseId,
        department: &Department,
        person: Option<&PersonId>,
        reason: &str,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Case, DeskError> {
        self.check_person(by)?;
        let team = &self.engine.playbook().team;
        if !team.departments.contains_key(department) {
            return Err(DeskError::NoSuchDepartment(department.clone()));
        }
        if let Some(person) = person {
            self.check_person(person)?;
        }
        let policy = self.policy.clone();
        self.act(case, |case| {
            engage::hand_over(case, department.clone(), person.cloned(), reason, by, now, &policy)
        })
    }

    /// From now on it is somebody else's turn, and clocks stand still as the protocol says.
    ///
    /// # Errors
    /// When the person is not of the team, somebody else is answering the case, or it came to its end.
    pub fn wait(
        &mut self,
        case: &CaseId,
        on: WaitingOn,
        reason: &str,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Case, DeskError> {
        self.check_person(by)?;
        self.act(case, |case| engage::wait(case, on, reason, by, now))
    }

    /// Work on a case goes on.
    ///
    /// # Errors
    /// When it waits for nobody, somebody else is answering it, or it came to its end.
    pub fn resume(&mut self, case: &CaseId, by: &PersonId, now: DateTime<Utc>) -> Result<Case, DeskError> {
        self.check_person(by)?;
        self.act(case, |case| engage::resume(case, by, now))
    }

    /// The matter is done with.
    ///
    /// # Errors
    /// When it was before, somebody else is answering it, or the person is not of the team.
    pub fn resolve(&mut self, case: &CaseId, by: &PersonId, now: DateTime<Utc>) -> Result<Case, DeskError> {
        self.check_person(by)?;
        self.act(case, |case| engage::resolve(case, by, now))
    }

    /// The matter was not done with after all.
    ///
    /// # Errors
    /// When the case is open, or the person is not of the team.
    pub fn reopen(
        &mut self,
        case: &CaseId,
        reason: &str,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Case, DeskError> {
        self.check_person(by)?;
        self.act(case, |case| engage::reopen(case, reason, by, now))
    }

    /// One case as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn case(&mut self, id: &CaseId) -> Result<Option<CaseAt>, StoreError> {
        self.store.case(&self.tenant, id)
    }

    /// What happened to a case, in the order of the log, each with its number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn case_log(&mut self, id: &CaseId) -> Result<Vec<(u64, Event)>, StoreError> {
        let mut events = Vec::new();
        self.store.case_log(&self.tenant, id, &mut |seq, event| {
            events.push((seq, event));
            ControlFlow::Continue(())
        })?;
        Ok(events)
    }

    /// Somebody of the team is away from now on, until a time or until they are [`back`](Self::back): they are given
    /// nothing.
    ///
    /// # Errors
    /// When they are not of the team.
    pub fn away(
        &mut self,
        person: &PersonId,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        self.say(person, PresenceKind::Away, until, now)
    }

    /// Somebody of the team is there again, whatever was said of their absence before, here or in the playbook.
    ///
    /// # Errors
    /// When they are not of the team.
    pub fn back(&mut self, person: &PersonId, now: DateTime<Utc>) -> Result<(), DeskError> {
        self.say(person, PresenceKind::Here, None, now)
    }

    /// Somebody has left the team; they stay in the playbook for what they have done.
    ///
    /// # Errors
    /// When they are not of the team.
    pub fn left(&mut self, person: &PersonId, now: DateTime<Utc>) -> Result<(), DeskError> {
        self.say(person, PresenceKind::Left, None, now)
    }

    fn say(
        &mut self,
        person: &PersonId,
        presence: PresenceKind,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        self.check_person(person)?;
        let presence = Presence { person: person.clone(), presence, from: now, until };
        self.store.commit(&self.tenant, &[Event::PresenceChanged { presence }])?;
        Ok(())
    }

    /// Decides on the case as it is and records what follows, if nothing happened to it meanwhile; else it is decided
    /// again. The case as it is then.
    pub(super) fn act(
        &mut self,
        id: &CaseId,
        decide: impl Fn(&Case) -> Result<Vec<Event>, Refusal>,
    ) -> Result<Case, DeskError> {
        let mut tried = 1;
        loop {
            let CaseAt { case, revision } = self.known(id)?;
            let events = match decide(&case) {
                Ok(events) => events,
                Err(refusal) => return Err(DeskError::Refused(self.with_draft(id, refusal)?)),
            };
            let unchanged = vec![(id.clone(), revision)];
            let options = CommitOptions { unchanged, ..CommitOptions::default() };
            match self.store.commit_with(&self.tenant, &events, &options) {
                Err(error) if error.kind() == StoreErrorKind::Stale && tried < ATTEMPTS => tried += 1,
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    let after = |case: Case, event: &Event| Case::after(Some(&case), event).unwrap_or(case);
                    return Ok(events.iter().fold(case, after));
                }
            }
        }
    }

    pub(super) fn known(&mut self, id: &CaseId) -> Result<CaseAt, DeskError> {
        self.store.case(&self.tenant, id)?.ok_or_else(|| DeskError::NoSuchCase(id.clone()))
    }

    /// Whoever comes second is shown what the first one has written.
    pub(super) fn with_draft(&mut self, id: &CaseId, refusal: Refusal) -> Result<Refusal, StoreError> {
        let Refusal::Claimed { claim, .. } = refusal else { return Ok(refusal) };
        let written = self.responses(id)?.into_iter().rev().filter_map(|state| state.unsent());
        let written = written.into_iter().find(|draft| draft.author == claim.person).map(Box::new);
        let draft = match written {
            Some(written) => Some(written),
            None => {
                let events = self.case_log(id)?;
                engage::draft_of(events.iter().map(|(_, event)| event), &claim.person)
            }
        };
        Ok(Refusal::Claimed { claim, draft })
    }
}
