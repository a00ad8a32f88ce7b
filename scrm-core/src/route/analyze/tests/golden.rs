//! The protocol of the book: what is found in it, with and without unknown, and in any order.

use super::*;

fn of_code<'a>(analysis: &'a Analysis, code: &str) -> Vec<&'a Finding> {
    analysis.findings().iter().filter(|finding| finding.code == code).collect()
}

#[test]
fn known_only() {
    let analysis = of_file(ACME, |domain| domain);
    let conflicts: Vec<_> =
        of_code(&analysis, "P020").iter().map(|f| (f.facet.unwrap(), f.rules.join(" "))).collect();
    let pairs = ["billing praise", "billing question", "outage-other praise"];
    assert_eq!(conflicts, pairs.map(|pair| (Facet::Department, pair.to_owned())));
    let shadowed: Vec<_> = of_code(&analysis, "P012").iter().map(|f| f.rules.join(" ")).collect();
    assert_eq!(shadowed, ["outage-old outage-complaint outage-other"]);
    let gaps: Vec<_> = of_code(&analysis, "P030").iter().map(|f| f.facet.unwrap()).collect();
    assert_eq!(gaps, [Facet::Department, Facet::Visibility, Facet::Sla]);
    let late = of_code(&analysis, "P031");
    assert!(
        late.len() == 1 && late[0].message.contains("rung 3 of ladder `reputation` is climbed after `2h`")
    );
    assert!(analysis.is_complete() && analysis.has_errors());
    insta::assert_snapshot!("known_only", analysis);
}

#[test]
fn with_unknown() {
    let analysis = of_file(ACME, Domain::with_unknown);
    assert!(of_code(&analysis, "P012").is_empty(), "where the type is unknown, the old rule decides");
    assert!(analysis.is_complete());
    insta::assert_snapshot!("with_unknown", analysis);
}

#[test]
fn on_a_day() {
    let analysis = of_file(ACME, |domain| domain.on("2027-02-01".parse().unwrap()));
    assert_eq!(of_code(&analysis, "P070")[0].rules, ["praise"]);
    assert_eq!(of_code(&analysis, "P020").len(), 1, "praise is no more");
    insta::assert_snapshot!("on_a_day", analysis);
}

#[test]
fn the_order_of_the_rules_makes_no_difference() {
    let mut pieces: Vec<String> = Vec::new();
    for line in ACME.lines() {
        if line.starts_with('[') || pieces.is_empty() {
            pieces.push(String::new());
        }
        let piece = pieces.last_mut().unwrap();
        piece.push_str(line);
        piece.push('\n');
    }
    pieces.reverse();
    let analysis = |source: &str| of_file(source, Domain::with_unknown);
    assert_eq!(analysis(&pieces.concat()), analysis(ACME));
}

#[test]
fn it_is_written_as_json_and_a_witness_reads_back() {
    let analysis = of_file(ACME, |domain| domain);
    let json = serde_json::to_value(&analysis).unwrap();
    let first = &json[0];
    assert_eq!(
        (&first["code"], &first["severity"], &first["facet"]),
        (&"P012".into(), &"warning".into(), &().into())
    );
    for finding in json.as_array().unwrap().iter().filter(|finding| !finding["witness"].is_null()) {
        let found = analysis.findings().iter().find(|f| f.message == finding["message"]).unwrap();
        let open = Vocabulary { open: true, ..Vocabulary::default() };
        let read_back = Given::from_json(&finding["witness"].to_string(), &open);
        assert_eq!(read_back.ok(), found.witness);
    }
}

#[test]
fn the_playbook_of_the_examples() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/playbooks/northwind");
    let playbook = Playbook::load(folder).unwrap();
    let (protocol, calendars) = (&playbook.protocol, &playbook.calendars);
    let domain = Domain::of(protocol, &Vocabulary::default());
    let analysis = protocol.analyze(&domain, calendars, Some(&playbook.team), Budget::default());
    let quarrel =
        of_code(&analysis, "P020").into_iter().find(|f| f.rules == ["churn", "money-is-private"]).unwrap();
    let router = Router::compile(protocol.clone(), calendars.clone());
    let decision = router.decide_given(quarrel.witness.as_ref().unwrap());
    assert_eq!(decision.conflicts[0].facet, "department");
    assert!(analysis.is_complete());
}
