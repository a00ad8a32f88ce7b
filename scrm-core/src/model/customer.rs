//! Who is it? A customer is a view: the accounts that accepted claims hold together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CustomerId, IdentityKey, IdentityLink, LinkClaim, Role};

/// One person or organisation as the record sees it now. Never stored: computed from the claims that stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// Named for the one of its accounts that the record saw first: see [`Customer::view`].
    pub id: CustomerId,
    /// Its accounts, in order.
    pub identities: BTreeSet<IdentityKey>,
    /// What it is to the company; many at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<Role>,
}

impl Customer {
    /// The customers among `identities`: connected components over the claims that are accepted.
    ///
    /// For each pair of accounts the standing claims (not revoked) are weighed: a person's claim beats a machine's,
    /// the later of two persons' claims beats the earlier, and of machines' claims one `different` beats any `same`.
    /// A pair that is held apart is never joined through a third account either: links are added strongest and
    /// oldest first, and one that would bring such a pair together is left out.
    ///
    /// `identities` stand in the order in which the record first saw them. The first of a customer's accounts names it
    /// ([`CustomerId::of_identity`]), so an account that joins later does not change the id, whatever its name. An account
    /// that only a link tells of counts as seen after all others, and two such in the order of their keys. Neither the
    /// accounts of a customer nor its id depend on the order of `links`.
    ///
    /// Every account names the customer that it is in: the id of a customer that was merged into another one is that of an
    /// account which the other one now has, and it is the id again when the link is taken back. What came after a merge
    /// goes with the account that it was recorded of, and never with the id of a customer.
    ///
    /// ```
    /// use scrm_core::model::{Customer, Identity, IdentityLink};
    /// let link: IdentityLink = serde_json::from_str(r#"{"a":{"source":"x","native_id":"1"},
    ///     "b":{"source":"mail","native_id":"m@example.com"},
    ///     "claim":"same","evidence":"authenticated","at":"2026-11-02T08:00:00Z"}"#).unwrap();
    /// let both = [link.a.clone(), link.b.clone()];
    /// assert_eq!(Customer::view(&both, &[link]).len(), 1);
    /// assert_eq!(Customer::view(&both, &[]).len(), 2);
    /// ```
    pub fn view(identities: &[IdentityKey], links: &[IdentityLink]) -> Vec<Self> {
        let (same, apart) = verdicts(links);
        let mut groups =
            Groups::of(identities.iter().chain(links.iter().flat_map(|link| [&link.a, &link.b])));
        for link in same {
            groups.join(&link.a, &link.b, &apart);
        }
        groups.into_customers(identities)
    }
}

impl Customer {
    /// The customer that an account belongs to, given every claim about it, and the accounts that those claims join in
    /// the order in which the record first saw them.
    pub fn of(account: &IdentityKey, seen: &[IdentityKey], links: &[IdentityLink]) -> Self {
        let mut customers = Self::view(seen, links).into_iter();
        customers.find(|customer| customer.identities.contains(account)).unwrap_or_else(|| Self {
            id: CustomerId::of_identity(account),
            identities: BTreeSet::from([account.clone()]),
            roles: BTreeSet::new(),
        })
    }
}

type Pair<'a> = (&'a IdentityKey, &'a IdentityKey);
/// For each account those that it is held apart from.
pub(super) type Apart<'a> = BTreeMap<&'a IdentityKey, Vec<&'a IdentityKey>>;

/// The accepted `same` links, strongest and oldest first, and who is held apart from whom.
pub(super) fn verdicts(links: &[IdentityLink]) -> (Vec<&IdentityLink>, Apart<'_>) {
    let mut by_pair: BTreeMap<Pair<'_>, &IdentityLink> = BTreeMap::new();
    for link in links.iter().filter(|link| link.revoked.is_none()) {
        by_pair.entry(link.pair()).and_modify(|best| *best = stronger(best, link)).or_insert(link);
    }
    let (mut same, different): (Vec<_>, Vec<_>) =
        by_pair.into_values().partition(|link| link.claim == LinkClaim::Same);
    same.sort_by(|x, y| (strength(x), x.at, x.pair()).cmp(&(strength(y), y.at, y.pair())));
    let mut apart = Apart::new();
    for (a, b) in different.into_iter().map(IdentityLink::pair) {
        apart.entry(a).or_default().push(b);
        apart.entry(b).or_default().push(a);
    }
    (same, apart)
}

fn strength(link: &IdentityLink) -> u8 {
    use super::LinkEvidence as E;
    match link.evidence {
        E::Human { .. } => 0,
        E::Authenticated => 1,
        E::Declared => 2,
        E::Deterministic => 3,
        E::Probabilistic { .. } => 4,
    }
}

fn stronger<'a>(x: &'a IdentityLink, y: &'a IdentityLink) -> &'a IdentityLink {
    let rank = |link: &IdentityLink| {
        let human = link.evidence.is_human();
        // Among persons the later word counts, and of two at one moment the one that keeps apart.
        let at = if human { Some(link.at) } else { None };
        (
            human,
            at,
            link.claim == LinkClaim::Different,
            std::cmp::Reverse(strength(link)),
            std::cmp::Reverse(link.at),
        )
    };
    if rank(y) > rank(x) { y } else { x }
}

/// Disjoint sets of accounts, each led by any of its members.
struct Groups<'a> {
    leader: BTreeMap<&'a IdentityKey, &'a IdentityKey>,
    members: BTreeMap<&'a IdentityKey, BTreeSet<&'a IdentityKey>>,
}

impl<'a> Groups<'a> {
    fn of(identities: impl Iterator<Item = &'a IdentityKey>) -> Self {
        let leader: BTreeMap<_, _> = identities.map(|key| (key, key)).collect();
        let members = leader.keys().map(|key| (*key, BTreeSet::from([*key]))).collect();
        Self { leader, members }
    }

    /// The smaller of two groups goes into the larger, so that no account moves often.
    fn join(&mut self, a: &IdentityKey, b: &IdentityKey, apart: &Apart<'_>) {
        let (Some(&a), Some(&b)) = (self.leader.get(a), self.leader.get(b)) else { return };
        let size = |leader| self.members.get(leader).map_or(0, BTreeSet::len);
        let (into, from) = if size(a) < size(b) { (b, a) } else { (a, b) };
        if a == b || self.would_mix(into, from, apart) {
            return;
        }
        let moved = self.members.remove(from).unwrap_or_default();
        for member in &moved {
            self.leader.insert(member, into);
        }
        self.members.entry(into).or_default().extend(moved);
    }

    fn would_mix(&self, into: &IdentityKey, from: &IdentityKey, apart: &Apart<'_>) -> bool {
        let (Some(large), Some(small)) = (self.members.get(into), self.members.get(from)) else {
            return false;
        };
        let is_held = |member: &IdentityKey| {
            apart.get(member).is_some_and(|others| others.iter().any(|other| large.contains(other)))
        };
        small.iter().any(|member| is_held(member))
    }

    /// The customers, by their least accounts, each named for the first account of `seen` that it has.
    fn into_customers(self, seen: &[IdentityKey]) -> Vec<Customer> {
        let mut turn: BTreeMap<&IdentityKey, usize> = BTreeMap::new();
        for (at, key) in seen.iter().enumerate() {
            turn.entry(key).or_insert(at);
        }
        let first = |members: &BTreeSet<&'a IdentityKey>| {
            members.iter().copied().min_by_key(|key| turn.get(key).copied().unwrap_or(usize::MAX))
        };
        let customer = |(leader, members): (&IdentityKey, BTreeSet<&'a IdentityKey>)| {
            let id = CustomerId::of_identity(first(&members).unwrap_or(leader));
            Customer { id, identities: members.into_iter().cloned().collect(), roles: BTreeSet::new() }
        };
        let mut customers: Vec<Customer> = self.members.into_iter().map(customer).collect();
        customers.sort_by(|x, y| x.identities.first().cmp(&y.identities.first()));
        customers
    }
}
