// What came of the run that was last asked for. In: the Bot's run. Out: when it was asked for, what it waits for or which job it became.
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { Id } from '../parts/copy';
import { Reason } from '../parts/reason';
import { State } from '../parts/states';
import { took, When } from '../parts/when';

type Asked = NonNullable<Schemas['OneBot']['run']>;

/** The outcome. Unknown is said to be, with its reason. */
export function Run({ run }: { run: Asked }) {
  const { job } = run;
  const lasted = job?.startedAt && job.completedAt ? Date.parse(job.completedAt) - Date.parse(job.startedAt) : null;
  const waits = run.reasonCode === 'EVIDENCE_UNAVAILABLE' && !job ? 'UNKNOWN' : 'WAITING';
  return (
    <div className="card run" role="status" aria-label="The run that was asked for">
      <div className="job-head">
        <State of={job?.status ?? waits} />
        <strong>Run</strong>
        <span className="muted">
          asked for <When at={run.askedAt} none="at an unknown time" />
          {lasted === null ? '' : ` · took ${took(lasted)}`}
        </span>
        <Id id={run.traceId} label="trace of the run" />
      </div>
      <p>
        {run.message}
        {job ? (
          <>
            {' '}
            · <Link to={`/audit?traceId=${encodeURIComponent(run.traceId)}`}>its rows</Link>
          </>
        ) : null}
      </p>
      {run.reasonCode ? (
        <p className="why">
          <Reason code={run.reasonCode} /> {run.suggestedFix}
        </p>
      ) : null}
    </div>
  );
}
