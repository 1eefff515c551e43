// A Bot's newest jobs. In: GET /api/_proof/bot. Out: each with its checks and, opened, every row of the log that it caused.
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { botProofQuery, documentOf } from '../api/queries';
import { Id } from '../parts/copy';
import { Loaded } from '../parts/loaded';
import { Reason } from '../parts/reason';
import { RowsTable } from '../parts/rows-table';
import { Answer, State, UnknownBecause } from '../parts/states';
import { took, When } from '../parts/when';
import { Opened } from '../parts/opened';
import { Report } from './report';
import { Result } from './result';

type Job = Schemas['JobProof'];

/** The jobs, the newest first. */
export function Jobs({ namespace, name }: { namespace: string; name: string }) {
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">Newest jobs, down to the row</h2>
      <Loaded query={useQuery(botProofQuery(namespace, name))} what="jobs">
        {({ jobs }) =>
          jobs.length === 0 ? (
            <p className="card empty">It has had no job yet.</p>
          ) : (
            <ul className="jobs">
              {jobs.map((job, place) => (
                <li key={job.id} className="card">
                  <One job={job} open={place === 0} bot={{ namespace, name }} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function One({ job, open, bot }: { job: Job; open: boolean; bot: { namespace: string; name: string } }) {
  return (
    <>
      <div className="job-head">
        <State of={job.status} />
        <strong>{job.job_type}</strong>
        <span className="muted">
          planned <When at={job.created_at} />
          {job.started_at && job.completed_at ? ` · took ${took(Date.parse(job.completed_at) - Date.parse(job.started_at))}` : ''}
        </span>
        <Id id={job.trace_id} label="trace of the job" />
      </div>
      {job.reason_code ? (
        <p>
          <Reason code={job.reason_code} /> {job.message}
        </p>
      ) : job.message ? (
        <p>{job.message}</p>
      ) : null}
      <dl className="facts">
        <div>
          <dt>Rows resolve</dt>
          <dd>
            <Answer is={job.request_ids_resolve} yes="Yes" no="No" reason={job.request_ids_resolve_reason} />
          </dd>
        </div>
        <div>
          <dt>Symbol</dt>
          <dd>{job.symbol_check ? <>{job.symbol_check}</> : <UnknownBecause reason={job.symbol_check_reason} />}</dd>
        </div>
        <div>
          <dt>Strategy</dt>
          <dd>
            <Answer is={job.strategy_check} yes="The Bot’s own" no="Another" reason={job.strategy_check_reason} />
          </dd>
        </div>
        <div>
          <dt>Session</dt>
          <dd>
            {job.session ? (
              <>
                <Result session={job.session} />
                <a href={documentOf(bot.namespace, bot.name, job.id)} target="_blank" rel="noreferrer">
                  Report
                </a>
                <span className="why"> as one document, in a new tab</span>
              </>
            ) : (
              <UnknownBecause reason={job.session_reason} />
            )}
          </dd>
        </div>
      </dl>
      {job.session ? (
        <Opened title="Equity, drawdown and trades">
          <Report namespace={bot.namespace} name={bot.name} jobId={job.id} />
        </Opened>
      ) : null}
      <details className="job-rows" open={open}>
        <summary>
          Rows of the log <span className="count">{job.requests_total}</span>
        </summary>
        <RowsTable rows={job.requests} label={`Rows of ${job.job_name}`} />
      </details>
    </>
  );
}
