//! Which tables hold the record, and which views may be relied on?
//!
//! Analysts read the views. Their names and columns stay the same over versions, and columns are only ever added; the
//! tables below them may change. Times are ISO 8601 in UTC. On Linux anything may read the file; elsewhere read it from
//! another process or from a copy: there a second SQLite *in the same process* would drop the locks of this one.
//!
//! | view | one row is | columns |
//! |---|---|---|
//! | `v_messages` | a message in its current version | `tenant source external_id version versions channel kind direction visibility author author_source author_id title text language said_at created_at observed_at deleted type types issue topics sentiment sentiment_score action influence outcome reason monitors brands likes reposts replies seq` |
//! | `v_decisions` | a delivery, in any version, with what the protocol said of it | `tenant source external_id version current observed_at outcome reason decided_at department visibility respond priority owner incident sla escalate skills tags approve notify first_response_due resolution_due rules_fired rules_hash seq` |
//! | `v_cases` | a case as it is now | `tenant id status first_source first_external_id author_source author_id author thread_source thread_id brand issue department visibility priority incident opened_at updated_at first_response_due first_response_at resolution_due resolved_at messages` |
//! | `v_responses` | a response that was sent | `tenant id case_id to_source to_external_id scale visibility person text sent_at seq` |
//! | `v_drafts` | an edition of a response as it was written | `tenant id edition case_id scale visibility person text written_at seq` |
//! | `v_feedback` | what came back on a response | `tenant response kind source external_id score best at seq` |
//! | `v_permissions` | a question whether somebody may be quoted | `tenant id source native_id case_id asked_at granted_at withdrawn_at seq` |
//! | `v_assets` | a testimonial, quote or case study | `tenant id kind source native_id case_id title text made_at seq` |
//! | `v_quarantine` | a record of input that could not be read | `tenant seq input record fault raw` |
//! | `v_daily` | a day (UTC) of one channel, current versions | `tenant day channel messages noise decided open complaints questions compliments requests suggestions negative neutral positive net_sentiment` |
//! | `v_incidents` | an incident | `tenant incident cases cases_open messages opened_at updated_at departments` |
//! | `v_customers` | an account, and the customer it belongs to | `tenant customer source native_id handle name first_seen_at last_seen_at` |
//! | `v_links` | a claim about two accounts | `tenant id a_source a_id b_source b_id claim evidence score claimed_at revoked_at person seq` |
//! | `v_labels` | a person's label of a message | `tenant source external_id person labelled_at type topics sentiment action noise not_noise seq` |
//! | `v_transactions` | a purchase, refund or other transaction, as often as it was reported | `tenant id kind source native_id minor currency at seq` |
//! | `v_authors` | an account as last seen | `tenant source native_id handle name verified followers location first_seen_at last_seen_at messages complaints negative positive last_message_at` |
//!
//! `sentiment_score` is -1 to 1. `net_sentiment` is (positive - negative) / (positive + negative + neutral), in -1 to 1.
//! Lists (`types`, `topics`, `monitors`, `brands`, `skills` …) are JSON arrays, for `json_each`.

/// `SCRM` in the header of the file.
pub(super) const APPLICATION_ID: i32 = 0x5343_524D;

/// The format that this version writes, and the newest that it reads.
pub(super) const NEWEST: u32 = 3;

pub(super) const APPLICATION: &str = "PRAGMA application_id";
pub(super) const VERSION: &str = "PRAGMA user_version";
pub(super) const RULE: &str = "SELECT rule FROM words_rule";
pub(super) const TABLES: &str = "SELECT count(*) FROM sqlite_schema";

/// An event of some 2,000 bytes wastes a quarter of a page of 8 KiB, and a twelfth of one of this size.
pub(super) const PAGE_SIZE: &str = "PRAGMA page_size = 16384";

/// After the tables, so that the first page says whose file it is from the first commit on.
pub(super) const WAL: &str = "PRAGMA journal_mode = WAL";

/// How every connection works. `synchronous = FULL` is what makes a receipt a promise. `secure_delete = ON` overwrites
/// what is deleted or replaced, and nothing goes into temporary files: without both, an erased person would leave traces.
pub(super) const SETTINGS: &str = "
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cell_size_check = ON;
PRAGMA secure_delete = ON;
PRAGMA cache_size = -8000;
PRAGMA journal_size_limit = 33554432;
";

/// Moves the log beside the file into it and cuts it to nothing: whether somebody stood in the way, in the first column.
pub(super) const TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// A copy of the whole, without what was deleted, in a file that is not there yet.
pub(super) const COPY: &str = "VACUUM INTO ?1";

/// The steps from each format to the next, the first one from an empty file. The views hold nothing: the last step makes
/// them, after it took away those of older formats.
pub(super) const MIGRATIONS: &[&str] = &[
    concat!(
        include_str!("format1_tables.sql"),
        "PRAGMA application_id = 1396920909; PRAGMA user_version = 1;"
    ),
    concat!(include_str!("format2_tables.sql"), "PRAGMA user_version = 2;"),
    concat!(
        include_str!("format3_tables.sql"),
        include_str!("format3_subjects.sql"),
        include_str!("views.sql"),
        "PRAGMA user_version = 3;"
    ),
];
