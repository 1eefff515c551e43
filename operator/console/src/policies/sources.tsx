// What a policy says of each kind of source. In: its sources. Out: a table. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import type { Schemas } from '../api/client';
import { categoryWord } from '../observatory/category';
import { DataTable } from '../parts/data-table';
import type { sorting } from '../parts/sorting';
import { milliseconds } from '../parts/when';

type Source = NonNullable<Schemas['PolicyAnswer']['sources']>[number];
const column = createColumnHelper<typeof sorting, Source>();

const columns = column.columns([
  column.accessor((one) => categoryWord(one.source), { id: 'source', header: 'Source', sortFn: 'text' }),
  column.accessor('requirement', {
    header: 'Requirement',
    sortFn: 'text',
    cell: ({ row: { original: one } }) => (
      <>
        {one.requirement}
        {one.reason ? <div className="why">{one.reason}</div> : null}
      </>
    ),
  }),
  column.accessor((one) => one.providers.join(', '), { id: 'providers', header: 'Providers', sortFn: 'text', cell: ({ getValue }) => getValue<string>() || <span className="muted">none</span> }),
  column.accessor('maxLatencyMs', { header: 'Longest answer', sortFn: 'basic', cell: ({ row: { original: one } }) => <span className="num">{milliseconds(one.maxLatencyMs)}</span> }),
  column.accessor('retries', { header: 'Retries', sortFn: 'basic' }),
  column.accessor('cooldownMs', { header: 'Cooldown', sortFn: 'basic', cell: ({ row: { original: one } }) => <span className="num">{milliseconds(one.cooldownMs)}</span> }),
  column.accessor('fallback', { header: 'May stand in', sortFn: 'text' }),
]);

/** The table. */
export function PolicySources({ stage, sources }: { stage: string; sources: Source[] }) {
  return <DataTable label={`Sources of ${stage}`} columns={columns} data={sources} idOf={(one) => one.source} empty="It names no source." />;
}
