-- What language models may be asked, by the policy that a job was planned under; without any rules, nothing.
alter table bot_jobs add column ai jsonb not null default '{}';
-- The most tokens that a call could use, while or where nobody knows how many it did.
alter table requests add column tokens_most bigint;
-- The sum of a stage's day is read from the index alone.
create index requests_ai on requests (stage, id) include (sent, operation, tokens_in, tokens_out, tokens_most, cost_usd)
    where source = 'ai';

create or replace view ai_requests as
select id, created_at, trace_id, job_id, bot_id, bot_namespace, bot_name, stage, provider, model, tokens_in, tokens_out, cost_usd,
    latency_ms, outcome in ('success', 'served') as success, sent, outcome, operation, http_status, reason_code, error_code,
    error_message, request_fingerprint, served_from, response_digest, tokens_most
from requests where source = 'ai';
