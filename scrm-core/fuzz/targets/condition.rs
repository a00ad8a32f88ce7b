//! `cargo fuzz run condition`; built without it, a program that runs the target over the files it is given.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scrm_fuzz::condition(bytes));

#[cfg(not(fuzzing))]
fn main() {
    scrm_fuzz::replay(scrm_fuzz::condition);
}
