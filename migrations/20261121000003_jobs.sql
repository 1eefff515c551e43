-- What the planner decided, what was run, and what came of it.

create table planner_runs (
    id              uuid primary key,
    started_at      timestamptz not null,
    completed_at    timestamptz not null,
    leader          text not null,                   -- holder of the Lease
    bots_seen       integer not null,
    jobs_enqueued   integer not null,                -- rows written
    jobs_created    integer not null,                -- Kubernetes Jobs created
    stage_breakdown jsonb not null,                  -- jobs enqueued by stage
    skipped         jsonb not null                   -- Bots without a job in this run, counted by reason code
);
create index planner_runs_completed on planner_runs (completed_at desc);

create table strategies (
    hash       text primary key,                     -- SHA-256 of the strategy in canonical JSON
    family     text not null,
    spec       jsonb not null,
    first_seen timestamptz not null default now()
);

create table bot_jobs (
    id             uuid primary key,                 -- UUIDv7
    bot_id         uuid not null,                    -- the Bot's UID
    bot_namespace  text not null,
    bot_name       text not null,
    stage          text not null,
    job_type       text not null,
    status         text not null check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT')),
    reason_code    text,                             -- why it failed; closed vocabulary
    message        text,
    trace_id       uuid not null,
    due_slot       timestamptz not null,             -- the slot of the cadence that it fills
    job_name       text not null,                    -- the Kubernetes Job
    instrument     text not null,                    -- symbol of the Bot's instrument when the job was planned
    strategy_hash  text not null references strategies (hash),
    policy_hash    text not null,
    bot_generation bigint not null,                  -- metadata.generation of the Bot that the job was planned from
    body           jsonb not null,                   -- what the runner is told
    created_at     timestamptz not null default now(),
    started_at     timestamptz,
    completed_at   timestamptz,
    deadline       timestamptz not null,             -- after this it is closed as JOB_TIMEOUT
    unique (bot_id, job_type, due_slot),
    unique (bot_namespace, job_name),
    check ((status in ('SUCCEEDED', 'FAILED', 'TIMED_OUT')) = (completed_at is not null)),
    check (status not in ('FAILED', 'TIMED_OUT') or reason_code is not null)
);
create index bot_jobs_bot on bot_jobs (bot_id, id desc);
create index bot_jobs_created on bot_jobs (created_at desc);
create index bot_jobs_open on bot_jobs (deadline) where completed_at is null;

-- What the gateway learnt of a job, insert-only; the controller folds it into bot_jobs.
create table job_events (
    id          uuid primary key,                    -- UUIDv7
    job_id      uuid not null references bot_jobs (id),
    at          timestamptz not null default now(),
    kind        text not null check (kind in ('STARTED', 'SUCCEEDED', 'FAILED')),
    reason_code text,
    message     text,
    pod         text not null,
    pod_uid     text not null
);
create unique index job_events_end on job_events (job_id) where kind in ('SUCCEEDED', 'FAILED'); -- a job ends once
create index job_events_job on job_events (job_id, id);

create table backtest_sessions (
    id             uuid primary key,                 -- UUIDv7
    created_at     timestamptz not null default now(),
    job_id         uuid not null unique references bot_jobs (id),
    trace_id       uuid not null,
    bot_id         uuid not null,
    bot_namespace  text not null,
    bot_name       text not null,
    request_ids    uuid[] not null check (cardinality(request_ids) > 0), -- the rows that fed it
    data_hash      text not null,
    strategy_hash  text not null,
    inputs_hash    text not null,
    engine_version text not null,
    bars           bigint not null,
    first_bar      timestamptz not null,
    last_bar       timestamptz not null,
    result         jsonb not null,
    result_hash    text not null
);
create index backtest_sessions_bot on backtest_sessions (bot_id, id desc);
