// A handshake on demand. In: an entry. Out: a button that says how far it is, and what came of it. Asked with the user's own rights.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, answerOf, type Schemas } from '../api/client';
import { ProblemText, problemIn } from '../parts/loaded';
import { State } from '../parts/states';
import type { Entry } from './connections';
import { Reason } from '../parts/reason';

/** What came of a handshake. */
export type Made = Schemas['Made'];

/** Asks for a handshake, and has what it changes read again. */
export function useVerify(entry: Entry) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/api/integrations/verify', { body: { namespace: entry.namespace ?? '', provider: entry.provider } })),
    // What came of it is shown at once, and does not wait for the page to be read anew.
    onSettled: () => void client.invalidateQueries({ queryKey: ['integrations'] }),
  });
}

/** Why a vendor cannot be asked; null where it can. */
export function whyNotVerify(entry: Entry): string | null {
  if (entry.name === null) return 'There is no Integration for it yet.';
  if (!entry.supports_verify) return 'The vendor has no harmless call that proves a key.';
  return null;
}

/** The button of a table's row. */
export function VerifyButton({ entry }: { entry: Entry }) {
  const verify = useVerify(entry);
  const whyNot = whyNotVerify(entry);
  const word = verify.isPending ? 'Verifying…' : verify.isError ? 'Refused' : verify.data ? (verify.data.status === 'success' ? 'Verified' : 'Failed') : 'Verify';
  return (
    <button
      type="button"
      className="button small"
      disabled={verify.isPending || whyNot !== null}
      title={whyNot ?? verify.error?.message ?? verify.data?.message}
      aria-busy={verify.isPending}
      onClick={() => {
        verify.mutate();
      }}
    >
      <span aria-live="polite">{word}</span>
      <span className="visually-hidden"> {entry.title}</span>
    </button>
  );
}

/** A handshake's result in full. */
export function MadeResult({ made }: { made: Made }) {
  return (
    <div className={`notice tone-${made.status === 'success' ? 'ok' : made.status === null ? 'none' : 'bad'}`} role="status">
      <State of={made.status ?? 'unknown'} />
      <span>{made.message}</span>
      {made.suggested_fix ? <span className="fix">{made.suggested_fix}</span> : null}
      <span className="why">
        {made.reason_code ? <Reason code={made.reason_code} /> : null}
        {made.http_status === null ? '' : ` HTTP ${made.http_status}`}
        {made.latency_ms === null ? '' : ` · ${made.latency_ms} ms`} · trace <code>{made.trace_id}</code>
      </span>
    </div>
  );
}

/** Progress, result or refusal of a handshake. */
export function VerifyOutcome({ verify }: { verify: ReturnType<typeof useVerify> }) {
  if (verify.isPending) {
    return (
      <div role="status" className="notice">
        <span className="progress" aria-hidden="true" />
        The gateway asks the vendor; its answer is written down before it is shown here.
      </div>
    );
  }
  if (verify.error) {
    return (
      <div role="alert" className="notice tone-bad">
        <ProblemText problem={problemIn(verify.error)} />
      </div>
    );
  }
  return verify.data ? <MadeResult made={verify.data} /> : null;
}
