-- What is known of the bars beyond their number, and where they came from. Null in rows that were written before.
alter table requests add column record_count bigint;      -- records that the vendor says the range has (get_record_count)
alter table requests add column quality jsonb;            -- what the gateway measured in the bars, in whole numbers
alter table requests add column instruments jsonb;        -- instrument and days: as resolved, or as found in the bars
alter table requests add column endpoint_override text;   -- address that stood in for the vendor's own; null is the vendor's own
alter table requests add column vendor_warning text;      -- what the vendor warned of, such as synthetic data

create or replace view market_data_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, symbol, requested_for_symbol, provider, endpoint,
    dataset, schema, start_ts, end_ts, bar_count, first_bar_ts, last_bar_ts, staleness_ms, latency_ms,
    outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code, error_message,
    request_fingerprint, served_from, response_digest, record_count, quality, instruments, endpoint_override, vendor_warning
from requests where source = 'marketData';
