//! What is to be done? Sentences that follow from the numbers of a brief by rules, each with the numbers it follows from.
//!
//! | rule | when | what it asks for |
//! |---|---|---|
//! | `incident` | an issue of at least 20 messages lies, with its whole interval, above 1.5 times the usual; or it has a spike | one answer for all, and then each person |
//! | `overload` | more waits in a department than it can answer on the next day, and something is overdue | people, and from where |
//! | `nobody` | cases that no department has | a decision who takes them |
//! | `sentiment` | net sentiment is more than 5 points and two standard deviations below the days before | what turned it |
//! | `conflict`, `gap` | at least 5 messages are open for one reason | a change of the protocol |
//! | `topic` | at least 10 messages and a fifth of all have no topic | a topic for their words |
//!
//! The most pressing stand first: incidents by how many messages they have above the usual, then overload by how many first
//! responses are overdue, then the others in the order of the table. At most three of a rule.

use serde::Serialize;

use super::{Brief, BriefIssue, Company, DepartmentDay, KeyWord};

/// Advice of one rule.
const MOST: usize = 3;
/// Fewer messages are no incident.
const LEAST: u64 = 20;
const RATIO: f64 = 1.5;

/// One thing to do, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The rule it follows from.
    pub rule: &'static str,
    /// What to do.
    pub what: String,
    /// The numbers it follows from.
    pub why: String,
    /// The issue it is about.
    pub issue: Option<String>,
    /// The department that does it.
    pub department: Option<String>,
}

pub(super) fn advice(brief: &Brief, company: Company<'_>) -> Vec<Advice> {
    let mut all = incidents(brief, company);
    all.extend(overload(brief));
    all.extend(sentiment(brief));
    all.extend(open(brief));
    all.extend(topic(brief));
    all
}

fn incidents(brief: &Brief, company: Company<'_>) -> Vec<Advice> {
    let spiked =
        |issue: &BriefIssue| brief.spikes.iter().any(|spike| spike.issue.as_ref() == Some(&issue.issue));
    let grown = |issue: &BriefIssue| issue.volume.low.is_some_and(|low| low >= RATIO);
    let mut found: Vec<&BriefIssue> = brief
        .issues
        .iter()
        .filter(|issue| issue.volume.count >= LEAST && (grown(issue) || spiked(issue)))
        .collect();
    #[allow(clippy::cast_precision_loss, reason = "counts of messages")]
    let excess = |issue: &BriefIssue| issue.volume.count as f64 - issue.volume.expected.unwrap_or(0.0);
    found.sort_by(|a, b| excess(b).total_cmp(&excess(a)).then_with(|| a.issue.cmp(&b.issue)));
    found.into_iter().take(MOST).map(|issue| incident(brief, issue, company)).collect()
}

fn incident(brief: &Brief, issue: &BriefIssue, company: Company<'_>) -> Advice {
    let volume = &issue.volume;
    let mut why = format!("{} messages by {} people", volume.count, issue.people);
    if let (Some(ratio), Some(expected), Some(low), Some(high)) =
        (volume.ratio, volume.expected, volume.low, volume.high)
    {
        why.push_str(&format!(", {ratio:.1} times the usual {expected:.0} ({low:.1} to {high:.1})"));
    }
    for spike in brief.spikes.iter().filter(|spike| spike.issue.as_ref() == Some(&issue.issue)).take(2) {
        let (from, to) = (spike.from_hour, spike.to_hour);
        why.push_str(&format!(
            "; {} of them from {from:02}:00 to {to:02}:59, where {:.0} are usual",
            spike.messages, spike.expected
        ));
    }
    why.push_str(&format!("; {} cases wait, {} first responses are overdue", issue.waiting, issue.overdue));
    let words = words(&issue.words);
    let who = issue.department.as_ref().map(|id| named(id, company));
    let who_says = who.map_or_else(|| "Decide who leads it".to_owned(), |who| format!("{who} leads it"));
    Advice {
        rule: "incident",
        what: format!(
            "Treat `{}` as one incident: publish one answer for everybody, in their words ({words}), then answer each \
             person. {who_says}.",
            issue.issue
        ),
        why,
        issue: Some(issue.issue.clone()),
        department: issue.department.clone(),
    }
}

fn named(department: &str, company: Company<'_>) -> String {
    let Some(entry) = company.team.departments.get(department) else { return department.to_owned() };
    let owner = entry.owner.as_ref().and_then(|owner| company.team.people.get(owner));
    owner.map_or_else(|| entry.name.clone(), |owner| format!("{} ({})", entry.name, owner.name))
}

fn words(words: &[KeyWord]) -> String {
    words.iter().take(5).map(|word| word.word.as_str()).collect::<Vec<_>>().join(", ")
}

#[allow(clippy::cast_precision_loss, reason = "counts of cases")]
fn overload(brief: &Brief) -> Vec<Advice> {
    let cannot = |one: &&DepartmentDay| {
        one.capacity_next.is_some_and(|next| one.waiting as f64 > next) && one.overdue > 0
    };
    let (nobody, departments): (Vec<_>, Vec<_>) =
        brief.departments.iter().partition(|one| one.department.is_empty());
    let mut over: Vec<&DepartmentDay> = departments.iter().copied().filter(cannot).collect();
    over.sort_by_key(|one| (std::cmp::Reverse(one.overdue), one.department.clone()));
    let spare = |one: &DepartmentDay| one.capacity_next.unwrap_or(0.0) - one.waiting as f64;
    let mut free: Vec<&DepartmentDay> =
        departments.iter().copied().filter(|one| spare(one) >= 10.0).collect();
    free.sort_by(|a, b| spare(b).total_cmp(&spare(a)).then_with(|| a.department.cmp(&b.department)));
    let help: Vec<String> =
        free.iter().take(2).map(|one| format!("{} has room for {:.0}", one.name, spare(one))).collect();
    let help = if help.is_empty() { "no department has room".to_owned() } else { help.join(", ") };
    let mut found: Vec<Advice> = over
        .into_iter()
        .take(MOST)
        .map(|one| {
            let next = one.capacity_next.unwrap_or(0.0);
            Advice {
                rule: "overload",
                what: format!(
                    "Give {} more hands: its people can answer {next:.0} cases on the next day, and {} wait ({help}).",
                    one.name, one.waiting
                ),
                why: format!(
                    "{} opened, {} answered, {} wait, {} first responses overdue{}",
                    one.opened,
                    one.answered,
                    one.waiting,
                    one.overdue,
                    one.days_to_clear.map_or_else(
                        || ", and nobody works there on the next day".to_owned(),
                        |days| format!("; {days:.1} days of work if nothing more comes")
                    )
                ),
                issue: None,
                department: Some(one.department.clone()),
            }
        })
        .collect();
    found.extend(nobody.iter().filter(|one| one.waiting > 0).map(|one| Advice {
        rule: "nobody",
        what: format!("Say who takes the {} cases that no department has.", one.waiting),
        why: format!("{} opened on the day; the protocol names no department, or rules disagree", one.opened),
        issue: None,
        department: None,
    }));
    found
}

fn sentiment(brief: &Brief) -> Option<Advice> {
    let sentiment = &brief.sentiment;
    let (net, expected) = sentiment.net.zip(sentiment.expected).filter(|_| sentiment.is_low())?;
    let fallen = |issue: &&BriefIssue| issue.net_sentiment.is_some_and(|net| net < expected);
    let worst: Vec<&str> =
        brief.issues.iter().filter(fallen).take(2).map(|issue| issue.issue.as_str()).collect();
    let about =
        if worst.is_empty() { "the day's issues".to_owned() } else { format!("`{}`", worst.join("` and `")) };
    Some(Advice {
        rule: "sentiment",
        what: format!("Expect it to be spoken of: people feel worse than usual, most of all about {about}."),
        why: format!(
            "net sentiment {net:+.0} against {expected:+.0} on the days before, which differ by {:.0}",
            sentiment.spread.unwrap_or(0.0)
        ),
        issue: worst.first().map(|issue| (*issue).to_owned()),
        department: None,
    })
}

fn open(brief: &Brief) -> Vec<Advice> {
    let reasons =
        brief.balance.open_reasons.iter().filter(|(_, what, count)| *count >= 5 && !what.is_empty());
    let advice = |(reason, what, count): &(String, String, u64)| {
        let conflict = reason == "conflict";
        Advice {
            rule: if conflict { "conflict" } else { "gap" },
            what: if conflict {
                format!("Settle which rule wins: {what}.")
            } else {
                format!("Let the protocol decide what it leaves open ({reason}: {what}).")
            },
            why: format!("{count} messages of the day wait for a person because of it"),
            issue: None,
            department: None,
        }
    };
    reasons.take(MOST).map(advice).collect()
}

#[allow(clippy::cast_precision_loss, reason = "counts of messages")]
fn topic(brief: &Brief) -> Option<Advice> {
    let without = brief.volume.count.checked_sub(brief.with_topic)?;
    let share = without as f64 / brief.volume.count.max(1) as f64;
    (without >= 10 && share >= 0.2 && !brief.without_topic.is_empty()).then(|| Advice {
        rule: "topic",
        what: format!("Look whether these words deserve a topic: {}.", words(&brief.without_topic)),
        why: format!("{without} messages, {:.0} % of the day, have no topic", 100.0 * share),
        issue: None,
        department: None,
    })
}
