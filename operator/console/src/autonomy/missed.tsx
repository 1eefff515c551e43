// Why slots are not jobs. In: the API's reasons, of the installation and of Bots. Out: a table. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { When } from '../parts/when';

type One = Schemas['MissedAnswer'];
const column = createColumnHelper<typeof sorting, One>();

const columns = column.columns([
  column.accessor((one) => one.bot ?? '', {
    id: 'bot',
    header: 'Bot',
    sortFn: 'text',
    cell: ({ row: { original: one } }) => (one.bot ? <Link to={`/bots/${one.bot}`}>{one.bot}</Link> : 'Installation'),
  }),
  column.accessor('reason_code', {
    header: 'Why',
    sortFn: 'text',
    cell: ({ row: { original: one } }) => (
      <>
        <Reason code={one.reason_code} />
        <div className="why">{one.message}</div>
      </>
    ),
  }),
  column.accessor((one) => one.from ?? '', { id: 'from', header: 'From', sortFn: 'basic', cell: ({ getValue }) => <When at={getValue()} none="unknown" /> }),
  column.accessor((one) => one.to ?? '', { id: 'to', header: 'To', sortFn: 'basic', cell: ({ getValue }) => <When at={getValue()} none="now" /> }),
  column.accessor('suggested_fix', { header: 'What to do', sortFn: 'text' }),
]);

/** The table; nothing where every slot is a job. */
export function Missed({ proof: { reasons, missed, missed_left_out: leftOut, missed_not_shown: hidden } }: { proof: Schemas['AutonomyAnswer'] }) {
  const all = [...reasons, ...missed];
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="missed">
      <h2 id="missed">
        Why not <span className="count">{(all.length + leftOut + hidden).toLocaleString('en')}</span>
      </h2>
      <DataTable
        label="Why slots are not jobs"
        columns={columns}
        data={all}
        idOf={(one) => [one.bot, one.reason_code, one.from, one.to].join(' ')}
        empty=""
      />
      {leftOut > 0 ? <p className="why">{leftOut.toLocaleString('en')} more are in the answer of the API without a limit.</p> : null}
      {hidden > 0 ? <p className="why">{hidden.toLocaleString('en')} more are not shown: you may not read their Bots.</p> : null}
    </section>
  );
}
