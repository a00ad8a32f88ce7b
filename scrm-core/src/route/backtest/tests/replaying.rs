//! Nothing is known before it was observed.

use super::*;
use crate::model::Change;

const COUNTING: &str = r#"
[protocol]
id = "a"
version = "1"
[[rule]]
id = "spike"
owner = "care"
why = "w"
when = 'count(issue, "1h") >= 2 and count(customer.complaints, "30d") >= 2'
set = { hold = true }
[[rule]]
id = "turned"
owner = "care"
why = "w"
when = 'changed(issue, "product", "billing")'
set = { department = "finance" }
"#;

fn context(case: &BacktestCase) -> &Context {
    match &case.subject {
        Subject::Message(known) => &known.context,
        Subject::Facts(_) => panic!("a message"),
    }
}

#[test]
fn late_arrivals_count_when_they_are_observed() {
    let router = router(COUNTING);
    let mut replay = Replay::new(&router, &router);
    // The second was made before the first and observed after it.
    let mut messages = vec![
        message("2", "u1", "complaint", "product", "2026-11-02T10:30:00Z"),
        message("1", "u1", "complaint", "product", "2026-11-02T10:00:00Z"),
        message("3", "u2", "question", "product", "2026-11-02T11:15:00Z"),
        message("4", "u1", "question", "billing", "2026-11-02T11:20:00Z"),
    ];
    Replay::in_order(&mut messages, |(message, _)| message);
    let cases: Vec<BacktestCase> = messages
        .into_iter()
        .map(|(message, known)| replay.case(message, known, Hits::default(), Context::default()))
        .collect();
    let counts: Vec<(Option<u64>, Option<u64>)> = cases
        .iter()
        .map(|case| {
            let hour = chrono::Duration::hours(1);
            let month = chrono::Duration::days(30);
            let context = context(case);
            (context.count_issue(case.at, hour), context.count_complaints(case.at, month, false))
        })
        .collect();
    assert_eq!(counts, [(Some(1), Some(0)), (Some(2), Some(1)), (Some(2), Some(0)), (Some(1), Some(2))]);
    assert_eq!(replay.out_of_order(), 0);
    let fired = |case: &BacktestCase| -> u64 {
        backtest(&router, &router, [case.clone()], 7).rules.iter().filter_map(|rule| rule.new).sum()
    };
    assert_eq!(cases.iter().map(fired).collect::<Vec<_>>(), [0, 1, 0, 0]);
}

#[test]
fn an_edit_is_decided_with_what_it_changed_and_does_not_count_again() {
    let router = router(COUNTING);
    let mut replay = Replay::new(&router, &router);
    let mut next = |id: &str, issue: &str, at: &str| {
        let (message, known) = message(id, "u1", "complaint", issue, at);
        replay.case(message, known, Hits::default(), Context::default())
    };
    let first = next("1", "product", "2026-11-02T10:00:00Z");
    assert_eq!(context(&first).changes, Some(Vec::new()));
    let edit = next("1", "billing", "2026-11-02T10:10:00Z");
    let change = Change {
        field: "issue".to_owned(),
        from: Some("product".to_owned()),
        to: Some("billing".to_owned()),
    };
    assert_eq!(context(&edit).changes, Some(vec![change]));
    assert_eq!(context(&next("1", "billing", "2026-11-02T10:20:00Z")).changes, Some(Vec::new()));
    // The first version counts, and none of the later ones.
    assert_eq!(context(&next("2", "billing", "2026-11-02T10:30:00Z")).issue, Some(Vec::new()));
    let done = backtest(&router, &router, [first, edit], 7);
    assert_eq!(done.load.departments[0].department.as_deref(), Some("finance"));
    next("0", "product", "2026-11-02T09:00:00Z");
    assert_eq!(replay.out_of_order(), 1);
}

#[test]
fn what_was_edited_before_it_was_seen_changed_nobody_knows_how() {
    let router = router(COUNTING);
    let mut replay = Replay::new(&router, &router);
    let (message, known) = message("1", "u1", "complaint", "product", "2026-11-02T10:00:00Z");
    let mut builder = message.into_builder();
    builder.times.edited = Some(utc("2026-11-02T09:30:00Z"));
    let case = replay.case(builder.build().unwrap(), known, Hits::default(), Context::default());
    assert_eq!(context(&case).changes, None);
}
