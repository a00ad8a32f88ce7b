//! What do people do with cases, from a shell? They look, claim, hand over, wait, resolve; and clocks tick.
//!
//! Read [`case`] first. What a person may not do is said with the reason; nothing is recorded then.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use scrm_core::desk::{Desk, DeskError};
use scrm_core::engage::Refusal;
use scrm_core::model::{Assignment, Case, CaseId, Department, Event, PersonId, WaitingOn};
use scrm_core::record::Store;
use serde_json::json;

use super::args::{Absent, Acting, CaseCommand, Present, Ticking, Worked};
use super::output::say;
use super::record::{desk, line, moment, refused, tame};
use super::run::bad_store;
use super::{Exit, Failure};
use crate::place::AnyStore;

type Inner = Desk<AnyStore>;

pub(super) fn case(command: &CaseCommand) -> Result<Exit, Failure> {
    match command {
        CaseCommand::List { on, all } => list(on, *all),
        CaseCommand::Show { case, on } => show(case, on),
        CaseCommand::Claim(acting) => act(acting, Desk::claim),
        CaseCommand::Release(acting) => act(acting, Desk::release),
        CaseCommand::HandOver { acting, department, to, reason } => {
            let department = id(Department::new(department), "--department")?;
            let to = to.as_ref().map(|to| id(PersonId::new(to), "--to")).transpose()?;
            act(acting, |desk, case, by, now| desk.hand_over(case, &department, to.as_ref(), reason, by, now))
        }
        CaseCommand::Wait { acting, on, reason } => {
            let unknown = || Failure::new(Exit::Usage, format!("--on: there is no turn `{on}`"));
            let on = WaitingOn::parse(on).ok_or_else(unknown)?;
            act(acting, |desk, case, by, now| desk.wait(case, on, reason, by, now))
        }
        CaseCommand::Resume(acting) => act(acting, Desk::resume),
        CaseCommand::Resolve(acting) => act(acting, Desk::resolve),
        CaseCommand::Reopen { acting, reason } => {
            act(acting, |desk, case, by, now| desk.reopen(case, reason, by, now))
        }
        CaseCommand::Assign { case, on, to, person } => {
            assign(case, on, to.as_deref().zip(person.as_deref()))
        }
    }
}

fn id<T, E: std::fmt::Display>(id: Result<T, E>, what: &str) -> Result<T, Failure> {
    id.map_err(|error| Failure::new(Exit::Usage, format!("{what}: {error}")))
}

fn act(
    acting: &Acting,
    work: impl FnOnce(&mut Inner, &CaseId, &PersonId, DateTime<Utc>) -> Result<Case, DeskError>,
) -> Result<Exit, Failure> {
    let (case, by) = (id(CaseId::new(&acting.case), "case")?, id(PersonId::new(&acting.person), "--person")?);
    let now = moment(acting.on.now.as_ref(), "--now")?;
    let mut desk = desk(&acting.on.record, &acting.on.playbook)?;
    let case = work(&mut desk, &case, &by, now).map_err(told)?;
    say(&if acting.on.json { line(&case)? } else { summary(&case) })?;
    Ok(Exit::Done)
}

/// Whoever comes second is shown what the first one has written.
fn told(error: DeskError) -> Failure {
    match &error {
        DeskError::Refused(Refusal::Claimed { draft: Some(draft), .. }) => {
            Failure::new(Exit::Usage, format!("{error}; their draft: {}", tame(&draft.text)))
        }
        _ => refused(error),
    }
}

/// A case in one line.
fn summary(case: &Case) -> String {
    let mut line = format!("{} {} priority {}", case.id, case.status, case.priority);
    let mut put = |name: &str, what: Option<String>| {
        if let Some(what) = what {
            let _ = write!(line, ", {name} {}", tame(&what));
        }
    };
    put("department", case.department.as_ref().map(ToString::to_string));
    put("issue", case.issue.as_ref().map(ToString::to_string));
    put("incident", case.incident.as_ref().map(ToString::to_string));
    put("answered by", case.claim.as_ref().map(|claim| claim.person.to_string()));
    put("with", case.assigned.as_ref().map(assignment));
    put("waits for", case.waiting.as_ref().map(|waiting| format!("{} ({})", waiting.on, waiting.reason)));
    put("first response due", case.first_response_due.filter(|_| case.answered.is_none()).map(time));
    put("ended", case.resolved.map(time));
    line
}

fn assignment(to: &Assignment) -> String {
    match to {
        Assignment::Person { person, .. } => person.to_string(),
        Assignment::Queue { queue, .. } => format!("nobody yet (queue {queue})"),
        Assignment::Unassigned { reason, .. } => format!("nobody ({reason})"),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn list(on: &Worked, all: bool) -> Result<Exit, Failure> {
    let mut desk = desk(&on.record, &on.playbook)?;
    let tenant = desk.tenant().clone();
    let mut failed = None;
    desk.store()
        .cases(&tenant, &mut |case| {
            if !all && !case.is_open() {
                return ControlFlow::Continue(());
            }
            let text = if on.json { line(&case) } else { Ok(summary(&case)) };
            match text.and_then(|text| Ok(say(&text)?)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        })
        .map_err(|error| bad_store(&error))?;
    failed.map_or(Ok(Exit::Done), Err)
}

fn show(case: &str, on: &Worked) -> Result<Exit, Failure> {
    let case = id(CaseId::new(case), "case")?;
    let now = moment(on.now.as_ref(), "--now")?;
    let mut desk = desk(&on.record, &on.playbook)?;
    let clocks = desk.explain_clock(&case, now).map_err(refused)?;
    let found = desk.case(&case).map_err(|error| bad_store(&error))?;
    let Some(found) = found else { return Err(refused(DeskError::NoSuchCase(case))) };
    let log = desk.case_log(&case).map_err(|error| bad_store(&error))?;
    if on.json {
        let log: Vec<_> = log.into_iter().map(|(seq, event)| json!({ "seq": seq, "event": event })).collect();
        say(&line(&json!({ "case": found.case, "log": log, "clocks": clocks }))?)?;
        return Ok(Exit::Done);
    }
    let mut page = format!("{}\n{clocks}", summary(&found.case));
    for (seq, event) in &log {
        let _ = writeln!(page, "{seq:>6} {}", happened(event));
    }
    page.truncate(page.trim_end().len());
    say(&page)?;
    Ok(Exit::Done)
}

/// An event of a case in one line.
fn happened(event: &Event) -> String {
    let by = |by: &Option<PersonId>| by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
    match event {
        Event::CaseOpened { case } => {
            format!("{} opened by {}", time(case.opened), tame(&case.first.to_string()))
        }
        Event::CaseJoined { case, message } => {
            format!("{} joined by {}", time(case.updated), tame(&message.to_string()))
        }
        Event::Responded { response } => {
            let at = response.sent.map_or_else(|| "not sent".to_owned(), time);
            format!("{at} response by {}: {}", response.author, tame(&response.text))
        }
        Event::CaseResolved { at, by: person, .. } => format!("{} resolved{}", time(*at), by(person)),
        Event::CaseChanged { at, by: person, change, .. } => {
            format!("{} {}{}", time(*at), change.name().replace('_', " "), by(person))
        }
        other => other.name().to_owned(),
    }
}

fn assign(case: &str, on: &Worked, given: Option<(&str, &str)>) -> Result<Exit, Failure> {
    let case = id(CaseId::new(case), "case")?;
    let now = moment(on.now.as_ref(), "--now")?;
    let mut desk = desk(&on.record, &on.playbook)?;
    let to = match given {
        None => Some(desk.assign(&case, now).map_err(told)?),
        Some((to, by)) => {
            let (to, by) = (id(PersonId::new(to), "--to")?, id(PersonId::new(by), "--person")?);
            desk.assign_to(&case, &to, &by, now).map_err(told)?.assigned
        }
    };
    let shown = to.as_ref().map_or_else(String::new, assignment);
    say(&if on.json { line(&to)? } else { tame(&shown) })?;
    Ok(Exit::Done)
}

pub(super) fn tick(args: &Ticking) -> Result<Exit, Failure> {
    let now = moment(args.on.now.as_ref(), "--now")?;
    let mut desk = desk(&args.on.record, &args.on.playbook)?;
    let ticked = desk.tick(now).map_err(|error| bad_store(&error))?;
    if args.on.json {
        say(&line(&ticked)?)?;
    } else {
        say(&format!(
            "{} looked at: {} warned, {} breached, {} escalated, {} claims ran out, {} assigned, {} queued, {} unassigned, \
             {} incidents over",
            ticked.looked_at,
            ticked.warned,
            ticked.breached,
            ticked.escalated,
            ticked.expired,
            ticked.assigned,
            ticked.queued,
            ticked.unassigned,
            ticked.closed
        ))?;
    }
    Ok(Exit::Done)
}

pub(super) fn incidents(on: &Worked) -> Result<Exit, Failure> {
    let mut desk = desk(&on.record, &on.playbook)?;
    for incident in desk.incidents().map_err(|error| bad_store(&error))? {
        let Some(incident) = desk.incident(&incident.id).map_err(|error| bad_store(&error))? else {
            continue;
        };
        let state = incident.closed.map_or_else(|| "open".to_owned(), |end| format!("over {}", time(end)));
        let (id, begun, cases) = (tame(incident.id.as_str()), time(incident.opened), incident.cases.len());
        say(&if on.json { line(&incident)? } else { format!("{id} since {begun}, {state}, {cases} cases") })?;
    }
    Ok(Exit::Done)
}

pub(super) fn away(args: &Absent) -> Result<Exit, Failure> {
    let person = id(PersonId::new(&args.person), "person")?;
    let now = moment(args.on.now.as_ref(), "--now")?;
    let until = args.until.as_ref().map(|until| moment(Some(until), "--until")).transpose()?;
    let mut desk = desk(&args.on.record, &args.on.playbook)?;
    let done = if args.for_good { desk.left(&person, now) } else { desk.away(&person, until, now) };
    done.map_err(refused)?;
    Ok(Exit::Done)
}

pub(super) fn back(args: &Present) -> Result<Exit, Failure> {
    let person = id(PersonId::new(&args.person), "person")?;
    let now = moment(args.on.now.as_ref(), "--now")?;
    desk(&args.on.record, &args.on.playbook)?.back(&person, now).map_err(refused)?;
    Ok(Exit::Done)
}
