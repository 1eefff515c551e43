-- What the installation's own workers did last. Two of the six gates of the system's status rest on it, and so does the answer to why
-- a Bot got no job. None of it is the request log: after a week a row is forgotten.
alter table planner_runs add column interval_ms bigint;                     -- time between two runs; null in rows of earlier versions
alter table planner_runs add column why_not jsonb not null default '{}';   -- Bots that may not start, as namespace/name, by reason; some of many

create table worker_heartbeats (
    id       uuid primary key,                       -- UUIDv7
    worker   text not null check (worker in ('jobs', 'intents')), -- whose deadlines it watches
    instance text not null,                          -- process that it runs in
    at       timestamptz not null,
    closed   integer not null check (closed >= 0)    -- what it has closed since its last heartbeat; 0 while idle
);
create index worker_heartbeats_newest on worker_heartbeats (worker, id desc);

grant insert on worker_heartbeats to assayer_controller, assayer_gateway;
grant select on worker_heartbeats to assayer_api, assayer_controller;

-- Runs as its owner, so that no process needs the right to delete.
create function forget_runs(days integer) returns bigint
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    runs bigint;
    beats bigint;
begin
    if days < 1 then
        raise exception 'the last day is kept';
    end if;
    delete from planner_runs where completed_at < now() - make_interval(days => days);
    get diagnostics runs = row_count;
    delete from worker_heartbeats where id < uuid_floor(now() - make_interval(days => days));
    get diagnostics beats = row_count;
    return runs + beats;
end $$;
revoke execute on function forget_runs(integer) from public;
grant execute on function forget_runs(integer) to assayer_controller;
