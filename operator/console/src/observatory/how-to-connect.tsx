// How a vendor is connected. In: an entry. Out: the steps in their order, each ticked once it is so; names to copy, where each key is
// found, and a form for the keys.
import { useState, type ReactNode } from 'react';
import { Code } from '../parts/copy';
import { Keys } from '../parts/keys';
import { Mark } from '../parts/mark';
import type { Entry } from './connections';
import { KeyForm } from './key-form';
import type { useVerify } from './verify';

interface Props {
  entry: Entry;
  verify: ReturnType<typeof useVerify>;
}

/** The steps; open where there is something to do. */
export function HowToConnect({ entry, verify }: Props) {
  // It opens where there is something to do, and stays open: the result of setting keys is shown in it.
  const [open, setOpen] = useState(false);
  if (!open && entry.state !== 'Connected') setOpen(true);
  const made = entry.name !== null;
  const missing = entry.missing_env_vars;
  const set = (name: string) => missing != null && !missing.includes(name);
  return (
    <details className="how-to" open={open}>
      <summary>
        <h3>How to connect</h3>
      </summary>
      <ol className="checklist">
        <Step done={made} title="There is an Integration">
          {made ? (
            <p className="why">
              <code>
                {entry.namespace}/{entry.name}
              </code>
            </p>
          ) : (
            <>
              <p>Save this as a file and apply it in the namespace of the Bots that shall use it:</p>
              <Code text={manifest(entry)} label={`Integration for ${entry.title}`} />
              <Code text="kubectl apply --namespace NAMESPACE -f integration.yaml" label="command that applies it" />
            </>
          )}
        </Step>
        <Step done={null} title="The plan is the right one">
          <p>{entry.plan}</p>
        </Step>
        <Step done={missing == null ? null : made && missing.length === 0} title="The keys are set">
          <Keys
            hints={entry.hints}
            beside={(hint) => (made && hint.required ? <Present is={missing == null ? null : set(hint.name)} /> : null)}
          />
          {entry.doubts.map((doubt) => (
            <p key={doubt} className="notice tone-warn">
              {doubt}
            </p>
          ))}
          {made ? <KeyForm entry={entry} /> : null}
        </Step>
        <Step done={made ? entry.connected : null} title="The vendor accepts them">
          <button
            type="button"
            className="button"
            disabled={!made || !entry.supports_verify || verify.isPending}
            onClick={() => {
              verify.mutate();
            }}
          >
            I’ve set the secrets: verify
          </button>
        </Step>
        <Step done={made ? entry.used : null} title="A Bot’s job uses it">
          <p>Nothing is to be done: the next job of a Bot whose policy asks this vendor makes the first row. A handshake is never use.</p>
        </Step>
      </ol>
    </details>
  );
}

function Present({ is }: { is: boolean | null }) {
  if (is === null) {
    return (
      <Mark shape="question" tone="none">
        Unknown
      </Mark>
    );
  }
  return is ? (
    <Mark shape="check" tone="ok">
      Set
    </Mark>
  ) : (
    <Mark shape="ring" tone="bad">
      Missing
    </Mark>
  );
}

function Step({ done, title, children }: { done: boolean | null; title: string; children: ReactNode }) {
  return (
    <li className={done === true ? 'step step-done' : 'step'}>
      <h4>
        <Mark shape={done === true ? 'check' : 'ring'} tone={done === true ? 'ok' : 'none'}>
          {title}
          <span className="visually-hidden">{done === true ? ', done' : done === false ? ', to do' : ''}</span>
        </Mark>
      </h4>
      {children}
    </li>
  );
}

/** An Integration for a vendor that has none. */
export function manifest(entry: Entry): string {
  const secret = entry.provider.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `apiVersion: assayer.dev/v1alpha1
kind: Integration
metadata: { name: ${secret} }
spec: { provider: ${entry.provider}, credentials: { secretRef: { name: ${secret} } } }
`;
}
