//! What does a commit write, and into which tables?

use std::cmp::Ordering;

use super::{Sql, Statement, Value, row};
use crate::record::error::Fault;

/// Rows for each table, gathered while a commit is folded and written together at its end.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) log: Vec<Vec<Value>>,
    pub(super) deliveries: Vec<Vec<Value>>,
    pub(super) gone_messages: Vec<Vec<Value>>,
    pub(super) messages: Vec<Vec<Value>>,
    pub(super) involved: Vec<Vec<Value>>,
    pub(super) cites: Vec<Vec<Value>>,
    pub(super) subjects: Vec<Vec<Value>>,
    pub(super) identities: Vec<Vec<Value>>,
    pub(super) labels: Vec<Vec<Value>>,
    pub(super) cases: Vec<Vec<Value>>,
    pub(super) courses: Vec<Vec<Value>>,
    pub(super) incidents: Vec<Vec<Value>>,
    pub(super) presences: Vec<Vec<Value>>,
    pub(super) turns: Vec<Vec<Value>>,
    pub(super) responses: Vec<Vec<Value>>,
    pub(super) quarantine: Vec<Vec<Value>>,
    pub(super) released: Vec<Vec<Value>>,
    pub(super) notes: Vec<Vec<Value>>,
    pub(super) links: Vec<Vec<Value>>,
    pub(super) gone_members: Vec<Vec<Value>>,
    pub(super) members: Vec<Vec<Value>>,
    pub(super) erasures: Vec<Vec<Value>>,
}

impl Rows {
    /// One row for each hash, with the latest time: a statement changes no row twice.
    pub(super) fn add_erasure(&mut self, tenant: &str, hash: &str, at: i64, seq: i64) {
        let known = self.erasures.iter().position(|row| row.get(1) == Some(&Value::from(hash)));
        let before = known.map(|index| self.erasures.swap_remove(index));
        let at = match before.as_ref().and_then(|row| row.get(2)) {
            Some(Value::Int(before)) => at.max(*before),
            _ => at,
        };
        self.erasures.push(row![tenant, hash, at, seq]);
    }

    /// Writes everything, what is referred to before what refers to it.
    pub(super) fn write(mut self, sql: &mut dyn Sql) -> Result<(), Fault> {
        // In the order of their keys each page of a table is looked for once.
        for rows in [&mut self.deliveries, &mut self.involved, &mut self.cites] {
            rows.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        }
        let steps: [(&'static Statement, Vec<Vec<Value>>); 22] = [
            (&LOG, self.log),
            (&DELIVERIES, self.deliveries),
            (&GONE_MESSAGES, self.gone_messages),
            (&MESSAGES, self.messages),
            (&INVOLVED, self.involved),
            (&CITES, self.cites),
            (&SUBJECTS, self.subjects),
            (&IDENTITIES, self.identities),
            (&LABELS, self.labels),
            (&CASES, self.cases),
            (&COURSES, self.courses),
            (&INCIDENTS, self.incidents),
            (&PRESENCES, self.presences),
            (&TURNS, self.turns),
            (&RESPONSES, self.responses),
            (&QUARANTINE, self.quarantine),
            (&RELEASED, self.released),
            (&NOTES, self.notes),
            (&LINKS, self.links),
            (&GONE_MEMBERS, self.gone_members),
            (&MEMBERS, self.members),
            (&ERASURES, self.erasures),
        ];
        for (statement, rows) in steps {
            if !rows.is_empty() {
                sql.run_all(statement, &rows)?;
            }
        }
        Ok(())
    }
}

static LOG: Statement =
    Statement::new("INSERT INTO log (tenant, seq, kind, effect, body) VALUES (?1, ?2, ?3, ?4, ?5)");

static DELIVERIES: Statement = Statement::new(
    "INSERT INTO deliveries (tenant, source, external_id, version, seq, tombstone, observed, outcome, reason)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
);

static GONE_MESSAGES: Statement = Statement::new(
    "DELETE FROM messages WHERE tenant = ?1 AND observed = ?2 AND source = ?3 AND external_id = ?4",
);

static MESSAGES: Statement = Statement::new(
    "INSERT INTO messages (tenant, observed, source, external_id, version, versions, seq, channel, direction,
         author_source, author_id, thread_id, parent_id, doc, type, issue, sentiment, sentiment_score, outcome, reason)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
         ?20)",
);

static INVOLVED: Statement = Statement::new(
    "INSERT INTO involved (tenant, source, native_id, seq, part) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO NOTHING",
);

static CITES: Statement = Statement::new(
    "INSERT INTO cites (tenant, source, external_id, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
);

static SUBJECTS: Statement = Statement::new(
    "INSERT INTO subjects (tenant, kind, id, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
);

static IDENTITIES: Statement = Statement::new(
    "INSERT INTO identities (tenant, source, native_id, first_seen, last_seen, live, observed, body)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (tenant, source, native_id) DO UPDATE SET
         first_seen = CASE WHEN excluded.first_seen < identities.first_seen
             THEN excluded.first_seen ELSE identities.first_seen END,
         last_seen = CASE WHEN excluded.last_seen > identities.last_seen
             THEN excluded.last_seen ELSE identities.last_seen END,
         live = CASE WHEN (excluded.live, excluded.observed, excluded.body)
                 > (identities.live, identities.observed, identities.body)
             THEN excluded.live ELSE identities.live END,
         observed = CASE WHEN (excluded.live, excluded.observed, excluded.body)
                 > (identities.live, identities.observed, identities.body)
             THEN excluded.observed ELSE identities.observed END,
         body = CASE WHEN (excluded.live, excluded.observed, excluded.body)
                 > (identities.live, identities.observed, identities.body)
             THEN excluded.body ELSE identities.body END",
);

static LABELS: Statement =
    Statement::new("INSERT INTO labels (tenant, source, external_id, seq) VALUES (?1, ?2, ?3, ?4)");

static CASES: Statement = Statement::new(
    "INSERT INTO cases (tenant, id, status, opened, updated, resolved, author_source, author_id,
         thread_source, thread_id, incident, person, channel, next_due, body)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
     ON CONFLICT (tenant, id) DO UPDATE SET
         status = excluded.status, opened = excluded.opened, updated = excluded.updated,
         resolved = excluded.resolved, author_source = excluded.author_source,
         author_id = excluded.author_id, thread_source = excluded.thread_source,
         thread_id = excluded.thread_id, incident = excluded.incident, person = excluded.person,
         channel = excluded.channel, body = excluded.body,
         next_due = CASE WHEN cases.next_due <= excluded.next_due THEN cases.next_due ELSE excluded.next_due END",
);

static COURSES: Statement =
    Statement::new("INSERT INTO case_events (tenant, case_id, seq) VALUES (?1, ?2, ?3)");

static INCIDENTS: Statement = Statement::new(
    "INSERT INTO incidents (tenant, id, opened, closed, body) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (tenant, id) DO UPDATE SET
         opened = excluded.opened, closed = excluded.closed, body = excluded.body",
);

static PRESENCES: Statement = Statement::new(
    "INSERT INTO presences (tenant, person, body) VALUES (?1, ?2, ?3)
     ON CONFLICT (tenant, person) DO UPDATE SET body = excluded.body",
);

static TURNS: Statement = Statement::new(
    "INSERT INTO turns (tenant, person, at) VALUES (?1, ?2, ?3)
     ON CONFLICT (tenant, person) DO UPDATE SET
         at = CASE WHEN excluded.at > turns.at THEN excluded.at ELSE turns.at END",
);

static RESPONSES: Statement =
    Statement::new("INSERT INTO responses (tenant, id, case_id, sent, seq) VALUES (?1, ?2, ?3, ?4, ?5)");

static QUARANTINE: Statement =
    Statement::new("INSERT INTO quarantine (tenant, input, record, hash, seq) VALUES (?1, ?2, ?3, ?4, ?5)");

static RELEASED: Statement =
    Statement::new("UPDATE quarantine SET released = ?3 WHERE tenant = ?1 AND seq = ?2");

static NOTES: Statement = Statement::new("INSERT INTO notes (tenant, hash, seq) VALUES (?1, ?2, ?3)");

static LINKS: Statement = Statement::new(
    "INSERT INTO links (tenant, id, a_source, a_id, b_source, b_id, seq, revoked, body)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
     ON CONFLICT (tenant, id) DO UPDATE SET revoked = excluded.revoked, body = excluded.body",
);

static GONE_MEMBERS: Statement =
    Statement::new("DELETE FROM members WHERE tenant = ?1 AND source = ?2 AND native_id = ?3");

static MEMBERS: Statement =
    Statement::new("INSERT INTO members (tenant, source, native_id, customer) VALUES (?1, ?2, ?3, ?4)");

static ERASURES: Statement = Statement::new(
    "INSERT INTO erasures (tenant, hash, at, seq) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (tenant, hash) DO UPDATE SET
         at = CASE WHEN excluded.at > erasures.at THEN excluded.at ELSE erasures.at END, seq = excluded.seq",
);
