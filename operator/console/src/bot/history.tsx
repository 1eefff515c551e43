// Every job of a Bot, page by page. In: GET …/jobs. Out: a table; jobs of one trace are one cycle.
import { useInfiniteQuery } from '@tanstack/react-query';
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { jobsQuery } from '../api/queries';
import { DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { State } from '../parts/states';
import { took, When } from '../parts/when';

type Job = Schemas['HistoryJob'];
const column = createColumnHelper<typeof sorting, Job>();

const columns = column.columns([
  column.accessor('createdAt', { header: 'Planned', sortFn: 'basic', cell: ({ row: { original: job } }) => <When at={job.createdAt} /> }),
  column.accessor('jobType', {
    header: 'Job',
    sortFn: 'text',
    cell: ({ row: { original: job } }) => (
      <>
        {job.jobType}
        {job.requested ? <div className="why">asked for</div> : null}
      </>
    ),
  }),
  column.accessor('status', {
    header: 'Status',
    sortFn: 'text',
    cell: ({ row: { original: job } }) => (
      <>
        <State of={job.status} />
        {job.reasonCode ? (
          <div className="why">
            <Reason code={job.reasonCode} />
          </div>
        ) : null}
      </>
    ),
  }),
  column.accessor((job) => tookOf(job) ?? -1, {
    id: 'took',
    header: 'Took',
    sortFn: 'basic',
    cell: ({ row: { original: job } }) => {
      const ms = tookOf(job);
      return ms === null ? <span className="muted">not ended</span> : <span className="num">{took(ms)}</span>;
    },
  }),
  column.display({ id: 'found', header: 'Found', enableSorting: false, cell: ({ row: { original: job } }) => <Found job={job} /> }),
  column.display({
    id: 'trace',
    header: 'Rows',
    enableSorting: false,
    cell: ({ row: { original: job } }) => <Link to={`/audit?traceId=${encodeURIComponent(job.traceId)}`}>of its trace</Link>,
  }),
]);

function tookOf({ startedAt, completedAt }: Job): number | null {
  return startedAt && completedAt ? Date.parse(completedAt) - Date.parse(startedAt) : null;
}

function Found({ job: { session, research } }: { job: Job }) {
  if (session) return <span className="num">{session.bars.toLocaleString('en')} bars</span>;
  if (research) {
    const came = research.challenger ? 'a challenger' : research.improved ? 'something better' : 'nothing better';
    return (
      <>
        <span className="num">{research.trials.toLocaleString('en')}</span> trials, {came}
      </>
    );
  }
  return <span className="muted">nothing was posted</span>;
}

/** The table. */
export function History({ namespace, name }: { namespace: string; name: string }) {
  const query = useInfiniteQuery(jobsQuery(namespace, name));
  return (
    <section aria-labelledby="history">
      <h2 id="history">All jobs</h2>
      <Loaded query={query} what="jobs">
        {({ pages }) => (
          <div className="stack">
            <DataTable label="All jobs" columns={columns} data={pages.flatMap((page) => page.jobs)} idOf={(job) => job.id} empty="It has had no job yet." />
            {query.hasNextPage ? (
              <button type="button" className="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {query.isFetchingNextPage ? 'Loading…' : 'Older jobs'}
              </button>
            ) : null}
          </div>
        )}
      </Loaded>
    </section>
  );
}
