//! How is a brief given to a page or a dataframe? As tables, one for each of its parts.

use super::{Brief, Compared};
use crate::measure::{Cell, CellType, Table};

impl Brief {
    /// The parts of the brief, each as a table: `advice`, `day`, `issues`, `words`, `samples`, `spikes`, `departments`,
    /// `first`, `share_of_voice`, `balance`.
    pub fn tables(&self) -> Vec<Table> {
        vec![
            self.advice_table(),
            self.day_table(),
            self.issue_table(),
            self.word_table(),
            self.sample_table(),
            self.spike_table(),
            self.department_table(),
            self.first_table(),
            self.voice_table(),
            self.balance_table(),
        ]
    }

    fn advice_table(&self) -> Table {
        let mut table = Table::new("advice", "What to do first")
            .column("what", CellType::Text, None, "what to do")
            .column("why", CellType::Text, None, "the numbers it follows from")
            .column("rule", CellType::Text, None, "the rule it follows from")
            .column("issue", CellType::Text, None, "the issue it is about")
            .column("department", CellType::Text, None, "the department that does it");
        for one in &self.advice {
            table.row([
                Cell::from(one.what.as_str()),
                Cell::from(one.why.as_str()),
                Cell::from(one.rule),
                Cell::from(one.issue.as_deref()),
                Cell::from(one.department.as_deref()),
            ]);
        }
        table
    }

    fn day_table(&self) -> Table {
        let mut table = compared(Table::new("day", "The day against the days before").column(
            "of",
            CellType::Text,
            None,
            "`messages` of customers, or their `people`",
        ));
        for (of, count) in [("messages", &self.volume), ("people", &self.people)] {
            let [a, b, c, d, e, f, g] = cells(count);
            table.row([Cell::from(of), a, b, c, d, e, f, g]);
        }
        table
    }

    fn issue_table(&self) -> Table {
        let mut table = compared(Table::new("issues", "The top issues of the day").column(
            "issue",
            CellType::Text,
            None,
            "its path",
        ))
        .column("people", CellType::Integer, Some("people"), "distinct authors")
        .column("share", CellType::Number, Some("percent"), "of the day's messages")
        .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100")
        .column("department", CellType::Text, None, "who answers most of it")
        .column("waiting", CellType::Integer, Some("cases"), "that nobody had answered")
        .column("overdue", CellType::Integer, Some("cases"), "those of them that are overdue")
        .column("words", CellType::Texts, None, "its own words, the most telling first");
        for issue in &self.issues {
            let [a, b, c, d, e, f, g] = cells(&issue.volume);
            table.row([
                Cell::from(issue.issue.as_str()),
                a,
                b,
                c,
                d,
                e,
                f,
                g,
                Cell::from(issue.people),
                Cell::from(issue.share),
                Cell::from(issue.net_sentiment),
                Cell::from(issue.department.as_deref()),
                Cell::from(issue.waiting),
                Cell::from(issue.overdue),
                Cell::Texts(issue.words.iter().map(|word| word.word.clone()).collect()),
            ]);
        }
        table
    }

    fn word_table(&self) -> Table {
        let mut table = Table::new("words", "The words of the top issues")
            .column("issue", CellType::Text, None, "its path; empty for messages without a topic")
            .column("word", CellType::Text, None, "folded")
            .column("messages", CellType::Integer, Some("messages"), "in which it stands")
            .column("share", CellType::Number, Some("percent"), "of the issue's messages")
            .column("elsewhere", CellType::Number, Some("percent"), "of the other messages of the day")
            .column("keyness", CellType::Number, Some("G²"), "log-likelihood ratio");
        let issues = self.issues.iter().map(|issue| (issue.issue.as_str(), &issue.words));
        for (issue, words) in issues.chain([("", &self.without_topic)]) {
            for word in words {
                table.row([
                    Cell::from(issue),
                    Cell::from(word.word.as_str()),
                    Cell::from(word.messages),
                    Cell::from(word.share),
                    Cell::from(word.elsewhere),
                    Cell::from(word.keyness),
                ]);
            }
        }
        table
    }

    fn sample_table(&self) -> Table {
        let mut table = Table::new("samples", "Messages that show the top issues")
            .column("issue", CellType::Text, None, "its path")
            .column("message", CellType::Text, None, "which one")
            .column("author", CellType::Text, None, "who wrote it")
            .column("at", CellType::Time, None, "when it was said")
            .column("text", CellType::Text, None, "what it says")
            .column("spans", CellType::Texts, Some("bytes"), "where the issue's words stand, as `start-end`");
        for issue in &self.issues {
            for sample in &issue.samples {
                table.row([
                    Cell::from(issue.issue.as_str()),
                    Cell::from(&sample.message),
                    Cell::from(sample.author.as_deref()),
                    Cell::from(sample.at),
                    Cell::from(sample.text.as_str()),
                    Cell::from(sample.spans.as_slice()),
                ]);
            }
        }
        table
    }

    fn spike_table(&self) -> Table {
        let mut table = Table::new("spikes", "Hours with far more messages than usual")
            .column("issue", CellType::Text, None, "of which issue; empty for all messages")
            .column("from_hour", CellType::Integer, Some("h"), "the first hour on the wall")
            .column("to_hour", CellType::Integer, Some("h"), "the last hour")
            .column("messages", CellType::Integer, Some("messages"), "in these hours")
            .column("expected", CellType::Number, Some("messages"), "in such hours")
            .column(
                "score",
                CellType::Number,
                Some("standard errors"),
                "how far the highest hour lies above",
            );
        for spike in &self.spikes {
            table.row([
                Cell::from(spike.issue.as_deref()),
                Cell::from(spike.from_hour),
                Cell::from(spike.to_hour),
                Cell::from(spike.messages),
                Cell::from(spike.expected),
                Cell::from(spike.score),
            ]);
        }
        table
    }

    fn department_table(&self) -> Table {
        let mut table = Table::new("departments", "Load against capacity")
            .column("department", CellType::Text, None, "its id; empty for cases that nobody has")
            .column("name", CellType::Text, None, "its name")
            .column("owner", CellType::Text, None, "the person who answers for it")
            .column("opened", CellType::Integer, Some("cases"), "on the day")
            .column("answered", CellType::Integer, Some("cases"), "first answered on the day")
            .column("resolved", CellType::Integer, Some("cases"), "on the day")
            .column("waiting", CellType::Integer, Some("cases"), "of any day, that nobody had answered")
            .column("overdue", CellType::Integer, Some("cases"), "those of them that are overdue")
            .column("due_next", CellType::Integer, Some("cases"), "that fall due within 24 hours")
            .column("capacity", CellType::Number, Some("cases"), "that its people can answer on the day")
            .column("capacity_next", CellType::Number, Some("cases"), "that they can answer on the day after")
            .column(
                "hours_over",
                CellType::Integer,
                Some("h"),
                "in which more came than can be answered in them",
            )
            .column(
                "days_to_clear",
                CellType::Number,
                Some("days"),
                "until what waits is answered, if nothing more comes",
            );
        for one in &self.departments {
            table.row([
                Cell::from(one.department.as_str()),
                Cell::from(one.name.as_str()),
                Cell::from(one.owner.as_deref()),
                Cell::from(one.opened),
                Cell::from(one.answered),
                Cell::from(one.resolved),
                Cell::from(one.waiting),
                Cell::from(one.overdue),
                Cell::from(one.due_next),
                Cell::from(one.capacity),
                Cell::from(one.capacity_next),
                Cell::from(one.hours_over),
                Cell::from(one.days_to_clear),
            ]);
        }
        table
    }

    fn first_table(&self) -> Table {
        let mut table = Table::new("first", "Whom to answer first")
            .column("case", CellType::Text, None, "its id")
            .column("message", CellType::Text, None, "the message that opened it")
            .column("author", CellType::Text, None, "who wrote it")
            .column("text", CellType::Text, None, "the beginning of what it says")
            .column("department", CellType::Text, None, "who has it")
            .column("issue", CellType::Text, None, "what it is about")
            .column("priority", CellType::Integer, None, "1 (highest) to 5")
            .column("opened", CellType::Time, None, "since when it waits")
            .column("due", CellType::Time, None, "when the first response is due")
            .column("influence", CellType::Number, Some("points"), "of the author, 0 to 100")
            .column("why", CellType::Texts, None, "why it stands here");
        for one in &self.first {
            table.row([
                Cell::from(one.case.as_str()),
                Cell::from(&one.message),
                Cell::from(one.author.as_deref()),
                Cell::from(one.text.as_str()),
                Cell::from(one.department.as_str()),
                Cell::from(one.issue.as_ref().map(|issue| issue.as_str())),
                Cell::from(one.priority),
                Cell::from(one.opened),
                Cell::from(one.due),
                Cell::from(one.influence.map(f64::from)),
                Cell::from(one.why.clone()),
            ]);
        }
        table
    }

    fn voice_table(&self) -> Table {
        let mut table = Table::new("share_of_voice", "Who is spoken of")
            .column("name", CellType::Text, None, "the brand")
            .column("mentions", CellType::Integer, Some("messages"), "that name it")
            .column("share", CellType::Number, Some("percent"), "of the mentions of all brands")
            .column("authors", CellType::Integer, Some("people"), "distinct authors")
            .column("net_sentiment", CellType::Number, Some("points"), "-100 to 100");
        for voice in &self.share_of_voice {
            table.row([
                Cell::from(voice.name.as_str()),
                Cell::from(voice.mentions),
                Cell::from(voice.share),
                Cell::from(voice.authors),
                Cell::from(voice.net_sentiment),
            ]);
        }
        table
    }

    fn balance_table(&self) -> Table {
        let mut table = Table::new("balance", "Every message of the day as noise, decided or open")
            .column("end", CellType::Text, None, "`captured`, `noise`, `decided` or `open`")
            .column("reason", CellType::Text, None, "why it is open")
            .column("what", CellType::Text, None, "the rules that disagree, the facets that are missing")
            .column("messages", CellType::Integer, Some("messages"), "how many");
        let balance = &self.balance;
        for (end, count) in [
            ("captured", balance.captured),
            ("noise", balance.noise),
            ("decided", balance.decided),
            ("open", balance.open),
        ] {
            table.row([Cell::from(end), Cell::Null, Cell::Null, Cell::from(count)]);
        }
        for (reason, what, count) in &balance.open_reasons {
            table.row([
                Cell::from("open"),
                Cell::from(reason.as_str()),
                Cell::from(what.as_str()),
                Cell::from(*count),
            ]);
        }
        table
    }
}

/// The columns of a count beside those of the days before.
fn compared(table: Table) -> Table {
    table
        .column("count", CellType::Integer, None, "on the day")
        .column("day_before", CellType::Integer, None, "on the day before")
        .column("expected", CellType::Number, None, "the mean of the days before")
        .column("ratio", CellType::Number, None, "count over expected")
        .column("low", CellType::Number, None, "the lower end of the interval of 95 %")
        .column("high", CellType::Number, None, "the upper end")
        .column("trend", CellType::Text, None, "`up`, `down`, `usual` or `unknown`")
}

fn cells(compared: &Compared) -> [Cell; 7] {
    [
        Cell::from(compared.count),
        Cell::from(compared.day_before),
        Cell::from(compared.expected),
        Cell::from(compared.ratio),
        Cell::from(compared.low),
        Cell::from(compared.high),
        Cell::from(compared.trend),
    ]
}
