-- From format 2 to format 3: what happened to a case, when its clocks are to be looked at, who has it, what its incident is.
-- The views are made anew by the last step.

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

-- Who has it: whoever answers it now, else whoever was given it.
ALTER TABLE cases ADD COLUMN person TEXT;
-- The medium of its first message.
ALTER TABLE cases ADD COLUMN channel TEXT;
-- When its clocks are to be looked at next: by a case without one nothing falls due until something happens to it.
ALTER TABLE cases ADD COLUMN next_due INTEGER;
-- When it ended and when it was answered stands in the case itself from now on.
UPDATE cases SET body = substr(body, 1, length(body) - 1) || ',"resolved":"'
    || strftime('%Y-%m-%dT%H:%M:%S', resolved / 1000000, 'unixepoch') || printf('.%06dZ"}', resolved % 1000000)
WHERE resolved IS NOT NULL AND body ->> '$.resolved' IS NULL;
UPDATE cases SET body = substr(body, 1, length(body) - 1) || ',"answered":"'
    || strftime('%Y-%m-%dT%H:%M:%S', r.sent / 1000000, 'unixepoch') || printf('.%06dZ"}', r.sent % 1000000)
FROM (SELECT tenant, case_id, min(sent) AS sent FROM responses WHERE sent IS NOT NULL GROUP BY tenant, case_id) r
WHERE r.tenant = cases.tenant AND r.case_id = cases.id AND cases.body ->> '$.answered' IS NULL;
UPDATE cases SET next_due = opened,
    person = coalesce(body ->> '$.claim.person', body ->> '$.assigned.person'), channel = body ->> '$.channel';

CREATE INDEX cases_by_due ON cases (tenant, next_due, id) WHERE next_due IS NOT NULL;
CREATE INDEX cases_by_person ON cases (tenant, person, channel) WHERE person IS NOT NULL AND status <> 'resolved';
CREATE INDEX cases_by_incident ON cases (tenant, incident, opened, id) WHERE incident IS NOT NULL;

-- One row for each event that happened to a case.
CREATE TABLE case_events (
    tenant  TEXT    NOT NULL,
    case_id TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (tenant, case_id, seq),
    FOREIGN KEY (tenant, seq) REFERENCES log (tenant, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO case_events (tenant, case_id, seq)
SELECT tenant, coalesce(body ->> '$.case.id', body ->> '$.response.case', body ->> '$.case'), seq
FROM log WHERE kind IN ('case_opened', 'case_joined', 'responded', 'case_resolved');

CREATE TABLE incidents (
    tenant TEXT    NOT NULL,
    id     TEXT    NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER,
    body   TEXT    NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- What was said last of the presence of each person of the team.
CREATE TABLE presences (
    tenant TEXT NOT NULL,
    person TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, person)
) STRICT, WITHOUT ROWID;

-- When each person of the team was given a case last.
CREATE TABLE turns (
    tenant TEXT    NOT NULL,
    person TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, person)
) STRICT, WITHOUT ROWID;

-- By which rules the clocks of each tenant are read.
CREATE TABLE clock_rules (
    tenant TEXT NOT NULL,
    rules  TEXT NOT NULL,
    PRIMARY KEY (tenant)
) STRICT, WITHOUT ROWID;
