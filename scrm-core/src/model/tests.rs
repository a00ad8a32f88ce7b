//! Customers as views over claims, versions by content, and what cannot be built.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::{
    Customer, IdentityKey, IdentityLink, LinkClaim, LinkEvidence, MessageBuilder, MessageErrorKind, NativeId,
    PersonId, Revocation, Source,
};
use crate::testing;

fn account(n: u8) -> IdentityKey {
    IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new(n.to_string()).unwrap() }
}

fn moment(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + Duration::minutes(minute)
}

fn link(a: u8, b: u8, claim: LinkClaim, evidence: LinkEvidence, minute: i64) -> IdentityLink {
    IdentityLink { a: account(a), b: account(b), claim, evidence, at: moment(minute), revoked: None }
}

fn human() -> LinkEvidence {
    LinkEvidence::Human { person: PersonId::new("ada").unwrap() }
}

/// The customers as sets of account numbers.
fn view(links: &[IdentityLink]) -> BTreeSet<BTreeSet<String>> {
    let all: Vec<IdentityKey> = (1..=5).map(account).collect();
    let numbers =
        |customer: Customer| customer.identities.iter().map(|key| key.native_id.to_string()).collect();
    Customer::view(&all, links).into_iter().map(numbers).collect()
}

fn together(links: &[IdentityLink], a: u8, b: u8) -> bool {
    view(links).iter().any(|group| group.contains(&a.to_string()) && group.contains(&b.to_string()))
}

#[test]
fn claims_are_weighed() {
    use LinkClaim::{Different, Same};
    use LinkEvidence::{Authenticated, Deterministic, Probabilistic};
    let guess = || Probabilistic { score: 0.9 };
    let table: &[(&str, Vec<IdentityLink>, bool)] = &[
        ("a guess joins", vec![link(1, 2, Same, guess(), 0)], true),
        (
            "a machine's cannot-link beats a stronger same",
            vec![link(1, 2, Same, Authenticated, 5), link(2, 1, Different, guess(), 0)],
            false,
        ),
        (
            "a person's same beats a machine's cannot-link",
            vec![link(1, 2, Different, Authenticated, 9), link(1, 2, Same, human(), 0)],
            true,
        ),
        (
            "a person's later same beats a person's cannot-link",
            vec![link(1, 2, Different, human(), 0), link(1, 2, Same, human(), 1)],
            true,
        ),
        (
            "a person's earlier same does not",
            vec![link(1, 2, Different, human(), 1), link(1, 2, Same, human(), 0)],
            false,
        ),
        (
            "held apart through a third",
            vec![
                link(1, 3, Same, Authenticated, 0),
                link(2, 3, Same, guess(), 0),
                link(1, 2, Different, human(), 0),
            ],
            false,
        ),
        (
            "joined through a third",
            vec![link(1, 3, Same, Deterministic, 0), link(2, 3, Same, guess(), 0)],
            true,
        ),
    ];
    for (name, links, expected) in table {
        assert_eq!(together(links, 1, 2), *expected, "{name}");
    }
    // Of two links that cannot both stand, the stronger one does.
    assert!(together(&table[5].1, 1, 3));
}

fn any_link() -> impl Strategy<Value = IdentityLink> {
    let evidence = prop_oneof![
        Just(LinkEvidence::Authenticated),
        Just(LinkEvidence::Declared),
        Just(LinkEvidence::Probabilistic { score: 0.5 }),
        Just(human()),
    ];
    let claim = prop_oneof![4 => Just(LinkClaim::Same), 1 => Just(LinkClaim::Different)];
    (1u8..6, 1u8..6, claim, evidence, 0i64..20)
        .prop_filter("two accounts", |(a, b, ..)| a != b)
        .prop_map(|(a, b, claim, evidence, minute)| link(a, b, claim, evidence, minute))
}

/// The customers in the plainest way: every accepted link in turn, against every pair that is held apart.
fn plain_view(links: &[IdentityLink]) -> BTreeSet<BTreeSet<String>> {
    let (same, apart) = super::customer::verdicts(links);
    let number = |key: &IdentityKey| key.native_id.to_string();
    let mut groups: Vec<BTreeSet<String>> = (1..=5).map(|n| BTreeSet::from([number(&account(n))])).collect();
    for link in same {
        let (mut joined, others): (Vec<_>, Vec<_>) = groups
            .iter()
            .cloned()
            .partition(|group| group.contains(&number(&link.a)) || group.contains(&number(&link.b)));
        let all: BTreeSet<String> = joined.drain(..).flatten().collect();
        let held = apart.iter().flat_map(|(x, others)| others.iter().map(move |y| (number(x), number(y))));
        if !held.into_iter().any(|(x, y)| all.contains(&x) && all.contains(&y)) {
            groups = others;
            groups.push(all);
        }
    }
    groups.into_iter().collect()
}

/// The id of the customer that holds an account, of accounts seen in the order given.
fn id_of(seen: &[u8], links: &[IdentityLink], of: u8) -> String {
    let seen: Vec<IdentityKey> = seen.iter().copied().map(account).collect();
    let holds = |customer: &Customer| customer.identities.contains(&account(of));
    Customer::view(&seen, links).into_iter().find(holds).unwrap().id.to_string()
}

#[test]
fn the_account_seen_first_names_the_customer() {
    let same = |a, b| link(a, b, LinkClaim::Same, LinkEvidence::Authenticated, 0);
    assert_eq!(id_of(&[3, 1], &[], 1), "x/1");
    assert_eq!(id_of(&[3, 1], &[same(1, 3)], 1), "x/3", "a lesser account joins, the id stays");
    assert_eq!(id_of(&[3], &[same(1, 3)], 1), "x/3", "an account that only a link names comes last");
    assert_eq!(id_of(&[], &[same(2, 1)], 1), "x/1");
    assert_eq!(id_of(&[3, 1, 3], &[same(1, 3)], 1), "x/3", "seen again is not seen first");
}

proptest! {
    #[test]
    fn a_customer_does_not_depend_on_the_order_of_claims(links in prop::collection::vec(any_link(), 0..8), turn in 0usize..8) {
        let mut turned = links.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        turned.reverse();
        prop_assert_eq!(view(&turned), view(&links));
    }

    #[test]
    fn a_customer_is_what_the_plainest_way_gives(links in prop::collection::vec(any_link(), 0..20)) {
        prop_assert_eq!(view(&links), plain_view(&links));
    }

    #[test]
    fn taking_a_claim_back_restores_what_was(links in prop::collection::vec(any_link(), 0..8), more in any_link()) {
        let mut with = links.clone();
        with.push(IdentityLink { revoked: Some(Revocation { person: None, at: moment(99) }), ..more });
        prop_assert_eq!(view(&with), view(&links));
    }

    #[test]
    fn every_account_is_in_one_customer_and_none_is_with_one_it_is_held_from(links in prop::collection::vec(any_link(), 0..8)) {
        let groups = view(&links);
        prop_assert_eq!(groups.iter().map(BTreeSet::len).sum::<usize>(), 5);
        let humans: Vec<&IdentityLink> = links.iter().filter(|link| link.evidence.is_human()).collect();
        for apart in humans.iter().filter(|link| link.claim == LinkClaim::Different) {
            let last_word = humans.iter().filter(|link| link.pair() == apart.pair()).all(|link| link.at <= apart.at);
            if last_word {
                let numbers = [apart.a.native_id.to_string(), apart.b.native_id.to_string()];
                prop_assert!(!groups.iter().any(|group| numbers.iter().all(|number| group.contains(number))));
            }
        }
    }
}

#[test]
fn a_version_is_what_was_said() {
    let version = |fields: &str| testing::message(fields).version();
    let first = version(r#""text":"late""#);
    assert!(first.as_str().starts_with("sha256:"));
    let same = [
        r#""text":"late","metrics":{"likes":7}"#,
        r#""text":"late","author":{"source":"x","native_id":"ann","followers":9}"#,
        r#""text":"late","times":{"created":"2026-11-02T09:00:00Z","observed":"2026-11-09T09:00:00Z"}"#,
    ];
    for fields in same {
        assert_eq!(version(fields), first, "{fields}");
    }
    let other = [
        r#""text":"late!""#,
        r#""text":"late","title":"x""#,
        r#""text":"late","visibility":"followers""#,
        r#""text":"late","times":{"created":"2026-11-02T09:00:00Z","edited":"2026-11-02T10:00:00Z"}"#,
        r#""text":"late","version":"7""#,
        r#""times":{"deleted":"2026-11-02T10:00:00Z"}"#,
    ];
    let versions: BTreeSet<_> = other.iter().map(|fields| version(fields)).chain([first]).collect();
    assert_eq!(versions.len(), other.len() + 1);
}

#[test]
fn what_is_changed_is_checked_again() {
    let message = testing::message(r#""text":"hello""#);
    let mut builder: MessageBuilder = message.clone().into_builder();
    assert_eq!(builder.clone().build().as_ref(), Ok(&message));
    builder.spans = serde_json::from_str(r#"[{"start":0,"end":5,"kind":"quoted"}]"#).unwrap();
    assert!(builder.clone().build().is_ok());
    builder.text = "hell".to_owned();
    assert_eq!(builder.build().unwrap_err().kind(), MessageErrorKind::Span);
}

#[test]
fn a_time_that_could_not_be_read_back_is_none() {
    let table = [
        ("9999-12-31T23:59:59Z", true),
        ("9999-12-31T23:59:59-12:00", false),
        ("0000-01-01T00:00:00+12:00", false),
    ];
    for (written, is_time) in table {
        let times = serde_json::from_str::<super::Times>(&format!(r#"{{"created":"{written}"}}"#));
        assert_eq!(times.is_ok(), is_time, "{written}");
        if let Ok(times) = times {
            let again: super::Times = serde_json::from_str(&serde_json::to_string(&times).unwrap()).unwrap();
            assert_eq!(times, again);
        }
    }
}
