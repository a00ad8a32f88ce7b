//! How does a program choose its store when it runs? A store behind a box is one.

use std::ops::ControlFlow;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{
    CandidateQuery, CaseAt, CaseQuery, CommitOptions, DueCase, DueQuery, Entry, History, HistoryQuery,
    InvolvedQuery, Plan, Quarantined, Raised, Receipt, Scrub, Seen, SeenIdentity, Staff, Store, StoreError,
    SubjectQuery, Tally, Totals,
};
use crate::model::{
    Case, CaseId, Customer, DeliveryKey, Effect, Event, IdentityKey, IdentityLink, Incident, IncidentId,
    LinkId, MessageKey, Tenant, Topic,
};

macro_rules! passed_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        impl<S: Store + ?Sized> Store for Box<S> {
            $(fn $name(&mut self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                S::$name(self, $($argument),*)
            })*
        }
    };
}

passed_on! {
    seen(tenant: &Tenant, keys: &[DeliveryKey]) -> Vec<Seen>;
    history(tenant: &Tenant, query: &HistoryQuery) -> History;
    raised(tenant: &Tenant, issue: &Topic, since: DateTime<Utc>) -> Vec<Raised>;
    open_cases(tenant: &Tenant, query: &CaseQuery) -> Vec<Case>;
    commit_with(tenant: &Tenant, events: &[Event], options: &CommitOptions) -> Receipt;
    last(tenant: &Tenant) -> u64;
    case(tenant: &Tenant, id: &CaseId) -> Option<CaseAt>;
    case_log(tenant: &Tenant, id: &CaseId, visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    due_cases(tenant: &Tenant, query: &DueQuery) -> Vec<DueCase>;
    clock_rules(tenant: &Tenant, rules: &str) -> bool;
    staff(tenant: &Tenant) -> Vec<Staff>;
    incident(tenant: &Tenant, id: &IncidentId) -> Option<Incident>;
    incidents(tenant: &Tenant) -> Vec<Incident>;
    entries(tenant: &Tenant, visit: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ();
    cases(tenant: &Tenant, visit: &mut dyn FnMut(Case) -> ControlFlow<()>) -> ();
    quarantined(tenant: &Tenant, visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>) -> ();
    log(tenant: &Tenant, after: u64, visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    totals(tenant: &Tenant) -> Totals;
    entry(tenant: &Tenant, key: &MessageKey) -> Option<Entry>;
    involving(tenant: &Tenant, query: &InvolvedQuery, visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    tally(tenant: &Tenant, authors: &[IdentityKey]) -> Vec<Tally>;
    identity(tenant: &Tenant, key: &IdentityKey) -> Option<SeenIdentity>;
    cases_of(tenant: &Tenant, authors: &[IdentityKey], limit: usize) -> Vec<Case>;
    messages_of(tenant: &Tenant, accounts: &[IdentityKey], limit: usize) -> Vec<Entry>;
    links(tenant: &Tenant, account: &IdentityKey) -> Vec<IdentityLink>;
    link(tenant: &Tenant, id: &LinkId) -> Option<IdentityLink>;
    customers(tenant: &Tenant, accounts: &[IdentityKey]) -> Vec<Customer>;
    effects(tenant: &Tenant, after: u64, limit: usize) -> Vec<Effect>;
    ack(tenant: &Tenant, consumer: &str, seq: u64) -> ();
    acked(tenant: &Tenant, consumer: &str) -> u64;
    candidates(tenant: &Tenant, query: &CandidateQuery, visit: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ();
    citing(tenant: &Tenant, messages: &[MessageKey], visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    about(tenant: &Tenant, query: &SubjectQuery, visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
    rewrite(tenant: &Tenant, plan: &mut Plan<'_>) -> u64;
    scrub() -> Scrub;
    backup_to(path: &Path) -> ();
}
