//! What is a store on top of a database? One transaction for each call.

use std::path::Path;

use super::draft::Draft;
use super::{Sql, cases};
use crate::model::{Event, Tenant};
use crate::record::error::Fault;
use crate::record::fold::apply;
use crate::record::{CommitOptions, Receipt, Scrub, StoreError, StoreErrorKind};

/// A database that can hold a record. Each of the stores is one.
pub(in crate::record) trait Database {
    /// Runs questions that must agree with each other on one state of the database.
    fn reading(&mut self, questions: &mut Work<'_>) -> Result<(), StoreError>;

    /// Runs one transaction that changes the database, all or nothing; durable when it returns.
    fn writing(&mut self, work: &mut Work<'_>) -> Result<(), StoreError>;

    /// Clears what was rewritten out of the database's files, and takes note of erasures where a restored backup is
    /// told of them.
    fn scrub(&mut self) -> Result<Scrub, StoreError>;

    /// Copies the record into a new file, where the database is one.
    fn backup(&mut self, path: &Path) -> Result<(), StoreError>;
}

/// What is done inside one transaction. It may be done again from the start when the database asks for that.
pub(in crate::record) type Work<'a> = dyn FnMut(&mut dyn Sql) -> Result<(), Fault> + 'a;

/// Asks what `questions` ask.
pub(in crate::record) fn ask<T>(
    database: &mut dyn Database,
    mut questions: impl FnMut(&mut dyn Sql) -> Result<T, Fault>,
) -> Result<T, StoreError> {
    let mut answer = None;
    database.reading(&mut |sql| {
        answer = Some(questions(sql)?);
        Ok(())
    })?;
    answer.ok_or_else(no_answer)
}

/// Changes what `work` changes.
pub(in crate::record) fn change<T>(
    database: &mut dyn Database,
    mut work: impl FnMut(&mut dyn Sql) -> Result<T, Fault>,
) -> Result<T, StoreError> {
    let mut answer = None;
    database.writing(&mut |sql| {
        answer = Some(work(sql)?);
        Ok(())
    })?;
    answer.ok_or_else(no_answer)
}

fn no_answer() -> StoreError {
    Fault::new(StoreErrorKind::Io).detail("the database gave no answer").at("the record")
}

/// Appends what is new among `events`, and writes what that changes, if what it was decided on holds still.
pub(in crate::record) fn commit(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    events: &[Event],
    options: &CommitOptions,
) -> Result<Receipt, Fault> {
    sql.lock(tenant)?;
    cases::expect(sql, tenant, options)?;
    let due = cases::current(sql, tenant, &options.due)?;
    let mut draft = Draft::new(sql, tenant, events)?;
    let receipt = apply(&mut draft, events)?;
    draft.finish()?;
    cases::set_due(sql, tenant, &due)?;
    Ok(receipt)
}

/// Makes a [`Database`] a [`Store`](crate::record::Store).
macro_rules! store_over_tables {
    ($store:ty) => {
        const _: () = {
            use std::ops::ControlFlow;
            use std::path::Path;

            use chrono::{DateTime, Utc};

            use crate::model::{
                Case, CaseId, Customer, DeliveryKey, Effect, Event, IdentityKey, IdentityLink, Incident,
                IncidentId, LinkId, MessageKey, Tenant, Topic,
            };
            use crate::record::sql::{self, Database, ask, change};
            use crate::record::{
                CandidateQuery, CaseAt, CaseQuery, CommitOptions, DueCase, DueQuery, Entry, History,
                HistoryQuery, InvolvedQuery, Plan, Quarantined, Raised, Receipt, Scrub, Seen, SeenIdentity,
                Staff, Store, StoreError, SubjectQuery, Tally, Totals,
            };

            impl Store for $store {
                fn seen(&mut self, tenant: &Tenant, keys: &[DeliveryKey]) -> Result<Vec<Seen>, StoreError> {
                    ask(self, |sql| sql::read::seen(sql, tenant, keys))
                }

                fn history(&mut self, tenant: &Tenant, query: &HistoryQuery) -> Result<History, StoreError> {
                    ask(self, |sql| sql::read::history(sql, tenant, query))
                }

                fn raised(
                    &mut self,
                    tenant: &Tenant,
                    issue: &Topic,
                    since: DateTime<Utc>,
                ) -> Result<Vec<Raised>, StoreError> {
                    ask(self, |sql| sql::read::raised(sql, tenant, issue, since))
                }

                fn open_cases(
                    &mut self,
                    tenant: &Tenant,
                    query: &CaseQuery,
                ) -> Result<Vec<Case>, StoreError> {
                    ask(self, |sql| sql::read::open_cases(sql, tenant, query))
                }

                fn commit_with(
                    &mut self,
                    tenant: &Tenant,
                    events: &[Event],
                    options: &CommitOptions,
                ) -> Result<Receipt, StoreError> {
                    change(self, |sql| sql::commit(sql, tenant, events, options))
                }

                fn last(&mut self, tenant: &Tenant) -> Result<u64, StoreError> {
                    ask(self, |sql| sql::cases::last(sql, tenant))
                }

                fn case(&mut self, tenant: &Tenant, id: &CaseId) -> Result<Option<CaseAt>, StoreError> {
                    ask(self, |sql| sql::cases::case(sql, tenant, id))
                }

                fn case_log(
                    &mut self,
                    tenant: &Tenant,
                    id: &CaseId,
                    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::cases::case_log(sql, tenant, id, visit))
                }

                fn due_cases(
                    &mut self,
                    tenant: &Tenant,
                    query: &DueQuery,
                ) -> Result<Vec<DueCase>, StoreError> {
                    ask(self, |sql| sql::cases::due_cases(sql, tenant, query))
                }

                fn clock_rules(&mut self, tenant: &Tenant, rules: &str) -> Result<bool, StoreError> {
                    if !ask(self, |sql| sql::cases::reads_other_rules(sql, tenant, rules))? {
                        return Ok(false);
                    }
                    change(self, |sql| sql::cases::clock_rules(sql, tenant, rules))
                }

                fn staff(&mut self, tenant: &Tenant) -> Result<Vec<Staff>, StoreError> {
                    ask(self, |sql| sql::cases::staff(sql, tenant))
                }

                fn incident(
                    &mut self,
                    tenant: &Tenant,
                    id: &IncidentId,
                ) -> Result<Option<Incident>, StoreError> {
                    ask(self, |sql| sql::cases::find_incident(sql, tenant, id))
                }

                fn incidents(&mut self, tenant: &Tenant) -> Result<Vec<Incident>, StoreError> {
                    ask(self, |sql| sql::cases::incidents(sql, tenant))
                }

                fn entries(
                    &mut self,
                    tenant: &Tenant,
                    visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::read::entries(sql, tenant, visit))
                }

                fn cases(
                    &mut self,
                    tenant: &Tenant,
                    visit: &mut dyn FnMut(Case) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::read::cases(sql, tenant, visit))
                }

                fn quarantined(
                    &mut self,
                    tenant: &Tenant,
                    visit: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::read::quarantined(sql, tenant, visit))
                }

                fn log(
                    &mut self,
                    tenant: &Tenant,
                    after: u64,
                    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::read::log(sql, tenant, after, visit))
                }

                fn totals(&mut self, tenant: &Tenant) -> Result<Totals, StoreError> {
                    ask(self, |sql| sql::read::totals(sql, tenant))
                }

                fn entry(&mut self, tenant: &Tenant, key: &MessageKey) -> Result<Option<Entry>, StoreError> {
                    ask(self, |sql| sql::read::entry_of(sql, tenant, key))
                }

                fn candidates(
                    &mut self,
                    tenant: &Tenant,
                    query: &CandidateQuery,
                    visit: &mut dyn FnMut(Entry) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::words::candidates(sql, tenant, query, visit))
                }

                fn involving(
                    &mut self,
                    tenant: &Tenant,
                    query: &InvolvedQuery,
                    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::people::involving(sql, tenant, query, visit))
                }

                fn citing(
                    &mut self,
                    tenant: &Tenant,
                    messages: &[MessageKey],
                    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::people::citing(sql, tenant, messages, visit))
                }

                fn about(
                    &mut self,
                    tenant: &Tenant,
                    query: &SubjectQuery,
                    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
                ) -> Result<(), StoreError> {
                    ask(self, |sql| sql::subject::about(sql, tenant, query, visit))
                }

                fn rewrite(&mut self, tenant: &Tenant, plan: &mut Plan<'_>) -> Result<u64, StoreError> {
                    change(self, |sql| sql::rewrite(sql, tenant, plan))
                }

                fn scrub(&mut self) -> Result<Scrub, StoreError> {
                    Database::scrub(self)
                }

                fn backup_to(&mut self, path: &Path) -> Result<(), StoreError> {
                    Database::backup(self, path)
                }

                fn tally(
                    &mut self,
                    tenant: &Tenant,
                    authors: &[IdentityKey],
                ) -> Result<Vec<Tally>, StoreError> {
                    ask(self, |sql| sql::people::tally(sql, tenant, authors))
                }

                fn messages_of(
                    &mut self,
                    tenant: &Tenant,
                    accounts: &[IdentityKey],
                    limit: usize,
                ) -> Result<Vec<Entry>, StoreError> {
                    ask(self, |sql| sql::people::messages_of(sql, tenant, accounts, limit))
                }

                fn cases_of(
                    &mut self,
                    tenant: &Tenant,
                    authors: &[IdentityKey],
                    limit: usize,
                ) -> Result<Vec<Case>, StoreError> {
                    ask(self, |sql| sql::people::cases_of(sql, tenant, authors, limit))
                }

                fn identity(
                    &mut self,
                    tenant: &Tenant,
                    key: &IdentityKey,
                ) -> Result<Option<SeenIdentity>, StoreError> {
                    ask(self, |sql| sql::people::identity(sql, tenant, key))
                }

                fn links(
                    &mut self,
                    tenant: &Tenant,
                    account: &IdentityKey,
                ) -> Result<Vec<IdentityLink>, StoreError> {
                    ask(self, |sql| sql::people::links(sql, tenant, account))
                }

                fn link(&mut self, tenant: &Tenant, id: &LinkId) -> Result<Option<IdentityLink>, StoreError> {
                    ask(self, |sql| sql::people::find_link(sql, tenant, id))
                }

                fn customers(
                    &mut self,
                    tenant: &Tenant,
                    accounts: &[IdentityKey],
                ) -> Result<Vec<Customer>, StoreError> {
                    ask(self, |sql| sql::people::customers(sql, tenant, accounts))
                }

                fn effects(
                    &mut self,
                    tenant: &Tenant,
                    after: u64,
                    limit: usize,
                ) -> Result<Vec<Effect>, StoreError> {
                    ask(self, |sql| sql::read::effects(sql, tenant, after, limit))
                }

                fn ack(&mut self, tenant: &Tenant, consumer: &str, seq: u64) -> Result<(), StoreError> {
                    change(self, |sql| sql::read::ack(sql, tenant, consumer, seq))
                }

                fn acked(&mut self, tenant: &Tenant, consumer: &str) -> Result<u64, StoreError> {
                    ask(self, |sql| sql::read::acked(sql, tenant, consumer))
                }
            }
        };
    };
}
pub(in crate::record) use store_over_tables;
