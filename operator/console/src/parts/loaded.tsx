// What is shown while an answer is on its way, did not come, or is old. In: a query. Out: its data, or why there is none. No page
// decides this for itself.
import type { UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
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
  const failed = useFailure(query);
  if (query.data === undefined) {
    return failed ? <Failed error={failed} what={what} retry={() => void query.refetch()} asking={query.isFetching} /> : <Loading what={what} />;
  }
  return (
    <>
      {query.error ? <Stale error={query.error} since={query.dataUpdatedAt} /> : null}
      {children(query.data)}
    </>
  );
}

/** Why there is no answer yet: what failed last stands there until something else is known, and not only until it is asked again. */
function useFailure({ error, errorUpdateCount }: UseQueryResult): Error | null {
  const [last, keep] = useState(error);
  if (error && error !== last) keep(error);
  return error ?? (errorUpdateCount > 0 ? last : null);
}

/** So long an answer may take before it is said how long it has been waited for. */
const SOON_MS = 2_000;

/** That something is on its way, and, where it is long, since when. */
export function Loading({ what }: { what: string }) {
  const now = useNow();
  const [since] = useState(Date.now);
  const waited = now - since;
  return (
    <div className="loading">
      <p className="why" role="status">
        Loading {what}…
      </p>
      {waited > SOON_MS ? <p className="why">It takes longer than usual: {age(waited)} so far. The API answers or says why not within 15 s.</p> : null}
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

interface Refused {
  error: Error;
  what: string;
  retry?: () => void;
  /** Whether the same is asked again right now. */
  asking?: boolean;
}

/** Why there is no data, and what to do about it. */
export function Failed({ error, what, retry, asking = false }: Refused) {
  const problem = problemIn(error);
  const forbidden = problem.status === 403;
  return (
    <section className="failed" role={forbidden ? undefined : 'alert'} aria-label={`No ${what}`}>
      <Mark shape={forbidden ? 'slash' : 'cross'} tone="bad" large>
        {titleOf(problem, what)}
      </Mark>
      <ProblemText problem={problem} />
      {retry ? (
        <button type="button" className="button" disabled={asking} onClick={retry}>
          {asking ? 'Trying…' : 'Try again'}
        </button>
      ) : null}
    </section>
  );
}

/** What it means for a person; what the protocol calls it where it means nothing special. */
function titleOf({ status, title }: Problem, what: string): string {
  if (status === 403) return `You may not see ${what}`;
  return status === 503 ? `Nobody can read ${what} now` : title;
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

/** The kubectl command in a sentence, as it can be typed: what is marked as one, else what a colon leads to and nothing follows. */
export function commandIn(text: string): string | null {
  const found = /`(kubectl [^`]+)`/.exec(text) ?? /: (kubectl .*[^\s.])\s*$/s.exec(text);
  return found?.[1] ?? null;
}
