-- A slot of a Bot's cadence that had no work: no bar was complete since its last session, no round of research and no audit was due.
-- The planner writes each once; that the cadence was kept is claimed from these rows.
create table idle_slots (
    bot_id      uuid not null,
    due_slot    timestamptz not null,
    created_at  timestamptz not null default now(),
    reason_code text not null,
    last_bar    timestamptz not null,   -- start of the last bar that was seen
    next_bar_at timestamptz not null,   -- when the market's next bar will be complete
    audit_at    timestamptz not null,   -- when the session is to be repeated
    primary key (bot_id, due_slot)
);
create index idle_slots_created on idle_slots (created_at);

grant select, insert on idle_slots to assayer_controller;
grant select on idle_slots to assayer_api;
