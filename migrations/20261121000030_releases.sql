-- When the economic figures that an answer speaks of are released: [{id, dates}], by the vendor's word. By it a figure is known to be
-- older than its next release.
alter table requests add column releases jsonb;

create or replace view macro_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, endpoint, series_ids, realtime_start,
    realtime_end, latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code,
    error_code, error_message, request_fingerprint, served_from, response_digest, item_count, releases
from requests where source = 'macro';
