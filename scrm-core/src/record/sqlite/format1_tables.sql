-- The log is the truth, and holds every event once, as JSON. Everything else is an index over it.
-- Times are microseconds since 1970 (UTC).

CREATE TABLE log (
    id     INTEGER PRIMARY KEY,
    tenant TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    kind   TEXT    NOT NULL,
    body   TEXT    NOT NULL,
    UNIQUE (tenant, seq)
) STRICT;

CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_not_cut BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- One row per version of a message: the constraint that gives a delivery its one effect.
CREATE TABLE deliveries (
    tenant      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    tombstone   INTEGER NOT NULL,
    observed    INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    reason      TEXT,
    PRIMARY KEY (tenant, source, external_id, version),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

-- One row per message, in its current version, lying in the order in which entries are read.
CREATE TABLE messages (
    tenant          TEXT    NOT NULL,
    observed        INTEGER NOT NULL,
    source          TEXT    NOT NULL,
    external_id     TEXT    NOT NULL,
    version         TEXT    NOT NULL,
    versions        INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    channel         TEXT    NOT NULL,
    direction       TEXT    NOT NULL,
    author_source   TEXT,
    author_id       TEXT,
    type            TEXT,
    issue           TEXT,
    sentiment       TEXT,
    sentiment_score REAL,
    outcome         TEXT    NOT NULL,
    reason          TEXT,
    PRIMARY KEY (tenant, observed, source, external_id),
    FOREIGN KEY (tenant, source, external_id, version)
        REFERENCES deliveries (tenant, source, external_id, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_by_author ON messages (tenant, author_source, author_id, observed)
    WHERE direction = 'in' AND outcome <> 'noise';
CREATE INDEX messages_by_issue ON messages (tenant, issue, observed)
    WHERE direction = 'in' AND outcome <> 'noise';

-- One row per account, as last seen in a message that was not taken down.
CREATE TABLE identities (
    tenant     TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    native_id  TEXT    NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    live       INTEGER NOT NULL,
    observed   INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (tenant, source, native_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    tenant        TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    opened        INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    resolved      INTEGER,
    author_source TEXT,
    author_id     TEXT,
    thread_source TEXT,
    thread_id     TEXT,
    incident      TEXT,
    body          TEXT    NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX cases_by_author ON cases (tenant, author_source, author_id) WHERE status <> 'resolved';
CREATE INDEX cases_by_thread ON cases (tenant, thread_source, thread_id) WHERE status <> 'resolved';

CREATE TABLE responses (
    tenant  TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    case_id TEXT    NOT NULL,
    sent    INTEGER,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX responses_by_case ON responses (tenant, case_id, sent);

CREATE TABLE quarantine (
    tenant TEXT    NOT NULL,
    input  TEXT    NOT NULL,
    record INTEGER NOT NULL,
    hash   TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (tenant, input, record, hash),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;
