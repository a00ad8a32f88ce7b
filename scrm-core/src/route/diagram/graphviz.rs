//! How is a drawing written for Graphviz? As a directed graph with clusters, in which every text stands in quotes.

use std::fmt::Write as _;

use super::drawing::{Drawing, Look, Shape};

/// The graph. Writing to a String cannot fail.
pub(super) fn written(drawing: &Drawing) -> String {
    let mut out = format!("digraph \"{}\" {{\n", escaped(&drawing.title));
    out.push_str("  rankdir=LR;\n  charset=\"UTF-8\";\n  node [shape=box, fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (place, group) in drawing.groups.iter().enumerate() {
        let indent = if let Some(name) = &group.name {
            _ = writeln!(out, "  subgraph cluster_{place} {{\n    label=\"{}\";", escaped(name));
            "    "
        } else {
            "  "
        };
        for shape in &group.boxes {
            _ = writeln!(out, "{indent}{}", boxed(shape));
        }
        if group.name.is_some() {
            out.push_str("  }\n");
        }
    }
    for arrow in &drawing.arrows {
        let style = if arrow.dashed { ", style=dashed" } else { "" };
        let label = escaped(&arrow.label);
        _ = writeln!(out, "  n{} -> n{} [label=\"{label}\"{style}];", arrow.from, arrow.to);
    }
    out.push_str("}\n");
    out
}

fn boxed(shape: &Shape) -> String {
    let lines: Vec<String> = shape.lines.iter().map(|line| escaped(line)).collect();
    let look = match shape.look {
        Look::Plain => "",
        Look::Faint => ", style=dashed",
        Look::Round => ", style=rounded",
    };
    format!("n{} [label=\"{}\"{look}];", shape.id, lines.join("\\n"))
}

/// A text inside quotes: a backslash would begin an escape, and an ampersand an entity.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
