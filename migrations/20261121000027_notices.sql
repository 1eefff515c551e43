-- What people are told of: conditions that became false, and true again. The controller writes it before it writes the status, so that
-- a crash between the two loses nothing; the number of the transition keeps a second controller from writing it twice.
create table notices (
    id               bigint generated always as identity primary key,
    created_at       timestamptz not null default clock_timestamp(),
    object_kind      text not null check (object_kind in ('Bot', 'Integration')),
    object_uid       uuid not null,
    object_namespace text not null,
    object_name      text not null,
    topic            text not null check (topic in ('Ready', 'ProofComplete', 'Promotable', 'Connected')),
    transition       bigint not null check (transition >= 1),  -- counted for each object and topic
    holds            boolean not null,                         -- whether the condition holds now
    reason_code      text not null,                            -- closed vocabulary
    message          text not null,
    unique (object_uid, topic, transition)
);
create index notices_by_namespace on notices (object_namespace, id);

-- Which notices a message was to tell, written before it is sent. Whether it was, say the rows of its trace in requests.
create table notice_deliveries (
    integration_id uuid not null,                              -- UID of the Integration that it goes through
    notice_id      bigint not null references notices (id),
    trace_id       uuid not null,
    created_at     timestamptz not null default clock_timestamp(),
    primary key (integration_id, notice_id, trace_id)
);

grant select, insert on notices to assayer_controller;
grant select on notices to assayer_gateway, assayer_api;
grant select, insert on notice_deliveries to assayer_gateway;
grant select on notice_deliveries to assayer_api;

-- Calls that the gateway makes on its own: a message, and a look that is due by the clock. Neither is a Bot's use.
-- Rows that are there satisfy the older, narrower rule.
alter table requests drop constraint requests_operation_check;
alter table requests add constraint requests_operation_check
    check (operation in ('call', 'verify', 'test', 'sign_in', 'notify', 'schedule')) not valid;
