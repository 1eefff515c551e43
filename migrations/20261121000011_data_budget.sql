-- What bars may cost a stage in one UTC day, by the policy that the job was planned under. Nothing may be spent without one.
alter table bot_jobs add column max_data_usd_per_day numeric not null default 0 check (max_data_usd_per_day >= 0);

-- The few rows that cost something, for the sum of a day. On rows of get_cost, cost_usd is the price that the vendor quotes.
create index requests_cost on requests (stage, endpoint, id) where cost_usd is not null;
