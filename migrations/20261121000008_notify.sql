-- Who looks at a Bot learns at once that something about it was written. The payload is the Bot's UID and nothing else: what is so
-- is read from the tables. A lost notification delays a look until the next slow one and loses nothing.

create function tell_of_jobs() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('assayer_bots', bot_id::text) from (select distinct bot_id from changed) bots;
    return null;
end $$;

create function tell_of_job_events() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('assayer_bots', bot_id::text)
    from (select distinct j.bot_id from changed c join bot_jobs j on j.id = c.job_id) bots;
    return null;
end $$;

-- A row of a job that is under way changes nothing that a Bot's status says; one that comes after the job's end does.
create function tell_of_late_requests() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('assayer_bots', bot_id::text)
    from (select distinct j.bot_id from changed c join bot_jobs j on j.id = c.job_id where j.completed_at is not null) bots;
    return null;
end $$;

create trigger bot_jobs_inserted after insert on bot_jobs
    referencing new table as changed for each statement execute function tell_of_jobs();
create trigger bot_jobs_updated after update on bot_jobs
    referencing new table as changed for each statement execute function tell_of_jobs();
create trigger job_events_inserted after insert on job_events
    referencing new table as changed for each statement execute function tell_of_job_events();
create trigger requests_inserted after insert on requests
    referencing new table as changed for each statement execute function tell_of_late_requests();

-- Which sessions name a row.
create index backtest_sessions_request_ids on backtest_sessions using gin (request_ids);
