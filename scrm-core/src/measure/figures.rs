//! How do the days look in a few numbers? One row, for those who read no table.

use super::day::Group;
use super::statistics::number;
use super::{Cell, CellType, Frame, Measure, Measures, Table};

impl Measures {
    /// The days in one row of numbers: how much was said, by how many, how it feels, what became of it, what waits.
    pub fn figures(&self, frame: &Frame) -> Table {
        let mut table = Table::new("figures", "The days in numbers")
            .column("messages", CellType::Integer, Some("messages"), "all, noise and our own included")
            .column("customers", CellType::Integer, Some("messages"), "relevant messages from outside")
            .column("people", CellType::Integer, Some("people"), "their distinct authors")
            .column(
                "net_sentiment",
                CellType::Number,
                Some("points"),
                "-100 (all against) to 100 (all in favour)",
            )
            .column("noise", CellType::Number, Some("percent"), "of all messages")
            .column("decided", CellType::Integer, Some("messages"), "the protocol says who answers")
            .column(
                "open",
                CellType::Integer,
                Some("messages"),
                "the protocol does not say enough; a person looks",
            )
            .column("cases", CellType::Integer, Some("cases"), "opened on the days")
            .column("waiting", CellType::Integer, Some("cases"), "not answered, of any day")
            .column(
                "overdue",
                CellType::Integer,
                Some("cases"),
                "those of them whose first response is overdue",
            )
            .column(
                "in_time",
                CellType::Number,
                Some("percent"),
                "first responses given in time, of all that fell due",
            );
        let (mut messages, mut noise, mut decided, mut open) = (0, 0, 0, 0);
        let mut voice = Group::default();
        for (_, part) in self.over(frame.days) {
            messages += part.messages;
            noise += part.noise.total();
            decided += part.decided;
            open += part.open.total();
            voice.join(&part.voice);
        }
        let as_of = self.as_of(frame);
        let opened = self.cases.days.iter().filter(|(day, _)| frame.days.has(**day));
        let cases: u64 =
            opened.flat_map(|(_, departments)| departments.values()).map(|cell| cell.opened).sum();
        let waiting = self.cases.rows.values().filter(|row| row.waits_at(as_of)).count() as u64;
        let overdue = self.cases.rows.values().filter(|row| row.is_late_at(as_of)).count() as u64;
        let percent = |part: u64, all: u64| (all > 0).then(|| 100.0 * number(part) / number(all));
        let (met, due) = self.first_responses(frame);
        table.row([
            Cell::from(messages),
            Cell::from(voice.messages),
            Cell::from(voice.people.count()),
            Cell::from(voice.net()),
            Cell::from(percent(noise, messages)),
            Cell::from(decided),
            Cell::from(open),
            Cell::from(cases),
            Cell::from(waiting),
            Cell::from(overdue),
            Cell::from(percent(met, due)),
        ]);
        table
    }

    /// First responses that were given in time, and all that fell due.
    fn first_responses(&self, frame: &Frame) -> (u64, u64) {
        let sla = self.table(Measure::Sla, frame);
        let first = (0..sla.len())
            .filter(|row| sla.get(*row, "promise").and_then(Cell::as_text) == Some("first_response"));
        let count = |row: usize, column: &str| {
            sla.get(row, column)
                .and_then(Cell::as_integer)
                .and_then(|count| u64::try_from(count).ok())
                .unwrap_or(0)
        };
        first.fold((0, 0), |(met, due), row| {
            let given = count(row, "met");
            (met + given, due + given + count(row, "late") + count(row, "overdue"))
        })
    }
}
