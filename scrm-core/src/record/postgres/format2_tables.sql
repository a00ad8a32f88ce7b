-- From format 1 to format 2: what happened to a case, when its clocks are to be looked at, who has it, what its incident is.

-- Who has it: whoever answers it now, else whoever was given it.
ALTER TABLE cases ADD COLUMN person TEXT COLLATE "C";
-- The medium of its first message.
ALTER TABLE cases ADD COLUMN channel TEXT COLLATE "C";
-- When its clocks are to be looked at next: by a case without one nothing falls due until something happens to it.
ALTER TABLE cases ADD COLUMN next_due BIGINT;
-- When it ended and when it was answered stands in the case itself from now on.
UPDATE cases SET body = left(body, -1) || ',"resolved":"'
    || to_char(to_timestamp(resolved / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
    || '.' || lpad((resolved % 1000000)::text, 6, '0') || 'Z"}'
WHERE resolved IS NOT NULL AND scrm_json(body) ->> 'resolved' IS NULL;
UPDATE cases SET body = left(body, -1) || ',"answered":"'
    || to_char(to_timestamp(r.sent / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
    || '.' || lpad((r.sent % 1000000)::text, 6, '0') || 'Z"}'
FROM (SELECT tenant, case_id, min(sent) AS sent FROM responses WHERE sent IS NOT NULL GROUP BY tenant, case_id) r
WHERE r.tenant = cases.tenant AND r.case_id = cases.id AND scrm_json(cases.body) ->> 'answered' IS NULL;
UPDATE cases SET next_due = opened,
    person = coalesce(scrm_json(body) #>> '{claim,person}', scrm_json(body) #>> '{assigned,person}'),
    channel = scrm_json(body) ->> 'channel';

CREATE INDEX cases_by_due ON cases (tenant, next_due, id) WHERE next_due IS NOT NULL;
CREATE INDEX cases_by_person ON cases (tenant, person, channel) WHERE person IS NOT NULL AND status <> 'resolved';
CREATE INDEX cases_by_incident ON cases (tenant, incident, opened, id) WHERE incident IS NOT NULL;

-- One row for each event that happened to a case.
CREATE TABLE case_events (
    tenant  TEXT   COLLATE "C" NOT NULL,
    case_id TEXT   COLLATE "C" NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (tenant, case_id, seq)
);

INSERT INTO case_events (tenant, case_id, seq)
SELECT tenant, coalesce(j #>> '{case,id}', j #>> '{response,case}', j ->> 'case'), seq
FROM log CROSS JOIN LATERAL scrm_json(body) j
WHERE kind IN ('case_opened', 'case_joined', 'responded', 'case_resolved');

CREATE TABLE incidents (
    tenant TEXT   COLLATE "C" NOT NULL,
    id     TEXT   COLLATE "C" NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT,
    body   TEXT   COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- What was said last of the presence of each person of the team.
CREATE TABLE presences (
    tenant TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    body   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, person)
);

-- When each person of the team was given a case last.
CREATE TABLE turns (
    tenant TEXT   COLLATE "C" NOT NULL,
    person TEXT   COLLATE "C" NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, person)
);

-- By which rules the clocks of each tenant are read.
CREATE TABLE clock_rules (
    tenant TEXT COLLATE "C" NOT NULL,
    rules  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant)
);
