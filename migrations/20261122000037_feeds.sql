-- What a feed delivered last, for who asks whether a job may start on it: the newest answer with bars, the newest test call, the last
-- jobs. Each is the end of an index, whatever else the log holds.
create index requests_feed_bars on requests (bot_namespace, dataset, schema, symbol, id)
    where source = 'marketData' and operation = 'call' and outcome = 'success' and bar_count > 0;
create index requests_feed_tested on requests (integration_namespace, id)
    where source = 'marketData' and operation = 'test' and outcome = 'success';
create index bot_jobs_feed on bot_jobs
    (bot_namespace, instrument, (body #>> '{instrument,dataset}'), (body #>> '{instrument,schema}'), id desc);
