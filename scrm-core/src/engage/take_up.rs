//! Whose matter is this message? It joins the case it belongs to, or opens one.

use chrono::Duration;

use crate::model::{
    Action, Assessment, Case, CaseId, CaseStatus, Direction, Event, ExternalId, IncidentId, Message, Outcome,
    ReplyScale, Thread, ThreadId,
};

/// When messages belong to one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePolicy {
    /// A message of the same author on the same brand joins an open case for this long after its last message
    /// (default 72 hours). Within a thread a case stays joined as long as it is open.
    pub window: Duration,
}

impl Default for CasePolicy {
    fn default() -> Self {
        Self { window: Duration::hours(72) }
    }
}

/// Whether a message is something the company must do something about.
///
/// Noise, our own words and notes are not. What is open always is: a person looks at it. What is decided is when the
/// protocol asks for a response, or when the message needs more than nothing.
pub fn is_matter(message: &Message, assessment: &Assessment) -> bool {
    if message.direction() != Direction::In {
        return false;
    }
    match assessment.outcome {
        Outcome::Noise(_) => false,
        Outcome::Open(_) => true,
        Outcome::Decided => {
            let asked = assessment.decision.as_ref().and_then(|decision| decision.facets.respond);
            asked.map_or(assessment.classification.action.value != Some(Action::None), |scale| {
                scale != ReplyScale::None
            })
        }
    }
}

/// The event by which a message is taken up: it joins one of the `open` cases, or opens its own; `None` when it is no
/// matter for the company.
///
/// A message joins the case of its thread, else the latest open case of its author on the same brand within the
/// policy's window. An edit finds the case of its first version by its thread or author, or by being its first message.
pub fn take_up(
    message: &Message,
    assessment: &Assessment,
    open: &[Case],
    policy: &CasePolicy,
) -> Option<Event> {
    if !is_matter(message, assessment) {
        return None;
    }
    let fresh = case_of(message, assessment);
    let joined = open
        .iter()
        .filter(|case| case.status != CaseStatus::Resolved)
        .filter(|case| belongs(&fresh, case, policy))
        .max_by_key(|case| (same_thread(&fresh, case), case.updated, std::cmp::Reverse(&case.id)));
    Some(match joined {
        Some(case) => Event::CaseJoined { case: Box::new(merged(case, &fresh)), message: message.key() },
        None => Event::CaseOpened { case: Box::new(fresh) },
    })
}

/// The thread a message stands in: the platform's, else the one that its parent began, else its own.
pub fn thread_of(message: &Message) -> Option<Thread> {
    let own = message.external_id();
    let thread = message.thread();
    let id = thread.id.as_deref().or(thread.parent.as_ref().map(ExternalId::as_str)).unwrap_or(own.as_str());
    Some(Thread { source: message.source().clone(), id: ThreadId::new(id).ok()? })
}

fn case_of(message: &Message, assessment: &Assessment) -> Case {
    let decision = assessment.decision.as_ref();
    let facets = decision.map(|decision| &decision.facets);
    let due = decision.and_then(|decision| decision.due.as_ref());
    let issue = assessment.classification.issue().cloned();
    let incident = facets.and_then(|facets| facets.incident.as_deref()).and_then(|key| match (key, &issue) {
        ("auto", Some(issue)) => IncidentId::new(issue.as_str()).ok(),
        (key, _) => IncidentId::new(key).ok(),
    });
    Case {
        id: CaseId::opened_by(&message.key()),
        status: if matches!(assessment.outcome, Outcome::Open(_)) {
            CaseStatus::Review
        } else {
            CaseStatus::New
        },
        first: message.key(),
        author: message.author_key().cloned(),
        thread: thread_of(message),
        brand: assessment.hits.brands.first().cloned(),
        issue,
        department: facets.and_then(|facets| facets.department.clone()),
        visibility: facets.and_then(|facets| facets.visibility),
        priority: facets.and_then(|facets| facets.priority).unwrap_or(3),
        incident,
        opened: message.times().observed,
        updated: message.times().observed,
        first_response_due: due.and_then(|due| due.first_response),
        resolution_due: due.and_then(|due| due.resolution),
        messages: 1,
    }
}

fn same_thread(fresh: &Case, case: &Case) -> bool {
    fresh.first == case.first || (fresh.thread.is_some() && fresh.thread == case.thread)
}

fn belongs(fresh: &Case, case: &Case, policy: &CasePolicy) -> bool {
    let same_author = fresh.author.is_some() && fresh.author == case.author && fresh.brand == case.brand;
    let near = fresh.opened.signed_duration_since(case.updated).abs() <= policy.window;
    // A thread of many people is many matters: a stranger's complaint under somebody's post is a case of its own.
    let in_thread = same_thread(fresh, case) && (fresh.author == case.author || fresh.author.is_none());
    in_thread || (same_author && near)
}

/// The case after the message has joined: what was promised stays, what is more urgent wins.
fn merged(case: &Case, fresh: &Case) -> Case {
    let earliest = |a: Option<_>, b: Option<_>| match (a, b) {
        (Some(a), Some(b)) => Some(std::cmp::min(a, b)),
        (a, b) => a.or(b),
    };
    Case {
        status: if case.status == CaseStatus::Review && fresh.status == CaseStatus::New {
            CaseStatus::New
        } else {
            case.status
        },
        issue: case.issue.clone().or_else(|| fresh.issue.clone()),
        department: case.department.clone().or_else(|| fresh.department.clone()),
        visibility: case.visibility.max(fresh.visibility),
        priority: case.priority.min(fresh.priority),
        incident: case.incident.clone().or_else(|| fresh.incident.clone()),
        opened: case.opened.min(fresh.opened),
        updated: case.updated.max(fresh.updated),
        first_response_due: earliest(case.first_response_due, fresh.first_response_due),
        resolution_due: earliest(case.resolution_due, fresh.resolution_due),
        messages: case.messages + u32::from(case.first != fresh.first),
        ..case.clone()
    }
}
