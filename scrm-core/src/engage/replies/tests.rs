//! Is every fault of `replies.toml` found, is a value inert, does a lint say what it should? Tables.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::ResponseId;

fn read(source: &str) -> (Replies, Vec<String>) {
    let mut faults = Faults::new();
    let document = Document::parse("replies.toml", source, &mut faults);
    let topics =
        BTreeSet::from(["billing.refund".to_owned(), "billing".to_owned(), "service.outage".to_owned()]);
    let replies = Replies::read(&document, &topics, &mut faults);
    let told = faults.into_sorted().iter().map(|fault| format!("{} {}", fault.code, fault.message)).collect();
    (replies, told)
}

#[test]
fn faults_of_the_file() {
    let point = "[[guideline]]\ntext = \"Be kind\"\n";
    let table = [
        (point.repeat(5), ""),
        (point.repeat(6), "R001 this is point 6 of the guidelines; nobody keeps more than 5 in mind"),
        (
            format!("[[guideline]]\ntext = \"{}\"\n", "long ".repeat(40)),
            "R002 a point of the guidelines is longer than 160 letters",
        ),
        (
            "[[guideline]]\ntext = \"Pursuant to our rules, be kind\"".into(),
            "R003 `Pursuant to` is the language of contracts, not of people",
        ),
        (
            "[reply]\nlength = { x = 0 }".into(),
            "R004 the length of a reply on `x` is no number of characters",
        ),
        ("[[canned]]\nid = \"a\"\ntext = \"Hi {custmer}\"".into(), "R010 there is no placeholder `custmer`"),
        ("[[canned]]\nid = \"a\"\ntext = \"Hi {a{b}}\"".into(), "R011 a placeholder inside a placeholder"),
        ("[[canned]]\nid = \"a\"\ntext = \"Hi {a.b()}\"".into(), "R011 a placeholder is a name, and no code"),
        ("[[canned]]\nid = \"a\"\ntext = \"Hi {agent\"".into(), "R011 a placeholder that is not closed"),
        ("[[canned]]\nid = \"a\"\ntext = \"Hi }\"".into(), "R011 a `}` that closes nothing"),
        ("[[canned]]\nid = \"a\"\ntext = \"{{ok}} {order}\"\nask = [\"order\"]".into(), ""),
        (
            "[[content]]\nid = \"a\"\ntitle = \"A\"".into(),
            "R020 `a` is offered for no topic, so nobody is ever told of it",
        ),
    ];
    for (source, expected) in table {
        let (_, told) = read(&source);
        assert_eq!(told.first().map_or("", String::as_str), expected, "{source}");
    }
    let (_, told) = read("[[content]]\nid = \"a\"\ntitle = \"A\"\ntopics = [\"bilin\"]");
    assert!(told.iter().any(|fault| fault.contains("bilin")), "{told:?}");
}

#[test]
fn what_is_not_filled_in_is_told() {
    let (replies, _) = read(
        "[[canned]]\nid = \"a\"\ntext = \"Hi {customer}, {{order}} {order} by {agent}\"\nask = [\"order\"]",
    );
    let filled = replies.canned["a"].fill(&BTreeMap::from([("customer".to_owned(), "Ana".to_owned())]));
    assert_eq!(filled.text, "Hi Ana, {order} {order} by {agent}");
    assert_eq!(filled.unfilled, BTreeSet::from(["agent".to_owned(), "order".to_owned()]));
}

#[test]
fn lints() {
    let (replies, _) = read("[reply]\nlength = { x = 30, default = 100 }\nlegalese = [\"noted\"]");
    let recent = [(
        ResponseId::new("r1").unwrap(),
        "We are sorry that your parcel is late, it leaves us today".to_owned(),
    )];
    let table: [(&str, &str, &[LintKind]); 7] = [
        ("All good, on its way!", "x", &[]),
        ("All good, it is on its way to you now!", "x", &[LintKind::Length]),
        ("All good, it is on its way to you now!", "mail", &[]),
        ("This is duly noted.", "x", &[LintKind::Legalese]),
        ("Hereby pursuant to it", "x", &[LintKind::Legalese, LintKind::Legalese]),
        ("@ana We are sorry that your parcel is late, it leaves us today!", "mail", &[LintKind::Sameness]),
        ("Thank you!", "mail", &[]),
    ];
    for (text, source, expected) in table {
        let found: Vec<_> = lint(text, source, &replies, &recent).into_iter().map(|one| one.kind).collect();
        assert_eq!(found, expected, "{text}");
    }
    let hard = "Notification concerning organisational responsibilities regarding international transportation \
                requirements necessitates comprehensive documentation substantiating individual circumstances \
                surrounding subsequent administrative considerations";
    assert!(lix(&format!("{hard} {hard}")).unwrap() > LIX_MAX);
    assert!(lix(&"the cat sat on a mat. ".repeat(5)).unwrap() < 20.0);
}

#[test]
fn content_goes_by_need() {
    let (replies, told) = read(
        "[[content]]\nid = \"a\"\ntitle = \"Refunds\"\ntopics = [\"billing.refund\"]\n\
         [[content]]\nid = \"b\"\ntitle = \"Bills\"\ntopics = [\"billing\"]",
    );
    assert_eq!(told, [""; 0]);
    let topic = |name: &str| Topic::new(name).unwrap();
    let ids = |need: &str| {
        suggest(&replies.contents, &[topic(need)]).into_iter().map(|one| one.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("billing.refund"), ["a", "b"]);
    assert_eq!(ids("billing"), ["b", "a"]);
    assert_eq!(ids("service.outage"), [""; 0]);
    let asked =
        BTreeMap::from([(topic("billing.refund"), 9), (topic("service.outage"), 2), (topic("service"), 1)]);
    let found: Vec<_> = gaps(&replies.contents, &asked)
        .into_iter()
        .map(|gap| (gap.topic.as_str().to_owned(), gap.contents))
        .collect();
    assert_eq!(
        found,
        [("service.outage".to_owned(), 0), ("service".to_owned(), 0), ("billing.refund".to_owned(), 2)]
    );
}

proptest! {
    #[test]
    fn a_value_is_inert(value in ".{1,40}", other in "[a-z{}]{0,20}") {
        let (replies, _) = read("[[canned]]\nid = \"a\"\ntext = \"<{customer}|{agent}>\"");
        let values = BTreeMap::from([("customer".to_owned(), value.clone()), ("agent".to_owned(), other.clone())]);
        let filled = replies.canned["a"].fill(&values);
        let shown = |value: &str, name: &str| if value.trim().is_empty() { format!("{{{name}}}") } else { value.to_owned() };
        prop_assert_eq!(filled.text, format!("<{}|{}>", shown(&value, "customer"), shown(&other, "agent")));
    }

    #[test]
    fn resemblance_is_a_share(a in "([a-d] ){0,20}", b in "([a-d] ){0,20}") {
        let share = resemblance(&a, &b);
        prop_assert!((0.0..=1.0).contains(&share));
        prop_assert!((share - resemblance(&b, &a)).abs() < 1e-12);
    }
}
