//! People of the team at the record: labels, links, profiles, imports, what is told to the host.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{desk, entries, now, outage};
use crate::channels::Format;
use crate::desk::{DeskError, ImportKind};
use crate::engine::Engine;
use crate::model::*;
use crate::playbook::Playbook;
use crate::record::people::suggest::SuggestSettings;
use crate::record::{MemoryStore, ProfileLimits, Store};
use crate::testing;

type Desk = crate::desk::Desk<MemoryStore>;

fn kim() -> PersonId {
    PersonId::new("ada").unwrap()
}

fn account(source: &str, id: &str) -> IdentityKey {
    IdentityKey { source: Source::new(source).unwrap(), native_id: NativeId::new(id).unwrap() }
}

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)
}

fn claim(a: IdentityKey, b: IdentityKey, evidence: LinkEvidence) -> IdentityLink {
    IdentityLink { a, b, claim: LinkClaim::Same, evidence, at: at(5), revoked: None }
}

#[test]
fn a_label_is_of_somebody_of_the_team() {
    let mut desk = desk();
    desk.receive(vec![outage("1", "ann", 0)], now()).unwrap();
    let mut label = PersonLabel::new(outage("1", "ann", 0).key(), kim(), at(1));
    label.kind = Some(MessageType::Suggestion);
    desk.label(label.clone()).unwrap();
    assert_eq!(entries(&mut desk)[0].assessment.classification.kind.value, Some(MessageType::Suggestion));
    label.person = PersonId::new("nobody").unwrap();
    assert!(matches!(desk.label(label).unwrap_err(), DeskError::NotOfTheTeam(_)));
}

#[test]
fn a_guess_is_no_claim() {
    let mut desk = desk();
    let (a, b) = (account("x", "1"), account("mail", "m"));
    let guess = claim(a.clone(), b.clone(), LinkEvidence::Probabilistic { score: 0.99 });
    let error = desk.link(guess.clone()).unwrap_err().to_string();
    assert!(error.contains("`x/1` and `mail/m` are of different sources"), "{error}");
    let guess = IdentityLink { b: account("x", "2"), ..guess };
    assert!(matches!(desk.link(guess).unwrap_err(), DeskError::Guess));
    let stranger = LinkEvidence::Human { person: PersonId::new("nobody").unwrap() };
    assert!(matches!(
        desk.link(claim(a.clone(), b.clone(), stranger)).unwrap_err(),
        DeskError::NotOfTheTeam(_)
    ));
    let id = desk.link(claim(a.clone(), b, LinkEvidence::Human { person: kim() })).unwrap();
    let revocation = Revocation { person: Some(kim()), at: at(9) };
    assert_eq!(desk.revoke(&id, revocation.clone()).unwrap().appended, 1);
    assert_eq!(desk.revoke(&id, revocation.clone()).unwrap().duplicates, 1);
    let missing = LinkId::new("link-none").unwrap();
    assert_eq!(
        desk.revoke(&missing, revocation).unwrap_err().to_string(),
        "the record has no claim `link-none`"
    );
}

/// Two accounts of one person, with everything a company knows of them.
fn known(desk: &mut Desk) -> (IdentityKey, IdentityKey) {
    let rows = [
        json!({"source": "crm", "native_id": "17", "name": "Ann Lee", "email": "ann@example.com", "roles": "customer;fan",
            "consent.marketing": "yes", "preference.channel": "mail", "same_as": "x/ann", "at": "2026-11-01T00:00:00Z"}),
        json!({"source": "crm", "native_id": "18", "name": "Bo", "roles": ["king"]}),
        json!(["no object"]),
    ];
    let rows = (1..).zip(rows).collect::<Vec<_>>();
    let imported = desk.import(ImportKind::Customers, "crm.jsonl", rows.clone(), now()).unwrap();
    assert_eq!((imported.rows, imported.recorded, imported.duplicates, imported.malformed), (3, 6, 0, 2));
    assert_eq!(imported.faults[0].line, 2);
    assert!(imported.faults[0].fault.starts_with("`king` is no role; there are customer, prospect"));
    let again = desk.import(ImportKind::Customers, "crm.jsonl", rows, now()).unwrap();
    assert_eq!((again.recorded, again.duplicates), (0, 8));
    (account("crm", "17"), account("x", "ann"))
}

#[test]
fn a_profile_is_the_view_from_every_side() {
    let mut desk = desk();
    let received = desk.receive(vec![outage("1", "ann", 0), outage("2", "ann", 7)], now()).unwrap();
    let (crm, x) = known(&mut desk);
    let bought = [
        json!({"id": "t1", "source": "crm", "native_id": 17, "kind": "purchase", "amount": "19.99", "currency": "EUR", "at": "2026-10-01T00:00:00Z"}),
        json!({"id": "t1", "source": "crm", "native_id": "17", "kind": "purchase", "amount": 20, "currency": "EUR", "at": "2026-10-01T00:00:00Z"}),
        json!({"id": "t2", "source": "x", "native_id": "ann", "kind": "refund", "amount": "5.5", "currency": "EUR", "at": "2026-10-03T00:00:00Z", "message": "x/1"}),
        json!({"id": "t3", "source": "x", "native_id": "ann", "kind": "purchase", "amount": "5.55", "currency": "JPY", "at": "2026-10-03T00:00:00Z"}),
    ];
    let imported = desk.import(ImportKind::Transactions, "shop.csv", (1..).zip(bought), now()).unwrap();
    assert_eq!((imported.recorded, imported.malformed), (3, 1));
    assert_eq!(imported.faults[0].fault, "`amount` is a number with at most 0 decimals for JPY, not `5.55`");

    let profile = desk.profile(&crm, now(), ProfileLimits::default()).unwrap();
    assert_eq!(profile.customer.identities, [crm.clone(), x.clone()].into());
    assert_eq!(profile.customer.roles, [Role::Customer, Role::Fan].into());
    assert_eq!(
        profile,
        desk.profile(&x, now(), ProfileLimits::default()).unwrap(),
        "whichever account is asked for"
    );
    assert_eq!(profile.accounts[0].identity.ext["email"], "ann@example.com");
    assert_eq!(
        profile.history.iter().map(|entry| entry.message.external_id().as_str()).collect::<Vec<_>>(),
        ["2", "1"]
    );
    assert_eq!((profile.first_contact, profile.last_contact), (Some(at(0)), Some(at(7))));
    assert_eq!(profile.tallies.iter().map(|tally| tally.messages).sum::<u64>(), 2);
    assert_eq!(profile.cases.len(), 1);
    assert_eq!(profile.promises[0].case, received[0].case.clone().unwrap());
    assert!(profile.promises[0].first_response_due.is_some());
    assert_eq!(
        profile.transactions[1].value.amount.as_ref().unwrap().minor(),
        2000,
        "the last report counts"
    );
    let value = &profile.value[0];
    assert_eq!((value.bought, value.refunded, value.currency.as_str()), (2000, 550, "EUR"));
    assert!(profile.consents[0].value.granted && profile.consents[0].seq > 0);
    assert_eq!(profile.preferences[0].value.value, "mail");
    assert!(profile.influence.is_empty(), "nobody counted their followers");

    let before = desk
        .profile(&crm, "2026-10-02T00:00:00Z".parse().unwrap(), ProfileLimits { recent: 0, facts: 9 })
        .unwrap();
    assert_eq!((before.customer.roles.len(), before.transactions.len(), before.history.len()), (0, 1, 0));
    let nobody = desk.profile(&account("x", "nobody"), now(), ProfileLimits::default()).unwrap();
    assert_eq!((nobody.first_contact, nobody.accounts.len()), (None, 0));
}

#[test]
fn a_protocol_sees_the_customer_behind_the_account() {
    let mut files = testing::files();
    let rule = |id: &str, when: &str| {
        format!(
            "\n[[rule]]\nid = \"{id}\"\nowner = \"care\"\nwhy = \"Test\"\nwhen = '{when}'\nset = {{ tags = [\"{id}\"] }}\n"
        )
    };
    let protocol = files.get_mut("protocol.toml").unwrap();
    protocol.push_str(&rule("fan", "customer.role has \"fan\""));
    protocol.push_str(&rule("agreed", "consent(\"marketing\") is true"));
    protocol.push_str(&rule("known", "link(customer, \"crm\") is deterministic"));
    protocol.push_str(&rule("twice", "count(customer.messages, \"1d\") >= 2"));
    let playbook = Playbook::from_files(&files, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}"));
    let mut desk = Desk::open(Engine::compile(&playbook).unwrap(), MemoryStore::new());
    desk.receive(vec![outage("1", "ann", 0)], now()).unwrap();
    let (crm, _) = known(&mut desk);
    desk.receive(vec![outage("2", "ann", 1), outage("3", "bob", 2)], now()).unwrap();
    let mail = testing::message(
        r#""source":"crm","external_id":"4","text":"@northwind no signal","author":{"source":"crm","native_id":"17"},
           "times":{"created":"2026-11-02T09:03:00Z"}"#,
    );
    desk.receive(vec![mail], now()).unwrap();
    let tags = |desk: &mut Desk| -> Vec<Vec<String>> {
        let facets =
            |entry: &crate::record::Entry| entry.assessment.decision.as_ref().unwrap().facets.clone();
        entries(desk).iter().map(|entry| facets(entry).tags.into_iter().collect()).collect()
    };
    let all = tags(&mut desk);
    assert_eq!(all[0], [""; 0], "nothing was known yet");
    assert_eq!(all[1], ["agreed", "fan", "known", "twice"]);
    assert_eq!(all[2], [""; 0]);
    assert_eq!(all[3], ["agreed", "fan", "repeat", "twice"], "counted over all accounts of one person");
    assert_eq!(desk.store().customer(&Tenant::default(), &crm).unwrap().id.as_str(), "crm/17");
}

#[test]
fn likely_pairs_are_suggested_until_somebody_speaks() {
    let mut settings = SuggestSettings::default();
    settings.policy.across_networks = true;
    let mut desk = desk().with_links(settings);
    let row = |source: &str, id: &str| json!({"source": source, "native_id": id, "name": "Ann Lee", "email": "ann@example.com", "email_confirmed": true});
    let rows: Vec<(u64, Value)> = (1..).zip([row("crm", "1"), row("shop", "2")]).collect();
    desk.import(ImportKind::Customers, "a", rows, now()).unwrap();
    let found = desk.suggest_links().unwrap();
    assert_eq!(found.suggestions.len(), 1);
    assert!(found.suggestions[0].verified);
    let link = claim(account("shop", "2"), account("crm", "1"), LinkEvidence::Human { person: kim() });
    desk.link(link).unwrap();
    assert_eq!(desk.suggest_links().unwrap().suggestions.len(), 0);
}

#[test]
fn the_host_is_told_what_to_do_once() {
    let mut desk = desk();
    desk.receive(vec![outage("1", "ann", 0)], now()).unwrap();
    assert_eq!(desk_acked(&mut desk), 0);
    let told = desk.effects(0, 10).unwrap();
    assert!(matches!(told[0].kind, EffectKind::CaseOpened { .. }));
    desk.ack("crm", told[0].seq).unwrap();
    let after = desk_acked(&mut desk);
    assert_eq!(desk.effects(after, 10).unwrap(), []);
}

fn desk_acked(desk: &mut Desk) -> u64 {
    desk.acked("crm").unwrap()
}

#[test]
fn another_playbook_is_used_from_now_on() {
    let mut desk = desk();
    let mut files = testing::files();
    files.insert("monitors.toml".to_owned(), "[[brand]]\nid = \"northwind\"\nname = \"N\"\nours = true\n[[brand]]\nid = \"halden\"\nname = \"H\"\n[[monitor]]\nid = \"n\"\nbrand = \"northwind\"\nquery = \"nothing\"\n".to_owned());
    let other = Playbook::from_files(&files, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}"));
    desk.reload(&other).unwrap();
    let received = desk.receive(vec![outage("1", "ann", 0)], now()).unwrap();
    assert_eq!(received[0].outcome, Some(Outcome::Noise(NoiseReason::NoMonitor)));
}

#[test]
fn what_was_put_aside_is_tried_again() {
    let mut desk = desk();
    let good = serde_json::to_string(&outage("7", "ann", 0)).unwrap();
    let aside = |record, raw: &str| Event::Quarantined {
        input: "posts.jsonl".to_owned(),
        record,
        fault: "it was a bad day".to_owned(),
        raw: raw.to_owned(),
    };
    desk.store().commit(&Tenant::default(), &[aside(1, &good), aside(2, "{oops"), aside(3, &good)]).unwrap();
    let other = desk.replay_quarantined(&Format::Jsonl, None, Some("other"), 10, now()).unwrap();
    assert_eq!((other.released, other.held), (0, 0));
    let replayed = desk.replay_quarantined(&Format::Jsonl, None, Some("posts.jsonl"), 10, now()).unwrap();
    assert_eq!((replayed.released, replayed.held, replayed.kept[0].line), (2, 1, 2));
    assert_eq!(entries(&mut desk).len(), 1, "a delivery has one effect");
    assert_eq!(desk.store().totals(&Tenant::default()).unwrap().quarantined, 1);
}

#[test]
fn influence_grows_with_the_log_and_does_not_depend_on_its_order() {
    let reply = |id: &str, by: &str, to: &str, minute: u32| {
        testing::message(&format!(
            r#""external_id":"{id}","text":"@northwind me too","author":{{"source":"x","native_id":"{by}","followers":5}},
               "thread":{{"parent":"{to}"}},"times":{{"created":"2026-11-02T09:{minute:02}:00Z"}}"#
        ))
    };
    let mention = testing::message(
        r#""external_id":"9","text":"@northwind ask @ann","author":{"source":"x","native_id":"eve"},
           "participants":[{"identity":{"source":"x","native_id":"ann"},"part":"mentioned"}],
           "times":{"created":"2026-11-02T09:09:00Z"}"#,
    );
    let messages = vec![
        reply("2", "bob", "1", 2),
        reply("3", "dan", "1", 3),
        reply("4", "dan", "2", 4),
        outage("1", "ann", 5),
        mention,
    ];
    let day = "2026-11-30".parse().unwrap();
    let settings = crate::record::people::influence::InfluenceSettings::default();
    let mut step_by_step = desk();
    for message in messages.clone() {
        step_by_step.receive(vec![message], now()).unwrap();
        step_by_step.influence(day, &settings).unwrap();
    }
    let told = step_by_step.influence(day, &settings).unwrap();
    let ann = told.of(&account("x", "ann")).unwrap();
    assert_eq!((ann.replies.unwrap().accounts, ann.mentions.unwrap().accounts, ann.reach), (2, 1, None));
    assert_eq!(told.of(&account("x", "bob")).unwrap().reach, Some(5));
    assert_eq!(told.most(1)[0].account, account("x", "ann"));

    let mut at_once = desk();
    at_once.receive(messages.into_iter().rev().collect(), now()).unwrap();
    assert_eq!(at_once.influence(day, &settings).unwrap(), told);
}
