//! Who of the team could take a case now? The playbook, what was said of people's presence, and what they have to do.

use chrono::{DateTime, Utc};

use super::{ATTEMPTS, Desk, DeskError};
use crate::calendar::{Calendar, Person};
use crate::engage::{self, AssignPolicy, Seat, Wanted};
use crate::model::{Assignment, Case, CaseChange, CaseId, Event, PersonId, PresenceKind};
use crate::record::{CaseAt, CommitOptions, Staff, Store, StoreError, StoreErrorKind};

impl<S: Store> Desk<S> {
    /// Gives a case to somebody of its department who is there, can do what it asks for and has room, as `[assign]` of
    /// `team.toml` says; to a queue when nobody has room; to nobody, with the reason, when there is none.
    ///
    /// # Errors
    /// When there is no such case, it came to its end, or somebody is answering it.
    pub fn assign(&mut self, case: &CaseId, now: DateTime<Utc>) -> Result<Assignment, DeskError> {
        let policy = self.engine.playbook().engage.assign.clone().unwrap_or_default();
        let mut tried = 1;
        loop {
            let CaseAt { case, revision } = self.known(case)?;
            let staff = self.store.staff(&self.tenant)?;
            let log: Vec<Event> = self.case_log(&case.id)?.into_iter().map(|(_, event)| event).collect();
            let to = engage::assign(
                &wanted(&case, &log, &policy, now),
                &self.seats(&staff, &policy, now),
                &policy,
                now,
            );
            let events = match engage::give(&case, to.clone(), None, now) {
                Ok(events) => events,
                Err(refusal) => return Err(DeskError::Refused(self.with_draft(&case.id, refusal)?)),
            };
            let chosen = to.person().map(|person| row_of(&staff, person));
            let options = CommitOptions {
                unchanged: vec![(case.id, revision)],
                staff: chosen.into_iter().collect(),
                ..CommitOptions::default()
            };
            match self.store.commit_with(&self.tenant, &events, &options) {
                Err(error) if error.kind() == StoreErrorKind::Stale && tried < ATTEMPTS => tried += 1,
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(to),
            }
        }
    }

    /// A person of the team gives a case to another, or to themselves.
    ///
    /// # Errors
    /// When one of them is not of the team, somebody else is answering the case, or it came to its end.
    pub fn assign_to(
        &mut self,
        case: &CaseId,
        person: &PersonId,
        by: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Case, DeskError> {
        self.check_person(person)?;
        self.check_person(by)?;
        let to = Assignment::Person { person: person.clone(), at: now };
        self.act(case, |case| engage::give(case, to.clone(), Some(by), now))
    }

    /// The team as assigners see it: who is there, what everybody can do and has to do.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team(&mut self, now: DateTime<Utc>) -> Result<Vec<Seat>, StoreError> {
        let policy = self.engine.playbook().engage.assign.clone().unwrap_or_default();
        let staff = self.store.staff(&self.tenant)?;
        Ok(self.seats(&staff, &policy, now))
    }

    pub(super) fn seats(&self, staff: &[Staff], policy: &AssignPolicy, now: DateTime<Utc>) -> Vec<Seat> {
        let people = self.engine.playbook().team.people.values();
        let seat = |person: &Person| {
            let row = row_of(staff, &person.id);
            let weight = |(channel, cases): (&Option<_>, &u64)| {
                u64::from(policy.weight(Option::as_ref(channel))).saturating_mul(*cases)
            };
            let load: u64 = row.cases.iter().map(weight).fold(0, u64::saturating_add);
            Seat {
                person: person.id.clone(),
                departments: person.departments.clone(),
                skills: person.levels.clone(),
                roles: person.roles.clone(),
                capacity: person.at_once.unwrap_or(policy.at_once),
                load: u32::try_from(load).unwrap_or(u32::MAX),
                absent: self.absence(person, &row, now).map(str::to_owned),
                last_assigned: row.last_assigned,
            }
        };
        people.map(seat).collect()
    }

    /// Why somebody is not there, when they are not.
    fn absence(&self, person: &Person, row: &Staff, now: DateTime<Utc>) -> Option<&'static str> {
        let calendars = &self.engine.playbook().calendars;
        let team = &self.engine.playbook().team;
        let named = |id: &String| calendars.get_or_default(id);
        let own = person.calendar.as_ref().map(named);
        let departments = || {
            let entries = person.departments.iter().filter_map(|id| team.departments.get(id.as_str()));
            let hours = |entry: &crate::calendar::DepartmentEntry| entry.calendar.clone().unwrap_or_default();
            entries.map(|entry| named(&hours(entry))).collect::<Vec<&Calendar>>()
        };
        let calendars_of = own.map_or_else(departments, |own| vec![own]);
        let zone = calendars_of.first().copied().unwrap_or_else(|| calendars.default_calendar());
        let (said, today) = (row.presence.as_ref(), zone.local_date(now));
        if person.has_left(today)
            || said.is_some_and(|said| said.presence == PresenceKind::Left && said.from <= now)
        {
            return Some("left");
        }
        // Whoever says that they are back is back, though the playbook has them away.
        let back = said.filter(|said| said.presence == PresenceKind::Here && said.from <= now);
        let back = back.map(|said| zone.local_date(said.from));
        let stands = |away: &&crate::calendar::Away| back.is_none_or(|back| back < away.from);
        let away = person.away.iter().filter(stands).any(|away| (away.from..=away.to).contains(&today));
        if away || said.is_some_and(|said| said.is_absent(now)) {
            return Some("away");
        }
        let on_duty = calendars_of.is_empty() || calendars_of.iter().any(|calendar| calendar.is_open(now));
        if on_duty { None } else { Some("off duty") }
    }
}

/// What somebody has to do; nothing, when nothing is known.
pub(super) fn row_of(staff: &[Staff], person: &PersonId) -> Staff {
    let found = staff.iter().find(|row| row.person == *person);
    found.cloned().unwrap_or_else(|| Staff::new(person.clone()))
}

/// What a case asks of whoever gets it. It waits since it was opened, or came to its department.
pub(super) fn wanted(case: &Case, log: &[Event], policy: &AssignPolicy, now: DateTime<Utc>) -> Wanted {
    let came = |event: &Event| match event {
        Event::CaseChanged { at, change, .. } => {
            matches!(**change, CaseChange::HandedOver { .. } | CaseChange::Reopened { .. }).then_some(*at)
        }
        _ => None,
    };
    let since = log.iter().filter_map(came).max().unwrap_or(case.opened);
    Wanted {
        department: case.department.as_ref().map(|department| department.as_str().to_owned()),
        skills: case.skills.clone(),
        owner: case.owner.clone(),
        weight: policy.weight(case.channel.as_ref()),
        waited: now.signed_duration_since(since),
    }
}
