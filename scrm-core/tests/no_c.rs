//! Is the core pure Rust? Asks cargo what its default features build, and fails on anything that compiles or links C.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "the test asks cargo, the core starts nothing")]

use std::collections::BTreeSet;
use std::process::Command;

/// The crates that are built and linked for `scrm-core` with these arguments.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", "scrm-core", "-e", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// Whether a crate is there to compile C or to link what is not Rust.
fn brings_c(name: &str) -> bool {
    let tools = ["cc", "bindgen", "cmake", "pkg-config", "vcpkg", "autotools", "nasm-rs"];
    // Declarations of what the Windows kernel offers; nothing is compiled.
    let is_windows = name == "windows-sys";
    tools.contains(&name) || (name.ends_with("-sys") && !is_windows)
}

#[test]
fn the_default_features_build_no_c() {
    let crates = tree(&[]);
    assert!(crates.contains("scrm-core") && crates.len() > 10, "cargo told nothing: {crates:?}");
    let c: Vec<_> = crates.iter().filter(|name| brings_c(name)).collect();
    assert!(c.is_empty(), "the default features of scrm-core bring in C: {c:?}");
}

#[test]
fn the_postgres_store_builds_no_c() {
    let crates = tree(&["--features", "postgres"]);
    assert!(crates.contains("tokio-postgres"), "{crates:?}");
    let c: Vec<_> = crates.iter().filter(|name| brings_c(name)).collect();
    assert!(c.is_empty(), "the store in PostgreSQL brings in C: {c:?}");
}

#[test]
fn the_sqlite_store_would_be_caught() {
    let crates = tree(&["--features", "sqlite"]);
    for wanted in ["cc", "libsqlite3-sys"] {
        assert!(
            crates.contains(wanted) && brings_c(wanted),
            "the check is blind: no `{wanted}` in {crates:?}"
        );
    }
}
