-- A job whose Kubernetes Job is suspended, such as by a queue, has not begun: its time counts from when it was last seen so, and the
-- deadlines of its cycle move with it.
alter table bot_jobs add column suspended_until timestamptz;
