//! Who belongs together after a commit? Worked out again for whom its claims and accounts touch.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::super::{Statement, people, read, row, values};
use super::Draft;
use super::rows::{json, number};
use crate::model::{Customer, IdentityKey, IdentityLink, LinkId};
use crate::record::error::Fault;
use crate::record::fold::{in_order_seen, micros};

impl Draft<'_> {
    /// Who belongs together is worked out again for every customer that a claim of this commit touches, or one of whose
    /// accounts turns out to have been seen earlier: the account that was seen first names the customer.
    pub(super) fn finish_links(&mut self) -> Result<(), Fault> {
        let links = std::mem::take(&mut self.links);
        let tenant = self.tenant.as_str();
        let mut touched: BTreeSet<IdentityKey> = BTreeSet::new();
        for (id, (seq, link)) in &links {
            touched.extend([link.a.clone(), link.b.clone()]);
            let revoked = link.revoked.as_ref().map(|revoked| micros(revoked.at));
            self.rows.links.push(row![
                tenant,
                id.as_str(),
                link.a.source.as_str(),
                link.a.native_id.as_str(),
                link.b.source.as_str(),
                link.b.native_id.as_str(),
                number(*seq)?,
                revoked,
                json(link)?,
            ]);
        }
        if self.sql.exists(&ANY_MEMBER, &values![tenant])? {
            let asked: Vec<_> = self.accounts.keys().map(|key| self.account_of(key)).collect();
            let mut members = BTreeSet::new();
            self.sql.ask_all(&MEMBER_KEY, &asked, &mut |row| {
                members.insert(read::identity_key(row, 0)?);
                Ok(ControlFlow::Continue(()))
            })?;
            let stored = self.stored_first(&members)?;
            let earlier = |key: &IdentityKey| {
                let seen = self.accounts.get(key).map(|account| account.first);
                stored.get(key).is_none_or(|stored| seen.is_some_and(|seen| seen < *stored))
            };
            touched.extend(members.into_iter().filter(earlier));
        }
        self.regroup(touched.iter(), &links)?;
        for (member, customer) in std::mem::take(&mut self.members) {
            let key = self.account_of(&member);
            if let Some(customer) = customer {
                let mut row = key.clone();
                row.push(customer.shared().into());
                self.rows.members.push(row);
            }
            self.rows.gone_members.push(key);
        }
        Ok(())
    }

    /// Works out again which customer each of these accounts, and each that they are joined to, belongs to. What was worked
    /// out last stands.
    pub(in crate::record::sql) fn regroup<'k>(
        &mut self,
        accounts: impl Iterator<Item = &'k IdentityKey>,
        changed: &BTreeMap<LinkId, (u64, IdentityLink)>,
    ) -> Result<(), Fault> {
        let mut done: BTreeSet<IdentityKey> = BTreeSet::new();
        for account in accounts {
            if done.contains(account) {
                continue;
            }
            let (reached, around) = people::around(self.sql, self.tenant, account, changed)?;
            let first = self.first_seen(&reached)?;
            let seen =
                in_order_seen(reached.iter().cloned(), |key| first.get(key).copied().unwrap_or(i64::MAX));
            for customer in Customer::view(&seen, &around) {
                let joined = (customer.identities.len() > 1).then_some(&customer.id);
                for member in customer.identities.iter().filter(|member| reached.contains(member)) {
                    self.members.insert(member.clone(), joined.cloned());
                }
            }
            done.extend(reached);
        }
        Ok(())
    }

    /// When the accounts were first seen, those that were.
    fn first_seen(&mut self, keys: &BTreeSet<IdentityKey>) -> Result<BTreeMap<IdentityKey, i64>, Fault> {
        let mut first = self.stored_first(keys)?;
        for key in keys {
            if let Some(account) = self.accounts.get(key) {
                let first = first.entry(key.clone()).or_insert(account.first);
                *first = account.first.min(*first);
            }
        }
        Ok(first)
    }

    /// The same, as the store has it.
    fn stored_first(&mut self, keys: &BTreeSet<IdentityKey>) -> Result<BTreeMap<IdentityKey, i64>, Fault> {
        let asked: Vec<_> = keys.iter().map(|key| self.account_of(key)).collect();
        let mut first = BTreeMap::new();
        self.sql.ask_all(&ACCOUNTS, &asked, &mut |row| {
            first.insert(read::identity_key(row, 0)?, row.number(2)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(first)
    }
}

static ANY_MEMBER: Statement = Statement::new("SELECT 1 FROM members WHERE tenant = ?1 LIMIT 1");
static MEMBER_KEY: Statement = Statement::new(
    "SELECT source, native_id FROM members WHERE tenant = ?1 AND source = ?2 AND native_id = ?3",
);
static ACCOUNTS: Statement = Statement::new(
    "SELECT source, native_id, first_seen FROM identities
     WHERE tenant = ?1 AND source = ?2 AND native_id = ?3",
);
