-- Of the system, there is more than one state in which it is not OK, and each is told.
alter table notices add column state text; -- OK, DEGRADED or BLOCKED; null of what holds or does not
