//! Is this schema ours, and can this version work with it?
//!
//! Read [`prepare`] first. Whatever is refused is refused before anything in the database has changed.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};

use super::fault::fault;
use super::schema;
use super::session::lock_key;
use crate::record::StoreErrorKind as Kind;
use crate::record::error::Fault;

/// The oldest server whose functions are all there.
const SERVER_MIN: i64 = 130_000;

/// How long a lock of another writer is waited for.
const LOCK_TIMEOUT: &str = "30s";

/// How long a server may take to answer a knock.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a connection string. Nothing of it is repeated: it holds a password.
pub(super) fn config(connection: &str) -> Result<Config, Fault> {
    let unreadable = "its address cannot be read; write postgresql://user:password@host:port/database";
    let mut config = Config::from_str(connection).map_err(|_| Fault::new(Kind::Open).detail(unreadable))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(
            Fault::new(Kind::Open).detail("its address names no host; write postgresql://host/database")
        );
    }
    let asked_for_none = config.get_ssl_mode() == SslMode::Disable;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(
            Fault::new(Kind::Open).detail("this connection has no TLS; connect with TLS and hand that in")
        );
    }
    if !asked_for_none && !is_here(&config) {
        return Err(Fault::new(Kind::Open).detail(
            "it is on another machine, and this connection has no TLS; connect with TLS and hand that in, or say \
             sslmode=disable where the network is your own",
        ));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("scrm");
    }
    Ok(config)
}

fn is_here(config: &Config) -> bool {
    let named = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    named && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// Where it is, without user and password.
pub(super) fn place(config: &Config, schema: &str) -> String {
    let mut place = "postgresql://".to_owned();
    for (number, host) in config.get_hosts().iter().enumerate() {
        place.push_str(if number > 0 { "," } else { "" });
        match host {
            Host::Tcp(name) => place.push_str(name),
            #[cfg(unix)]
            Host::Unix(folder) => place.push_str(&folder.display().to_string()),
        }
        if let Some(port) = config.get_ports().get(number).or_else(|| config.get_ports().first()) {
            let _ = write!(place, ":{port}");
        }
    }
    let _ = write!(place, "/{}, schema {schema}", config.get_dbname().unwrap_or_default());
    place
}

pub(super) fn connect(config: &Config) -> Result<Client, Fault> {
    config.connect(NoTls).map_err(|error| fault(&error))
}

/// A name that needs no quotes anywhere.
pub(super) fn check_schema(schema: &str) -> Result<(), Fault> {
    let is_name = schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && schema.len() <= 63
        && !schema.starts_with("pg_");
    if is_name {
        return Ok(());
    }
    let detail = "a schema's name has at most 63 of a-z, 0-9 and _, begins with no digit, and not with pg_";
    Err(Fault::new(Kind::Open).detail(detail))
}

/// Makes a connection work as this store needs it, looks at the schema, and brings it to the newest format. Says when
/// the server began.
pub(super) fn prepare(client: &mut Client, name: &str) -> Result<String, Fault> {
    let began = configure(client, name).map_err(|error| fault(&error))??;
    match format(client, name)? {
        Some(schema::NEWEST) => {}
        Some(found) if found > schema::NEWEST => {
            return Err(Fault::new(Kind::TooNew { found, max: schema::NEWEST }));
        }
        _ => migrate(client, name)?,
    }
    Ok(began)
}

fn configure(client: &mut Client, name: &str) -> Result<Result<String, Fault>, postgres::Error> {
    let refused = |detail: String| Ok(Err(Fault::new(Kind::Open).detail(detail)));
    let settings = client.query_one(schema::SETTINGS, &[&name, &LOCK_TIMEOUT])?;
    let (encoding, version) = (settings.try_get::<_, &str>(4)?, settings.try_get::<_, i64>(5)?);
    if encoding != "UTF8" {
        return refused(format!("its encoding is {encoding}; create a database with encoding UTF8"));
    }
    if version < SERVER_MIN {
        let (found, oldest) = (version / 10_000, SERVER_MIN / 10_000);
        return refused(format!("the server is PostgreSQL {found}, and {oldest} is the oldest that will do"));
    }
    Ok(Ok(client.query_one(schema::BEGAN, &[])?.try_get(0)?))
}

/// The format of what is there; `None` when there is nothing.
fn format(client: &mut impl postgres::GenericClient, name: &str) -> Result<Option<u32>, Fault> {
    let told = |error: &postgres::Error| fault(error);
    let found = client.query_one(schema::FOUND, &[&name]).map_err(|error| told(&error))?;
    let tables: i64 = found.try_get(1).map_err(|error| told(&error))?;
    if !found.try_get(2).map_err(|error| told(&error))? {
        return if tables == 0 { Ok(None) } else { Err(Fault::new(Kind::NotOurs)) };
    }
    let version = client.query_opt(schema::VERSION, &[]).map_err(|error| told(&error))?;
    let version: Option<i64> = version.map(|row| row.try_get(0)).transpose().map_err(|error| told(&error))?;
    // A number we never wrote is one that we cannot read.
    Ok(version.map(|version| u32::try_from(version).unwrap_or(u32::MAX)))
}

/// All in one transaction, so a crash leaves the old format; one at a time, however many open the schema at once.
fn migrate(client: &mut Client, name: &str) -> Result<(), Fault> {
    let mut change = client.transaction().map_err(|error| fault(&error))?;
    let told = |error: postgres::Error| fault(&error);
    change.execute(schema::LOCK, &[&lock_key(name, "")]).map_err(told)?;
    // Another process may have brought it there while we waited.
    let done = format(&mut change, name)?.unwrap_or(0);
    let exists: bool = change.query_one(schema::FOUND, &[&name]).map_err(told)?.try_get(0).map_err(told)?;
    if !exists {
        change.execute(schema::NAME_SCHEMA, &[&name]).map_err(told)?;
        change.batch_execute(schema::CREATE_SCHEMA).map_err(told)?;
    }
    for step in schema::MIGRATIONS.iter().skip(usize::try_from(done).unwrap_or(usize::MAX)) {
        change.batch_execute(step).map_err(told)?;
    }
    change.commit().map_err(told)
}
