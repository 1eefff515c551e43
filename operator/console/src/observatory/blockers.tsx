// What is in the way. In: the API's blockers. Out: each with its measure, what to do, and a way to the place where that is done. Pure.
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { Code } from '../parts/copy';
import { commandIn } from '../parts/loaded';
import { Mark } from '../parts/mark';
import { State } from '../parts/states';
import { EvidenceList } from './evidence';
import { Reason } from '../parts/reason';

type Blocker = Schemas['SystemAnswer']['blockers'][number];

/** The list; what blocks stands before what only degrades, as the API gives it. */
export function Blockers({ blockers }: { blockers: Blocker[] }) {
  return (
    <section aria-labelledby="blockers">
      <h2 id="blockers">
        Blockers <span className="count">{blockers.length}</span>
      </h2>
      {blockers.length === 0 ? (
        <div className="card">
          <Mark shape="check" tone="ok">
            Nothing is in the way
          </Mark>
        </div>
      ) : (
        <ul className="blockers">
          {blockers.map((blocker) => (
            <li key={JSON.stringify([blocker.scope, blocker.reason_code, blocker.source])} className={`card blocker blocker-${blocker.status}`}>
              <One blocker={blocker} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function One({ blocker }: { blocker: Blocker }) {
  const command = commandIn(blocker.suggested_fix);
  const place = placeOf(blocker.scope);
  return (
    <>
      <div className="blocker-head">
        <State of={blocker.status} />
        <Reason code={blocker.reason_code} />
        <span className="muted">
          {scopeWords(blocker.scope)}
          {blocker.bots === null ? '' : ` · concerns ${blocker.bots} ${blocker.bots === 1 ? 'Bot' : 'Bots'}`}
        </span>
      </div>
      <p className="blocker-message">{blocker.message}</p>
      {blocker.measured !== null || blocker.required !== null ? (
        <dl className="pairs">
          <div>
            <dt>Measured</dt>
            <dd>{blocker.measured ?? 'unknown'}</dd>
          </div>
          <div>
            <dt>Required</dt>
            <dd>{blocker.required ?? 'unknown'}</dd>
          </div>
        </dl>
      ) : null}
      <p className="fix">
        <strong>What to do:</strong> {blocker.suggested_fix}
      </p>
      {command ? <Code text={command} label="command of the suggested fix" /> : null}
      <div className="blocker-foot">
        {place ? (
          <Link to={place.to} className="button small primary">
            {place.word}
          </Link>
        ) : null}
        <EvidenceList evidence={blocker.evidence} />
      </div>
    </>
  );
}

function scopeWords({ kind, namespace, name, provider, worker, feed }: Blocker['scope']): string {
  const where = [namespace, name].filter(Boolean).join('/');
  return [kind, where, provider === name ? null : provider, worker, feed].filter(Boolean).join(' ');
}

/** Where a blocker is mended; null where that is outside of this console. */
export function placeOf({ kind, namespace, provider, name }: Blocker['scope']): { to: string; word: string } | null {
  const path = (...parts: string[]) => parts.map(encodeURIComponent).join('/');
  if (namespace && provider) return { to: `/observatory/connections/${path(namespace, provider)}`, word: `Connect ${provider}` };
  if (kind === 'bot' && namespace && name) return { to: `/bots/${path(namespace, name)}`, word: 'Open the Bot' };
  if (kind === 'worker') return { to: '/autonomy', word: 'See the planner' };
  return null;
}
