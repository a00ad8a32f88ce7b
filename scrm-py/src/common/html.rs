//! How are labels shown in a notebook? As a table of HTML, the words of the text coloured by what they weighed.
//!
//! Read [`html`] first. What speaks for the value, or for good feeling, is green; what speaks against is red.

use std::fmt::{self, Write as _};
use std::ops::Range;

use scrm_core::model::{Evidence, Message};

use super::judge::Judged;
use super::paint::{shown, tame};

/// So many bytes of text are shown around what is coloured; what lies further away is left out.
const AROUND: usize = 160;
/// The fullest colour.
const OPAQUE: f32 = 0.6;
const GREEN: &str = "46,160,67";
const RED: &str = "218,54,51";
/// A table whose last column has the text, its words coloured by what they weighed. It needs nothing from outside.
pub(crate) fn html(judged: &Judged, message: &Message) -> String {
    let mut out = String::from(
        "<table class=\"scrm-explanation\" style=\"border-collapse:collapse;text-align:left\"><thead><tr>\
         <th style=\"text-align:left\">axis</th><th style=\"text-align:left\">value</th>\
         <th style=\"text-align:left\">confidence</th><th style=\"text-align:left\">why</th></tr></thead><tbody>",
    );
    for row in shown(judged, message) {
        let sure = row.confidence.map_or_else(String::new, |sure| format!("{sure:.2}"));
        let _ = write!(
            out,
            "<tr style=\"vertical-align:top\"><td>{}</td><td>{}</td><td>{sure}</td>\
             <td style=\"text-align:left;white-space:pre-wrap\">",
            row.axis,
            Escaped(&row.value)
        );
        coloured(&mut out, message.text(), row.evidence);
        let nowhere = row.evidence.iter().filter(|one| one.span.is_none());
        for one in nowhere {
            let _ = write!(
                out,
                "<div><span style=\"{}\">{:+.2}</span> <bdi>{}</bdi></div>",
                colour(one.weight, strongest(row.evidence)),
                one.weight,
                Escaped(&one.cue)
            );
        }
        for note in &row.notes {
            let _ = write!(out, "<div><bdi>{}</bdi></div>", Escaped(note));
        }
        out.push_str("</td></tr>");
    }
    out.push_str("</tbody></table>");
    out
}

/// The text with the places of evidence in colour; where two share a stretch, their weights are added.
fn coloured(out: &mut String, text: &str, evidence: &[Evidence]) {
    let placed: Vec<(&Evidence, Range<usize>)> = evidence
        .iter()
        .filter_map(|one| Some((one, one.span?)))
        .filter(|(_, span)| span.of(text).is_some_and(|words| !words.is_empty()))
        .map(|(one, span)| (one, span.range()))
        .collect();
    if placed.is_empty() {
        return;
    }
    let mut cuts: Vec<usize> = placed.iter().flat_map(|(_, range)| [range.start, range.end]).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let most = strongest(evidence);
    out.push_str("<bdi>");
    for pair in cuts.windows(2) {
        let &[from, to] = pair else { continue };
        let Some(words) = text.get(from..to) else { continue };
        let here: Vec<&Evidence> = placed
            .iter()
            .filter(|(_, range)| range.start <= from && to <= range.end)
            .map(|(one, _)| *one)
            .collect();
        if here.is_empty() {
            between(out, words, from > 0, to < text.len());
            continue;
        }
        let weight = here.iter().map(|one| one.weight).sum();
        let _ = write!(out, "<span style=\"{}\" title=\"", colour(weight, most));
        for (at, one) in here.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let _ = write!(out, "{comma}{:+.2} {}", one.weight, Escaped(&one.cue));
        }
        let _ = write!(out, "\">{}</span>", Escaped(words));
    }
    out.push_str("</bdi>");
}

/// Text without colour, its middle left out when it is long; `before` and `behind` say where coloured words stand.
fn between(out: &mut String, words: &str, before: bool, behind: bool) {
    if words.len() <= 2 * AROUND + 20 {
        let _ = write!(out, "{}", Escaped(words));
        return;
    }
    let head = if before { boundary(words, AROUND) } else { 0 };
    let tail = if behind { boundary(words, words.len() - AROUND) } else { words.len() };
    let (head, tail) = (words.get(..head).unwrap_or_default(), words.get(tail..).unwrap_or_default());
    let _ = write!(out, "{} … {}", Escaped(head), Escaped(tail));
}

/// The boundary of characters at a byte, or the next one before it.
fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte).rev().find(|byte| text.is_char_boundary(*byte)).unwrap_or_default()
}

fn strongest(evidence: &[Evidence]) -> f32 {
    evidence.iter().map(|one| one.weight.abs()).fold(0.0, f32::max)
}

/// Green for, red against; the fuller the heavier.
fn colour(weight: f32, most: f32) -> String {
    let share = if most > 0.0 { (weight.abs() / most).min(1.0) } else { 0.0 };
    let hue = if weight < 0.0 { RED } else { GREEN };
    format!("background-color:rgba({hue},{:.2})", OPAQUE * (0.2 + 0.8 * share))
}

/// Text as HTML shows it; what cannot be seen and could play tricks is replaced.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(c)?,
                c => f.write_char(tame(c))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scrm_core::model::Span;

    fn painted(text: &str, evidence: &[(usize, usize, f32)]) -> String {
        let evidence: Vec<_> = evidence
            .iter()
            .map(|(start, end, weight)| Evidence::at("<cue>", Span::new(*start, *end), *weight))
            .collect();
        let mut out = String::new();
        coloured(&mut out, text, &evidence);
        out
    }

    #[test]
    fn words_are_coloured_by_what_they_weigh() {
        let green = |words: &str| {
            format!(
                "<span style=\"background-color:rgba({GREEN},0.60)\" title=\"+2.00 &lt;cue&gt;\">{words}</span>"
            )
        };
        assert_eq!(painted("so <b>", &[(3, 6, 2.0)]), format!("<bdi>so {}</bdi>", green("&lt;b&gt;")));
        assert!(painted("bad", &[(0, 3, -1.0)]).contains(RED));
        let shared = painted("abcdef", &[(0, 4, 1.0), (2, 6, -3.0)]);
        assert_eq!(shared.matches("<span").count(), 3);
        assert!(shared.contains("+1.00 &lt;cue&gt;, -3.00 &lt;cue&gt;\">cd<"));
        for nothing in [&[][..], &[(1, 2, 1.0)], &[(0, 99, 1.0)], &[(2, 2, 1.0)]] {
            assert_eq!(painted("é", nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn long_texts_are_shown_around_their_words() {
        let text = format!("{}good{}", "é".repeat(1000), "ü".repeat(1000));
        let shown = painted(&text, &[(2000, 2004, 1.0)]);
        assert!(shown.len() < 1000 && shown.matches('…').count() == 2 && shown.contains(">good</span>"));
    }

    #[test]
    fn what_plays_tricks_is_replaced() {
        assert_eq!(
            Escaped("<a href='x'>&\"\0\u{202e}").to_string(),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\u{fffd}\u{fffd}"
        );
    }
}
