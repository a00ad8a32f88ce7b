//! What stands in for a store that this build lacks? A type that nobody can have a value of.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::path::Path;

use super::{
    CandidateQuery, CaseQuery, Entry, HistoryQuery, InvolvedQuery, Plan, Quarantined, Receipt, Scrub, Seen,
    SeenIdentity, Store, StoreError, Tally, Totals,
};
use crate::model::{
    Case, Contact, Customer, DeliveryKey, Effect, Event, IdentityKey, IdentityLink, LinkId, MessageKey,
    Tenant,
};

/// A store that this build lacks: opening it says which feature turns it on.
#[derive(Debug)]
pub struct Absent<S>(Infallible, PhantomData<S>);

macro_rules! absent {
    ($($name:ident($($kind:ty),*) -> $answer:ty;)*) => {
        impl<S: Send> Store for Absent<S> {
            $(fn $name(&mut self, $(_: $kind),*) -> Result<$answer, StoreError> { match self.0 {} })*
        }
    };
}

absent! {
    seen(&Tenant, &[DeliveryKey]) -> Vec<Seen>;
    history(&Tenant, &HistoryQuery) -> Vec<Contact>;
    open_cases(&Tenant, &CaseQuery) -> Vec<Case>;
    commit(&Tenant, &[Event]) -> Receipt;
    entries(&Tenant, &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ();
    cases(&Tenant, &mut dyn FnMut(Case) -> ControlFlow<()>) -> ();
    quarantined(&Tenant, &mut dyn FnMut(Quarantined) -> ControlFlow<()>) -> ();
    log(&Tenant, u64, &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    totals(&Tenant) -> Totals;
    entry(&Tenant, &MessageKey) -> Option<Entry>;
    candidates(&Tenant, &CandidateQuery, &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ();
    involving(&Tenant, &InvolvedQuery, &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    tally(&Tenant, &[IdentityKey]) -> Vec<Tally>;
    cases_of(&Tenant, &[IdentityKey], usize) -> Vec<Case>;
    identity(&Tenant, &IdentityKey) -> Option<SeenIdentity>;
    links(&Tenant, &IdentityKey) -> Vec<IdentityLink>;
    link(&Tenant, &LinkId) -> Option<IdentityLink>;
    customer(&Tenant, &IdentityKey) -> Customer;
    effects(&Tenant, u64, usize) -> Vec<Effect>;
    ack(&Tenant, &str, u64) -> ();
    acked(&Tenant, &str) -> u64;
    citing(&Tenant, &[MessageKey], &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    rewrite(&Tenant, &mut Plan<'_>) -> u64;
    scrub() -> Scrub;
    backup_to(&Path) -> ();
}
