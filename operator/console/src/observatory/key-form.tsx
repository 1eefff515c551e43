// Keys are set. In: what is typed. Out: a request with the user's own rights, and what came of it. The fields are emptied as the
// request leaves: no value stays in the page, in a variable or in storage.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type SyntheticEvent } from 'react';
import { answerOf, api } from '../api/client';
import { ProblemText, problemIn } from '../parts/loaded';
import type { Entry } from './connections';
import { MadeResult } from './verify';

/** The form. */
export function KeyForm({ entry }: { entry: Entry }) {
  const form = useRef<HTMLFormElement>(null);
  const client = useQueryClient();
  const write = useMutation({
    mutationFn: (values: Record<string, string>) =>
      answerOf(api.POST('/api/integrations/credentials', { body: { namespace: entry.namespace ?? '', provider: entry.provider, values } })),
    // The arguments of a finished mutation are kept as long as it is: these must not be.
    gcTime: 0,
    // What came of it is shown at once, and does not wait for the page to be read anew.
    onSettled: () => void client.invalidateQueries({ queryKey: ['integrations'] }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!form.current) return;
    const values: Record<string, string> = {};
    for (const [name, value] of new FormData(form.current)) if (typeof value === 'string' && value.trim() !== '') values[name] = value.trim();
    form.current.reset();
    write.mutate(values, {
      onSettled: () => {
        for (const name of Object.keys(values)) values[name] = '';
      },
    });
  };
  return (
    <form ref={form} onSubmit={submit} className="key-form" aria-label={`Keys of ${entry.title}`}>
      {entry.hints.map((hint) => (
        <label key={hint.name}>
          <span>
            {hint.name} {hint.required ? '' : <span className="muted">(optional)</span>}
          </span>
          <input name={hint.name} type="password" autoComplete="off" spellCheck={false} required={hint.required} />
        </label>
      ))}
      <button type="submit" className="button primary" disabled={write.isPending}>
        {write.isPending ? 'Writing and verifying…' : 'Set keys'}
      </button>
      {write.error ? (
        <div role="alert" className="notice tone-bad">
          <ProblemText problem={problemIn(write.error)} />
        </div>
      ) : null}
      {write.data ? (
        <div role="status" className="stack">
          <p>
            Written to the Secret{' '}
            <code>
              {write.data.namespace}/{write.data.secret}
            </code>
            : {write.data.keys.join(', ')}.
          </p>
          {write.data.doubts.map((doubt) => (
            <p key={doubt} className="notice tone-warn">
              {doubt}
            </p>
          ))}
          {write.data.verification ? <MadeResult made={write.data.verification} /> : <p className="why">Not verified: {write.data.verification_reason}</p>}
        </div>
      ) : null}
    </form>
  );
}
