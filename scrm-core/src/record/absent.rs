//! What stands in for a store that this build lacks? A type that nobody can have a value of.

/// Makes a type that wraps [`Infallible`](std::convert::Infallible) a [`Store`](crate::record::Store).
macro_rules! absent {
    ($store:ident) => {
        const _: () = {
            use std::ops::ControlFlow;
            use std::path::Path;

            use crate::model::{
                Case, Customer, DeliveryKey, Effect, Event, IdentityKey, IdentityLink, LinkId,
                MessageKey, Tenant,
            };
            use crate::record::{
                CandidateQuery, CaseQuery, Entry, History, HistoryQuery, InvolvedQuery, Plan, Quarantined, Receipt,
                Scrub, Seen, SeenIdentity, Store, StoreError, Tally, Totals,
            };

            $crate::record::absent::absent! { @ $store:
                seen(&Tenant, &[DeliveryKey]) -> Vec<Seen>;
                history(&Tenant, &HistoryQuery) -> History;
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
                messages_of(&Tenant, &[IdentityKey], usize) -> Vec<Entry>;
                identity(&Tenant, &IdentityKey) -> Option<SeenIdentity>;
                links(&Tenant, &IdentityKey) -> Vec<IdentityLink>;
                link(&Tenant, &LinkId) -> Option<IdentityLink>;
                customers(&Tenant, &[IdentityKey]) -> Vec<Customer>;
                effects(&Tenant, u64, usize) -> Vec<Effect>;
                ack(&Tenant, &str, u64) -> ();
                acked(&Tenant, &str) -> u64;
                citing(&Tenant, &[MessageKey], &mut dyn FnMut(u64, Event) -> ControlFlow<()>) -> ();
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
