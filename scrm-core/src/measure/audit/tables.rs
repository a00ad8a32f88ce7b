//! How is an audit given to people and pages? As text, and as tables.

use std::fmt;

use super::{Audit, AuditBasis};
use crate::measure::{Cell, CellType, Table};

impl Audit {
    /// The audit as tables: `points`, and `changes` where there was one before.
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.points_table()];
        tables.extend(self.changes_table());
        tables
    }

    fn points_table(&self) -> Table {
        let mut table = Table::new("points", "The points of the audit")
            .column("point", CellType::Text, None, "its id")
            .column("area", CellType::Text, None, "`listen`, `capture`, `learn`, `engage` or `company`")
            .column("question", CellType::Text, None, "what is asked")
            .column("basis", CellType::Text, None, "`measured`, `attested` or `missing`")
            .column("score", CellType::Number, Some("points"), "0 to 100; empty when nobody says it")
            .column("evidence", CellType::Texts, None, "what it was seen by")
            .column("gaps", CellType::Texts, None, "what is missing")
            .column("next", CellType::Text, None, "what to do next")
            .column("person", CellType::Text, None, "who attests it")
            .column("on", CellType::Date, None, "when they did");
        for result in &self.points {
            table.row([
                Cell::from(result.point.as_str()),
                Cell::from(result.point.area().as_str()),
                Cell::from(result.question.as_str()),
                Cell::from(basis(result.basis)),
                Cell::from(result.score),
                Cell::from(result.evidence.clone()),
                Cell::from(result.gaps.clone()),
                Cell::from(result.next.as_deref()),
                Cell::from(result.person.as_deref()),
                Cell::from(result.on),
            ]);
        }
        table
    }

    fn changes_table(&self) -> Option<Table> {
        let changes = self.changes.as_ref()?;
        let mut table = Table::new("changes", "What is different from the audit before")
            .column("point", CellType::Text, None, "its id")
            .column("before", CellType::Number, Some("points"), "the score then")
            .column("after", CellType::Number, Some("points"), "the score now")
            .column("closed", CellType::Texts, None, "gaps that are gone")
            .column("opened", CellType::Texts, None, "gaps that are new");
        for change in &changes.points {
            table.row([
                Cell::from(change.point.as_str()),
                Cell::from(change.before),
                Cell::from(change.after),
                Cell::from(change.closed.clone()),
                Cell::from(change.opened.clone()),
            ]);
        }
        Some(table)
    }
}

fn basis(basis: AuditBasis) -> &'static str {
    match basis {
        AuditBasis::Measured => "measured",
        AuditBasis::Attested => "attested",
        AuditBasis::Missing => "missing",
    }
}

fn points(score: Option<f64>) -> String {
    score.map_or_else(|| "-".to_owned(), |score| format!("{score:.0}"))
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain =
            |text: &str| -> String { text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect() };
        writeln!(
            f,
            "AUDIT as of {}: {} of 100, over {} of 13 points",
            self.as_of,
            points(self.score),
            self.scored
        )?;
        if let Some(changes) = &self.changes {
            let change = changes.score.map_or_else(|| "unknown".to_owned(), |change| format!("{change:+.1}"));
            writeln!(f, "Since {}: {change}", changes.since)?;
        }
        let mut area = None;
        for result in &self.points {
            if area != Some(result.point.area()) {
                area = Some(result.point.area());
                writeln!(f, "\n{}", result.point.area().as_str().to_uppercase())?;
            }
            let change = self
                .changes
                .as_ref()
                .and_then(|changes| changes.points.iter().find(|change| change.point == result.point));
            let was = change.map_or_else(String::new, |change| format!(" (was {})", points(change.before)));
            writeln!(f, "  {:>3}  {} [{}]{was}", points(result.score), result.question, basis(result.basis))?;
            for evidence in &result.evidence {
                writeln!(f, "       seen: {}", plain(evidence))?;
            }
            for gap in &result.gaps {
                writeln!(f, "       gap:  {}", plain(gap))?;
            }
            if let Some(next) = &result.next {
                writeln!(f, "       next: {}", plain(next))?;
            }
        }
        Ok(())
    }
}
