// What a language model suggested to a search. In: the record of a round. Out: who was asked, by which row, and what became of each. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import type { Schemas } from '../api/client';
import { Id } from '../parts/copy';
import { DataTable } from '../parts/data-table';
import { Opened } from '../parts/opened';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';

type Asked = Schemas['Suggestions'];

/** One suggestion, tried or refused; a model's words are shown as text and are nothing else. */
interface Suggested {
  place: string;
  said: string;
  refused: Asked['refused'][number] | null;
}

/** The record, to be opened. */
export function Suggestions({ of }: { of: Asked }) {
  return (
    <Opened
      title={
        <>
          Suggestions <span className="count">{of.reasonCode ? 'none' : `${of.accepted.length} tried, ${of.refused.length} refused`}</span>
        </>
      }
    >
      <p className="why">
        Asked <strong>{of.model}</strong> of {of.provider} for at most {of.asked}. A suggestion is one more strategy to breed from, and has no weight of its own.{' '}
        {of.requestId ? <Id id={of.requestId} label="row of the call" /> : 'The gateway named no row.'}
      </p>
      {of.reasonCode ? (
        <p>
          <Reason code={of.reasonCode} /> <span className="why">{of.message}</span>
        </p>
      ) : (
        <DataTable label="Suggestions" columns={columns} data={suggested(of)} idOf={(one) => one.place} empty="The model suggested nothing." />
      )}
    </Opened>
  );
}

/** Those that were tried, then those that were refused. */
function suggested({ accepted, refused }: Asked): Suggested[] {
  return [
    ...accepted.map((one) => ({ place: one.strategyHash, said: `${one.name}: ${JSON.stringify(one.strategy)}`, refused: null })),
    ...refused.map((one) => ({ place: `${one.place}`, said: one.said, refused: one })),
  ];
}

const suggestion = createColumnHelper<typeof sorting, Suggested>();
const columns = suggestion.columns([
  suggestion.accessor('said', { header: 'The model said', sortFn: 'text', cell: ({ row }) => <code>{row.original.said}</code> }),
  suggestion.display({
    id: 'outcome',
    header: 'What became of it',
    enableSorting: false,
    cell: ({ row: { original: one } }) =>
      one.refused ? (
        <>
          <Reason code={one.refused.reasonCode} />
          <div className="why">
            <code>{one.refused.field}</code>: {one.refused.message}
          </div>
        </>
      ) : (
        'bred from, like every other strategy'
      ),
  }),
]);
