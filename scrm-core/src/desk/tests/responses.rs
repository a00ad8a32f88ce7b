//! People answer: no response without one, nothing private in public, approvals before sending, and what came of it.
//! The same in every store.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::*;
use crate::desk::{DeskError, NewAsset};
use crate::engage::ResponseRefusal;
use crate::engage::advocacy::{AdvocacyRefusal, CandidateReason};
use crate::engage::responses::NewDraft;
use crate::engine::Engine;
use crate::model::*;
use crate::playbook::Playbook;
use crate::record::erase::{EraseOptions, Whom};
use crate::record::{SubjectKind, SubjectQuery};

type Any = Box<dyn Store>;

/// The small playbook with three people, approval for what is about money, and some replies.
fn desk(store: Any) -> Desk<Any> {
    let mut files = testing::files();
    let team = files.get_mut("team.toml").unwrap();
    team.push_str(
        "[[person]]\nid = \"ben\"\nname = \"Ben\"\nroles = [\"lawyer\"]\ndepartments = [\"billing\"]\n",
    );
    team.push_str("[[person]]\nid = \"cy\"\nname = \"Cy\"\ndepartments = [\"care\"]\n");
    let protocol = files.get_mut("protocol.toml").unwrap();
    *protocol = protocol.replace(
        "sla = \"normal\", respond = \"micro\" }\noverrides",
        "sla = \"normal\", respond = \"micro\", approve = [\"role:lawyer\"] }\noverrides",
    );
    let replies = "[[guideline]]\ntext = \"Be kind\"\n[[canned]]\nid = \"sorry\"\n\
        text = \"Dear {customer}, we are on it until {when}. {agent}\"\nask = [\"when\"]\n\
        [[content]]\nid = \"status\"\ntitle = \"Where it works\"\ntopics = [\"service.outage\"]\n";
    files.insert("replies.toml".to_owned(), replies.to_owned());
    let playbook = Playbook::from_files(&files, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}"));
    Desk::open(Engine::compile(&playbook).unwrap(), store)
}

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)
}

fn who(desk: &Desk<Any>, id: &str) -> HumanAuthor {
    desk.human(&PersonId::new(id).unwrap(), HostWord::vouch("session")).unwrap()
}

fn ann() -> IdentityKey {
    IdentityKey { source: Source::new("x").unwrap(), native_id: NativeId::new("ann").unwrap() }
}

fn says(id: &str, minute: i64, text: &str, more: &str) -> Message {
    testing::message(&format!(
        r#""external_id":"{id}","text":"{text}","author":{{"source":"x","native_id":"ann","name":"Ann Lee","followers":40}},
           "times":{{"created":"{}"}}{more}"#,
        at(minute).to_rfc3339()
    ))
}

/// A public complaint, and what was said in private beside it.
fn open_case(desk: &mut Desk<Any>) -> CaseId {
    let public = says("1", 0, "@northwind no signal, this is terrible", "");
    let private = says(
        "2",
        1,
        "@northwind no signal, terrible, my knee surgery is tomorrow, call 020 794 0800",
        r#","kind":"direct_message","visibility":"direct""#,
    );
    let received = desk.receive(vec![public, private], at(2)).unwrap();
    assert_eq!(received[0].case, received[1].case);
    received[0].case.clone().unwrap()
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, DeskError>) -> ResponseRefusal {
    match outcome {
        Err(DeskError::ResponseRefused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn public(text: &str) -> NewDraft {
    let to = MessageKey { source: Source::new("x").unwrap(), external_id: ExternalId::new("1").unwrap() };
    NewDraft {
        to: Some(to),
        visibility: Some(ReplyVisibility::Public),
        reason: Some("asked in public".to_owned()),
        ..NewDraft::micro(text)
    }
}

fn nothing_private_is_told_in_public(store: Any) {
    let mut desk = desk(store);
    let case = open_case(&mut desk);
    let ada = who(&desk, "ada");
    let before = desk.store().totals(&Tenant::default()).unwrap();
    for text in
        ["Good luck with your KNEE-surgery!", "We call 0207940800.", "we ring on ０２０ ７９４ ０８００"]
    {
        let ResponseRefusal::Leaks(leaks) = refusal(desk.draft(&ada, &case, public(text), at(3))) else {
            panic!("{text}")
        };
        assert_eq!(leaks[0].message.external_id, "2", "{text}");
        let checked = desk.check_response(&case, text, Some(ReplyVisibility::Public)).unwrap();
        assert_eq!(checked.leaks, leaks, "{text}");
        assert!(desk.check_response(&case, text, Some(ReplyVisibility::Private)).unwrap().leaks.is_empty());
    }
    assert_eq!(desk.store().totals(&Tenant::default()).unwrap(), before);
    assert_eq!(desk.responses(&case).unwrap(), []);
    // A response that a host drafted by itself goes the same way.
    let by_hand = Response::draft(
        &ada,
        ResponseId::new("r1").unwrap(),
        case.clone(),
        None,
        ReplyScale::Micro,
        ReplyVisibility::PublicThenPrivate,
        "good luck with the knee surgery",
        BTreeSet::new(),
    )
    .unwrap();
    assert!(matches!(refusal(desk.respond(&by_hand, at(3))), ResponseRefusal::Leaks(_)));
    // What became private knowledge after the draft counts when it is sent.
    let draft = desk.draft(&ada, &case, public("Sorry! Is your tremor medication safe?"), at(4)).unwrap();
    let later = says(
        "3",
        5,
        "@northwind my tremor medication is in the bag, no signal",
        r#","kind":"direct_message","visibility":"direct""#,
    );
    desk.receive(vec![later], at(6)).unwrap();
    assert!(matches!(refusal(desk.sent(&draft.id, at(7))), ResponseRefusal::Leaks(_)));
    let revised = desk.revise(&ada, &draft.id, 1, "Sorry! We look into it.", at(8)).unwrap();
    desk.sent(&revised.id, at(9)).unwrap();
}

fn two_people_do_not_answer_one_customer(store: Any) {
    let mut desk = desk(store);
    let case = open_case(&mut desk);
    let (ada, cy) = (who(&desk, "ada"), who(&desk, "cy"));
    let first = desk.draft(&ada, &case, public("We look into it."), at(3)).unwrap();
    assert_eq!(
        desk.draft(&ada, &case, public("We look into it."), at(3)).unwrap().id,
        first.id,
        "once more is once"
    );
    let ResponseRefusal::DraftedBefore(shown) = refusal(desk.draft(&cy, &case, public("Hello!"), at(4)))
    else {
        panic!()
    };
    assert_eq!(*shown, first);
    let second = desk.revise(&cy, &first.id, 1, "We are looking into it.", at(5)).unwrap();
    assert_eq!((second.edition, second.author.as_str()), (2, "cy"));
    assert_eq!(
        refusal(desk.revise(&ada, &first.id, 1, "No!", at(6))),
        ResponseRefusal::Stale { read: 1, last: 2 }
    );
    desk.discard(&ada, &first.id, at(7)).unwrap();
    assert!(matches!(refusal(desk.sent(&first.id, at(8))), ResponseRefusal::NoDraft(_)));
    let third = desk.draft(&cy, &case, public("Hello!"), at(9)).unwrap();
    let record = desk.sent(&third.id, at(10)).unwrap();
    assert_eq!((record.author.as_str(), record.vouched.as_str()), ("cy", "session"));
    let states: Vec<_> = desk.responses(&case).unwrap().iter().map(|state| state.status().unwrap()).collect();
    assert_eq!(states, [ResponseStatus::Discarded, ResponseStatus::Sent]);
}

fn the_decision_says_how(store: Any) {
    let mut desk = desk(store);
    let case = open_case(&mut desk);
    let ada = who(&desk, "ada");
    let plain = |visibility| NewDraft { visibility: Some(visibility), ..NewDraft::micro("Hello") };
    let other = [ReplyVisibility::Public, ReplyVisibility::Private];
    let decided = desk.check_response(&case, "Hello", None).unwrap();
    let way = decided.visibility.unwrap();
    assert_eq!(decided.content.iter().map(|content| content.id.as_str()).collect::<Vec<_>>(), ["status"]);
    assert_eq!(decided.guidelines, ["Be kind"]);
    for visibility in other.into_iter().filter(|other| *other != way) {
        let refused = refusal(desk.draft(&ada, &case, plain(visibility), at(3)));
        assert!(matches!(refused, ResponseRefusal::NotDecided(..) | ResponseRefusal::Private), "{refused}");
    }
    let elsewhere = NewDraft { source: Some(Source::new("mail").unwrap()), ..plain(way) };
    assert!(matches!(
        refusal(desk.draft(&ada, &case, elsewhere.clone(), at(3))),
        ResponseRefusal::NotDecided(..)
    ));
    let everyone = NewDraft::to_everyone("Hello all");
    assert!(matches!(refusal(desk.draft(&ada, &case, everyone, at(3))), ResponseRefusal::NotDecided(..)));
    assert_eq!(refusal(desk.draft(&ada, &case, NewDraft::micro("  "), at(3))), ResponseRefusal::Empty);
    let both = NewDraft { scale: ReplyScale::Both, ..plain(way) };
    assert_eq!(refusal(desk.draft(&ada, &case, both, at(3))), ResponseRefusal::Scale(ReplyScale::Both));
    let reasoned = NewDraft { reason: Some("she asked for a mail".to_owned()), ..elsewhere };
    assert_eq!(desk.draft(&ada, &case, reasoned, at(4)).unwrap().source.unwrap(), "mail");
    // Money is private, and asks for the lawyer.
    let money = testing::message(
        r#""external_id":"9","text":"@northwind I want my money back, where is the refund?","author":{"source":"x","native_id":"bob"}"#,
    );
    let case = desk.receive(vec![money], at(5)).unwrap()[0].case.clone().unwrap();
    let loud = NewDraft { reason: Some("I like it".to_owned()), ..plain(ReplyVisibility::Public) };
    assert_eq!(refusal(desk.draft(&ada, &case, loud, at(6))), ResponseRefusal::Private);
    let draft = desk.draft(&ada, &case, NewDraft::micro("It is on its way"), at(6)).unwrap();
    assert_eq!(
        refusal(desk.sent(&draft.id, at(7))),
        ResponseRefusal::Unapproved(["role:lawyer".to_owned()].into())
    );
    let (ben, cy) = (who(&desk, "ben"), who(&desk, "cy"));
    assert!(matches!(
        refusal(desk.approve(&ada, &draft.id, 1, "role:lawyer", at(7))),
        ResponseRefusal::OwnWork(_)
    ));
    assert!(matches!(
        refusal(desk.approve(&cy, &draft.id, 1, "role:lawyer", at(7))),
        ResponseRefusal::NotInRole { .. }
    ));
    assert!(matches!(
        refusal(desk.approve(&ben, &draft.id, 1, "legal", at(7))),
        ResponseRefusal::NotAsked(_)
    ));
    desk.approve(&ben, &draft.id, 1, "role:lawyer", at(8)).unwrap();
    // What is written anew is approved anew, by somebody who wrote no edition.
    desk.revise(&cy, &draft.id, 1, "It is on its way, really", at(9)).unwrap();
    assert_eq!(
        refusal(desk.sent(&draft.id, at(9))),
        ResponseRefusal::Unapproved(["role:lawyer".to_owned()].into())
    );
    assert!(matches!(
        refusal(desk.approve(&ben, &draft.id, 1, "role:lawyer", at(9))),
        ResponseRefusal::Stale { .. }
    ));
    desk.approve(&ben, &draft.id, 2, "role:lawyer", at(9)).unwrap();
    assert_eq!(desk.sent(&draft.id, at(10)).unwrap().approvals.len(), 1);
    assert!(matches!(refusal(desk.sent(&draft.id, at(11))), ResponseRefusal::NoDraft(_)));
}

fn a_canned_text_is_filled_in_before_it_is_sent(store: Any) {
    let mut desk = desk(store);
    let case = open_case(&mut desk);
    let ada = who(&desk, "ada");
    let filled = desk.canned(&ada, &case, "sorry", &BTreeMap::new()).unwrap();
    assert_eq!(filled.text, "Dear Ann Lee, we are on it until {when}. Ada");
    let new =
        NewDraft { unfilled: filled.unfilled, canned: Some("sorry".to_owned()), ..public(&filled.text) };
    let draft = desk.draft(&ada, &case, new, at(3)).unwrap();
    assert_eq!(refusal(desk.sent(&draft.id, at(4))), ResponseRefusal::Unfilled(["when".to_owned()].into()));
    let kinds: Vec<_> = desk
        .check_response(&case, &draft.text, None)
        .unwrap()
        .findings
        .into_iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(kinds, [crate::engage::LintKind::Unfilled]);
    desk.revise(&ada, &draft.id, 1, "Dear Ann Lee, we are on it until tonight. Ada", at(5)).unwrap();
    desk.sent(&draft.id, at(6)).unwrap();
    assert!(matches!(desk.canned(&ada, &case, "nope", &BTreeMap::new()), Err(DeskError::NoCanned(_))));
    let again = desk.check_response(&case, "Dear Ann Lee, we are on it until tonight! Ada", None).unwrap();
    assert!(again.findings.iter().any(|one| one.kind == crate::engage::LintKind::Sameness), "{again:?}");
}

fn what_comes_back_is_linked(store: Any) {
    let mut desk = desk(store);
    let case = open_case(&mut desk);
    let ada = who(&desk, "ada");
    let to = MessageKey { source: Source::new("x").unwrap(), external_id: ExternalId::new("1").unwrap() };
    let new = NewDraft { to: Some(to), ..public("We look into it, the network is down.") };
    let draft = desk.draft(&ada, &case, new, at(10)).unwrap();
    desk.sent(&draft.id, at(10)).unwrap();
    let ours = testing::message(&format!(
        r#""external_id":"50","direction":"out","text":"@ann We look into it, the network is down.","thread":{{"parent":"1"}},
           "times":{{"created":"{}"}}"#,
        at(11).to_rfc3339()
    ));
    let other = testing::message(&format!(
        r#""external_id":"51","direction":"out","text":"Something else","thread":{{"parent":"1"}},"times":{{"created":"{}"}}"#,
        at(11).to_rfc3339()
    ));
    let thanks = says(
        "4",
        30,
        "@northwind thank you, the signal is back, great service",
        r#","thread":{"parent":"50"}"#,
    );
    desk.receive(vec![ours, other], at(12)).unwrap();
    desk.receive(vec![thanks.clone()], at(31)).unwrap();
    desk.receive(vec![thanks], at(31)).unwrap();
    let state = desk.response(&draft.id).unwrap();
    assert_eq!(state.published.iter().map(|key| key.external_id.as_str()).collect::<Vec<_>>(), ["50"]);
    assert_eq!(state.feedback.len(), 1, "{state:?}");
    let mark = |score| Feedback {
        response: draft.id.clone(),
        kind: FeedbackKind::Csat { score, best: 5 },
        at: at(60),
    };
    assert!(matches!(desk.feedback(mark(6)), Err(DeskError::Mark { .. })));
    desk.feedback(mark(4)).unwrap();
    assert_eq!(desk.silences(Duration::hours(1), at(999)).unwrap().appended, 0, "somebody said something");
    let impact = desk.impact().unwrap().measure();
    let (all, issue) = (impact.all, impact.issues["service.outage"]);
    assert_eq!((all.responses, all.replied, all.better, all.worse), (1, 1, 1, 0), "{impact:?}");
    assert_eq!((all.satisfaction, issue.compared), (Some(0.8), 1));
    assert!(impact.rules.values().all(|rule| rule.change.unwrap() > 0.0), "{impact:?}");
    // A response on which nothing comes back.
    let cy = who(&desk, "cy");
    let silent = desk.draft(&cy, &case, public("Anything else that we may do for you?"), at(70)).unwrap();
    desk.sent(&silent.id, at(70)).unwrap();
    assert_eq!(desk.silences(Duration::hours(1), at(71)).unwrap().appended, 0);
    assert_eq!(desk.silences(Duration::hours(1), at(999)).unwrap().appended, 1);
    assert_eq!(desk.silences(Duration::hours(1), at(1999)).unwrap().appended, 0);
}

fn nothing_is_shown_without_leave(store: Any) {
    let mut desk = desk(store);
    let praise = says("7", 0, "@northwind I love your staff, thank you so much!", "");
    let case = desk.receive(vec![praise], at(1)).unwrap()[0].case.clone().unwrap();
    let found = desk.candidates(at(2)).unwrap();
    assert_eq!(
        found.iter().map(|one| (one.reason, &one.case)).collect::<Vec<_>>(),
        [(CandidateReason::Compliment, &Some(case.clone()))]
    );
    let ada = who(&desk, "ada");
    let used = |place: &str| AssetUse { what: AssetKind::Quote, place: place.to_owned() };
    let uses: BTreeSet<AssetUse> = [used("website"), used("talk")].into();
    let refused = |outcome: Result<_, DeskError>| match outcome {
        Err(DeskError::Advocacy(refusal)) => refusal,
        other => panic!("{:?}", other.map(|_: ()| ())),
    };
    let bob = IdentityKey { native_id: NativeId::new("bob").unwrap(), ..ann() };
    let message = Some(found[0].message.clone());
    let theirs =
        refused(desk.permission_ask(&ada, &bob, &case, message.clone(), uses.clone(), at(3)).map(|_| ()));
    assert_eq!(theirs, AdvocacyRefusal::NotTheirCase(case.clone()));
    assert_eq!(
        refused(desk.permission_ask(&ada, &ann(), &case, None, BTreeSet::new(), at(3)).map(|_| ())),
        AdvocacyRefusal::NoUse
    );
    let asked = desk.permission_ask(&ada, &ann(), &case, message.clone(), uses, at(3)).unwrap();
    assert_eq!(desk.candidates(at(4)).unwrap(), [], "asked already");
    let quote = |text: &str| NewAsset {
        kind: AssetKind::Quote,
        identity: ann(),
        case: case.clone(),
        message: message.clone(),
        title: None,
        text: text.to_owned(),
    };
    assert!(matches!(
        refused(desk.asset_make(&ada, quote("I hate it"), at(4)).map(|_| ())),
        AdvocacyRefusal::NotTheirWords(_)
    ));
    let asset = desk.asset_make(&ada, quote("I love  YOUR staff"), at(4)).unwrap();
    let export =
        |desk: &mut Desk<Any>, place: &str, minute| desk.asset_export(&ada, &asset.id, place, at(minute));
    let not_allowed = AdvocacyRefusal::NotAllowed(used("website"));
    assert_eq!(refused(export(&mut desk, "website", 5).map(|_| ())), not_allowed);
    let until = Some(at(100));
    assert_eq!(
        refused(desk.permission_grant(&ada, &asked.id, None, Some(at(5)), None, at(5)).map(|_| ())),
        AdvocacyRefusal::Over
    );
    desk.permission_grant(
        &ada,
        &asked.id,
        Some([used("website")].into()),
        until,
        Some("x:7".to_owned()),
        at(6),
    )
    .unwrap();
    assert!(export(&mut desk, "talk", 7).is_err(), "allowed is what was said");
    let shown = export(&mut desk, "website", 7).unwrap();
    assert_eq!(
        (shown.case.unwrap().id, &shown.export.permission),
        (case.clone(), &asked.id),
        "it leads back to its case"
    );
    let advocates = desk.advocates(at(8)).unwrap();
    assert_eq!(
        (advocates[0].followers, advocates[0].exports, advocates[0].name.as_deref()),
        (Some(40), 1, Some("Ann Lee"))
    );
    assert_eq!(refused(export(&mut desk, "website", 101).map(|_| ())), not_allowed, "its time is over");
    assert_eq!(desk.advocates(at(101)).unwrap(), []);
    assert_eq!(desk.candidates(at(101)).unwrap().len(), 1, "may be asked again");
    desk.permission_withdraw(&asked.id, at(50)).unwrap();
    assert_eq!(refused(export(&mut desk, "website", 51).map(|_| ())), not_allowed);
    let states = desk.assets(at(51)).unwrap();
    assert_eq!((states[0].uses.len(), states[0].exports.len()), (0, 1), "what must come down is known");
    // Whoever is erased is in none of it.
    desk.erase(&Whom::Accounts([ann()].into()), &EraseOptions::default(), at(60)).unwrap();
    assert_eq!((desk.assets(at(61)).unwrap(), desk.permissions().unwrap().len()), (vec![], 0));
    assert_eq!(desk.candidates(at(61)).unwrap(), []);
}

fn nobody_is_spoken_to_before_the_sixth_step(store: Any) {
    let mut desk = desk(store);
    let messages = (0..6_i64).map(|n| {
        let author = ["ann", "bob"][n as usize % 2];
        says(
            &n.to_string(),
            n,
            "@northwind no signal, this is terrible",
            &format!(r#","author":{{"source":"x","native_id":"{author}","handle":"{author}_{n}"}}"#),
        )
    });
    // The last `author` of the JSON counts.
    let case = desk.receive(messages.collect(), at(10)).unwrap()[0].case.clone().unwrap();
    let ada = who(&desk, "ada");
    let id = ProgrammeId::new("launch").unwrap();
    let first = NewDraft {
        reason: Some("everybody should know".to_owned()),
        ..NewDraft::to_everyone("We have news for you")
    };
    assert!(
        desk.draft(&ada, &case, first.clone(), at(11)).is_ok(),
        "who runs no programme is not bound to one"
    );
    let scope = ProgrammeScope {
        id: id.clone(),
        brand: None,
        from: at(0),
        until: None,
        person: ada.person().clone(),
        at: at(12),
    };
    desk.programme_begin(scope).unwrap();
    assert!(matches!(refusal(desk.draft(&ada, &case, first.clone(), at(13))), ResponseRefusal::Locked(_)));
    assert!(desk.draft(&ada, &case, public("You are always answered"), at(13)).is_ok());
    let programme = desk.programme(&id).unwrap();
    let done: Vec<bool> = programme.steps.iter().map(|step| step.done).collect();
    assert_eq!(done, [true, true, true, true, true, false, false], "{:?}", programme.steps);
    let issue = Topic::new("service.outage").unwrap();
    assert_eq!((programme.messages, programme.people), (6, 2));
    assert_eq!(
        programme.raised[&issue].author.as_ref().unwrap().handle.as_deref(),
        Some("ann_0"),
        "as they were"
    );
    assert_eq!(programme.samples[&issue].len(), 5);
    assert!(programme.days[0].issues[0].words.iter().any(|word| word.contains("signal")));
    let error = desk.programme_activate(&ada, &id, at(14)).unwrap_err().to_string();
    assert!(error.contains("step 6") && error.contains("service.outage"), "{error}");
    let nobody = PersonId::new("zoe").unwrap();
    assert!(desk.programme_plan(&ada, &id, &issue, &nobody, "x", at(15)).is_err());
    assert!(desk.programme_plan(&ada, &id, &issue, ada.person(), " ", at(15)).is_err());
    desk.programme_plan(&ada, &id, &issue, ada.person(), "care asks the network team", at(15)).unwrap();
    desk.programme_activate(&ada, &id, at(16)).unwrap();
    assert!(desk.programme(&id).unwrap().steps.iter().all(|step| step.done));
    assert!(desk.draft(&ada, &case, first, at(17)).is_ok());
    assert!(desk.programme(&ProgrammeId::new("other").unwrap()).is_err());
}

/// Whatever is asked of it in whatever order: every response on record has a human author who is of the team, was approved
/// by others, and tells nothing of the private messages.
fn no_response_without_a_human(store: Any) {
    let mut desk = desk(store);
    let case = open_case(&mut desk);
    let people = ["ada", "ben", "cy"];
    let texts = ["We look into it.", "Your knee surgery", "020 794 0800", "Hello there", ""];
    let mut dice = 12_345_u32;
    let mut roll = |most: usize| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 8) as usize % most
    };
    let mut ids: Vec<ResponseId> = vec![ResponseId::new("nobody's").unwrap()];
    for minute in 10..250 {
        let (person, text) = (who(&desk, people[roll(3)]), texts[roll(5)]);
        let id = ids[roll(ids.len())].clone();
        let edition = desk.response(&id).unwrap().draft.map_or(1, |draft| draft.edition);
        let _ = match roll(6) {
            0 | 1 => desk.draft(&person, &case, public(text), at(minute)).map(|draft| ids.push(draft.id)),
            2 => desk.revise(&person, &id, edition, text, at(minute)).map(|_| ()),
            3 => desk.approve(&person, &id, edition, "role:lawyer", at(minute)).map(|_| ()),
            4 => desk.discard(&person, &id, at(minute)).map(|_| ()),
            _ => desk.sent(&id, at(minute)).map(|_| ()),
        };
    }
    let (mut sent, tenant) = (0, Tenant::default());
    desk.store()
        .about(&tenant, &SubjectQuery::all(SubjectKind::Response), &mut |_, event| {
            let (author, text) = match event {
                Event::Drafted { draft } => (draft.author, draft.text),
                Event::Responded { response } => {
                    sent += 1;
                    (response.author, response.text)
                }
                _ => return ControlFlow::Continue(()),
            };
            assert!(
                people.contains(&author.as_str()) && !text.contains("knee") && !text.contains("020"),
                "{text}"
            );
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(sent > 2, "{sent}");
}

macro_rules! for_every_store {
    ($($case:ident,)*) => {
        mod memory {
            $(#[test] fn $case() { super::$case(Box::new(crate::record::MemoryStore::new())); })*
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $case() { super::$case(Box::new(crate::record::SqliteStore::open_in_memory().unwrap())); })*
        }
    };
}

for_every_store! {
    nothing_private_is_told_in_public,
    two_people_do_not_answer_one_customer,
    the_decision_says_how,
    a_canned_text_is_filled_in_before_it_is_sent,
    what_comes_back_is_linked,
    nothing_is_shown_without_leave,
    nobody_is_spoken_to_before_the_sixth_step,
    no_response_without_a_human,
}
