// The planner's own runs. In: the newest of them. Out: a table that sorts. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import { Fragment } from 'react';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { milliseconds, When } from '../parts/when';

type Run = Schemas['RunRow'];
const column = createColumnHelper<typeof sorting, Run>();
const tookOf = (run: Run) => Date.parse(run.completed_at) - Date.parse(run.started_at);
const count = ({ getValue }: { getValue: () => number }) => <span className="num">{getValue().toLocaleString('en')}</span>;

const columns = column.columns([
  column.accessor('completed_at', { header: 'Ended', sortFn: 'basic', cell: ({ row }) => <When at={row.original.completed_at} /> }),
  column.accessor(tookOf, { id: 'took', header: 'Took', sortFn: 'basic', cell: ({ row }) => <span className="num">{milliseconds(tookOf(row.original))}</span> }),
  column.accessor('bots_seen', { header: 'Bots seen', sortFn: 'basic', cell: count }),
  column.accessor('jobs_enqueued', { header: 'Planned', sortFn: 'basic', cell: count }),
  column.accessor('jobs_created', { header: 'Made', sortFn: 'basic', cell: count }),
  column.display({ id: 'skipped', header: 'Left out', enableSorting: false, cell: ({ row }) => <Skipped by={row.original.skipped} /> }),
  column.accessor('leader', { header: 'Leader', sortFn: 'text' }),
]);

/** The table. */
export function PlannerRuns({ runs, total }: { runs: Run[]; total: number }) {
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">
        Planner runs <span className="count">{total.toLocaleString('en')}</span>
      </h2>
      <DataTable label="Planner runs" columns={columns} data={runs} idOf={(run) => run.id} empty="The planner has not run in this time." />
    </section>
  );
}

/** Counts by reason in a line: `JOB_RUNNING 3`. */
function Skipped({ by }: { by: unknown }) {
  const counted = skippedBy(by);
  if (counted.length === 0) return 'none';
  return counted.map(([reason, count], place) => (
    <Fragment key={reason}>
      {place > 0 ? ', ' : ''}
      <Reason code={reason} /> {count}
    </Fragment>
  ));
}

/** Reasons that were met, with how often. */
export function skippedBy(skipped: unknown): [reason: string, count: number][] {
  const met = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0;
  return Object.entries(skipped ?? {}).filter(met);
}
