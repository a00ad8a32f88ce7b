-- The log is the truth, and holds every event once, as JSON. Everything else is an index over it.
-- Times are microseconds since 1970 (UTC). Texts are in the order of their bytes, as in every other store.
--
-- No table refers to the log by a foreign key: each row would lock and rewrite its row of the log once more. The rows
-- are written beside the log's own, in one transaction, and by nothing else.

CREATE TABLE scrm_format (version BIGINT NOT NULL);

CREATE TABLE log (
    tenant TEXT     COLLATE "C" NOT NULL,
    seq    BIGINT   NOT NULL,
    kind   TEXT     COLLATE "C" NOT NULL,
    -- Whether the host is told of the event.
    effect SMALLINT NOT NULL DEFAULT 0,
    body   TEXT     COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, seq)
);

CREATE INDEX log_effects ON log (tenant, seq) WHERE effect = 1;

-- Holds a row while a person is erased, and at no other time: then, and only then, the log is rewritten.
CREATE TABLE erasing (running BIGINT PRIMARY KEY);

CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT 1 FROM erasing) AND OLD.tenant = NEW.tenant AND OLD.seq = NEW.seq THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log is append-only';
END $$;

CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_is_not_cut BEFORE DELETE ON log FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_is_not_emptied BEFORE TRUNCATE ON log FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only();

-- One row per version of a message: the constraint that gives a delivery its one effect.
CREATE TABLE deliveries (
    tenant      TEXT     COLLATE "C" NOT NULL,
    source      TEXT     COLLATE "C" NOT NULL,
    external_id TEXT     COLLATE "C" NOT NULL,
    version     TEXT     COLLATE "C" NOT NULL,
    seq         BIGINT   NOT NULL,
    tombstone   SMALLINT NOT NULL,
    observed    BIGINT   NOT NULL,
    outcome     TEXT     COLLATE "C" NOT NULL,
    reason      TEXT     COLLATE "C",
    PRIMARY KEY (tenant, source, external_id, version)
);

-- One row per message, in its current version.
CREATE TABLE messages (
    tenant          TEXT   COLLATE "C" NOT NULL,
    observed        BIGINT NOT NULL,
    source          TEXT   COLLATE "C" NOT NULL,
    external_id     TEXT   COLLATE "C" NOT NULL,
    version         TEXT   COLLATE "C" NOT NULL,
    versions        BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    channel         TEXT   COLLATE "C" NOT NULL,
    direction       TEXT   COLLATE "C" NOT NULL,
    author_source   TEXT   COLLATE "C",
    author_id       TEXT   COLLATE "C",
    -- What the platform says of where the message stands.
    thread_id       TEXT   COLLATE "C",
    parent_id       TEXT   COLLATE "C",
    -- Its number in the index of words, greater the later it was observed: the second, and its place within that.
    doc             BIGINT,
    type            TEXT   COLLATE "C",
    issue           TEXT   COLLATE "C",
    sentiment       TEXT   COLLATE "C",
    sentiment_score DOUBLE PRECISION,
    outcome         TEXT   COLLATE "C" NOT NULL,
    reason          TEXT   COLLATE "C",
    PRIMARY KEY (tenant, observed, source, external_id)
);

CREATE UNIQUE INDEX messages_by_doc ON messages (tenant, doc);
CREATE INDEX messages_by_author
    ON messages (tenant, author_source, author_id, observed) INCLUDE (direction, outcome, type, sentiment, issue)
    WHERE author_id IS NOT NULL;
CREATE INDEX messages_by_issue ON messages (tenant, issue, observed) INCLUDE (author_source, author_id, type)
    WHERE direction = 'in' AND outcome <> 'noise';
CREATE INDEX messages_by_thread ON messages (tenant, source, thread_id, observed) WHERE thread_id IS NOT NULL;
CREATE INDEX messages_by_parent ON messages (tenant, source, parent_id) WHERE parent_id IS NOT NULL;

-- The index of words: one row per message that has any, by the numbers of its tenant and its own. Words begin with the
-- number of their tenant. Absent are those of a message with more than one row holds: every search looks at it.
CREATE TABLE tenants (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE words (
    tenant BIGINT NOT NULL,
    doc    BIGINT NOT NULL,
    text   TSVECTOR,
    PRIMARY KEY (tenant, doc)
);

CREATE INDEX words_by_text ON words USING gin (text);
CREATE INDEX words_by_none ON words (tenant, doc) WHERE text IS NULL;

-- The rule by which words are made of a message; the index is made anew when it is another.
CREATE TABLE words_rule (one BIGINT PRIMARY KEY CHECK (one = 1), rule BIGINT NOT NULL);

-- One row for each account that an event names, and as what: from here a person's history is read, and erased.
CREATE TABLE involved (
    tenant    TEXT   COLLATE "C" NOT NULL,
    source    TEXT   COLLATE "C" NOT NULL,
    native_id TEXT   COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    part      TEXT   COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, source, native_id, part, seq)
);

-- One row for each message that an event names, besides the one that it is: what it answers, quotes or passes on, the one
-- that its thread is called after, the one that a case, a response, a label or a transaction belongs to.
CREATE TABLE cites (
    tenant      TEXT   COLLATE "C" NOT NULL,
    source      TEXT   COLLATE "C" NOT NULL,
    external_id TEXT   COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (tenant, source, external_id, seq)
);

-- One row per account, as last seen in a message that was not taken down.
CREATE TABLE identities (
    tenant     TEXT     COLLATE "C" NOT NULL,
    source     TEXT     COLLATE "C" NOT NULL,
    native_id  TEXT     COLLATE "C" NOT NULL,
    first_seen BIGINT   NOT NULL,
    last_seen  BIGINT   NOT NULL,
    live       SMALLINT NOT NULL,
    observed   BIGINT   NOT NULL,
    body       TEXT     COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, source, native_id)
);

CREATE TABLE cases (
    tenant        TEXT   COLLATE "C" NOT NULL,
    id            TEXT   COLLATE "C" NOT NULL,
    status        TEXT   COLLATE "C" NOT NULL,
    opened        BIGINT NOT NULL,
    updated       BIGINT NOT NULL,
    resolved      BIGINT,
    author_source TEXT   COLLATE "C",
    author_id     TEXT   COLLATE "C",
    thread_source TEXT   COLLATE "C",
    thread_id     TEXT   COLLATE "C",
    incident      TEXT   COLLATE "C",
    body          TEXT   COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX cases_by_author ON cases (tenant, author_source, author_id) WHERE status <> 'resolved';
CREATE INDEX cases_by_thread ON cases (tenant, thread_source, thread_id) WHERE status <> 'resolved';
CREATE INDEX cases_of_author ON cases (tenant, author_source, author_id, updated, id) WHERE author_id IS NOT NULL;
CREATE INDEX cases_in_order ON cases (tenant, opened, id);

CREATE TABLE responses (
    tenant  TEXT   COLLATE "C" NOT NULL,
    id      TEXT   COLLATE "C" NOT NULL,
    case_id TEXT   COLLATE "C" NOT NULL,
    sent    BIGINT,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX responses_by_case ON responses (tenant, case_id, sent);

CREATE TABLE quarantine (
    tenant   TEXT   COLLATE "C" NOT NULL,
    input    TEXT   COLLATE "C" NOT NULL,
    record   BIGINT NOT NULL,
    hash     TEXT   COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    -- When it was released: the number of that event.
    released BIGINT,
    PRIMARY KEY (tenant, input, record, hash)
);

CREATE INDEX quarantine_by_seq ON quarantine (tenant, seq);

-- Where people's labels of a message stand in the log.
CREATE TABLE labels (
    tenant      TEXT   COLLATE "C" NOT NULL,
    source      TEXT   COLLATE "C" NOT NULL,
    external_id TEXT   COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (tenant, source, external_id, seq)
);

-- One row per fact, transaction and label: the constraint that gives what is said twice its one effect.
CREATE TABLE notes (
    tenant TEXT   COLLATE "C" NOT NULL,
    hash   TEXT   COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, hash)
);

-- One row per claim about two accounts, as it stands now.
CREATE TABLE links (
    tenant   TEXT   COLLATE "C" NOT NULL,
    id       TEXT   COLLATE "C" NOT NULL,
    a_source TEXT   COLLATE "C" NOT NULL,
    a_id     TEXT   COLLATE "C" NOT NULL,
    b_source TEXT   COLLATE "C" NOT NULL,
    b_id     TEXT   COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    revoked  BIGINT,
    body     TEXT   COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX links_by_a ON links (tenant, a_source, a_id);
CREATE INDEX links_by_b ON links (tenant, b_source, b_id);

-- One row per account of a customer that has more than one.
CREATE TABLE members (
    tenant    TEXT COLLATE "C" NOT NULL,
    source    TEXT COLLATE "C" NOT NULL,
    native_id TEXT COLLATE "C" NOT NULL,
    customer  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, source, native_id)
);

CREATE INDEX members_by_customer ON members (tenant, customer);

-- The ledger of erasures: hashes, by which an account is known if an older copy of the record comes back.
CREATE TABLE erasures (
    tenant TEXT   COLLATE "C" NOT NULL,
    hash   TEXT   COLLATE "C" NOT NULL,
    at     BIGINT NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, hash)
);

-- How far each consumer of effects has come.
CREATE TABLE consumers (
    tenant TEXT   COLLATE "C" NOT NULL,
    name   TEXT   COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);
