//! Does the code keep to the map? Reads every import of `src/` and fails on an edge that the table does not have.
//!
//! The table is [`may_import`]; ARCHITECTURE.md says the same, and a test holds the two together. Only code that ships
//! is looked at: a stage's own tests may use what they like.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

#[path = "support/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use source::{File, block_end, files, ident};

/// What everybody may import.
const LEAVES: [&str; 5] = ["model", "diagnostic", "text", "query", "calendar"];
/// What never imports its like, but for the exceptions in the table.
const STAGES: [&str; 9] =
    ["channels", "listen", "classify", "learn", "route", "record", "engage", "measure", "report"];
/// What knows all: each of them those before it.
const JOINS: [&str; 3] = ["playbook", "engine", "desk"];

/// The table: which modules a module may import. `None` when it has no row.
fn may_import(module: &str) -> Option<Vec<&'static str>> {
    let with = |more: &[&'static str]| Some([&LEAVES, more].concat());
    match module {
        "model" => Some(vec![]),
        "diagnostic" | "text" => Some(vec!["model"]),
        "query" => Some(vec!["model", "diagnostic", "text"]),
        "calendar" => Some(vec!["model", "diagnostic"]),
        "learn" => with(&["classify"]),
        "measure" => with(&["record"]),
        "report" => with(&["measure"]),
        "playbook" => with(&STAGES),
        "engine" => with(&[&STAGES[..], &["playbook"]].concat()),
        "desk" => with(&[&STAGES[..], &["playbook", "engine"]].concat()),
        stage if STAGES.contains(&stage) => with(&[]),
        _ => None,
    }
}

/// Every module of the table, in reading order.
fn table() -> impl Iterator<Item = &'static str> {
    LEAVES.into_iter().chain(STAGES).chain(JOINS)
}

/// The modules below the root that a file names: by `crate::x`, by `use crate::{x, y}`, or by climbing with `super`.
fn imports(file: &File) -> BTreeSet<String> {
    let code = file.code();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if !ends_in_word(&code[..at]) {
            heads(&code[at + "crate::".len()..], 0, &mut found);
        }
    }
    for (at, _) in code.match_indices("super::") {
        if !ends_in_word(&code[..at]) && !code[..at].ends_with("::") {
            heads(&code[at..], file.depth(), &mut found);
        }
    }
    found
}

fn ends_in_word(code: &str) -> bool {
    code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The first names of a path or of a group of paths that begins `above` modules below the root.
fn heads(path: &str, above: usize, found: &mut BTreeSet<String>) {
    let path = path.trim_start();
    if path.starts_with('{') {
        let group = &path[1..block_end(path) - 1];
        for branch in branches(group) {
            heads(branch, above, found);
        }
        return;
    }
    match ident(path) {
        Some("super") => {
            let rest = path["super".len()..].trim_start();
            heads(rest.strip_prefix("::").unwrap_or(""), above.saturating_sub(1), found);
        }
        Some("self") => {
            let rest = path["self".len()..].trim_start();
            heads(rest.strip_prefix("::").unwrap_or(""), above, found);
        }
        Some(name) if above == 0 => {
            found.insert(name.to_owned());
        }
        _ => {}
    }
}

/// The branches of a group, split at the commas that stand in no inner group.
fn branches(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut branches) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.push(&group[start..]);
    branches
}

/// What is wrong with the imports of some files.
fn faults(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.module() != "lib" && !file.is_test()) {
        let module = file.module();
        let Some(allowed) = may_import(module) else {
            faults.push(format!(
                "src/{}: `{module}` has no row in the table: give it one here and in ARCHITECTURE.md",
                file.path
            ));
            continue;
        };
        for import in imports(file) {
            if may_import(&import).is_none() {
                faults.push(format!(
                    "src/{}: `crate::{import}` is no module of the table: name the module it stands in",
                    file.path
                ));
            } else if import != module && !allowed.contains(&import.as_str()) {
                faults.push(format!(
                    "src/{}: `{module}` may not import `{import}`, only: {}",
                    file.path,
                    allowed.join(", ")
                ));
            }
        }
    }
    faults
}

#[test]
fn every_import_is_in_the_table() {
    let faults = faults(&files());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// How the table would be no table: a ring of imports.
#[test]
fn the_table_goes_one_way() {
    let mut done: Vec<&str> = Vec::new();
    while done.len() < table().count() {
        let ready = |module: &&str| {
            !done.contains(module) && may_import(module).unwrap().iter().all(|import| done.contains(import))
        };
        let next = table().find(ready);
        done.push(next.expect("some modules import each other in a ring"));
    }
}

#[test]
fn a_bad_edge_is_caught() {
    let cases = [
        ("listen/mod.rs", "use crate::route::Router;", "may not import `route`"),
        ("listen/mod.rs", "use crate::{model::Message, classify::{Classifier, Input}};", "import `classify`"),
        ("listen/atoms.rs", "fn f() { let x = crate::engine::Engine::new(); }", "may not import `engine`"),
        ("listen/mod.rs", "use super::route::Router;", "may not import `route`"),
        ("listen/atoms.rs", "use super::super::{record, text};", "may not import `record`"),
        ("listen/atoms.rs", "use super::{Hits, super::desk::Desk};", "may not import `desk`"),
        ("model/mod.rs", "pub use crate::text::Text;", "may not import `text`"),
        ("engine.rs", "macro_rules! m { () => { $crate::desk::Desk } }", "may not import `desk`"),
        ("playbook.rs", "pub(in crate::engine) struct P;", "may not import `engine`"),
        ("measure/mod.rs", "use crate::Engine;", "`crate::Engine` is no module"),
        ("helpers/mod.rs", "", "`helpers` has no row"),
    ];
    for (path, code, wanted) in cases {
        let found = faults(&[File::made_up(path, code)]);
        assert!(found.len() == 1 && found[0].contains(wanted), "{path}: {code}\nfound: {found:?}");
    }
}

#[test]
fn a_good_edge_passes() {
    let cases = [
        ("listen/mod.rs", "use crate::{model::{Hit, Hits}, query, text::Text};"),
        (
            "listen/mod.rs",
            "// use crate::route::Router;\n/* crate::desk */ const S: &str = \"crate::desk::x\";",
        ),
        (
            "listen/mod.rs",
            "const S: &str = r#\"\"crate::desk::x\"#; const C: char = '\"'; fn f<'a>(x: &'a u8) {}",
        ),
        ("listen/mod.rs", "#[cfg(test)]\nmod tests { use crate::engine::Engine; }\nuse crate::text;"),
        ("listen/tests.rs", "use crate::engine::Engine;"),
        ("listen/tests/words.rs", "use crate::engine::Engine;"),
        ("testing.rs", "use crate::engine::Engine;"),
        ("listen/atoms.rs", "use super::Listener; use super::posting::List; use self::inner::X;"),
        ("learn/mod.rs", "use crate::classify::Axes;"),
        ("measure/brief.rs", "use crate::record::Entry;"),
        ("lib.rs", "pub use crate::desk::Desk;"),
        ("listen/mod.rs", "use some_crate::route::Router; use mycrate::desk;"),
    ];
    for (path, code) in cases {
        let found = faults(&[File::made_up(path, code)]);
        assert!(found.is_empty(), "{path}: {code}\nfound: {found:?}");
    }
}

/// The folder's question stands where its reader begins.
#[test]
fn every_file_opens_with_its_question() {
    let mut faults = Vec::new();
    for file in files() {
        let docs: Vec<_> = file.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if docs.is_empty() {
            faults.push(format!("src/{} does not open with a `//!` line", file.path));
        }
        let is_front = file.path.ends_with("mod.rs") || !file.path.contains('/');
        let is_empty = source::plain(&file.text).trim().is_empty();
        let must_ask = is_front && file.path != "lib.rs" && !file.is_test() && !is_empty;
        if must_ask && !docs.iter().any(|line| line.contains('?')) {
            faults.push(format!(
                "the `//!` lines of src/{} ask no question: which one does it answer?",
                file.path
            ));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn architecture_md_says_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let text = fs::read_to_string(path).unwrap();
    for module in table() {
        let row = format!("| `{module}` | {} |", words(&may_import(module).unwrap()));
        assert!(text.contains(&row), "ARCHITECTURE.md has no row\n{row}");
    }
    for file in files().iter().filter(|file| !file.is_test()) {
        let module = file.module();
        let named = [format!("`{module}/`"), format!("`{module}.rs`")]
            .iter()
            .any(|name| text.contains(name.as_str()));
        assert!(named, "ARCHITECTURE.md's map has no `{module}`");
    }
}

/// A row's right side, with the two groups by name.
fn words(imports: &[&str]) -> String {
    let mut rest: Vec<&str> = imports.to_vec();
    let mut words = Vec::new();
    for (group, name) in [(&LEAVES[..], "the leaves"), (&STAGES[..], "the stages")] {
        if group.iter().all(|module| rest.contains(module)) {
            rest.retain(|module| !group.contains(module));
            words.push(name.to_owned());
        }
    }
    words.extend(rest.iter().map(|module| format!("`{module}`")));
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}
