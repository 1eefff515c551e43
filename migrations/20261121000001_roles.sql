-- One role a process. Roles belong to the whole server, migrations to one database: hence the handlers.
do $$ begin create role assayer_controller nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role assayer_gateway nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role assayer_api nologin; exception when duplicate_object or unique_violation then null; end $$;
revoke create on schema public from public;
