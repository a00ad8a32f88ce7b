//! What does an error of PostgreSQL mean for whoever asked the store?
//!
//! The server's own words are kept only where they speak of the connection or of rights: elsewhere they can quote rows.

use std::fmt;

use postgres::Error;
use postgres::error::SqlState;

use crate::record::StoreErrorKind as Kind;
use crate::record::error::Fault;

/// Whether the same transaction can be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server asks for it: two transactions were in each other's way.
    Again,
    /// The connection is gone.
    Lost,
    /// No.
    Other,
}

pub(super) fn trouble(error: &Error) -> Trouble {
    let Some(state) = error.code() else {
        // Without a word of the server: the connection, or a value that has no form for the column.
        return if error.is_closed() || is_io(error) { Trouble::Lost } else { Trouble::Other };
    };
    match state.code().get(..2) {
        _ if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(state) => {
            Trouble::Again
        }
        // Connections, and a server that is shut down, was killed, or is not up yet.
        Some("08" | "57") if *state != SqlState::QUERY_CANCELED => Trouble::Lost,
        _ if *state == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => Trouble::Lost,
        _ => Trouble::Other,
    }
}

fn is_io(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

pub(super) fn fault(error: &Error) -> Fault {
    let (kind, detail) = judge(error);
    Fault::new(kind).detail(detail).source(Told::by(error))
}

fn judge(error: &Error) -> (Kind, String) {
    let said = |kind, what: &str| (kind, what.to_owned());
    let Some(state) = error.code() else {
        return match trouble(error) {
            Trouble::Other => said(Kind::Corrupt, "its tables are not as this version wrote them"),
            _ => (Kind::Connection, words(error)),
        };
    };
    match state.code() {
        "40001" | "40P01" | "55P03" => said(Kind::Busy, ""),
        "53100" => said(Kind::Full, ""),
        "53300" => (Kind::Connection, words(error)),
        "53200" => said(Kind::Io, "the server has not enough memory"),
        "54000" => said(
            Kind::Input,
            "its ids are longer together than an index of PostgreSQL keeps, some 2,700 bytes; shorten them",
        ),
        "22021" => said(Kind::Input, "a name in it holds the character 0, which PostgreSQL does not keep"),
        "25006" => {
            said(Kind::Open, "the server only answers questions; open it on the one that is written to")
        }
        "42501" => (Kind::Open, format!("{}; grant this user what the documentation lists", words(error))),
        "3D000" => (Kind::Open, format!("{}; create the database first", words(error))),
        "57014" => said(Kind::Busy, ""),
        "XX001" | "XX002" => said(Kind::Corrupt, "its pages do not fit together"),
        code => match code.get(..2) {
            Some("08" | "57") => (Kind::Connection, words(error)),
            Some("28") => (Kind::Open, format!("{}; check user and password", words(error))),
            Some("25") => (Kind::Connection, words(error)),
            Some("53" | "58") => said(Kind::Io, "the system of the server reports a failure"),
            _ => said(Kind::Corrupt, "its tables are not as this version wrote them"),
        },
    }
}

/// What the server or the system says of the connection.
fn words(error: &Error) -> String {
    let said = error.as_db_error().map(|told| told.message().to_owned());
    let source = || std::error::Error::source(error).map(ToString::to_string);
    said.or_else(source).unwrap_or_else(|| "the connection was closed".to_owned())
}

/// The error's code, and nothing of what the server quoted.
#[derive(Debug)]
struct Told(String);

impl Told {
    fn by(error: &Error) -> Self {
        Self(match error.code() {
            Some(state) => format!("PostgreSQL reports SQLSTATE {}", state.code()),
            None => "the PostgreSQL client reports a failure".to_owned(),
        })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}
