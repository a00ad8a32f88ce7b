//! What is a record in a PostgreSQL server?
//!
//! Read [`PostgresStore`] first. `open` looks at the schema, `session` asks the statements of `record/sql`, `dialect`
//! has their form here, `schema` the tables and the views for analysts.

use std::fmt;
use std::path::Path;

use postgres::{Client, IsolationLevel};

use super::fault::{self, Trouble};
use super::session::{Cache, State};
use super::{open, schema};
use crate::record::error::Fault;
use crate::record::sql::{Database, Work, ask, change, store_over_tables, words};
use crate::record::{Scrub, StoreError, StoreErrorKind};

/// How often a transaction is tried that the server or a broken connection undid.
const TRIES: u32 = 8;

/// How often the fate of a transaction is asked after whose commit was not answered; twenty times a second.
const ASKED: u32 = 100;

/// A record in a schema of a PostgreSQL server, 13 or later: many writers, on as many machines as you like.
///
/// Commits are durable (`synchronous_commit` is on for them, whatever the server's default). One tenant's commits go one
/// after the other, so that the numbers of its log have no gaps and whoever polls for effects misses none; those of
/// different tenants run side by side. Gather messages into groups: a group of 1,000 costs few journeys more than one
/// alone. A connection that breaks is made anew, and a commit whose answer was lost is looked up, so that nothing is
/// lost or doubled; where that cannot be known the error is retryable and says so.
///
/// Its calls block and must not be made on a thread that drives an asynchronous runtime. It needs a session of its own:
/// connect to the server, or to a pooler in session mode.
///
/// ```no_run
/// use scrm_core::model::Tenant;
/// use scrm_core::record::{PostgresStore, Store};
/// let mut store = PostgresStore::open("postgresql://care@localhost/crm")?;
/// let tenant = Tenant::new("acme").unwrap();
/// assert_eq!(store.totals(&tenant)?.messages, 0);
/// # Ok::<(), scrm_core::record::StoreError>(())
/// ```
pub struct PostgresStore {
    connect: Connect,
    session: Option<Session>,
    schema: String,
    place: String,
}

type Connect = Box<dyn FnMut() -> Result<Client, Fault> + Send>;

/// A connection, and what it has prepared.
struct Session {
    client: Client,
    cache: Cache,
    /// When the server began.
    began: String,
}

impl PostgresStore {
    /// The schema of a record when no other is named.
    pub const SCHEMA: &str = "scrm";

    /// Opens the record in the schema `scrm`, or begins one there, by a connection string without TLS:
    /// `postgresql://user:password@host:port/database`. The host must be this machine (a loopback address or the folder
    /// of a socket), unless the string says `sslmode=disable`.
    ///
    /// # Errors
    /// When the string cannot be read, the server cannot be reached or refuses this user, or the schema holds another
    /// program's tables or a newer version's (it is left as it is).
    pub fn open(connection: &str) -> Result<Self, StoreError> {
        Self::open_schema(connection, Self::SCHEMA)
    }

    /// The same in another schema.
    ///
    /// # Errors
    /// As [`PostgresStore::open`]; and when the name is none that needs no quotes.
    pub fn open_schema(connection: &str, schema: &str) -> Result<Self, StoreError> {
        let config = open::config(connection).map_err(|fault| fault.at("postgresql:"))?;
        let place = open::place(&config, schema);
        Self::begin(Box::new(move || open::connect(&config)), schema, place)
    }

    /// The same over connections that the host makes, with TLS or however it likes: whenever one is needed, at first and
    /// after one broke. Nothing else may use them.
    ///
    /// # Errors
    /// As [`PostgresStore::open_schema`].
    pub fn open_with(
        mut connect: impl FnMut() -> Result<Client, postgres::Error> + Send + 'static,
        schema: &str,
    ) -> Result<Self, StoreError> {
        let place = format!("postgresql:, schema {schema}");
        Self::begin(Box::new(move || connect().map_err(|error| fault::fault(&error))), schema, place)
    }

    /// Where it is, without user and password.
    pub fn place(&self) -> &str {
        &self.place
    }

    fn begin(connect: Connect, schema: &str, place: String) -> Result<Self, StoreError> {
        open::check_schema(schema).map_err(|fault| fault.at(&place))?;
        let mut store = Self { connect, session: None, schema: schema.to_owned(), place };
        if let Err(fault) = store.session() {
            return Err(fault.at(&store.place));
        }
        if !ask(&mut store, words::is_kept_up)? {
            change(&mut store, words::keep_up)?;
        }
        Ok(store)
    }

    /// The connection, made anew when there is none.
    fn session(&mut self) -> Result<&mut Session, Fault> {
        let session = match self.session.take().filter(|session| !session.client.is_closed()) {
            Some(session) => session,
            None => {
                let mut client = (self.connect)()?;
                let began = open::prepare(&mut client, &self.schema)?;
                Session { client, cache: Cache::new(), began }
            }
        };
        Ok(self.session.insert(session))
    }

    /// Runs one transaction up to its commit, or undoes it.
    fn attempt(&mut self, work: &mut Work<'_>) -> Result<(), Failed> {
        let schema = self.schema.clone();
        let session = self.session().map_err(|fault| Failed { fault, then: Then::GiveUp })?;
        let begin = session.client.build_transaction().isolation_level(IsolationLevel::ReadCommitted);
        let transaction = begin.read_only(false).start().map_err(|error| Failed::by(&error))?;
        let began = session.began.clone();
        let cache = &mut session.cache;
        let mut state = State { transaction, cache, schema: &schema, trouble: Trouble::Other, number: None };
        if let Err(fault) = work(&mut state) {
            return Err(Failed { fault, then: Then::after(state.trouble) });
        }
        let number = state.number;
        state.transaction.commit().map_err(|error| match fault::trouble(&error) {
            Trouble::Lost => Failed { fault: fault::fault(&error), then: Then::LookUp { number, began } },
            _ => Failed::by(&error),
        })
    }

    /// Whether a transaction was committed whose answer was lost; `None` when that cannot be known.
    fn was_committed(&mut self, number: i64, before: &str) -> Result<Option<bool>, Fault> {
        let session = self.session()?;
        for _ in 0..ASKED {
            let told = session.client.query_one(schema::OUTCOME, &[&number]);
            let told = told.map_err(|error| fault::fault(&error))?;
            match told.try_get::<_, Option<&str>>(0).map_err(|error| fault::fault(&error))? {
                // A server that fell can give the number of a transaction that it lost to another one.
                Some("committed") => return Ok((session.began == before).then_some(true)),
                Some("aborted") => return Ok(Some(false)),
                Some(_) => {}
                None => return Ok(None),
            }
            session.client.execute(schema::WAIT, &[]).map_err(|error| fault::fault(&error))?;
        }
        Ok(None)
    }

    /// The session, for tests that break it.
    #[cfg(test)]
    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.session().unwrap().client
    }
}

/// Why a transaction did not go through, and what is to be done then.
struct Failed {
    fault: Fault,
    then: Then,
}

enum Then {
    TryAgain,
    GiveUp,
    /// The connection broke while the commit was under way.
    LookUp {
        number: Option<i64>,
        began: String,
    },
}

impl Failed {
    fn by(error: &postgres::Error) -> Self {
        Self { fault: fault::fault(error), then: Then::after(fault::trouble(error)) }
    }
}

impl Then {
    fn after(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Again | Trouble::Lost => Self::TryAgain,
            Trouble::Other => Self::GiveUp,
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("place", &self.place).finish_non_exhaustive()
    }
}

store_over_tables!(PostgresStore);

impl Database for PostgresStore {
    /// A connection that broke before the first question is made anew; one that breaks later is not, because rows may
    /// have been visited.
    fn reading(&mut self, questions: &mut Work<'_>) -> Result<(), StoreError> {
        let mut again = true;
        loop {
            let asked = self.ask(questions);
            match asked {
                Err(Asked::NotBegun) if std::mem::take(&mut again) => self.session = None,
                Ok(()) => return Ok(()),
                Err(Asked::NotBegun) => {
                    let fault = Fault::new(StoreErrorKind::Connection).detail("the connection broke twice");
                    return Err(fault.at(&self.place));
                }
                Err(Asked::Failed(fault)) => return Err(fault.at(&self.place)),
            }
        }
    }

    fn writing(&mut self, work: &mut Work<'_>) -> Result<(), StoreError> {
        let mut tries = 1;
        loop {
            let Err(Failed { fault, then }) = self.attempt(work) else { return Ok(()) };
            let lost = fault.kind() == StoreErrorKind::Connection;
            if lost {
                self.session = None;
            }
            match then {
                Then::TryAgain if tries < TRIES => tries += 1,
                Then::LookUp { number: Some(number), began } => match self.was_committed(number, &began) {
                    Ok(Some(true)) => return Ok(()),
                    Ok(Some(false)) if tries < TRIES => tries += 1,
                    _ => return Err(in_doubt().at(&self.place)),
                },
                Then::LookUp { number: None, .. } => return Err(in_doubt().at(&self.place)),
                _ => return Err(fault.at(&self.place)),
            }
        }
    }

    /// The rows are gone when their transaction is committed. Pages, the write-ahead log and copies are the server's.
    fn scrub(&mut self) -> Result<Scrub, StoreError> {
        Ok(Scrub::RowsOnly)
    }

    fn backup(&mut self, _: &Path) -> Result<(), StoreError> {
        let detail = "it is on a server, which has means of its own; use pg_dump or a base backup";
        Err(Fault::new(StoreErrorKind::Unsupported).detail(detail).at(&self.place))
    }
}

fn in_doubt() -> Fault {
    let detail = "the connection broke while a commit was under way, and it may or may not have been kept";
    Fault::new(StoreErrorKind::Connection).detail(detail)
}

enum Asked {
    /// The transaction could not be begun: the connection is gone.
    NotBegun,
    Failed(Fault),
}

impl PostgresStore {
    fn ask(&mut self, questions: &mut Work<'_>) -> Result<(), Asked> {
        let schema = self.schema.clone();
        let session = self.session().map_err(Asked::Failed)?;
        let begin = session.client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        let transaction = begin.read_only(true).start().map_err(|error| match fault::trouble(&error) {
            Trouble::Lost => Asked::NotBegun,
            _ => Asked::Failed(fault::fault(&error)),
        })?;
        let cache = &mut session.cache;
        let mut state = State { transaction, cache, schema: &schema, trouble: Trouble::Other, number: None };
        questions(&mut state).map_err(Asked::Failed)
    }
}
