// Readiness by Bot. In: the API's Bots. Out: a table. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { Answer, State } from '../parts/states';

type Bot = Schemas['SystemAnswer']['bots'][number];
const column = createColumnHelper<typeof sorting, Bot>();

const RANK: Record<Bot['readiness'], number> = { BLOCKED: 0, DEGRADED: 1, OK: 2 };

const columns = column.columns([
  column.accessor('bot', { header: 'Bot', sortFn: 'text', cell: ({ getValue }) => <Link to={`/bots/${getValue()}`}>{getValue()}</Link> }),
  column.accessor('stage', { header: 'Stage', sortFn: 'text' }),
  column.accessor((bot) => RANK[bot.readiness], {
    id: 'readiness',
    header: 'Readiness',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) => <State of={bot.readiness} />,
  }),
  column.accessor((bot) => Number(bot.autonomy_allowed), {
    id: 'allowed',
    header: 'May start',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) => <Answer is={bot.autonomy_allowed} yes="Yes" no="No" />,
  }),
  column.display({
    id: 'why',
    header: 'What is in its way',
    cell: ({ row: { original: bot } }) =>
      bot.blockers.length === 0 ? (
        <span className="muted">nothing</span>
      ) : (
        <ul className="plain">
          {bot.blockers.map((one) => (
            <li key={`${one.reason_code} ${one.message}`}>
              <Reason code={one.reason_code} /> {one.message}
            </li>
          ))}
        </ul>
      ),
  }),
]);

/** The table. What is left out is found on the Bots page, which draws only what is seen. */
export function Readiness({ bots, leftOut, hidden }: { bots: Bot[]; leftOut: number; hidden: number }) {
  return (
    <section aria-labelledby="readiness">
      <h2 id="readiness">
        Readiness by Bot <span className="count">{bots.length + leftOut}</span>
      </h2>
      <DataTable label="Readiness of each Bot" columns={columns} data={bots} idOf={(bot) => bot.bot} empty="There is no Bot that you may read." />
      {leftOut > 0 ? (
        <p className="why">
          {leftOut.toLocaleString('en')} more, of which none is worse, are on <Link to="/bots">Bots</Link>.
        </p>
      ) : null}
      {hidden > 0 ? <p className="why">{hidden} more count and are in namespaces whose Bots you may not read.</p> : null}
    </section>
  );
}

