//! What came back on what we said? Replies, marks, silence; and which of our messages are which response.
//!
//! Read [`Desk::feedback`] first. Replies and our own published messages are known as they come in; marks and silence are
//! told by the host.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Duration, Utc};

use super::{Desk, DeskError};
use crate::engage::{reply_to, same_reply, silent, thread_of};
use crate::measure::{Impact, ResponseOutcome};
use crate::model::{
    Case, CaseChange, CaseId, CaseStatus, Direction, Event, ExternalId, Feedback, FeedbackKind, LinkRule,
    Message, MessageKey, ResponseId, ResponseState, Thread,
};
use crate::record::{Receipt, Store, StoreError, SubjectKind, SubjectQuery};

/// Cases of a customer that are looked at for one that waits for them: those updated last.
const CASES: usize = 10;

impl<S: Store> Desk<S> {
    /// Records what came back on a response: a mark, a reply that the rules did not see, silence.
    ///
    /// # Errors
    /// When the mark is none, or the record has no such response.
    pub fn feedback(&mut self, feedback: Feedback) -> Result<Receipt, DeskError> {
        if let FeedbackKind::Csat { score, best } = feedback.kind
            && (best == 0 || score > best)
        {
            return Err(DeskError::Mark { score, best });
        }
        Ok(self.store.commit(&self.tenant, &[Event::FedBack { feedback }])?)
    }

    /// Records which message on the network a response became, as the host knows from the platform.
    ///
    /// # Errors
    /// When the record has no such response.
    pub fn published(
        &mut self,
        response: &ResponseId,
        message: MessageKey,
        at: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let event = Event::Published { response: response.clone(), message, by: LinkRule::Named, at };
        Ok(self.store.commit(&self.tenant, &[event])?)
    }

    /// Records silence on every response on which nothing came back within `after` of its sending, as of `now`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn silences(&mut self, after: Duration, now: DateTime<Utc>) -> Result<Receipt, StoreError> {
        let states = self.all_responses()?;
        let silences = states.iter().filter_map(|state| silent(state, after, now));
        let events: Vec<_> = silences.map(|feedback| Event::FedBack { feedback }).collect();
        self.store.commit(&self.tenant, &events)
    }

    /// What our responses did: how people felt before and after, by case, by issue and by rule.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn impact(&mut self) -> Result<Impact, StoreError> {
        let mut issues = BTreeMap::new();
        self.store.cases(&self.tenant, &mut |case| {
            issues.insert(case.id, (case.issue, case.first));
            ControlFlow::Continue(())
        })?;
        let mut impact = Impact::default();
        for state in self.all_responses()? {
            let Some(record) = &state.sent else { continue };
            let (issue, first) = issues.get(&record.case).cloned().unzip();
            let asked = record.to.clone().or(first);
            let asked = match asked {
                Some(key) => self.store.entry(&self.tenant, &key)?,
                None => None,
            };
            let mut outcome = ResponseOutcome {
                case: record.case.clone(),
                issue: issue.flatten(),
                rules: Vec::new(),
                before: None,
                after: None,
                marks: Vec::new(),
                silent: false,
                replied: false,
            };
            if let Some(entry) = asked {
                let said = &entry.assessment;
                outcome.before = said.classification.sentiment.value.map(|sentiment| sentiment.score);
                outcome.rules = said.decision.iter().flat_map(|decision| decision.fired.clone()).collect();
            }
            for feedback in &state.feedback {
                match &feedback.kind {
                    FeedbackKind::Reply { message } => {
                        outcome.replied = true;
                        if let Some(entry) = self.store.entry(&self.tenant, message)? {
                            let sentiment = entry.assessment.classification.sentiment.value;
                            // The last word counts.
                            outcome.after = sentiment.map(|sentiment| sentiment.score).or(outcome.after);
                        }
                    }
                    FeedbackKind::Csat { score, best } => outcome.marks.push((*score, *best)),
                    FeedbackKind::Silence => outcome.silent = true,
                }
            }
            impact.add(&outcome);
        }
        Ok(impact)
    }

    /// Every response that anybody drafted or sent, by id.
    pub(super) fn all_responses(&mut self) -> Result<Vec<ResponseState>, StoreError> {
        let mut states: BTreeMap<ResponseId, ResponseState> = BTreeMap::new();
        self.store.about(&self.tenant, &SubjectQuery::all(SubjectKind::Response), &mut |_, event| {
            if let Some(id) = response_of(&event) {
                states.entry(id).or_default().apply(&event);
            }
            ControlFlow::Continue(())
        })?;
        Ok(states.into_values().collect())
    }

    /// What a group of captures says of responses that were sent before: which of our messages are which, and what the
    /// customers answer.
    pub(super) fn answers(&mut self, events: &[Event]) -> Result<Vec<Event>, StoreError> {
        let mut any = false;
        self.store.about(&self.tenant, &SubjectQuery::last_sent(1), &mut |_, _| {
            any = true;
            ControlFlow::Break(())
        })?;
        if !any {
            return Ok(Vec::new());
        }
        let joined: BTreeMap<MessageKey, CaseId> = events
            .iter()
            .filter_map(|event| match event {
                Event::CaseJoined { case, message } => Some((message.clone(), case.id.clone())),
                Event::CaseChanged { case, change, .. } => match change.as_ref() {
                    CaseChange::Reopened { message: Some(message), .. } => {
                        Some((message.clone(), case.clone()))
                    }
                    _ => None,
                },
                _ => None,
            })
            .collect();
        let mut found: Vec<Event> = Vec::new();
        for event in events {
            let Event::Captured { message, .. } = event else { continue };
            match message.direction() {
                Direction::Out => found.extend(self.published_as(message, &found)?),
                Direction::In => {
                    let responses = self.answered(message, joined.get(&message.key()))?;
                    found.extend(reply_to(message, &responses).map(|feedback| Event::FedBack { feedback }));
                }
                Direction::Internal => {}
            }
        }
        Ok(found)
    }

    /// The response that a message of ours is, unless another one of the group was it.
    fn published_as(&mut self, message: &Message, taken: &[Event]) -> Result<Option<Event>, StoreError> {
        let thread = thread_of(message);
        let root = thread.as_ref().and_then(|thread| ExternalId::new(thread.id.as_str()).ok());
        let ids: BTreeSet<ExternalId> = root.into_iter().chain(message.thread().parent.clone()).collect();
        let keys: Vec<MessageKey> = ids
            .into_iter()
            .map(|external_id| MessageKey { source: message.source().clone(), external_id })
            .collect();
        let mut cases: BTreeMap<CaseId, Option<Thread>> = BTreeMap::new();
        self.store.citing(&self.tenant, &keys, &mut |_, event| {
            match event {
                Event::CaseOpened { case } | Event::CaseJoined { case, .. } => {
                    let Case { id, thread, .. } = *case;
                    cases.insert(id, thread);
                }
                Event::Responded { response } => {
                    cases.entry(response.case).or_default();
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })?;
        let mut sent = Vec::new();
        for (case, thread) in cases {
            let states = self.responses(&case)?;
            sent.extend(states.into_iter().map(|state| (state, thread.clone())));
        }
        let is_free = |state: &&(ResponseState, Option<Thread>)| {
            let id = state.0.sent.as_ref().map(|record| &record.id);
            !taken
                .iter()
                .any(|event| matches!(event, Event::Published { response, .. } if Some(response) == id))
        };
        let candidates = sent.iter().filter(is_free).map(|(state, thread)| (state, thread.as_ref()));
        let response = same_reply(message, thread.as_ref(), candidates);
        let at = message.times().said();
        Ok(response.map(|response| Event::Published {
            response,
            message: message.key(),
            by: LinkRule::SameText,
            at,
        }))
    }

    /// The responses that a customer's message may answer: those to its case, and the one that it hangs under.
    fn answered(
        &mut self,
        message: &Message,
        case: Option<&CaseId>,
    ) -> Result<Vec<ResponseState>, StoreError> {
        let mut states = match (case, message.author_key()) {
            (Some(case), _) => self.responses(case)?,
            // What opens nothing, as thanks often do, is said to the case that waits for them.
            (None, Some(author)) => {
                let theirs = self.store.cases_of(&self.tenant, std::slice::from_ref(author), CASES)?;
                match theirs.into_iter().find(|case| case.status == CaseStatus::Waiting) {
                    Some(case) => self.responses(&case.id)?,
                    None => Vec::new(),
                }
            }
            (None, None) => Vec::new(),
        };
        let Some(external_id) = message.thread().parent.clone() else { return Ok(states) };
        let parent = MessageKey { source: message.source().clone(), external_id };
        let mut under = BTreeSet::new();
        self.store.citing(&self.tenant, &[parent], &mut |_, event| {
            if let Event::Published { response, .. } = event {
                under.insert(response);
            }
            ControlFlow::Continue(())
        })?;
        for id in under {
            let state = self.response(&id)?;
            if !states.contains(&state) {
                states.push(state);
            }
        }
        Ok(states)
    }
}

/// The response that an event is about.
fn response_of(event: &Event) -> Option<ResponseId> {
    match event {
        Event::Drafted { draft } => Some(draft.id.clone()),
        Event::Responded { response } => Some(response.id.clone()),
        Event::Approved { response, .. }
        | Event::Discarded { response, .. }
        | Event::Published { response, .. } => Some(response.clone()),
        Event::FedBack { feedback } => Some(feedback.response.clone()),
        _ => None,
    }
}
