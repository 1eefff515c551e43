// What an Integration has done. In: its handshakes, rows and counts. Out: two tables and a chart, each loaded by itself.
import { useQuery } from '@tanstack/react-query';
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { eventsQuery, usageQuery, verificationsQuery } from '../api/queries';
import { Id } from '../parts/copy';
import { DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import type { sorting } from '../parts/sorting';
import { State } from '../parts/states';
import { milliseconds, When } from '../parts/when';
import { UsageChart } from './usage-chart';
import { Reason } from '../parts/reason';

type Verification = Schemas['Verifications']['verifications'][number];
type Event = Schemas['Events']['events'][number];

/** Rows that the drawer shows. */
const EVENTS = 20;

interface Props {
  namespace: string;
  name: string;
}

/** The drawer's lower half. */
export function History(props: Props) {
  return (
    <>
      <section aria-labelledby="proof-24h">
        <h3 id="proof-24h">Proof of use, 24 hours</h3>
        <Loaded query={useQuery(usageQuery(props.namespace, props.name))} what="counts of 24 hours">
          {(usage) => <UsageChart usage={usage} />}
        </Loaded>
      </section>
      <Verifications {...props} />
      <Events {...props} />
    </>
  );
}

function Verifications({ namespace, name }: Props) {
  return (
    <section aria-labelledby="verifications">
      <h3 id="verifications">Verification history</h3>
      <Loaded query={useQuery(verificationsQuery(namespace, name))} what="handshakes">
        {({ verifications }) => (
          <DataTable label="Verification history" columns={verificationColumns} data={verifications} idOf={(one) => one.id} empty="No handshake has been made." />
        )}
      </Loaded>
    </section>
  );
}

function Events({ namespace, name }: Props) {
  return (
    <section aria-labelledby="events">
      <h3 id="events">Last {EVENTS} events</h3>
      <Loaded query={useQuery(eventsQuery(namespace, name))} what="events">
        {({ events }) => (
          <DataTable label={`Last ${EVENTS} events`} columns={eventColumns} data={events.slice(0, EVENTS)} idOf={(one) => one.id} empty="Nothing has been recorded for it." />
        )}
      </Loaded>
    </section>
  );
}

const verification = createColumnHelper<typeof sorting, Verification>();
const verificationColumns = verification.columns([
  verification.accessor('created_at', { header: 'When', sortFn: 'basic', cell: ({ row }) => <When at={row.original.created_at} /> }),
  verification.accessor('status', { header: 'Status', sortFn: 'text', cell: ({ row }) => <State of={row.original.status} /> }),
  verification.accessor((one) => one.latency_ms ?? -1, {
    id: 'latency',
    header: 'Latency',
    sortFn: 'basic',
    cell: ({ row }) => <span className="num">{milliseconds(row.original.latency_ms)}</span>,
  }),
  verification.display({
    id: 'reason',
    header: 'Reason',
    enableSorting: false,
    cell: ({ row: { original: one } }) => (
      <>
        {one.reason_code ? <Reason code={one.reason_code} /> : null} {one.error_message ?? ''}
      </>
    ),
  }),
  verification.display({ id: 'trace', header: 'Trace', enableSorting: false, cell: ({ row }) => <Id id={row.original.trace_id} label="trace" /> }),
]);

const event = createColumnHelper<typeof sorting, Event>();
const eventColumns = event.columns([
  event.accessor('created_at', { header: 'When', sortFn: 'basic', cell: ({ row }) => <When at={row.original.created_at} /> }),
  event.accessor('endpoint', {
    header: 'Endpoint',
    sortFn: 'text',
    cell: ({ row: { original: one } }) => (
      <>
        {one.endpoint} <span className="muted">{one.operation}</span>
      </>
    ),
  }),
  event.accessor('status', {
    header: 'Status',
    sortFn: 'text',
    cell: ({ row: { original: one } }) => (
      <>
        <State of={one.status} /> {one.reason_code ? <Reason code={one.reason_code} /> : null}
      </>
    ),
  }),
  event.accessor((one) => one.latency_ms ?? -1, {
    id: 'latency',
    header: 'Latency',
    sortFn: 'basic',
    cell: ({ row }) => <span className="num">{milliseconds(row.original.latency_ms)}</span>,
  }),
  event.accessor((one) => one.bot_name ?? '', {
    id: 'bot',
    header: 'Bot',
    sortFn: 'text',
    cell: ({ row: { original: one } }) =>
      one.bot_namespace && one.bot_name ? (
        <Link to={`/bots/${one.bot_namespace}/${one.bot_name}`}>{one.bot_name}</Link>
      ) : (
        <span className="muted">none</span>
      ),
  }),
  event.display({ id: 'trace', header: 'Trace', enableSorting: false, cell: ({ row }) => <Id id={row.original.trace_id} label="trace" /> }),
]);
