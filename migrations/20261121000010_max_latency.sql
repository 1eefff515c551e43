-- How long the gateway waits for one answer of a vendor, by the policy that the job was planned under. Below the 60 s that an
-- intent may stay open.
alter table bot_jobs add column max_latency_ms integer not null default 30000 check (max_latency_ms between 1000 and 45000);
