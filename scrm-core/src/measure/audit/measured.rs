//! Which points can the record say? Each with the formula of its score.
//!
//! | point | score |
//! |---|---|
//! | `monitoring` | the mean of two shares: captures that are decided or noise and not left open, and cases that somebody answered or resolved |
//! | `team` | cases that the people can answer on the days, over the cases opened, at most 100 |
//! | `capture` | monitors that found anything, over all monitors; at most 50 while there is one source alone |
//! | `analysis` | the mean of two: 100 while each person gets 5 to 150 cases a day, less in proportion outside; and the share of relevant messages whose type, topic and sentiment are known |
//! | `routing` | the mean of four shares of relevant messages: type, topic and sentiment known, and decided |
//! | `workflow` | departments with cases that answered any of them, over departments with cases |
//! | `collaboration` | 100 less what the largest department decides beyond its even part, in percent |
//! | `flexibility` | relevant messages that the protocol decides, over all |
//! | `criticism` | cases that somebody answered or resolved, over all cases of the days |

use std::collections::BTreeMap;

use super::{AuditFacts, AuditPoint};
use crate::calendar::roster::{CASE, Roster};
use crate::measure::casebook::CaseDay;
use crate::measure::statistics::number;
use crate::measure::sums::Counts;
use crate::measure::{Company, Frame, Measure, Measures};

/// Cases a day that one person can think about.
const ITEMS: (f64, f64) = (5.0, 150.0);

/// What the record says of a point.
pub(super) struct Found {
    pub(super) score: f64,
    pub(super) evidence: Vec<String>,
    pub(super) gaps: Vec<String>,
    pub(super) next: Option<String>,
}

/// What the formulas ask, added up over the days.
pub(super) struct Input<'a> {
    measures: &'a Measures,
    frame: &'a Frame,
    facts: AuditFacts,
    days: u64,
    messages: u64,
    open: u64,
    voice: u64,
    typed: u64,
    topical: u64,
    felt: u64,
    decided: Counts<String>,
    cases: BTreeMap<String, CaseDay>,
    /// Cases that somebody answered or resolved.
    acted: u64,
    sources: u64,
    capacity: Option<f64>,
    people: u64,
}

impl<'a> Input<'a> {
    pub(super) fn new(
        measures: &'a Measures,
        frame: &'a Frame,
        company: Company<'_>,
        facts: AuditFacts,
    ) -> Self {
        let mut input = Self {
            measures,
            frame,
            facts,
            days: 0,
            messages: 0,
            open: 0,
            voice: 0,
            typed: 0,
            topical: 0,
            felt: 0,
            decided: Counts::default(),
            cases: BTreeMap::new(),
            acted: 0,
            sources: 0,
            capacity: None,
            people: company.team.people.values().filter(|person| person.capacity.is_some()).count() as u64,
        };
        let mut sources = std::collections::BTreeSet::new();
        let mut days = Vec::new();
        for (day, part) in measures.over(frame.days) {
            days.push(day);
            input.messages += part.messages;
            input.open += part.open.total();
            input.voice += part.voice.messages;
            input.typed += part.types.total();
            input.felt += part.voice.sentiment.total();
            let issues = part.issues.iter().filter(|(path, _)| !path.is_empty());
            input.topical += issues.map(|(_, issue)| issue.group.messages).sum::<u64>();
            let decisions = part.decisions.iter().map(|((department, _), count)| (department.clone(), count));
            input.decided.join(&decisions.collect());
            sources.extend(part.sources.keys());
        }
        input.days = days.len() as u64;
        input.sources = sources.len() as u64;
        for (_, departments) in measures.cases.days.iter().filter(|(day, _)| frame.days.has(**day)) {
            crate::measure::day::join_all(&mut input.cases, departments, CaseDay::join);
        }
        for (_, departments) in measures.cases.flow.iter().filter(|(day, _)| frame.days.has(**day)) {
            input.acted += departments.values().map(|flow| flow.left).sum::<u64>();
        }
        let rosters = company.team.departments.keys();
        let rosters = rosters.filter_map(|id| Roster::of(company.team, company.calendars, id.as_str()));
        let mut sum = None;
        for mut roster in rosters {
            let hours = days.iter().flat_map(|day| {
                roster.day(day.signed_duration_since(chrono::NaiveDate::default()).num_days())
            });
            *sum.get_or_insert(0.0) += number(hours.sum()) / number(CASE);
        }
        input.capacity = sum;
        input
    }

    fn opened(&self) -> u64 {
        self.cases.values().map(|cell| cell.opened).sum()
    }
}

/// Percent; 0 of nothing.
fn percent(part: u64, of: u64) -> f64 {
    crate::measure::statistics::percent(part.min(of), of).unwrap_or(0.0)
}

/// The score of a point; `None` when the record cannot say it.
pub(super) fn measure(point: AuditPoint, input: &Input<'_>) -> Option<Found> {
    if input.messages == 0 {
        return None;
    }
    match point {
        AuditPoint::Monitoring => Some(monitoring(input)),
        AuditPoint::Team => team(input),
        AuditPoint::Capture => capture(input),
        AuditPoint::Analysis => analysis(input),
        AuditPoint::Routing => routing(input),
        AuditPoint::Workflow => workflow(input),
        AuditPoint::Collaboration => collaboration(input),
        AuditPoint::Flexibility => flexibility(input),
        AuditPoint::Criticism => criticism(input),
        _ => None,
    }
}

fn monitoring(input: &Input<'_>) -> Found {
    let opened = input.opened();
    let (settled, acted) = (
        percent(input.messages - input.open.min(input.messages), input.messages),
        percent(input.acted, opened),
    );
    let silent = input.measures.table(Measure::SilentMonitors, input.frame).len();
    let waiting = input.measures.table(Measure::OpenLoop, input.frame).len();
    let mut gaps = Vec::new();
    if silent > 0 {
        gaps.push(format!("{silent} monitors found nothing"));
    }
    if waiting > 0 {
        gaps.push(format!(
            "{waiting} cases wait for a decision for more than {} hours",
            input.frame.open_hours
        ));
    }
    if acted < 50.0 && opened > 0 {
        gaps.push(format!("{} of {opened} cases were not acted upon", opened - input.acted.min(opened)));
    }
    Found {
        score: if opened > 0 { (settled + acted) / 2.0 } else { settled },
        evidence: vec![
            format!("{} captures, {settled:.0} % of them decided or noise", input.messages),
            format!("{} of {opened} cases answered or resolved ({acted:.0} %)", input.acted),
        ],
        next: (acted < 50.0)
            .then(|| "Record responses and resolutions, and answer what is overdue.".to_owned()),
        gaps,
    }
}

fn team(input: &Input<'_>) -> Option<Found> {
    let (capacity, opened) = (input.capacity?, input.opened());
    if opened == 0 {
        return None;
    }
    let score = (100.0 * capacity / number(opened)).min(100.0);
    Some(Found {
        score,
        evidence: vec![format!(
            "{opened} cases on {} days; {} people can answer {capacity:.0}",
            input.days, input.people
        )],
        gaps: if score < 100.0 {
            vec![format!("the people can answer {score:.0} % of what comes")]
        } else {
            Vec::new()
        },
        next: (score < 100.0)
            .then(|| "Look at the forecast for how many people it takes, and when.".to_owned()),
    })
}

fn capture(input: &Input<'_>) -> Option<Found> {
    let monitors = input.frame.monitors.len() as u64;
    if monitors == 0 {
        return None;
    }
    let silent = input.measures.table(Measure::SilentMonitors, input.frame).len() as u64;
    let score = percent(monitors - silent.min(monitors), monitors);
    let alone = input.sources < 2;
    let mut gaps = Vec::new();
    if alone {
        gaps.push("there is one source alone".to_owned());
    }
    if silent > 0 {
        gaps.push(format!("{silent} of {monitors} monitors found nothing"));
    }
    Some(Found {
        score: if alone { score.min(50.0) } else { score },
        evidence: vec![format!(
            "{} sources; {} of {monitors} monitors found something",
            input.sources,
            monitors - silent.min(monitors)
        )],
        next: alone.then(|| "Take in a second source: mail, calls, reviews, the website's forms.".to_owned()),
        gaps,
    })
}

fn analysis(input: &Input<'_>) -> Option<Found> {
    if input.voice == 0 {
        return None;
    }
    let known = (percent(input.typed, input.voice)
        + percent(input.topical, input.voice)
        + percent(input.felt, input.voice))
        / 3.0;
    let mut evidence =
        vec![format!("type, topic and sentiment are known of {known:.0} % of {} messages", input.voice)];
    let mut gaps = Vec::new();
    let mut score = known;
    if input.people > 0 && input.days > 0 {
        let each = number(input.opened()) / number(input.people) / number(input.days);
        let (least, most) = ITEMS;
        let suits = if each < least {
            100.0 * each / least
        } else if each > most {
            100.0 * most / each
        } else {
            100.0
        };
        evidence.push(format!("{each:.1} cases a person and day"));
        if each < least {
            gaps.push("people get little to learn from".to_owned());
        }
        if each > most {
            gaps.push("people get more than they can think about".to_owned());
        }
        score = (known + suits) / 2.0;
    }
    if percent(input.topical, input.voice) < 75.0 {
        gaps.push(format!(
            "{:.0} % of the messages have no topic",
            100.0 - percent(input.topical, input.voice)
        ));
    }
    Some(Found {
        score,
        evidence,
        gaps,
        next: Some("Give topics to the words that no topic knows (`scrm brief`).".to_owned()),
    })
}

fn routing(input: &Input<'_>) -> Option<Found> {
    if input.voice == 0 {
        return None;
    }
    let decided = input.decided.total();
    let shares = [
        ("type", percent(input.typed, input.voice)),
        ("topic", percent(input.topical, input.voice)),
        ("sentiment", percent(input.felt, input.voice)),
        ("decided", percent(decided, decided + input.open)),
    ];
    let gaps = shares.iter().filter(|(_, share)| *share < 75.0);
    Some(Found {
        score: shares.iter().map(|(_, share)| share).sum::<f64>() / 4.0,
        evidence: vec![
            shares.iter().map(|(name, share)| format!("{name} {share:.0} %")).collect::<Vec<_>>().join(", "),
            "action and influence are classified with every message".to_owned(),
        ],
        gaps: gaps.map(|(name, share)| format!("{name}: {share:.0} % of the relevant messages")).collect(),
        next: (input.open > 0)
            .then(|| format!("Settle why {} messages are open (`scrm measure balance`).", input.open)),
    })
}

fn workflow(input: &Input<'_>) -> Option<Found> {
    let with_cases = input.cases.iter().filter(|(name, cell)| !name.is_empty() && cell.opened > 0);
    let (all, idle): (Vec<_>, Vec<_>) =
        (with_cases.clone().collect(), with_cases.filter(|(_, cell)| cell.answered == 0).collect());
    if all.is_empty() {
        return None;
    }
    let (count, silent) = (all.len() as u64, idle.len() as u64);
    Some(Found {
        score: percent(count - silent, count),
        evidence: vec![
            "one record with one id space; every department reads the same facts".to_owned(),
            format!("{} of {count} departments with cases answered any", count - silent),
        ],
        gaps: idle
            .iter()
            .map(|(name, cell)| format!("{name} answered none of {} cases", cell.opened))
            .collect(),
        next: (silent > 0).then(|| {
            "See that every department works from the record, and records what it answers.".to_owned()
        }),
    })
}

fn collaboration(input: &Input<'_>) -> Option<Found> {
    let decided: Vec<_> = input.decided.most().into_iter().filter(|(name, _)| !name.is_empty()).collect();
    let (first, most) = decided.first()?;
    let all: u64 = decided.iter().map(|(_, count)| count).sum();
    let (share, even) = (percent(*most, all), 100.0 / number(decided.len() as u64));
    let gaps = if share > 80.0 { vec![format!("{first} decides {share:.0} % alone")] } else { Vec::new() };
    Some(Found {
        score: 100.0 - (share - even).max(0.0),
        evidence: vec![format!(
            "{} departments have work; the largest, {first}, has {share:.0} %",
            decided.len()
        )],
        next: (!gaps.is_empty())
            .then(|| "Look which of its issues other departments know better.".to_owned()),
        gaps,
    })
}

fn flexibility(input: &Input<'_>) -> Option<Found> {
    let decided = input.decided.total();
    let all = decided + input.open;
    if all == 0 {
        return None;
    }
    let mut gaps = Vec::new();
    if input.open > 0 {
        gaps.push(format!("{} messages wait because rules disagree or say nothing", input.open));
    }
    if input.facts.rules_without_owner > 0 {
        gaps.push(format!(
            "{} of {} rules have no owner who could change them",
            input.facts.rules_without_owner, input.facts.rules
        ));
    }
    if input.facts.topics_without_owner > 0 {
        gaps.push(format!(
            "{} of {} topics have no owner",
            input.facts.topics_without_owner, input.facts.topics
        ));
    }
    Some(Found {
        score: percent(decided, all),
        evidence: vec![format!("the protocol decides {decided} of {all} relevant messages")],
        next: (!gaps.is_empty()).then(|| "Settle the most frequent reason first (`scrm brief`).".to_owned()),
        gaps,
    })
}

fn criticism(input: &Input<'_>) -> Option<Found> {
    let opened = input.opened();
    if opened == 0 {
        return None;
    }
    let score = percent(input.acted, opened);
    Some(Found {
        score,
        evidence: vec![format!("{} of {opened} cases answered or resolved", input.acted.min(opened))],
        gaps: vec!["whether complaints led to a change of a process is not on record".to_owned()],
        next: (score < 100.0)
            .then(|| "Answer what waits, and attest which processes were changed for complaints.".to_owned()),
    })
}
