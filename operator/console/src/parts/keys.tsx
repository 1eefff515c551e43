// The names of a vendor's keys. In: the registry's hints. Out: a list: each name to copy, where it is found and what it looks like. Pure.
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { CopyButton } from './copy';

type Hint = Schemas['KeyHint'];

/** The keys; `beside` is what else is known of one. */
export function Keys({ hints, beside }: { hints: Hint[]; beside?: (hint: Hint) => ReactNode }) {
  return (
    <ul className="keys">
      {hints.map((hint) => (
        <li key={hint.name}>
          <div className="key-head">
            <code>{hint.name}</code>
            <CopyButton text={hint.name} label={hint.name} />
            <span className="muted">{hint.required ? 'required' : 'optional'}</span>
            {beside?.(hint)}
          </div>
          <p className="why">
            {hint.hint} It looks like: {hint.expected}.{hint.also.length > 0 ? ` Also found under ${hint.also.join(', ')}.` : ''}
          </p>
        </li>
      ))}
    </ul>
  );
}
