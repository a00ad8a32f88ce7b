//! Tables against what reads them: JSON, a plain reader of CSV, and a spreadsheet's rule for formulas.

use proptest::prelude::*;
use serde_json::Value;

use super::csv::is_formula;
use super::*;

fn texts() -> Table {
    Table::new("texts", "Texts").column("text", CellType::Text, None, "as it came").column(
        "count",
        CellType::Integer,
        Some("messages"),
        "how many",
    )
}

/// A reader of CSV that follows RFC 4180 and knows nothing else.
fn read(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty());
    rows
}

#[test]
fn texts_that_would_be_formulas_are_inert_and_numbers_stay_numbers() {
    let cases = [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "\"'\t=1\""),
        ("\r=1", "\"'\r=1\""),
        ("\n=1", "\"'\n=1\""),
        ("  =1", "\"'  =1\""),
        ("\u{feff}=1", "'\u{feff}=1"),
        ("\u{ff1d}1", "'\u{ff1d}1"),
        ("a=1", "a=1"),
        ("say \"hi\", you", "\"say \"\"hi\"\", you\""),
        ("", "\"\""),
        ("'=1", "'=1"),
    ];
    for (text, expected) in cases {
        let mut table = texts();
        table.push(vec![Cell::from(text), Cell::Integer(-7)]).unwrap();
        assert_eq!(table.to_csv(), format!("text,count\r\n{expected},-7\r\n"), "{text:?}");
    }
}

#[test]
fn every_type_has_its_form() {
    let mut table = CellType::ALL
        .iter()
        .fold(Table::new("all", "All"), |table, kind| table.column(kind.as_str(), *kind, None, "one"));
    table.row([
        Cell::from("x"),
        Cell::from(3_u64),
        Cell::from(0.5),
        Cell::from(true),
        Cell::Time("2026-11-02T08:00:00Z".parse().unwrap()),
        Cell::Date("2026-11-02".parse().unwrap()),
        Cell::Duration(90),
        Cell::Texts(vec!["a".to_owned(), "=b".to_owned()]),
    ]);
    table.row([
        Cell::Null,
        Cell::Null,
        Cell::from(f64::NAN),
        Cell::Null,
        Cell::Null,
        Cell::Null,
        Cell::Null,
        Cell::Null,
    ]);
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}\n{}\n{table}",
        table.to_json(),
        table.to_columns(),
        table.to_jsonl(),
        table.to_csv()
    ));
}

#[test]
fn rows_that_do_not_fit_are_refused() {
    let mut table = texts();
    let width = table.push(vec![Cell::Null]).unwrap_err();
    assert_eq!(width.to_string(), "a row of `texts` has 2 cells, not 1");
    let kind = table.push(vec![Cell::from(1_u64), Cell::Null]).unwrap_err();
    assert_eq!(kind.to_string(), "column `text` holds text, not integer");
    assert!(table.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn csv_and_json_read_back(rows in prop::collection::vec((any::<String>(), any::<i64>()), 0..8)) {
        let mut table = texts();
        for (text, count) in &rows {
            table.push(vec![Cell::from(text.as_str()), Cell::from(*count)]).unwrap();
        }
        let found = read(&table.to_csv());
        prop_assert_eq!(found.len(), rows.len() + 1);
        for ((text, count), cells) in rows.iter().zip(&found[1..]) {
            prop_assert!(!is_formula(&cells[0]), "{:?}", &cells[0]);
            let plain = if is_formula(text) { format!("'{text}") } else { text.clone() };
            prop_assert_eq!(&cells[0], &plain);
            prop_assert_eq!(&cells[1], &count.to_string());
        }
        let json: Value = serde_json::from_str(&table.to_records()).unwrap();
        for ((text, count), record) in rows.iter().zip(json.as_array().unwrap()) {
            prop_assert_eq!(record["text"].as_str(), Some(text.as_str()));
            prop_assert_eq!(record["count"].as_i64(), Some(*count));
        }
        prop_assert!(table.to_string().chars().all(|c| c == '\n' || !c.is_control()));
    }
}
