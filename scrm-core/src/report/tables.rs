//! How does a table stand on the page? With its caption, its numbers as machines and people read them, and what they mean.

use chrono_tz::Tz;

use super::html::{Html, tamed};
use super::values;
use crate::measure::{Cell, CellType, Column, Table};

/// Rows of a table that stand on the page; the others are in the table itself.
pub const ROWS: usize = 100;
/// Characters of a text that stand on the page.
pub const TEXT: usize = 300;
/// Texts of one cell that stand on the page.
pub const TEXTS: usize = 12;

/// Whether a table is one row of numbers, which are shown large.
pub(super) fn is_figures(table: &Table) -> bool {
    let number = |column: &Column| column.kind.is_numeric();
    table.len() == 1 && table.columns().iter().all(number)
}

/// One row of numbers, large.
pub(super) fn figures(html: &mut Html, table: &Table, id: &str, zone: Tz) {
    html.within("dl", &[("class", "figures"), ("id", id)], |html| {
        for (column, cell) in table.columns().iter().zip(table.rows().flatten()) {
            html.within("div", &[], |html| {
                html.within("dt", &[], |html| name(html, column));
                html.within("dd", &[], |html| value(html, cell, column, zone));
                html.within("dd", &[("class", "meaning")], |html| told(html, &column.meaning));
            });
        }
    });
}

/// The rows with a caption, and what the columns mean.
pub(super) fn table(html: &mut Html, table: &Table, id: &str, zone: Tz) {
    let caption = format!("{id}-caption");
    let skipped = skipped(table);
    let shown = table.len().min(ROWS);
    let long = if shown > 12 { "scroll long" } else { "scroll" };
    // A box that scrolls can be reached with the keyboard.
    let attributes = [("class", long), ("role", "region"), ("aria-labelledby", &caption), ("tabindex", "0")];
    html.within("div", &attributes, |html| {
        html.within("table", &[("id", id)], |html| {
            html.within("caption", &[("id", &caption)], |html| {
                html.element("span", &[], &tamed(table.title(), TEXT));
                if shown < table.len() {
                    let which = if skipped > 0 { "last" } else { "first" };
                    let all = values::integer(i64::try_from(table.len()).unwrap_or(i64::MAX));
                    html.element("small", &[], &format!("The {which} {shown} of {all} rows."));
                }
            });
            html.within("thead", &[], |html| {
                html.within("tr", &[], |html| {
                    for column in shown_columns(table) {
                        head(html, column);
                    }
                });
            });
            html.within("tbody", &[], |html| {
                for row in table.rows().skip(skipped).take(ROWS) {
                    html.within("tr", &[], |html| {
                        let cells = table.columns().iter().zip(row);
                        for (column, cell) in cells.filter(|(column, _)| !is_places(table, column)) {
                            html.within("td", &[("class", class(column))], |html| {
                                match (cell, places(table, row)) {
                                    (Cell::Text(text), Some(places)) if column.name == MARKED => {
                                        marked(html, text, places);
                                    }
                                    _ => value(html, cell, column, zone),
                                }
                            });
                        }
                    });
                }
                if table.is_empty() {
                    let width = shown_columns(table).count().to_string();
                    html.within("tr", &[], |html| {
                        html.element("td", &[("colspan", &width), ("class", "nothing")], "nothing");
                    });
                }
            });
        });
    });
    meanings(html, table);
}

/// Rows in the order of time end with the newest, which are shown.
fn skipped(table: &Table) -> usize {
    let Some(first) = table.columns().first() else { return 0 };
    let days: Vec<&Cell> = table.cells(&first.name).into_iter().flatten().collect();
    let day = |cell: &&Cell| if let Cell::Date(day) = cell { Some(*day) } else { None };
    let grows = days.windows(2).all(|pair| {
        let ends = pair.first().and_then(day).zip(pair.last().and_then(day));
        ends.is_some_and(|(a, b)| a <= b)
    });
    if grows { table.len().saturating_sub(ROWS) } else { 0 }
}

fn class(column: &Column) -> &'static str {
    match (column.kind, column.name.as_str()) {
        (kind, _) if kind.is_numeric() => "number",
        (_, "text" | "what" | "why" | "question" | "evidence" | "gaps" | "next") => "told",
        (_, "case" | "message") => "id",
        _ => "",
    }
}

/// A column of texts in which places are marked, and the one that says where, in bytes: it is not shown by itself.
const MARKED: &str = "text";
const PLACES: &str = "spans";

fn is_places(table: &Table, column: &Column) -> bool {
    column.name == PLACES
        && column.kind == CellType::Texts
        && table.columns().iter().any(|column| column.name == MARKED && column.kind == CellType::Text)
}

fn shown_columns(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns().iter().filter(|column| !is_places(table, column))
}

fn places<'a>(table: &Table, row: &'a [Cell]) -> Option<&'a [String]> {
    let at = table.columns().iter().position(|column| is_places(table, column))?;
    row.get(at)?.as_texts()
}

/// A text with the words marked that stand at some places (`start-end`, in bytes); a place that is none is passed over.
fn marked(html: &mut Html, text: &str, places: &[String]) {
    let read = |place: &String| {
        let (from, to) = place.split_once('-')?;
        Some((from.parse::<usize>().ok()?, to.parse::<usize>().ok()?))
    };
    let mut spans: Vec<(usize, usize)> = places.iter().filter_map(read).collect();
    spans.sort_unstable();
    html.within("bdi", &[], |html| {
        let (mut at, mut room) = (0, TEXT);
        let put = |html: &mut Html, room: &mut usize, piece: &str, marked: bool| {
            let shown = tamed(piece, *room);
            *room = room.saturating_sub(piece.chars().count());
            if marked {
                html.element("mark", &[], &shown);
            } else {
                html.text(&shown);
            };
        };
        for (from, to) in spans {
            let (Some(before), Some(word)) = (text.get(at..from), text.get(from..to)) else { continue };
            if word.is_empty() || room < before.chars().count() {
                continue;
            }
            put(html, &mut room, before, false);
            put(html, &mut room, word, true);
            at = to;
        }
        put(html, &mut room, text.get(at..).unwrap_or_default(), false);
    });
}

fn head(html: &mut Html, column: &Column) {
    html.within("th", &[("scope", "col"), ("class", class(column))], |html| name(html, column));
}

/// The name of a column with its unit, where the cells do not say it themselves.
fn name(html: &mut Html, column: &Column) {
    html.text(&tamed(&values::heading(&column.name), TEXT));
    let told = |unit: &&str| !matches!(*unit, "percent" | "s" | "h") && *unit != column.name;
    if let Some(unit) = column.unit.as_deref().filter(told) {
        html.text(" ");
        html.element("small", &[], &tamed(unit, TEXT));
    }
}

fn meanings(html: &mut Html, table: &Table) {
    html.within("details", &[], |html| {
        html.element("summary", &[], "What the columns say");
        html.within("dl", &[], |html| {
            for column in shown_columns(table) {
                html.element("dt", &[], &tamed(&values::heading(&column.name), TEXT));
                html.within("dd", &[], |html| told(html, &column.meaning));
            }
        });
    });
}

/// A line of the code's own, in which backticks set a name.
fn told(html: &mut Html, line: &str) {
    for (at, piece) in line.split('`').enumerate() {
        if at % 2 == 1 {
            html.element("code", &[], &tamed(piece, TEXT));
        } else {
            html.text(&tamed(piece, TEXT));
        }
    }
}

/// What stands in a cell: a number or a time as people read it, with what machines read beside it.
fn value(html: &mut Html, cell: &Cell, column: &Column, zone: Tz) {
    let percent = if column.unit.as_deref() == Some("percent") { " %" } else { "" };
    match cell {
        Cell::Null => html.element("span", &[("class", "unknown"), ("title", "unknown")], "–"),
        Cell::Text(text) => words(html, text),
        Cell::Integer(number) => {
            let shown = format!("{}{percent}", values::integer(*number));
            html.element("data", &[("value", &number.to_string())], &shown);
        }
        Cell::Number(number) => {
            let shown = format!("{}{percent}", values::number(*number));
            html.element("data", &[("value", &number.to_string())], &shown);
        }
        Cell::Boolean(yes) => {
            html.element("data", &[("value", &yes.to_string())], if *yes { "yes" } else { "no" });
        }
        Cell::Time(at) => {
            html.element("time", &[("datetime", &values::machine_time(*at))], &values::time(*at, zone));
        }
        Cell::Date(day) => html.element("time", &[("datetime", &day.to_string())], &values::day(*day)),
        Cell::Duration(seconds) => {
            html.element("data", &[("value", &seconds.to_string())], &values::duration(*seconds));
        }
        Cell::Texts(texts) => html.within("ul", &[], |html| {
            for text in texts.iter().take(TEXTS) {
                html.within("li", &[], |html| words(html, text));
            }
            if texts.len() > TEXTS {
                html.element("li", &[], "…");
            }
        }),
    }
}

/// Words of anybody, which do not turn the direction of what stands around them.
fn words(html: &mut Html, text: &str) {
    html.element("bdi", &[], &tamed(text, TEXT));
}
