-- The bars of a session as a chart shows them: buckets of consecutive bars, and the hash of those. Sessions of the version before have
-- neither: their bars are known by their hash alone. Insert-only, as the whole table is.
alter table backtest_sessions
    add column bar_buckets jsonb,
    add column bar_buckets_hash text,
    add constraint backtest_sessions_bar_buckets check (
        (bar_buckets is null) = (bar_buckets_hash is null)
        and case when jsonb_typeof(bar_buckets) = 'array' then jsonb_array_length(bar_buckets) between 1 and 600
            else bar_buckets is null end);
