// The table of connections. In: entries. Out: a table that sorts, and becomes cards where the screen is narrow. What it rests on is in
// the drawer.
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import { DataTable } from '../parts/data-table';
import type { sorting } from '../parts/sorting';
import { Answer, State, UnknownBecause } from '../parts/states';
import { When } from '../parts/when';
import { Reason } from '../parts/reason';
import { categoryWord } from './category';
import { drawerOf, type Entry } from './connections';
import { VerifyButton } from './verify';

const column = createColumnHelper<typeof sorting, Entry>();

const RANK: Record<Entry['state'], number> = { NotConfigured: 3, NotConnected: 2, Degraded: 1, Connected: 0 };

const columns = column.columns([
  column.accessor('title', {
    header: 'Provider',
    sortFn: 'text',
    cell: ({ row: { original: entry } }) => (
      <>
        <Link to={drawerOf(entry)} className="strong">
          {entry.title}
        </Link>
        <div className="why">
          {entry.name === null ? 'no Integration' : `${entry.namespace ?? ''}/${entry.name}`}
          {entry.endpoint_override ? ' · stand-in address' : ''}
        </div>
      </>
    ),
  }),
  column.accessor((entry) => categoryWord(entry.category), { id: 'category', header: 'Category', sortFn: 'text' }),
  column.accessor((entry) => RANK[entry.state], {
    id: 'configured',
    header: 'Configured',
    sortFn: 'basic',
    cell: ({ row: { original: entry } }) => <Answer is={entry.configured} yes="Yes" no="No" reason={entry.name === null ? null : entry.configured_reason} />,
  }),
  column.accessor((entry) => RANK[entry.state], {
    id: 'state',
    header: 'Connected',
    sortFn: 'basic',
    cell: ({ row: { original: entry } }) => (
      <>
        <State of={entry.state} />
        {entry.state === 'Connected' || entry.name === null ? null : (
          <div className="why">
            <Reason code={entry.reason_code} />
          </div>
        )}
      </>
    ),
  }),
  column.accessor((entry) => entry.last_verified_at ?? '', {
    id: 'verified',
    header: 'Last verified',
    sortFn: 'basic',
    cell: ({ row: { original: entry } }) => (
      <>
        <When at={entry.last_verified_at} />
        {entry.last_verify_status ? (
          <div className="why">
            <State of={entry.last_verify_status} />
          </div>
        ) : null}
      </>
    ),
  }),
  column.accessor((entry) => entry.last_used_at ?? '', {
    id: 'used',
    header: 'Last used',
    sortFn: 'basic',
    cell: ({ row: { original: entry } }) => <When at={entry.last_used_at} none={entry.name === null ? '—' : 'never'} />,
  }),
  column.accessor((entry) => entry.last_used_by_bot ?? '', {
    id: 'bot',
    header: 'Used by Bot',
    sortFn: 'text',
    cell: ({ row: { original: entry } }) =>
      entry.last_used_by_bot ? <Link to={`/bots/${entry.last_used_by_bot}`}>{entry.last_used_by_bot}</Link> : <span className="muted">none</span>,
  }),
  column.accessor((entry) => entry.proof_of_use_count_24h ?? -1, {
    id: 'count',
    header: 'Proof count 24 h',
    sortFn: 'basic',
    cell: ({ row: { original: entry } }) =>
      entry.proof_of_use_count_24h === null ? (
        <UnknownBecause reason={entry.name === null ? 'no Integration' : entry.proof_of_use_reason} />
      ) : (
        <span className="num">{entry.proof_of_use_count_24h.toLocaleString('en')}</span>
      ),
  }),
  column.display({
    id: 'actions',
    header: 'Actions',
    cell: ({ row: { original: entry } }) => (
      <div className="actions">
        <VerifyButton entry={entry} />
        <Link to={drawerOf(entry)} className="button small">
          {entry.configured ? 'Details' : 'How to connect'}
          <span className="visually-hidden"> {entry.title}</span>
        </Link>
      </div>
    ),
  }),
]);

const idOf = (entry: Entry) => `${entry.namespace ?? ''}/${entry.name ?? ''}/${entry.provider}`;

/** The table. */
export function ConnectionsTable({ entries }: { entries: Entry[] }) {
  return <DataTable label="Connections" columns={columns} data={entries} idOf={idOf} empty="No vendor is like that." />;
}
