//! Over any accounts: no claim without a confirmed key, nothing lost to blocking, no order.

use proptest::prelude::*;

use super::super::blocking::keys;
use super::super::compare::{Comparison, Outcome};
use super::super::prepare::Prepared;
use super::*;

/// All pairs, without blocking: the slow twin.
pub(super) fn all_pairs(accounts: &[AccountProfile], settings: &SuggestSettings) -> Vec<Suggestion> {
    pairs_that(accounts, settings, false)
}

/// The same, of those that share a block where it is asked for.
fn pairs_that(accounts: &[AccountProfile], settings: &SuggestSettings, share: bool) -> Vec<Suggestion> {
    let mut sorted: Vec<&AccountProfile> = accounts.iter().collect();
    sorted.sort_by_key(|profile| key_of(profile));
    let prepared = Prepared::new(sorted.into_iter());
    let comparison = Comparison { prepared: &prepared, settings };
    let mut found = Vec::new();
    for (at, a) in prepared.accounts.iter().enumerate() {
        for b in &prepared.accounts[at + 1..] {
            if share && keys(a).is_disjoint(&keys(b)) {
                continue;
            }
            if let Outcome::Likely(suggestion) = comparison.of(a, b) {
                found.push(*suggestion);
            }
        }
    }
    found.sort_by(Suggestion::by_weight);
    found
}

fn few<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(values))
}

const EMAILS: &[&str] =
    &["mira@vos.example", "Mira@Vos.Example", "jan@bakker.example", "info@shop.example", "junk"];
const PHONES: &[&str] = &["+31 20 7940800", "0031207940800", "+32 2 555 1234", "020 7940800"];
const NAMES: &[&str] = &["Mira Vos", "Vos Mira", "Mira Voss", "Мira Vos", "Jan Bakker", "Mira"];
const HANDLES: &[&str] = &["mira_vos", "miravos", "mirаvos", "miravos1", "janb"];
const PLACES: &[&str] = &["Utrecht", "Utrecht, NL", "Gent"];
const LINKS: &[&str] = &["https://x.example/1", "https://x.example/2", "vos.example", "vos.example/blog"];

fn contacts(values: &'static [&'static str]) -> impl Strategy<Value = Vec<ContactPoint>> {
    let one = (prop::sample::select(values), any::<bool>());
    prop::collection::vec(one.prop_map(|(value, confirmed)| point(value, confirmed)), 0..3)
}

fn any_profile() -> impl Strategy<Value = AccountProfile> {
    let source = prop::sample::select(&["x", "y", "mail"][..]);
    let looks = (few(NAMES), few(HANDLES), few(PLACES), few(LINKS));
    let links = (few(LINKS), few(LINKS), few(&["nl", "en-GB"]));
    (source, contacts(EMAILS), contacts(PHONES), looks, links).prop_map(
        |(source, emails, phones, (name, handle, location, url), (page, link, language))| {
            let mut profile = account(source, "0");
            profile.emails = emails;
            profile.phones = phones;
            profile.identity.name = name.map(str::to_owned);
            profile.identity.handle = handle.map(str::to_owned);
            profile.identity.location = location.map(str::to_owned);
            profile.identity.url = url.map(str::to_owned);
            profile.pages = page.into_iter().map(str::to_owned).collect();
            profile.identity.bio = link.map(|link| format!("see {link} for more"));
            profile.language = language.map(str::to_owned);
            profile
        },
    )
}

fn any_accounts() -> impl Strategy<Value = Vec<AccountProfile>> {
    let number = |(n, mut profile): (usize, AccountProfile)| {
        profile.identity.key.native_id = NativeId::new(n.to_string()).unwrap();
        profile
    };
    prop::collection::vec(any_profile(), 2..9)
        .prop_map(move |all| all.into_iter().enumerate().map(number).collect())
}

fn any_settings() -> impl Strategy<Value = SuggestSettings> {
    let policy =
        prop::sample::select(vec![LinkPolicy::default(), open(&["x", "y"]), open(&["x", "y", "mail"])]);
    (policy, prop::sample::select(vec![0.0, 0.01, 0.5, 0.99]), 1u32..5).prop_map(
        |(policy, threshold, sharers)| {
            let limits = SuggestLimits { sharers, ..SuggestLimits::default() };
            SuggestSettings { policy, threshold, limits, ..SuggestSettings::default() }
        },
    )
}

/// The confirmed keys of an account, in the plainest way of reading them.
fn confirmed(profile: &AccountProfile) -> Vec<String> {
    let of = |points: &[ContactPoint]| {
        let sure = points.iter().filter(|point| point.confirmed);
        sure.map(|point| {
            point.value.to_lowercase().replace(' ', "").replacen(
                "00",
                "+",
                usize::from(point.value.starts_with("00")),
            )
        })
        .filter(|value| value.contains('@') || value.starts_with('+'))
        .collect::<Vec<_>>()
    };
    [of(&profile.emails), of(&profile.phones)].concat()
}

proptest! {
    /// T3: nothing is joined by a machine without a confirmed key, confirmed on both sides; and nothing is inferred between
    /// sources that do not allow it.
    #[test]
    fn no_claim_without_a_confirmed_key(accounts in any_accounts(), settings in any_settings()) {
        let find = |key: &IdentityKey| accounts.iter().find(|profile| profile.key() == key).unwrap();
        let at = "2026-11-02T08:00:00Z".parse().unwrap();
        for pair in suggest(&accounts, &settings).suggestions {
            let (a, b) = (find(&pair.a), find(&pair.b));
            let keys = confirmed(b);
            let shared: Vec<_> = confirmed(a).into_iter().filter(|key| keys.contains(key)).collect();
            prop_assert_eq!(pair.claim(at).is_some(), pair.verified);
            prop_assert!(!pair.verified || !shared.is_empty(), "{:?} and {:?}", a, b);
            if !settings.policy.allows(&pair.a.source, &pair.b.source) {
                prop_assert!(pair.verified);
                prop_assert!(pair.waterfall.iter().all(|row| row.level == MatchLevel::Confirmed));
            }
            // And the weights are what they add up to.
            let sum = pair.prior_weight + pair.waterfall.iter().map(|row| row.weight).sum::<f64>();
            prop_assert!((sum - pair.weight).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&pair.probability));
            prop_assert!(pair.verified || pair.probability >= settings.threshold);
        }
    }

    /// Blocking loses nothing that shares a block.
    #[test]
    fn blocking_finds_what_all_pairs_find(accounts in any_accounts(), settings in any_settings()) {
        let found = suggest(&accounts, &settings);
        prop_assert!(found.skipped.is_empty());
        prop_assert_eq!(&found.suggestions, &pairs_that(&accounts, &settings, true));
        // Whoever is verified always shares one.
        let verified = |all: Vec<Suggestion>| all.into_iter().filter(|s| s.verified).collect::<Vec<_>>();
        prop_assert_eq!(verified(found.suggestions), verified(all_pairs(&accounts, &settings)));
    }

    #[test]
    fn the_order_of_accounts_does_not_matter(accounts in any_accounts(), by in 0usize..9, settings in any_settings()) {
        let mut turned = accounts.clone();
        let by = by % turned.len();
        turned.rotate_left(by);
        turned.reverse();
        prop_assert_eq!(suggest(&turned, &settings), suggest(&accounts, &settings));
    }
}
