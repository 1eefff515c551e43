// The installation in one look. In: GET /api/system/status. Out: status, gates, blockers, tiers, readiness by Bot.
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { systemQuery } from '../api/queries';
import { Loaded } from '../parts/loaded';
import { Mark } from '../parts/mark';
import { State, UnknownBecause } from '../parts/states';
import { When } from '../parts/when';
import { Blockers } from './blockers';
import { Gates } from './gates';
import { Readiness } from './readiness';

type System = Schemas['SystemAnswer'];

const SAYS: Record<System['system_status'], string> = {
  OK: 'Nothing that is required is missing.',
  DEGRADED: 'Bots start, but something that is required does not fully work.',
  BLOCKED: 'Something that is required is missing or not proven. What it concerns does not start.',
};

/** The tab. */
export function Overview() {
  return (
    <Loaded query={useQuery(systemQuery)} what="the status of the installation">
      {(system) => (
        <div className="stack">
          <Summary system={system} />
          <Blockers blockers={system.blockers} />
          <Gates gates={system.gates} />
          <Readiness bots={system.bots} leftOut={system.bots_left_out} hidden={system.bots_not_shown} />
        </div>
      )}
    </Loaded>
  );
}

function Summary({ system }: { system: System }) {
  return (
    <section className="summary" aria-label="Summary">
      <div className={`card headline headline-${system.system_status}`}>
        <h2>System status</h2>
        <State of={system.system_status} large />
        <p>{SAYS[system.system_status]}</p>
        <p className="why">
          Read <When at={system.generated_at} />
        </p>
      </div>
      <div className="card">
        <h2>Autonomy</h2>
        {system.autonomy_allowed ? (
          <Mark shape="check" tone="ok" large>
            Allowed
          </Mark>
        ) : (
          <Mark shape="slash" tone="bad" large>
            Not allowed
          </Mark>
        )}
        <p>{system.autonomy_allowed ? 'Bots may start by themselves. What binds one Bot is its own.' : 'What is in the way is listed below.'}</p>
      </div>
      <div className="card">
        <h2>Tiers</h2>
        <Tiers system={system} />
      </div>
    </section>
  );
}

function Tiers({ system }: { system: System }) {
  const counts = system.tier_counts;
  if (!counts) return <UnknownBecause reason={system.tier_counts_reason} />;
  return (
    <dl className="figures">
      {Object.entries(counts).map(([tier, count]) => (
        <div key={tier}>
          <dt>{tier}</dt>
          <dd className="num">{count}</dd>
        </div>
      ))}
    </dl>
  );
}
