-- Opening and prolonging a session with a vendor is an attempt like any other, for a purpose of its own: no Bot's use, and no
-- handshake. Rows that are there satisfy the older, narrower rule.
alter table requests drop constraint requests_operation_check;
alter table requests add constraint requests_operation_check check (operation in ('call', 'verify', 'test', 'sign_in')) not valid;

-- What became of the last ones, before another is tried.
create index requests_signed_in on requests (integration_id, id) where operation = 'sign_in';
