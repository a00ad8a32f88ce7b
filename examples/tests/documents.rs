//! Is what the documents say true? Their tables, files and links, held against the code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use scrm_core::diagnostic::{Document, Faults};
use scrm_core::listen::{Listener, Monitors, Topics};
use scrm_core::model::{Limits, Message};
use scrm_core::playbook::Playbook;
use scrm_core::text::Text;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The blocks of one language, without their fences.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The rows of the table under `header`, as cells.
fn rows(text: &str, header: &str) -> Vec<Vec<String>> {
    let (_, rest) = text.split_once(header).unwrap_or_else(|| panic!("no table `{header}`"));
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_files_of_the_playbook_chapter_are_a_playbook() {
    let chapter = read("docs/playbook.md");
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for block in blocks(&chapter, "toml") {
        let name = block.lines().next().unwrap().trim_start_matches("# ").to_owned();
        files.entry(name).or_default().push_str(&block);
    }
    let playbook = Playbook::from_files(&files, &Limits::DEFAULT).unwrap_or_else(|error| panic!("{error}"));
    assert!(playbook.warnings().diagnostics().is_empty(), "{}", playbook.warnings());
    assert!(playbook.mapping.is_some());
}

#[test]
fn the_messages_of_the_message_chapter_are_messages() {
    let messages: Vec<Message> = blocks(&read("docs/message.md"), "json")
        .iter()
        .map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error} in {block}")))
        .collect();
    let [first, edit, deletion, letter] = messages.as_slice() else { panic!("{} messages", messages.len()) };
    assert!(first.key() == edit.key() && first.version() != edit.version());
    assert!(deletion.key() == first.key() && deletion.is_tombstone());
    assert_eq!(letter.kind().as_str(), "letter");
}

#[test]
fn the_queries_of_the_listening_chapter_find_what_they_say() {
    for row in rows(&read("docs/listen.md"), "| query | finds | does not find |") {
        let query = quoted(&row[0])[0];
        let file = format!("[[monitor]]\nid = \"m\"\nquery = '''{query}'''\n");
        let mut faults = Faults::new();
        let document = Document::parse("monitors.toml", &file, &mut faults);
        let monitors = Monitors::read(&document, &Limits::DEFAULT, &mut faults);
        assert!(faults.is_empty(), "{query}: {faults:?}");
        let listener = Listener::compile(&monitors, &Topics::default(), &Limits::DEFAULT).unwrap();
        for (cell, wanted) in [(&row[1], true), (&row[2], false)] {
            for text in quoted(cell) {
                let message: Message = serde_json::from_value(serde_json::json!({
                    "source": "x", "external_id": "1", "kind": "post", "visibility": "public", "text": text,
                    "times": {"created": "2026-11-02T08:14:00Z"},
                }))
                .unwrap();
                let found = !listener.scan(&message, &Text::new(text)).monitors.is_empty();
                assert_eq!(found, wanted, "{query} in {text}");
            }
        }
    }
}

/// Each limit with its default, as the code's own documentation gives it.
#[test]
fn the_table_of_limits_is_whole() {
    let code = read("scrm-core/src/model/limits.rs");
    let table = rows(&read("docs/embedding.md"), "| limit | default | of what |");
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let mut fields = 0;
    for pair in lines.windows(2) {
        let Some(name) = pair[1].strip_prefix("pub ").and_then(|rest| rest.strip_suffix(": usize,")) else {
            continue;
        };
        fields += 1;
        let row = table.iter().find(|row| quoted(&row[0]) == [name]);
        let row = row.unwrap_or_else(|| panic!("docs/embedding.md has no limit `{name}`"));
        let wanted = format!("(default {})", row[1]);
        assert!(pair[0].contains(&wanted), "`{name}`: the table says {}, the code: {}", row[1], pair[0]);
    }
    assert!(fields > 5 && fields == table.len(), "{fields} limits, {} rows", table.len());
}

#[test]
fn every_chapter_is_in_the_summary() {
    let summary = read("docs/SUMMARY.md");
    let lib = read("examples/lib.rs");
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(chapter) = name.strip_suffix(".md").filter(|chapter| *chapter != "SUMMARY") {
            assert!(summary.contains(&format!("({name})")), "docs/SUMMARY.md does not name {name}");
            assert!(lib.contains(&chapter.replace('-', "_")), "examples/lib.rs does not run {name}");
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut documents = vec!["README.md".to_owned()];
    for name in ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] {
        documents.push(name.to_owned());
    }
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        documents.push(format!("docs/{}", entry.unwrap().file_name().to_string_lossy()));
    }
    for document in documents.iter().filter(|name| name.ends_with(".md")) {
        let text = read(document);
        let folder = root().join(document).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") {
                continue;
            }
            let target = if path.is_empty() { root().join(document) } else { folder.join(path) };
            assert!(target.exists(), "{document}: {link} leads nowhere");
            assert!(
                anchor.is_empty() || has_heading(&target, anchor),
                "{document}: {link} has no such heading"
            );
        }
    }
}

/// Whether a document has a heading that is called so in links: lower case, without marks, words joined by `-`.
fn has_heading(document: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(document).unwrap();
    let slug = |heading: &str| -> String {
        let kept = heading.trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
            .collect::<String>()
            .replace(' ', "-")
    };
    text.lines().filter(|line| line.starts_with('#')).any(|line| slug(line.trim_start_matches('#')) == anchor)
        || anchor == "unreleased"
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 150, "README.md has {lines} lines; 150 are enough to sell and to start");
}
