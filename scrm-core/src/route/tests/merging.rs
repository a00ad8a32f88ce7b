//! The merge law of each facet.

use super::*;

/// Merges two rules that always hold, and says what the facet becomes and who made it so.
fn merge(a: &str, b: &str, facet: &str, seen: &'static str) -> String {
    let all = [format!("a: known(seen) => {a}"), format!("b: known(seen) => {b}")];
    let decision = Case::new().seen(seen).decide(&rules(&[&all[0], &all[1]]));
    let facets = serde_json::to_value(&decision.facets).unwrap();
    let value = facets.get(facet).map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let by: Vec<&str> = decision.by.get(facet).into_iter().flatten().map(RuleId::as_str).collect();
    let conflict = decision.conflicts.iter().map(|conflict| {
        let sides = conflict.values.iter().map(|(value, rules)| format!("{value} by {}", rules[0].as_str()));
        format!(", conflict: {}", sides.collect::<Vec<_>>().join(" or "))
    });
    format!("{value} by {}{}", by.join(" "), conflict.collect::<String>())
}

#[test]
fn each_facet_has_one_law() {
    for (facet, a, b, merged) in [
        ("department", "'care'", "'care'", "\"care\" by a b"),
        ("department", "'care'", "'legal'", "nothing by , conflict: care by a or legal by b"),
        ("owner", "'ada'", "'ben'", "nothing by , conflict: ada by a or ben by b"),
        ("incident", "'auto'", "'auto'", "\"auto\" by a b"),
        ("incident", "'auto'", "'outage'", "nothing by , conflict: auto by a or outage by b"),
        ("incentive", "'a'", "'b'", "nothing by , conflict: a by a or b by b"),
        ("visibility", "'public'", "'private'", "\"private\" by b"),
        ("visibility", "'public_then_private'", "'public'", "\"public_then_private\" by a"),
        ("visibility", "'as_asked'", "'public'", "\"public\" by a b"),
        ("respond", "'micro'", "'macro'", "\"both\" by a b"),
        ("respond", "'micro'", "'none'", "\"micro\" by a"),
        ("respond", "'none'", "'none'", "\"none\" by a b"),
        ("respond", "'both'", "'micro'", "\"both\" by a b"),
        ("priority", "2", "4", "2 by a"),
        ("sla", "'a'", "['b', 'a']", "[\"a\",\"b\"] by a b"),
        ("escalate", "{ ladder = 'a', rung = 1 }", "{ ladder = 'a', rung = 2 }", "{\"a\":2} by b"),
        ("escalate", "{ ladder = 'a', rung = 1 }", "{ ladder = 'b', rung = 2 }", "{\"a\":1,\"b\":2} by a b"),
        ("skills", "['billing']", "['french', 'billing']", "[\"billing\",\"french\"] by a b"),
        ("tags", "['t']", "['u']", "[\"t\",\"u\"] by a b"),
        ("approve", "['legal']", "['team:comms', 'ada']", "[\"ada\",\"legal\",\"team:comms\"] by a b"),
        ("notify", "['role:executive']", "['executive']", "[\"executive\",\"role:executive\"] by a b"),
        ("advocacy", "'none'", "'ask_permission'", "\"ask_permission\" by b"),
        ("hold", "false", "true", "true by b"),
        ("hold", "false", "false", "nothing by a b"),
        ("record", "'micro_only'", "'all'", "\"all\" by b"),
    ] {
        let set = |value: &str| format!("{facet} = {}", value.replace('\'', "\""));
        assert_eq!(merge(&set(a), &set(b), facet, "public"), merged, "{facet} {a} {b}");
    }
}

#[test]
fn as_asked_is_where_the_message_stands() {
    for (seen, visibility) in [
        ("public", "public"),
        ("unlisted", "public"),
        ("followers", "private"),
        ("group", "private"),
        ("direct", "private"),
        ("internal", "private"),
    ] {
        let set = "visibility = \"as_asked\"";
        assert_eq!(merge(set, set, "visibility", seen), format!("\"{visibility}\" by a b"), "{seen}");
    }
}

#[test]
fn the_earliest_deadline_counts() {
    let source = NORTHWIND.replace("sla = \"public\", respond", "sla = [\"normal\", \"public\"], respond");
    let case = Case::new().kind(MessageType::Complaint, 0.9).issue("service.delivery", 0.9);
    let decision = case.decide(&router(&source));
    assert_eq!(decision.facets.sla.len(), 2);
    assert_eq!(decision.due.unwrap().first_response, Some(utc("2026-11-02T11:14:00Z")));
}

#[test]
fn a_ladder_is_entered_at_its_rung_at_once() {
    let rungs = |rung: u8| {
        let line = format!("a: known(seen) => escalate = {{ ladder = \"a\", rung = {rung} }}");
        let escalations = Case::new().decide(&rules(&[&line])).escalations;
        escalations
            .iter()
            .map(|e| format!("{} {} {} {}", e.rung, e.to, e.mode, e.at.format("%H:%M")))
            .collect::<Vec<_>>()
    };
    assert_eq!(rungs(1), ["1 team:care channel 10:14", "2 person:ada phone 10:44"]);
    assert_eq!(rungs(2), ["2 person:ada phone 10:14"]);
}

#[test]
fn overrides_are_transitive_and_go_facet_by_facet() {
    let all = [
        "a > b: known(seen) => department = \"legal\"",
        "b > c: influence > 50 => department = \"comms\", priority = 1, tags = [\"b\"]",
        "c: known(seen) => department = \"care\", priority = 5, tags = [\"c\"]",
    ];
    // `b` does not fire, and yet `a` silences `c` through it.
    let quiet = Case::new().influence(10.0).decide(&rules(&all));
    assert_eq!(quiet.facets.department.unwrap(), "legal");
    assert_eq!((quiet.facets.priority, quiet.conflicts.len()), (Some(5), 0));
    assert_eq!(quiet.facets.tags.iter().collect::<Vec<_>>(), ["c"]);
    let loud = Case::new().influence(90.0).decide(&rules(&all));
    assert_eq!(loud.facets.department.unwrap(), "legal");
    assert_eq!(loud.facets.tags.iter().collect::<Vec<_>>(), ["b"]);
    assert_eq!(loud.by["priority"].len(), 1);
}
