-- From format 1 to format 2: what an event is about, besides people and messages.

-- One row for each response, permission, asset and programme that an event is about, for the case of a response, and for
-- each response that was sent (kind 'sent', without an id). What such a thing is follows from its events.
CREATE TABLE subjects (
    tenant TEXT   COLLATE "C" NOT NULL,
    kind   TEXT   COLLATE "C" NOT NULL,
    id     TEXT   COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, id, seq)
);

INSERT INTO subjects (tenant, kind, id, seq)
SELECT tenant, 'response', scrm_json(body) #>> '{response,id}', seq FROM log WHERE kind = 'responded';
INSERT INTO subjects (tenant, kind, id, seq)
SELECT tenant, 'case', scrm_json(body) #>> '{response,case}', seq FROM log WHERE kind = 'responded';
INSERT INTO subjects (tenant, kind, id, seq)
SELECT tenant, 'sent', '', seq FROM log
WHERE kind = 'responded' AND scrm_json(body) #>> '{response,sent}' IS NOT NULL;

CREATE VIEW v_drafts AS
SELECT l.tenant, j #>> '{draft,id}' AS id, (j #>> '{draft,edition}')::bigint AS edition,
    j #>> '{draft,case}' AS case_id, j #>> '{draft,scale}' AS scale, j #>> '{draft,visibility}' AS visibility,
    j #>> '{draft,author}' AS person, j #>> '{draft,text}' AS text, j #>> '{draft,at}' AS written_at, l.seq
FROM log l CROSS JOIN LATERAL scrm_json(l.body) j WHERE l.kind = 'drafted';

CREATE VIEW v_feedback AS
SELECT l.tenant, j #>> '{feedback,response}' AS response, j #>> '{feedback,kind}' AS kind,
    j #>> '{feedback,message,source}' AS source, j #>> '{feedback,message,external_id}' AS external_id,
    (j #>> '{feedback,score}')::bigint AS score, (j #>> '{feedback,best}')::bigint AS best,
    j #>> '{feedback,at}' AS at, l.seq
FROM log l CROSS JOIN LATERAL scrm_json(l.body) j WHERE l.kind = 'fed_back';

CREATE VIEW v_permissions AS
SELECT l.tenant, j #>> '{permission,id}' AS id, j #>> '{permission,identity,source}' AS source,
    j #>> '{permission,identity,native_id}' AS native_id, j #>> '{permission,case}' AS case_id,
    j #>> '{permission,at}' AS asked_at,
    (SELECT scrm_json(a.body) #>> '{answer,at}' FROM subjects s JOIN log a ON a.tenant = s.tenant AND a.seq = s.seq
     WHERE s.tenant = l.tenant AND s.kind = 'permission' AND s.id = j #>> '{permission,id}'
         AND a.kind = 'permission_answered' AND scrm_json(a.body) #> '{answer,uses}' IS NOT NULL
     ORDER BY s.seq DESC LIMIT 1) AS granted_at,
    (SELECT scrm_json(a.body) ->> 'at' FROM subjects s JOIN log a ON a.tenant = s.tenant AND a.seq = s.seq
     WHERE s.tenant = l.tenant AND s.kind = 'permission' AND s.id = j #>> '{permission,id}'
         AND a.kind = 'permission_withdrawn' LIMIT 1) AS withdrawn_at,
    l.seq
FROM log l CROSS JOIN LATERAL scrm_json(l.body) j WHERE l.kind = 'permission_asked';

CREATE VIEW v_assets AS
SELECT l.tenant, j #>> '{asset,id}' AS id, j #>> '{asset,kind}' AS kind, j #>> '{asset,identity,source}' AS source,
    j #>> '{asset,identity,native_id}' AS native_id, j #>> '{asset,case}' AS case_id,
    j #>> '{asset,title}' AS title, j #>> '{asset,text}' AS text, j #>> '{asset,at}' AS made_at, l.seq
FROM log l CROSS JOIN LATERAL scrm_json(l.body) j WHERE l.kind = 'asset_made';
