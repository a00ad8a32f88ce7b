//! Which events are about a person, and what becomes of each?
//!
//! Read [`find`] first: it gathers what names the person, what answers them and what was put aside unread, and says for
//! each event what is left of it. Each rule looks at one event alone, so a log that was rewritten replays as it stands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::blank;
use super::names::Names;
use super::{ErasureCounts, Mention, Quote};
use crate::model::{
    Assessment, Asset, AssetId, Case, CaseChange, CaseId, Direction, Event, ExternalId, Fact, Feedback,
    FeedbackKind, IdentityKey, IssuePlan, Message, MessageKey, Part, PermissionId, ReplyScale, ResponseDraft,
    ResponseRecord, Span, SpanKind, Thread, ThreadId,
};
use crate::record::error::Fault;
use crate::record::fold::{Rank, erased_record};
use crate::record::{Archive, Rewritten, StoreError};

/// Who and what is taken out.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub(super) accounts: BTreeSet<IdentityKey>,
    /// Messages that go whoever wrote them.
    pub(super) messages: BTreeSet<MessageKey>,
    /// What they are called besides.
    pub(super) known_as: BTreeSet<String>,
    /// What is later stays.
    pub(super) until: Option<DateTime<Utc>>,
    /// Whether names are blocked out of what other people said.
    pub(super) redact: bool,
}

/// What is done, and what is told of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) changes: Vec<Rewritten>,
    pub(super) counts: ErasureCounts,
    pub(super) mentions: Vec<Mention>,
}

/// Finds every event that is about them, and what is left of it.
pub(super) fn find(archive: &mut dyn Archive, gone: &Gone) -> Result<Found, StoreError> {
    let accounts: Vec<IdentityKey> = gone.accounts.iter().cloned().collect();
    let mut events: BTreeMap<u64, Event> = archive.involving(&accounts)?.into_iter().collect();
    let mut names = names_in(&accounts, events.values());
    gone.known_as.iter().for_each(|name| names.add(name, true));
    let mut search = Search::of(gone, names);
    let theirs: Vec<_> = events.values().filter_map(|event| search.written_by_them(event)).collect();
    search.mine.extend(theirs);
    let threads = accounts.iter().filter_map(|account| {
        // A conversation with one person is often called after their account.
        let external_id = ExternalId::new(account.native_id.as_str()).ok()?;
        Some(MessageKey { source: account.source.clone(), external_id })
    });
    search.ids = search.mine.iter().cloned().chain(threads).collect();
    let ids: Vec<MessageKey> = search.ids.iter().cloned().collect();
    let known = events.keys().copied().collect();
    events.extend(archive.citing(&ids, &known)?);
    search.number_versions(&events);
    for event in events.values() {
        search.note_case(event);
        search.note_advocacy(event);
    }
    let mut found = Found::default();
    for (seq, event) in events {
        search.change(seq, event, &mut found)?;
    }
    if !gone.accounts.is_empty() {
        for (seq, event) in archive.put_aside()? {
            search.change(seq, event, &mut found)?;
        }
    }
    found.counts.messages = search.mine.len() as u64;
    found.changes.sort_by_key(|change| change.seq);
    Ok(found)
}

/// What the accounts are called in the events that show them.
pub(in crate::record) fn names_in<'a>(
    accounts: &[IdentityKey],
    events: impl Iterator<Item = &'a Event>,
) -> Names {
    let mut names = Names::default();
    accounts.iter().for_each(|account| names.add_key(account));
    for event in events {
        match event {
            Event::Captured { message, .. } => {
                let others = message.participants().iter().map(|participant| &participant.identity);
                for identity in message.author().into_iter().chain(others) {
                    if accounts.contains(&identity.key) {
                        names.add_identity(identity);
                    }
                }
            }
            Event::Noted { fact } => {
                if let Fact::Account { identity, .. } = fact.as_ref()
                    && accounts.contains(&identity.key)
                {
                    names.add_identity(identity);
                }
            }
            _ => {}
        }
    }
    names
}

struct Search<'a> {
    gone: &'a Gone,
    names: Names,
    /// The messages that go: a message is theirs, in all its versions, when one of these is.
    mine: BTreeSet<MessageKey>,
    /// Ids that lead to them: of their messages, and of conversations that are called after an account.
    ids: BTreeSet<MessageKey>,
    /// The number of each version among those of its message, in the order that decides which is the current one.
    versions: BTreeMap<u64, usize>,
    /// Cases that are theirs.
    cases: BTreeSet<CaseId>,
    /// What they were asked, and what was made of their words.
    permissions: BTreeSet<PermissionId>,
    assets: BTreeSet<AssetId>,
}

impl<'a> Search<'a> {
    fn of(gone: &'a Gone, names: Names) -> Self {
        Self {
            gone,
            names,
            mine: gone.messages.clone(),
            ids: BTreeSet::new(),
            versions: BTreeMap::new(),
            cases: BTreeSet::new(),
            permissions: BTreeSet::new(),
            assets: BTreeSet::new(),
        }
    }

    fn is_gone(&self, account: &IdentityKey) -> bool {
        self.gone.accounts.contains(account)
    }

    fn is_before(&self, at: DateTime<Utc>) -> bool {
        self.gone.until.is_none_or(|until| at <= until)
    }

    fn written_by_them(&self, event: &Event) -> Option<MessageKey> {
        let Event::Captured { message, .. } = event else { return None };
        let is_theirs = message.author_key().is_some_and(|author| self.is_gone(author));
        (is_theirs && self.is_before(message.times().observed)).then(|| message.key())
    }

    fn number_versions(&mut self, events: &BTreeMap<u64, Event>) {
        let mut by_message: BTreeMap<MessageKey, BTreeSet<(Rank, u64)>> = BTreeMap::new();
        for (seq, event) in events {
            if let Event::Captured { message, .. } = event
                && self.mine.contains(&message.key())
            {
                let rank = Rank::of(message, &message.version());
                by_message.entry(message.key()).or_default().insert((rank, *seq));
            }
        }
        let numbered = |versions: BTreeSet<(Rank, u64)>| versions.into_iter().map(|(_, seq)| seq).zip(1..);
        self.versions = by_message.into_values().flat_map(numbered).collect();
    }

    fn owns(&self, case: &Case) -> bool {
        case.author.as_ref().is_some_and(|author| self.is_gone(author)) && self.is_before(case.opened)
    }

    fn note_case(&mut self, event: &Event) {
        if let Event::CaseOpened { case } | Event::CaseJoined { case, .. } = event
            && (self.owns(case) || self.mine.contains(&case.first))
        {
            self.cases.insert(case.id.clone());
        }
    }

    /// A permission goes with all its steps, and so does an asset: what is left could not stand alone.
    fn note_advocacy(&mut self, event: &Event) {
        match event {
            Event::PermissionAsked { permission }
                if self.is_gone(&permission.identity) && self.is_before(permission.at) =>
            {
                self.permissions.insert(permission.id.clone());
            }
            Event::AssetMade { asset } if self.is_gone(&asset.identity) && self.is_before(asset.at) => {
                self.assets.insert(asset.id.clone());
            }
            _ => {}
        }
    }

    /// Takes an event among the changes, unless it has nothing to do with them.
    fn change(&self, seq: u64, from: Event, found: &mut Found) -> Result<(), StoreError> {
        let to = self.left_of(seq, &from, found)?;
        // What ended a case of theirs stays as it is, but names them no longer.
        let unnamed = !matches!(&from, Event::CaseOpened { .. } | Event::CaseJoined { .. })
            && from.case().is_some_and(|case| self.cases.contains(case));
        if to != from || unnamed {
            found.changes.push(Rewritten { seq, from, to });
        }
        Ok(())
    }

    fn left_of(&self, seq: u64, event: &Event, found: &mut Found) -> Result<Event, StoreError> {
        let counts = &mut found.counts;
        let count = |number: &mut u64, event: Event| {
            *number += 1;
            event
        };
        Ok(match event {
            Event::Captured { message, assessment } => {
                return self.left_of_message(seq, message, assessment, found);
            }
            Event::Quarantined { input, record, raw, .. } if self.names.stand_in(raw) => {
                let (input, fault, raw) = (input.clone(), "erased".to_owned(), erased_record(raw));
                count(&mut counts.quarantined, Event::Quarantined { input, record: *record, fault, raw })
            }
            Event::CaseOpened { case } => {
                let case = Box::new(self.left_of_case(case, counts));
                Event::CaseOpened { case }
            }
            Event::CaseJoined { case, message } => {
                let case = Box::new(self.left_of_case(case, &mut ErasureCounts::default()));
                Event::CaseJoined { case, message: self.key(message) }
            }
            Event::Responded { response } => match self.left_of_response(response) {
                Some(response) => {
                    count(&mut counts.responses, Event::Responded { response: Box::new(response) })
                }
                None => event.clone(),
            },
            Event::Drafted { draft } => match self.left_of_draft(draft) {
                Some(draft) => count(&mut counts.responses, Event::Drafted { draft: Box::new(draft) }),
                None => event.clone(),
            },
            Event::Published { response, message, by, at } => {
                let (response, message) = (response.clone(), self.key(message));
                Event::Published { response, message, by: *by, at: *at }
            }
            Event::FedBack { feedback } => Event::FedBack { feedback: self.left_of_feedback(feedback) },
            Event::PermissionAsked { permission } => {
                if self.permissions.contains(&permission.id) {
                    count(&mut counts.permissions, blank::forgotten(event))
                } else {
                    let mut permission = permission.clone();
                    permission.message = permission.message.as_ref().map(|message| self.key(message));
                    Event::PermissionAsked { permission }
                }
            }
            Event::PermissionAnswered { answer } if self.permissions.contains(&answer.permission) => {
                count(&mut counts.permissions, blank::forgotten(event))
            }
            Event::PermissionWithdrawn { permission, .. } if self.permissions.contains(permission) => {
                count(&mut counts.permissions, blank::forgotten(event))
            }
            Event::AssetMade { asset } => match self.left_of_asset(asset) {
                Some(asset) => Event::AssetMade { asset: Box::new(asset) },
                None => count(&mut counts.assets, blank::forgotten(event)),
            },
            Event::AssetExported { export } if self.assets.contains(&export.asset) => {
                count(&mut counts.assets, blank::forgotten(event))
            }
            Event::ProgrammePlanned { plan } => {
                Event::ProgrammePlanned { plan: Box::new(self.left_of_plan(plan)) }
            }
            Event::CaseChanged { case, at, by, change } if self.cases.contains(case) => {
                let mut left = change.as_ref().clone().without_words();
                if let CaseChange::Reopened { message: Some(message), .. } = &mut left {
                    *message = self.key(message);
                }
                let change = Box::new(left);
                Event::CaseChanged { case: case.clone(), at: *at, by: by.clone(), change }
            }
            Event::Labelled { label } if self.mine.contains(&label.message) => {
                let mut label = label.clone();
                label.message = label.message.erased();
                count(&mut counts.labels, Event::Labelled { label })
            }
            Event::Noted { fact } if self.is_before(fact.at()) => match self.left_of_fact(fact) {
                Some(Event::Noted { fact }) => count(&mut counts.facts, Event::Noted { fact }),
                Some(_) => count(&mut counts.facts, blank::forgotten(event)),
                None => event.clone(),
            },
            Event::Transacted { transaction } => {
                if self.is_gone(&transaction.identity) && self.is_before(transaction.at) {
                    count(&mut counts.transactions, blank::forgotten(event))
                } else {
                    let mut transaction = transaction.clone();
                    transaction.message = transaction.message.as_ref().map(|message| self.key(message));
                    Event::Transacted { transaction }
                }
            }
            Event::Linked { link } | Event::LinkRevoked { link, .. }
                if (self.is_gone(&link.a) || self.is_gone(&link.b)) && self.is_before(link.at) =>
            {
                count(&mut counts.links, blank::forgotten(event))
            }
            _ => event.clone(),
        })
    }

    /// The key of a message, or what is left of it.
    fn key(&self, key: &MessageKey) -> MessageKey {
        if self.mine.contains(key) { key.erased() } else { key.clone() }
    }

    fn left_of_case(&self, case: &Case, counts: &mut ErasureCounts) -> Case {
        let mut left = case.clone();
        left.first = self.key(&case.first);
        if self.cases.contains(&case.id)
            && let Some(waiting) = &mut left.waiting
        {
            waiting.reason.clear();
        }
        if self.owns(case) {
            (left.author, left.thread) = (None, None);
            left.also_in.clear();
        } else if let Some(thread) = &mut left.thread
            && let Some(erased) = self.erased_id(&thread.source, thread.id.as_str())
            && let Ok(id) = ThreadId::new(erased.as_str())
        {
            thread.id = id;
        }
        left.also_in = left.also_in.into_iter().map(|thread| self.left_of_thread(thread)).collect();
        if self.cases.contains(&case.id) {
            counts.cases += 1;
        }
        left
    }

    fn left_of_thread(&self, mut thread: Thread) -> Thread {
        if let Some(erased) = self.erased_id(&thread.source, thread.id.as_str())
            && let Ok(id) = ThreadId::new(erased.as_str())
        {
            thread.id = id;
        }
        thread
    }

    /// What is left of an id that leads to them.
    fn erased_id(&self, source: &crate::model::Source, id: &str) -> Option<ExternalId> {
        let key = MessageKey { source: source.clone(), external_id: ExternalId::new(id).ok()? };
        self.ids.contains(&key).then(|| key.erased().external_id)
    }

    /// A response to them loses its words; one to everybody keeps them, and no longer says whom it answers.
    fn left_of_response(&self, response: &ResponseRecord) -> Option<ResponseRecord> {
        let answers = response.to.as_ref().is_some_and(|to| self.mine.contains(to));
        if !answers && !self.cases.contains(&response.case) {
            return None;
        }
        let mut left = response.clone();
        left.to = None;
        if response.scale == ReplyScale::Macro {
            left.text = self.names.redacted(&response.text).text;
        } else {
            left.text.clear();
        }
        Some(left)
    }

    /// A draft goes as what is sent does, with the reasons that somebody wrote beside it.
    fn left_of_draft(&self, draft: &ResponseDraft) -> Option<ResponseDraft> {
        let answers = draft.to.as_ref().is_some_and(|to| self.mine.contains(to));
        if !answers && !self.cases.contains(&draft.case) {
            return None;
        }
        let mut left = draft.clone();
        (left.to, left.reason) = (None, None);
        if draft.scale == ReplyScale::Macro {
            left.text = self.names.redacted(&draft.text).text;
        } else {
            left.text.clear();
        }
        Some(left)
    }

    /// That they answered stays, and no longer says with which message.
    fn left_of_feedback(&self, feedback: &Feedback) -> Feedback {
        let mut left = feedback.clone();
        if let FeedbackKind::Reply { message } = &mut left.kind {
            *message = self.key(message);
        }
        left
    }

    /// What was made of their words goes with them; of words that are only old it stays, as long as its permission does.
    fn left_of_asset(&self, asset: &Asset) -> Option<Asset> {
        if self.assets.contains(&asset.id) {
            return None;
        }
        let mut left = asset.clone();
        left.message = asset.message.as_ref().map(|message| self.key(message));
        Some(left)
    }

    fn left_of_plan(&self, plan: &IssuePlan) -> IssuePlan {
        let mut left = plan.clone();
        if plan.raised_by.as_ref().is_some_and(|message| self.mine.contains(message)) {
            left.raised_by = plan.raised_by.as_ref().map(|message| self.key(message));
            left.path = self.names.redacted(&plan.path).text;
        }
        left
    }

    /// A fact about them is forgotten; one about somebody else that names them keeps a hash in their place.
    fn left_of_fact(&self, fact: &Fact) -> Option<Event> {
        if !fact.identities().into_iter().any(|account| self.is_gone(account)) {
            return None;
        }
        match fact {
            Fact::Relationship(relationship) if !self.is_gone(&relationship.from) => {
                let mut left = relationship.clone();
                left.to = relationship.to.erased();
                Some(Event::Noted { fact: Box::new(Fact::Relationship(left)) })
            }
            _ => Some(Event::Forgotten { was: String::new() }),
        }
    }

    fn left_of_message(
        &self,
        seq: u64,
        message: &Message,
        said: &Assessment,
        found: &mut Found,
    ) -> Result<Event, StoreError> {
        if self.mine.contains(&message.key()) {
            found.counts.versions += 1;
            let left = blank::message(message, self.versions.get(&seq).copied().unwrap_or_default());
            return captured(seq, left, blank::assessment(said, &self.names));
        }
        let names_them = self.is_before(message.times().observed)
            && message.participants().iter().any(|participant| self.is_gone(&participant.identity.key));
        let mut left = message.clone().into_builder();
        let mut said = said.clone();
        if let Some(id) = left.thread.id.as_deref().and_then(|id| self.erased_id(&left.source, id)) {
            left.thread.id = Some(id.as_str().to_owned());
        }
        for id in [&mut left.thread.parent, &mut left.thread.quoted, &mut left.thread.repost_of] {
            if let Some(erased) = id.as_ref().and_then(|id| self.erased_id(&left.source, id.as_str())) {
                *id = Some(erased);
            }
        }
        if names_them {
            left.participants.retain(|participant| !self.is_gone(&participant.identity.key));
            found.counts.participations += 1;
        }
        if self.answers_them(message, names_them) {
            // What we wrote to them goes as a response does. The version names what stood there: it stays known.
            left.version = Some(message.version());
            (left.title, left.place) = (None, None);
            left.text.clear();
            left.spans.clear();
            left.attachments.clear();
            left.ext.clear();
            said = blank::assessment(&said, &self.names);
            found.counts.answers += 1;
            return captured(seq, left, said);
        }
        if names_them {
            self.clear_fields(&mut left);
            if self.gone.redact {
                self.block_out(message, &mut left, &mut said);
            } else {
                self.quote(message, found);
            }
        }
        captured(seq, left, said)
    }

    /// Whether it is our own answer to one of their messages, or went to them alone.
    fn answers_them(&self, message: &Message, names_them: bool) -> bool {
        if message.direction() != Direction::Out {
            return false;
        }
        let key = |external_id: &ExternalId| MessageKey {
            source: message.source().clone(),
            external_id: external_id.clone(),
        };
        let mut to = message.participants().iter().filter(|other| other.part == Part::To).peekable();
        let to_them_alone = names_them && to.peek().is_some() && to.all(|to| self.is_gone(&to.identity.key));
        to_them_alone || message.thread().parent.as_ref().is_some_and(|id| self.mine.contains(&key(id)))
    }

    /// What the platform said of them besides anybody's words.
    fn clear_fields(&self, left: &mut crate::model::MessageBuilder) {
        for span in &mut left.spans {
            let names_them = span.value.as_deref().is_some_and(|value| self.names.occur_in(value));
            if names_them && (span.kind != SpanKind::Link || self.gone.redact) {
                span.value = None;
            }
        }
        left.ext.retain(|_, value| !self.names.occur_in(&value.to_string()));
    }

    fn block_out(&self, message: &Message, left: &mut crate::model::MessageBuilder, said: &mut Assessment) {
        let redacted = self.names.redacted(message.text());
        let title = message.title().map(|title| self.names.redacted(title).text);
        for span in &mut left.spans {
            let place = redacted.place(span.span());
            (span.start, span.end) = <(u32, u32)>::from(place);
        }
        for attachment in &mut left.attachments {
            for field in [&mut attachment.name, &mut attachment.url] {
                *field = field.take().filter(|text| !self.names.occur_in(text));
            }
        }
        blank::moved(said, &redacted, &self.names);
        // The platform delivers what it delivered: known by the version that stood there, it does not come back.
        left.version = Some(message.version());
        (left.title, left.text) = (title, redacted.text);
    }

    fn quote(&self, message: &Message, found: &mut Found) {
        let spans: Vec<Span> = self.names.places(message.text());
        let in_title = message.title().is_some_and(|title| self.names.occur_in(title));
        if spans.is_empty() && !in_title {
            return;
        }
        found.counts.mentions += 1;
        if found.mentions.len() < super::MENTIONS_MAX {
            let quote = Quote { message: message.key(), version: message.version() };
            found.mentions.push(Mention { quote, spans, in_title });
        }
    }
}

fn captured(seq: u64, left: crate::model::MessageBuilder, said: Assessment) -> Result<Event, StoreError> {
    let refused = |_| Fault::refused(format!("what is left of event {seq} is no message")).at("the record");
    let message = left.clone().build().or_else(|_| {
        // Blocked out, a text can be larger than a text may be: then it goes altogether.
        let mut left = left;
        left.text.clear();
        left.spans.clear();
        left.build()
    });
    let message = Box::new(message.map_err(refused)?);
    Ok(Event::Captured { message, assessment: Box::new(said) })
}
