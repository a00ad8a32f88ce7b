//! Whose matter is this message? It joins the case it belongs to, or opens one.

use std::collections::BTreeSet;

use chrono::Duration;

use crate::model::{
    Action, Assessment, Case, CaseChange, CaseStatus, Channel, Direction, Escalation, Event, ExternalId,
    IdentityKey, IncidentId, Message, Outcome, ReplyScale, Thread, ThreadId, Waiting, WaitingOn,
};

/// When messages belong to one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePolicy {
    /// A message of the same author on the same brand joins an open case for this long after its last message
    /// (default 72 hours). Within a thread a case stays joined as long as it is open.
    pub window: Duration,
    /// A message that would have joined a case opens it again for this long after its end (default 72 hours).
    pub reopen: Duration,
    /// How long a claim lasts that is not renewed (default 30 minutes).
    pub claim: Duration,
    /// How often a case may be handed over (default 5); then somebody must keep it or resolve it.
    pub hops: u32,
}

impl Default for CasePolicy {
    fn default() -> Self {
        Self {
            window: Duration::hours(72),
            reopen: Duration::hours(72),
            claim: Duration::minutes(30),
            hops: 5,
        }
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

/// The events by which a message is taken up: it joins one of the cases known, or opens its own; none when it is no
/// matter for the company. `known` are cases of the thread and of the `accounts`, which are those of the author's customer.
///
/// A message joins the case of its thread, else the latest open case of its customer on the same brand within the
/// policy's window. Where no open one is found, it opens the latest again that came to its end no longer ago than the
/// policy says. An edit finds the case of its first version by its thread or author, or by being its first message.
pub fn take_up(
    message: &Message,
    assessment: &Assessment,
    known: &[Case],
    accounts: &BTreeSet<IdentityKey>,
    policy: &CasePolicy,
) -> Vec<Event> {
    if !is_matter(message, assessment) {
        return Vec::new();
    }
    let fresh = case_of(message, assessment);
    let joined = known
        .iter()
        .filter(|case| case.is_open() || can_be_reopened(&fresh, case, policy))
        .filter(|case| belongs(&fresh, case, accounts, policy))
        .max_by_key(|case| {
            (case.is_open(), same_thread(&fresh, case), case.updated, std::cmp::Reverse(&case.id))
        });
    let Some(case) = joined else { return vec![Event::CaseOpened { case: Box::new(fresh) }] };
    let mut case = case.clone();
    let mut events = Vec::new();
    // Somebody acted on what was said before: what is said now climbs from where it enters.
    let over = !case.is_open() || case.waiting.as_ref().is_some_and(is_customers_turn);
    if !case.is_open() {
        let change = CaseChange::Reopened { reason: String::new(), message: Some(message.key()) };
        let (id, at) = (case.id.clone(), message.times().observed);
        let reopened = Event::CaseChanged { case: id, at, by: None, change: Box::new(change) };
        case = Case::after(Some(&case), &reopened).unwrap_or(case);
        events.push(reopened);
    }
    if over {
        case.escalations.clear();
    }
    let case = Box::new(merged(case, fresh));
    events.push(Event::CaseJoined { case, message: message.key() });
    events
}

fn can_be_reopened(fresh: &Case, case: &Case, policy: &CasePolicy) -> bool {
    let after = |end| fresh.opened.signed_duration_since(end);
    case.resolved.is_some_and(|end| (Duration::zero()..=policy.reopen).contains(&after(end)))
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
    let observed = message.times().observed;
    let sla = facets.into_iter().flat_map(|facets| &facets.sla);
    Case {
        status: if matches!(assessment.outcome, Outcome::Open(_)) {
            CaseStatus::Review
        } else {
            CaseStatus::New
        },
        author: message.author_key().cloned(),
        thread: thread_of(message),
        brand: assessment.hits.brands.first().cloned(),
        issue,
        department: facets.and_then(|facets| facets.department.clone()),
        visibility: facets.and_then(|facets| facets.visibility),
        priority: facets.and_then(|facets| facets.priority).unwrap_or(3),
        incident,
        first_response_due: due.and_then(|due| due.first_response),
        resolution_due: due.and_then(|due| due.resolution),
        created: message.times().created,
        channel: Channel::new(message.channel()).ok(),
        sla: sla.map(|id| (id.clone(), observed)).collect(),
        skills: facets.map(|facets| facets.skills.clone()).unwrap_or_default(),
        owner: facets.and_then(|facets| facets.owner.clone()),
        escalations: decision.map(|decision| decision.escalations.clone()).unwrap_or_default(),
        ..Case::new(message.key(), observed)
    }
}

fn same_thread(fresh: &Case, case: &Case) -> bool {
    fresh.first == case.first || (fresh.thread.is_some() && fresh.thread == case.thread)
}

fn belongs(fresh: &Case, case: &Case, accounts: &BTreeSet<IdentityKey>, policy: &CasePolicy) -> bool {
    let same_account = fresh.author.is_some() && fresh.author == case.author;
    let same_customer = same_account
        || (fresh.author.is_some() && case.author.as_ref().is_some_and(|it| accounts.contains(it)));
    // How long ago a case ended that is opened again was asked before.
    let near = !case.is_open() || fresh.opened.signed_duration_since(case.updated).abs() <= policy.window;
    // A thread of many people is many matters: a stranger's complaint under somebody's post is a case of its own.
    let in_thread =
        same_thread(fresh, case) && (same_customer || fresh.author == case.author || fresh.author.is_none());
    in_thread || (same_customer && fresh.brand == case.brand && near)
}

/// The case after the message has joined: what was promised stays, what is more urgent wins.
fn merged(case: Case, fresh: Case) -> Case {
    let earliest = |a: Option<_>, b: Option<_>| match (a, b) {
        (Some(a), Some(b)) => Some(std::cmp::min(a, b)),
        (a, b) => a.or(b),
    };
    let mut joined = Case {
        issue: case.issue.or(fresh.issue),
        department: case.department.or(fresh.department),
        visibility: case.visibility.max(fresh.visibility),
        priority: case.priority.min(fresh.priority),
        incident: case.incident.or(fresh.incident),
        opened: case.opened.min(fresh.opened),
        updated: case.updated.max(fresh.updated),
        first_response_due: earliest(case.first_response_due, fresh.first_response_due),
        resolution_due: earliest(case.resolution_due, fresh.resolution_due),
        messages: case.messages.saturating_add(u32::from(case.first != fresh.first)),
        owner: case.owner.or(fresh.owner),
        escalations: climbed(case.escalations, fresh.escalations),
        ..case
    };
    // The customer has spoken: it is ours again, unless somebody else outside is waited for.
    match joined.status {
        CaseStatus::Review => joined.status = fresh.status,
        CaseStatus::Waiting if joined.waiting.as_ref().is_none_or(is_customers_turn) => {
            (joined.status, joined.waiting) = (CaseStatus::Active, None);
        }
        _ => {}
    }
    joined.skills.extend(fresh.skills);
    for (sla, since) in fresh.sla {
        let known = joined.sla.entry(sla).or_insert(since);
        *known = since.min(*known);
    }
    if let Some(thread) = fresh.thread.filter(|thread| joined.thread.as_ref() != Some(thread)) {
        joined.also_in.insert(thread);
    }
    joined
}

fn is_customers_turn(waiting: &Waiting) -> bool {
    waiting.on == WaitingOn::Customer
}

/// The rungs of both: a ladder that is being climbed is entered again only above its highest rung.
fn climbed(mut known: Vec<Escalation>, fresh: Vec<Escalation>) -> Vec<Escalation> {
    for rung in fresh {
        let same = |it: &&Escalation| it.ladder == rung.ladder && it.rung >= rung.rung;
        if !known.iter().any(|it| same(&it)) {
            known.push(rung);
        }
    }
    known.sort_by(|a, b| (a.at, &a.ladder, a.rung).cmp(&(b.at, &b.ladder, b.rung)));
    known
}
