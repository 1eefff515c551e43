-- A job that somebody asked for: it fills no slot of its Bot's cadence, and its trace is the request's. That a request was honoured is read
-- from its row, and nobody's memory; `due_slot` is when it was planned.
alter table bot_jobs add column requested boolean not null default false;
create unique index bot_jobs_requested on bot_jobs (trace_id, place) where requested;
