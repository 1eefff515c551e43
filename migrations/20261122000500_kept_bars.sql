-- Bars of vendors as their answers had them, by UTC day, so that a cycle asks for new ones only. No evidence: what is told of them are
-- the rows in requests that they came with, and the row that is written whenever they are used. One Integration's are no other's.
create table kept_bars (
    integration_id uuid not null,
    provider       text not null,
    dataset        text not null,
    schema         text not null,
    symbol_type    text not null,                    -- how the symbol is meant, in the vendor's words
    symbol         text not null,
    day            date not null,
    from_ts        timestamptz not null,             -- every bar that starts from here on
    until_ts       timestamptz not null,             -- to before here is in records
    request_id     uuid not null,                    -- the row in requests of the answer that had them
    fetched_at     timestamptz not null,             -- when that was asked for
    records        bytea not null,                   -- the vendor's own form, compressed
    primary key (integration_id, provider, dataset, schema, symbol_type, symbol, day),
    constraint kept_bars_one_day check (from_ts < until_ts and until_ts <= ((day + 1)::timestamp at time zone 'UTC')
        and from_ts >= (day::timestamp at time zone 'UTC'))
);
alter table kept_bars alter column records set storage external;
create index kept_bars_fetched_at on kept_bars (fetched_at);

grant select, insert, update, delete on kept_bars to assayer_gateway;
