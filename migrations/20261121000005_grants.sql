-- Least privilege: nobody may change or delete a row of the log, and only the gateway may add one.
grant usage on schema public to assayer_controller, assayer_gateway, assayer_api;
revoke execute on function make_partitions(integer) from public;

grant select on all tables in schema public to assayer_api;

grant select, insert on requests, intents, log_groups, job_events, backtest_sessions to assayer_gateway;
grant select on bot_jobs to assayer_gateway;
grant select, insert, update on writers to assayer_gateway;

grant select on requests, intents, log_groups, writers, job_events, backtest_sessions, market_data_requests, macro_requests,
    options_flow_requests, news_requests, ai_requests, broker_requests, integration_usage_events to assayer_controller;
grant select, insert on planner_runs, strategies to assayer_controller;
grant select, insert, update on bot_jobs to assayer_controller;
grant execute on function make_partitions(integer) to assayer_controller;
grant execute on function uuid_floor(timestamptz) to assayer_controller, assayer_gateway, assayer_api;

-- Every process waits until the schema is the one that it knows.
do $$ begin
    if to_regclass('public._sqlx_migrations') is not null then
        grant select on _sqlx_migrations to assayer_controller, assayer_gateway;
    end if;
end $$;
