//! What stands in for a store that this build lacks? A type that nobody can have a value of.

/// Makes a type that wraps [`Infallible`](std::convert::Infallible) a [`Store`](crate::record::Store).
macro_rules! absent {
    ($store:ident) => {
        const _: () = {
            use std::ops::ControlFlow;
            use std::path::Path;

            use chrono::{DateTime, Utc};

            use crate::model::{
                Case, CaseId, Customer, DeliveryKey, Effect, Event, IdentityKey, IdentityLink, Incident, IncidentId, LinkId,
                MessageKey, Tenant, Topic,
            };
            use crate::record::{
                CandidateQuery, CaseAt, CaseQuery, CommitOptions, DueCase, DueQuery, Entry, History, HistoryQuery, InvolvedQuery, Plan, Quarantined, Raised, Receipt,
                Scrub, Seen, SeenIdentity, Staff, Store, StoreError, SubjectQuery, Tally, Totals,
            };

            $crate::record::absent::absent! { @ $store:
                seen(&Tenant, &[DeliveryKey]) -> Vec<Seen>;
                history(&Tenant, &HistoryQuery) -> History;
                raised(&Tenant, &Topic, DateTime<Utc>) -> Vec<Raised>;
                open_cases(&Tenant, &CaseQuery) -> Vec<Case>;
                commit_with(&Tenant, &[Event], &CommitOptions) -> Receipt;
                last(&Tenant) -> u64;
                case(&Tenant, &CaseId) -> Option<CaseAt>;
                case_log(&Tenant, &CaseId, &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
                due_cases(&Tenant, &DueQuery) -> Vec<DueCase>;
                clock_rules(&Tenant, &str) -> bool;
                staff(&Tenant) -> Vec<Staff>;
                incident(&Tenant, &IncidentId) -> Option<Incident>;
                incidents(&Tenant) -> Vec<Incident>;
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
                messages_of(&Tenant, &[IdentityKey], usize) -> Vec<Entry>;
                identity(&Tenant, &IdentityKey) -> Option<SeenIdentity>;
                links(&Tenant, &IdentityKey) -> Vec<IdentityLink>;
                link(&Tenant, &LinkId) -> Option<IdentityLink>;
                customers(&Tenant, &[IdentityKey]) -> Vec<Customer>;
                effects(&Tenant, u64, usize) -> Vec<Effect>;
                ack(&Tenant, &str, u64) -> ();
                acked(&Tenant, &str) -> u64;
                citing(&Tenant, &[MessageKey], &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
                about(&Tenant, &SubjectQuery, &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
                rewrite(&Tenant, &mut Plan<'_>) -> u64;
                scrub() -> Scrub;
                backup_to(&Path) -> ();
            }
        };
    };
    (@ $store:ident: $($name:ident($($kind:ty),*) -> $answer:ty;)*) => {
        impl Store for $store {
            $(fn $name(&mut self, $(_: $kind),*) -> Result<$answer, StoreError> { match self.0 {} })*
        }
    };
}
pub(in crate::record) use absent;
