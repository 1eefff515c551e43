// The planner's own runs. In: the newest of them. Out: a table. Pure.
import { Fragment } from 'react';
import type { Schemas } from '../api/client';
import { Reason } from '../parts/reason';
import { When } from '../parts/when';

type Run = Schemas['RunRow'];

/** The table. */
export function PlannerRuns({ runs, total }: { runs: Run[]; total: number }) {
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">
        Planner runs <span className="count">{total.toLocaleString('en')}</span>
      </h2>
      {runs.length === 0 ? (
        <p className="card empty">The planner has not run in this time.</p>
      ) : (
        <div className="table-box short" role="group" aria-labelledby="runs" tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Ended</th>
                <th scope="col">Took</th>
                <th scope="col">Bots seen</th>
                <th scope="col">Planned</th>
                <th scope="col">Made</th>
                <th scope="col">Left out</th>
                <th scope="col">Leader</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id}>
                  <td>
                    <When at={run.completed_at} />
                  </td>
                  <td className="num">{Date.parse(run.completed_at) - Date.parse(run.started_at)} ms</td>
                  <td className="num">{run.bots_seen}</td>
                  <td className="num">{run.jobs_enqueued}</td>
                  <td className="num">{run.jobs_created}</td>
                  <td><Skipped by={run.skipped} /></td>
                  <td>{run.leader}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Counts by reason in a line: `JOB_RUNNING 3`. */
function Skipped({ by }: { by: unknown }) {
  const counted = skippedBy(by);
  if (counted.length === 0) return 'none';
  return counted.map(([reason, count], place) => (
    <Fragment key={reason}>
      {place > 0 ? ', ' : ''}
      <Reason code={reason} /> {count}
    </Fragment>
  ));
}

/** Reasons that were met, with how often. */
export function skippedBy(skipped: unknown): [reason: string, count: number][] {
  const met = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0;
  return Object.entries(skipped ?? {}).filter(met);
}
