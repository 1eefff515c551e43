-- A research cycle is several jobs of one pod: rows of one trace and one Kubernetes Job, worked one after another by their place. A row
-- of the version before is the first and only one of its cycle.
alter table bot_jobs add column place smallint not null default 0 check (place >= 0);
alter table bot_jobs drop constraint bot_jobs_bot_namespace_job_name_key;
alter table bot_jobs add constraint bot_jobs_place unique (bot_namespace, job_name, place);
create index bot_jobs_cycle on bot_jobs (trace_id, place);

-- Whose data a job studies, and how many trials of them it may make; null of jobs that make none, or were planned before.
alter table bot_jobs add column root text;
alter table bot_jobs add column trials_granted integer check (trials_granted >= 0);
-- Looks at the hold-out in the quarter over all Bots of the root, after which the job gets none.
alter table bot_jobs add column holdout_reads integer check (holdout_reads >= 0);
create index bot_jobs_trials on bot_jobs (root) where completed_at is null and trials_granted is not null;

-- Every parameter set that was ever tried, by the hash of all that went in: the same one tried again is the same row. What was tried is
-- held against a lineage, which is (root, family): making a Bot anew launders nothing.
create table trials (
    trial_id   text primary key,
    created_at timestamptz not null default now(),
    job_id     uuid not null references bot_jobs (id),   -- that tried it first
    bot_id     uuid not null,
    root       text not null,
    family     text not null,
    strategy_hash text not null,
    score      bigint,                                   -- what it is bred by, in millionths; null where it could not be run
    trial      jsonb not null
);
create index trials_lineage on trials (root, family, created_at);
create index trials_root on trials (root, created_at);
create index trials_job on trials (job_id);

-- What an improvement or evolution found; one a job.
create table research_reports (
    job_id     uuid primary key references bot_jobs (id),
    created_at timestamptz not null default now(),
    trace_id   uuid not null,
    bot_id     uuid not null,
    root       text not null,
    family     text not null,
    trials     integer not null check (trials >= 0),     -- rows that it added
    improved   boolean not null,                         -- whether something better than the Bot's own was found
    challenger text,                                     -- hash of the strategy that passed every gate, the hold-out among them
    report     jsonb not null                            -- without the trials
);
create index research_reports_bot on research_reports (bot_id, created_at desc);

-- Each look at the bars that no search may see: permitted by a row that is there before the look, and counted per root over all Bots.
create table holdout_reads (
    id            uuid primary key,                      -- UUIDv7
    created_at    timestamptz not null default now(),
    quarter       date not null,                         -- its first day, UTC
    root          text not null,
    family        text not null,
    job_id        uuid not null references bot_jobs (id),
    bot_id        uuid not null,
    strategy_hash text not null,                         -- of the challenger
    unique (job_id, strategy_hash)
);
create index holdout_reads_root on holdout_reads (root, quarter);

-- What passed every gate. It waits here: nothing that trades changes.
create table candidates (
    id            uuid primary key,                      -- UUIDv7
    created_at    timestamptz not null default now(),
    job_id        uuid not null unique references bot_jobs (id),
    bot_id        uuid not null,
    root          text not null,
    family        text not null,
    strategy_hash text not null,
    strategy      jsonb not null
);
create index candidates_bot on candidates (bot_id, created_at desc);

grant select, insert on trials, research_reports, holdout_reads, candidates to assayer_gateway;
grant select on trials, research_reports, holdout_reads, candidates to assayer_controller, assayer_api;
grant select on strategies to assayer_gateway;
