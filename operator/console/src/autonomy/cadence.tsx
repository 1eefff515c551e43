// Each Bot's cadence. In: the API's Bots. Out: a table that sorts. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
import type { sorting } from '../parts/sorting';
import { UnknownBecause } from '../parts/states';
import { age, When } from '../parts/when';

type Bot = Schemas['AutonomyAnswer']['bots'][number];
const column = createColumnHelper<typeof sorting, Bot>();

const seconds = (value: number | null) => (value === null ? null : age(value * 1000));

const columns = column.columns([
  column.accessor('bot', { header: 'Bot', sortFn: 'text', cell: ({ getValue }) => <Link to={`/bots/${getValue()}`}>{getValue()}</Link> }),
  column.accessor('stage', { header: 'Stage', sortFn: 'text' }),
  column.accessor((bot) => bot.cadence_s ?? -1, {
    id: 'cadence',
    header: 'Every',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) => <span className="num">{seconds(bot.cadence_s) ?? 'unknown'}</span>,
  }),
  column.accessor((bot) => (bot.slots_expected ? (bot.slots_filled ?? 0) / bot.slots_expected : -1), {
    id: 'slots',
    header: 'Slots filled',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) =>
      bot.slots_expected === null || bot.slots_filled === null ? (
        <UnknownBecause reason={bot.nothing_expected_reason ?? 'no slot was due yet'} />
      ) : (
        <span className="num">
          {bot.slots_filled.toLocaleString('en')} of {bot.slots_expected.toLocaleString('en')}
        </span>
      ),
  }),
  column.accessor((bot) => bot.longest_silent_gap_s ?? -1, {
    id: 'gap',
    header: 'Longest silence',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) => <span className="num">{seconds(bot.longest_silent_gap_s) ?? 'unknown'}</span>,
  }),
  column.accessor('since', { header: 'Counted since', sortFn: 'basic', cell: ({ getValue }) => <When at={getValue()} /> }),
]);

/** The table. */
export function Cadence({ proof: { bots, bots_left_out: leftOut, bots_not_shown: hidden } }: { proof: Schemas['AutonomyAnswer'] }) {
  return (
    <section aria-labelledby="cadence">
      <h2 id="cadence">
        Cadence by Bot <span className="count">{(bots.length + leftOut).toLocaleString('en')}</span>
      </h2>
      <DataTable label="Cadence by Bot" columns={columns} data={bots} idOf={(bot) => bot.bot_id} empty="There is no Bot that you may read." />
      {leftOut > 0 ? <p className="why">Those {bots.length} that were silent for longest are shown; {leftOut.toLocaleString('en')} more are not.</p> : null}
      {hidden > 0 ? <p className="why">{hidden.toLocaleString('en')} more are not shown: you may not read them.</p> : null}
    </section>
  );
}
