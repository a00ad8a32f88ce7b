-- From format 1 to format 2: who is named where, what people said, who is one person, who was erased, who has heard.
-- What format 1 kept in the log only is read from there. The views are made anew by the last step.

DROP VIEW IF EXISTS v_messages;
DROP VIEW IF EXISTS v_decisions;
DROP VIEW IF EXISTS v_cases;
DROP VIEW IF EXISTS v_responses;
DROP VIEW IF EXISTS v_quarantine;
DROP VIEW IF EXISTS v_daily;
DROP VIEW IF EXISTS v_incidents;
DROP VIEW IF EXISTS v_authors;
DROP TRIGGER log_is_not_changed;
DROP TRIGGER log_is_not_cut;

-- Whether the host is told of the event.
ALTER TABLE log ADD COLUMN effect INTEGER NOT NULL DEFAULT 0;
UPDATE log SET effect = 1
WHERE kind <> 'quarantined'
    AND (kind <> 'captured' OR json_array_length(body, '$.assessment.decision.facets.notify') > 0);
CREATE INDEX log_effects ON log (tenant, seq) WHERE effect = 1;

-- Holds a row while a person is erased, and at no other time: then, and only then, the log is rewritten.
CREATE TABLE erasing (running INTEGER PRIMARY KEY) STRICT;

CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log
WHEN NOT EXISTS (SELECT 1 FROM erasing) OR OLD.tenant <> NEW.tenant OR OLD.seq <> NEW.seq
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_not_cut BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- A message with what the platform says of where it stands, and its number in the index of words: greater the later it was
-- observed, the second and its place within that. It refers to its delivery by no constraint: to take a delivery away, all
-- messages would be looked through for one that refers to it. Both are written in one transaction, and by nothing else.
CREATE TABLE messages_of_format_2 (
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
    thread_id       TEXT,
    parent_id       TEXT,
    doc             INTEGER,
    PRIMARY KEY (tenant, observed, source, external_id)
) STRICT, WITHOUT ROWID;

INSERT INTO messages_of_format_2
SELECT m.tenant, m.observed, m.source, m.external_id, m.version, m.versions, m.seq, m.channel, m.direction,
    m.author_source, m.author_id, m.type, m.issue, m.sentiment, m.sentiment_score, m.outcome, m.reason,
    l.body ->> '$.message.thread.id', l.body ->> '$.message.thread.parent', NULL
FROM messages m JOIN log l ON l.tenant = m.tenant AND l.seq = m.seq
ORDER BY m.tenant, m.observed, m.source, m.external_id;
DROP TABLE messages;
ALTER TABLE messages_of_format_2 RENAME TO messages;

CREATE UNIQUE INDEX messages_by_doc ON messages (doc);
CREATE TABLE tenants (number INTEGER PRIMARY KEY, tenant TEXT NOT NULL UNIQUE) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '_'"
);
-- The rule by which words are made of a message; the index is made anew when it is another.
CREATE TABLE words_rule (one INTEGER PRIMARY KEY CHECK (one = 1), rule INTEGER NOT NULL) STRICT;

-- Answers what the counters ask, and how much somebody wrote, without a look at the table.
CREATE INDEX messages_by_author
    ON messages (tenant, author_source, author_id, observed, direction, outcome, type, sentiment)
    WHERE author_id IS NOT NULL;
CREATE INDEX messages_by_issue ON messages (tenant, issue, observed, direction, outcome)
    WHERE direction = 'in' AND outcome <> 'noise';
CREATE INDEX messages_by_thread ON messages (tenant, source, thread_id, observed) WHERE thread_id IS NOT NULL;
CREATE INDEX messages_by_parent ON messages (tenant, source, parent_id) WHERE parent_id IS NOT NULL;

-- One row for each account that an event names, and as what: from here a person's history is read, and erased.
CREATE TABLE involved (
    tenant    TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    native_id TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    part      TEXT    NOT NULL,
    PRIMARY KEY (tenant, source, native_id, part, seq),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO involved (tenant, source, native_id, seq, part)
SELECT tenant, body ->> '$.message.author.source', body ->> '$.message.author.native_id', seq, 'author'
FROM log WHERE kind = 'captured' AND body ->> '$.message.author.native_id' IS NOT NULL;
INSERT OR IGNORE INTO involved (tenant, source, native_id, seq, part)
SELECT l.tenant, p.value ->> '$.identity.source', p.value ->> '$.identity.native_id', l.seq, p.value ->> '$.part'
FROM log l, json_each(l.body, '$.message.participants') p WHERE l.kind = 'captured';
INSERT OR IGNORE INTO involved (tenant, source, native_id, seq, part)
SELECT tenant, body ->> '$.case.author.source', body ->> '$.case.author.native_id', seq, 'case'
FROM log WHERE kind IN ('case_opened', 'case_joined') AND body ->> '$.case.author.native_id' IS NOT NULL;
INSERT OR IGNORE INTO involved (tenant, source, native_id, seq, part)
SELECT l.tenant, c.author_source, c.author_id, l.seq, iif(l.kind = 'responded', 'answered', 'case')
FROM log l JOIN cases c
    ON c.tenant = l.tenant AND c.id = coalesce(l.body ->> '$.response.case', l.body ->> '$.case')
WHERE l.kind IN ('responded', 'case_resolved') AND c.author_id IS NOT NULL;

-- One row for each message that an event names, besides the one that it is: what it answers, quotes or passes on, the one
-- that its thread is called after, the one that a case, a response, a label or a transaction belongs to.
CREATE TABLE cites (
    tenant      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (tenant, source, external_id, seq),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO cites (tenant, source, external_id, seq)
SELECT l.tenant, l.body ->> '$.message.source', t.value, l.seq FROM log l, json_each(l.body, '$.message.thread') t
WHERE l.kind = 'captured' AND t.value <> l.body ->> '$.message.external_id';
INSERT OR IGNORE INTO cites (tenant, source, external_id, seq)
SELECT tenant, body ->> '$.case.first.source', body ->> '$.case.first.external_id', seq
FROM log WHERE kind IN ('case_opened', 'case_joined');
INSERT OR IGNORE INTO cites (tenant, source, external_id, seq)
SELECT tenant, body ->> '$.case.thread.source', body ->> '$.case.thread.id', seq
FROM log WHERE kind IN ('case_opened', 'case_joined') AND body ->> '$.case.thread.id' IS NOT NULL;
INSERT OR IGNORE INTO cites (tenant, source, external_id, seq)
SELECT tenant, body ->> '$.message.source', body ->> '$.message.external_id', seq
FROM log WHERE kind = 'case_joined';
INSERT OR IGNORE INTO cites (tenant, source, external_id, seq)
SELECT tenant, body ->> '$.response.to.source', body ->> '$.response.to.external_id', seq
FROM log WHERE kind = 'responded' AND body ->> '$.response.to.external_id' IS NOT NULL;

CREATE INDEX cases_in_order ON cases (tenant, opened, id);
CREATE INDEX cases_of_author ON cases (tenant, author_source, author_id, updated, id) WHERE author_id IS NOT NULL;

-- When a record that was put aside was released: the number of that event.
ALTER TABLE quarantine ADD COLUMN released INTEGER;
CREATE INDEX quarantine_by_seq ON quarantine (tenant, seq);

-- Where people's labels of a message stand in the log.
CREATE TABLE labels (
    tenant      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    external_id TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (tenant, source, external_id, seq),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

-- One row per fact, transaction and label: the constraint that gives what is said twice its one effect.
CREATE TABLE notes (
    tenant TEXT    NOT NULL,
    hash   TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (tenant, hash),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

-- One row per claim about two accounts, as it stands now.
CREATE TABLE links (
    tenant   TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    a_source TEXT    NOT NULL,
    a_id     TEXT    NOT NULL,
    b_source TEXT    NOT NULL,
    b_id     TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    revoked  INTEGER,
    body     TEXT    NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX links_by_a ON links (tenant, a_source, a_id);
CREATE INDEX links_by_b ON links (tenant, b_source, b_id);

-- One row per account of a customer that has more than one.
CREATE TABLE members (
    tenant    TEXT NOT NULL,
    source    TEXT NOT NULL,
    native_id TEXT NOT NULL,
    customer  TEXT NOT NULL,
    PRIMARY KEY (tenant, source, native_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_customer ON members (tenant, customer);

-- The ledger of erasures: hashes, by which an account is known if an older copy of the record comes back.
CREATE TABLE erasures (
    tenant TEXT    NOT NULL,
    hash   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (tenant, hash),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

-- How far each consumer of effects has come.
CREATE TABLE consumers (
    tenant TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
