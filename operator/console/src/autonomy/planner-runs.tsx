// The planner's own runs. In: the newest of them. Out: a table that sorts. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
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
  column.display({ id: 'skipped', header: 'Left out', enableSorting: false, cell: ({ row }) => skippedWords(row.original.skipped) }),
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
export function skippedWords(skipped: unknown): string {
  if (typeof skipped !== 'object' || skipped === null) return 'none';
  const counted = Object.entries(skipped).filter(([, count]) => typeof count === 'number' && count > 0);
  return counted.length === 0 ? 'none' : counted.map(([reason, count]) => `${reason} ${String(count)}`).join(', ');
}
