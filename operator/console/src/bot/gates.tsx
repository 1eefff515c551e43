// What keeps a Bot from its next stage. In: its blockers. Out: each with its measure and what to do. Pure.
import type { Schemas } from '../api/client';
import { Mark } from '../parts/mark';
import { Reason } from '../parts/reason';
import { UnknownBecause } from '../parts/states';

/** The list, the first to clear first. */
export function Gates({ bot: { blockers, unknownReason } }: { bot: Schemas['OneBot'] }) {
  return (
    <section aria-labelledby="blockers">
      <h2 id="blockers">
        What keeps it from its next stage {blockers ? <span className="count">{blockers.length}</span> : null}
      </h2>
      {!blockers ? (
        <UnknownBecause reason={unknownReason} />
      ) : blockers.length === 0 ? (
        <div className="card">
          <Mark shape="check" tone="ok">
            Nothing
          </Mark>
        </div>
      ) : (
        <ul className="blockers">
          {blockers.map((one) => (
            <li key={`${one.reasonCode} ${one.message}`} className="card blocker">
              <div className="blocker-head">
                <Reason code={one.reasonCode} />
              </div>
              <p className="blocker-message">{one.message}</p>
              {one.measured === null && one.required === null ? null : (
                <dl className="pairs">
                  <div>
                    <dt>Measured</dt>
                    <dd>{one.measured ?? 'unknown'}</dd>
                  </div>
                  <div>
                    <dt>Required</dt>
                    <dd>{one.required ?? 'unknown'}</dd>
                  </div>
                </dl>
              )}
              <p className="fix">
                <strong>What to do:</strong> {one.suggestedFix}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
