//! What does the record know of a person? All of it, in one document that can be read in again.
//!
//! Read [`export`] first.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::erase::names_of;
use super::error::Fault;
use super::{InvolvedQuery, Receipt, SeenIdentity, Store, StoreError};
use crate::model::{Case, CaseId, Customer, Event, IdentityKey, MessageKey, Tenant};

/// The form that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// Everything that the record knows of one customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// The form of this document.
    pub format: u32,
    /// Who it is: the accounts that belong together.
    pub customer: Customer,
    /// The accounts as last seen.
    pub identities: Vec<SeenIdentity>,
    /// What happened, in order: every event that names one of the accounts (what they said and what was decided of it,
    /// what was said to or of them, cases, facts, transactions, claims), every version of their messages, labels of
    /// them, responses to them, and what came in about them and could not be read.
    pub events: Vec<Event>,
    /// Cases of other people, as they are now, to which a response in `events` belongs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<Case>,
}

/// Everything that the record knows of the customer to whom the account belongs.
///
/// What other people said to or of them stands in it with those people's names: look at it before it is handed over.
///
/// ```
/// use scrm_core::model::{IdentityKey, NativeId, Source, Tenant};
/// use scrm_core::record::MemoryStore;
/// use scrm_core::record::export::{export, import};
/// let account = IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new("17").unwrap() };
/// let tenant = Tenant::default();
/// let all = export(&mut MemoryStore::new(), &tenant, &account).unwrap();
/// let json = serde_json::to_string(&all).unwrap();
/// let mut copy = MemoryStore::new();
/// import(&mut copy, &tenant, &serde_json::from_str(&json).unwrap()).unwrap();
/// assert_eq!(export(&mut copy, &tenant, &account).unwrap(), all);
/// ```
///
/// # Errors
/// When the store cannot be read.
pub fn export(store: &mut dyn Store, tenant: &Tenant, account: &IdentityKey) -> Result<Export, StoreError> {
    let customer = store.customer(tenant, account)?;
    let accounts: Vec<IdentityKey> = customer.identities.iter().cloned().collect();
    let mut identities = Vec::new();
    for account in &accounts {
        identities.extend(store.identity(tenant, account)?);
    }
    let mut events = BTreeMap::new();
    let query = InvolvedQuery { accounts: accounts.clone(), ..InvolvedQuery::default() };
    store.involving(tenant, &query, &mut |seq, event| {
        events.insert(seq, event);
        ControlFlow::Continue(())
    })?;
    let theirs: BTreeSet<MessageKey> =
        events.values().filter_map(|event| written_by(event, &customer)).collect();
    let keys: Vec<MessageKey> = theirs.iter().cloned().collect();
    store.citing(tenant, &keys, &mut |seq, event| {
        if is_about(&event, &theirs) {
            events.insert(seq, event);
        }
        ControlFlow::Continue(())
    })?;
    leave_out_loose(&mut events);
    let names = names_of(&accounts, events.values());
    store.quarantined(tenant, &mut |record| {
        if names.stand_in(&record.raw) {
            let (input, fault, raw) = (record.input, record.fault, record.raw);
            events.insert(record.seq, Event::Quarantined { input, record: record.record, fault, raw });
        }
        ControlFlow::Continue(())
    })?;
    let cases = cases_besides(store, tenant, &events)?;
    Ok(Export { format: FORMAT, customer, identities, events: events.into_values().collect(), cases })
}

/// The key of a message that one of the accounts wrote.
fn written_by(event: &Event, customer: &Customer) -> Option<MessageKey> {
    let Event::Captured { message, .. } = event else { return None };
    let is_theirs = message.author_key().is_some_and(|author| customer.identities.contains(author));
    is_theirs.then(|| message.key())
}

/// Whether an event is about their messages: a version of one, and not somebody else's answer to it.
fn is_about(event: &Event, theirs: &BTreeSet<MessageKey>) -> bool {
    match event {
        Event::Captured { message, .. } => theirs.contains(&message.key()),
        _ => true,
    }
}

/// Steps of responses and assets that are somebody else's cannot be read in without what they follow.
fn leave_out_loose(events: &mut BTreeMap<u64, Event>) {
    let (mut sent, mut asked) = (BTreeSet::new(), BTreeSet::new());
    events.retain(|_, event| match event {
        Event::Responded { response } => {
            sent.insert(response.id.clone());
            true
        }
        Event::Published { response, .. } => sent.contains(response),
        Event::FedBack { feedback } => sent.contains(&feedback.response),
        Event::PermissionAsked { permission } => {
            asked.insert(permission.id.clone());
            true
        }
        Event::PermissionAnswered { answer } => asked.contains(&answer.permission),
        Event::PermissionWithdrawn { permission, .. } => asked.contains(permission),
        Event::ProgrammePlanned { .. } => false,
        _ => true,
    });
}

/// Cases that a response belongs to and that no event before it begins.
fn cases_besides(
    store: &mut dyn Store,
    tenant: &Tenant,
    events: &BTreeMap<u64, Event>,
) -> Result<Vec<Case>, StoreError> {
    let (mut known, mut missing) = (BTreeSet::new(), BTreeSet::<&CaseId>::new());
    for event in events.values() {
        match event {
            Event::CaseOpened { case } | Event::CaseJoined { case, .. } => {
                known.insert(&case.id);
            }
            event => missing.extend(event.case().filter(|case| !known.contains(case))),
        }
    }
    let mut found = Vec::new();
    if !missing.is_empty() {
        store.cases(tenant, &mut |case| {
            if missing.contains(&case.id) {
                found.push(case);
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}

/// Reads a person into an empty record.
///
/// # Errors
/// When the tenant has a log already, when the document has a newer form, or when the store cannot be written.
pub fn import(store: &mut dyn Store, tenant: &Tenant, all: &Export) -> Result<Receipt, StoreError> {
    let refused = |detail: String| Err(Fault::refused(detail).at("the record"));
    if all.format > FORMAT {
        return refused(format!("the export has form {}, and this version reads up to {FORMAT}", all.format));
    }
    let mut is_empty = true;
    store.log(tenant, 0, &mut |_, _| {
        is_empty = false;
        ControlFlow::Break(())
    })?;
    if !is_empty {
        return refused("an export is read into an empty record; name another tenant or file".to_owned());
    }
    // Before, because responses ask for their cases; after, because responses change where a case stands.
    let cases = || all.cases.iter().map(|case| Event::CaseOpened { case: Box::new(case.clone()) });
    let events: Vec<Event> = cases().chain(all.events.iter().cloned()).chain(cases()).collect();
    store.commit(tenant, &events)
}
