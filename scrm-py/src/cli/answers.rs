//! What came of our answers, from a shell? Their impact, who speaks for us, how far a programme is.
//!
//! Read [`impact`] first. What people write, approve and plan is done by the host, which knows who sits at the keyboard.

use std::fmt::Write as _;

use scrm_core::measure::ImpactEffect;
use scrm_core::model::ProgrammeId;

use super::args::{Answers, Programmes};
use super::output::say;
use super::record::{desk, line, moment, refused, tame};
use super::run::bad_store;
use super::{Exit, Failure};

/// How people felt before and after our responses, by issue and by rule.
pub(super) fn impact(args: &Answers) -> Result<Exit, Failure> {
    let mut desk = desk(&args.record, &args.playbook)?;
    let impact = desk.impact().map_err(|error| bad_store(&error))?.measure();
    if args.json {
        say(&line(&impact)?)?;
        return Ok(Exit::Done);
    }
    let mut page = format!(
        "{:<32} {:>9} {:>8} {:>6} {:>6} {:>5} {:>7} {:>5}\n",
        "", "responses", "answered", "silent", "better", "worse", "change", "csat"
    );
    let mut put = |name: &str, of: &ImpactEffect| {
        let share = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
        let _ = writeln!(
            page,
            "{name:<32} {:>9} {:>8} {:>6} {:>6} {:>5} {:>7} {:>5}",
            of.responses,
            of.replied,
            of.silent,
            of.better,
            of.worse,
            share(of.change),
            share(of.satisfaction),
        );
    };
    put("all", &impact.all);
    for (issue, of) in &impact.issues {
        put(&tame(&format!("issue {}", if issue.is_empty() { "-" } else { issue })), of);
    }
    for (rule, of) in &impact.rules {
        put(&tame(&format!("rule {rule}")), of);
    }
    say(page.trim_end())?;
    Ok(Exit::Done)
}

/// Who lets us quote them now, and who might.
pub(super) fn advocates(args: &Answers) -> Result<Exit, Failure> {
    let now = moment(args.as_of.as_ref(), "--as-of")?;
    let mut desk = desk(&args.record, &args.playbook)?;
    let advocates = desk.advocates(now).map_err(|error| bad_store(&error))?;
    let candidates = desk.candidates(now).map_err(|error| bad_store(&error))?;
    if args.json {
        say(&line(&serde_json::json!({ "advocates": advocates, "candidates": candidates }))?)?;
        return Ok(Exit::Done);
    }
    let mut page = String::new();
    for advocate in &advocates {
        let uses: Vec<String> =
            advocate.uses.iter().map(|used| format!("{} on {}", used.what, used.place)).collect();
        let reach = advocate.followers.map_or(String::new(), |count| format!(", {count} followers"));
        let name = advocate.name.as_deref().unwrap_or_default();
        let _ = writeln!(
            page,
            "{}",
            tame(&format!("allows    {} {name}{reach}: {}", advocate.identity, uses.join(", ")))
        );
    }
    for candidate in &candidates {
        let _ = writeln!(
            page,
            "{}",
            tame(&format!(
                "may be asked {} ({}, {})",
                candidate.identity, candidate.reason, candidate.message
            ))
        );
    }
    say(if page.is_empty() { "nobody allows it, and nobody may be asked" } else { page.trim_end() })?;
    Ok(Exit::Done)
}

/// The seven steps of a programme.
pub(super) fn programme(args: &Programmes) -> Result<Exit, Failure> {
    let id = ProgrammeId::new(&args.id).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let mut desk = desk(&args.answers.record, &args.answers.playbook)?;
    let programme = desk.programme(&id).map_err(refused)?;
    if args.answers.json {
        say(&line(&programme)?)?;
        return Ok(Exit::Done);
    }
    let mut page = String::new();
    for step in &programme.steps {
        let done = if step.done { "done" } else { "open" };
        let _ = writeln!(page, "{} {done} {:<11} {}", step.number, step.name, tame(&step.says));
    }
    for day in &programme.days {
        for issue in &day.issues {
            let owner =
                programme.decided.plans.get(&issue.issue).map_or("nobody", |plan| plan.owner.as_str());
            let words = issue.words.join(", ");
            let _ =
                writeln!(page, "{} {} ({}, {owner}): {}", day.day, issue.issue, issue.messages, tame(&words));
        }
    }
    say(page.trim_end())?;
    Ok(Exit::Done)
}
