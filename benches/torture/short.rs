//! Does the harness work, and does the store survive a little of it? The long forms are run by hand (benches/torture/main.rs).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail, and starts the harness")]

use std::process::Command;

fn survives(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_torture")).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().count(), 1, "one line of figures: {said}");
    said
}

#[test]
fn kill() {
    assert!(survives(&["kill", "--kills", "30"]).contains("30 kills"));
}

#[test]
fn power() {
    assert!(survives(&["power", "--images", "80"]).contains("80 images (20 after a kill)"));
}

#[test]
fn fault() {
    assert!(survives(&["fault", "--every", "37"]).contains("0 crashes"));
}

#[test]
fn full() {
    assert!(survives(&["full"]).contains("10 refused as full, 20 more with space again"));
}

#[test]
fn writers() {
    assert!(survives(&["writers", "--processes", "4", "--messages", "40"]).contains("160 deliveries of 100"));
}

#[test]
fn what_is_unknown_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_torture")).arg("tickle").output().unwrap();
    assert!(!output.status.success());
}
