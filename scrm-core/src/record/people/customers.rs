//! Who is who after this claim? The customers, kept up to date without looking at everybody again.
//!
//! Read [`Customers`]. It is the same as [`Customer::view`] over everything it was told, account by account and id by
//! id; a test holds the two together over random claims and revocations. What makes it cheap: whether a link is
//! accepted depends only on claims between accounts that standing `same` claims connect. So a claim concerns one such
//! component, and only that one is computed again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Customer, CustomerId, IdentityKey, IdentityLink, LinkClaim, Revocation};

/// The customers that a growing set of claims makes.
///
/// A customer is named for the one of its accounts that was seen first. The id of every account of a customer finds it
/// with [`Customers::resolve`], so an id that was given out before a merge still does, and after the merge is
/// taken back it finds what it found before.
///
/// A call costs as much as [`Customer::view`] of the accounts that standing `same` claims connect to the two accounts of
/// the claim, however many others there are.
///
/// ```
/// use scrm_core::model::{CustomerId, IdentityKey, IdentityLink, Revocation};
/// use scrm_core::record::people::Customers;
/// let link: IdentityLink = serde_json::from_str(r#"{"a":{"source":"mail","native_id":"m@example.com"},
///     "b":{"source":"x","native_id":"1"},
///     "claim":"same","evidence":"authenticated","at":"2026-11-02T08:00:00Z"}"#).unwrap();
/// let mut customers = Customers::new();
/// customers.see(&link.b, "2026-11-01T08:00:00Z".parse().unwrap());
/// customers.see(&link.a, "2026-11-02T08:00:00Z".parse().unwrap());
///
/// let change = customers.claim(&link);
/// assert_eq!(change.now[0].id.as_str(), "x/1");
/// let old = CustomerId::of_identity(&link.a);
/// assert_eq!(customers.resolve(&old).unwrap().id.as_str(), "x/1");
///
/// customers.revoke(&link, Revocation { person: None, at: "2026-11-03T08:00:00Z".parse().unwrap() });
/// assert_eq!(customers.resolve(&old).unwrap().id, old);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Customers {
    accounts: BTreeMap<IdentityKey, Account>,
    /// Every account's own id; with hashed ones there is no way back from the id itself.
    ids: BTreeMap<CustomerId, IdentityKey>,
    /// By the account that names them.
    customers: BTreeMap<IdentityKey, Customer>,
    /// All claims on a pair, taken back or not.
    claims: BTreeMap<(IdentityKey, IdentityKey), Vec<IdentityLink>>,
}

#[derive(Debug, Clone)]
struct Account {
    /// When the record first saw it; absent where only claims tell of it.
    seen: Option<DateTime<Utc>>,
    /// The account that names its customer.
    named_for: IdentityKey,
    /// Accounts that some claim, standing or not, names together with it.
    beside: BTreeSet<IdentityKey>,
}

/// What a call changed. Both lists are empty when nothing changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersChange {
    /// Customers as they were and are no longer: split, merged, or named otherwise; by id.
    pub before: Vec<Customer>,
    /// What their accounts make now; by id.
    pub now: Vec<Customer>,
}

impl Customers {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of an account that the record saw at `at`. The earliest time that was told counts.
    pub fn see(&mut self, key: &IdentityKey, at: DateTime<Utc>) -> CustomersChange {
        let is_new = self.enter(key);
        let Some(account) = self.accounts.get_mut(key) else { return CustomersChange::default() };
        let earlier = account.seen.is_none_or(|seen| at < seen);
        if earlier {
            account.seen = Some(at);
        }
        if is_new {
            return CustomersChange { before: Vec::new(), now: self.of(key).cloned().into_iter().collect() };
        }
        if earlier { self.compute(BTreeSet::from([key.clone()])) } else { CustomersChange::default() }
    }

    /// Adds a claim. A claim that is there already has no further effect, but for being taken back: of one that was told
    /// both ways, the revocation counts, and of two the earlier one.
    pub fn claim(&mut self, link: &IdentityLink) -> CustomersChange {
        let (a, b) = link.pair();
        let (a, b) = (a.clone(), b.clone());
        let news: Vec<IdentityKey> = [&a, &b].into_iter().filter(|key| self.enter(key)).cloned().collect();
        if a != b {
            self.beside(&a, &b);
            self.beside(&b, &a);
        }
        let before = self.component([a.clone(), b.clone()]);
        let claims = self.claims.entry((a, b)).or_default();
        match claims.iter_mut().find(|known| is_one(known, link)) {
            Some(known) => known.revoked = earlier(known.revoked.take(), link.revoked.clone()),
            None => claims.push(link.clone()),
        }
        let mut change = self.compute(before);
        // Who was nobody before this call was no customer before it either.
        change.before.retain(|was| !was.identities.iter().all(|key| news.contains(key)));
        for key in &news {
            if let Some(customer) = self.of(key).filter(|customer| !change.now.contains(customer)) {
                change.now.push(customer.clone());
            }
        }
        change.now.sort_by(|x, y| x.id.cmp(&y.id));
        change
    }

    /// Takes a claim back: the one with the accounts, claim, evidence and time of `link`. Restores exactly what would be
    /// had it never been made, and so does what it was told before the claim itself arrives.
    pub fn revoke(&mut self, link: &IdentityLink, revocation: Revocation) -> CustomersChange {
        self.claim(&IdentityLink { revoked: Some(revocation), ..link.clone() })
    }

    /// The customer that has this account.
    pub fn of(&self, key: &IdentityKey) -> Option<&Customer> {
        self.customers.get(&self.accounts.get(key)?.named_for)
    }

    /// The customer that this id finds now: its own, or the one it was merged into.
    pub fn resolve(&self, id: &CustomerId) -> Option<&Customer> {
        self.of(self.ids.get(id)?)
    }

    /// The other ids that find a customer, in the order of its accounts.
    pub fn aliases(&self, customer: &Customer) -> Vec<CustomerId> {
        let ids = customer.identities.iter().map(CustomerId::of_identity);
        ids.filter(|id| *id != customer.id).collect()
    }

    /// All customers, by the accounts that name them.
    pub fn iter(&self) -> impl Iterator<Item = &Customer> {
        self.customers.values()
    }

    /// The claims on a pair of accounts, taken back or not, in the order in which they were told.
    pub fn claims_on(&self, a: &IdentityKey, b: &IdentityKey) -> &[IdentityLink] {
        let pair = if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
        self.claims.get(&pair).map_or(&[], Vec::as_slice)
    }

    /// Makes a customer of its own of an account that was never told of; whether it was not.
    fn enter(&mut self, key: &IdentityKey) -> bool {
        if self.accounts.contains_key(key) {
            return false;
        }
        let id = CustomerId::of_identity(key);
        self.ids.insert(id.clone(), key.clone());
        let alone = Customer { id, identities: BTreeSet::from([key.clone()]), roles: BTreeSet::default() };
        self.customers.insert(key.clone(), alone);
        let account = Account { seen: None, named_for: key.clone(), beside: BTreeSet::new() };
        self.accounts.insert(key.clone(), account);
        true
    }

    fn beside(&mut self, key: &IdentityKey, other: &IdentityKey) {
        if let Some(account) = self.accounts.get_mut(key) {
            account.beside.insert(other.clone());
        }
    }

    /// The accounts that standing `same` claims connect to these, and these.
    fn component(&self, from: impl IntoIterator<Item = IdentityKey>) -> BTreeSet<IdentityKey> {
        let mut found: BTreeSet<IdentityKey> = BTreeSet::new();
        let mut ahead: Vec<IdentityKey> = from.into_iter().collect();
        while let Some(key) = ahead.pop() {
            let beside = self.accounts.get(&key).into_iter().flat_map(|account| &account.beside);
            let joined = beside.filter(|other| !found.contains(*other) && self.may_join(&key, other));
            ahead.extend(joined.cloned());
            found.insert(key);
        }
        found
    }

    fn may_join(&self, a: &IdentityKey, b: &IdentityKey) -> bool {
        self.claims_on(a, b).iter().any(|link| link.revoked.is_none() && link.claim == LinkClaim::Same)
    }

    /// Computes again the customers of everybody whom claims connect to `touched`.
    fn compute(&mut self, touched: BTreeSet<IdentityKey>) -> CustomersChange {
        let component = self.component(touched);
        let now = {
            let mut seen: Vec<(&IdentityKey, DateTime<Utc>)> =
                component.iter().filter_map(|key| Some((key, self.accounts.get(key)?.seen?))).collect();
            seen.sort_by_key(|(key, at)| (*at, *key));
            let late = component.iter().filter(|key| self.accounts.get(key).is_none_or(|a| a.seen.is_none()));
            let order: Vec<IdentityKey> = seen.iter().map(|(key, _)| *key).chain(late).cloned().collect();
            Customer::view(&order, &self.claims_among(&component))
        };
        let names: BTreeSet<IdentityKey> =
            component.iter().filter_map(|key| Some(self.accounts.get(key)?.named_for.clone())).collect();
        let mut before: Vec<Customer> = names.iter().filter_map(|name| self.customers.remove(name)).collect();
        for customer in &now {
            self.put(customer);
        }
        let mut now: Vec<Customer> = now.into_iter().filter(|customer| !before.contains(customer)).collect();
        before.retain(|was| self.resolve(&was.id) != Some(was));
        before.sort_by(|x, y| x.id.cmp(&y.id));
        now.sort_by(|x, y| x.id.cmp(&y.id));
        CustomersChange { before, now }
    }

    fn put(&mut self, customer: &Customer) {
        let Some(name) = self.ids.get(&customer.id).cloned() else { return };
        for key in &customer.identities {
            if let Some(account) = self.accounts.get_mut(key) {
                account.named_for = name.clone();
            }
        }
        self.customers.insert(name, customer.clone());
    }

    fn claims_among(&self, component: &BTreeSet<IdentityKey>) -> Vec<IdentityLink> {
        let mut among = Vec::new();
        for a in component {
            let beside = self.accounts.get(a).into_iter().flat_map(|account| &account.beside);
            for b in beside.filter(|b| a < *b && component.contains(*b)) {
                among.extend(self.claims_on(a, b).iter().cloned());
            }
        }
        among
    }
}

/// Whether two say one claim, taken back or not.
fn is_one(x: &IdentityLink, y: &IdentityLink) -> bool {
    x.pair() == y.pair() && x.claim == y.claim && x.evidence == y.evidence && x.at == y.at
}

fn earlier(x: Option<Revocation>, y: Option<Revocation>) -> Option<Revocation> {
    match (x, y) {
        (Some(x), Some(y)) => Some(if (y.at, &y.person) < (x.at, &x.person) { y } else { x }),
        (x, y) => x.or(y),
    }
}

#[cfg(test)]
mod tests;
