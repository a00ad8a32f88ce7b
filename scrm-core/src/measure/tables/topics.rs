//! What was it about? Topics and their subjects: the first two levels of the tree of issues.
//!
//! A message counts for its primary topic. A row without a subject is the whole topic; one with a subject is everything at
//! and below the second level. Messages without a topic have an empty one.

use std::collections::BTreeMap;

use super::Frame;
use crate::measure::day::Group;
use crate::measure::statistics::percent;
use crate::measure::{Cell, CellType, Measures, Table};

#[derive(Default)]
struct Sum {
    group: Group,
    open: u64,
}

pub(super) fn table(measures: &Measures, frame: &Frame) -> Table {
    let mut table = Table::new("topics", "What it was about, in two levels")
        .column("topic", CellType::Text, None, "the first level; empty for messages without a topic")
        .column("subject", CellType::Text, None, "the second level; empty for the whole topic")
        .column("messages", CellType::Integer, Some("messages"), "relevant messages from outside")
        .column("share", CellType::Number, Some("percent"), "of all of them")
        .column("people", CellType::Integer, Some("people"), "their distinct authors")
        .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100")
        .column(
            "open",
            CellType::Integer,
            Some("messages"),
            "those that wait for a person, because the protocol leaves them open",
        );
    let mut sums: BTreeMap<(String, Option<String>), Sum> = BTreeMap::new();
    for (_, part) in measures.over(frame.days) {
        for (path, issue) in &part.issues {
            let mut levels = path.split('.');
            let topic = levels.next().unwrap_or_default().to_owned();
            let subject = levels.next().map(str::to_owned);
            for key in [None].into_iter().chain(subject.map(Some)) {
                let sum = sums.entry((topic.clone(), key)).or_default();
                sum.group.join(&issue.group);
                sum.open += issue.open;
            }
        }
    }
    let of = |topic: &str| sums.get(&(topic.to_owned(), None)).map_or(0, |sum| sum.group.messages);
    let all =
        sums.iter().filter(|((_, subject), _)| subject.is_none()).map(|(_, sum)| sum.group.messages).sum();
    let mut rows: Vec<_> = sums.iter().collect();
    rows.sort_by(|(a, x), (b, y)| {
        let topics = of(&b.0).cmp(&of(&a.0)).then_with(|| a.0.cmp(&b.0));
        let subjects =
            a.1.is_some().cmp(&b.1.is_some()).then_with(|| y.group.messages.cmp(&x.group.messages));
        topics.then(subjects).then_with(|| a.1.cmp(&b.1))
    });
    for ((topic, subject), sum) in rows {
        table.row([
            Cell::from(topic.as_str()),
            Cell::from(subject.as_deref()),
            Cell::from(sum.group.messages),
            Cell::from(percent(sum.group.messages, all)),
            Cell::from(sum.group.people.count()),
            Cell::from(sum.group.net()),
            Cell::from(sum.open),
        ]);
    }
    table
}
