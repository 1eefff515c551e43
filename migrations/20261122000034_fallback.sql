-- Bars that stood in for another vendor's are told from that vendor's own wherever people look for bars.
create or replace view market_data_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, symbol, requested_for_symbol, provider, endpoint,
    dataset, schema, start_ts, end_ts, bar_count, first_bar_ts, last_bar_ts, staleness_ms, latency_ms,
    outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code, error_message,
    request_fingerprint, served_from, response_digest, record_count, quality, instruments, endpoint_override, vendor_warning, cost_usd,
    delayed, gaps, fallback_of
from requests where source = 'marketData';
