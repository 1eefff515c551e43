-- From a trial to those that it was made from, in its own round; and to where its strategy was tried first in the lineage.
create index trials_made_from on trials (job_id, strategy_hash);
create index trials_first on trials (root, family, strategy_hash, created_at);
-- The one above begins with the same column.
drop index trials_job;
