//! Which rules and facts? Protocols and messages made from a seed: random ones, in which everything happens, and such as a
//! company has.

pub mod company;
pub mod random;

use chrono::{DateTime, Utc};
use scrm_core::model::Limits;
use scrm_core::playbook::Playbook;
use scrm_core::route::Router;

/// A protocol compiled.
///
/// # Errors
/// With every fault of it.
pub fn router(protocol: &str) -> Result<Router, String> {
    let playbook = Playbook::from_file("protocol.toml", protocol, &Limits::DEFAULT)
        .map_err(|error| format!("{error}\n{protocol}"))?;
    Ok(Router::compile(playbook.protocol, playbook.calendars))
}

/// The time everything is decided for: ten in the morning of a Monday in London.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_613_600, 0).unwrap_or_default()
}
