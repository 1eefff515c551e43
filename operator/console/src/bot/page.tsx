// One Bot. In: its name. Out: what it does and why, what keeps it from its next stage, what its last cycle proves, its jobs down to the
// row, what it was asked to be.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { botQuery } from '../api/queries';
import { Id } from '../parts/copy';
import { Loaded } from '../parts/loaded';
import { PageHead } from '../parts/page';
import { Reason } from '../parts/reason';
import { SourcesInFull } from '../parts/sources';
import { Standing, State, UnknownBecause } from '../parts/states';
import { When } from '../parts/when';
import { Actions } from './actions';
import { Conditions } from './conditions';
import { Gates } from './gates';
import { History } from './history';
import { Jobs } from './jobs';
import { Lineage } from './lineage';
import { Rounds } from './rounds';
import { Spec } from './spec';

type Bot = Schemas['OneBot'];

interface Named {
  namespace: string;
  name: string;
}

/** The page. */
export default function Page({ namespace, name }: Named) {
  return (
    <>
      <nav aria-label="Where this is" className="trail">
        <Link to="/bots">Bots</Link> / {namespace}
      </nav>
      <PageHead title={name} />
      <Loaded query={useQuery(botQuery(namespace, name))} what={`the Bot ${namespace}/${name}`}>
        {(bot) => (
          <div className="stack">
            <Actions bot={bot} />
            <Summary bot={bot} />
            <Gates bot={bot} />
            <section aria-labelledby="sources">
              <h2 id="sources">Sources, as the last completed cycle proves them</h2>
              <p className="why proof-age">
                {bot.proof ? (
                  <>
                    <When at={bot.proof.completedAt} none="at an unknown time" /> <State of={bot.proof.status} /> trace{' '}
                    <Id id={bot.proof.traceId} label="trace of the last completed cycle" />
                  </>
                ) : (
                  'No cycle has completed.'
                )}
              </p>
              <SourcesInFull sources={bot.sources} />
            </section>
            <Jobs namespace={namespace} name={name} />
            <Lineage namespace={namespace} name={name} />
            <Rounds namespace={namespace} name={name} />
            <History namespace={namespace} name={name} />
            <Conditions bot={bot} />
            <Spec bot={bot} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Summary({ bot }: { bot: Bot }) {
  return (
    <section className="summary four" aria-label="Summary">
      <div className="card">
        <h2>Now</h2>
        <Now bot={bot} />
      </div>
      <div className="card">
        <h2>Stage</h2>
        {bot.stage ? <p className="big">{bot.stage}</p> : <UnknownBecause reason={bot.unknownReason} />}
        <p className="why">
          {bot.instrument.symbol} · {bot.instrument.dataset} · {bot.instrument.schema} · {bot.strategyFamily}
        </p>
      </div>
      <div className="card">
        <h2>Promotable</h2>
        {bot.promotable ? (
          <>
            <Standing of={bot.promotable.status} large />
            <p>{bot.promotable.message}</p>
            <p className="why">
              <Reason code={bot.promotable.reasonCode} />
              {bot.spec.resetAt ? (
                <>
                  {' '}
                  · counted since its reset <When at={bot.spec.resetAt} />
                </>
              ) : null}
            </p>
          </>
        ) : (
          <UnknownBecause reason={bot.unknownReason} />
        )}
      </div>
      <div className="card">
        <h2>Autonomy score</h2>
        {bot.autonomy ? (
          <p className="big num">
            {bot.autonomy.score} <span className="muted">{bot.autonomy.tier}</span>
          </p>
        ) : (
          <UnknownBecause reason={bot.autonomyReason} />
        )}
      </div>
    </section>
  );
}

function Now({ bot: { botNow, unknownReason, stop, deleting } }: { bot: Bot }) {
  if (!botNow) return <UnknownBecause reason={unknownReason} />;
  return (
    <>
      <State of={botNow.state} large />
      <p>{botNow.message}</p>
      <p className="why">
        <Reason code={botNow.reasonCode} /> since <When at={botNow.since} none="unknown" />
        {botNow.activeJob ? (
          <>
            {' '}
            · {botNow.activeJob.jobType} <Id id={botNow.activeJob.traceId} label="trace of the job at work" />
          </>
        ) : null}
      </p>
      {botNow.suggestedFix && botNow.state !== 'Idle' && !botNow.activeJob ? <p className="fix">{botNow.suggestedFix}</p> : null}
      {stop.binds === 'None' ? null : <p className="notice tone-warn">Stop policy that binds: {stop.binds}</p>}
      {deleting ? <p className="notice tone-warn">It is being deleted.</p> : null}
    </>
  );
}
