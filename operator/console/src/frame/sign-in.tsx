// The way in. In: a Kubernetes token. Out: a session. The field is emptied at once, so that the token is nowhere in this page.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type SyntheticEvent } from 'react';
import { useLocation } from 'wouter';
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
        <PageHead title="Sign in" about="With a token that the Kubernetes API server accepts. What you may see and do here is what you may there." />
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
