-- What a job may ask of each kind of source, by the policy and the Bot that it was planned for: providers, symbols, and how long one
-- answer may take. A job without it may ask nothing. max_latency_ms is for gateways of the version before, and goes with the next.
alter table bot_jobs add column sources jsonb not null default '{}';
