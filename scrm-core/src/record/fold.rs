//! What does a commit do? The one law that every store keeps.
//!
//! Read [`apply`] first; [`Ledger`] is what a store lends it for the time of one transaction.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::error::Fault;
use super::subject::{self, Subject, subjects};
use super::{Involvement, Receipt, Staff, StoreErrorKind};
use crate::model::{
    Assessment, Assignment, Case, CaseChange, CaseId, DeliveryKey, Erasure, Event, ExternalId, Fact,
    FeedbackKind, Identity, IdentityKey, IdentityLink, Incident, IncidentChange, IncidentId, LinkId, Message,
    MessageKey, PersonId, PersonLabel, Presence, ResponseId, ResponseRecord, Revocation, Verdict, Version,
    hex,
};

/// A store inside one transaction: what it knows, and how it takes note of something new.
pub(super) trait Ledger {
    /// Whether this delivery was captured.
    fn has_delivery(&mut self, key: &DeliveryKey) -> Result<bool, Fault>;
    /// Whether any version of this message was captured.
    fn has_message(&mut self, key: &MessageKey) -> Result<bool, Fault>;
    /// Whether anybody was ever erased.
    fn has_erasures(&mut self) -> Result<bool, Fault>;
    /// Whether this record was put aside.
    fn has_quarantined(&mut self, key: &QuarantineKey) -> Result<bool, Fault>;
    /// Whether the event of this number put a record aside that was not released since; `None` when there is no such.
    fn is_held(&mut self, seq: u64) -> Result<Option<bool>, Fault>;
    /// Whether this response was noted.
    fn has_response(&mut self, id: &ResponseId) -> Result<bool, Fault>;
    /// Whether this was noted: a fact, a transaction or a label, word for word.
    fn has_note(&mut self, note: &NoteKey) -> Result<bool, Fault>;
    /// The case as it is now.
    fn case(&mut self, id: &CaseId) -> Result<Option<Case>, Fault>;
    /// The incident as it is now, without its cases.
    fn incident(&mut self, id: &IncidentId) -> Result<Option<Incident>, Fault>;
    /// Whether a claim still stands; `None` when it was never made.
    fn stands(&mut self, id: &LinkId) -> Result<Option<bool>, Fault>;

    /// The events on one thing, those of this commit included, in order.
    fn about(&mut self, subject: &Subject) -> Result<Vec<Event>, Fault>;

    /// Appends to the log and returns the event's number.
    fn append(&mut self, event: &Event) -> Result<u64, Fault>;
    /// Notes that an event names an account.
    fn involve(&mut self, seq: u64, account: &IdentityKey, part: Involvement) -> Result<(), Fault>;
    /// Notes that an event names a message, besides the one that it is.
    fn cite(&mut self, seq: u64, message: &MessageKey) -> Result<(), Fault>;
    /// Notes that an event is about a thing.
    fn tie(&mut self, seq: u64, subject: Subject, event: &Event) -> Result<(), Fault>;
    /// Notes a delivery that was not there.
    fn add_delivery(
        &mut self,
        seq: u64,
        key: &DeliveryKey,
        message: &Message,
        assessment: &Assessment,
    ) -> Result<(), Fault>;
    /// Notes an account as it was seen: in a message that is not taken down (`live`), or in the master data.
    fn see(&mut self, account: &Identity, at: DateTime<Utc>, live: bool) -> Result<(), Fault>;
    /// Notes a person's label of a message that is there.
    fn add_label(&mut self, seq: u64, label: &PersonLabel) -> Result<(), Fault>;
    /// Notes a record that was not there.
    fn add_quarantined(&mut self, seq: u64, key: &QuarantineKey) -> Result<(), Fault>;
    /// Notes that a record is put aside no longer.
    fn release(&mut self, seq: u64, quarantined: u64) -> Result<(), Fault>;
    /// Notes a response that was not there.
    fn add_response(&mut self, seq: u64, response: &ResponseRecord) -> Result<(), Fault>;
    /// Notes a fact, a transaction or a label that was not there.
    fn add_note(&mut self, seq: u64, note: &NoteKey) -> Result<(), Fault>;
    /// Notes how a case is now. Its clocks are to be looked at from `at` on.
    fn put_case(&mut self, case: &Case, at: DateTime<Utc>) -> Result<(), Fault>;
    /// Notes that an event happened to a case.
    fn follow(&mut self, seq: u64, case: &CaseId) -> Result<(), Fault>;
    /// Notes how an incident is now.
    fn put_incident(&mut self, incident: &Incident) -> Result<(), Fault>;
    /// Notes what was said of somebody's presence.
    fn put_presence(&mut self, presence: &Presence) -> Result<(), Fault>;
    /// Notes that somebody was given a case.
    fn put_turn(&mut self, person: &PersonId, at: DateTime<Utc>) -> Result<(), Fault>;
    /// Notes a claim that was not there, or that one was taken back (`link.revoked`).
    fn put_link(&mut self, seq: u64, id: &LinkId, link: &IdentityLink) -> Result<(), Fault>;
    /// Notes an erasure.
    fn add_erasure(&mut self, seq: u64, erasure: &Erasure) -> Result<(), Fault>;
    /// The number of the last event in the log.
    fn last(&self) -> u64;
}

/// Appends what is new among `events` and folds it into the state.
pub(super) fn apply(ledger: &mut dyn Ledger, events: &[Event]) -> Result<Receipt, Fault> {
    let mut receipt = Receipt::default();
    let mut repeated = BTreeSet::new();
    for (event, number) in events.iter().zip(1..) {
        match fold(ledger, event, &mut repeated).map_err(|fault| fault.of_event(number))? {
            Effect::Appended => receipt.appended += 1,
            Effect::Duplicate => receipt.duplicates += 1,
            Effect::WithDuplicate => {}
        }
    }
    receipt.last = ledger.last();
    Ok(receipt)
}

/// Whether nothing else was recorded after the event of this number.
pub(super) fn expect_last(expected: Option<u64>, last: u64) -> Result<(), Fault> {
    let holds = expected.is_none_or(|expected| expected == last);
    if holds { Ok(()) } else { Err(Fault::new(StoreErrorKind::Stale).detail("the record")) }
}

/// Whether nothing happened to these cases after the events of these numbers.
pub(super) fn expect_cases(
    expected: &[(CaseId, u64)],
    mut revision: impl FnMut(&CaseId) -> u64,
) -> Result<(), Fault> {
    match expected.iter().find(|(case, known)| revision(case) > *known) {
        Some((case, _)) => Err(Fault::new(StoreErrorKind::Stale).detail(format!("case `{case}`"))),
        None => Ok(()),
    }
}

/// Whether these people have as much as was expected, and nothing else was said of their presence.
pub(super) fn expect_staff(expected: &[Staff], now: &[Staff]) -> Result<(), Fault> {
    let of = |person: &PersonId| now.iter().find(|staff| staff.person == *person);
    let holds = |known: &&Staff| {
        let found = of(&known.person).cloned().unwrap_or_else(|| Staff::new(known.person.clone()));
        found.cases == known.cases && found.presence == known.presence
    };
    match expected.iter().find(|known| !holds(known)) {
        Some(known) => {
            Err(Fault::new(StoreErrorKind::Stale).detail(format!("what `{}` has to do", known.person)))
        }
        None => Ok(()),
    }
}

enum Effect {
    Appended,
    Duplicate,
    WithDuplicate,
}

/// `repeated` holds the messages whose last delivery in this commit was there already.
fn fold(
    ledger: &mut dyn Ledger,
    event: &Event,
    repeated: &mut BTreeSet<MessageKey>,
) -> Result<Effect, Fault> {
    match event {
        Event::Captured { message, assessment } => {
            let key = message.delivery();
            if ledger.has_delivery(&key)? || is_erased(ledger, &key.message)? {
                repeated.insert(key.message);
                return Ok(Effect::Duplicate);
            }
            repeated.remove(&key.message);
            let seq = ledger.append(event)?;
            ledger.add_delivery(seq, &key, message, assessment)?;
            for (account, part) in involved(message) {
                ledger.involve(seq, account, part)?;
            }
            cite_all(ledger, seq, event)?;
            if let Some(author) = message.author() {
                ledger.see(author, message.times().observed, !message.is_tombstone())?;
            }
        }
        Event::Quarantined { input, record, raw, .. } => {
            let key = QuarantineKey::new(input, *record, raw);
            if ledger.has_quarantined(&key)? {
                return Ok(Effect::Duplicate);
            }
            let seq = ledger.append(event)?;
            ledger.add_quarantined(seq, &key)?;
        }
        Event::Released { quarantined } => match ledger.is_held(*quarantined)? {
            Some(true) => {
                let seq = ledger.append(event)?;
                ledger.release(seq, *quarantined)?;
            }
            Some(false) => return Ok(Effect::Duplicate),
            None => return Err(Fault::refused(format!("event {quarantined} of the log put nothing aside"))),
        },
        Event::CaseOpened { case } => return put(ledger, event, case, &case.first, repeated),
        Event::CaseJoined { case, message } => return put(ledger, event, case, message, repeated),
        Event::Responded { response } => return respond(ledger, event, response),
        Event::CaseResolved { case, at, .. } => return change(ledger, event, case, *at),
        Event::CaseChanged { case, at, change: what, .. } => {
            if let CaseChange::Reopened { message: Some(message), .. } = what.as_ref()
                && repeated.contains(message)
            {
                return Ok(Effect::WithDuplicate);
            }
            let done = change(ledger, event, case, *at)?;
            if let (Effect::Appended, Some(person)) = (&done, given(what)) {
                ledger.put_turn(person, *at)?;
            }
            return Ok(done);
        }
        Event::IncidentChanged { incident, at, change } => {
            return change_incident(ledger, event, incident, *at, change);
        }
        Event::PresenceChanged { presence } => {
            ledger.append(event)?;
            ledger.put_presence(presence)?;
        }
        Event::Labelled { label } => return relabel(ledger, event, label),
        Event::Noted { fact } => return note(ledger, event, fact),
        Event::Transacted { transaction } => {
            let key = NoteKey::of(event)?;
            if ledger.has_note(&key)? {
                return Ok(Effect::Duplicate);
            }
            let seq = ledger.append(event)?;
            ledger.add_note(seq, &key)?;
            ledger.involve(seq, &transaction.identity, Involvement::Subject)?;
            cite_all(ledger, seq, event)?;
        }
        Event::Linked { link } => return claim(ledger, event, link),
        Event::LinkRevoked { link, revocation } => return revoke(ledger, event, link, revocation),
        Event::Drafted { .. }
        | Event::Approved { .. }
        | Event::Discarded { .. }
        | Event::Published { .. }
        | Event::FedBack { .. }
        | Event::PermissionAsked { .. }
        | Event::PermissionAnswered { .. }
        | Event::PermissionWithdrawn { .. }
        | Event::AssetMade { .. }
        | Event::AssetExported { .. }
        | Event::ProgrammeBegun { .. }
        | Event::ProgrammePlanned { .. }
        | Event::ProgrammeActivated { .. } => return follow(ledger, event),
        Event::Erased { erasure } => {
            let seq = ledger.append(event)?;
            ledger.add_erasure(seq, erasure)?;
        }
        Event::Forgotten { .. } => {
            ledger.append(event)?;
        }
    }
    Ok(Effect::Appended)
}

/// Whether the message was erased with its author: then no version of it comes back.
fn is_erased(ledger: &mut dyn Ledger, key: &MessageKey) -> Result<bool, Fault> {
    Ok(ledger.has_erasures()? && ledger.has_message(&key.erased())?)
}

/// The accounts that a message names, and as what.
pub(super) fn involved(message: &Message) -> BTreeSet<(&IdentityKey, Involvement)> {
    let author = message.author_key().map(|author| (author, Involvement::Author));
    let others = message
        .participants()
        .iter()
        .map(|participant| (&participant.identity.key, Involvement::of(participant.part)));
    author.into_iter().chain(others).collect()
}

/// The accounts that an event names, and as what. What else happens to a case names whom the
/// case names, which is not here.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) fn named(event: &Event) -> BTreeSet<(IdentityKey, Involvement)> {
    let one = |account: &IdentityKey, part| (account.clone(), part);
    match event {
        Event::Captured { message, .. } => {
            involved(message).into_iter().map(|(account, part)| one(account, part)).collect()
        }
        Event::CaseOpened { case } | Event::CaseJoined { case, .. } => {
            case.author.iter().map(|author| one(author, Involvement::Case)).collect()
        }
        Event::Noted { fact } => {
            fact.identities().into_iter().map(|account| one(account, Involvement::Subject)).collect()
        }
        Event::Transacted { transaction } => {
            BTreeSet::from([one(&transaction.identity, Involvement::Subject)])
        }
        Event::Linked { link } | Event::LinkRevoked { link, .. } => {
            BTreeSet::from([one(&link.a, Involvement::Link), one(&link.b, Involvement::Link)])
        }
        _ => subject_of(event).map(|account| one(account, Involvement::Subject)).into_iter().collect(),
    }
}

/// The customer whose permission or whose words an event is about.
fn subject_of(event: &Event) -> Option<&IdentityKey> {
    match event {
        Event::PermissionAsked { permission } => Some(&permission.identity),
        Event::PermissionAnswered { answer } => Some(&answer.identity),
        Event::PermissionWithdrawn { identity, .. } => Some(identity),
        Event::AssetMade { asset } => Some(&asset.identity),
        Event::AssetExported { export } => Some(&export.identity),
        _ => None,
    }
}

/// The messages that an event names, besides the one that it is: what it answers, quotes or passes on, the one that its
/// thread is called after, the one that a case, a response, a label or a transaction belongs to.
pub(super) fn cited(event: &Event) -> BTreeSet<MessageKey> {
    match event {
        Event::Captured { message, .. } => {
            let (own, thread) = (message.key(), message.thread());
            let root = thread.id.as_deref().and_then(|id| ExternalId::new(id).ok());
            let ids = [root, thread.parent.clone(), thread.quoted.clone(), thread.repost_of.clone()];
            let keys = ids.into_iter().flatten();
            let keys = keys.map(|external_id| MessageKey { source: own.source.clone(), external_id });
            keys.filter(|key| *key != own).collect()
        }
        Event::CaseOpened { case } => cited_by_case(case).collect(),
        Event::CaseJoined { case, message } => cited_by_case(case).chain([message.clone()]).collect(),
        Event::Responded { response } => response.to.iter().cloned().collect(),
        Event::Drafted { draft } => draft.to.iter().cloned().collect(),
        Event::Published { message, .. } => BTreeSet::from([message.clone()]),
        Event::FedBack { feedback } => match &feedback.kind {
            FeedbackKind::Reply { message } => BTreeSet::from([message.clone()]),
            _ => BTreeSet::new(),
        },
        Event::PermissionAsked { permission } => permission.message.iter().cloned().collect(),
        Event::AssetMade { asset } => asset.message.iter().cloned().collect(),
        Event::ProgrammePlanned { plan } => plan.raised_by.iter().cloned().collect(),
        Event::Labelled { label } => BTreeSet::from([label.message.clone()]),
        Event::Transacted { transaction } => transaction.message.iter().cloned().collect(),
        Event::CaseChanged { change, .. } => match change.as_ref() {
            CaseChange::Reopened { message, .. } => message.iter().cloned().collect(),
            _ => BTreeSet::new(),
        },
        _ => BTreeSet::new(),
    }
}

fn cited_by_case(case: &Case) -> impl Iterator<Item = MessageKey> + '_ {
    let roots = case.thread.iter().chain(&case.also_in).filter_map(|thread| {
        let external_id = ExternalId::new(thread.id.as_str()).ok()?;
        Some(MessageKey { source: thread.source.clone(), external_id })
    });
    [case.first.clone()].into_iter().chain(roots)
}

fn cite_all(ledger: &mut dyn Ledger, seq: u64, event: &Event) -> Result<(), Fault> {
    cited(event).iter().try_for_each(|message| ledger.cite(seq, message))
}

fn tie_all(ledger: &mut dyn Ledger, seq: u64, event: &Event) -> Result<(), Fault> {
    subjects(event).into_iter().try_for_each(|subject| ledger.tie(seq, subject, event))
}

/// What follows earlier events on the same thing: a step of a response, a permission, an asset or a programme.
fn follow(ledger: &mut dyn Ledger, event: &Event) -> Result<Effect, Fault> {
    match subject::judge(ledger, event)? {
        Verdict::Duplicate => return Ok(Effect::Duplicate),
        Verdict::Refused(why) => return Err(Fault::refused(why)),
        Verdict::New => {}
    }
    let answered = match event {
        Event::Drafted { draft } => known(ledger, &draft.case)?.author,
        _ => None,
    };
    let seq = ledger.append(event)?;
    if let Some(author) = &answered {
        ledger.involve(seq, author, Involvement::Answered)?;
    }
    if let Some(account) = subject_of(event) {
        ledger.involve(seq, account, Involvement::Subject)?;
    }
    cite_all(ledger, seq, event)?;
    tie_all(ledger, seq, event)?;
    Ok(Effect::Appended)
}

fn put(
    ledger: &mut dyn Ledger,
    event: &Event,
    case: &Case,
    message: &MessageKey,
    repeated: &BTreeSet<MessageKey>,
) -> Result<Effect, Fault> {
    if repeated.contains(message) {
        return Ok(Effect::WithDuplicate);
    }
    let seq = ledger.append(event)?;
    involve_author(ledger, seq, case)?;
    cite_all(ledger, seq, event)?;
    ledger.follow(seq, &case.id)?;
    ledger.put_case(case, case.updated)?;
    Ok(Effect::Appended)
}

fn involve_author(ledger: &mut dyn Ledger, seq: u64, case: &Case) -> Result<(), Fault> {
    match &case.author {
        Some(author) => ledger.involve(seq, author, Involvement::Case),
        None => Ok(()),
    }
}

fn respond(ledger: &mut dyn Ledger, event: &Event, response: &ResponseRecord) -> Result<Effect, Fault> {
    if ledger.has_response(&response.id)? {
        return Ok(Effect::Duplicate);
    }
    if let Verdict::Refused(why) = subject::judge(ledger, event)? {
        return Err(Fault::refused(why));
    }
    let case = known(ledger, &response.case)?;
    let seq = ledger.append(event)?;
    if let Some(author) = &case.author {
        ledger.involve(seq, author, Involvement::Answered)?;
    }
    cite_all(ledger, seq, event)?;
    tie_all(ledger, seq, event)?;
    ledger.follow(seq, &case.id)?;
    ledger.add_response(seq, response)?;
    if let (Some(after), Some(sent)) = (Case::after(Some(&case), event), response.sent) {
        ledger.put_case(&after, sent)?;
    }
    Ok(Effect::Appended)
}

/// What happens to a case that is there. What changes nothing is there already.
fn change(ledger: &mut dyn Ledger, event: &Event, id: &CaseId, at: DateTime<Utc>) -> Result<Effect, Fault> {
    let case = known(ledger, id)?;
    let Some(after) = Case::after(Some(&case), event) else { return Ok(Effect::Duplicate) };
    let seq = ledger.append(event)?;
    involve_author(ledger, seq, &case)?;
    cite_all(ledger, seq, event)?;
    ledger.follow(seq, id)?;
    ledger.put_case(&after, at)?;
    Ok(Effect::Appended)
}

/// Whose turn it was, when a case is given to somebody.
fn given(change: &CaseChange) -> Option<&PersonId> {
    match change {
        CaseChange::Assigned { to } => Assignment::person(to),
        _ => None,
    }
}

fn change_incident(
    ledger: &mut dyn Ledger,
    event: &Event,
    id: &IncidentId,
    at: DateTime<Utc>,
    change: &IncidentChange,
) -> Result<Effect, Fault> {
    let before = ledger.incident(id)?;
    let Some(after) = Incident::after(before.as_ref(), id, at, change) else { return Ok(Effect::Duplicate) };
    ledger.append(event)?;
    ledger.put_incident(&after)?;
    Ok(Effect::Appended)
}

fn known(ledger: &mut dyn Ledger, id: &CaseId) -> Result<Case, Fault> {
    let missing = || Fault::refused(format!("the record has no case `{id}`; commit its opening first"));
    ledger.case(id)?.ok_or_else(missing)
}

fn relabel(ledger: &mut dyn Ledger, event: &Event, label: &PersonLabel) -> Result<Effect, Fault> {
    if let Some(fault) = label.fault() {
        return Err(Fault::refused(fault));
    }
    let key = NoteKey::of(event)?;
    if ledger.has_note(&key)? {
        return Ok(Effect::Duplicate);
    }
    if !ledger.has_message(&label.message)? {
        return Err(Fault::refused(format!("the record has no message `{}` to label", label.message)));
    }
    let seq = ledger.append(event)?;
    ledger.add_note(seq, &key)?;
    cite_all(ledger, seq, event)?;
    ledger.add_label(seq, label)?;
    Ok(Effect::Appended)
}

fn note(ledger: &mut dyn Ledger, event: &Event, fact: &Fact) -> Result<Effect, Fault> {
    let key = NoteKey::of(event)?;
    if ledger.has_note(&key)? {
        return Ok(Effect::Duplicate);
    }
    let seq = ledger.append(event)?;
    ledger.add_note(seq, &key)?;
    for account in BTreeSet::from_iter(fact.identities()) {
        ledger.involve(seq, account, Involvement::Subject)?;
    }
    if let Fact::Account { identity, at } = fact {
        ledger.see(identity, *at, true)?;
    }
    Ok(Effect::Appended)
}

fn claim(ledger: &mut dyn Ledger, event: &Event, link: &IdentityLink) -> Result<Effect, Fault> {
    if link.a == link.b {
        return Err(Fault::refused(format!("a claim names one account twice: `{}`", link.a)));
    }
    if link.revoked.is_some() {
        return Err(Fault::refused(
            "a claim is made before it is taken back; commit both, one after the other",
        ));
    }
    let id = link.id();
    if ledger.stands(&id)?.is_some() {
        return Ok(Effect::Duplicate);
    }
    let seq = ledger.append(event)?;
    involve_both(ledger, seq, link)?;
    ledger.put_link(seq, &id, link)?;
    Ok(Effect::Appended)
}

fn revoke(
    ledger: &mut dyn Ledger,
    event: &Event,
    link: &IdentityLink,
    revocation: &Revocation,
) -> Result<Effect, Fault> {
    let id = link.id();
    match ledger.stands(&id)? {
        None => Err(Fault::refused(format!("the record has no claim `{id}` to take back"))),
        Some(false) => Ok(Effect::Duplicate),
        Some(true) => {
            let seq = ledger.append(event)?;
            involve_both(ledger, seq, link)?;
            let revoked = IdentityLink { revoked: Some(revocation.clone()), ..link.clone() };
            ledger.put_link(seq, &id, &revoked)?;
            Ok(Effect::Appended)
        }
    }
}

fn involve_both(ledger: &mut dyn Ledger, seq: u64, link: &IdentityLink) -> Result<(), Fault> {
    ledger.involve(seq, &link.a, Involvement::Link)?;
    ledger.involve(seq, &link.b, Involvement::Link)
}

/// Which of two versions of a message is the current one: the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) tombstone: bool,
    pub(super) observed: i64,
    pub(super) version: Version,
}

impl Rank {
    pub(super) fn of(message: &Message, version: &Version) -> Self {
        let observed = micros(message.times().observed);
        Self { tombstone: message.is_tombstone(), observed, version: version.clone() }
    }
}

/// Names a quarantined record: the same bytes at the same place of the same input are the same record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QuarantineKey {
    pub(super) input: String,
    pub(super) record: u64,
    pub(super) hash: String,
}

impl QuarantineKey {
    /// What was erased is known by the hash that is left of it, so it does not come back.
    pub(super) fn new(input: &str, record: u64, raw: &str) -> Self {
        let hash = raw.strip_prefix(ERASED).map_or_else(|| hash_of(raw.as_bytes()), str::to_owned);
        Self { input: input.to_owned(), record, hash }
    }
}

/// How a record begins that was put aside and then erased; the hash of what stood there follows.
const ERASED: &str = "erased:";

/// What is left of a record that was put aside.
pub(super) fn erased_record(raw: &str) -> String {
    if raw.starts_with(ERASED) { raw.to_owned() } else { format!("{ERASED}{}", hash_of(raw.as_bytes())) }
}

/// The first 128 bits of a hash in hexadecimal.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Names a fact, a transaction or a label by every word of it: the same said twice is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NoteKey(pub(super) String);

impl NoteKey {
    pub(super) fn of(event: &Event) -> Result<Self, Fault> {
        let body =
            serde_json::to_vec(event).map_err(|error| Fault::refused("it has no JSON form").source(error))?;
        Ok(Self(hash_of(&body)))
    }
}

/// Accounts in the order in which the record first saw them, by `first`; those it never saw come last.
pub(super) fn in_order_seen(
    accounts: impl Iterator<Item = IdentityKey>,
    first: impl Fn(&IdentityKey) -> i64,
) -> Vec<IdentityKey> {
    let mut accounts: Vec<_> = accounts.collect();
    accounts.sort_by_cached_key(|key| (first(key), key.clone()));
    accounts
}

/// In which order the labels of one message are laid over each other: the later word over the earlier.
pub(super) fn label_order(label: &PersonLabel) -> (i64, String) {
    (micros(label.at), serde_json::to_string(label).unwrap_or_default())
}

/// A time as the stores order it: microseconds since 1970.
pub(super) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// The time that [`micros`] was made from, to the microsecond.
pub(super) fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
