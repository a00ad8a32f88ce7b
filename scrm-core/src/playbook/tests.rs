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

/// A protocol that stands alone, with hours from `nl.ics` beside it.
const ALONE: &str = "[protocol]\nid = \"p\"\nversion = \"1\"\n\
    [[sla]]\nid = \"public\"\ncalendar = \"hq\"\nfirst_response = { within = \"1h\" }\n\
    [[rule]]\nid = \"a\"\nowner = \"care\"\nwhy = \"w\"\nwhen = 'type is complaint'\nset = { sla = \"public\" }\n";

#[test]
fn a_file_reads_the_holidays_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.toml");
    fs::write(&path, format!("{ALONE}{}", files()["calendars.toml"])).unwrap();
    let gone = Playbook::load(&path).unwrap_err().to_string();
    assert!(
        gone.contains("there is no file `nl.ics`") && gone.contains("put `nl.ics` beside acme.toml"),
        "{gone}"
    );
    fs::write(folder.path().join("nl.ics"), ICS).unwrap();
    // What no calendar names is nobody's fault here.
    fs::write(folder.path().join("other.ics"), "no calendar").unwrap();
    let playbook = Playbook::load(&path).unwrap();
    assert_eq!(playbook.warnings().to_string(), "no faults");
    assert!(!playbook.calendars.get("hq").unwrap().is_open("2026-04-27T10:00:00Z".parse().unwrap()));
    fs::write(folder.path().join("nl.ics"), ICS.replace("20260427", "20260431")).unwrap();
    let broken = Playbook::load(&path).unwrap_err().to_string();
    assert!(broken.contains("error[C012]") && broken.contains("nl.ics:3:1"), "{broken}");
    fs::write(folder.path().join("nl.ics"), b"\xFF").unwrap();
    assert!(Playbook::load(&path).unwrap_err().to_string().contains("not UTF-8"));
    for outside in ["../nl.ics", "sub/nl.ics"] {
        fs::write(&path, format!("{ALONE}{}", files()["calendars.toml"].replace("nl.ics", outside))).unwrap();
        assert!(Playbook::load(&path).unwrap_err().to_string().contains("C010"), "{outside}");
    }
}

#[test]
fn a_folder_and_a_file_have_one_form_and_one_hash() {
    let mut files = files();
    files.insert("protocol.toml".to_owned(), ALONE.to_owned());
    files.insert("team.toml".to_owned(), "[[department]]\nid = \"care\"\nowner = \"ada\"\n[[person]]\nid = \"ada\"\ndepartments = [\"care\"]\n".to_owned());
    let folder = Playbook::from_files(&files, &Limits::DEFAULT).unwrap();
    let holidays = [("nl.ics".to_owned(), ICS.to_owned())].into();
    let text = format!("{ALONE}{}", files["calendars.toml"]);
    let file = Playbook::from_file_with("p.toml", &text, &holidays, &Limits::DEFAULT).unwrap();
    let written = folder.protocol.canonical();
    assert_eq!(file.protocol.canonical(), written);
    assert_eq!(file.protocol.hash(), folder.protocol.hash());
    let again = Playbook::from_file("again.toml", &written, &Limits::DEFAULT).unwrap();
    assert_eq!(again.protocol.canonical(), written);
    assert_eq!(again.protocol.hash(), folder.protocol.hash());
    assert_eq!(again.calendars.get("hq"), folder.calendars.get("hq"));
    let few: String = written.lines().map(|line| line.chars().take(110).collect::<String>() + "\n").collect();
    insta::assert_snapshot!("canonical", few);
}

#[test]
fn the_hash_is_over_everything_that_changes_a_decision() {
    let base = format!(
        "default = \"hq\"\n{ALONE}[[field]]\nname = \"tier\"\nkind = \"name\"\nvalues = [\"gold\", \"tin\"]\n\
         [axes]\ntype = 0.5\n[[ladder]]\nid = \"up\"\nrungs = [{{ after = \"5m\", to = \"team:care\", mode = \"phone\" }}]\n\
         [[incentive]]\nid = \"gift\"\nvalue = \"5 EUR\"\nbudget = \"50 EUR per day\"\ncap = \"1 per customer per 9d\"\n\
         [[calendar]]\nid = \"hq\"\ntz = \"Europe/London\"\nweek = {{ mon = [\"09:00-17:00\"] }}\nexcept = {{ \"2026-12-28\" = [] }}\n\
         [[calendar]]\nid = \"night\"\ntz = \"UTC\"\nweek = {{ mon = [\"22:00-06:00\"] }}\n"
    );
    let hash = |text: &str| {
        let playbook = Playbook::from_file("p.toml", text, &Limits::DEFAULT);
        playbook.unwrap_or_else(|error| panic!("{error}")).protocol.hash().to_owned()
    };
    let before = hash(&base);
    for (old, new) in [
        ("09:00-17:00", "10:00-17:00"),
        ("Europe/London", "Europe/Paris"),
        ("2026-12-28", "2026-12-29"),
        ("default = \"hq\"", "default = \"night\""),
        ("22:00-06:00", "22:00-07:00"),
        ("within = \"1h\"", "within = \"2h\""),
        ("after = \"5m\"", "after = \"6m\""),
        ("\"tin\"", "\"iron\""),
        ("type = 0.5", "type = 0.6"),
        ("value = \"5 EUR\"", "value = \"6 EUR\""),
        ("50 EUR per day", "50 EUR per week"),
        ("per 9d", "per 8d"),
        ("type is complaint", "type is question"),
        ("set = { sla = \"public\" }", "set = { sla = \"public\", hold = true }"),
    ] {
        assert!(base.contains(old), "{old}");
        assert_ne!(hash(&base.replacen(old, new, 1)), before, "{old} -> {new}");
    }
    // The order in which things are written is none of it.
    let (calendars, rest) = (base.find("[[calendar]]").unwrap(), base.find("[protocol]").unwrap());
    let part = |range: std::ops::Range<usize>| base.get(range).unwrap();
    let turned = [part(0..rest), part(calendars..base.len()), part(rest..calendars)].concat();
    assert_eq!(hash(&turned), before);
}
