//! How are labels shown to people? As a small table: each axis with its value and confidence, then why.
//!
//! Read [`text`] first. What speaks for the value, or for good feeling, has a plus; what speaks against has a minus.

use std::fmt::Write as _;

use scrm_core::model::{Evidence, Message};

use super::judge::Judged;

/// What stands for an axis without value.
const UNKNOWN: &str = "unknown";

/// An axis, ready to be shown.
pub(super) struct Shown<'a> {
    pub axis: &'static str,
    pub value: String,
    pub confidence: Option<f32>,
    pub evidence: &'a [Evidence],
    /// Reasons that are no evidence of words.
    pub notes: Vec<String>,
}

/// The axes, those without anything to say left out.
pub(super) fn shown<'a>(judged: &'a Judged, message: &Message) -> Vec<Shown<'a>> {
    let label = &judged.classification;
    let or_unknown = |value: Option<String>| value.unwrap_or_else(|| UNKNOWN.to_owned());
    let feels = judged.sentiment().map(|label| label.as_str().to_owned());
    let score = label.sentiment.value.map(|sentiment| format!(" {:+.2}", sentiment.score));
    let others = label.types.iter().skip(1).map(|kind| format!("also {kind}"));
    let levels = label.levels.map(|levels| {
        format!("reply {:.2}, urgent {:.2}, escalate {:.2}", levels.reply, levels.urgent, levels.escalate)
    });
    let mut all = vec![
        Shown {
            axis: "type",
            value: or_unknown(label.kind.value.map(|kind| kind.to_string())),
            confidence: Some(label.kind.confidence),
            evidence: &label.kind.evidence,
            notes: others.collect(),
        },
        Shown {
            axis: "sentiment",
            value: or_unknown(feels) + &score.unwrap_or_default(),
            confidence: Some(label.sentiment.confidence),
            evidence: &label.sentiment.evidence,
            notes: Vec::new(),
        },
        Shown {
            axis: "action",
            value: or_unknown(label.action.value.map(|action| action.to_string())),
            confidence: Some(label.action.confidence),
            evidence: &label.action.evidence,
            notes: levels.into_iter().collect(),
        },
        Shown {
            axis: "language",
            value: or_unknown(label.language.value.clone()),
            confidence: Some(label.language.confidence),
            evidence: &label.language.evidence,
            notes: Vec::new(),
        },
    ];
    let topics = label.topics.value.as_deref().unwrap_or_default();
    if !topics.is_empty() || label.topics.confidence > 0.0 {
        let mut paths = topics.iter().map(ToString::to_string);
        let topics = Shown {
            axis: "topics",
            value: or_unknown(paths.next()),
            confidence: Some(label.topics.confidence),
            evidence: &label.topics.evidence,
            notes: paths.map(|path| format!("also {path}")).collect(),
        };
        all.insert(2, topics);
    }
    if let Some(influence) = &label.influence.value {
        let part = |part: &scrm_core::model::InfluencePart| {
            format!("{:+.1} {} {}", part.points, part.count, part.name)
        };
        all.push(Shown {
            axis: "influence",
            value: format!("{:.0} of 100", influence.score),
            confidence: Some(label.influence.confidence),
            evidence: &label.influence.evidence,
            notes: influence.parts.iter().map(part).collect(),
        });
    }
    if let Some(noise) = &label.noise {
        all.push(Shown {
            axis: "noise",
            value: noise.reason.to_string(),
            confidence: Some(noise.confidence),
            evidence: &noise.evidence,
            notes: Vec::new(),
        });
    }
    if !label.personal_data.is_empty() {
        let said = |data: &scrm_core::model::PersonalData| {
            format!("{} \"{}\"", data.kind, data.span.of(message.text()).unwrap_or_default())
        };
        all.push(Shown {
            axis: "personal data",
            value: format!("{} found", label.personal_data.len()),
            confidence: None,
            evidence: &[],
            notes: label.personal_data.iter().map(said).collect(),
        });
    }
    all
}

/// A table with a line for each axis, and further lines for further reasons.
pub(crate) fn text(judged: &Judged, message: &Message) -> String {
    let all = shown(judged, message);
    let widest = |cell: fn(&Shown<'_>) -> usize| all.iter().map(cell).max().unwrap_or_default();
    let (first, second) = (widest(|row| row.axis.len()), widest(|row| row.value.chars().count()));
    let mut out = String::new();
    for row in &all {
        let sure = row.confidence.map_or_else(String::new, |sure| format!("{sure:.2}"));
        let reasons = row.evidence.iter().map(|one| format!("{:+.2} {}", one.weight, one.cue));
        let mut reasons = reasons.chain(row.notes.iter().cloned());
        let reason = reasons.next().unwrap_or_default();
        let line = format!("{:first$}  {:second$}  {sure:4}  {}", row.axis, row.value, visible(&reason));
        let _ = writeln!(out, "{}", line.trim_end());
        for reason in reasons {
            let _ = writeln!(out, "{:1$}{2}", "", first + second + 10, visible(&reason));
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Text as a terminal may show it: on one line, and without orders to the terminal.
fn visible(text: &str) -> String {
    text.chars().map(tame).collect()
}

/// What stands for a character that cannot be seen and could play tricks.
pub(super) fn tame(c: char) -> char {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { char::REPLACEMENT_CHARACTER } else { c }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_orders_a_terminal_about_is_replaced() {
        assert_eq!(visible("a\u{1b}[2J\nb"), "a\u{fffd}[2J\u{fffd}b");
    }
}
