// Times as ages that go on by themselves. In: an instant. Out: markup with the exact time. One clock for all of a page.
import { useSyncExternalStore } from 'react';

let now = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (ticking === undefined) {
    now = Date.now();
    ticking = setInterval(() => {
      now = Date.now();
      for (const tell of listeners) tell();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
  };
}

/** The present in milliseconds, to the second. */
export const useNow = () => useSyncExternalStore(subscribe, () => now);

/** A number of milliseconds as the largest unit that fits it, rounded down. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** How long something took: below ten seconds to the tenth, so that what was quick is not shown as nothing. */
export function took(ms: number): string {
  return ms < 10_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : age(ms);
}

/** A latency, or that there is none: nothing was sent, or nothing came back. */
export const milliseconds = (ms: number | null) => (ms === null ? 'none' : `${ms.toLocaleString('en')} ms`);

/** An instant in UTC as people read it: 2026-11-22 07:15:25 UTC. */
export function exact(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** How long ago something was, with its exact time on demand; a word where there was none. */
export function When({ at, none = 'never' }: { at: string | null | undefined; none?: string }) {
  // The words and not the time: what reads as it did a second ago is not drawn again.
  const words = useSyncExternalStore(subscribe, () => (at ? ago(now - Date.parse(at)) : none));
  if (!at) return <span className="muted">{words}</span>;
  return (
    <time dateTime={at} title={exact(at)} className="num">
      {words}
    </time>
  );
}

const ago = (past: number) => (past < -1000 ? `in ${age(-past)}` : `${age(past)} ago`);
