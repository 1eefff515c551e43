-- A count of a day's use and the newest row under the present spec are read from the index alone.
drop index requests_integration_success, requests_integration_failure, requests_integration_asked, requests_integration_delayed;
create index requests_integration_used on requests (integration_id, id) include (integration_generation)
    where outcome in ('success', 'served') and operation = 'call' and bot_id is not null and job_id is not null;
create index requests_integration_failed on requests (integration_id, id) include (integration_generation)
    where outcome in ('failed', 'refused', 'unknown');
create index requests_integration_asked on requests (integration_id, id) include (integration_generation) where operation <> 'call';
create index requests_integration_delayed on requests (integration_id, id) where delayed;
