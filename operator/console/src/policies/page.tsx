// What binds at each stage. In: GET /api/policies. Out: each policy with its sources, its hash, and the whole of it; stages without one.
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { policiesQuery } from '../api/queries';
import { Code, Id } from '../parts/copy';
import { Loaded } from '../parts/loaded';
import { Mark } from '../parts/mark';
import { PageHead } from '../parts/page';
import { When } from '../parts/when';
import { PolicySources } from './sources';

type Policy = Schemas['PolicyAnswer'];

/** The page. */
export default function Page() {
  return (
    <>
      <PageHead title="Policies" about="One for each stage. What binds a Bot is the stricter of its stage’s policy and its own spec; nothing loosens." />
      <Loaded query={useQuery(policiesQuery)} what="policies">
        {({ policies, missing, stale }) => (
          <div className="stack">
            {stale ? <p className="notice tone-warn">They may have changed since: {stale.reason}</p> : null}
            {policies.map((policy) => (
              <One key={policy.name} policy={policy} />
            ))}
            {missing.length > 0 ? (
              <p className="card">
                <Mark shape="ring" tone="none">
                  No policy
                </Mark>{' '}
                {missing.join(', ')} <span className="why">No Bot starts at these stages.</span>
              </p>
            ) : null}
          </div>
        )}
      </Loaded>
    </>
  );
}

function One({ policy }: { policy: Policy }) {
  return (
    <section className="card" aria-labelledby={`policy-${policy.name}`}>
      <div className="job-head">
        <h2 id={`policy-${policy.name}`}>{policy.stage}</h2>
        <Standing policy={policy} />
        <span className="muted">
          generation {policy.generation ?? 'unknown'} · made <When at={policy.createdAt} none="unknown" />
        </span>
        {policy.hash ? <Id id={policy.hash} label={`hash of the policy of ${policy.stage}`} /> : <span className="muted">no hash</span>}
      </div>
      {policy.problem ? <p className="notice tone-bad">{policy.problem}</p> : null}
      {policy.sources ? <PolicySources stage={policy.stage} sources={policy.sources} /> : <p className="why">What it says of sources is unknown: it cannot be obeyed.</p>}
      <details>
        <summary>The whole policy</summary>
        <Code text={JSON.stringify(policy.spec, null, 2)} label={`policy of ${policy.stage}`} />
      </details>
    </section>
  );
}

function Standing({ policy }: { policy: Policy }) {
  if (policy.problem) {
    return (
      <Mark shape="cross" tone="bad">
        Cannot be obeyed
      </Mark>
    );
  }
  if (policy.stop !== 'None') {
    return (
      <Mark shape="stop" tone="warn">
        Stops its Bots: {policy.stop}
      </Mark>
    );
  }
  return policy.runsBots ? (
    <Mark shape="check" tone="ok">
      Binds
    </Mark>
  ) : (
    <Mark shape="dash" tone="none">
      Not run by this version
    </Mark>
  );
}
