//! Which statements tell who is who, and what names whom?

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::ControlFlow;

use super::draft::number;
use super::read::{Captured, case, entry_of, event, identity_key, labels_by_message, message_key, parsed};
use super::{Dialect, Sql, Statement, row, unreadable, values};
use crate::model::{
    Case, Customer, CustomerId, Direction, Event, Identity, IdentityKey, IdentityLink, LinkId, MessageKey,
    MessageType, SentimentLabel, Tenant,
};
use crate::record::error::Fault;
use crate::record::fold::{micros, time};
use crate::record::{Entry, InvolvedQuery, Involvement, SeenIdentity, Tally};

/// Visits the events that name any of the accounts. Their numbers are gathered first, their bodies fetched one by one.
pub(in crate::record) fn involving(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    query: &InvolvedQuery,
    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
) -> Result<(), Fault> {
    for seq in numbers_involving(sql, tenant, query)? {
        let asked = values![tenant.as_str(), number(seq)?];
        let event = sql.first(&EVENT, &asked, |row| event(row.string(0)?, seq, row.string(1)?))?;
        if event.is_some_and(|event| visit(seq, event).is_break()) {
            break;
        }
    }
    Ok(())
}

/// The numbers of the events that name any of the accounts, in the order asked for.
fn numbers_involving(sql: &mut dyn Sql, tenant: &Tenant, query: &InvolvedQuery) -> Result<Vec<u64>, Fault> {
    let before = if query.before == 0 { i64::MAX } else { number(query.before)? };
    let limit = if query.limit == 0 { i64::MAX } else { i64::try_from(query.limit).unwrap_or(i64::MAX) };
    let parts = if query.parts.is_empty() { Involvement::ALL } else { &query.parts };
    let after = i64::try_from(query.after).unwrap_or(i64::MAX);
    let mut keys = Vec::new();
    for account in &query.accounts {
        let (source, id) = (account.source.as_str(), account.native_id.as_str());
        for part in parts {
            keys.push(row![tenant.as_str(), source, id, part.as_str(), after, before, limit]);
        }
    }
    let mut found = BTreeSet::new();
    sql.ask_all(if query.newest_first { &INVOLVED_LAST } else { &INVOLVED }, &keys, &mut |row| {
        found.insert(row.count(0)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(query.in_order(found.into_iter()))
}

/// Messages in their current versions. A version that is the current one is not read twice.
pub(in crate::record) fn messages_of(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    accounts: &[IdentityKey],
    limit: usize,
) -> Result<Vec<Entry>, Fault> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let numbers = numbers_involving(sql, tenant, &InvolvedQuery::of_messages(accounts, limit))?;
    let (mut known, mut found) = (BTreeSet::new(), Vec::new());
    for group in numbers.chunks(limit.min(GROUP)) {
        let mut captures: BTreeMap<MessageKey, (u64, Captured)> = BTreeMap::new();
        let mut fresh = Vec::new();
        let mut events = events_of(sql, tenant, group.iter().copied())?;
        for seq in group {
            if let Some(Event::Captured { message, assessment }) = events.remove(seq)
                && known.insert(message.key())
            {
                fresh.push(message.key());
                let captured = Captured { message: *message, assessment: *assessment };
                captures.insert(captured.message.key(), (*seq, captured));
            }
        }
        fresh.truncate(limit.saturating_sub(found.len()));
        let asked: Vec<_> = fresh
            .iter()
            .map(|key| row![tenant.as_str(), key.source.as_str(), key.external_id.as_str()])
            .collect();
        let mut standing: BTreeMap<MessageKey, (u64, u32)> = BTreeMap::new();
        sql.ask_all(&STANDING, &asked, &mut |row| {
            let versions = u32::try_from(row.number(3)?).unwrap_or(u32::MAX);
            standing.insert(message_key(row, 0)?, (row.count(2)?, versions));
            Ok(ControlFlow::Continue(()))
        })?;
        let mut labels = labels_by_message(sql, tenant, &asked)?;
        for key in fresh {
            let current = standing.get(&key).copied().zip(captures.remove(&key));
            found.extend(match current {
                Some(((current, versions), (seq, captured))) if current == seq => {
                    Some(captured.labelled(&labels.remove(&key).unwrap_or_default(), versions))
                }
                _ => entry_of(sql, tenant, &key)?,
            });
        }
        if found.len() == limit {
            break;
        }
    }
    Entry::sort_newest_first(&mut found);
    Ok(found)
}

pub(in crate::record) fn cases_of(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    authors: &[IdentityKey],
    limit: usize,
) -> Result<Vec<Case>, Fault> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let keys: Vec<_> = authors
        .iter()
        .map(|key| row![tenant.as_str(), key.source.as_str(), key.native_id.as_str(), most])
        .collect();
    let mut found = BTreeMap::new();
    sql.ask_all(&CASES_OF, &keys, &mut |row| {
        let case = case(row.string(0)?)?;
        found.insert((std::cmp::Reverse(micros(case.updated)), case.id.clone()), case);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found.into_values().take(limit).collect())
}

/// Visits the versions of messages and what names them, as [`involving`] does for accounts.
pub(in crate::record) fn citing(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    messages: &[MessageKey],
    visit: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
) -> Result<(), Fault> {
    let found: Vec<u64> = numbers_citing(sql, tenant, messages)?.into_iter().collect();
    for group in found.chunks(GROUP) {
        for (seq, event) in events_of(sql, tenant, group.iter().copied())? {
            if visit(seq, event).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

pub(super) fn numbers_citing(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    messages: &[MessageKey],
) -> Result<BTreeSet<u64>, Fault> {
    let keys: Vec<_> = messages
        .iter()
        .map(|key| row![tenant.as_str(), key.source.as_str(), key.external_id.as_str()])
        .collect();
    let mut found = BTreeSet::new();
    for statement in [&VERSIONS_OF, &CITING] {
        sql.ask_all(statement, &keys, &mut |row| {
            found.insert(row.count(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(found)
}

/// How many events are in memory at a time.
const GROUP: usize = 256;

/// Events by their numbers, in order.
pub(super) fn events_of(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    numbers: impl Iterator<Item = u64>,
) -> Result<BTreeMap<u64, Event>, Fault> {
    let keys =
        numbers.map(|seq| Ok(row![tenant.as_str(), number(seq)?])).collect::<Result<Vec<_>, Fault>>()?;
    let mut found = BTreeMap::new();
    sql.ask_all(&NUMBERED, &keys, &mut |row| {
        let seq = row.count(0)?;
        found.insert(seq, event(row.string(1)?, seq, row.string(2)?)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

pub(in crate::record) fn tally(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    authors: &[IdentityKey],
) -> Result<Vec<Tally>, Fault> {
    let keys: BTreeSet<&IdentityKey> = authors.iter().collect();
    let keys: Vec<_> = keys
        .into_iter()
        .map(|key| row![tenant.as_str(), key.source.as_str(), key.native_id.as_str()])
        .collect();
    let statement = match sql.dialect() {
        Dialect::Sqlite => &TALLY_ROWS,
        Dialect::Postgres => &TALLY,
    };
    let mut sorts: Vec<Sort> = Vec::new();
    let mut last = 0;
    sql.ask_all(statement, &keys, &mut |row| {
        let names = [Some(row.string(0)?), Some(row.string(1)?), row.text(2)?, row.text(3)?];
        // Most rows are of the sort of the one before.
        if sorts.get(last).is_none_or(|sort| !sort.is_of(names)) {
            last = sorts.iter().position(|sort| sort.is_of(names)).unwrap_or(sorts.len());
        }
        let (messages, from, to) = (row.count(4)?, row.number(5)?, row.number(6)?);
        match sorts.get_mut(last) {
            Some(sort) => {
                sort.messages += messages;
                (sort.first, sort.last) = (sort.first.min(from), sort.last.max(to));
            }
            None => {
                let names = names.map(|name| name.map(str::to_owned));
                sorts.push(Sort { names, messages, first: from, last: to });
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    sorts.sort_unstable_by(|a, b| a.names.cmp(&b.names));
    sorts.into_iter().map(Sort::tally).collect()
}

/// Messages of one sort, by their direction, outcome, type and sentiment.
struct Sort {
    names: [Option<String>; 4],
    messages: u64,
    first: i64,
    last: i64,
}

impl Sort {
    fn is_of(&self, names: [Option<&str>; 4]) -> bool {
        self.names.iter().map(Option::as_deref).eq(names)
    }

    fn tally(self) -> Result<Tally, Fault> {
        let [direction, outcome, kind, sentiment] = self.names;
        let direction = parsed("a direction", &direction.unwrap_or_default(), Direction::parse)?;
        let kind = kind.map(|name| parsed("a type", &name, MessageType::parse)).transpose()?;
        let sentiment =
            sentiment.map(|name| parsed("a sentiment", &name, SentimentLabel::parse)).transpose()?;
        let (outcome, messages) = (outcome.unwrap_or_default(), self.messages);
        Ok(Tally {
            direction,
            outcome,
            kind,
            sentiment,
            messages,
            first: time(self.first),
            last: time(self.last),
        })
    }
}

pub(in crate::record) fn identity(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    key: &IdentityKey,
) -> Result<Option<SeenIdentity>, Fault> {
    let asked = values![tenant.as_str(), key.source.as_str(), key.native_id.as_str()];
    sql.first(&IDENTITY, &asked, |row| {
        let identity: Identity =
            serde_json::from_str(row.string(2)?).map_err(|error| unreadable("an account", error))?;
        Ok(SeenIdentity { identity, first_seen: time(row.number(0)?), last_seen: time(row.number(1)?) })
    })
}

/// The accounts that can be reached from one over claims that stand for one person, and every claim about them.
/// `changed` holds claims of a commit that is not written yet; they go before what the store has.
pub(in crate::record) fn around(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    account: &IdentityKey,
    changed: &BTreeMap<LinkId, (u64, IdentityLink)>,
) -> Result<(BTreeSet<IdentityKey>, Vec<IdentityLink>), Fault> {
    let mut by_account: BTreeMap<&IdentityKey, Vec<&(u64, IdentityLink)>> = BTreeMap::new();
    for link in changed.values() {
        by_account.entry(&link.1.a).or_default().push(link);
        by_account.entry(&link.1.b).or_default().push(link);
    }
    let mut reached = BTreeSet::from([account.clone()]);
    let mut next = VecDeque::from([account.clone()]);
    let mut found: BTreeMap<u64, IdentityLink> = BTreeMap::new();
    while let Some(account) = next.pop_front() {
        let key = values![tenant.as_str(), account.source.as_str(), account.native_id.as_str()];
        let mut near: Vec<(u64, IdentityLink)> = Vec::new();
        for statement in [&LINKS_OF_A, &LINKS_OF_B] {
            sql.each(statement, &key, &mut |row| {
                let link = link(row.string(1)?)?;
                let link = changed.get(&link.id()).map_or(link, |(_, changed)| changed.clone());
                near.push((row.count(0)?, link));
                Ok(ControlFlow::Continue(()))
            })?;
        }
        near.extend(by_account.get(&account).into_iter().flatten().map(|link| (*link).clone()));
        for (seq, link) in near {
            for other in [&link.a, &link.b] {
                if link.joins() && reached.insert(other.clone()) {
                    next.push_back(other.clone());
                }
            }
            found.insert(seq, link);
        }
    }
    Ok((reached, found.into_values().collect()))
}

pub(in crate::record) fn links(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    account: &IdentityKey,
) -> Result<Vec<IdentityLink>, Fault> {
    Ok(around(sql, tenant, account, &BTreeMap::new())?.1)
}

pub(in crate::record) fn find_link(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    id: &LinkId,
) -> Result<Option<IdentityLink>, Fault> {
    sql.first(&LINK, &values![tenant.as_str(), id.as_str()], |row| link(row.string(0)?))
}

fn link(body: &str) -> Result<IdentityLink, Fault> {
    serde_json::from_str(body).map_err(|error| unreadable("a claim", error))
}

/// Who belongs together is kept as it was worked out when the claims were committed.
pub(in crate::record) fn customers(
    sql: &mut dyn Sql,
    tenant: &Tenant,
    accounts: &[IdentityKey],
) -> Result<Vec<Customer>, Fault> {
    let tenant = tenant.as_str();
    let asked: Vec<_> =
        accounts.iter().map(|key| row![tenant, key.source.as_str(), key.native_id.as_str()]).collect();
    let mut belongs: BTreeMap<IdentityKey, CustomerId> = BTreeMap::new();
    sql.ask_all(&MEMBER, &asked, &mut |row| {
        let id = parsed("a customer", row.string(2)?, |id| CustomerId::new(id).ok())?;
        belongs.insert(identity_key(row, 0)?, id);
        Ok(ControlFlow::Continue(()))
    })?;
    let ids: BTreeSet<&str> = belongs.values().map(CustomerId::as_str).collect();
    let asked: Vec<_> = ids.into_iter().map(|id| row![tenant, id]).collect();
    let mut members: BTreeMap<String, BTreeSet<IdentityKey>> = BTreeMap::new();
    sql.ask_all(&MEMBERS, &asked, &mut |row| {
        members.entry(row.string(2)?.to_owned()).or_default().insert(identity_key(row, 0)?);
        Ok(ControlFlow::Continue(()))
    })?;
    let customer = |account: &IdentityKey| {
        let mut customer = Customer::of(account, &[], &[]);
        if let Some(id) = belongs.get(account) {
            customer.identities.extend(members.get(id.as_str()).into_iter().flatten().cloned());
            customer.id = id.clone();
        }
        customer
    };
    Ok(accounts.iter().map(customer).collect())
}

static INVOLVED: Statement = Statement::new(
    "SELECT seq FROM involved
     WHERE tenant = ?1 AND source = ?2 AND native_id = ?3 AND part = ?4 AND seq > ?5 AND seq < ?6
     ORDER BY seq LIMIT ?7",
);
static INVOLVED_LAST: Statement = Statement::new(
    "SELECT seq FROM involved
     WHERE tenant = ?1 AND source = ?2 AND native_id = ?3 AND part = ?4 AND seq > ?5 AND seq < ?6
     ORDER BY seq DESC LIMIT ?7",
);
static CASES_OF: Statement = Statement::new(
    "SELECT body FROM cases INDEXED BY cases_of_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3 ORDER BY updated DESC, id LIMIT ?4",
);
static VERSIONS_OF: Statement =
    Statement::new("SELECT seq FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3");
static CITING: Statement =
    Statement::new("SELECT seq FROM cites WHERE tenant = ?1 AND source = ?2 AND external_id = ?3");
static NUMBERED: Statement = Statement::new("SELECT seq, kind, body FROM log WHERE tenant = ?1 AND seq = ?2");
static EVENT: Statement = Statement::new("SELECT kind, body FROM log WHERE tenant = ?1 AND seq = ?2");
/// Which version of a message is the current one, and how many there are.
static STANDING: Statement = Statement::new(
    "SELECT source, external_id, seq,
         (SELECT count(*) FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3)
     FROM deliveries WHERE tenant = ?1 AND source = ?2 AND external_id = ?3
     ORDER BY tombstone DESC, observed DESC, version DESC LIMIT 1",
);
// Without statistics the planner would rather walk through the whole table: the indexes are named.
static TALLY: Statement = Statement::new(
    "SELECT direction, outcome, type, sentiment, count(*), min(observed), max(observed)
     FROM messages INDEXED BY messages_by_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3
     GROUP BY direction, outcome, type, sentiment",
);
/// SQLite would sort what it groups: to count the rows as they lie costs a third.
static TALLY_ROWS: Statement = Statement::new(
    "SELECT direction, outcome, type, sentiment, 1, observed, observed
     FROM messages INDEXED BY messages_by_author
     WHERE tenant = ?1 AND author_source = ?2 AND author_id = ?3",
);
static IDENTITY: Statement = Statement::new(
    "SELECT first_seen, last_seen, body FROM identities WHERE tenant = ?1 AND source = ?2 AND native_id = ?3",
);
static LINKS_OF_A: Statement =
    Statement::new("SELECT seq, body FROM links WHERE tenant = ?1 AND a_source = ?2 AND a_id = ?3");
static LINKS_OF_B: Statement =
    Statement::new("SELECT seq, body FROM links WHERE tenant = ?1 AND b_source = ?2 AND b_id = ?3");
static LINK: Statement = Statement::new("SELECT body FROM links WHERE tenant = ?1 AND id = ?2");
static MEMBER: Statement = Statement::new(
    "SELECT source, native_id, customer FROM members WHERE tenant = ?1 AND source = ?2 AND native_id = ?3",
);
static MEMBERS: Statement =
    Statement::new("SELECT source, native_id, customer FROM members WHERE tenant = ?1 AND customer = ?2");
