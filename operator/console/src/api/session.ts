// Who is signed in. In: a Kubernetes token, once. Out: the session that the server keeps in a cookie which scripts cannot read; the
// token is in no storage and no variable that outlives the call.
import { queryOptions } from '@tanstack/react-query';
import { ApiError, CONSOLE_HEADER, problemOf, unreachable } from './client';

/** Who the server takes this browser for, and what installation it is. */
export interface Session {
  user: string | null;
  groups: string[];
  anonymous: boolean;
  installation: { environment: string; version: string };
}

async function ask(method: string, body?: object): Promise<Session | null> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { ...CONSOLE_HEADER, 'content-type': 'application/json' } };
  const response = await fetch('/api/session', body ? { ...init, body: JSON.stringify(body) } : init).catch(() => {
    throw unreachable();
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(problemOf(answer, response));
  return answer as Session | null;
}

/** The session, or null where nobody is signed in and nobody may read without that. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    try {
      return await ask('GET');
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Exchanges a token for a session. */
export const signIn = (token: string) => ask('POST', { token });

/** Ends the session. */
export const signOut = () => ask('DELETE');
