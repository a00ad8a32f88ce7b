//! How does the whole record look on a screen? Plain text of at most about a hundred columns.

use std::fmt::{self, Formatter};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Day, NetSentiment, Overview};
use crate::model::ReplyVisibility;

impl fmt::Display for Overview {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let zone: Tz = self.zone.parse().unwrap_or(Tz::UTC);
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
        writeln!(f, "BRIEF as of {} ({})", local(self.as_of), self.zone)?;
        let from = self.from.map_or_else(|| "-".to_owned(), local);
        let until = self.until.map_or_else(|| "-".to_owned(), local);
        writeln!(f, "Messages from {from} to {until}\n")?;
        self.volume_lines(f)?;
        self.share_lines(f)?;
        self.day_lines(f)?;
        self.suggested_lines(f)?;
        self.decision_lines(f)?;
        self.waiting_lines(f, &local)?;
        self.influence_lines(f)?;
        self.noise_lines(f)
    }
}

impl Overview {
    fn volume_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let volume = &self.volume;
        writeln!(
            f,
            "VOLUME     {} messages by {} people, {} of them relevant",
            volume.messages, volume.people, volume.relevant
        )?;
        let channels: Vec<String> =
            volume.channels.iter().take(8).map(|(channel, count)| format!("{channel} {count}")).collect();
        writeln!(f, "  channels {}", channels.join(", "))?;
        if let Some((day, count)) = volume.busiest.and_then(|day| Some((day, volume.days.get(&day)?))) {
            writeln!(f, "  busiest  {day} with {count}")?;
        }
        writeln!(f, "SENTIMENT  {}\n", sentiment(&self.sentiment))
    }

    fn share_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "SHARE OF VOICE            mentions  authors   share   net sentiment")?;
        for share in &self.share_of_voice {
            let net = share.sentiment.net.map_or_else(|| "unknown".to_owned(), |net| format!("{net:+.0}"));
            let name: String = share.name.chars().take(24).collect();
            writeln!(
                f,
                "  {name:<24} {:>8} {:>8} {:>6.1}% {net:>15}",
                share.mentions, share.authors, share.share
            )?;
        }
        writeln!(f)
    }

    fn day_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "TOP ISSUES OF EACH DAY, WITH THEIR OWN WORDS")?;
        for Day { date, messages, issues } in &self.days {
            writeln!(f, "  {date}  {messages} messages")?;
            for issue in issues {
                let net = issue.sentiment.net.map_or_else(|| "?".to_owned(), |net| format!("{net:+.0}"));
                let count = format!("{} ({} people)", issue.messages, issue.people);
                writeln!(f, "    {:<26} {count:<18} net {net:>4}  {}", issue.issue, issue.words.join(", "))?;
            }
        }
        writeln!(f)
    }

    fn suggested_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.suggested.is_empty() {
            return Ok(());
        }
        writeln!(f, "NO TOPIC KNOWS")?;
        for one in &self.suggested {
            let (people, days) = (one.people, one.days);
            writeln!(f, "  {:<26} {} ({people} people, {days} days)", one.phrase, one.messages)?;
        }
        writeln!(f)
    }

    fn decision_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let decisions = &self.decisions;
        writeln!(f, "DECISIONS  {} decided, {} open", decisions.decided, decisions.open)?;
        writeln!(f, "  {:<20} {:>8} {:>20} {:>8}", "department", "public", "public then private", "private")?;
        for (department, places) in &decisions.departments {
            let count = |place| places.get(&place).copied().unwrap_or(0);
            let (public, then, private) = (
                count(ReplyVisibility::Public),
                count(ReplyVisibility::PublicThenPrivate),
                count(ReplyVisibility::Private),
            );
            writeln!(f, "  {department:<20} {public:>8} {then:>20} {private:>8}")?;
        }
        for open in decisions.open_reasons.iter().take(6) {
            writeln!(f, "  open: {:<9} {:>6}  {}", open.reason.as_str(), open.messages, open.detail)?;
        }
        writeln!(f)
    }

    fn waiting_lines(&self, f: &mut Formatter<'_>, local: &dyn Fn(DateTime<Utc>) -> String) -> fmt::Result {
        let waiting = &self.waiting;
        let (cases, review, overdue) = (waiting.cases, waiting.review, waiting.overdue);
        writeln!(f, "WAITING    {cases} open cases, {review} for review, {overdue} first responses overdue")?;
        for (incident, cases) in waiting.incidents.iter().take(3) {
            writeln!(f, "  incident {incident}: {cases} cases")?;
        }
        for case in &waiting.longest {
            let due = case.due.map_or_else(|| "no deadline".to_owned(), |due| format!("due {}", local(due)));
            let about = case.issue.as_ref().map_or("-", |issue| issue.as_str());
            let who = case.department.as_deref().unwrap_or("nobody yet");
            writeln!(
                f,
                "  {:>9}  {who:<14} P{} {about:<24} {due}  {}",
                age(case.waiting_s),
                case.priority,
                case.first
            )?;
        }
        writeln!(f)
    }

    fn influence_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "MOST INFLUENTIAL")?;
        if self.influential.is_empty() {
            writeln!(f, "  unknown: no message says how far it reaches")?;
        }
        for one in &self.influential {
            let parts: Vec<String> =
                one.influence.parts.iter().map(|part| format!("{} {}", part.count, part.name)).collect();
            writeln!(
                f,
                "  {:>3.0}  {:<24} {} messages; {}",
                one.influence.score,
                one.label,
                one.messages,
                parts.join(", ")
            )?;
        }
        writeln!(f)
    }

    fn noise_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let all: u64 = self.noise.iter().map(|noise| noise.messages).sum();
        writeln!(f, "NOISE      {all} messages")?;
        for noise in &self.noise {
            writeln!(
                f,
                "  {:<11} {:>6}  for example: {}",
                noise.reason.as_str(),
                noise.messages,
                noise.text
            )?;
        }
        Ok(())
    }
}

fn sentiment(sentiment: &NetSentiment) -> String {
    let NetSentiment { net, positive, neutral, negative, unknown } = sentiment;
    let net = net.map_or_else(|| "unknown".to_owned(), |net| format!("{net:+.1}"));
    format!("net {net} (positive {positive}, neutral {neutral}, negative {negative}, unknown {unknown})")
}

/// A time of waiting in its two largest units.
fn age(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes:02}"),
        _ => format!("{days} d {hours} h"),
    }
}
