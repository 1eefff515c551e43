// Who is signed in. In: a Kubernetes token, once. Out: the session that the server keeps in a cookie which scripts cannot read; the
// token is in no storage and in no variable that outlives the call.
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api, CONSOLE_HEADER, type Schemas } from './client';

/** Who the server takes this browser for, and what installation it is. */
export type Session = Schemas['SessionAnswer'];

/** The session; answered to anyone. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => answerOf(api.GET('/api/session')),
  refetchInterval: 60_000,
});

/** Whether there is nothing to see before signing in. */
export const mustSignIn = (session: Session) => session.user === null && !session.anonymous;

/** Exchanges a token for a session. */
export const signIn = (token: string) => answerOf(api.POST('/api/session', { params: { header: CONSOLE_HEADER }, body: { token } }));

/** Ends the session. */
export const signOut = () => answerOf(api.DELETE('/api/session', { params: { header: CONSOLE_HEADER } }));
