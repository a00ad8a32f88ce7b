//! What happened? The log's events: the record is their sum.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Assessment, Case, CaseId, Message, MessageKey, ResponseRecord};

/// One thing that happened, as the log keeps it. Append-only: a later event adds, none is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A delivery was captured and assessed: a new message, an edit or a tombstone.
    Captured {
        /// What came in.
        message: Box<Message>,
        /// What the engine said of it.
        assessment: Box<Assessment>,
    },
    /// A record of input could not be read; it is kept aside as it came.
    Quarantined {
        /// Where it stood: the input's name, and the line or record in it, counted from 1.
        input: String,
        /// The line or record, counted from 1.
        record: u64,
        /// Why it could not be read.
        fault: String,
        /// The record as it came; bytes that are no text are replaced. Cut at the limit for a record.
        raw: String,
    },
    /// A matter was taken up.
    CaseOpened {
        /// The case as it began.
        case: Box<Case>,
    },
    /// A message joined an open case, which now looks like this.
    CaseJoined {
        /// The case as it is now.
        case: Box<Case>,
        /// The message that joined.
        message: MessageKey,
    },
    /// A person answered.
    Responded {
        /// What was sent.
        response: Box<ResponseRecord>,
    },
    /// A case came to an end.
    CaseResolved {
        /// Which.
        case: CaseId,
        /// When.
        at: DateTime<Utc>,
    },
}
