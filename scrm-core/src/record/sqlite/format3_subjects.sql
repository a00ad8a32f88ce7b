-- From format 2 to format 3: what an event is about, besides people and messages.

DROP VIEW IF EXISTS v_messages;
DROP VIEW IF EXISTS v_decisions;
DROP VIEW IF EXISTS v_cases;
DROP VIEW IF EXISTS v_responses;
DROP VIEW IF EXISTS v_quarantine;
DROP VIEW IF EXISTS v_daily;
DROP VIEW IF EXISTS v_incidents;
DROP VIEW IF EXISTS v_authors;
DROP VIEW IF EXISTS v_customers;
DROP VIEW IF EXISTS v_links;
DROP VIEW IF EXISTS v_labels;
DROP VIEW IF EXISTS v_transactions;

-- One row for each response, permission, asset and programme that an event is about, for the case of a response, and for
-- each response that was sent (kind 'sent', without an id). What such a thing is follows from its events.
CREATE TABLE subjects (
    tenant TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    id     TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, id, seq),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO subjects (tenant, kind, id, seq)
SELECT tenant, 'response', body ->> '$.response.id', seq FROM log WHERE kind = 'responded';
INSERT INTO subjects (tenant, kind, id, seq)
SELECT tenant, 'case', body ->> '$.response.case', seq FROM log WHERE kind = 'responded';
INSERT INTO subjects (tenant, kind, id, seq)
SELECT tenant, 'sent', '', seq FROM log WHERE kind = 'responded' AND body ->> '$.response.sent' IS NOT NULL;
