-- What analysts read. The names and columns are those of an SQLite record.

-- An event's JSON. A character 0, which jsonb does not keep, becomes U+FFFD; `\\u0000` is a backslash and a word.
CREATE FUNCTION scrm_json(body TEXT) RETURNS JSONB LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN strpos(body, '\u0000') = 0 THEN body::jsonb
        ELSE regexp_replace(body, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb END
$$;

-- `OFFSET 0` below keeps the JSON from being read again for each column.

-- A time as ISO 8601; none outside of the years 0 to 9999.
CREATE FUNCTION scrm_time(micros BIGINT) RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN micros >= -62135596800000000 AND micros < 253402300800000000
        THEN to_char(to_timestamp(micros / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END
$$;

CREATE VIEW v_messages AS
SELECT m.tenant, m.source, m.external_id, m.version, m.versions, m.channel,
    j #>> '{message,kind}' AS kind,
    m.direction,
    j #>> '{message,visibility}' AS visibility,
    coalesce(j #>> '{message,author,handle}', j #>> '{message,author,name}', m.author_id) AS author,
    m.author_source, m.author_id,
    j #>> '{message,title}' AS title,
    j #>> '{message,text}' AS text,
    coalesce(j #>> '{assessment,classification,language,value}', j #>> '{message,language}') AS language,
    coalesce(j #>> '{message,times,created}', j #>> '{message,times,declared}',
        j #>> '{message,times,observed}') AS said_at,
    j #>> '{message,times,created}' AS created_at,
    scrm_time(m.observed) AS observed_at,
    ((j #>> '{message,times,deleted}') IS NOT NULL)::int AS deleted,
    m.type,
    j #> '{assessment,classification,types}' AS types,
    m.issue,
    j #> '{assessment,classification,topics,value}' AS topics,
    m.sentiment, m.sentiment_score,
    j #>> '{assessment,classification,action,value}' AS action,
    (j #>> '{assessment,classification,influence,value,score}')::float8 AS influence,
    m.outcome, m.reason,
    coalesce(jsonb_path_query_array(j, '$.assessment.hits.monitors[*].id'), '[]') AS monitors,
    coalesce(j #> '{assessment,hits,brands}', '[]') AS brands,
    (j #>> '{message,metrics,likes}')::int8 AS likes,
    (j #>> '{message,metrics,reposts}')::int8 AS reposts,
    (j #>> '{message,metrics,replies}')::int8 AS replies,
    m.seq
FROM messages m JOIN log l ON l.tenant = m.tenant AND l.seq = m.seq CROSS JOIN LATERAL scrm_json(l.body) j;

CREATE VIEW v_decisions AS
SELECT d.tenant, d.source, d.external_id, d.version,
    EXISTS (SELECT 1 FROM messages m WHERE m.tenant = d.tenant AND m.observed = d.observed
        AND m.source = d.source AND m.external_id = d.external_id AND m.version = d.version)::int AS current,
    scrm_time(d.observed) AS observed_at,
    d.outcome, d.reason,
    j ->> 'at' AS decided_at,
    j #>> '{facets,department}' AS department,
    j #>> '{facets,visibility}' AS visibility,
    j #>> '{facets,respond}' AS respond,
    (j #>> '{facets,priority}')::int8 AS priority,
    j #>> '{facets,owner}' AS owner,
    j #>> '{facets,incident}' AS incident,
    coalesce(j #> '{facets,sla}', '[]') AS sla,
    coalesce(j #> '{facets,escalate}', '{}') AS escalate,
    coalesce(j #> '{facets,skills}', '[]') AS skills,
    coalesce(j #> '{facets,tags}', '[]') AS tags,
    coalesce(j #> '{facets,approve}', '[]') AS approve,
    coalesce(j #> '{facets,notify}', '[]') AS notify,
    j #>> '{due,first_response}' AS first_response_due,
    j #>> '{due,resolution}' AS resolution_due,
    (SELECT coalesce(jsonb_agg(DISTINCT p ->> 'rule'), '[]')
        FROM jsonb_array_elements(CASE jsonb_typeof(j -> 'proof') WHEN 'array' THEN j -> 'proof' END) p)
        AS rules_fired,
    j ->> 'rules' AS rules_hash,
    d.seq
FROM deliveries d JOIN log l ON l.tenant = d.tenant AND l.seq = d.seq
CROSS JOIN LATERAL (SELECT scrm_json(l.body) #> '{assessment,decision}' AS j OFFSET 0) x
WHERE j IS NOT NULL;

CREATE VIEW v_cases AS
SELECT c.tenant, c.id, c.status,
    j #>> '{first,source}' AS first_source,
    j #>> '{first,external_id}' AS first_external_id,
    c.author_source, c.author_id,
    coalesce(scrm_json(i.body) ->> 'handle', scrm_json(i.body) ->> 'name', c.author_id) AS author,
    c.thread_source, c.thread_id,
    j ->> 'brand' AS brand,
    j ->> 'issue' AS issue,
    j ->> 'department' AS department,
    j ->> 'visibility' AS visibility,
    (j ->> 'priority')::int8 AS priority,
    c.incident,
    scrm_time(c.opened) AS opened_at,
    scrm_time(c.updated) AS updated_at,
    j ->> 'first_response_due' AS first_response_due,
    (SELECT scrm_time(min(r.sent)) FROM responses r
        WHERE r.tenant = c.tenant AND r.case_id = c.id) AS first_response_at,
    j ->> 'resolution_due' AS resolution_due,
    scrm_time(c.resolved) AS resolved_at,
    (j ->> 'messages')::int8 AS messages
FROM cases c LEFT JOIN identities i
    ON i.tenant = c.tenant AND i.source = c.author_source AND i.native_id = c.author_id
CROSS JOIN LATERAL scrm_json(c.body) j;

CREATE VIEW v_responses AS
SELECT r.tenant, r.id, r.case_id,
    j #>> '{response,to,source}' AS to_source,
    j #>> '{response,to,external_id}' AS to_external_id,
    j #>> '{response,scale}' AS scale,
    j #>> '{response,visibility}' AS visibility,
    j #>> '{response,author}' AS person,
    j #>> '{response,text}' AS text,
    scrm_time(r.sent) AS sent_at,
    r.seq
FROM responses r JOIN log l ON l.tenant = r.tenant AND l.seq = r.seq CROSS JOIN LATERAL scrm_json(l.body) j;

CREATE VIEW v_quarantine AS
SELECT q.tenant, q.seq, q.input, q.record, j ->> 'fault' AS fault, j ->> 'raw' AS raw
FROM quarantine q JOIN log l ON l.tenant = q.tenant AND l.seq = q.seq CROSS JOIN LATERAL scrm_json(l.body) j
WHERE q.released IS NULL;

CREATE VIEW v_daily AS
SELECT tenant,
    left(scrm_time(observed), 10) AS day,
    channel,
    count(*) AS messages,
    count(*) FILTER (WHERE outcome = 'noise') AS noise,
    count(*) FILTER (WHERE outcome = 'decided') AS decided,
    count(*) FILTER (WHERE outcome = 'open') AS open,
    count(*) FILTER (WHERE outcome <> 'noise' AND type = 'complaint') AS complaints,
    count(*) FILTER (WHERE outcome <> 'noise' AND type = 'question') AS questions,
    count(*) FILTER (WHERE outcome <> 'noise' AND type = 'compliment') AS compliments,
    count(*) FILTER (WHERE outcome <> 'noise' AND type = 'request') AS requests,
    count(*) FILTER (WHERE outcome <> 'noise' AND type = 'suggestion') AS suggestions,
    count(*) FILTER (WHERE outcome <> 'noise' AND sentiment = 'negative') AS negative,
    count(*) FILTER (WHERE outcome <> 'noise' AND sentiment = 'neutral') AS neutral,
    count(*) FILTER (WHERE outcome <> 'noise' AND sentiment = 'positive') AS positive,
    (avg(CASE sentiment WHEN 'positive' THEN 1.0 WHEN 'negative' THEN -1.0 WHEN 'neutral' THEN 0.0 END)
        FILTER (WHERE outcome <> 'noise'))::float8 AS net_sentiment
FROM messages
GROUP BY 1, 2, 3;

CREATE VIEW v_incidents AS
SELECT tenant, incident,
    count(*) AS cases,
    count(*) FILTER (WHERE status <> 'resolved') AS cases_open,
    sum((j ->> 'messages')::int8)::int8 AS messages,
    scrm_time(min(opened)) AS opened_at,
    scrm_time(max(updated)) AS updated_at,
    coalesce(jsonb_agg(DISTINCT j ->> 'department') FILTER (WHERE j ->> 'department' IS NOT NULL), '[]')
        AS departments
FROM cases CROSS JOIN LATERAL scrm_json(body) j
WHERE incident IS NOT NULL
GROUP BY tenant, incident;

CREATE VIEW v_authors AS
SELECT i.tenant, i.source, i.native_id,
    j ->> 'handle' AS handle,
    j ->> 'name' AS name,
    (j ->> 'verified')::boolean::int AS verified,
    (j ->> 'followers')::int8 AS followers,
    j ->> 'location' AS location,
    scrm_time(i.first_seen) AS first_seen_at,
    scrm_time(i.last_seen) AS last_seen_at,
    coalesce(m.messages, 0) AS messages,
    coalesce(m.complaints, 0) AS complaints,
    coalesce(m.negative, 0) AS negative,
    coalesce(m.positive, 0) AS positive,
    scrm_time(m.last) AS last_message_at
FROM identities i CROSS JOIN LATERAL scrm_json(i.body) j LEFT JOIN (
    SELECT tenant, author_source, author_id,
        count(*) AS messages,
        count(*) FILTER (WHERE type = 'complaint') AS complaints,
        count(*) FILTER (WHERE sentiment = 'negative') AS negative,
        count(*) FILTER (WHERE sentiment = 'positive') AS positive,
        max(observed) AS last
    FROM messages
    WHERE direction = 'in' AND outcome <> 'noise'
    GROUP BY tenant, author_source, author_id
) m ON m.tenant = i.tenant AND m.author_source = i.source AND m.author_id = i.native_id;

CREATE VIEW v_customers AS
SELECT i.tenant,
    coalesce(m.customer, replace(replace(i.source, '%', '%25'), '/', '%2F') || '/' || i.native_id) AS customer,
    i.source, i.native_id,
    j ->> 'handle' AS handle,
    j ->> 'name' AS name,
    scrm_time(i.first_seen) AS first_seen_at,
    scrm_time(i.last_seen) AS last_seen_at
FROM identities i CROSS JOIN LATERAL scrm_json(i.body) j LEFT JOIN members m
    ON m.tenant = i.tenant AND m.source = i.source AND m.native_id = i.native_id;

CREATE VIEW v_links AS
SELECT tenant, id, a_source, a_id, b_source, b_id,
    j ->> 'claim' AS claim,
    j ->> 'evidence' AS evidence,
    (j ->> 'score')::float8 AS score,
    j ->> 'at' AS claimed_at,
    j #>> '{revoked,at}' AS revoked_at,
    coalesce(j #>> '{revoked,person}', j ->> 'person') AS person,
    seq
FROM links CROSS JOIN LATERAL scrm_json(body) j;

CREATE VIEW v_labels AS
SELECT x.tenant, x.source, x.external_id,
    j ->> 'person' AS person,
    j ->> 'at' AS labelled_at,
    j ->> 'type' AS type,
    j -> 'topics' AS topics,
    j ->> 'sentiment' AS sentiment,
    j ->> 'action' AS action,
    j ->> 'noise' AS noise,
    coalesce((j ->> 'not_noise')::boolean::int, 0) AS not_noise,
    x.seq
FROM labels x JOIN log l ON l.tenant = x.tenant AND l.seq = x.seq
CROSS JOIN LATERAL (SELECT scrm_json(l.body) -> 'label' AS j OFFSET 0) y;

CREATE VIEW v_transactions AS
SELECT l.tenant,
    j ->> 'id' AS id,
    j ->> 'kind' AS kind,
    j #>> '{identity,source}' AS source,
    j #>> '{identity,native_id}' AS native_id,
    (j #>> '{amount,minor}')::int8 AS minor,
    j #>> '{amount,currency}' AS currency,
    j ->> 'at' AS at,
    l.seq
FROM notes n JOIN log l ON l.tenant = n.tenant AND l.seq = n.seq
CROSS JOIN LATERAL (SELECT scrm_json(l.body) -> 'transaction' AS j OFFSET 0) y
WHERE l.kind = 'transacted';
