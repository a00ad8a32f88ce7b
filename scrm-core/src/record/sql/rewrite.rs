//! How are events of the log replaced, and the tables beside it brought to what it then adds up to?
//!
//! Read [`rewrite`] first. What a changed event gave to the tables is taken out, then what is left of it is folded in
//! again by the same [`Draft`] that writes a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::draft::{Draft, json, number};
use super::people::{self, events_of, numbers_citing};
use super::read::{event, identity_key, message_key};
use super::words::{self, WordRows};
use super::{Sql, Statement, Value, cases, row, values};
#[cfg(feature = "sqlite")]
use crate::model::ErasedKey;
use crate::model::{Case, CaseId, Event, ExternalId, Fact, Identity, IdentityKey, MessageKey, Tenant};
use crate::record::error::Fault;
use crate::record::fold::{Ledger, NoteKey, apply, cited, hash_of, micros, named, time};
use crate::record::kept;
use crate::record::subject::subjects;
use crate::record::{Archive, InvolvedQuery, Involvement, OlderQuery, Plan, Rewrite, Rewritten, StoreError};

/// Replaces what the plan decides, and appends the entry that says so.
pub(in crate::record) fn rewrite(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    plan: &mut Plan<'_>,
) -> Result<u64, Fault> {
    sql.lock(tenant)?;
    let Rewrite { changes, accounts, erasure } =
        plan(&mut Within { sql: &mut *sql, tenant }).map_err(Fault::of)?;
    let Some(erasure) = erasure else { return Ok(0) };
    sql.run_all(&BEGIN, &[row![1_i64]])?;
    let changed: Vec<&Rewritten> = changes.iter().filter(|change| change.from != change.to).collect();
    let staying = staying(&changed);
    let mut work = Work { sql: &mut *sql, tenant, changes: &changes, changed, staying, accounts: &accounts };
    let words = work.forget_words()?;
    let apart = work.forget_claims()?;
    work.rename_notes()?;
    work.replace_events()?;
    work.rename_accounts()?;
    work.rename_messages()?;
    work.move_messages()?;
    work.rename_subjects()?;
    let delivered = work.forget_deliveries()?;
    let touched = work.cases()?;
    let (seen, forgotten) = work.forget_accounts()?;
    let mut draft = Draft::new(sql, tenant, &[])?;
    draft.words = words;
    draft.load_messages(delivered.values().filter_map(key_of).collect())?;
    for (seq, event) in &delivered {
        if let Event::Captured { message, assessment } = event {
            draft.add_delivery(*seq, &message.delivery(), message, assessment)?;
        }
    }
    for case in &touched {
        draft.put_case(case, case.updated)?;
    }
    for (account, at, live) in &seen {
        draft.see(account, *at, *live)?;
    }
    // Whoever was seen first names a customer: that may be another one now.
    draft.regroup(apart.iter().chain(&forgotten), &BTreeMap::new())?;
    let receipt = apply(&mut draft, &[Event::Erased { erasure }])?;
    draft.finish()?;
    sql.run_all(&END, &[row![1_i64]])?;
    Ok(receipt.last)
}

fn key_of(event: &Event) -> Option<MessageKey> {
    match event {
        Event::Captured { message, .. } => Some(message.key()),
        _ => None,
    }
}

/// The messages whose rows stay where they are, in every version that is changed: what other people said to a person who
/// is erased keeps its key and all that it is searched and counted by, but for its words and its place in a conversation.
fn staying(changed: &[&Rewritten]) -> BTreeSet<MessageKey> {
    let (mut staying, mut leaving) = (BTreeSet::new(), BTreeSet::new());
    for change in changed {
        if let Some(key) = key_of(&change.from) {
            if stays(&change.from, &change.to) {
                staying.insert(key)
            } else {
                leaving.insert(key)
            };
        }
    }
    &staying - &leaving
}

fn stays(from: &Event, to: &Event) -> bool {
    let (
        Event::Captured { message: from, assessment: before },
        Event::Captured { message: to, assessment: after },
    ) = (from, to)
    else {
        return false;
    };
    let (said, left) = (&before.classification, &after.classification);
    from.delivery() == to.delivery()
        && from.is_tombstone() == to.is_tombstone()
        && from.times().observed == to.times().observed
        && (from.channel(), from.direction()) == (to.channel(), to.direction())
        && from.author_key() == to.author_key()
        && before.outcome == after.outcome
        && (said.kind.value, said.issue(), said.sentiment.value)
            == (left.kind.value, left.issue(), left.sentiment.value)
}

/// An account as it was, when, and whether in something that stands.
type Sight = (Identity, DateTime<Utc>, bool);

/// One rewriting, step by step.
struct Work<'a> {
    sql: &'a mut dyn Sql,
    tenant: &'a Tenant,
    changes: &'a [Rewritten],
    /// Those of them that do change something.
    changed: Vec<&'a Rewritten>,
    staying: BTreeSet<MessageKey>,
    accounts: &'a [IdentityKey],
}

impl<'a> Work<'a> {
    fn account(&self, key: &IdentityKey) -> Vec<Value> {
        row![self.tenant.as_str(), key.source.as_str(), key.native_id.as_str()]
    }

    fn message(&self, key: &MessageKey) -> Vec<Value> {
        row![self.tenant.as_str(), key.source.as_str(), key.external_id.as_str()]
    }

    fn changed(&self) -> impl Iterator<Item = &'a Rewritten> {
        self.changed.iter().copied()
    }

    /// The messages that have a changed version.
    fn messages(&self) -> BTreeSet<MessageKey> {
        self.changed().filter_map(|change| key_of(&change.from)).collect()
    }

    /// What the index of words has of the messages, while the log still has their words. Messages that stay get their new
    /// words under the number that they have.
    fn forget_words(&mut self) -> Result<WordRows, Fault> {
        let asked: Vec<_> = self.messages().iter().map(|key| self.message(key)).collect();
        let mut current: BTreeMap<u64, i64> = BTreeMap::new();
        self.sql.ask_all(&CURRENT, &asked, &mut |row| {
            current.insert(row.count(1)?, row.number(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        let mut words = WordRows::default();
        for change in self.changed() {
            let Event::Captured { message: from, .. } = &change.from else { continue };
            let Some(number) = current.remove(&change.seq) else { continue };
            let gone = words::text(from);
            if let Event::Captured { message: to, .. } = &change.to
                && self.staying.contains(&from.key())
            {
                let new = words::text(to);
                if gone == new {
                    continue;
                }
                words.new.push((number, new));
            }
            words.gone.push((number, gone));
        }
        // Of some, the version that is changed is not the current one.
        for (seq, event) in events_of(self.sql, self.tenant, current.keys().copied())? {
            if let (Some(number), Event::Captured { message, .. }) = (current.get(&seq), &event)
                && !self.staying.contains(&message.key())
            {
                words.gone.push((*number, words::text(message)));
            }
        }
        Ok(words)
    }

    /// Where messages that stay now stand in conversations.
    fn move_messages(&mut self) -> Result<(), Fault> {
        let mut moved = Vec::new();
        for change in self.changed() {
            if let (Event::Captured { message: from, .. }, Event::Captured { message: to, .. }) =
                (&change.from, &change.to)
                && self.staying.contains(&from.key())
            {
                let (before, after) = (from.thread(), to.thread());
                if (&before.id, &before.parent) != (&after.id, &after.parent) {
                    moved.push(row![
                        self.tenant.shared(),
                        micros(to.times().observed),
                        to.source().shared(),
                        to.external_id().shared(),
                        number(change.seq)?,
                        after.id.as_deref(),
                        after.parent.as_ref().map(ExternalId::shared),
                    ]);
                }
            }
        }
        self.sql.run_all(&MOVED, &moved)
    }

    /// Takes claims out, and says which accounts they held together, directly or through others.
    fn forget_claims(&mut self) -> Result<BTreeSet<IdentityKey>, Fault> {
        let mut apart = BTreeSet::new();
        let mut gone = Vec::new();
        for change in self.changes {
            if let (Event::Linked { link }, Event::Forgotten { .. }) = (&change.from, &change.to) {
                gone.push(row![self.tenant.as_str(), link.id().as_str()]);
                for account in [&link.a, &link.b] {
                    if !apart.contains(account) {
                        apart.extend(people::around(self.sql, self.tenant, account, &BTreeMap::new())?.0);
                    }
                }
            }
        }
        self.sql.run_all(&GONE_LINKS, &gone)?;
        Ok(apart)
    }

    /// A fact, a transaction or a label is known by the hash of its words, which are others now.
    fn rename_notes(&mut self) -> Result<(), Fault> {
        let tenant = self.tenant.as_str();
        let noted = |event: &Event| {
            matches!(event, Event::Noted { .. } | Event::Transacted { .. } | Event::Labelled { .. })
        };
        let (mut asked, mut fresh) = (Vec::new(), Vec::new());
        for change in self.changed().filter(|change| noted(&change.from)) {
            asked.push(row![tenant, number(change.seq)?]);
            if noted(&change.to) {
                fresh.push(row![tenant, NoteKey::of(&change.to)?.0, number(change.seq)?]);
            }
        }
        let mut gone = Vec::new();
        self.sql.ask_all(&BODIES, &asked, &mut |row| {
            gone.push(row![tenant, hash_of(row.string(0)?.as_bytes())]);
            Ok(ControlFlow::Continue(()))
        })?;
        self.sql.run_all(&GONE_NOTES, &gone)?;
        self.sql.run_all(&NOTES, &fresh)
    }

    fn replace_events(&mut self) -> Result<(), Fault> {
        let mut rows = Vec::new();
        for Rewritten { seq, to, .. } in self.changed() {
            let body = json(to)?;
            if !kept::surely(to) {
                event(to.name(), *seq, &body).map_err(|_| {
                    Fault::refused(format!("what is left of event {seq} could not be read back"))
                })?;
            }
            rows.push(row![self.tenant.as_str(), number(*seq)?, to.name(), to.has_effect(), body]);
        }
        self.sql.run_all(&REPLACE, &rows)
    }

    /// Which accounts the events name. Responses and ends name whom their case names.
    fn rename_accounts(&mut self) -> Result<(), Fault> {
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for Rewritten { seq, from, to } in self.changes {
            let (before, after) = (named(from), named(to));
            let involve = |account: &IdentityKey, part: Involvement, rows: &mut Vec<Vec<Value>>| {
                let mut row = self.account(account);
                row.extend(values![number(*seq)?, part.as_str()]);
                rows.push(row);
                Ok::<_, Fault>(())
            };
            for (account, part) in before.difference(&after) {
                involve(account, *part, &mut gone)?;
            }
            for (account, part) in after.difference(&before) {
                involve(account, *part, &mut fresh)?;
            }
            let answered = matches!(from, Event::Responded { .. } | Event::Drafted { .. });
            if answered || matches!(from, Event::CaseResolved { .. } | Event::CaseChanged { .. }) {
                let part = if answered { Involvement::Answered } else { Involvement::Case };
                for account in self.accounts {
                    involve(account, part, &mut gone)?;
                }
            }
        }
        self.sql.run_all(&GONE_INVOLVED, &gone)?;
        self.sql.run_all(&INVOLVED, &fresh)
    }

    /// Which messages the events name.
    fn rename_messages(&mut self) -> Result<(), Fault> {
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        let (mut gone_labels, mut fresh_labels) = (Vec::new(), Vec::new());
        for Rewritten { seq, from, to } in self.changed() {
            let (before, after) = (cited(from), cited(to));
            let cite = |key: &MessageKey| {
                let mut row = self.message(key);
                row.push(Value::Int(number(*seq)?));
                Ok::<_, Fault>(row)
            };
            for key in before.difference(&after) {
                gone.push(cite(key)?);
            }
            for key in after.difference(&before) {
                fresh.push(cite(key)?);
            }
            if let Event::Labelled { label } = from {
                gone_labels.push(cite(&label.message)?);
            }
            if let Event::Labelled { label } = to {
                fresh_labels.push(cite(&label.message)?);
            }
        }
        self.sql.run_all(&GONE_CITES, &gone)?;
        self.sql.run_all(&CITES, &fresh)?;
        self.sql.run_all(&GONE_LABELS, &gone_labels)?;
        self.sql.run_all(&LABELS, &fresh_labels)
    }

    /// Which things the events are about.
    fn rename_subjects(&mut self) -> Result<(), Fault> {
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for Rewritten { seq, from, to } in self.changed() {
            let (before, after) = (subjects(from), subjects(to));
            if before == after {
                continue;
            }
            for (of, rows) in [(before, &mut gone), (after, &mut fresh)] {
                for (kind, id) in of {
                    rows.push(row![self.tenant.as_str(), kind.as_str(), id, number(*seq)?]);
                }
            }
        }
        self.sql.run_all(&GONE_SUBJECTS, &gone)?;
        self.sql.run_all(&SUBJECTS, &fresh)
    }

    /// Takes out the messages that have a changed version and do not stay, and gives all their versions as the log now has them.
    fn forget_deliveries(&mut self) -> Result<BTreeMap<u64, Event>, Fault> {
        let keys = &self.messages() - &self.staying;
        let asked: Vec<_> = keys.iter().map(|key| self.message(key)).collect();
        let mut numbers = BTreeSet::new();
        self.sql.ask_all(&VERSIONS, &asked, &mut |row| {
            numbers.insert(row.count(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        self.sql.run_all(&GONE_MESSAGES, &asked)?;
        self.sql.run_all(&GONE_DELIVERIES, &asked)?;
        let mut found = BTreeMap::new();
        for change in self.changed() {
            if numbers.remove(&change.seq) {
                found.insert(change.seq, change.to.clone());
            }
        }
        found.extend(events_of(self.sql, self.tenant, numbers.into_iter())?);
        Ok(found)
    }

    /// The cases to which a changed event happened, as they are now that the log says less.
    fn cases(&mut self) -> Result<Vec<Case>, Fault> {
        let touched: BTreeSet<&CaseId> = self.changed().filter_map(|change| change.from.case()).collect();
        let courses = cases::courses(self.sql, self.tenant, touched.into_iter())?;
        let folded = |course: Vec<(u64, Event)>| {
            course
                .iter()
                .fold(None, |case: Option<Case>, (_, event)| Case::after(case.as_ref(), event).or(case))
        };
        Ok(courses.into_values().filter_map(folded).collect())
    }

    /// Takes out the accounts that were named, and gives what the log still says of them.
    fn forget_accounts(&mut self) -> Result<(Vec<Sight>, BTreeSet<IdentityKey>), Fault> {
        let mut accounts: BTreeSet<IdentityKey> = self.accounts.iter().cloned().collect();
        for change in self.changed() {
            let after = named(&change.to);
            let lost = named(&change.from).into_iter().filter(|name| !after.contains(name));
            let counts = |part| matches!(part, Involvement::Author | Involvement::Subject);
            accounts.extend(lost.filter(|(_, part)| counts(*part)).map(|(account, _)| account));
        }
        let gone: Vec<_> = accounts.iter().map(|account| self.account(account)).collect();
        self.sql.run_all(&GONE_IDENTITIES, &gone)?;
        let mut seen = Vec::new();
        for account in &accounts {
            let parts = vec![Involvement::Author, Involvement::Subject];
            let query = InvolvedQuery { accounts: vec![account.clone()], parts, ..InvolvedQuery::default() };
            people::involving(self.sql, self.tenant, &query, &mut |_, event| {
                seen.extend(sight(&event).filter(|(identity, ..)| identity.key == *account));
                ControlFlow::Continue(())
            })?;
        }
        Ok((seen, accounts))
    }
}

/// The account that an event shows as it was.
fn sight(event: &Event) -> Option<Sight> {
    match event {
        Event::Captured { message, .. } => {
            Some((message.author()?.clone(), message.times().observed, !message.is_tombstone()))
        }
        Event::Noted { fact } => match fact.as_ref() {
            Fact::Account { identity, at } => Some((identity.as_ref().clone(), *at, true)),
            _ => None,
        },
        _ => None,
    }
}

/// A record inside the transaction of a rewriting.
struct Within<'a> {
    sql: &'a mut dyn Sql,
    tenant: &'a Tenant,
}

impl Within<'_> {
    fn events(&mut self, numbers: BTreeSet<u64>) -> Result<Vec<(u64, Event)>, Fault> {
        Ok(events_of(self.sql, self.tenant, numbers.into_iter())?.into_iter().collect())
    }

    fn find_involving(&mut self, accounts: &[IdentityKey]) -> Result<Vec<(u64, Event)>, Fault> {
        let tenant = self.tenant.as_str();
        let asked: Vec<_> =
            accounts.iter().map(|key| row![tenant, key.source.as_str(), key.native_id.as_str()]).collect();
        let mut numbers = BTreeSet::new();
        self.sql.ask_all(&INVOLVING, &asked, &mut |row| {
            numbers.insert(row.count(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        self.events(numbers)
    }

    fn find_put_aside(&mut self) -> Result<Vec<(u64, Event)>, Fault> {
        let mut found = Vec::new();
        self.sql.each(&PUT_ASIDE, &values![self.tenant.as_str()], &mut |row| {
            let seq = row.count(0)?;
            found.push((seq, event(row.string(1)?, seq, row.string(2)?)?));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn find_accounts(&mut self) -> Result<Vec<IdentityKey>, Fault> {
        let mut found = Vec::new();
        self.sql.each(&ACCOUNTS, &values![self.tenant.as_str()], &mut |row| {
            found.push(identity_key(row, 0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn find_older(&mut self, query: &OlderQuery) -> Result<Vec<MessageKey>, Fault> {
        let statement = if query.strangers { &OLDER_OF_STRANGERS } else { &OLDER };
        let limit = number(query.limit as u64)?;
        let asked = values![self.tenant.as_str(), micros(query.before), query.source.as_str(), limit];
        let mut found = Vec::new();
        self.sql.each(statement, &asked, &mut |row| {
            found.push(message_key(row, 0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}

const PLACE: &str = "the record";

impl Archive for Within<'_> {
    fn involving(&mut self, accounts: &[IdentityKey]) -> Result<Vec<(u64, Event)>, StoreError> {
        self.find_involving(accounts).map_err(|fault| fault.at(PLACE))
    }

    fn citing(
        &mut self,
        messages: &[MessageKey],
        known: &BTreeSet<u64>,
    ) -> Result<Vec<(u64, Event)>, StoreError> {
        let numbers = numbers_citing(self.sql, self.tenant, messages).map_err(|fault| fault.at(PLACE))?;
        self.events(&numbers - known).map_err(|fault| fault.at(PLACE))
    }

    fn put_aside(&mut self) -> Result<Vec<(u64, Event)>, StoreError> {
        self.find_put_aside().map_err(|fault| fault.at(PLACE))
    }

    fn accounts(&mut self) -> Result<Vec<IdentityKey>, StoreError> {
        self.find_accounts().map_err(|fault| fault.at(PLACE))
    }

    fn older(&mut self, query: &OlderQuery) -> Result<Vec<MessageKey>, StoreError> {
        self.find_older(query).map_err(|fault| fault.at(PLACE))
    }
}

/// One account in the ledger of erasures.
#[cfg(feature = "sqlite")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::record) struct Erased {
    pub(in crate::record) tenant: Tenant,
    pub(in crate::record) key: ErasedKey,
    pub(in crate::record) at: DateTime<Utc>,
}

/// Every account in the ledger, of all tenants, in the order of erasure.
#[cfg(feature = "sqlite")]
pub(in crate::record) fn erased(sql: &mut dyn Sql) -> Result<Vec<Erased>, Fault> {
    let mut found = Vec::new();
    sql.each(&ERASED, &[], &mut |row| {
        let tenant = Tenant::new(row.string(0)?).map_err(|error| super::unreadable("a tenant", error))?;
        let at = time(row.number(2)?);
        found.extend(ErasedKey::known(row.string(1)?).map(|key| Erased { tenant, key, at }));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

static BEGIN: Statement = Statement::new("INSERT INTO erasing (running) VALUES (?1) ON CONFLICT DO NOTHING");
static END: Statement = Statement::new("DELETE FROM erasing WHERE running = ?1");
static REPLACE: Statement =
    Statement::new("UPDATE log SET kind = ?3, effect = ?4, body = ?5 WHERE tenant = ?1 AND seq = ?2");
static BODIES: Statement = Statement::new("SELECT body FROM log WHERE tenant = ?1 AND seq = ?2");
static GONE_NOTES: Statement = Statement::new("DELETE FROM notes WHERE tenant = ?1 AND hash = ?2");
static NOTES: Statement =
    Statement::new("INSERT INTO notes (tenant, hash, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
static GONE_LINKS: Statement = Statement::new("DELETE FROM links WHERE tenant = ?1 AND id = ?2");
static GONE_INVOLVED: Statement = Statement::new(
    "DELETE FROM involved WHERE tenant = ?1 AND source = ?2 AND native_id = ?3 AND seq = ?4 AND part = ?5",
);
static INVOLVED: Statement = Statement::new(
    "INSERT INTO involved (tenant, source, native_id, seq, part) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO NOTHING",
);
static INVOLVING: Statement =
    Statement::new("SELECT seq FROM involved WHERE tenant = ?1 AND source = ?2 AND native_id = ?3");
static GONE_CITES: Statement =
    Statement::new("DELETE FROM cites WHERE tenant = ?1 AND source = ?2 AND external_id = ?3 AND seq = ?4");
static CITES: Statement = Statement::new(
    "INSERT INTO cites (tenant, source, external_id, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
);
static GONE_SUBJECTS: Statement =
    Statement::new("DELETE FROM subjects WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND seq = ?4");
static SUBJECTS: Statement = Statement::new(
    "INSERT INTO subjects (tenant, kind, id, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
);
static GONE_LABELS: Statement =
    Statement::new("DELETE FROM labels WHERE tenant = ?1 AND source = ?2 AND external_id = ?3 AND seq = ?4");
static LABELS: Statement = Statement::new(
    "INSERT INTO labels (tenant, source, external_id, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
);
static CURRENT: Statement = Statement::new(
    "SELECT doc, seq FROM messages WHERE tenant = ?1 AND source = ?2 AND external_id = ?3
         AND observed IN (SELECT observed FROM deliveries
                          WHERE tenant = ?1 AND source = ?2 AND external_id = ?3)",
);
static VERSIONS: Statement =
    Statement::new("SELECT seq FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3");
static MOVED: Statement = Statement::new(
    "UPDATE messages SET thread_id = ?6, parent_id = ?7
     WHERE tenant = ?1 AND observed = ?2 AND source = ?3 AND external_id = ?4 AND seq = ?5",
);
static GONE_MESSAGES: Statement = Statement::new(
    "DELETE FROM messages WHERE tenant = ?1 AND source = ?2 AND external_id = ?3
         AND observed IN (SELECT observed FROM deliveries
                          WHERE tenant = ?1 AND source = ?2 AND external_id = ?3)",
);
static GONE_DELIVERIES: Statement =
    Statement::new("DELETE FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3");
static GONE_IDENTITIES: Statement =
    Statement::new("DELETE FROM identities WHERE tenant = ?1 AND source = ?2 AND native_id = ?3");
static PUT_ASIDE: Statement = Statement::new(
    "SELECT l.seq, l.kind, l.body FROM quarantine q JOIN log l ON l.tenant = q.tenant AND l.seq = q.seq
     WHERE q.tenant = ?1 ORDER BY l.seq",
);
static ACCOUNTS: Statement = Statement::new(
    "SELECT DISTINCT source, native_id FROM involved WHERE tenant = ?1 ORDER BY source, native_id",
);
static OLDER: Statement = Statement::new(
    "SELECT source, external_id FROM messages
     WHERE tenant = ?1 AND observed < ?2 AND source = ?3 AND external_id NOT LIKE 'erased:%'
     ORDER BY observed, source, external_id LIMIT ?4",
);
static OLDER_OF_STRANGERS: Statement = Statement::new(
    "SELECT m.source, m.external_id FROM messages m
     WHERE m.tenant = ?1 AND m.observed < ?2 AND m.source = ?3 AND m.external_id NOT LIKE 'erased:%'
         AND NOT EXISTS (SELECT 1 FROM involved i
             WHERE i.tenant = m.tenant AND i.source = m.author_source AND i.native_id = m.author_id
                 AND i.part IN ('subject', 'link', 'case'))
     ORDER BY m.observed, m.source, m.external_id LIMIT ?4",
);
#[cfg(feature = "sqlite")]
static ERASED: Statement = Statement::new("SELECT tenant, hash, at FROM erasures ORDER BY tenant, seq, hash");
