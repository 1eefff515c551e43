-- A call without a Bot's job, such as a notification, proves the connection like a handshake does, and is no more use than one.
drop index requests_integration_asked;
create index requests_integration_apart on requests (integration_id, id) include (integration_generation)
    where operation <> 'call' or bot_id is null or job_id is null;
