// A Bot's conditions. In: the Bot. Out: a table. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { Mark } from '../parts/mark';
import { State, UnknownBecause } from '../parts/states';
import { When } from '../parts/when';

type Bot = Schemas['OneBot'];
type Condition = NonNullable<Bot['conditions']>[number];
const column = createColumnHelper<typeof sorting, Condition>();

const columns = column.columns([
  column.accessor('type', { header: 'Condition', sortFn: 'text' }),
  column.accessor('status', { header: 'Status', sortFn: 'text', cell: ({ row: { original: one } }) => <Holds condition={one} /> }),
  column.accessor('reasonCode', { header: 'Reason', sortFn: 'text', cell: ({ getValue }) => <Reason code={getValue()} /> }),
  column.accessor('message', { header: 'Message', sortFn: 'text' }),
  column.accessor((one) => one.since ?? '', { id: 'since', header: 'Since', sortFn: 'basic', cell: ({ getValue }) => <When at={getValue()} none="unknown" /> }),
]);

/** Conditions that are good news where they are false. */
const WARNINGS = new Set(['Reconciling', 'Stalled', 'NotGenuine', 'Fallback', 'RollRisk']);

function Holds({ condition: { type, status } }: { condition: Condition }) {
  if (!WARNINGS.has(type) || status === 'Unknown') return <State of={status} />;
  return (
    <Mark shape={status === 'True' ? 'triangle' : 'dash'} tone={status === 'True' ? 'warn' : 'none'}>
      {status}
    </Mark>
  );
}

/** The table. */
export function Conditions({ bot: { conditions, unknownReason } }: { bot: Bot }) {
  return (
    <section aria-labelledby="conditions">
      <h2 id="conditions">Conditions</h2>
      {conditions ? (
        <DataTable label="Conditions of the Bot" columns={columns} data={conditions} idOf={(one) => one.type} empty="It has none." />
      ) : (
        <UnknownBecause reason={unknownReason} />
      )}
    </section>
  );
}
