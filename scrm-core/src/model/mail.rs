//! Which part of a mail did its author not write? What they answer or pass on, by the signs that mail programs leave.
//!
//! Four signs, in the languages of [`WROTE`] and [`FROM`]: a line that begins with `>`; a line such as `On Monday Ann
//! wrote:` with what follows it; a line such as `-----Original Message-----`; a block of headers that begins with
//! `From:`. Behind the last three everything is somebody else's, unless lines with `>` follow at once: then those are,
//! and answers may stand between them. A mail without any of these is all its author's.

use super::{MarkedSpan, SpanKind};

/// How the line before a quote begins, and what stands in it.
const WROTE: &[(&str, &str)] = &[
    ("On ", " wrote"),
    ("Am ", " schrieb"),
    ("Le ", " a écrit"),
    ("El ", " escribió"),
    ("Il ", " ha scritto"),
    ("Op ", " schreef"),
    ("Em ", " escreveu"),
    ("A ", " escreveu"),
    ("Den ", " skrev"),
];
/// The first of the headers that are copied above a quote.
const FROM: &[&str] = &["From:", "Von:", "De:", "Da:", "Van:", "Från:", "Fra:"];
/// The others.
const HEADERS: &[&str] = &[
    "Sent:",
    "Date:",
    "To:",
    "Cc:",
    "Subject:",
    "Gesendet:",
    "Datum:",
    "An:",
    "Betreff:",
    "Envoyé",
    "À:",
    "Objet",
    "Enviado",
    "Fecha:",
    "Para:",
    "Asunto:",
    "Inviato:",
    "Data:",
    "A:",
    "Oggetto:",
    "Verzonden:",
    "Aan:",
    "Onderwerp:",
    "Assunto:",
    "Skickat:",
    "Till:",
    "Ämne:",
];
/// What stands between two rows of dashes.
const DIVIDED: &[&str] = &[
    "original message",
    "forwarded message",
    "ursprüngliche nachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "message transféré",
    "mensaje original",
    "mensaje reenviado",
    "messaggio originale",
    "messaggio inoltrato",
    "oorspronkelijk bericht",
    "doorgestuurd bericht",
    "mensagem original",
    "mensagem encaminhada",
];
/// A line that names who wrote is no longer than this (bytes), and may be broken once.
const LONGEST: usize = 300;
/// Of so many lines behind `From:` two more must be headers.
const BLOCK: usize = 6;

/// The stretches of a mail's text that are somebody else's words, in order: lines and their ends.
pub(super) fn quoted(text: &str) -> Vec<MarkedSpan> {
    let lines: Vec<(usize, &str)> = lines(text).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut add = |from: usize, to: usize| match found.last_mut() {
        Some((_, end)) if *end == from => *end = to,
        _ => found.push((from, to)),
    };
    let mut at = 0;
    while let Some((start, line)) = lines.get(at) {
        let rest = lines.get(at + 1..).unwrap_or_default();
        let taken = if is_marked(line) { Some(1) } else { head(line, rest) };
        match taken {
            None => at += 1,
            Some(n) => {
                let follows =
                    lines.get(at + n..).unwrap_or_default().iter().find(|(_, line)| !line.trim().is_empty());
                let all = !is_marked(line) && !follows.is_some_and(|(_, line)| is_marked(line));
                let end = lines.get(at + n).filter(|_| !all).map_or(text.len(), |(next, _)| *next);
                add(*start, end);
                if all {
                    break;
                }
                at += n;
            }
        }
    }
    found.into_iter().filter_map(|(from, to)| marked(from, to)).collect()
}

fn marked(from: usize, to: usize) -> Option<MarkedSpan> {
    let (start, end) = (u32::try_from(from).ok()?, u32::try_from(to).ok()?);
    Some(MarkedSpan { start, end, kind: SpanKind::Quoted, value: None })
}

/// Lines with where they begin; their ends belong to them.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = next;
        next += line.len();
        (start, line)
    })
}

fn is_marked(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// How many lines the head of a quote takes, when one begins here.
fn head(line: &str, rest: &[(usize, &str)]) -> Option<usize> {
    let line = line.trim();
    if divides(line) || is_block(line, rest) {
        return Some(1);
    }
    if line.len() > LONGEST || !WROTE.iter().any(|(begin, _)| line.starts_with(begin)) {
        return None;
    }
    let broken = rest.first().map(|(_, next)| next.trim());
    [(1, Some(line.to_owned())), (2, broken.map(|next| format!("{line} {next}")))]
        .into_iter()
        .find(|(_, line)| line.as_deref().is_some_and(names_writer))
        .map(|(n, _)| n)
}

fn names_writer(line: &str) -> bool {
    let ends = line.ends_with(':') && line.len() <= 2 * LONGEST;
    ends && WROTE.iter().any(|(begin, verb)| line.starts_with(begin) && line.contains(verb))
}

fn divides(line: &str) -> bool {
    let words = line.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | ' '));
    line.starts_with("--") && line.ends_with("--") && DIVIDED.contains(&words.to_lowercase().as_str())
}

fn is_block(line: &str, rest: &[(usize, &str)]) -> bool {
    let is =
        |line: &str, names: &[&str]| names.iter().any(|name| line.trim_start_matches('*').starts_with(name));
    let block = rest.iter().take(BLOCK).take_while(|(_, line)| !line.trim().is_empty());
    is(line, FROM) && block.filter(|(_, line)| is(line.trim(), HEADERS)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left when others' words are taken out, line ends as `|`.
    fn own(text: &str) -> String {
        let mut own = String::new();
        let mut at = 0;
        for span in quoted(text) {
            own.push_str(text.get(at..span.start as usize).unwrap());
            own.push('#');
            at = span.end as usize;
        }
        own.push_str(text.get(at..).unwrap());
        own.replace('\n', "|")
    }

    #[test]
    fn words_of_others_are_found() {
        let table = [
            (
                "no quote at all\nOn Monday I wrote a letter.\n",
                "no quote at all|On Monday I wrote a letter.|",
            ),
            ("Thanks!\n\nOn Mon, 2 Nov 2026 at 10:00, Ann <a@b.c> wrote:\n> worst\n> ever\n", "Thanks!||#"),
            (
                "On 2 Nov 2026, at 10:00, Ann Lee\n<a@b.c> wrote:\n\n> worst\n\nNot at all.\n",
                "#|#|Not at all.|",
            ),
            ("> Is it open?\nYes.\n> And Sunday?\nNo.\n", "#Yes.|#No.|"),
            ("Danke\n\nAm 02.11.2026 um 10:00 schrieb Ann:\nSchlimm!\nSehr.\n", "Danke||#"),
            ("Merci\nLe lun. 2 nov. 2026 à 10:00, Ann a écrit :\n> nul\n", "Merci|#"),
            ("FYI\n-----Original Message-----\nFrom: Ann\nIt broke.", "FYI|#"),
            ("FYI\n---------- Forwarded message ---------\nFrom: Ann\nIt broke.", "FYI|#"),
            ("Ok.\n\nFrom: Ann\nSent: Monday\nTo: Us\nSubject: Bag\n\nIt is lost.", "Ok.||#"),
            ("Von: Ann\nist das hier richtig?\n", "Von: Ann|ist das hier richtig?|"),
            ("", ""),
            (">", "#"),
        ];
        for (text, left) in table {
            assert_eq!(own(text), left, "{text:?}");
        }
    }

    #[test]
    fn a_long_mail_is_read_once() {
        let text = "On it wrote\n".repeat(200_000) + &"> x\ny\n".repeat(200_000);
        assert_eq!(quoted(&text).len(), 200_000);
    }
}
