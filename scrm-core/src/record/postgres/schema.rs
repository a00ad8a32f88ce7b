//! Which tables hold the record, and which views may be relied on?
//!
//! Analysts read the views: the same names and columns as in an SQLite record (`record/sqlite/schema.rs` has the table).
//! Times are ISO 8601 in UTC, as text. Lists (`types`, `topics`, `monitors`, `brands`, `skills` …) are `jsonb`, for
//! `jsonb_array_elements`. A character 0 in a text, which PostgreSQL does not keep, is read as U+FFFD.

/// The format that this version writes, and the newest that it reads.
pub(super) const NEWEST: u32 = 2;

/// The steps from each format to the next, the first one from an empty schema.
pub(super) const MIGRATIONS: &[&str] = &[
    concat!(
        include_str!("format1_tables.sql"),
        include_str!("format1_views.sql"),
        "INSERT INTO scrm_format (version) VALUES (1);"
    ),
    concat!(
        include_str!("format2_tables.sql"),
        include_str!("format2_subjects.sql"),
        "UPDATE scrm_format SET version = 2;"
    ),
];

/// How every connection works. A receipt is a promise, so a server that does not wait for its disk is made to.
pub(super) const SETTINGS: &str = "SELECT set_config('search_path', format('%I, pg_temp', $1::text), false),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
    set_config('lock_timeout', $2, false),
    set_config('client_min_messages', 'warning', false),
    current_setting('server_encoding'),
    current_setting('server_version_num')::int8";

/// Whether there is a schema of that name, how many tables it has, and whether one of them is ours.
pub(super) const FOUND: &str = "SELECT to_regnamespace(quote_ident($1::text)) IS NOT NULL,
    (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1),
    to_regclass(format('%I.scrm_format', $1::text)) IS NOT NULL";

pub(super) const VERSION: &str = "SELECT version FROM scrm_format";

/// A name for the statement that follows, which takes no values.
pub(super) const NAME_SCHEMA: &str = "SELECT set_config('scrm.schema', $1, true)";
pub(super) const CREATE_SCHEMA: &str =
    "DO $$ BEGIN EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', current_setting('scrm.schema')); END $$";

pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock($1)";

/// When the server began, what becomes of a transaction, and a short wait.
pub(super) const BEGAN: &str = "SELECT pg_postmaster_start_time()::text";
pub(super) const OUTCOME: &str = "SELECT txid_status($1)";
pub(super) const WAIT: &str = "SELECT pg_sleep(0.05)";
