-- Every purpose of an attempt: the rule of the notices had left out that of sessions, whose rows were refused.
alter table requests drop constraint requests_operation_check;
alter table requests add constraint requests_operation_check
    check (operation in ('call', 'verify', 'test', 'sign_in', 'notify', 'schedule')) not valid;
