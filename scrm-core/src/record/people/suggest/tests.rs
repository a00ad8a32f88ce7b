//! What is suggested, why, and never by more than is allowed?

mod laws;
mod spelling;

use super::*;
use crate::model::{
    Identity, IdentityKey, IdentityLink, LinkClaim, LinkEvidence, NativeId, PersonId, Source,
};

fn account(source: &str, id: &str) -> AccountProfile {
    AccountProfile::new(Identity::new(Source::new(source).unwrap(), NativeId::new(id).unwrap()))
}

fn named(id: &str, name: &str) -> AccountProfile {
    let mut profile = account("x", id);
    profile.identity.name = Some(name.to_owned());
    profile
}

fn handled(id: &str, handle: &str) -> AccountProfile {
    let mut profile = account("x", id);
    profile.identity.handle = Some(handle.to_owned());
    profile
}

fn point(value: &str, confirmed: bool) -> ContactPoint {
    ContactPoint { value: value.to_owned(), confirmed }
}

/// Everything that shares a block is suggested.
fn all() -> SuggestSettings {
    SuggestSettings { threshold: 0.0, values: true, ..SuggestSettings::default() }
}

fn open(sources: &[&str]) -> LinkPolicy {
    let terms = sources.iter().map(|s| (Source::new(s).unwrap(), SourceTerms { inference: true }));
    LinkPolicy { across_networks: true, terms: terms.collect() }
}

fn only(found: &Suggestions) -> &Suggestion {
    assert_eq!(found.suggestions.len(), 1, "{found:?}");
    &found.suggestions[0]
}

fn level(suggestion: &Suggestion, field: Field) -> Option<MatchLevel> {
    suggestion.waterfall.iter().find(|row| row.field == field).map(|row| row.level)
}

fn mira(source: &str, id: &str) -> AccountProfile {
    let mut profile = account(source, id);
    profile.identity.name = Some("Mira Vos".to_owned());
    profile.identity.handle = Some("@Mira_Vos".to_owned());
    profile.identity.location = Some("Utrecht, NL".to_owned());
    profile.identity.url = Some("https://www.miravos.example/".to_owned());
    profile.language = Some("nl-NL".to_owned());
    profile
}

#[test]
fn the_waterfall_is_to_be_read() {
    let mut other = mira("x", "2");
    other.identity.handle = Some("miravos".to_owned());
    other.identity.location = Some("Utrecht".to_owned());
    other.emails = vec![point("mira@vos.example", false)];
    let mut one = mira("x", "1");
    one.emails = vec![point("Mira@Vos.example", true), point("info@vos.example", true)];
    one.pages = vec!["https://x.example/mira_vos".to_owned()];
    other.identity.bio = Some("also https://x.example/Mira_Vos?lang=nl".to_owned());
    let text = only(&suggest(&[other, one], &all())).to_string();
    insta::assert_snapshot!(text, @r#"
    x/1 and x/2: probability 1.000, suggested
      prior                    -13.29   -13.29
      email     same           +14.29    +1.00  m 0.2, u 0.00001  "mira@vos.example"
      name      same            +8.97    +9.97  m 0.5, u 0.001  "mira vos"
      handle    same           +11.97   +21.93  m 0.4, u 0.0001  "miravos"
      location  close           +3.32   +25.25  m 0.2, u 0.02  "utrecht nl" "utrecht"
      url       same           +15.29   +40.54  m 0.4, u 0.00001  "miravos.example/"
      language  same            +1.58   +42.13  m 0.9, u 0.3  "nl"
      declared  one_way        +13.29   +55.41  m 0.1, u 0.00001  "" "x.example/mira_vos"
      note: only one of them links to the other
      note: an address or number agrees that is not confirmed for both
    "#);
}

/// The numbers of one pair by hand.
#[test]
fn weights_add_up() {
    let (mut a, mut b) = (named("1", "Mira Vos"), named("2", "Mira Vos"));
    a.language = Some("nl".to_owned());
    b.language = Some("de".to_owned());
    let found = suggest(&[a, b, named("3", "Jan Bakker")], &all());
    let pair = only(&found);
    // Of three names the two that agree leave one account, which has another name.
    let u: f64 = (0.0 + 1_000.0 * 1e-3) / (1.0 + 1_000.0);
    let wanted = (1e-4_f64 / (1.0 - 1e-4)).log2() + (0.5 / u).log2() + (0.1_f64 / 0.7).log2();
    assert!((pair.weight - wanted).abs() < 1e-12, "{pair}");
    assert!((pair.probability - wanted.exp2() / (1.0 + wanted.exp2())).abs() < 1e-12);
    assert!(!pair.verified && pair.claim("2026-11-02T08:00:00Z".parse().unwrap()).is_none());
}

#[test]
fn a_rare_name_weighs_more_than_a_common_one() {
    let mut accounts: Vec<_> = (0..150).map(|n| named(&format!("c{n}"), "Jan Jansen")).collect();
    accounts.extend([named("r1", "Wubbo Zonderland"), named("r2", "Wubbo Zonderland")]);
    let found = suggest(&accounts, &all());
    let weight =
        |id: &str| found.suggestions.iter().find(|s| s.a.native_id == id).unwrap().waterfall[0].weight;
    assert!(weight("r1") > weight("c0") + 5.0, "{} and {}", weight("r1"), weight("c0"));
}

#[test]
fn confirmed_keys_are_confirmed_on_both_sides() {
    let with = |id: &str, confirmed| {
        let mut profile = account("x", id);
        profile.phones.push(point("+31 (0)20-7940800".replace("(0)", "").as_str(), confirmed));
        profile
    };
    let table = [(true, true, true), (true, false, false), (false, false, false)];
    for (a, b, verified) in table {
        let found = suggest(&[with("1", a), with("2", b)], &all());
        let pair = only(&found);
        let wanted = if verified { MatchLevel::Confirmed } else { MatchLevel::Same };
        assert_eq!((pair.verified, level(pair, Field::Phone)), (verified, Some(wanted)));
        assert_eq!(pair.flags.contains(&SuggestionFlag::UnconfirmedKey), !verified);
        assert_eq!(pair.claim("2026-11-02T08:00:00Z".parse().unwrap()).is_some(), verified);
    }
    // A number that many have is nobody's.
    let many: Vec<_> = (0..11).map(|n| with(&n.to_string(), true)).collect();
    let found = suggest(&many, &all());
    assert_eq!(found.suggestions.len(), 55);
    assert!(found.suggestions.iter().all(|s| !s.verified && s.flags.contains(&SuggestionFlag::SharedKey)));
}

#[test]
fn between_sources_only_what_is_allowed() {
    let mut pair = [mira("x", "1"), mira("y", "2")];
    let closed = LinkPolicy { across_networks: false, ..open(&["x", "y"]) };
    let table = [
        ("as it comes", LinkPolicy::default(), false),
        ("no policy", closed, false),
        ("one source's terms", open(&["x"]), false),
        ("both", open(&["x", "y"]), true),
    ];
    for (name, policy, allowed) in &table {
        let found = suggest(&pair, &SuggestSettings { policy: policy.clone(), ..all() });
        assert_eq!(found.suggestions.len(), usize::from(*allowed), "{name}");
        assert_eq!((found.compared, found.withheld), if *allowed { (1, 0) } else { (0, 1) }, "{name}");
    }
    // A confirmed key is no inference, and nothing else is compared with it.
    for profile in &mut pair {
        profile.emails = vec![point("mira@vos.example", true)];
        profile.phones = vec![point("+31207940800", false)];
    }
    let found = suggest(&pair, &all());
    let pair = only(&found);
    assert!(pair.verified && pair.flags.is_empty());
    assert_eq!(pair.waterfall.iter().map(|row| row.field).collect::<Vec<_>>(), [Field::Email]);
}

#[test]
fn links_to_pages() {
    let page = |id: &str, links: &[&str]| {
        let mut profile = account("x", id);
        profile.pages = vec![format!("https://x.example/{id}")];
        profile.links = links.iter().map(|link| (*link).to_owned()).collect();
        profile
    };
    let mutual = suggest(&[page("1", &["x.example/2"]), page("2", &["http://www.x.example/1/"])], &all());
    assert_eq!(level(only(&mutual), Field::Declared), Some(MatchLevel::Mutual));
    assert!(only(&mutual).flags.is_empty() && !only(&mutual).verified);
    let one = suggest(&[page("1", &["x.example/2"]), page("2", &[])], &all());
    assert_eq!(level(only(&one), Field::Declared), Some(MatchLevel::OneWay));
    assert!(only(&one).flags.contains(&SuggestionFlag::OneWayDeclaration));
}

#[test]
fn what_is_not_compared_is_told() {
    let many: Vec<_> = (0..30).map(|n| named(&format!("{n:02}"), "Jan Jansen")).collect();
    let limits = SuggestLimits { block: 29, ..SuggestLimits::default() };
    let found = suggest(&many, &SuggestSettings { limits, ..all() });
    assert_eq!((found.suggestions.len(), found.compared), (0, 0));
    let told: Vec<_> =
        found.skipped.iter().map(|s| (s.kind, s.accounts, s.reason, s.value.as_deref())).collect();
    let why = SkipReason::TooLarge;
    assert_eq!(
        told,
        [(BlockKind::NameWords, 30, why, Some("jan jansen")), (BlockKind::Name, 30, why, Some("jan jansen"))]
    );
    assert_eq!(found.skipped[0].example, *many[0].key());
    let limits = SuggestLimits { pairs: 500, ..SuggestLimits::default() };
    let found = suggest(&many, &SuggestSettings { limits, ..SuggestSettings::default() });
    assert_eq!((found.compared, found.skipped.len()), (435, 1));
    assert_eq!((found.skipped[0].reason, &found.skipped[0].value), (SkipReason::NoRoom, &None));
}

/// What no block holds: each of these pairs would be suggested if it were compared.
#[test]
fn what_blocking_cannot_see() {
    let settings = SuggestSettings { threshold: 1e-9, ..SuggestSettings::default() };
    let mut place = [account("x", "1"), account("x", "2")];
    for profile in &mut place {
        profile.identity.location = Some("Utrecht".to_owned());
        profile.language = Some("nl".to_owned());
    }
    let table = [
        ("a name with a letter more", [named("1", "Jon Smith"), named("2", "John Smith")]),
        ("a name and its short form", [named("1", "Mira"), named("2", "Mira Vos")]),
        ("a handle with a letter more", [handled("1", "northwind"), handled("2", "northwinds")]),
        ("place and language", place),
    ];
    for (name, pair) in table {
        assert_eq!(suggest(&pair, &settings).compared, 0, "{name}");
        assert_eq!(laws::all_pairs(&pair, &settings).len(), 1, "{name}");
    }
}

#[test]
fn decided_pairs_are_left_out() {
    let found = suggest(&[mira("x", "1"), mira("x", "2")], &all());
    let at = "2026-11-02T08:00:00Z".parse().unwrap();
    let link = only(&found).claim_by(PersonId::new("ada").unwrap(), LinkClaim::Different, at);
    assert!(matches!(&link.evidence, LinkEvidence::Human { person } if person == "ada"));
    let mut left = found.clone();
    left.leave_out(&[IdentityLink {
        revoked: Some(crate::model::Revocation { person: None, at }),
        ..link.clone()
    }]);
    assert_eq!(left, found);
    left.leave_out(&[IdentityLink { a: link.b.clone(), b: link.a.clone(), ..link }]);
    assert!(left.suggestions.is_empty());
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Suggestions>(&json).unwrap(), found);
}

#[test]
fn a_weight_that_is_none_is_refused() {
    let mut weights = Weights::default();
    let before = weights.clone();
    let table = [
        (Field::Name, MatchLevel::Mutual, 0.1, 0.1, "`name` has no level `mutual`"),
        (Field::Name, MatchLevel::Same, 0.0, 0.1, "`name` `same`: `m` is 0, which is not between 0 and 1"),
        (
            Field::Url,
            MatchLevel::Same,
            0.1,
            f64::NAN,
            "`url` `same`: `u` is NaN, which is not between 0 and 1",
        ),
        (Field::Declared, MatchLevel::OneWay, 0.8, 0.1, "`declared` has `m` of 1.1 together, more than 1"),
    ];
    for (field, level, m, u, wanted) in table {
        assert_eq!(weights.set(field, level, Weight { m, u }).unwrap_err().to_string(), wanted);
    }
    assert_eq!(weights, before);
    let levels: Vec<_> = weights.levels(Field::Declared).map(|(level, _)| level).collect();
    assert_eq!(levels, [MatchLevel::Mutual, MatchLevel::OneWay]);
}

fn key_of(profile: &AccountProfile) -> IdentityKey {
    profile.key().clone()
}
