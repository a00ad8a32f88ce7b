//! Tests of the conditions: one table of truths, every fault, and the laws of logic.

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::calendar::{Calendar, Calendars, Opening};
use crate::diagnostic::{Document, Faults};
use crate::route::Given;

fn vocabulary() -> Vocabulary {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Vocabulary {
        topics: set(&["service.delay", "service.outage", "billing"]),
        brands: set(&["northwind", "southwind"]),
        monitors: set(&["northwind-brand"]),
        calendars: set(&["hq"]),
        fields: [
            ("customer.tier", DeclaredKind::Name, vec!["gold".to_owned(), "basic".to_owned()]),
            ("customer.score", DeclaredKind::Number, vec![]),
            ("own.plans", DeclaredKind::Names, vec![]),
            ("own.vip", DeclaredKind::Flag, vec![]),
        ]
        .into_iter()
        .map(|(name, kind, values)| {
            (name.to_owned(), Arc::new(DeclaredField { name: name.to_owned(), kind, values }))
        })
        .collect(),
        ..Vocabulary::default()
    }
}

fn given(facts: &str) -> Given {
    let mut faults = Faults::new();
    let document = Document::parse("given", facts, &mut faults);
    let given = Given::read(&document.root("given"), &vocabulary(), &mut faults);
    assert!(faults.is_empty(), "{facts}: {faults:?}");
    given
}

fn calendars() -> Calendars {
    let hq = Calendar::new("hq", chrono_tz::Europe::Amsterdam)
        .open(chrono::Weekday::Mon, ["09:00-17:00".parse::<Opening>().unwrap()]);
    Calendars::of([hq], "hq")
}

fn check(facts: &str, table: &[(&str, Truth)]) {
    let (given, calendars) = (given(facts), calendars());
    for (text, truth) in table {
        let condition = Condition::parse_with(text, &vocabulary(), &Limits::DEFAULT).unwrap();
        assert_eq!(condition.evaluate(&given.with(&calendars)), *truth, "{text}");
    }
}

#[test]
fn what_is_known_is_true_or_false() {
    use Truth::{False, True};
    check(
        r#"
        type = "complaint"
        types = ["complaint", "question"]
        issue = "service.delay"
        topics = ["service.delay", "billing"]
        sentiment = -0.7
        influence = 80
        seen = "public"
        channel = "x"
        kind = "post"
        brand = "northwind"
        monitors = []
        pii = false
        "author.followers" = 812
        author.verified = false
        direction = "in"
        at = 2026-11-02T08:14:00Z
        "confidence(type)" = 0.6
        'count(issue, "15m")' = 30
        "#,
        &[
            ("type is complaint", True),
            (r#"type is "question""#, False),
            ("type is not complaint", False),
            ("type is not question", True),
            ("type in [complaint, question]", True),
            ("type in [question, other]", False),
            ("types has question", True),
            ("types has any [compliment, question]", True),
            ("types has all [compliment, question]", False),
            ("types has all [complaint, question]", True),
            ("issue under service", True),
            ("issue under service.delay", True),
            ("issue under service.outage", False),
            ("issue under billing", False),
            ("issue is service.delay", True),
            ("topics under billing", True),
            ("topics has service", False),
            ("sentiment = -0.7", True),
            ("sentiment <= -0.7", True),
            ("sentiment < -0.7", False),
            ("sentiment between -1 and -0.5", True),
            ("influence >= 80 and influence <= 80 and not influence > 80", True),
            ("influence != 80", False),
            ("influence between 81 and 90", False),
            ("seen is public", True),
            ("channel in [\"x\", \"email\"]", True),
            ("kind is post", True),
            ("brand is southwind", False),
            ("brands has northwind", True),
            ("monitors has northwind-brand", False),
            ("text has pii", False),
            ("author.followers > 800", True),
            ("author.verified is true", False),
            ("direction is in", True),
            ("weekday in [\"sat\", \"sun\"]", False),
            ("weekday is mon", True),
            ("in_hours(hq)", True),
            ("known(type) and not known(country)", True),
            ("confidence(type) >= 0.6", True),
            ("count(issue, \"15m\") >= 30", True),
            ("count(issue, 900s) between 31 and 40", False),
            ("not not type is complaint", True),
            ("type is question and type is other or type is complaint", True),
            ("type is question and (type is other or type is complaint)", False),
        ],
    );
}

#[test]
fn what_is_absent_is_unknown_and_never_false() {
    use Truth::{False, True, Unknown};
    check(
        r#"type = "complaint""#,
        &[
            ("issue under service", Unknown),
            ("issue is not billing", Unknown),
            ("influence >= 80", Unknown),
            ("sentiment between -1 and 1", Unknown),
            ("monitors has northwind-brand", Unknown),
            ("text has pii", Unknown),
            ("in_hours(hq)", Unknown),
            ("weekday is mon", Unknown),
            ("confidence(issue) > 0.5", Unknown),
            ("count(customer.complaints, 30d) >= 3", Unknown),
            ("not influence >= 80", Unknown),
            ("type is complaint and influence >= 80", Unknown),
            ("type is question and influence >= 80", False),
            ("type is complaint or influence >= 80", True),
            ("type is question or influence >= 80", Unknown),
            ("known(influence)", False),
            ("types has complaint", True),
        ],
    );
}

#[test]
fn what_was_written_is_asked_for_words() {
    use Truth::{False, True};
    check(
        r#"text = "I want my money back, you charged me TWICE for a naïve refund-request #BadService""#,
        &[
            ("text has \"refund\"", True),
            ("text has \"refund request\"", True),
            ("text has \"money back\"", True),
            ("text has \"back money\"", False),
            ("text has \"charg*\"", True),
            ("text has \"charge\"", False),
            ("text has \"naive\"", True),
            ("text has \"#badservice\"", True),
            ("text has any [\"chargeback\", \"twice\"]", True),
            ("text has all [\"chargeback\", \"twice\"]", False),
            ("text has all [\"money back\", \"twice\"]", True),
            ("text has \"arge\"", False),
            ("text contains_text \"ARGED ME tw\"", True),
            ("text contains_text \"refunds\"", False),
            ("text matches /charged? .* twice/", True),
            ("text matches /^charged/", False),
            ("text matches /a\\/b/", False),
            ("known(text) and not text has pii", True),
        ],
    );
    check("text = \"call me on 06-12345678\"", &[("text has pii", True)]);
    check("pii = false\ntext = \"call me on 06-12345678\"", &[("text has pii", False)]);
    check("type = \"complaint\"", &[("text has \"refund\"", Truth::Unknown), ("known(text)", False)]);
}

#[test]
fn what_the_host_knows_is_asked_for_by_name() {
    use Truth::{False, True, Unknown};
    check(
        r#"
        customer.role = ["supplier", "customer"]
        'consent("marketing")' = true
        'consent("testimonial")' = false
        'link(customer, "crm")' = "authenticated"
        customer.tier = "gold"
        customer.score = -12.5
        own.plans = ["prepaid"]
        own.vip = true
        changed = ["text", { field = "customer.tier", from = "basic", to = "gold" }]
        local_time = "23:30"
        'in_hours("hq")' = true
        'rate_vs_baseline(issue, "1h")' = 3.5
        "#,
        &[
            ("customer.role has supplier", True),
            ("customer.role has any [employee, partner]", False),
            ("consent(\"marketing\")", True),
            ("consent(marketing) is true and not consent(testimonial)", True),
            ("consent(\"calls\")", Unknown),
            ("known(consent(\"testimonial\")) and not known(consent(calls))", True),
            ("link(customer, crm) is authenticated", True),
            ("link(customer, \"crm\") in [none, probabilistic]", False),
            ("link(customer, erp) is authenticated", Unknown),
            ("customer.tier is \"gold\"", True),
            ("customer.score < -12", True),
            ("own.plans has \"prepaid\"", True),
            ("own.vip is true", True),
            ("changed(text)", True),
            ("changed(customer.tier)", True),
            ("changed(customer.tier, \"basic\", \"gold\")", True),
            ("changed(customer.tier, \"gold\", \"basic\")", False),
            ("changed(type)", False),
            ("local_time between \"22:00\" and \"06:00\"", True),
            ("local_time between \"06:00\" and \"23:30\"", False),
            ("local_time between \"23:30\" and \"24:00\"", True),
            ("in_hours(hq)", True),
            ("rate_vs_baseline(issue, 60m) >= 3", True),
        ],
    );
    check(
        "at = 2026-11-02T08:14:00Z",
        &[
            // Nine in the morning in Amsterdam.
            ("local_time between \"09:14\" and \"09:15\"", True),
            ("changed(text)", Unknown),
            ("customer.tier is \"gold\"", Unknown),
            ("rate_vs_baseline(issue, 1h) >= 3", Unknown),
        ],
    );
}

#[test]
fn a_number_that_may_be_one_of_two_is_compared_as_far_as_it_can_be() {
    use Truth::{False, True, Unknown};
    let range = Range { low: 2.0, high: 3.0 };
    for (comparison, number, truth) in [
        (Comparison::AtLeast, 2.0, True),
        (Comparison::AtLeast, 3.0, Unknown),
        (Comparison::AtLeast, 4.0, False),
        (Comparison::More, 1.0, True),
        (Comparison::More, 2.0, Unknown),
        (Comparison::More, 3.0, False),
        (Comparison::Less, 2.0, False),
        (Comparison::Less, 3.0, Unknown),
        (Comparison::Less, 4.0, True),
        (Comparison::AtMost, 1.0, False),
        (Comparison::AtMost, 2.0, Unknown),
        (Comparison::AtMost, 3.0, True),
        (Comparison::Equal, 2.0, Unknown),
        (Comparison::Equal, 4.0, False),
        (Comparison::NotEqual, 4.0, True),
        (Comparison::NotEqual, 3.0, Unknown),
    ] {
        assert_eq!(range.compare(comparison, number), truth, "{comparison:?} {number}");
    }
}

#[test]
fn a_condition_prints_in_one_form() {
    for (text, canonical) in [
        ("((type is \"complaint\"))", "type is complaint"),
        ("issue under service", "issue under \"service\""),
        ("channel in [ x , \"email\", x, ]", "channel in [\"email\", \"x\"]"),
        ("topics has all [billing]", "topics has \"billing\""),
        (
            "(type is question and (sentiment < 0)) and influence>=80.0",
            "type is question and sentiment < 0 and influence >= 80",
        ),
        (
            "(type is question or seen is direct) and not (text has pii)",
            "(type is question or seen is direct) and not text has pii",
        ),
        ("count(issue,\"60m\")>=30", "count(issue, \"1h\") >= 30"),
        ("not (not (known(type) or in_hours(hq)))", "not not (known(type) or in_hours(\"hq\"))"),
        ("sentiment = -0.0", "sentiment = 0"),
        ("text contains_text(x)", "text contains_text \"x\""),
        ("contains_text(\"x\")", "text contains_text \"x\""),
        ("text matches /a\\/b\\d/", "text matches /a\\/b\\d/"),
        ("consent(marketing) is true", "consent(\"marketing\")"),
        ("consent(marketing) is false", "consent(\"marketing\") is false"),
        ("link(customer,crm) is human", "link(customer, \"crm\") is human"),
        ("local_time between \"09:00\" and \"17:30\"", "local_time between \"09:00\" and \"17:30\""),
        ("changed( issue , a , b )", "changed(issue, \"a\", \"b\")"),
        ("rate_vs_baseline(issue, 60m) >= 2.5", "rate_vs_baseline(issue, \"1h\") >= 2.5"),
        ("channel is \"a \\\"b\\\" \\\\ c\"", "channel is \"a \\\"b\\\" \\\\ c\""),
    ] {
        assert_eq!(Condition::parse(text).unwrap().to_string(), canonical, "{text}");
    }
}

#[test]
fn every_fault_of_a_condition_has_its_place_and_help() {
    let deep = format!("{}type is complaint{}", "(".repeat(100), ")".repeat(100));
    let wide = vec!["type is complaint"; 70_000].join(" or ");
    let mut report = String::new();
    for text in [
        "",
        "influense >= 80 and type is angry",
        "type is complaint and topik under service",
        "issue under servise and brand is northwnd and monitors has nobody",
        "influence is \"x\"",
        "influence >= loud",
        "influence >= 101",
        "author.followers < -1",
        "sentiment between 0.5 and -0.5",
        "sentiment between low and 0",
        "sentiment >= 0.5 0.6",
        "type = complaint",
        "types is complaint",
        "type has complaint",
        "issue >= 3",
        "type is",
        "type is and seen is public",
        "type in complaint",
        "type in [complaint question]",
        "type in [angry, happy]",
        "type is complaint AND seen is public",
        "type is complaint && seen == public",
        "type is complaint type is question",
        "(type is complaint",
        "type is complaint)",
        "(type is complaint seen is public) and colour is red",
        "text has",
        "text is \"words\"",
        "text has any [\"...\", \"refund\"]",
        "text matches /(/",
        "text matches \"refund\"",
        "text matches /open",
        "text contains_text \" \"",
        "local_time between \"9\" and \"25:00\"",
        "local_time >= 9",
        "changed(colour)",
        "changed(type, \"question\")",
        "consent(\"\") or consent(marketing",
        "link(author, \"crm\") is authenticated",
        "link(customer, \"crm\") is sure",
        "customer.role has \"boss\"",
        "customer.tier is \"silver\" or customer.score > \"x\" or customer.teer is \"gold\"",
        "rate_vs_baseline(issue, soon) >= 3 and rate_vs_baseline(isue, 1h) >= 3",
        "known(colour)",
        "in_hours(hp)",
        "confidence(kind) > 0.5",
        "confidence(type) > 1.5",
        "count(isue, 15m) > 1 or count(issue, soon) > 1 or count(issue) > 1",
        "count(customer.messages, 0m) > 1",
        "channel is \"x",
        "channel is 'x'",
        "weekday is monday",
        "42",
        "and type is complaint",
        &deep,
        &wide,
    ] {
        let error = Condition::parse_with(text, &vocabulary(), &Limits::DEFAULT).unwrap_err();
        let shown: String = text.chars().take(80).collect();
        _ = writeln!(report, "{shown}");
        for fault in error.faults() {
            let place = format!("{}..{}", fault.span.start(), fault.span.end());
            _ = writeln!(report, "  {} at {place}: {}", fault.code, fault.message);
            _ = fault.help.as_ref().map(|help| writeln!(report, "    help: {help}"));
        }
    }
    insta::assert_snapshot!("condition_faults", report);
}

#[test]
fn no_text_does_harm() {
    for text in [
        "((((",
        "not",
        "not not",
        "[",
        "\"",
        "\\",
        "é is ü",
        "type is \"\\u12",
        "- . _",
        "in_hours(",
        "count(",
        "a\u{0}b",
    ] {
        assert!(Condition::parse(text).is_err(), "{text}");
    }
}

// Properties.

fn any_name() -> impl Strategy<Value = Arc<str>> {
    prop_oneof!["[a-z][a-z0-9.]{0,6}", "[ -~]{1,6}", "\\PC{1,4}"].prop_map(Arc::from)
}

/// What is agreed to, or linked to: more than blanks.
fn any_purpose() -> impl Strategy<Value = Arc<str>> {
    any_name().prop_filter("a name", |name| !name.trim().is_empty())
}

fn any_row(values: impl Strategy<Value = Arc<str>>) -> impl Strategy<Value = Vec<Arc<str>>> {
    prop::collection::btree_set(values, 1..4).prop_map(|set| set.into_iter().collect())
}

fn any_type() -> impl Strategy<Value = Arc<str>> {
    prop::sample::select(vec!["question", "complaint", "other"]).prop_map(Arc::from)
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    let axis = prop::sample::select(AxisName::ALL.to_vec()).prop_map(Quantity::Confidence);
    let window = (1u32..5000).prop_map(|minutes| format!("{minutes}m").parse().unwrap());
    let count = (prop::sample::select(Counter::ALL.to_vec()), window)
        .prop_map(|(counter, window)| Quantity::Count(counter, window));
    let rate = count.clone().prop_map(|quantity| match quantity {
        Quantity::Count(counter, window) => Quantity::Rate(counter, window),
        quantity => quantity,
    });
    prop_oneof![
        Just(Quantity::Field(Field::Sentiment)),
        Just(Quantity::Field(Field::Influence)),
        axis,
        count,
        rate
    ]
}

fn any_atom() -> impl Strategy<Value = Atom> {
    let number = || (0u32..=1000).prop_map(|number| f64::from(number) / 1000.0);
    prop_oneof![
        any_type().prop_map(|value| Atom::Is(Field::Type, value)),
        any_name().prop_map(|value| Atom::IsNot(Field::Channel, value)),
        any_row(any_type()).prop_map(|values| Atom::In(Field::Type, values)),
        any_row(any_name()).prop_map(|values| Atom::In(Field::Issue, values)),
        any_name().prop_map(|value| Atom::Under(Field::Topics, value)),
        any_row(any_name()).prop_map(|values| Atom::HasAny(Field::Brands, values)),
        (any_quantity(), prop::sample::select(Comparison::ALL.to_vec()), number())
            .prop_map(|(quantity, comparison, number)| Atom::Compare(quantity, comparison, number)),
        (any_quantity(), number(), number()).prop_map(|(quantity, a, b)| Atom::Between(
            quantity,
            a.min(b),
            a.max(b)
        )),
        Just(Atom::PersonalData),
        prop::sample::select(Field::ALL.to_vec()).prop_map(Atom::Known),
        any_name().prop_map(Atom::InHours),
        any_row("[a-z]{1,6}( [a-z]{1,6})?[*]?".prop_map(Arc::from))
            .prop_map(|values| Atom::HasAny(Field::Text, values)),
        "[a-z/\\[\\]\\\\. ]{1,6}"
            // A slash within is read without the backslash before it.
            .prop_filter("a regular expression", |source: &String| {
                !source.contains("\\/") && regex::Regex::new(source).is_ok()
            })
            .prop_map(|source| Atom::Matches(source.into())),
        "[!-~][ -~]{0,6}".prop_map(|text| Atom::ContainsText(text.into())),
        any_purpose().prop_map(|purpose| Atom::Is(Field::Consent(purpose), "true".into())),
        any_purpose().prop_map(|system| Atom::IsNot(Field::Link(system), "declared".into())),
        (any_name(), any_name()).prop_map(|values| Atom::Changed(Field::Channel, Some(values))),
        prop::sample::select(Field::ALL.to_vec()).prop_map(|field| Atom::Changed(field, None)),
        (0u16..=1440, 0u16..=1440).prop_map(|(from, to)| Atom::LocalTime(ClockTime(from), ClockTime(to))),
    ]
}

/// Rows in a row of the same kind are one row, as the parser makes them.
fn flat(parts: Vec<Condition>, and: bool) -> Condition {
    let mut all = Vec::new();
    for part in parts {
        match part {
            Condition::And(inner) if and => all.extend(inner),
            Condition::Or(inner) if !and => all.extend(inner),
            part => all.push(part),
        }
    }
    if and { Condition::And(all) } else { Condition::Or(all) }
}

fn any_condition() -> impl Strategy<Value = Condition> {
    any_atom().prop_map(Condition::Atom).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| flat(parts, true)),
            prop::collection::vec(inner, 2..4).prop_map(|parts| flat(parts, false)),
        ]
    })
}

const TRUTHS: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

proptest! {
    #[test]
    fn what_is_printed_reads_back(condition in any_condition()) {
        let text = condition.to_string();
        prop_assert_eq!(Condition::parse(&text).unwrap(), condition, "{}", text);
    }

    #[test]
    fn any_text_ends_in_a_condition_or_in_faults(text in "\\PC{0,40}") {
        if let Err(error) = Condition::parse(&text) {
            prop_assert!(!error.faults().is_empty());
            prop_assert!(error.faults().iter().all(|fault| fault.span.of(&text).is_some()));
        }
    }

    #[test]
    fn words_of_the_language_in_any_order_do_no_harm(words in prop::collection::vec(prop::sample::select(vec![
        "type", "is", "not", "and", "or", "(", ")", "[", "]", ",", "complaint", "\"x\"", "0.5", ">=", "between",
        "influence", "count", "issue", "has", "any", "under", "known", "in", "text", "pii",
    ]), 0..16)) {
        let text = words.join(" ");
        match Condition::parse(&text) {
            Ok(condition) => prop_assert_eq!(Condition::parse(&condition.to_string()).unwrap(), condition),
            Err(error) => prop_assert!(!error.faults().is_empty()),
        }
    }

    #[test]
    fn knowing_more_never_turns_an_answer_round(
        condition in any_condition(),
        kind in prop::option::of(any_type()),
        influence in prop::option::of(0u32..100),
        pii in prop::option::of(any::<bool>()),
    ) {
        let mut facts = String::new();
        _ = kind.map(|kind| writeln!(facts, "type = \"{kind}\""));
        _ = influence.map(|influence| writeln!(facts, "influence = {}", f64::from(influence) / 100.0));
        _ = pii.map(|pii| writeln!(facts, "pii = {pii}"));
        let calendars = calendars();
        let less = condition.evaluate(&Given::default().with(&calendars));
        let more = condition.evaluate(&given(&facts).with(&calendars));
        // Only `known` asks what is known, so it alone may turn round.
        let mut asks_itself = false;
        condition.atoms(&mut |atom| asks_itself |= matches!(atom, Atom::Known(_)));
        prop_assert!(asks_itself || less == Truth::Unknown || less == more);
    }
}

#[test]
fn the_laws_of_kleene_hold() {
    for a in TRUTHS {
        assert_eq!(!!a, a);
        assert_eq!(a.and(a), a);
        assert_eq!(a.and(Truth::True), a);
        assert_eq!(a.or(Truth::False), a);
        for b in TRUTHS {
            assert_eq!(a.and(b), b.and(a));
            assert_eq!(!(a.and(b)), (!a).or(!b));
            assert_eq!(a.or(a.and(b)), a);
            for c in TRUTHS {
                assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
                assert_eq!(a.or(b.or(c)), a.or(b).or(c));
            }
        }
    }
    assert_eq!(Truth::Unknown.or(!Truth::Unknown), Truth::Unknown);
}
