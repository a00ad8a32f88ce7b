//! Tests of the folder: files of holidays are read from it, and what is wrong with them is told.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;

const ICS: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260427\r\nRRULE:FREQ=YEARLY\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

/// The smallest playbook whose calendar names `nl.ics`.
fn files() -> BTreeMap<String, String> {
    let calendars = "[[calendar]]\nid = \"hq\"\ntz = \"Europe/Amsterdam\"\nweek = { mon = [\"09:00-17:00\"] }\nholidays = \"nl.ics\"\n";
    let texts = [
        ("monitors.toml", "[[monitor]]\nid = \"m\"\nquery = \"northwind\"\n"),
        ("topics.toml", ""),
        ("protocol.toml", "[protocol]\nid = \"p\"\nversion = \"1\"\n"),
        ("team.toml", ""),
        ("calendars.toml", calendars),
        ("nl.ics", ICS),
    ];
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn write(folder: &Path, files: &BTreeMap<String, String>) {
    files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
}

#[test]
fn holidays_are_read_from_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files());
    for playbook in [Playbook::load(folder.path()), Playbook::from_files(&files(), &Limits::DEFAULT)] {
        let playbook = playbook.unwrap();
        assert_eq!(playbook.warnings().to_string(), "no faults");
        let hq = playbook.calendars.get("hq").unwrap();
        // The King's birthday was a Monday.
        assert!(!hq.is_open("2026-04-27T10:00:00Z".parse().unwrap()));
        assert!(hq.is_open("2026-05-04T10:00:00Z".parse().unwrap()));
    }
}

#[test]
fn faults_of_holidays_are_those_of_the_playbook() {
    let told = |change: &dyn Fn(&mut BTreeMap<String, String>)| {
        let mut files = files();
        change(&mut files);
        Playbook::from_files(&files, &Limits::DEFAULT).unwrap_err().to_string()
    };
    let gone = told(&|files| _ = files.remove("nl.ics"));
    assert!(gone.contains("error[C010]: there is no file `nl.ics`"), "{gone}");
    let broken = told(&|files| _ = files.insert("nl.ics".to_owned(), ICS.replace("20260427", "20260431")));
    assert!(broken.contains("error[C012]") && broken.contains("nl.ics:3:1"), "{broken}");
}

#[test]
fn a_file_of_holidays_that_is_no_text_or_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files());
    fs::write(folder.path().join("nl.ics"), b"BEGIN:VCALENDAR\n\xFF\nEND:VCALENDAR\n").unwrap();
    let error = Playbook::load(folder.path()).unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    fs::write(folder.path().join("nl.ics"), "X".repeat(2000)).unwrap();
    let mut limits = Limits::DEFAULT;
    limits.file_bytes = 1000;
    let error = Playbook::load_within(folder.path(), &limits).unwrap_err();
    assert!(error.to_string().contains("larger than the limit"), "{error}");
}
