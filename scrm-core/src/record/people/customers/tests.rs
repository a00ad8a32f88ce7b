//! Is what is kept claim by claim what the whole gives? Against [`Customer::view`] over everything told.

use std::collections::BTreeMap;

use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::model::{LinkEvidence, NativeId, PersonId, Source};

fn account(n: u8) -> IdentityKey {
    // Names in another order than numbers, on two sources.
    let source = if n.is_multiple_of(3) { "mail" } else { "x" };
    IdentityKey {
        source: Source::new(source).unwrap(),
        native_id: NativeId::new(format!("{}", 90 - n)).unwrap(),
    }
}

fn moment(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + Duration::minutes(minute)
}

fn same(a: u8, b: u8, minute: i64) -> IdentityLink {
    IdentityLink {
        a: account(a),
        b: account(b),
        claim: LinkClaim::Same,
        evidence: LinkEvidence::Authenticated,
        at: moment(minute),
        revoked: None,
    }
}

fn back(minute: i64) -> Revocation {
    Revocation { person: None, at: moment(minute) }
}

#[derive(Debug, Clone)]
enum Op {
    See(u8, i64),
    Claim(IdentityLink),
    /// Takes back one of the claims made so far, counted round.
    Revoke(usize, i64),
    /// Tells a claim again.
    Again(usize),
}

fn any_op(accounts: u8) -> impl Strategy<Value = Op> {
    let evidence = prop_oneof![
        Just(LinkEvidence::Authenticated),
        Just(LinkEvidence::Deterministic),
        Just(LinkEvidence::Probabilistic { score: 0.5 }),
        Just(LinkEvidence::Human { person: PersonId::new("ada").unwrap() }),
    ];
    let claim = prop_oneof![3 => Just(LinkClaim::Same), 1 => Just(LinkClaim::Different)];
    let link = (0..accounts, 0..accounts, claim, evidence, 0i64..50)
        .prop_map(|(a, b, claim, evidence, at)| IdentityLink { claim, evidence, ..same(a, b, at) });
    prop_oneof![
        1 => (0..accounts, 0i64..50).prop_map(|(n, at)| Op::See(n, at)),
        3 => link.prop_map(Op::Claim),
        3 => (any::<usize>(), 50i64..99).prop_map(|(n, at)| Op::Revoke(n, at)),
        1 => any::<usize>().prop_map(Op::Again),
    ]
}

/// Everything told, computed from the whole.
#[derive(Default)]
struct Plain {
    seen: BTreeMap<IdentityKey, DateTime<Utc>>,
    links: Vec<IdentityLink>,
}

impl Plain {
    fn view(&self) -> Vec<Customer> {
        let mut order: Vec<_> = self.seen.iter().map(|(key, at)| (*at, key.clone())).collect();
        order.sort();
        let order: Vec<IdentityKey> = order.into_iter().map(|(_, key)| key).collect();
        let mut customers = Customer::view(&order, &self.links);
        customers.sort_by(|x, y| x.id.cmp(&y.id));
        customers
    }
}

fn all(customers: &Customers) -> Vec<Customer> {
    let mut all: Vec<Customer> = customers.iter().cloned().collect();
    all.sort_by(|x, y| x.id.cmp(&y.id));
    all
}

/// Runs the operations on both and compares after each.
fn agree(ops: &[Op]) -> Result<(), TestCaseError> {
    let (mut fast, mut slow) = (Customers::new(), Plain::default());
    let mut then = Vec::new();
    for (turn, op) in ops.iter().enumerate() {
        let change = match op {
            Op::See(n, at) => {
                let at = moment(*at);
                slow.seen.entry(account(*n)).and_modify(|seen| *seen = at.min(*seen)).or_insert(at);
                fast.see(&account(*n), at)
            }
            Op::Claim(link) => {
                if !slow.links.iter().any(|known| is_one(known, link)) {
                    slow.links.push(link.clone());
                }
                fast.claim(link)
            }
            Op::Revoke(n, at) => {
                let which = n % slow.links.len().max(1);
                let Some(known) = slow.links.get_mut(which) else { continue };
                known.revoked.get_or_insert(back(*at));
                let link = IdentityLink { revoked: None, ..known.clone() };
                fast.revoke(&link, back(*at))
            }
            Op::Again(n) => {
                let Some(known) = slow.links.get(n % slow.links.len().max(1)) else { continue };
                fast.claim(&IdentityLink { revoked: None, ..known.clone() })
            }
        };
        let now = slow.view();
        prop_assert_eq!(&all(&fast), &now);
        // What a call says changed is what did.
        let gone: Vec<_> = then.iter().filter(|was| !now.contains(was)).cloned().collect();
        let come: Vec<_> = now.iter().filter(|is| !then.contains(is)).cloned().collect();
        prop_assert_eq!(change, CustomersChange { before: gone, now: come });
        for customer in now.iter().filter(|_| turn % 10 == 9) {
            for key in &customer.identities {
                prop_assert_eq!(fast.of(key), Some(customer));
                prop_assert_eq!(fast.resolve(&CustomerId::of_identity(key)), Some(customer));
            }
            prop_assert_eq!(fast.aliases(customer).len(), customer.identities.len() - 1);
        }
        then = now;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Ten thousand operations in all.
    #[test]
    fn claim_by_claim_is_the_whole(ops in prop::collection::vec(any_op(7), 50)) {
        agree(&ops)?;
    }

    #[test]
    fn the_order_of_telling_does_not_matter(
        ops in prop::collection::vec(any_op(6), 1..12),
        keys in prop::collection::vec(any::<u32>(), 12),
    ) {
        // Revocations by number depend on the order; each claim is told with its own instead.
        let told: Vec<Op> = ops.iter().filter(|op| matches!(op, Op::See(..) | Op::Claim(_))).cloned().collect();
        let mut turned: Vec<(u32, Op)> = keys.into_iter().zip(told.clone()).collect();
        turned.sort_by_key(|(key, _)| *key);
        let run = |ops: Vec<Op>| {
            let mut customers = Customers::new();
            for op in ops {
                match op {
                    Op::See(n, at) => drop(customers.see(&account(n), moment(at))),
                    Op::Claim(link) => drop(customers.claim(&link)),
                    Op::Revoke(..) | Op::Again(_) => {}
                }
            }
            all(&customers)
        };
        prop_assert_eq!(run(told), run(turned.into_iter().map(|(_, op)| op).collect()));
    }

    #[test]
    fn taking_back_restores_what_was(
        ops in prop::collection::vec(any_op(6), 0..12),
        more in any_op(6).prop_filter_map("a claim", |op| match op { Op::Claim(link) => Some(link), _ => None }),
    ) {
        let mut customers = Customers::new();
        let mut links: Vec<IdentityLink> = Vec::new();
        for op in ops {
            match op {
                Op::See(n, at) => drop(customers.see(&account(n), moment(at))),
                Op::Claim(link) => {
                    drop(customers.claim(&link));
                    links.push(link);
                }
                Op::Revoke(..) | Op::Again(_) => {}
            }
        }
        prop_assume!(!links.iter().any(|link| is_one(link, &more)));
        customers.see(&more.a, moment(60));
        customers.see(&more.b, moment(60));
        let before = all(&customers);
        let made = customers.claim(&more);
        let taken = customers.revoke(&more, back(99));
        prop_assert_eq!(all(&customers), before);
        prop_assert_eq!((taken.before, taken.now), (made.now, made.before));
    }
}

/// A million operations; `cargo test --release -- --ignored a_million_operations`.
#[test]
#[ignore = "minutes"]
fn a_million_operations() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) };
    let mut runner = prop::test_runner::TestRunner::new(config);
    runner.run(&prop::collection::vec(any_op(9), 100), |ops| agree(&ops)).unwrap();
}

/// What came after a merge goes with the account it was told of.
#[test]
fn what_came_after_a_merge_goes_with_its_account() {
    let mut customers = Customers::new();
    for n in [1, 2, 3] {
        customers.see(&account(n), moment(n.into()));
    }
    let (merge, later) = (same(1, 2, 10), same(2, 3, 11));
    customers.claim(&merge);
    customers.claim(&later);
    assert_eq!(customers.iter().count(), 1);
    assert_eq!(customers.of(&account(3)).unwrap().id, CustomerId::of_identity(&account(1)));
    customers.revoke(&merge, back(12));
    assert_eq!(customers.of(&account(1)).unwrap().identities.len(), 1);
    let rest = customers.of(&account(3)).unwrap();
    assert_eq!(rest, customers.of(&account(2)).unwrap());
    assert_eq!(rest.id, CustomerId::of_identity(&account(2)), "its own id again");
}

/// An account that joins later changes no id, whatever its name.
#[test]
fn an_id_stays() {
    let mut customers = Customers::new();
    customers.see(&account(0), moment(0));
    let id = customers.of(&account(0)).unwrap().id.clone();
    for n in 1..9 {
        customers.see(&account(n), moment(n.into()));
        customers.claim(&same(n, n - 1, n.into()));
        assert_eq!(customers.of(&account(n)).unwrap().id, id);
    }
    assert!((1..9).any(|n| account(n) < account(0)));
    // An earlier sighting that comes to light later renames, and the old id still finds the customer.
    let change = customers.see(&account(4), moment(-1));
    assert_eq!(change.before[0].id, id);
    assert_eq!(customers.resolve(&id).unwrap().id, CustomerId::of_identity(&account(4)));
}
