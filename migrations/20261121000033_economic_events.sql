-- Economic events as a vendor's calendar lists them. Nothing is revised: what changed is one more row, and the one with the largest id
-- is what is known. What trading keeps away from is read from here.
create table economic_events (
    id         bigint generated always as identity primary key,
    seen_at    timestamptz not null default clock_timestamp(),  -- when the calendar first said so
    request_id uuid not null,                                   -- the row in requests of the answer that said so
    provider   text not null,
    at         timestamptz not null,                            -- when the figure is due
    country    text not null,
    name       text not null,
    impact     text,                                            -- the vendor's own word
    actual     text,                                            -- figures as the vendor writes them
    estimate   text,
    previous   text
);
create index economic_events_known on economic_events (provider, country, name, at, id desc);
create index economic_events_at on economic_events (at);

grant select, insert on economic_events to assayer_gateway;
grant select on economic_events to assayer_controller, assayer_api;
