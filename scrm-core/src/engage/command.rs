//! May a person do this with a case, and what happens then? State, command and `now` to events, or why not.
//!
//! Read [`claim`] first. Nothing is recorded here: the desk commits the events, if the case is still what it was.

use chrono::{DateTime, Utc};

use super::CasePolicy;
use crate::model::{
    Assignment, Case, CaseChange, Claim, Department, Event, PersonId, ResponseRecord, WaitingOn,
};

/// Why a person may not do what they want with a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Somebody else is answering it.
    #[error("`{}` has been answering this case since {}", claim.person, claim.since.format("%Y-%m-%dT%H:%M:%SZ"))]
    Claimed {
        /// Who, and since when.
        claim: Claim,
        /// What they have written so far, where they have.
        draft: Option<Box<ResponseRecord>>,
    },
    /// There is no claim to release.
    #[error("nobody is answering this case")]
    NotClaimed,
    /// It came to its end.
    #[error("this case came to its end {}; open it again first", end.map_or_else(String::new, |end| end.format("at %Y-%m-%dT%H:%M:%SZ").to_string()))]
    Resolved {
        /// When.
        end: Option<DateTime<Utc>>,
    },
    /// It is open: there is nothing to be opened again.
    #[error("this case is open")]
    Open,
    /// Nobody is waited for.
    #[error("this case waits for nobody; there is nothing to resume")]
    NotWaiting,
    /// It was handed over too often.
    #[error("this case was handed over {hops} times, and {max} are allowed; keep it, or resolve it")]
    TooManyHops {
        /// How often.
        hops: u32,
        /// How often it may be.
        max: u32,
    },
    /// It is there already.
    #[error("`{department}` has this case already; name another department, or a person")]
    SameDepartment {
        /// Which department.
        department: Department,
    },
    /// No reason was given.
    #[error("say why: whoever comes next must know")]
    NoReason,
}

/// A person takes a case to answer it, for as long as the policy says. Who claims it again has it for longer; what another
/// claim's time ran out on is free.
///
/// ```
/// use scrm_core::engage::{CasePolicy, Refusal, claim};
/// use scrm_core::model::{Case, MessageKey, PersonId};
/// let first: MessageKey = serde_json::from_str(r#"{"source": "x", "external_id": "1"}"#).unwrap();
/// let now = "2026-11-02T09:00:00Z".parse().unwrap();
/// let (ada, bram) = (PersonId::new("ada").unwrap(), PersonId::new("bram").unwrap());
/// let mut case = Case::new(first, now);
/// for event in claim(&case, &ada, now, &CasePolicy::default()).unwrap() {
///     case = Case::after(Some(&case), &event).unwrap();
/// }
/// let refused = claim(&case, &bram, now, &CasePolicy::default()).unwrap_err();
/// assert!(matches!(&refused, Refusal::Claimed { claim, .. } if claim.person == ada));
/// assert_eq!(refused.to_string(), "`ada` has been answering this case since 2026-11-02T09:00:00Z");
/// ```
///
/// # Errors
/// When somebody else has it, or it came to its end.
pub fn claim(
    case: &Case,
    person: &PersonId,
    now: DateTime<Utc>,
    policy: &CasePolicy,
) -> Result<Vec<Event>, Refusal> {
    must_be_open(case)?;
    may_answer(case, person, now)?;
    let mut events: Vec<Event> = expired(case, now).into_iter().collect();
    let since = case.claim.as_ref().filter(|claim| claim.holds(now)).map_or(now, |claim| claim.since);
    let until = now.checked_add_signed(policy.claim);
    let claim = Claim { person: person.clone(), since, until };
    events.push(event(case, now, Some(person), CaseChange::Claimed { claim }));
    Ok(events)
}

/// Whether a person may answer a case: nobody else does.
///
/// # Errors
/// When somebody else is answering it.
pub fn may_answer(case: &Case, person: &PersonId, now: DateTime<Utc>) -> Result<(), Refusal> {
    match &case.claim {
        Some(claim) if claim.person != *person && claim.holds(now) => {
            Err(Refusal::Claimed { claim: claim.clone(), draft: None })
        }
        _ => Ok(()),
    }
}

/// That a claim's time ran out, when it did.
pub fn expired(case: &Case, now: DateTime<Utc>) -> Option<Event> {
    let claim = case.claim.as_ref().filter(|claim| !claim.holds(now))?.clone();
    let at = claim.until.unwrap_or(now);
    Some(event(case, at, None, CaseChange::Released { claim, expired: true }))
}

/// A person lets a case go that they claimed.
///
/// # Errors
/// When nobody claimed it, or somebody else did.
pub fn release(case: &Case, person: &PersonId, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    may_answer(case, person, now)?;
    let claim = case.claim.clone().filter(|claim| claim.person == *person).ok_or(Refusal::NotClaimed)?;
    Ok(vec![event(case, now, Some(person), CaseChange::Released { claim, expired: false })])
}

/// A person gives a case to another department, or to a person of it, and says why.
///
/// # Errors
/// When it came to its end, somebody else is answering it, there is no reason, it is there already, or it was handed over
/// too often.
pub fn hand_over(
    case: &Case,
    department: Department,
    person: Option<PersonId>,
    reason: &str,
    by: &PersonId,
    now: DateTime<Utc>,
    policy: &CasePolicy,
) -> Result<Vec<Event>, Refusal> {
    must_be_open(case)?;
    may_answer(case, by, now)?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::NoReason);
    }
    if case.department.as_ref() == Some(&department) && (person.is_none() || person.as_ref() == case.holder())
    {
        return Err(Refusal::SameDepartment { department });
    }
    if case.hops >= policy.hops {
        return Err(Refusal::TooManyHops { hops: case.hops, max: policy.hops });
    }
    Ok(vec![event(case, now, Some(by), CaseChange::HandedOver { department, person, reason })])
}

/// From now on it is somebody else's turn.
///
/// # Errors
/// When the case came to its end, or somebody else is answering it.
pub fn wait(
    case: &Case,
    on: WaitingOn,
    reason: &str,
    by: &PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    must_be_open(case)?;
    may_answer(case, by, now)?;
    let reason = reason.trim().to_owned();
    Ok(vec![event(case, now, Some(by), CaseChange::Waiting { on, reason })])
}

/// Work goes on.
///
/// # Errors
/// When the case came to its end, waits for nobody, or somebody else is answering it.
pub fn resume(case: &Case, by: &PersonId, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    must_be_open(case)?;
    may_answer(case, by, now)?;
    if case.waiting.is_none() {
        return Err(Refusal::NotWaiting);
    }
    Ok(vec![event(case, now, Some(by), CaseChange::Resumed)])
}

/// The matter is done with.
///
/// # Errors
/// When it was before, or somebody else is answering it.
pub fn resolve(case: &Case, by: &PersonId, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    must_be_open(case)?;
    may_answer(case, by, now)?;
    Ok(vec![Event::CaseResolved { case: case.id.clone(), at: now, by: Some(by.clone()) }])
}

/// The matter was not done with after all.
///
/// # Errors
/// When the case is open.
pub fn reopen(case: &Case, reason: &str, by: &PersonId, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
    if case.is_open() {
        return Err(Refusal::Open);
    }
    let reason = reason.trim().to_owned();
    Ok(vec![event(case, now, Some(by), CaseChange::Reopened { reason, message: None })])
}

/// The case is given to somebody, by a person or by an assigner.
///
/// # Errors
/// When it came to its end, or somebody else is answering it.
pub fn give(
    case: &Case,
    to: Assignment,
    by: Option<&PersonId>,
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refusal> {
    must_be_open(case)?;
    if let Some(person) = to.person() {
        may_answer(case, person, now)?;
    }
    Ok(vec![event(case, now, by, CaseChange::Assigned { to })])
}

/// The last thing that a person wrote for a case and has not sent, by the events of the case.
pub fn draft_of<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    person: &PersonId,
) -> Option<Box<ResponseRecord>> {
    let mut draft = None;
    for event in events {
        let Event::Responded { response } = event else { continue };
        if response.author == *person {
            draft = response.sent.is_none().then(|| response.clone());
        }
    }
    draft
}

fn must_be_open(case: &Case) -> Result<(), Refusal> {
    if case.is_open() { Ok(()) } else { Err(Refusal::Resolved { end: case.resolved }) }
}

fn event(case: &Case, at: DateTime<Utc>, by: Option<&PersonId>, change: CaseChange) -> Event {
    Event::CaseChanged { case: case.id.clone(), at, by: by.cloned(), change: Box::new(change) }
}
