// Text to take along. In: a text. Out: the text as code beside a button that copies it and says so.
import { useEffect, useState } from 'react';

/** A button that puts a text on the clipboard. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const later = setTimeout(() => {
      setOutcome(null);
    }, 2_000);
    return () => {
      clearTimeout(later);
    };
  }, [outcome]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => {
        setOutcome('copied');
      },
      () => {
        setOutcome('refused');
      },
    );
  };
  const word = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Not allowed' : 'Copy';
  return (
    <button type="button" className="button small quiet" onClick={copy} aria-label={`${word}: ${label}`}>
      <span aria-live="polite">{word}</span>
    </button>
  );
}

/** A line of code with its copy button. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** The first part of a long id, the whole of it on demand and to copy. */
export function Id({ id, label }: { id: string; label: string }) {
  return (
    <span className="id">
      <code title={id}>{id.length > 13 ? `${id.slice(0, 13)}…` : id}</code>
      <CopyButton text={id} label={label} />
    </span>
  );
}
