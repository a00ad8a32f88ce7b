//! Inputs good and bad: what is read, what is kept aside, and what is said of it.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Clock, Format, InputError, Mapping, Record, Records};
use crate::diagnostic::{Document, Faults, Report, Sources};
use crate::model::Limits;

const MAPPING: &str = r#"
source = "x"
kind = "post"
visibility = "public"
[columns]
external_id = "id"
text = "text"
created = "when"
"author.native_id" = "who"
"author.handle" = "who"
"metrics.reposts" = "shared"
[time]
format = "%m/%d/%Y %H:%M"
zone = "America/Los_Angeles"
"#;

fn mapping(source: &str) -> Mapping {
    let mut faults = Faults::new();
    let mapping = Mapping::read(&Document::parse("mapping.toml", source, &mut faults), &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    mapping
}

fn read(input: &[u8], format: &Format, limits: &Limits) -> Result<Vec<Record>, InputError> {
    Records::new(input, format, limits)?.collect()
}

fn show(input: &[u8], format: &Format, limits: &Limits) -> String {
    match read(input, format, limits) {
        Err(error) => format!("{:?}: {error}\n", error.kind()),
        Ok(records) => records.iter().fold(String::new(), |mut shown, Record { line, message }| {
            match message {
                Ok(message) => writeln!(shown, "{line}: {}", serde_json::to_string(message).unwrap()),
                Err(malformed) => {
                    writeln!(
                        shown,
                        "{line}: MALFORMED {} <{}>",
                        malformed.fault,
                        malformed.raw.chars().take(40).collect::<String>()
                    )
                }
            }
            .unwrap();
            shown
        }),
    }
}

#[test]
fn rows_become_messages_or_are_kept_aside() {
    let csv = Format::Csv(mapping(MAPPING));
    let small = Limits { record_bytes: 200, ..Limits::DEFAULT };
    let header = "id,text,when,who,shared,mood\n";
    let rows = [
        "1,\"Hi, \"\"you\"\"\nthere\",2/24/2015 11:35,ann,3,ok\n",
        "2,no author,2/24/2015 11:35,,,\n",
        "\n3,bad time,24.2.2015,ann,,\n",
        "4,bad count,2/24/2015 11:35,ann,many,\n",
        "5,too few\n",
        ",no id,2/24/2015 11:35,ann,,\n",
        "6,skipped hour,3/8/2015 02:30,ann,,\n",
        "7,\"never closed,2/24/2015 11:35,ann,,\n8,5\" screen,2/24/2015 11:35,ann,1.0,fine\n",
    ];
    let mut input = header.to_owned() + &rows.concat();
    input.push_str("9,");
    input.push_str(&"x".repeat(300));
    let mut bytes = input.into_bytes();
    bytes.extend_from_slice(b"\n10,caf\xE9,2/24/2015 11:35,ann,,\n11,after\0all,2/24/2015 11:35,ann,,");
    insta::assert_snapshot!(show(&bytes, &csv, &small));
}

#[test]
fn lines_become_messages_or_are_kept_aside() {
    let good = r#"{"source":"x","external_id":"1","kind":"post","visibility":"public","text":"hi","times":{"created":"2026-11-02T08:14:00+01:00"}}"#;
    let small = Limits { record_bytes: 400, text_bytes: 50, ..Limits::DEFAULT };
    let lines = [
        "\u{FEFF}".to_owned() + good,
        String::new(),
        "not json".to_owned(),
        good.replace("post", "pots"),
        good.replace("post", "direct_message"),
        good.replace("\"text\":\"hi\",", "").replace("created", "cretaed"),
        good.replace("hi", &"hi".repeat(40)),
        good.replace("hi", &"hi".repeat(400)),
        good.replace("hi", "h\u{0}i"),
        good.replace("hi", "h\\u0000i"),
        good.replace("2026-11-02T08:14:00+01:00", "2026-11-02T08:14:00"),
        good.replace("\"text\"", "\"spans\":[{\"start\":0,\"end\":9,\"kind\":\"quoted\"}],\"text\""),
        "[]".to_owned(),
    ];
    let mut bytes = lines.join("\r\n").into_bytes();
    bytes.extend_from_slice(b"\n\xFF\xFE\n");
    insta::assert_snapshot!(show(&bytes, &Format::Jsonl, &small));
}

#[test]
fn inputs_that_cannot_be_read_say_why() {
    let csv = Format::Csv(mapping(MAPPING));
    let inputs: [&[u8]; 6] = [
        b"",
        b"\xFF\xFEi\0d\0",
        b"PK\x03\x04...",
        b"SQLite format 3\0",
        b"id,txt,whn,other\n",
        b"\x80id,text\n",
    ];
    let shown: String = inputs.iter().map(|input| show(input, &csv, &Limits::DEFAULT)).collect();
    insta::assert_snapshot!(shown);
}

#[test]
fn faults_of_a_mapping_are_reported_at_once() {
    let source = r#"
format = "xml"
kind = "pots"
visiblity = "public"
delimiter = "::"
[columns]
txt = "text"
"author.handle" = "who"
created = 7
[time]
format = "%d.%m.%Y"
"#;
    let (mut faults, mut sources) = (Faults::new(), Sources::new());
    sources.insert("mapping.toml", source);
    Mapping::read(&Document::parse("mapping.toml", source, &mut faults), &mut faults);
    insta::assert_snapshot!(Report::new(faults.into_sorted(), sources));
}

#[test]
fn times_are_read_as_they_are_written() {
    type Row = (Option<&'static str>, Option<&'static str>, &'static str, Result<&'static str, &'static str>);
    let table: &[Row] = &[
        (None, None, "2026-11-02T08:14:00+01:00", Ok("2026-11-02T07:14:00+00:00")),
        (None, None, "2026-11-02 08:14", Err("has no zone")),
        (None, Some("Europe/Amsterdam"), "2026-11-02 08:14", Ok("2026-11-02T07:14:00+00:00")),
        (None, Some("Europe/Amsterdam"), "yesterday", Err("is not RFC 3339")),
        (Some("%d.%m.%Y"), Some("Europe/Berlin"), "02.11.2026", Ok("2026-11-01T23:00:00+00:00")),
        (Some("%s"), None, "1446192000", Ok("2015-10-30T08:00:00+00:00")),
        (Some("%m/%d/%Y %H:%M %z"), None, "2/24/2015 11:35 -0800", Ok("2015-02-24T19:35:00+00:00")),
        (
            Some("%m/%d/%Y %H:%M"),
            Some("America/Los_Angeles"),
            "11/1/2015 01:30",
            Ok("2015-11-01T08:30:00+00:00"),
        ),
    ];
    for (format, zone, written, expected) in table {
        let read = Clock::new(*format, *zone).unwrap().read(written);
        match (read, expected) {
            (Ok(time), Ok(expected)) => assert_eq!(time.to_rfc3339(), *expected, "{written}"),
            (Err(fault), Err(expected)) => assert!(fault.contains(expected), "{fault}"),
            (read, expected) => panic!("{written}: {read:?}, not {expected:?}"),
        }
    }
    assert!(Clock::new(Some("%H:%M"), None).is_err_and(|fault| fault.contains("has no zone")));
    assert!(
        Clock::new(None, Some("Europe/Amstrdam"))
            .is_err_and(|fault| fault.contains("did you mean `Europe/Amsterdam`"))
    );
}

#[test]
fn a_column_of_the_senders_own_takes_no_fields_place() {
    let csv = Format::Csv(mapping(MAPPING));
    let input = b"id,text,when,who,shared,times,spans,attachments\n1,hi,2/24/2015 11:35,ann,,noon,two,none\n";
    let records = read(input, &csv, &Limits::DEFAULT).unwrap();
    let message = records[0].message.as_ref().unwrap();
    assert_eq!(message.times().observed.to_rfc3339(), "2015-02-24T19:35:00+00:00");
    for (name, value) in [("times_column", "noon"), ("spans_column", "two"), ("attachments_column", "none")] {
        assert_eq!(message.ext()[name], value);
    }
}

proptest! {
    /// Every line of any bytes is a record or blank, whatever was in the lines before it.
    #[test]
    fn no_bytes_break_a_reader(input in prop::collection::vec(any::<u8>(), 1..400), csv in any::<bool>()) {
        let format = if csv { Format::Csv(mapping(MAPPING)) } else { Format::Jsonl };
        let mut bytes = if csv { b"id,text,when,who,shared\n".to_vec() } else { Vec::new() };
        bytes.extend(input);
        if let Ok(records) = read(&bytes, &format, &Limits { record_bytes: 64, ..Limits::DEFAULT }) {
            prop_assert!(records.is_sorted_by_key(|record| record.line));
            prop_assert!(records.len() <= bytes.split(|byte| *byte == b'\n').count());
        }
    }

    #[test]
    fn any_text_survives_a_row(text in "\\PC{1,30}[\"\n,]{0,3}") {
        prop_assume!(!text.trim().is_empty());
        let row = format!("id,text,when,who,shared\n1,\"{}\",2/24/2015 11:35,ann,\n", text.replace('"', "\"\""));
        let records = read(row.as_bytes(), &Format::Csv(mapping(MAPPING)), &Limits::DEFAULT).unwrap();
        prop_assert_eq!(records[0].message.as_ref().unwrap().text(), text.as_str());
    }
}
