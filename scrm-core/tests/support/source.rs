//! What does the source say? The files of `src/` as plain code: no comments, no texts, no tests.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of `src/`.
pub(crate) struct File {
    /// Its path from `src/`, with slashes.
    pub(crate) path: String,
    /// What it says, as written.
    pub(crate) text: String,
}

/// Every Rust file below `src/`, in the order of their paths.
pub(crate) fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| File {
        path: path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/"),
        text: fs::read_to_string(path).unwrap(),
    };
    paths.iter().map(read).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

impl File {
    /// A file that is not on disk.
    #[allow(dead_code, reason = "not every test makes files up")]
    pub(crate) fn made_up(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The folder below `src/` that it stands in, or the file's own name (`model`, `engine`, `lib`).
    pub(crate) fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// How many `super::` lead from this file to the root of the crate.
    #[allow(dead_code, reason = "not every test follows paths")]
    pub(crate) fn depth(&self) -> usize {
        let folders = self.path.matches('/').count();
        let is_own_module = !self.path.ends_with("mod.rs") && self.path != "lib.rs";
        folders + usize::from(is_own_module)
    }

    /// Whether only tests see it.
    pub(crate) fn is_test(&self) -> bool {
        self.path == "testing.rs" || self.path.ends_with("tests.rs") || self.path.contains("/tests/")
    }

    /// The code that ships: without comments, texts and what only tests see.
    pub(crate) fn code(&self) -> String {
        if self.is_test() { String::new() } else { without_tests(&plain(&self.text)) }
    }
}

/// The text with comments and the contents of literals blanked out, so that what is left is code.
pub(crate) fn plain(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = token_end(&chars, at);
        let token = &chars[at..end];
        if end == at + 1 {
            out.push(token[0]);
        } else {
            // Lines stay lines.
            out.extend(token.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        }
        at = end;
    }
    out
}

/// Where the comment or literal at `at` ends; `at + 1` when there is none.
fn token_end(chars: &[char], at: usize) -> usize {
    let starts = |text: &str| text.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let before = at.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
    let in_word = before.is_alphanumeric() || before == '_';
    if starts("//") {
        return chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n);
    }
    if starts("/*") {
        return block_comment_end(chars, at);
    }
    if chars[at] == '"' {
        return text_end(chars, at + 1);
    }
    if (starts("r\"") || starts("r#")) && (!in_word || before == 'b' || before == 'c') {
        return raw_text_end(chars, at).unwrap_or(at + 1);
    }
    if chars[at] == '\'' {
        return character_end(chars, at).unwrap_or(at + 1);
    }
    at + 1
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn text_end(chars: &[char], mut i: usize) -> usize {
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

fn raw_text_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None; // `r#type`, a raw identifier
    }
    let closes =
        |i: usize| chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    let close = (open + 1..chars.len()).find(|i| closes(*i));
    Some(close.map_or(chars.len(), |i| i + 1 + hashes))
}

/// The end of a character literal; `None` for a lifetime.
fn character_end(chars: &[char], at: usize) -> Option<usize> {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), Some(_)) => chars[at + 3..].iter().position(|c| *c == '\'').map(|n| at + 4 + n),
        (Some(_), Some('\'')) => Some(at + 3),
        _ => None,
    }
}

/// Code without the items under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        rest = &rest[at + MARK.len()..];
        let brace = rest.find('{').unwrap_or(rest.len());
        let semicolon = rest.find(';').unwrap_or(rest.len());
        let end = if brace < semicolon {
            brace + block_end(&rest[brace..])
        } else {
            (semicolon + 1).min(rest.len())
        };
        rest = &rest[end..];
    }
    out + rest
}

/// The length of the block that `code` opens with, braces included.
pub(crate) fn block_end(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + c.len_utf8();
        }
    }
    code.len()
}

/// The identifier that `code` opens with, if it does.
pub(crate) fn ident(code: &str) -> Option<&str> {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    (end > 0 && !code.starts_with(|c: char| c.is_ascii_digit())).then(|| &code[..end])
}

/// A type that other crates can name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PublicType {
    /// The folder or file below `src/` that it stands in.
    pub(crate) module: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it can be read from JSON.
    pub(crate) is_read: bool,
}

/// The macros of the core that make public types, each from a list of them. What they make can be read from JSON.
const TYPE_MACROS: [&str; 2] = ["terms", "ids"];

/// Every public type of the modules that `lib.rs` makes public.
#[allow(dead_code, reason = "not every test looks at types")]
pub(crate) fn public_types() -> Vec<PublicType> {
    let files = files();
    let lib = files.iter().find(|file| file.path == "lib.rs").map(File::code).unwrap_or_default();
    let mut types: Vec<_> = files
        .iter()
        .filter(|file| lib.contains(&format!("pub mod {};", file.module())))
        .flat_map(public_types_of)
        .collect();
    types.sort();
    types.dedup();
    types
}

/// The public types of one file.
pub(crate) fn public_types_of(file: &File) -> Vec<PublicType> {
    let code = file.code();
    let mut types = Vec::new();
    let mut push = |name: &str, is_read: bool| {
        types.push(PublicType { module: file.module().to_owned(), name: name.to_owned(), is_read });
    };
    for keyword in ["pub struct ", "pub enum ", "pub union "] {
        for (at, _) in code.match_indices(keyword) {
            if let Some(name) = ident(&code[at + keyword.len()..]) {
                push(name, attributes_before(&code[..at]).contains("Deserialize"));
            }
        }
    }
    for name in TYPE_MACROS.iter().flat_map(|name| listed_in(&code, name)) {
        push(&name, true);
    }
    types
}

/// What stands between the item at the end of `code` and the item before it.
fn attributes_before(code: &str) -> &str {
    let end_of_last = code.rfind([';', '}', '{']).map_or(0, |at| at + 1);
    &code[end_of_last..]
}

/// The names that stand at the top level of the calls of a macro.
fn listed_in(code: &str, name: &str) -> Vec<String> {
    let mut names = Vec::new();
    let call = format!("{name}! {{");
    for (at, _) in code.match_indices(&call) {
        let block = &code[at + call.len() - 1..];
        let mut rest = block[..block_end(block)].trim_matches(['{', '}']);
        while let Some(at) = rest.find(|c: char| c.is_alphabetic()) {
            let name = ident(&rest[at..]).unwrap_or_default();
            names.push(name.to_owned());
            rest = &rest[at + name.len()..];
            let open = rest.find('{').unwrap_or(rest.len());
            let end = rest.find(';').unwrap_or(rest.len());
            rest = if open < end {
                &rest[open + block_end(&rest[open..])..]
            } else {
                &rest[(end + 1).min(rest.len())..]
            };
        }
    }
    names
}
