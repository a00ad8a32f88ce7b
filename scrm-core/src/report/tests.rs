//! The page is read back by a parser of browsers: texts of anybody are texts on it, and numbers are those of the tables.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod parsed;

use chrono::NaiveDate;
use chrono_tz::Europe::Amsterdam;
use proptest::prelude::*;
use serde_json::Value;

use super::html::tamed;
use super::{ROWS, Report, Size, TEXT, TEXTS};
use crate::measure::{Cell, CellType, Table};
use parsed::Page;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

/// A table over days, as the measure of volume gives it.
fn volume(days: u32) -> Table {
    let mut table = Table::new("volume", "Messages by day")
        .column("day", CellType::Date, None, "the day on which they were said")
        .column("messages", CellType::Integer, Some("messages"), "all of them")
        .column("customers", CellType::Integer, Some("messages"), "relevant ones")
        .column("people", CellType::Integer, Some("people"), "who wrote");
    for at in 0..days {
        let count = u64::from(at * 37 % 1000);
        table
            .push(vec![
                Cell::from(day(1) + chrono::Days::new(at.into())),
                Cell::from(count + 1000),
                Cell::from(count + 7),
                Cell::from(count),
            ])
            .unwrap();
    }
    table
}

fn spikes() -> Table {
    let mut table = Table::new("spikes", "Spikes")
        .column("day", CellType::Date, None, "the day")
        .column("from_hour", CellType::Integer, Some("h"), "the first hour")
        .column("to_hour", CellType::Integer, Some("h"), "the last hour")
        .column("issue", CellType::Text, None, "of which issue");
    for issue in [Cell::Null, Cell::from("delay")] {
        table.push(vec![Cell::from(day(2)), Cell::from(9_u64), Cell::from(11_u64), issue]).unwrap();
    }
    table
}

fn hours() -> Table {
    let mut table = Table::new("hours", "Messages by day and hour")
        .column("day", CellType::Date, None, "the day")
        .column("hour", CellType::Integer, Some("h"), "the hour")
        .column("customers", CellType::Integer, Some("messages"), "relevant ones");
    for hour in 0..48_u32 {
        let count = if hour == 34 { 90 } else { u64::from(hour % 24) };
        table.push(vec![Cell::from(day(1 + hour / 24)), Cell::from(hour % 24), Cell::from(count)]).unwrap();
    }
    table
}

/// A table with every type of cell, whose texts are all `text`.
fn every_type(text: &str) -> Table {
    let mut table = Table::new(text, text)
        .column(text, CellType::Text, Some(text), text)
        .column("texts", CellType::Texts, None, text)
        .column("count", CellType::Integer, Some(text), "how `many`")
        .column("share", CellType::Number, Some("percent"), "of all")
        .column("yes", CellType::Boolean, None, "or no")
        .column("at", CellType::Time, None, "when")
        .column("on", CellType::Date, None, "which day")
        .column("within", CellType::Duration, Some("s"), "how long");
    for row in 0..3_u64 {
        table
            .push(vec![
                Cell::Text(format!("{text}{row}")),
                Cell::Texts(vec![text.to_owned(); 2]),
                Cell::from(row * 1_234_567),
                Cell::from(12.345 - 10.0 * f64::from(u32::try_from(row).unwrap())),
                Cell::from(row == 0),
                Cell::Time("2026-11-02T23:30:00Z".parse().unwrap()),
                Cell::from(day(3)),
                Cell::Duration(5400),
            ])
            .unwrap();
    }
    table.push(vec![Cell::Null; 8]).unwrap();
    table
}

/// Texts with which people try to become something else.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)' x='",
        "</td></tr></table><h1>mine</h1>",
        "</style><style>*{display:none}</style>",
        "</title></svg><svg onload=alert(1)>",
        "<!-- --!> --> <![CDATA[ ]]> <?php ?>",
        "&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &notit; &copy",
        "javascript:alert(1)",
        "</bdi></li></ul>",
        "{{7*7}} ${7*7} <%= 7*7 %>",
        "`code` and `unclosed",
        "a\0b\u{7}c\u{1b}[2J\u{85}d",
        "\u{202e}desrever\u{202c} \u{2066}isolate",
        "\u{feff}\u{fffe}\u{ffff}\u{fdd0}\u{10ffff}",
        "line\r\nbreak\ttab\u{2028}sep",
        "مرحبا עברית 日本語 👩‍👩‍👧",
        "",
        " ",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(1 << 20));
    // What a lone surrogate of JSON becomes, if it is let in at all.
    texts.push(serde_json::from_str::<String>(r#""\ud83d""#).unwrap_or_else(|_| "\u{fffd}".to_owned()));
    texts
}

fn report(text: &str) -> Report {
    let mut brands = Table::new("share_of_voice", text)
        .column("name", CellType::Text, None, text)
        .column("mention_share", CellType::Number, Some("percent"), text)
        .column("author_share", CellType::Number, Some("percent"), text);
    for part in [60.0, 40.0] {
        brands.push(vec![Cell::from(text), Cell::from(part), Cell::from(100.0 - part)]).unwrap();
    }
    Report::new(text, Amsterdam)
        .fact(text, text)
        .as_of("2026-11-08T18:00:00Z".parse().unwrap())
        .with([volume(3), brands])
        .part(text, [every_type(text)])
}

#[test]
fn texts_of_anybody_are_texts_and_nothing_else() {
    let harmless = Page::of(&report("word").to_html());
    for text in hostile() {
        let html = report(&text).to_html();
        assert!(html.len() < 100_000, "{} bytes", html.len());
        let page = Page::of(&html);
        assert_eq!(page.faults, Vec::<String>::new(), "{text:.60}");
        let without_code = |page: &Page| -> Vec<String> {
            page.elements.iter().map(|element| element.shape()).filter(|shape| shape != "code[]").collect()
        };
        assert_eq!(without_code(&page), without_code(&harmless), "{text:.60}");
        // It stands there as it was written, but for what plays tricks and what is too long.
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let first = page.cells("table").iter().find(|row| row.len() == 8).unwrap()[0].clone();
        assert_eq!(squeezed(&first.text), squeezed(&tamed(&format!("{text}0"), TEXT)));
        let title = page.elements.iter().find(|element| element.name == "h1").unwrap();
        assert_eq!(squeezed(&title.text), squeezed(&tamed(&text, 200)));
    }
}

#[test]
fn nothing_is_loaded_run_or_sent() {
    for text in hostile().into_iter().chain(["word".to_owned()]) {
        let page = Page::of(&report(&text).to_html());
        for element in &page.elements {
            let allowed = "html head meta title style body header h1 h2 h3 dl dt dd div nav ul li a main section article figure figcaption \
                mark svg desc rect line polyline polygon circle text table caption thead tbody tr th td data time bdi span small code i b \
                details summary p footer";
            assert!(allowed.split_whitespace().any(|name| name == element.name), "{}", element.name);
            for (name, value) in &element.attributes {
                assert!(!name.starts_with("on") && name != "style" && name != "src", "{name}");
                if name == "href" {
                    assert!(value.starts_with("#part-"), "{value}");
                }
            }
        }
    }
}

#[test]
fn the_policy_allows_this_style_and_no_other() {
    use sha2::{Digest, Sha256};
    let page = Page::of(&report("word").to_html());
    let meta = page
        .elements
        .iter()
        .find(|element| element.attribute("http-equiv") == "Content-Security-Policy")
        .unwrap();
    let styles: Vec<_> = page.elements.iter().filter(|element| element.name == "style").collect();
    assert_eq!(styles.len(), 1);
    let policy = meta.attribute("content");
    let hash = policy.split("'sha256-").nth(1).unwrap().split('\'').next().unwrap();
    let bits = hash.trim_end_matches('=').bytes().flat_map(|letter| {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let value = letters.iter().position(|known| *known == letter).unwrap();
        (0..6).rev().map(move |bit| value >> bit & 1)
    });
    let bits: Vec<usize> = bits.collect();
    let bytes: Vec<u8> = bits
        .chunks_exact(8)
        .map(|byte| u8::try_from(byte.iter().fold(0, |sum, bit| sum << 1 | bit)).unwrap())
        .collect();
    assert_eq!(bytes, Sha256::digest(&styles[0].text).to_vec());
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"));
}

/// What a machine reads of each cell is what the table has; what a person reads says the same.
fn check_numbers(page: &Page, table: &Table, id: &str) {
    let rows = page.cells_of(id);
    assert_eq!(rows.len(), table.len().min(ROWS).max(1), "{id}");
    if table.is_empty() {
        return;
    }
    let skip = table.len() - rows.len();
    let at =
        if rows[0][0].machine == machine(table.rows().next().unwrap().first().unwrap()) { 0 } else { skip };
    for (shown, row) in rows.iter().zip(table.rows().skip(at)) {
        for (shown, cell) in shown.iter().zip(row) {
            assert_eq!(shown.machine, machine(cell), "{id} {cell:?}");
            if let (Some(number), true) =
                (cell.as_number(), matches!(cell, Cell::Integer(_) | Cell::Number(_)))
            {
                let plain: String =
                    shown.text.replace('−', "-").chars().filter(|c| !",% ".contains(*c)).collect();
                let read: f64 = plain.parse().unwrap();
                assert!(
                    (read - number).abs() <= number.abs().mul_add(0.006, 0.006),
                    "{} is not {number}",
                    shown.text
                );
            }
        }
    }
}

fn machine(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Null | Cell::Text(_) | Cell::Texts(_) => None,
        cell => Some(serde_json::to_value(cell).unwrap()).map(|value| match (value, cell) {
            (Value::String(text), _) => text,
            (_, Cell::Number(number)) => number.to_string(),
            (value, _) => value.to_string(),
        }),
    }
}

#[test]
fn the_numbers_on_the_page_are_those_of_the_tables() {
    let tables = [volume(9), hours(), spikes(), every_type("word")];
    let page = Page::of(&Report::new("t", Amsterdam).with(tables.clone()).to_html());
    for table in &tables {
        check_numbers(&page, table, &format!("table-{}", table.name()));
    }
    let at =
        page.elements.iter().find(|element| element.attribute("datetime") == "2026-11-02T23:30:00Z").unwrap();
    assert_eq!(at.text, "Tue 3 Nov 2026, 00:30");
}

#[test]
fn long_tables_are_cut_and_say_so() {
    let mut names = Table::new("names", "Names").column("name", CellType::Text, None, "").column(
        "n",
        CellType::Integer,
        None,
        "",
    );
    for at in 0..20_000_u64 {
        names.push(vec![Cell::Text(format!("{at}{}", "é".repeat(5000))), Cell::from(at)]).unwrap();
    }
    let mut many = Table::new("many", "Many").column("texts", CellType::Texts, None, "");
    many.push(vec![Cell::Texts(vec!["x".to_owned(); 10_000])]).unwrap();
    let html = Report::new("t", Amsterdam).with([names.clone(), volume(400), many]).to_html();
    assert!(html.len() < 300_000, "{} bytes", html.len());
    let page = Page::of(&html);
    check_numbers(&page, &names, "table-names");
    check_numbers(&page, &volume(400), "table-volume");
    // Of days the last ones are shown, of everything else the first.
    assert_eq!(page.cells_of("table-names")[0][1].machine.as_deref(), Some("0"));
    assert_eq!(page.cells_of("table-volume").last().unwrap()[0].text, "Sun 5 Dec 2027");
    assert!(html.contains("The first 100 of 20,000 rows.") && html.contains("The last 100 of 400 rows."));
    assert_eq!(page.elements.iter().filter(|element| element.name == "li").count(), TEXTS + 1 + 2 + 2);
}

#[test]
fn words_of_an_issue_are_marked_in_its_messages() {
    let mut table = Table::new("samples", "Samples")
        .column("text", CellType::Text, None, "what it says")
        .column("spans", CellType::Texts, Some("bytes"), "where the words stand");
    for (text, spans, shown) in [
        ("é <b>lost</b> bag", vec!["6-10", "15-18"], "é <b>[lost]</b> [bag]"),
        ("lost bag", vec!["5-8", "0-4", "2-6", "5-99", "x", "9-3"], "[lost] [bag]"),
        ("é", vec!["1-2"], "é"),
        ("", vec!["0-0"], ""),
    ] {
        let mut one = table.clone();
        let texts = spans.iter().map(|span| (*span).to_owned()).collect();
        one.push(vec![Cell::from(text), Cell::Texts(texts)]).unwrap();
        let page = Page::of(&Report::new("t", Amsterdam).with([one]).to_html());
        let cell = page.elements.iter().find(|element| element.name == "td").unwrap();
        let marks: Vec<&str> = page
            .elements
            .iter()
            .filter(|element| element.name == "mark")
            .map(|element| element.text.as_str())
            .collect();
        let wanted: Vec<&str> =
            shown.split('[').skip(1).filter_map(|piece| piece.split(']').next()).collect();
        assert_eq!((cell.text.trim(), marks), (text, wanted));
    }
    // A text that is long is cut, wherever the words stand.
    let long = format!("{}lost{}", "a ".repeat(140), "b ".repeat(400));
    table
        .push(vec![Cell::Text(long), Cell::Texts(vec!["280-284".to_owned(), "900-904".to_owned()])])
        .unwrap();
    let page = Page::of(&Report::new("t", Amsterdam).with([table]).to_html());
    let cell = page.elements.iter().find(|element| element.name == "td").unwrap();
    assert!(cell.text.chars().count() <= TEXT + 1 && cell.text.contains("lost") && cell.text.ends_with('…'));
}

#[test]
fn tables_stand_where_they_belong_and_unknown_ones_at_the_end() {
    let named = |name: &str| Table::new(name, name);
    let names = ["later", "sla", "volume", "forecast_hours", "figures", "sentiment"];
    let report = Report::new("t", Amsterdam)
        .with([named("balance")])
        .part("Mine", [named("mine")])
        .with(names.map(named));
    let order: Vec<&str> = report.tables().map(Table::name).collect();
    assert_eq!(
        order,
        ["figures", "volume", "sentiment", "forecast_hours", "sla", "balance", "mine", "later"]
    );
}

#[test]
fn one_row_of_numbers_is_shown_large() {
    let mut table = Table::new("figures", "In numbers")
        .column("messages", CellType::Integer, Some("messages"), "all")
        .column("in_time", CellType::Number, Some("percent"), "of all")
        .column("median", CellType::Duration, Some("s"), "half of them");
    table.push(vec![Cell::from(1234_u64), Cell::Null, Cell::Duration(5400)]).unwrap();
    let page = Page::of(&Report::new("t", Amsterdam).with([table]).to_html());
    let told: Vec<&str> = page
        .elements
        .iter()
        .filter(|element| element.name == "dd")
        .map(|element| element.text.as_str())
        .collect();
    assert_eq!(told, ["Europe/Amsterdam", "1,234", "all", "–", "of all", "1 h 30 min", "half of them"]);
}

/// The values of a chart's document, by series.
fn charted(document: &Value) -> Vec<(String, String, Value)> {
    let rows = document["data"]["values"].as_array().unwrap();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rows.iter().map(|row| (text(&row["over"]), text(&row["series"]), row["value"].clone())).collect()
}

#[test]
fn charts_have_the_numbers_of_their_tables_and_the_spikes() {
    let report = Report::new("t", Amsterdam).with([volume(3), hours(), spikes()]);
    let charts = report.charts();
    assert_eq!(charts.iter().map(super::Chart::name).collect::<Vec<_>>(), ["volume", "hours"]);
    let volume = charted(&charts[0].vega_lite());
    assert_eq!(volume.len(), 6);
    assert_eq!(volume[1], ("2026-11-02T00:00:00".to_owned(), "customers".to_owned(), Value::from(44)));
    let hours = charts[1].vega_lite();
    assert_eq!(
        charted(&hours)[34],
        ("2026-11-02T10:00:00".to_owned(), "customers".to_owned(), Value::from(90))
    );
    let marks = &hours["layer"][1]["data"]["values"];
    assert_eq!(marks.as_array().unwrap().len(), 1);
    assert_eq!(marks[0]["over"], "2026-11-02T10:00:00");
    assert!(
        charts[1]
            .description()
            .contains("customers: from 0 (Sun 1 Nov 2026, 00:00) to 90 (Mon 2 Nov 2026, 10:00)")
    );
}

#[test]
fn a_table_that_nobody_named_is_judged_by_its_columns() {
    let mut audit = Table::new("audit", "The audit")
        .column("point", CellType::Text, None, "")
        .column("score", CellType::Number, Some("percent"), "")
        .column("before", CellType::Number, Some("percent"), "")
        .column("count", CellType::Integer, None, "");
    for (point, score) in [("a", 12.0), ("b", 80.0)] {
        audit
            .push(vec![Cell::from(point), Cell::from(score), Cell::from(score / 2.0), Cell::from(1_u64)])
            .unwrap();
    }
    let charts = Report::new("t", Amsterdam).with([audit.clone()]).charts();
    assert_eq!(charts.len(), 1);
    let drawn = charted(&charts[0].vega_lite());
    assert_eq!(drawn[0], ("a".to_owned(), "score".to_owned(), Value::from(12.0)));
    assert_eq!(drawn[3], ("b".to_owned(), "before".to_owned(), Value::from(40.0)));
    // Where a name comes twice, bars would say less than the table.
    audit.push(vec![Cell::from("a"), Cell::Null, Cell::Null, Cell::Null]).unwrap();
    assert!(Report::new("t", Amsterdam).with([audit]).charts().is_empty());
}

#[test]
fn every_colour_that_is_drawn_is_one_of_the_sheet() {
    let sheet = include_str!("page.css");
    let report = Report::new("t", Amsterdam).with([volume(3), hours(), spikes(), every_type("word")]);
    for chart in report.charts() {
        for size in [Size::Narrow, Size::Wide] {
            let document = chart.svg(size).unwrap().to_document();
            for (at, _) in document.match_indices("=\"#") {
                let colour = document.get(at + 1..at + 10).unwrap();
                let name = document.get(..at).unwrap().rsplit(' ').next().unwrap();
                assert!(sheet.contains(&format!("[{name}={colour}]")), "{name} {colour}");
            }
        }
    }
}

#[test]
fn a_picture_stands_alone() {
    let chart = Report::new("t", Amsterdam).with([volume(3)]).charts().remove(0);
    let document = chart.svg(Size::Wide).unwrap().to_document();
    assert!(document.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" "));
    let page = Page::of(&format!("<!DOCTYPE html><title>t</title>{document}"));
    let texts: Vec<&str> = page
        .elements
        .iter()
        .filter(|element| element.name == "text")
        .map(|element| element.text.trim())
        .collect();
    assert!(texts.contains(&"1 Nov") && texts.contains(&"100"), "{texts:?}");
}

#[test]
fn a_frame_shows_the_page_and_allows_nothing() {
    let report = report("</iframe>\"'<b>");
    let page = Page::of(&format!("<!DOCTYPE html><title>t</title>{}", report.to_frame()));
    let frame = page.elements.iter().find(|element| element.name == "iframe").unwrap();
    assert_eq!(frame.attribute("sandbox"), "");
    assert_eq!(frame.attribute("srcdoc"), report.to_html());
}

#[test]
fn the_page_of_a_small_report() {
    // The sheet of styles is not part of it: whoever changes how it looks, looks at it.
    let page = Report::new("Northwind", Amsterdam).with([volume(2)]).to_html();
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    let (head, policy) = before.split_once("sha256-").unwrap();
    let (_, tail) = policy.split_once("&#39;").unwrap();
    insta::assert_snapshot!(format!("{head}sha256-…{tail}<style>…</style>{after}"));
}

fn cell(kind: CellType) -> BoxedStrategy<Cell> {
    let some = match kind {
        CellType::Text => any::<String>().prop_map(Cell::from).boxed(),
        CellType::Integer => prop_oneof![any::<i64>(), -5..50_i64].prop_map(Cell::from).boxed(),
        CellType::Number => any::<f64>().prop_map(Cell::from).boxed(),
        CellType::Boolean => any::<bool>().prop_map(Cell::from).boxed(),
        CellType::Time => (-8_000_000_000_000_i64..8_000_000_000_000)
            .prop_map(|at| Cell::Time(chrono::DateTime::from_timestamp(at, 0).unwrap()))
            .boxed(),
        CellType::Date => (-9_000_000..9_000_000_i32)
            .prop_map(|at| NaiveDate::from_num_days_from_ce_opt(at).map_or(Cell::Null, Cell::Date))
            .boxed(),
        CellType::Duration => any::<i64>().prop_map(Cell::Duration).boxed(),
        CellType::Texts => prop::collection::vec(any::<String>(), 0..4).prop_map(Cell::Texts).boxed(),
    };
    prop_oneof![1 => Just(Cell::Null), 6 => some].boxed()
}

/// A table of any columns and rows, under the names and with the columns that charts look for.
fn any_table() -> impl Strategy<Value = Table> {
    let name = prop::sample::select(vec![
        "volume",
        "hours",
        "sentiment",
        "share_of_voice",
        "topics",
        "load",
        "other",
    ]);
    let column = prop::sample::select(vec![
        ("day", CellType::Date),
        ("hour", CellType::Integer),
        ("at", CellType::Time),
        ("name", CellType::Text),
        ("department", CellType::Text),
        ("messages", CellType::Integer),
        ("customers", CellType::Number),
        ("waiting", CellType::Duration),
        ("net", CellType::Number),
        ("low", CellType::Number),
        ("high", CellType::Number),
        ("mention_share", CellType::Number),
        ("author_share", CellType::Number),
        ("words", CellType::Texts),
        ("yes", CellType::Boolean),
    ]);
    (name, prop::collection::vec(column, 1..6), 0..6_usize).prop_flat_map(|(name, columns, rows)| {
        let row: Vec<_> = columns.iter().map(|(_, kind)| cell(*kind)).collect();
        prop::collection::vec(row, rows).prop_map(move |rows| {
            let mut table = Table::new(name, "any");
            for (name, kind) in &columns {
                table = table.column(name, *kind, Some("messages"), "any");
            }
            for row in rows {
                table.push(row).unwrap();
            }
            table
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_tables_make_a_page(tables in prop::collection::vec(any_table(), 1..3)) {
        let report = Report::new("t", Amsterdam).with(tables.into_iter().chain([spikes()]));
        let page = Page::of(&report.to_html());
        prop_assert_eq!(&page.faults, &Vec::<String>::new());
        for chart in report.charts() {
            prop_assert!(chart.svg(Size::Narrow).is_some() && chart.svg(Size::Wide).is_some());
            prop_assert!(chart.vega_lite()["data"]["values"].is_array());
        }
        for element in &page.elements {
            for (name, value) in &element.attributes {
                prop_assert!(!value.contains("NaN") && !value.contains("inf"), "{name}={value}");
            }
        }
    }
}
