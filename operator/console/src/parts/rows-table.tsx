// Rows of the request log. In: rows. Out: a table whose every row opens in full.
import { createColumnHelper } from '@tanstack/react-table';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { DataTable } from './data-table';
import { Reason } from './reason';
import { RowDrawer } from './row-drawer';
import type { sorting } from './sorting';
import { State } from './states';
import { milliseconds, When } from './when';

/** A row; what names of its Bot are known does not matter here. */
export type Row = Schemas['RequestRow'];
const column = createColumnHelper<typeof sorting, Row>();

const columns = (open: (row: Row) => void) => column.columns([
  column.accessor('created_at', {
    header: 'When',
    sortFn: 'basic',
    cell: ({ row: { original: row } }) => (
      <button
        type="button"
        className="link"
        onClick={() => {
          open(row);
        }}
      >
        <When at={row.created_at} />
        <span className="visually-hidden"> open the row</span>
      </button>
    ),
  }),
  column.accessor('provider', {
    header: 'Call',
    sortFn: 'text',
    cell: ({ row: { original: row } }) => (
      <>
        {row.provider} <span className="muted">{row.endpoint}</span>
      </>
    ),
  }),
  column.accessor('outcome', {
    header: 'Outcome',
    sortFn: 'text',
    cell: ({ row: { original: row } }) => (
      <>
        <State of={row.outcome} /> {row.reason_code ? <Reason code={row.reason_code} /> : null}
      </>
    ),
  }),
  column.accessor('sent', { header: 'Sent', sortFn: 'text' }),
  column.accessor((row) => row.http_status ?? -1, { id: 'http', header: 'HTTP', sortFn: 'basic', cell: ({ row: { original: row } }) => <span className="num">{row.http_status ?? 'none'}</span> }),
  column.accessor((row) => row.latency_ms ?? -1, {
    id: 'latency',
    header: 'Latency',
    sortFn: 'basic',
    cell: ({ row: { original: row } }) => <span className="num">{milliseconds(row.latency_ms)}</span>,
  }),
  column.accessor((row) => row.bar_count ?? -1, {
    id: 'bars',
    header: 'Bars',
    sortFn: 'basic',
    cell: ({ row: { original: row } }) => <span className="num">{row.bar_count === null ? 'not measured' : row.bar_count.toLocaleString('en')}</span>,
  }),
  column.accessor((row) => row.cost_usd ?? '', {
    id: 'cost',
    header: 'Cost',
    sortFn: 'basic',
    cell: ({ row: { original: row } }) => <span className="num">{row.cost_usd === null ? 'not told' : `${row.cost_usd} USD`}</span>,
  }),
]);

const ofWhom = column.accessor((row) => (row.bot_name ? `${row.bot_namespace ?? ''}/${row.bot_name}` : ''), {
  id: 'bot',
  header: 'Bot',
  sortFn: 'text',
  cell: ({ getValue }) => {
    const bot = getValue();
    return bot ? <Link to={`/bots/${bot.split('/').map(encodeURIComponent).join('/')}`}>{bot}</Link> : <span className="muted">of no Bot</span>;
  },
});

/** The table; `ofBots` says whose each row is as well. */
export function RowsTable({ rows, label, ofBots = false }: { rows: Row[]; label: string; ofBots?: boolean }) {
  const [opened, open] = useState<Row | null>(null);
  const [shown] = useState(() => {
    const all = columns(open);
    return ofBots ? all.toSpliced(1, 0, ofWhom) : all;
  });
  return (
    <>
      <DataTable label={label} columns={shown} data={rows} idOf={(row) => row.id} empty="No call was made." />
      {opened ? (
        <RowDrawer
          row={opened}
          onClose={() => {
            open(null);
          }}
        />
      ) : null}
    </>
  );
}
