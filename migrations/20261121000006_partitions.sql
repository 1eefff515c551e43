-- A row that came in before its day had a partition lies in the default partition, and Postgres refuses to make a partition whose
-- rows lie there. So the day is taken out of the default partition first, in the same transaction: the default is detached, the
-- day's partition made, its rows moved, the default attached again. Nobody can write in between, and nobody sees a row twice or
-- not at all. A moved row is the same row: nothing that its digest covers changes.
--
-- The tables are locked in the order in which the gateway's groups use them, so that neither waits for the other for ever; and a
-- reader that holds a table keeps this function waiting only for a while, since every call to a vendor waits behind it.
create or replace function make_partitions(days_ahead integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    made integer := 0;
    parent text;
    day date;
    name text;
    low uuid;
    high uuid;
    stray boolean;
begin
    perform pg_advisory_xact_lock(hashtext('assayer.make_partitions'));
    foreach parent in array array['intents', 'requests'] loop
        for i in 0..days_ahead loop
            day := (now() at time zone 'utc')::date + i;
            name := parent || '_d' || to_char(day, 'YYYYMMDD');
            continue when to_regclass('public.' || quote_ident(name)) is not null;
            low := uuid_floor(day::timestamp at time zone 'utc');
            high := uuid_floor((day + 1)::timestamp at time zone 'utc');
            -- Before the look: a row that arrives between look and detaching would be refused a partition by Postgres.
            execute format('lock table %I in access exclusive mode', parent);
            execute format('select exists (select from %I where id >= $1 and id < $2)', parent || '_default')
                into stray using low, high;
            if stray then
                execute format('alter table %I detach partition %I', parent, parent || '_default');
            end if;
            execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent, low, high);
            if stray then
                execute format('with moved as (delete from %I where id >= $1 and id < $2 returning *) insert into %I select * from moved',
                    parent || '_default', name) using low, high;
                execute format('alter table %I attach partition %I default', parent, parent || '_default');
            end if;
            made := made + 1;
        end loop;
    end loop;
    return made;
end $$;
