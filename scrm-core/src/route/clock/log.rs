//! What does an event of the record say to a clock?

use chrono::{DateTime, Utc};

use super::ClockEvent;
use crate::model::{Assignment, CaseChange, Direction, Event, WaitingOn};

impl ClockEvent {
    /// What an event of the record means to the clocks of its case.
    ///
    /// A message that came in was `created` and `captured`, one that joined a case is `customer.replied`, and a
    /// response that was sent hands the case to the customer: `response.sent`, `waiting_customer`. A case that was
    /// opened says of its first message when that was created and captured.
    ///
    /// ```
    /// use scrm_core::model::{CaseId, Event};
    /// use scrm_core::route::ClockEvent;
    /// let at = "2026-11-02T10:00:00Z".parse().unwrap();
    /// let event = Event::CaseResolved { case: CaseId::new("c-1").unwrap(), at, by: None };
    /// assert_eq!(ClockEvent::of(&event), [(at, ClockEvent::CaseResolved)]);
    /// ```
    pub fn of(event: &Event) -> Vec<(DateTime<Utc>, Self)> {
        match event {
            Event::Captured { message, .. } if message.direction() == Direction::In => {
                let times = message.times();
                let created = times.created.map(|at| (at, Self::Created));
                created.into_iter().chain([(times.observed, Self::Captured)]).collect()
            }
            Event::CaseOpened { case } => {
                let created = case.created.map(|at| (at, Self::Created));
                let opened = [(case.opened, Self::Captured), (case.opened, Self::CaseOpened)];
                created.into_iter().chain(opened).collect()
            }
            Event::CaseJoined { case, .. } => vec![(case.updated, Self::CustomerReplied)],
            Event::Responded { response } => response
                .sent
                .map_or_else(Vec::new, |at| vec![(at, Self::ResponseSent), (at, Self::WaitingCustomer)]),
            Event::CaseResolved { at, .. } => vec![(*at, Self::CaseResolved)],
            Event::CaseChanged { at, change, .. } => {
                Self::of_change(change).map(|event| (*at, event)).into_iter().collect()
            }
            // What else happens on record moves no clock.
            _ => Vec::new(),
        }
    }

    /// A case that somebody claims, and one that is given to a person, is `assigned`.
    fn of_change(change: &CaseChange) -> Option<Self> {
        match change {
            CaseChange::Claimed { .. }
            | CaseChange::Assigned { to: Assignment::Person { .. } }
            | CaseChange::HandedOver { person: Some(_), .. } => Some(Self::Assigned),
            CaseChange::Waiting { on: WaitingOn::Customer, .. } => Some(Self::WaitingCustomer),
            CaseChange::Waiting { on: WaitingOn::ThirdParty, .. } => Some(Self::WaitingThirdParty),
            CaseChange::Waiting { on: WaitingOn::Hold, .. } => Some(Self::OnHold),
            CaseChange::Resumed => Some(Self::Resumed),
            CaseChange::Reopened { .. } => Some(Self::CaseReopened),
            _ => None,
        }
    }
}
