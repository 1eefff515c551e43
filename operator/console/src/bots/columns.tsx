// Columns of the Bots table. In: a Bot. Out: cells of one or two lines, since all rows are equally high. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import { Link } from 'wouter';
import type { ListedBot } from '../api/queries';
import { Mark } from '../parts/mark';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { Sources } from '../parts/sources';
import { Standing, State } from '../parts/states';
import { When } from '../parts/when';

const column = createColumnHelper<typeof sorting, ListedBot>();

/** Address of a Bot's page. */
export const pageOf = ({ namespace, name }: { namespace: string; name: string }) => `/bots/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;

const unknown = (reason: string | null) => (
  <Mark shape="question" tone="none">
    <span title={reason ?? undefined}>Unknown</span>
  </Mark>
);

/** The columns, in the order in which a question is asked: which, what, why, how sure. */
export const columns = column.columns([
  column.accessor((bot) => `${bot.namespace}/${bot.name}`, {
    id: 'bot',
    header: 'Bot',
    sortFn: 'text',
    cell: ({ row: { original: bot } }) => (
      <>
        <Link to={pageOf(bot)} className="strong">
          {bot.name}
        </Link>
        <div className="why">
          {bot.namespace} · {bot.instrument.symbol} · {bot.strategyFamily}
        </div>
      </>
    ),
  }),
  column.accessor((bot) => bot.botNow?.state ?? '', {
    id: 'now',
    header: 'Now',
    sortFn: 'text',
    cell: ({ row: { original: bot } }) => (bot.botNow ? <State of={bot.botNow.state} pill /> : unknown(bot.unknownReason)),
  }),
  column.accessor((bot) => bot.botNow?.reasonCode ?? '', {
    id: 'why',
    header: 'Why',
    sortFn: 'text',
    cell: ({ row: { original: bot } }) =>
      bot.botNow ? (
        <>
          <Reason code={bot.botNow.reasonCode} about={bot.botNow.message} />
          <div className="why">
            since <When at={bot.botNow.since} none="unknown" />
            {bot.botNow.activeJob ? ` · ${bot.botNow.activeJob.jobType} ${bot.botNow.activeJob.traceId.slice(0, 8)}` : ''}
          </div>
        </>
      ) : null,
  }),
  column.accessor((bot) => bot.proof?.completedAt ?? '', {
    id: 'proof',
    header: 'Proof of the last cycle',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) => (
      <>
        <Sources sources={bot.sources} />
        <div className="why">{bot.proof ? <When at={bot.proof.completedAt} none="unknown" /> : 'no cycle has completed'}</div>
      </>
    ),
  }),
  column.accessor((bot) => bot.stage ?? '', {
    id: 'stage',
    header: 'Stage',
    sortFn: 'text',
    cell: ({ row: { original: bot } }) => bot.stage ?? unknown(bot.unknownReason),
  }),
  column.accessor((bot) => bot.promotable?.status ?? '', {
    id: 'promotable',
    header: 'Promotable',
    sortFn: 'text',
    cell: ({ row: { original: bot } }) => (bot.promotable ? <Standing of={bot.promotable.status} /> : unknown(bot.unknownReason)),
  }),
  column.accessor((bot) => bot.blockers?.[0]?.reasonCode ?? '', {
    id: 'blocked',
    header: 'Blocked by',
    sortFn: 'text',
    cell: ({ row: { original: bot } }) => <BlockedBy bot={bot} />,
  }),
  column.accessor((bot) => bot.autonomy?.score ?? -1, {
    id: 'score',
    header: 'Score',
    sortFn: 'basic',
    cell: ({ row: { original: bot } }) =>
      bot.autonomy ? (
        <span className="num">
          {bot.autonomy.score} <span className="muted">{bot.autonomy.tier}</span>
        </span>
      ) : (
        unknown(bot.autonomyReason)
      ),
  }),
]);

function BlockedBy({ bot }: { bot: ListedBot }) {
  const blockers = bot.blockers;
  if (!blockers) return unknown(bot.unknownReason);
  const [first] = blockers;
  if (!first) return <span className="muted">nothing</span>;
  return (
    <>
      <Reason code={first.reasonCode} about={first.message} />
      {blockers.length > 1 ? <div className="why">and {blockers.length - 1} more</div> : null}
    </>
  );
}
