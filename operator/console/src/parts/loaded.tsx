// What is shown while an answer is on its way, did not come, or is old. In: a query. Out: its data, or why there is none. No page
// decides this for itself.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, type Problem } from '../api/client';
import { Mark } from './mark';
import { Code } from './copy';
import { age, useNow } from './when';
import { Reason } from './reason';

interface Props<T> {
  query: UseQueryResult<T>;
  /** What is being loaded, as a person calls it. */
  what: string;
  children: (data: T) => ReactNode;
}

/** Data, once there is some; with a word above it where it is old. */
export function Loaded<T>({ query, what, children }: Props<T>) {
  if (query.data === undefined) {
    return query.error ? <Failed error={query.error} what={what} retry={() => void query.refetch()} /> : <Loading what={what} />;
  }
  return (
    <>
      {query.error ? <Stale error={query.error} since={query.dataUpdatedAt} /> : null}
      {children(query.data)}
    </>
  );
}

function Loading({ what }: { what: string }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading {what}</span>
      <span className="bone" />
      <span className="bone" />
      <span className="bone" />
    </div>
  );
}

function Stale({ error, since }: { error: Error; since: number }) {
  const now = useNow();
  return (
    <div className="notice tone-warn" role="status">
      <Mark shape="triangle" tone="warn">
        Stale
      </Mark>
      <span>
        Read {age(now - since)} ago; newer facts cannot be had: {error.message}
      </span>
    </div>
  );
}

const UNKNOWN: Problem = { title: 'Something went wrong', detail: '', status: 0, reasonCode: null, suggestedFix: null, traceId: null };

/** The problem of an error, whatever it is. */
export const problemIn = (error: Error): Problem => (error instanceof ApiError ? error.problem : { ...UNKNOWN, detail: error.message });

/** Why there is no data, and what to do about it. */
export function Failed({ error, what, retry }: { error: Error; what: string; retry?: () => void }) {
  const problem = problemIn(error);
  const forbidden = problem.status === 403;
  return (
    <section className="failed" role={forbidden ? undefined : 'alert'} aria-label={`No ${what}`}>
      <Mark shape={forbidden ? 'slash' : 'cross'} tone="bad" large>
        {forbidden ? `You may not see ${what}` : problem.title}
      </Mark>
      <ProblemText problem={problem} />
      {retry ? (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      ) : null}
    </section>
  );
}

/** A problem's reason, remedy and names; a command in the remedy can be copied. */
export function ProblemText({ problem }: { problem: Problem }) {
  const command = problem.suggestedFix ? commandIn(problem.suggestedFix) : null;
  return (
    <div className="problem">
      <p>{problem.detail}</p>
      {problem.suggestedFix ? <p className="fix">{problem.suggestedFix}</p> : null}
      {command ? <Code text={command} label="command that helps" /> : null}
      <p className="why">
        {problem.reasonCode ? <Reason code={problem.reasonCode} /> : null}
        {problem.traceId ? (
          <>
            {' '}
            trace <code>{problem.traceId}</code>
          </>
        ) : null}
      </p>
    </div>
  );
}

/** The kubectl command in a sentence, as it can be typed. */
export function commandIn(text: string): string | null {
  const found = /(kubectl .+?)(?:[`.]?\s*$|`)/s.exec(text);
  return found?.[1] ?? null;
}
