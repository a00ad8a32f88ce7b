//! How is a drawing written for Mermaid? As a flowchart, in which every text stands in quotes.

use std::fmt::Write as _;

use super::drawing::{Drawing, Look, Shape};

/// The flowchart. Writing to a String cannot fail.
pub(super) fn written(drawing: &Drawing) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let mut faint = Vec::new();
    for (place, group) in drawing.groups.iter().enumerate() {
        let indent = if let Some(name) = &group.name {
            _ = writeln!(out, "  subgraph g{place} [\"{}\"]", escaped(name));
            "    "
        } else {
            "  "
        };
        for shape in &group.boxes {
            _ = writeln!(out, "{indent}{}", boxed(shape));
            if shape.look == Look::Faint {
                faint.push(format!("n{}", shape.id));
            }
        }
        if group.name.is_some() {
            out.push_str("  end\n");
        }
    }
    for arrow in &drawing.arrows {
        let line = if arrow.dashed { "-.->" } else { "-->" };
        _ = writeln!(out, "  n{} {line}|\"{}\"| n{}", arrow.from, escaped(&arrow.label), arrow.to);
    }
    if !faint.is_empty() {
        out.push_str("  classDef trial stroke-dasharray: 5 5\n");
        _ = writeln!(out, "  class {} trial", faint.join(","));
    }
    out
}

fn boxed(shape: &Shape) -> String {
    let lines: Vec<String> = shape.lines.iter().map(|line| escaped(line)).collect();
    let text = lines.join("<br>");
    match shape.look {
        Look::Round => format!("n{}([\"{text}\"])", shape.id),
        Look::Plain | Look::Faint => format!("n{}[\"{text}\"]", shape.id),
    }
}

/// A text inside quotes. What HTML, Markdown or Mermaid would read as more than a letter is written by its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // `1.`, `-` and `+` would begin a list.
    let mut is_start = true;
    for c in text.chars() {
        match c {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '*' | '\\' | '%' => _ = write!(out, "#{};", c as u32),
            '.' | ')' | '-' | '+' if is_start => _ = write!(out, "#{};", c as u32),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        is_start &= c.is_ascii_digit();
    }
    out
}
