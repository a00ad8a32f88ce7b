-- What analysts read. The names and columns are promised; schema.rs has the table of them.

CREATE VIEW v_messages AS
SELECT m.tenant, m.source, m.external_id, m.version, m.versions, m.channel,
    l.body ->> '$.message.kind' AS kind,
    m.direction,
    l.body ->> '$.message.visibility' AS visibility,
    coalesce(l.body ->> '$.message.author.handle', l.body ->> '$.message.author.name', m.author_id) AS author,
    m.author_source, m.author_id,
    l.body ->> '$.message.title' AS title,
    l.body ->> '$.message.text' AS text,
    coalesce(l.body ->> '$.assessment.classification.language.value', l.body ->> '$.message.language') AS language,
    coalesce(l.body ->> '$.message.times.created', l.body ->> '$.message.times.declared',
        l.body ->> '$.message.times.observed') AS said_at,
    l.body ->> '$.message.times.created' AS created_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.observed / 1000000, 'unixepoch') AS observed_at,
    (l.body ->> '$.message.times.deleted') IS NOT NULL AS deleted,
    m.type,
    l.body -> '$.assessment.classification.types' AS types,
    m.issue,
    l.body -> '$.assessment.classification.topics.value' AS topics,
    m.sentiment, m.sentiment_score,
    l.body ->> '$.assessment.classification.action.value' AS action,
    l.body ->> '$.assessment.classification.influence.value.score' AS influence,
    m.outcome, m.reason,
    (SELECT json_group_array(value ->> '$.id') FROM json_each(l.body, '$.assessment.hits.monitors')) AS monitors,
    coalesce(l.body -> '$.assessment.hits.brands', '[]') AS brands,
    l.body ->> '$.message.metrics.likes' AS likes,
    l.body ->> '$.message.metrics.reposts' AS reposts,
    l.body ->> '$.message.metrics.replies' AS replies,
    m.seq
FROM messages m JOIN log l ON l.tenant = m.tenant AND l.seq = m.seq;

CREATE VIEW v_decisions AS
SELECT d.tenant, d.source, d.external_id, d.version,
    EXISTS (SELECT 1 FROM messages m WHERE m.tenant = d.tenant AND m.observed = d.observed
        AND m.source = d.source AND m.external_id = d.external_id AND m.version = d.version) AS current,
    strftime('%Y-%m-%dT%H:%M:%SZ', d.observed / 1000000, 'unixepoch') AS observed_at,
    d.outcome, d.reason,
    l.body ->> '$.assessment.decision.at' AS decided_at,
    l.body ->> '$.assessment.decision.facets.department' AS department,
    l.body ->> '$.assessment.decision.facets.visibility' AS visibility,
    l.body ->> '$.assessment.decision.facets.respond' AS respond,
    l.body ->> '$.assessment.decision.facets.priority' AS priority,
    l.body ->> '$.assessment.decision.facets.owner' AS owner,
    l.body ->> '$.assessment.decision.facets.incident' AS incident,
    coalesce(l.body -> '$.assessment.decision.facets.sla', '[]') AS sla,
    coalesce(l.body -> '$.assessment.decision.facets.escalate', '{}') AS escalate,
    coalesce(l.body -> '$.assessment.decision.facets.skills', '[]') AS skills,
    coalesce(l.body -> '$.assessment.decision.facets.tags', '[]') AS tags,
    coalesce(l.body -> '$.assessment.decision.facets.approve', '[]') AS approve,
    coalesce(l.body -> '$.assessment.decision.facets.notify', '[]') AS notify,
    l.body ->> '$.assessment.decision.due.first_response' AS first_response_due,
    l.body ->> '$.assessment.decision.due.resolution' AS resolution_due,
    (SELECT json_group_array(DISTINCT value ->> '$.rule')
        FROM json_each(l.body, '$.assessment.decision.proof')) AS rules_fired,
    l.body ->> '$.assessment.decision.rules' AS rules_hash,
    d.seq
FROM deliveries d JOIN log l ON l.tenant = d.tenant AND l.seq = d.seq
WHERE (l.body -> '$.assessment.decision') IS NOT NULL;

CREATE VIEW v_cases AS
SELECT c.tenant, c.id, c.status,
    c.body ->> '$.first.source' AS first_source,
    c.body ->> '$.first.external_id' AS first_external_id,
    c.author_source, c.author_id,
    coalesce(i.body ->> '$.handle', i.body ->> '$.name', c.author_id) AS author,
    c.thread_source, c.thread_id,
    c.body ->> '$.brand' AS brand,
    c.body ->> '$.issue' AS issue,
    c.body ->> '$.department' AS department,
    c.body ->> '$.visibility' AS visibility,
    c.body ->> '$.priority' AS priority,
    c.incident,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.opened / 1000000, 'unixepoch') AS opened_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.updated / 1000000, 'unixepoch') AS updated_at,
    c.body ->> '$.first_response_due' AS first_response_due,
    (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', min(r.sent) / 1000000, 'unixepoch') FROM responses r
        WHERE r.tenant = c.tenant AND r.case_id = c.id) AS first_response_at,
    c.body ->> '$.resolution_due' AS resolution_due,
    strftime('%Y-%m-%dT%H:%M:%SZ', c.resolved / 1000000, 'unixepoch') AS resolved_at,
    c.body ->> '$.messages' AS messages
FROM cases c LEFT JOIN identities i
    ON i.tenant = c.tenant AND i.source = c.author_source AND i.native_id = c.author_id;

CREATE VIEW v_responses AS
SELECT r.tenant, r.id, r.case_id,
    l.body ->> '$.response.to.source' AS to_source,
    l.body ->> '$.response.to.external_id' AS to_external_id,
    l.body ->> '$.response.scale' AS scale,
    l.body ->> '$.response.visibility' AS visibility,
    l.body ->> '$.response.author' AS person,
    l.body ->> '$.response.text' AS text,
    strftime('%Y-%m-%dT%H:%M:%SZ', r.sent / 1000000, 'unixepoch') AS sent_at,
    r.seq
FROM responses r JOIN log l ON l.tenant = r.tenant AND l.seq = r.seq;

CREATE VIEW v_quarantine AS
SELECT q.tenant, q.seq, q.input, q.record, l.body ->> '$.fault' AS fault, l.body ->> '$.raw' AS raw
FROM quarantine q JOIN log l ON l.tenant = q.tenant AND l.seq = q.seq
WHERE q.released IS NULL;

CREATE VIEW v_daily AS
SELECT tenant,
    strftime('%Y-%m-%d', observed / 1000000, 'unixepoch') AS day,
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
    avg(CASE sentiment WHEN 'positive' THEN 1.0 WHEN 'negative' THEN -1.0 WHEN 'neutral' THEN 0.0 END)
        FILTER (WHERE outcome <> 'noise') AS net_sentiment
FROM messages
GROUP BY tenant, day, channel;

CREATE VIEW v_incidents AS
SELECT tenant, incident,
    count(*) AS cases,
    count(*) FILTER (WHERE status <> 'resolved') AS cases_open,
    sum(body ->> '$.messages') AS messages,
    strftime('%Y-%m-%dT%H:%M:%SZ', min(opened) / 1000000, 'unixepoch') AS opened_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', max(updated) / 1000000, 'unixepoch') AS updated_at,
    json_group_array(DISTINCT body ->> '$.department')
        FILTER (WHERE body ->> '$.department' IS NOT NULL) AS departments
FROM cases
WHERE incident IS NOT NULL
GROUP BY tenant, incident;

CREATE VIEW v_authors AS
SELECT i.tenant, i.source, i.native_id,
    i.body ->> '$.handle' AS handle,
    i.body ->> '$.name' AS name,
    i.body ->> '$.verified' AS verified,
    i.body ->> '$.followers' AS followers,
    i.body ->> '$.location' AS location,
    strftime('%Y-%m-%dT%H:%M:%SZ', i.first_seen / 1000000, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', i.last_seen / 1000000, 'unixepoch') AS last_seen_at,
    coalesce(m.messages, 0) AS messages,
    coalesce(m.complaints, 0) AS complaints,
    coalesce(m.negative, 0) AS negative,
    coalesce(m.positive, 0) AS positive,
    strftime('%Y-%m-%dT%H:%M:%SZ', m.last / 1000000, 'unixepoch') AS last_message_at
FROM identities i LEFT JOIN (
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
    i.body ->> '$.handle' AS handle,
    i.body ->> '$.name' AS name,
    strftime('%Y-%m-%dT%H:%M:%SZ', i.first_seen / 1000000, 'unixepoch') AS first_seen_at,
    strftime('%Y-%m-%dT%H:%M:%SZ', i.last_seen / 1000000, 'unixepoch') AS last_seen_at
FROM identities i LEFT JOIN members m
    ON m.tenant = i.tenant AND m.source = i.source AND m.native_id = i.native_id;

CREATE VIEW v_links AS
SELECT tenant, id, a_source, a_id, b_source, b_id,
    body ->> '$.claim' AS claim,
    body ->> '$.evidence' AS evidence,
    body ->> '$.score' AS score,
    body ->> '$.at' AS claimed_at,
    body ->> '$.revoked.at' AS revoked_at,
    coalesce(body ->> '$.revoked.person', body ->> '$.person') AS person,
    seq
FROM links;

CREATE VIEW v_labels AS
SELECT x.tenant, x.source, x.external_id,
    l.body ->> '$.label.person' AS person,
    l.body ->> '$.label.at' AS labelled_at,
    l.body ->> '$.label.type' AS type,
    l.body -> '$.label.topics' AS topics,
    l.body ->> '$.label.sentiment' AS sentiment,
    l.body ->> '$.label.action' AS action,
    l.body ->> '$.label.noise' AS noise,
    coalesce(l.body ->> '$.label.not_noise', 0) AS not_noise,
    x.seq
FROM labels x JOIN log l ON l.tenant = x.tenant AND l.seq = x.seq;

CREATE VIEW v_transactions AS
SELECT l.tenant,
    l.body ->> '$.transaction.id' AS id,
    l.body ->> '$.transaction.kind' AS kind,
    l.body ->> '$.transaction.identity.source' AS source,
    l.body ->> '$.transaction.identity.native_id' AS native_id,
    l.body ->> '$.transaction.amount.minor' AS minor,
    l.body ->> '$.transaction.amount.currency' AS currency,
    l.body ->> '$.transaction.at' AS at,
    l.seq
FROM notes n JOIN log l ON l.tenant = n.tenant AND l.seq = n.seq
WHERE l.kind = 'transacted';

CREATE VIEW v_drafts AS
SELECT l.tenant, l.body ->> '$.draft.id' AS id, l.body ->> '$.draft.edition' AS edition,
    l.body ->> '$.draft.case' AS case_id, l.body ->> '$.draft.scale' AS scale,
    l.body ->> '$.draft.visibility' AS visibility, l.body ->> '$.draft.author' AS person,
    l.body ->> '$.draft.text' AS text, l.body ->> '$.draft.at' AS written_at, l.seq
FROM log l WHERE l.kind = 'drafted';

CREATE VIEW v_feedback AS
SELECT l.tenant, l.body ->> '$.feedback.response' AS response, l.body ->> '$.feedback.kind' AS kind,
    l.body ->> '$.feedback.message.source' AS source, l.body ->> '$.feedback.message.external_id' AS external_id,
    l.body ->> '$.feedback.score' AS score, l.body ->> '$.feedback.best' AS best,
    l.body ->> '$.feedback.at' AS at, l.seq
FROM log l WHERE l.kind = 'fed_back';

CREATE VIEW v_permissions AS
SELECT l.tenant, l.body ->> '$.permission.id' AS id, l.body ->> '$.permission.identity.source' AS source,
    l.body ->> '$.permission.identity.native_id' AS native_id, l.body ->> '$.permission.case' AS case_id,
    l.body ->> '$.permission.at' AS asked_at,
    (SELECT a.body ->> '$.answer.at' FROM subjects s JOIN log a ON a.tenant = s.tenant AND a.seq = s.seq
     WHERE s.tenant = l.tenant AND s.kind = 'permission' AND s.id = l.body ->> '$.permission.id'
         AND a.kind = 'permission_answered' AND json_array_length(a.body, '$.answer.uses') > 0
     ORDER BY s.seq DESC LIMIT 1) AS granted_at,
    (SELECT a.body ->> '$.at' FROM subjects s JOIN log a ON a.tenant = s.tenant AND a.seq = s.seq
     WHERE s.tenant = l.tenant AND s.kind = 'permission' AND s.id = l.body ->> '$.permission.id'
         AND a.kind = 'permission_withdrawn' LIMIT 1) AS withdrawn_at,
    l.seq
FROM log l WHERE l.kind = 'permission_asked';

CREATE VIEW v_assets AS
SELECT l.tenant, l.body ->> '$.asset.id' AS id, l.body ->> '$.asset.kind' AS kind,
    l.body ->> '$.asset.identity.source' AS source, l.body ->> '$.asset.identity.native_id' AS native_id,
    l.body ->> '$.asset.case' AS case_id, l.body ->> '$.asset.title' AS title, l.body ->> '$.asset.text' AS text,
    l.body ->> '$.asset.at' AS made_at, l.seq
FROM log l WHERE l.kind = 'asset_made';
