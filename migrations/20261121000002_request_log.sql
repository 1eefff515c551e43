-- The request log: insert-only for every process. A row is one attempt: one exchange started, or refused, with a vendor.
-- Ids are UUIDv7, so the partition of a row is its day and the database itself refuses an id twice.

create table requests (
    id                   uuid primary key,           -- UUIDv7; its last 16 digits are the span id sent to the vendor
    created_at           timestamptz not null,       -- when the intent was made
    completed_at         timestamptz,                -- when the outcome was known
    call_id              uuid not null,              -- joins the attempts of one call
    attempt              integer not null default 1 check (attempt >= 1),
    fallback_of          uuid,                       -- the failed row of another vendor that this one stands in for
    resolves             uuid,                       -- the row with outcome unknown that this one clears up
    served_from          uuid,                       -- the row whose stored answer was served
    sent                 text not null check (sent in ('yes', 'no', 'unknown')),
    outcome              text not null check (outcome in ('success', 'failed', 'refused', 'unknown', 'served')),
    gateway_set          text not null,              -- which set of gateways wrote it; one writer a set
    writer               text not null,              -- instance that wrote it
    writer_epoch         bigint not null,            -- its fencing epoch
    seq                  bigint not null,            -- gap-free within the gateway set
    group_no             bigint not null,            -- the group it was committed with
    trace_id             uuid not null,              -- one cycle; its jobs share it
    job_id               uuid,
    bot_id               uuid,                       -- the Bot's UID
    bot_namespace        text,                       -- its namespace and name at the time of the call
    bot_name             text,
    stage                text,
    user_id              text not null,              -- Kubernetes user that caused the call
    source               text,                       -- marketData, macro, optionsFlow, news, ai, broker; null where refused unclassified
    provider             text not null,
    operation            text not null check (operation in ('call', 'verify', 'test')),
    method               text not null,
    endpoint             text not null,              -- the provider's own label, such as timeseries.get_range
    request_fingerprint  text not null,              -- SHA-256 of provider, path, query and body, sorted and without credentials
    params               jsonb not null,             -- the same, readable
    http_status          integer,
    reason_code          text,                       -- closed vocabulary
    error_code           text,                       -- the vendor's own
    error_message        text,
    latency_ms           bigint,                     -- from the first byte sent to the last received
    vendor_request_id    text,
    response_bytes       bigint,
    response_digest      text,                       -- SHA-256 of the body as received
    symbol               text,                       -- the instrument asked for
    requested_for_symbol text,                       -- the Bot's instrument
    dataset              text,
    schema               text,
    start_ts             timestamptz,
    end_ts               timestamptz,
    bar_count            bigint,                     -- counted by the gateway in the body; null where it was not counted
    first_bar_ts         timestamptz,
    last_bar_ts          timestamptz,
    staleness_ms         bigint,                     -- received minus end of the last bar
    series_ids           text[],
    realtime_start       timestamptz,
    realtime_end         timestamptz,
    keywords             text[],
    model                text,
    tokens_in            bigint,
    tokens_out           bigint,
    cost_usd             numeric,
    account              text,
    environment          text check (environment in ('demo', 'live')),
    action               text,
    qty                  numeric,
    client_order_id      text,
    order_id             text,
    fill_id              text,
    row_digest           text not null,              -- SHA-256 of this row in canonical JSON, without this column
    -- Nothing refused or served was ever sent, and only a vendor that was reached can have answered.
    check (outcome not in ('refused', 'served') or sent = 'no'),
    check (outcome <> 'success' or sent = 'yes')
) partition by range (id);
create table requests_default partition of requests default; -- a clock that jumped must not lose a row
create index requests_trace on requests (trace_id);
create index requests_bot on requests (bot_id, id desc);
create index requests_seq on requests (gateway_set, seq);

-- Committed before a socket opens. An intent without a row of the same id in requests is open.
create table intents (
    id           uuid primary key,
    created_at   timestamptz not null,
    deadline     timestamptz not null,               -- open beyond this: close it as unknown
    gateway_set  text not null,
    writer_epoch bigint not null,
    trace_id     uuid not null,
    job_id       uuid,
    draft        jsonb not null                      -- the row as far as it is known before sending
) partition by range (id);
create table intents_default partition of intents default;

-- Each transaction of rows is one group; its digest covers the digests of its rows and of the group before it.
create table log_groups (
    gateway_set  text not null,
    group_no     bigint not null,
    writer_epoch bigint not null,
    first_seq    bigint not null,
    last_seq     bigint not null,
    digest       text not null,
    committed_at timestamptz not null default now(),
    primary key (gateway_set, group_no),
    unique (gateway_set, first_seq),
    check (last_seq >= first_seq)
);

-- Who may write for a gateway set. Taking over raises the epoch; every write checks it in its own transaction.
create table writers (
    gateway_set  text primary key,
    epoch        bigint not null,
    writer       text not null,
    acquired_at  timestamptz not null default now(),
    heartbeat_at timestamptz not null default now()
);

-- Makes the partitions of today and of the days ahead. Runs as its owner, so that no process needs the right to create tables.
create function make_partitions(days_ahead integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    made integer := 0;
    parent text;
    day date;
    name text;
begin
    perform pg_advisory_xact_lock(hashtext('assayer.make_partitions'));
    foreach parent in array array['requests', 'intents'] loop
        for i in 0..days_ahead loop
            day := (now() at time zone 'utc')::date + i;
            name := parent || '_d' || to_char(day, 'YYYYMMDD');
            if to_regclass('public.' || quote_ident(name)) is null then
                execute format('create table %I partition of %I for values from (%L) to (%L)',
                    name, parent, uuid_floor(day::timestamp at time zone 'utc'), uuid_floor((day + 1)::timestamp at time zone 'utc'));
                made := made + 1;
            end if;
        end loop;
    end loop;
    return made;
end $$;

-- The smallest UUIDv7 of a moment: `id >= uuid_floor(now() - interval '1 hour')` reads only the partitions that matter.
create function uuid_floor(at timestamptz) returns uuid
    language sql immutable strict parallel safe as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

select make_partitions(7);
