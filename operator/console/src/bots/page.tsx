// All Bots. In: GET /api/bots, and what is asked for in the address. Out: a table that stays quick with ten thousand rows.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import { botsQuery, type ListedBot } from '../api/queries';
import { Choice, Filters } from '../parts/filters';
import { Code } from '../parts/copy';
import { Loaded } from '../parts/loaded';
import { Mark } from '../parts/mark';
import { PageHead } from '../parts/page';
import { When } from '../parts/when';
import { BotsTable } from './table';
import { countBy, narrowed, type Asked } from './narrow';

/** The page. */
export default function Page() {
  return (
    <>
      <PageHead title="Bots" about="What each does now and why, and what the last completed cycle proves. A connection that stands is no proof." />
      <Loaded query={useQuery(botsQuery)} what="Bots">
        {(answer) => (
          <>
            {answer.stale ? (
              <div className="notice tone-warn" role="status">
                <Mark shape="triangle" tone="warn">
                  Stale
                </Mark>
                <span>
                  True <When at={answer.stale.since} />: {answer.stale.reason}
                </span>
              </div>
            ) : null}
            <Bots bots={answer.bots} />
            <Hidden count={answer.namespacesNotShown} reason={answer.namespacesNotShownReason} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Hidden({ count, reason }: { count: number | null; reason: string | null }) {
  if (count === 0) return null;
  return <p className="why">{count === null ? `Whether there are more is not shown: ${reason ?? 'no reason is given'}.` : `${count} more namespaces have Bots that you may not read.`}</p>;
}

/** What comes before the first Bot. */
function NoneYet() {
  return (
    <section className="card empty" aria-label="No Bot">
      <p>There is no Bot that you may read. To have one:</p>
      <ol>
        <li>
          <Link to="/observatory/connections">Connect a vendor</Link>, so that there are bars.
        </li>
        <li>
          Apply a Bot; the chart’s folder <code>samples</code> has some: <Code text="kubectl apply -f charts/assayer/samples/eurusd-breakout.yaml" label="command that applies a Bot" />
        </li>
      </ol>
    </section>
  );
}

function Bots({ bots }: { bots: ListedBot[] }) {
  const [params, setParams] = useSearchParams();
  const asked: Asked = {
    search: params.get('q') ?? '',
    state: params.get('state') ?? '',
    stage: params.get('stage') ?? '',
    promotable: params.get('promotable') ?? '',
  };
  const { search, state, stage, promotable } = asked;
  const shown = useMemo(() => narrowed(bots, { search, state, stage, promotable }), [bots, search, state, stage, promotable]);
  const ask = (name: string) => (value: string) => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  };
  if (bots.length === 0) return <NoneYet />;
  return (
    <>
      <Filters label="Bots" search={search} placeholder="Name, namespace, symbol, reason" onSearch={ask('q')} shown={shown.length} total={bots.length}>
        <Choice name="Now" value={state} onChoose={ask('state')} all={countBy(bots, (bot) => bot.botNow?.state ?? 'Unknown')} />
        <Choice name="Stage" value={stage} onChoose={ask('stage')} all={countBy(bots, (bot) => bot.stage ?? 'Unknown')} />
        <Choice name="Promotable" value={promotable} onChoose={ask('promotable')} all={countBy(bots, (bot) => bot.promotable?.status ?? 'Unknown')} />
      </Filters>
      {shown.length === 0 ? <p className="card empty">No Bot is like that.</p> : <BotsTable bots={shown} />}
    </>
  );
}
