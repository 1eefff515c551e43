-- Every purpose that an attempt can have: two parts that were made side by side had each left the other's out.
alter table requests drop constraint requests_operation_check;
alter table requests add constraint requests_operation_check
    check (operation in ('call', 'verify', 'test', 'notify', 'schedule', 'sign_in')) not valid;
