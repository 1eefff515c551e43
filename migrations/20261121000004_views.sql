-- The log by kind of source, with the columns that people ask for. `success` is true for a read served from a stored answer, too.

create view market_data_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, symbol, requested_for_symbol, provider, endpoint,
    dataset, schema, start_ts, end_ts, bar_count, first_bar_ts, last_bar_ts, staleness_ms, latency_ms,
    outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code, error_message,
    request_fingerprint, served_from, response_digest
from requests where source = 'marketData';

create view macro_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, endpoint, series_ids, realtime_start,
    realtime_end, latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code,
    error_code, error_message, request_fingerprint, served_from, response_digest
from requests where source = 'macro';

create view options_flow_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, endpoint, symbol, requested_for_symbol,
    latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code,
    error_message, request_fingerprint, served_from, response_digest
from requests where source = 'optionsFlow';

create view news_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, symbol, keywords, provider, endpoint, latency_ms,
    outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code, error_message,
    request_fingerprint, served_from, response_digest
from requests where source = 'news';

create view ai_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, model, tokens_in, tokens_out, cost_usd,
    latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code,
    error_message, request_fingerprint, served_from, response_digest
from requests where source = 'ai';

create view broker_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider as broker, environment, account, action,
    symbol, qty, client_order_id, order_id, fill_id, latency_ms, outcome in ('success', 'served') as success, sent, outcome,
    operation, http_status, reason_code, error_code, error_message, request_fingerprint, served_from
from requests where source = 'broker';

create view integration_usage_events as
select id, created_at, user_id, bot_id, bot_namespace, bot_name, job_id, trace_id, stage, provider, source, operation, endpoint,
    outcome as status, http_status, latency_ms, reason_code, error_code, error_message, sent
from requests;
