//! A listening command centre: messages in, a manager's brief out, everything on record.
//!
//! Without arguments it takes in the messages of a week at Northwind Mobile, an invented company; with
//! `-- --input FILE --playbook DIR --db FILE` anything else. It is the command `scrm run`, and takes its flags.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    // The first Ctrl-C ends the run after the group of messages that is being recorded, the second one at once.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            #[allow(clippy::disallowed_methods, reason = "this is the host, and somebody asked twice")]
            std::process::exit(130);
        }
    });
    let exit = scrm_cli::cli::main(arguments(), &|| INTERRUPTED.load(Ordering::SeqCst));
    ExitCode::from(exit as u8)
}

/// The arguments given, with the demonstration's in the place of those that are missing.
fn arguments() -> Vec<OsString> {
    #[allow(clippy::disallowed_methods, reason = "a program reads its command line")]
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let names = |flag: &str| given.iter().any(|arg| arg.to_string_lossy().split('=').next() == Some(flag));
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let mut args: Vec<OsString> = vec!["command_center".into(), "run".into()];
    for (flag, path) in [("--playbook", "playbooks/northwind"), ("--input", "data/northwind.jsonl")] {
        if !names(flag) {
            args.extend([flag.into(), format!("{here}{path}").into()]);
        }
    }
    args.extend(given);
    args
}
