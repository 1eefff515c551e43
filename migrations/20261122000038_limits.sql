-- Which limits each gateway enforces: a gateway says so every few seconds, whether or not it writes the log. The hash is null in the last
-- word of one that stops.
alter table worker_heartbeats drop constraint worker_heartbeats_worker_check;
alter table worker_heartbeats add constraint worker_heartbeats_worker_check check (worker in ('jobs', 'intents', 'limits'));
alter table worker_heartbeats add column limits_hash text;

-- What happens to the system as a whole is told as well, in the namespace of the control plane.
alter table notices drop constraint notices_object_kind_check;
alter table notices add constraint notices_object_kind_check check (object_kind in ('Bot', 'Integration', 'System'));
alter table notices drop constraint notices_topic_check;
alter table notices add constraint notices_topic_check
    check (topic in ('Ready', 'ProofComplete', 'Promotable', 'Connected', 'System'));
