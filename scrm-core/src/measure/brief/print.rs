//! How does a brief look on a screen? Plain text of at most about 110 columns, the most important first.

use std::fmt::{self, Formatter};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Brief, BriefIssue, Compared, DepartmentDay};
use crate::measure::noise::short;

impl fmt::Display for Brief {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let zone: Tz = self.zone.parse().unwrap_or(Tz::UTC);
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
        let compared = match self.days_before {
            0 => "there is no day before to compare it with".to_owned(),
            1 => "compared with the day before".to_owned(),
            days => format!("compared with the {days} days before"),
        };
        writeln!(f, "BRIEF of {} as of {} ({}), {compared}\n", self.day, local(self.as_of), self.zone)?;
        self.advice_lines(f)?;
        self.day_lines(f)?;
        self.issue_lines(f)?;
        self.department_lines(f)?;
        self.first_lines(f, &local)?;
        self.other_lines(f)
    }
}

/// Text on one line, with line ends every hundred columns or so, each indented.
fn wrapped(text: &str, first: &str, rest: &str) -> String {
    const WIDTH: usize = 108;
    let (mut out, mut line) = (String::new(), first.to_owned());
    let mut is_first = true;
    for word in text.split_whitespace() {
        if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = rest.to_owned();
            is_first = true;
        }
        if !is_first {
            line.push(' ');
        }
        line.push_str(word);
        is_first = false;
    }
    out.push_str(&line);
    out
}

fn usual(compared: &Compared) -> String {
    match (compared.ratio, compared.low, compared.high, compared.expected) {
        (Some(ratio), Some(low), Some(high), Some(expected)) => {
            let word = match compared.trend {
                "up" => "more than usual",
                "down" => "less than usual",
                _ => "as usual",
            };
            let yesterday = compared.day_before.unwrap_or_default();
            format!(
                "{word}: {ratio:.2} times {expected:.0} ({low:.2} to {high:.2}); the day before {yesterday}"
            )
        }
        _ => "nothing to compare with".to_owned(),
    }
}

fn net(net: Option<f64>) -> String {
    net.map_or_else(|| "unknown".to_owned(), |net| format!("{net:+.0}"))
}

impl Brief {
    fn advice_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "WHAT TO DO FIRST")?;
        if self.advice.is_empty() {
            writeln!(f, "  Nothing is out of the usual.")?;
        }
        for (number, advice) in (1..).zip(&self.advice) {
            writeln!(f, "{}", wrapped(&advice.what, &format!("  {number}. "), "     "))?;
            writeln!(f, "{}", wrapped(&advice.why, "     because ", "             "))?;
        }
        writeln!(f)
    }

    fn day_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sentiment = &self.sentiment;
        writeln!(f, "THE DAY")?;
        writeln!(f, "  {:>6} messages of customers; {}", self.volume.count, usual(&self.volume))?;
        writeln!(f, "  {:>6} people; {}", self.people.count, usual(&self.people))?;
        writeln!(
            f,
            "  {:>6} net sentiment, {} on the day before, {} usually (positive {}, neutral {}, negative {}, unknown {})",
            net(sentiment.net),
            net(sentiment.day_before),
            net(sentiment.expected),
            sentiment.positive,
            sentiment.neutral,
            sentiment.negative,
            sentiment.unknown
        )?;
        for spike in self.spikes.iter().filter(|spike| spike.issue.is_none()) {
            let (from, to) = (spike.from_hour, spike.to_hour);
            writeln!(
                f,
                "  {:>6} messages from {from:02}:00 to {to:02}:59, where {:.0} are usual",
                spike.messages, spike.expected
            )?;
        }
        let balance = &self.balance;
        let (captured, noise, decided, open) =
            (balance.captured, balance.noise, balance.decided, balance.open);
        writeln!(f, "  {captured:>6} captured = {noise} noise + {decided} decided + {open} open\n")
    }

    fn issue_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "TOP ISSUES, WITH THEIR OWN WORDS")?;
        for (number, issue) in (1..).zip(&self.issues) {
            issue.lines(f, number)?;
        }
        writeln!(f)
    }

    fn department_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "DEPARTMENTS: {} cases wait, {} first responses are overdue",
            self.waiting, self.overdue
        )?;
        writeln!(
            f,
            "  {:<26} {:>7} {:>9} {:>8} {:>8} {:>8} {:>11} {:>9}",
            "", "opened", "answered", "waiting", "overdue", "due 24h", "can answer", "days left"
        )?;
        for DepartmentDay {
            name,
            opened,
            answered,
            waiting,
            overdue,
            due_next,
            capacity_next,
            days_to_clear,
            ..
        } in &self.departments
        {
            let name: String = name.chars().take(26).collect();
            let can = capacity_next.map_or_else(|| "unknown".to_owned(), |next| format!("{next:.0}/day"));
            let days = days_to_clear.map_or_else(|| "-".to_owned(), |days| format!("{days:.1}"));
            writeln!(
                f,
                "  {name:<26} {opened:>7} {answered:>9} {waiting:>8} {overdue:>8} {due_next:>8} {can:>11} {days:>9}"
            )?;
        }
        for (incident, cases) in self.incidents.iter().take(3) {
            writeln!(f, "  incident {incident}: {cases} cases wait")?;
        }
        writeln!(f)
    }

    fn first_lines(&self, f: &mut Formatter<'_>, local: &dyn Fn(DateTime<Utc>) -> String) -> fmt::Result {
        writeln!(f, "ANSWER THESE FIRST")?;
        if self.first.is_empty() {
            writeln!(f, "  Nobody waits.")?;
        }
        for (number, one) in (1..).zip(&self.first) {
            let who = one.author.as_deref().unwrap_or("somebody");
            let who: String = who.chars().filter(|c| !c.is_control()).take(24).collect();
            let issue = one.issue.as_ref().map_or("no topic", |issue| issue.as_str());
            let department = if one.department.is_empty() { "nobody" } else { &one.department };
            writeln!(
                f,
                "  {number:>2}. {who}, {}: {} ({issue}; {department})",
                local(one.opened),
                one.why.join(", ")
            )?;
            writeln!(f, "      {}  [{}]", one.text, one.message)?;
        }
        writeln!(f)
    }

    fn other_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.without_topic.is_empty() {
            let words: Vec<String> =
                self.without_topic.iter().map(|word| format!("{} ({})", word.word, word.messages)).collect();
            writeln!(f, "NO TOPIC KNOWS  {}", words.join(", "))?;
        }
        writeln!(f, "SHARE OF VOICE")?;
        for voice in &self.share_of_voice {
            let name: String = voice.name.chars().take(24).collect();
            let share = voice.share.unwrap_or(0.0);
            writeln!(
                f,
                "  {name:<24} {:>6} mentions {share:>5.1} % {:>6} authors  net {}",
                voice.mentions,
                voice.authors,
                net(voice.net_sentiment)
            )?;
        }
        Ok(())
    }
}

impl BriefIssue {
    fn lines(&self, f: &mut Formatter<'_>, number: usize) -> fmt::Result {
        let (count, people, share) = (self.volume.count, self.people, self.share.unwrap_or(0.0));
        writeln!(
            f,
            "  {number}. {}: {count} messages ({share:.0} %) by {people} people, net {}",
            self.issue,
            net(self.net_sentiment)
        )?;
        writeln!(f, "     {}", usual(&self.volume))?;
        let who = self.department.as_deref().unwrap_or("nobody");
        writeln!(
            f,
            "     {who} answers; {} cases wait, {} overdue; {} messages are open",
            self.waiting, self.overdue, self.open
        )?;
        let words: Vec<String> =
            self.words.iter().map(|word| format!("{} ({})", word.word, word.messages)).collect();
        writeln!(f, "{}", wrapped(&words.join(", "), "     words: ", "            "))?;
        for sample in &self.samples {
            let who = sample.author.as_deref().unwrap_or("somebody");
            let who: String = who.chars().filter(|c| !c.is_control()).take(24).collect();
            writeln!(f, "     \"{}\" ({who}) [{}]", short(&sample.text), sample.message)?;
        }
        Ok(())
    }
}
