//! How does a person answer? Drafts, approvals, sending: commands of people of the team, each an event of the log.
//!
//! Read [`Desk::draft`] first, then [`Desk::sent`]. The engine sends nothing: what is sent is on record, and the host is
//! told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Desk, DeskError};
use crate::engage::responses::{self, Allowed, NewDraft, ResponseRefusal, audience};
use crate::engage::{
    Content, Filled, KnownWords, Leak, LeakPart, LintFinding, LintKind, RECENT, SaidText, leaks, lint,
    may_answer, suggest,
};
use crate::model::{
    Case, CaseId, Event, HumanAuthor, IdentityKey, Message, MessageKey, ReplyScale, ReplyVisibility,
    ResponseDraft, ResponseId, ResponseRecord, ResponseState, Topic, Visibility,
};
use crate::record::{
    Entry, InvolvedQuery, Involvement, Receipt, Store, StoreError, SubjectKind, SubjectQuery,
};

/// Messages of a customer that a text is compared with, besides those of the case: the last ones.
pub const COMPARED: usize = 500;

/// What there is to say of a text before it is sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseCheck {
    /// Where it would tell what is known from a private message alone. Such a text is refused.
    pub leaks: Vec<Leak>,
    /// What is worth a second look; nothing of it is refused.
    pub findings: Vec<LintFinding>,
    /// Content that answers the case's need.
    pub content: Vec<Content>,
    /// The guidelines, to keep in mind.
    pub guidelines: Vec<String>,
    /// Where it is to be given, as far as that is decided.
    pub visibility: Option<ReplyVisibility>,
    /// To whom.
    pub scale: Option<ReplyScale>,
    /// Who must agree.
    pub approve: BTreeSet<String>,
}

/// Everything about a case that a response depends on.
pub(super) struct Matter {
    pub(super) case: Case,
    pub(super) messages: Vec<Entry>,
    pub(super) allowed: Allowed,
}

impl<S: Store> Desk<S> {
    /// A person begins an answer to a case. Without other words it goes where the customer spoke and as was decided: of the
    /// message that it answers, else of all messages of the case together.
    ///
    /// Two people do not answer one customer: where somebody else's draft is open, it is refused and shown.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the reason; then nothing is recorded.
    pub fn draft(
        &mut self,
        author: &HumanAuthor,
        case: &CaseId,
        new: NewDraft,
        now: DateTime<Utc>,
    ) -> Result<ResponseDraft, DeskError> {
        let matter = self.matter(case)?;
        if new.scale == ReplyScale::Micro
            && let Err(refusal) = may_answer(&matter.case, author.person(), now)
        {
            return Err(DeskError::Refused(self.with_draft(case, refusal)?));
        }
        self.check_lock(&new)?;
        let open = self.responses(case)?;
        let allowed = matter.allowed_for(new.to.as_ref());
        let draft = responses::draft(author, &matter.case, &allowed, &open, new, now)?;
        self.check_leaks(&matter, &draft.text, draft.visibility)?;
        self.store.commit(&self.tenant, &[Event::Drafted { draft: Box::new(draft.clone()) }])?;
        Ok(draft)
    }

    /// A person writes a draft anew, their own or somebody else's, having read `edition` of it. Whoever agreed to the
    /// old text has not agreed to the new one.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the reason; then nothing is recorded.
    pub fn revise(
        &mut self,
        author: &HumanAuthor,
        response: &ResponseId,
        edition: u32,
        text: impl Into<String>,
        now: DateTime<Utc>,
    ) -> Result<ResponseDraft, DeskError> {
        let state = self.response(response)?;
        let case = state.draft.as_ref().map(|draft| draft.case.clone());
        let case = case.ok_or_else(|| ResponseRefusal::NoDraft(response.clone()))?;
        let matter = self.matter(&case)?;
        let text = text.into();
        let draft = responses::revise(author, response, &state, edition, text, &matter.allowed, now)?;
        self.check_leaks(&matter, &draft.text, draft.visibility)?;
        self.store.commit(&self.tenant, &[Event::Drafted { draft: Box::new(draft.clone()) }])?;
        Ok(draft)
    }

    /// A person agrees to the edition of a draft that they read, as what the decision calls for.
    ///
    /// # Errors
    /// [`DeskError::Refused`]: nobody approves what they wrote, or what they are not called for.
    pub fn approve(
        &mut self,
        by: &HumanAuthor,
        response: &ResponseId,
        edition: u32,
        of: &str,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let state = self.response(response)?;
        let team = &self.engine.playbook().team;
        let who = team.people.get(by.person());
        let who = who.ok_or_else(|| DeskError::NotOfTheTeam(super::NotOfTheTeam(by.person().clone())))?;
        let event = responses::approve(by, who, response, &state, edition, of, now)?;
        Ok(self.store.commit(&self.tenant, &[event])?)
    }

    /// A person lets a draft go.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when it is no draft.
    pub fn discard(
        &mut self,
        by: &HumanAuthor,
        response: &ResponseId,
        now: DateTime<Utc>,
    ) -> Result<Receipt, DeskError> {
        let state = self.response(response)?;
        let event = responses::discard(by, response, &state, now)?;
        Ok(self.store.commit(&self.tenant, &[event])?)
    }

    /// A draft goes out, as far as the record goes: approvals are complete, nothing private is told, and every
    /// placeholder has its value. Publishing it is the host's part, who is told by an effect.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the reason; the draft stays as it was.
    pub fn sent(&mut self, response: &ResponseId, now: DateTime<Utc>) -> Result<ResponseRecord, DeskError> {
        let state = self.response(response)?;
        let case = state.draft.as_ref().map(|draft| draft.case.clone());
        let case = case.ok_or_else(|| ResponseRefusal::NoDraft(response.clone()))?;
        let matter = self.matter(&case)?;
        let record = responses::send(response, &state, &matter.allowed, now)?;
        // What was said since it was written counts as well.
        self.check_leaks(&matter, &record.text, record.visibility)?;
        self.store.commit(&self.tenant, &[Event::Responded { response: Box::new(record.clone()) }])?;
        Ok(record)
    }

    /// Everything that was written to a case, the oldest first: drafts with who agreed, what was sent, what came back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn responses(&mut self, case: &CaseId) -> Result<Vec<ResponseState>, StoreError> {
        let mut ids: Vec<ResponseId> = Vec::new();
        let query = SubjectQuery::of(SubjectKind::Case, case.as_str());
        self.store.about(&self.tenant, &query, &mut |_, event| {
            let id = match event {
                Event::Drafted { draft } => draft.id,
                Event::Responded { response } => response.id,
                _ => return ControlFlow::Continue(()),
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
            ControlFlow::Continue(())
        })?;
        ids.iter().map(|id| self.response(id)).collect()
    }

    /// How far one response is. One that nobody knows has no status.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn response(&mut self, id: &ResponseId) -> Result<ResponseState, StoreError> {
        let mut state = ResponseState::default();
        let query = SubjectQuery::of(SubjectKind::Response, id.as_str());
        self.store.about(&self.tenant, &query, &mut |_, event| {
            state.apply(&event);
            ControlFlow::Continue(())
        })?;
        Ok(state)
    }

    /// What there is to say of a text to a case before it is written down: what it would tell, how it reads, what could be
    /// offered besides.
    ///
    /// # Errors
    /// When the record has no such case, or the store cannot be read.
    pub fn check_response(
        &mut self,
        case: &CaseId,
        text: &str,
        visibility: Option<ReplyVisibility>,
    ) -> Result<ResponseCheck, DeskError> {
        let matter = self.matter(case)?;
        let visibility = visibility.or(matter.allowed.visibility);
        let leaks = self.leaks_of(&matter, text, audience(visibility.unwrap_or(ReplyVisibility::Public)))?;
        let recent = self.recent()?;
        let replies = &self.engine.playbook().replies;
        let source = matter.case.first.source.as_str();
        let mut findings = lint(text, source, replies, &recent);
        let asked = replies.canned.values().flat_map(crate::engage::Canned::placeholders);
        for name in asked.collect::<BTreeSet<_>>() {
            if text.contains(&format!("{{{name}}}")) {
                let message = format!("nobody has filled in `{name}`");
                findings.push(LintFinding { kind: LintKind::Unfilled, message, span: None, response: None });
            }
        }
        let needs: Vec<Topic> = matter.topics();
        let content = suggest(&replies.contents, &needs).into_iter().cloned().collect();
        Ok(ResponseCheck {
            leaks,
            findings,
            content,
            guidelines: replies.guidelines.clone(),
            visibility,
            scale: matter.allowed.scale,
            approve: matter.allowed.approve,
        })
    }

    /// A canned text for a case: what the desk knows is filled in, what only its author knows comes from `values`.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when the playbook has no such text; when the record has no such case.
    pub fn canned(
        &mut self,
        author: &HumanAuthor,
        case: &CaseId,
        id: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<Filled, DeskError> {
        let matter = self.matter(case)?;
        let playbook = self.engine.playbook();
        let canned = playbook.replies.canned.get(id).ok_or_else(|| DeskError::NoCanned(id.to_owned()))?;
        let who = matter.messages.iter().rev().find_map(|entry| entry.message.author());
        let person = playbook.team.people.get(author.person());
        let brand = matter.case.brand.as_ref().map(|brand| {
            playbook
                .monitors
                .brands
                .get(brand.as_str())
                .map_or_else(|| brand.to_string(), |entry| entry.name.clone())
        });
        let known = [
            ("customer", who.and_then(|who| who.name.clone().or_else(|| who.handle.clone()))),
            ("handle", who.and_then(|who| who.handle.clone())),
            ("agent", person.map(|person| person.name.clone())),
            ("brand", brand),
            ("case", Some(matter.case.id.to_string())),
        ];
        let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let mut all: BTreeMap<String, String> = known.collect();
        all.extend(values.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(canned.fill(&all))
    }

    /// Refuses a text that tells what is known from a private message alone.
    pub(super) fn check_leaks(
        &mut self,
        matter: &Matter,
        text: &str,
        visibility: ReplyVisibility,
    ) -> Result<(), DeskError> {
        let found = self.leaks_of(matter, text, audience(visibility))?;
        if found.is_empty() { Ok(()) } else { Err(ResponseRefusal::Leaks(found).into()) }
    }

    fn leaks_of(
        &mut self,
        matter: &Matter,
        text: &str,
        audience: Visibility,
    ) -> Result<Vec<Leak>, StoreError> {
        let others = self.said_by_and_to(matter)?;
        let all: BTreeMap<MessageKey, &Message> =
            matter.messages.iter().map(|entry| &entry.message).chain(&others).map(|m| (m.key(), m)).collect();
        let mut said = Vec::new();
        for message in all.values() {
            let part = |part, text: Option<&'_ str>| (part, text.map(str::to_owned));
            for (part, text) in [
                part(LeakPart::Text, Some(message.text())),
                part(LeakPart::Title, message.title()),
                part(LeakPart::Author, message.author().and_then(|author| author.name.as_deref())),
            ] {
                said.extend(
                    text.map(|text| (message.key(), part, text, message.visibility(), message.language())),
                );
            }
        }
        let said: Vec<SaidText<'_>> = said
            .iter()
            .map(|(message, part, text, visibility, language)| SaidText {
                message: message.clone(),
                part: *part,
                text,
                visibility: *visibility,
                language: *language,
            })
            .collect();
        let known = self.known_words()?;
        Ok(leaks(text, audience, &said, &known))
    }

    /// What the customer said and what was said to them, in any case.
    fn said_by_and_to(&mut self, matter: &Matter) -> Result<Vec<Message>, StoreError> {
        let Some(author) = &matter.case.author else { return Ok(Vec::new()) };
        let accounts: Vec<IdentityKey> =
            self.store.customer(&self.tenant, author)?.identities.into_iter().collect();
        let parts = vec![Involvement::Author, Involvement::To, Involvement::Cc, Involvement::Speaker];
        let query = InvolvedQuery {
            accounts,
            parts,
            newest_first: true,
            limit: COMPARED,
            ..InvolvedQuery::default()
        };
        let mut found = Vec::new();
        self.store.involving(&self.tenant, &query, &mut |_, event| {
            if let Event::Captured { message, .. } = event {
                found.push(*message);
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Words that are no secret: what the playbook calls things, and what we said in public before.
    fn known_words(&mut self) -> Result<KnownWords, StoreError> {
        let mut known = KnownWords::default();
        let playbook = self.engine.playbook();
        for brand in playbook.monitors.brands.values() {
            known.add(&brand.name);
        }
        for topic in playbook.topics.0.values() {
            known.add_words(&topic.name);
            known.add_words(&topic.path.as_str().replace('.', " "));
            known.add_words(&topic.query.to_string());
        }
        for canned in playbook.replies.canned.values() {
            known.add(&canned.words());
        }
        for content in playbook.replies.contents.values() {
            known.add(&content.title);
            content.url.iter().for_each(|url| known.add(url));
        }
        self.store.about(&self.tenant, &SubjectQuery::last_sent(RECENT), &mut |_, event| {
            if let Event::Responded { response } = event
                && response.visibility != ReplyVisibility::Private
            {
                known.add_words(&response.text);
            }
            ControlFlow::Continue(())
        })?;
        Ok(known)
    }

    /// The last responses that were sent, the last one first.
    fn recent(&mut self) -> Result<Vec<(ResponseId, String)>, StoreError> {
        let mut recent = Vec::new();
        self.store.about(&self.tenant, &SubjectQuery::last_sent(RECENT), &mut |_, event| {
            if let Event::Responded { response } = event {
                recent.push((response.id, response.text));
            }
            ControlFlow::Continue(())
        })?;
        Ok(recent)
    }

    /// A case with its messages, and what was decided of them.
    pub(super) fn matter(&mut self, id: &CaseId) -> Result<Matter, DeskError> {
        let case = self.find_case(id)?.ok_or_else(|| DeskError::NoSuchCase(id.clone()))?;
        let mut keys = BTreeSet::from([case.first.clone()]);
        self.store.citing(&self.tenant, std::slice::from_ref(&case.first), &mut |_, event| {
            if let Event::CaseJoined { case: joined, message } = event
                && joined.id == *id
            {
                keys.insert(message);
            }
            ControlFlow::Continue(())
        })?;
        let mut messages = Vec::new();
        for key in &keys {
            messages.extend(self.store.entry(&self.tenant, key)?);
        }
        messages.sort_by_key(|entry| (entry.message.times().observed, entry.message.key()));
        let allowed = allowed(&case, &messages);
        Ok(Matter { case, messages, allowed })
    }

    pub(super) fn find_case(&mut self, id: &CaseId) -> Result<Option<Case>, StoreError> {
        Ok(self.store.case(&self.tenant, id)?.map(|found| found.case))
    }
}

impl Matter {
    /// What is allowed in answer to one of its messages: what was decided of that one says where.
    fn allowed_for(&self, to: Option<&MessageKey>) -> Allowed {
        let answered = self.messages.iter().find(|entry| Some(&entry.message.key()) == to);
        let decision = answered.and_then(|entry| entry.assessment.decision.as_ref());
        let own = decision.and_then(|decision| decision.facets.visibility);
        Allowed { visibility: own.or(self.allowed.visibility), ..self.allowed.clone() }
    }

    /// What it is about, the main thing first.
    fn topics(&self) -> Vec<Topic> {
        let mut topics: Vec<Topic> = self.case.issue.iter().cloned().collect();
        for entry in &self.messages {
            for topic in entry.assessment.classification.topics.value.iter().flatten() {
                if !topics.contains(topic) {
                    topics.push(topic.clone());
                }
            }
        }
        topics
    }
}

/// What the decisions on all messages of a case allow together.
fn allowed(case: &Case, messages: &[Entry]) -> Allowed {
    let mut allowed = Allowed { visibility: case.visibility, ..Allowed::default() };
    for entry in messages {
        if entry.message.direction() == crate::model::Direction::In {
            allowed.sources.insert(entry.message.source().clone());
        }
        let Some(decision) = &entry.assessment.decision else { continue };
        let facets = &decision.facets;
        allowed.approve.extend(facets.approve.iter().cloned());
        allowed.hold |= facets.hold;
        allowed.visibility = allowed.visibility.max(facets.visibility);
        if let Some(scale) = facets.respond {
            allowed.scale = Some(allowed.scale.map_or(scale, |known| known.join(scale)));
        }
    }
    if case.incident.is_some() {
        // Macro and micro responses meet in an incident, whatever each message alone asked for.
        allowed.scale = allowed.scale.map(|scale| scale.join(ReplyScale::Macro));
    }
    allowed
}
