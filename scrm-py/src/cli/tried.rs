//! How is a backtest told to people? What changes, what comes to whom, what people did, and what is against it.
//!
//! Read [`summary`] first. It has the most important rows of each table; the JSON has them all.

use std::fmt::{self, Write as _};

use scrm_core::route::{Agreement, Backtest, Both, DepartmentLoad, Load, MutationScore, Stratum, Work};

/// Rows of one table that are told.
const MOST: usize = 10;

/// The result for people.
pub(super) fn summary(result: &Backtest) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    _ = write(result, &mut text);
    text
}

fn write(result: &Backtest, text: &mut String) -> fmt::Result {
    let Backtest { cases, noise, changed, .. } = result;
    writeln!(text, "{cases} cases decided, {changed} otherwise, {noise} noise besides")?;
    for facet in &result.facets {
        writeln!(
            text,
            "{}: {} same, {} added, {} removed, {} changed",
            facet.facet, facet.same, facet.added, facet.removed, facet.changed
        )?;
        for change in facet.matrix.iter().filter(|change| change.old != change.new).take(5) {
            writeln!(text, "  {} -> {}: {}", or_none(&change.old), or_none(&change.new), change.cases)?;
        }
    }
    strata(&result.strata, text)?;
    load(&result.load, text)?;
    if let Some(agreement) = &result.agreement {
        people(agreement, text)?;
    }
    mutants(&result.mutation, text)?;
    for finding in &result.findings {
        writeln!(text, "{}[{}]: {}", finding.grade.as_str(), finding.code, finding.message)?;
    }
    Ok(())
}

fn or_none(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("none")
}

/// Some cases of each sort that are decided otherwise, those sorts first of which most are.
fn strata(strata: &[Stratum], text: &mut String) -> fmt::Result {
    let mut changed: Vec<&Stratum> = strata.iter().filter(|stratum| stratum.changed > 0).collect();
    changed.sort_by_key(|stratum| std::cmp::Reverse(stratum.changed));
    if !changed.is_empty() {
        writeln!(text, "\nsample of what is decided otherwise, by type and issue:")?;
    }
    for stratum in changed.iter().take(MOST) {
        let (kind, issue) = (or_none(&stratum.kind), or_none(&stratum.issue));
        writeln!(text, "  {kind}, {issue}: {} of {}", stratum.changed, stratum.cases)?;
        for case in stratum.sample.iter().take(3) {
            let change = |change: &scrm_core::route::ChangedFacet| {
                format!("{} {} -> {}", change.facet, or_none(&change.old), or_none(&change.new))
            };
            let changes: Vec<String> = case.changes.iter().map(change).collect();
            writeln!(text, "    {}: {}", case.id, changes.join(", "))?;
        }
    }
    more(changed.len(), text)
}

/// What comes to each department under the new rules, and under the old ones where that differs.
fn load(load: &Load, text: &mut String) -> fmt::Result {
    if load.departments.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nload on {} days, and what is forecast to be late (old -> new):", load.days)?;
    let columns = ["department", "cases", "a day can be", "beyond an hour's", "due", "late"];
    let mut rows: Vec<[String; 6]> = vec![columns.map(str::to_owned)];
    rows.extend(load.departments.iter().take(MOST).map(row));
    aligned(&rows, text)?;
    more(load.departments.len(), text)
}

fn row(department: &DepartmentLoad) -> [String; 6] {
    let both = |value: &dyn Fn(&Work) -> Option<u64>| {
        let said = |work: &Work| value(work).map_or_else(|| "?".to_owned(), |count| count.to_string());
        let (old, new) = (said(&department.work.old), said(&department.work.new));
        if old == new { new } else { format!("{old} -> {new}") }
    };
    [
        or_none(&department.department).to_owned(),
        both(&|work| Some(work.cases)),
        department.capacity_a_day.map_or_else(|| "?".to_owned(), |count| format!("{count:.0}")),
        both(&|work| work.hours_over_capacity),
        both(&|work| Some(work.due)),
        both(&|work| work.missed),
    ]
}

/// Which department the new rules say, and which one answered.
fn people(both: &Both<Agreement>, text: &mut String) -> fmt::Result {
    let said = |agreement: &Agreement| format!("{} of {}", agreement.agreed, agreement.cases);
    writeln!(
        text,
        "\nthe department that answered is the one decided in {} cases, before in {}:",
        said(&both.new),
        said(&both.old)
    )?;
    let mut rows = vec![["decided", "answered", "cases"].map(str::to_owned)];
    rows.extend(
        both.new
            .matrix
            .iter()
            .take(MOST)
            .map(|pair| [or_none(&pair.decided).to_owned(), pair.answered.clone(), pair.cases.to_string()]),
    );
    aligned(&rows, text)?;
    more(both.new.matrix.len(), text)
}

/// What of the rules no example holds in place.
fn mutants(score: &MutationScore, text: &mut String) -> fmt::Result {
    writeln!(text, "\nexamples notice {} of {} mutants", score.killed, score.mutants)?;
    for survivor in score.survivors.iter().take(MOST) {
        writeln!(text, "  {}: {}", survivor.rule, survivor.mutation)?;
    }
    let others = usize::try_from(score.others).unwrap_or(usize::MAX);
    more(score.survivors.len().saturating_add(others), text)
}

fn more(all: usize, text: &mut String) -> fmt::Result {
    match all.checked_sub(MOST) {
        Some(more @ 1..) => writeln!(text, "  and {more} more, see --json"),
        _ => Ok(()),
    }
}

/// Rows with their columns under each other, the first to the left and the others to the right.
fn aligned<const N: usize>(rows: &[[String; N]], text: &mut String) -> fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    for row in rows {
        write!(text, " ")?;
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            if column == 0 { write!(text, " {cell:<width$}")? } else { write!(text, "  {cell:>width$}")? }
        }
        writeln!(text)?;
    }
    Ok(())
}
