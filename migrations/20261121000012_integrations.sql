-- Through which Integration a call went, what was found of its keys, and what its vendor asked for. Null in rows that were written
-- before, and in rows of calls for which no Integration was found or looked for.
alter table requests add column integration_id uuid;              -- the Integration's UID
alter table requests add column integration_generation bigint;    -- generation of its spec that the call was made under
alter table requests add column integration_namespace text;       -- its namespace and name at the time of the call
alter table requests add column integration_name text;
alter table requests add column credential_check jsonb;           -- {missing, malformed, doubts}: names and sentences, never a value
alter table requests add column item_count bigint;                -- things that the answer lists: headlines, alerts, observations
alter table requests add column delayed boolean;                  -- true where the vendor says that its data is delayed
alter table requests add column retry_after_s bigint;             -- seconds that the vendor asks to wait

-- The newest row of each kind is found by an index and not by a search, whatever the others are.
create index requests_integration_success on requests (integration_id, id desc) where outcome in ('success', 'served');
create index requests_integration_failure on requests (integration_id, id desc) where outcome in ('failed', 'refused', 'unknown');
create index requests_integration_asked on requests (integration_id, id desc) where operation <> 'call';
create index requests_integration_delayed on requests (integration_id, id desc) where delayed;

create or replace view macro_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, endpoint, series_ids, realtime_start,
    realtime_end, latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code,
    error_code, error_message, request_fingerprint, served_from, response_digest, item_count
from requests where source = 'macro';

create or replace view options_flow_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, endpoint, symbol, requested_for_symbol,
    latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code,
    error_message, request_fingerprint, served_from, response_digest, item_count, delayed
from requests where source = 'optionsFlow';

create or replace view news_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, symbol, keywords, provider, endpoint, latency_ms,
    outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code, error_message,
    request_fingerprint, served_from, response_digest, item_count
from requests where source = 'news';

create or replace view integration_usage_events as
select id, created_at, user_id, bot_id, bot_namespace, bot_name, job_id, trace_id, stage, provider, source, operation, endpoint,
    outcome as status, http_status, latency_ms, reason_code, error_code, error_message, sent, integration_id, integration_namespace,
    integration_name
from requests;

-- Handshakes: whether a credential was there and the vendor accepted it. They are never use.
create view verifications as
select id, created_at, completed_at, integration_id, integration_generation, integration_namespace, integration_name, provider,
    trace_id, user_id, endpoint, outcome as status, sent, http_status, latency_ms, reason_code, error_code, error_message,
    credential_check, retry_after_s, endpoint_override
from requests where operation = 'verify';
grant select on verifications to assayer_api, assayer_controller;

-- Who says in an Integration's status what its rows prove learns of each handshake and of each call that failed. A call that
-- succeeds is not told: there are many, and they change nothing that a look now and then would miss for long.
create function tell_of_integrations() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('assayer_integrations', integration_id::text)
    from (select distinct integration_id from changed
          where integration_id is not null and (operation <> 'call' or outcome not in ('success', 'served'))) told;
    return null;
end $$;
create trigger requests_inserted_of_integrations after insert on requests
    referencing new table as changed for each statement execute function tell_of_integrations();
