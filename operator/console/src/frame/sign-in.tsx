// The way in. In: a Kubernetes token, or the installation's issuer. Out: a session. The field is emptied at once, so that the token is
// nowhere in this page.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useLocation, useSearch } from 'wouter';
import { sessionQuery, signIn, type Session } from '../api/session';
import { Code } from '../parts/copy';
import { ProblemText, problemIn } from '../parts/loaded';
import { PageHead } from '../parts/page';

const MAKE = 'kubectl create token NAME --namespace NAMESPACE --duration 8h';

/** The page. */
export function SignIn({ session }: { session: Session }) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (field.current) field.current.value = '';
    setBusy(true);
    setError(null);
    try {
      const session = await signIn(token);
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      go('/observatory');
    } catch (refused) {
      setError(refused instanceof Error ? refused : new Error(String(refused)));
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="sign-in">
      <div className="card">
        <PageHead title="Sign in" about="As whom the Kubernetes API server takes you for. What you may see and do here is what you may there." />
        <AtIssuer issuer={session.issuer} />
        <form onSubmit={(event) => void submit(event)}>
          <label htmlFor="token">Kubernetes token</label>
          <input
            id="token"
            ref={field}
            type="password"
            required
            autoComplete="off"
            spellCheck={false}
            aria-describedby="token-how"
            aria-invalid={error !== null}
          />
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        {error ? (
          <div role="alert" className="notice tone-bad">
            <ProblemText problem={problemIn(error)} />
          </div>
        ) : null}
        <div id="token-how" className="how">
          <h2>Where do I get one?</h2>
          <Code text={MAKE} label="command that makes a token" />
          <p>
            NAME is a ServiceAccount with the chart’s role <code>assayer-viewer</code>, and <code>assayer-trader</code> where it may change something. The server exchanges the token for a cookie that scripts cannot read; it ends when the token does.
          </p>
          {session.anonymous ? <p>This installation lets anyone read; a token is needed only to change something.</p> : null}
        </div>
      </div>
    </div>
  );
}

/** Why the issuer's sign-in came to nothing, in the server's words for the address. Others are shown as none. */
const REFUSED = new Map(Object.entries({
  unreachable: 'The issuer did not answer as it should. Try again; if it stays, the log of assayer-api says what it met.',
  expired: 'The sign-in took longer than ten minutes, or was begun in another window. Begin it again.',
  refused: 'The issuer did not let you in.',
  untrusted: 'You are known to the issuer, and the Kubernetes API server does not accept its token: whoever runs the cluster has to name this issuer and client in its authentication configuration.',
}));

/** The button that leads to the issuer, where the installation has one, and what came of the last try. */
export function AtIssuer({ issuer }: { issuer: string | null }) {
  const why = new URLSearchParams(useSearch()).get('refused');
  const words = REFUSED.get(why ?? '');
  return (
    <>
      {words ? (
        <div role="alert" className="notice tone-bad">
          {words}
        </div>
      ) : null}
      {issuer ? (
        <p className="at-issuer">
          <a className="button primary" href="/api/session/oidc">
            Sign in at {host(issuer)}
          </a>
        </p>
      ) : null}
    </>
  );
}

function host(url: string) {
  return URL.canParse(url) ? new URL(url).host : url;
}
