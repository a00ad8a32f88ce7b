//! How does a report look to people?

use std::fmt;

use super::Report;

/// Labels that a table of what is so by what was said has, at most.
const CONFUSED: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.classes.iter().map(|class| class.label.chars().count()).max().unwrap_or(0).max(12);
        writeln!(
            f,
            "{:<width$} {:>8} {:>9} {:>8} {:>8} {:>8}",
            "label", "rows", "precision", "recall", "F1", "AUC"
        )?;
        for class in &self.classes {
            let auc = percent(class.auc);
            writeln!(
                f,
                "{:<width$} {:>8} {:>9.2} {:>8.2} {:>8.2} {auc:>8}",
                class.label,
                class.support,
                100.0 * class.precision,
                100.0 * class.recall,
                100.0 * class.f1,
            )?;
        }
        writeln!(f)?;
        let measures = [
            ("rows", Some(self.rows.to_string())),
            ("accuracy", Some(percent(Some(self.accuracy)))),
            ("macro F1", Some(percent(Some(self.macro_f1)))),
            ("macro recall", Some(percent(Some(self.macro_recall)))),
            ("calibration error", self.calibration_error.map(|share| percent(Some(share)))),
            ("in scope AUC", self.scope_auc.map(|share| percent(Some(share)))),
        ];
        for (name, value) in measures {
            if let Some(value) = value {
                writeln!(f, "{name:<18} {value:>8}")?;
            }
        }
        if (2..=CONFUSED).contains(&self.confusion.len()) { self.print_confusion(f, width) } else { Ok(()) }
    }
}

impl Report {
    fn print_confusion(&self, f: &mut fmt::Formatter<'_>, width: usize) -> fmt::Result {
        writeln!(f, "\n{:<width$} said", "so")?;
        write!(f, "{:<width$}", "")?;
        let columns: Vec<usize> =
            self.classes.iter().map(|class| class.label.chars().count().max(6)).collect();
        for (class, column) in self.classes.iter().zip(&columns) {
            write!(f, " {:>column$}", class.label)?;
        }
        writeln!(f)?;
        for (class, row) in self.classes.iter().zip(&self.confusion) {
            write!(f, "{:<width$}", class.label)?;
            for (count, column) in row.iter().zip(&columns) {
                write!(f, " {count:>column$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.2}", 100.0 * share))
}
