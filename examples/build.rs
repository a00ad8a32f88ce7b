//! Makes the Rust blocks of README and book into doctests that run in the root of the checkout, as their readers do.
#![allow(clippy::disallowed_methods, reason = "cargo tells a build script by its environment where to write")]

use std::error::Error;
use std::path::Path;
use std::{env, fs};

const BEGIN: &str = "# fn main() -> Result<(), Box<dyn std::error::Error>> {\n\
                     # std::env::set_current_dir(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/..\"))?;\n";
const END: &str = "# Ok(()) }\n";

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed=../README.md");
    println!("cargo::rerun-if-changed=../docs");
    let mut chapters = vec![Path::new("../README.md").to_owned()];
    for entry in fs::read_dir("../docs")? {
        chapters.push(entry?.path());
    }
    for chapter in chapters.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let name = chapter.file_name().ok_or("no name")?.to_string_lossy().replace('-', "_");
        fs::write(Path::new(&out).join(name), runnable(&fs::read_to_string(chapter)?))?;
    }
    Ok(())
}

/// The text with a hidden beginning and end in each Rust block.
fn runnable(text: &str) -> String {
    let mut out = String::new();
    let mut in_rust = false;
    for line in text.lines() {
        if in_rust && line == "```" {
            in_rust = false;
            out += END;
        }
        out += line;
        out.push('\n');
        if matches!(line, "```rust" | "```rust,no_run") {
            in_rust = true;
            out += BEGIN;
        }
    }
    out
}
