// What the server tells by itself. In: its event stream. Out: whether we hear it, and the cache brought up to date. One connection
// for the whole console; while there is none, pages ask again by their own clocks.
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

/** `live`: events arrive. `asking`: none do, and pages ask every few seconds. `offline`: this device has no network. */
export type Hearing = 'live' | 'asking' | 'offline';

let hearing: Hearing = 'asking';
const listeners = new Set<() => void>();

function set(next: Hearing) {
  if (next === hearing) return;
  hearing = next;
  for (const tell of listeners) tell();
}

/** Milliseconds until a page asks again by itself: soon where it is not told, seldom where it is. */
export const pace = () => (hearing === 'live' ? 60_000 : 5_000);

/** Whether the server is heard. */
export const useHearing = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hearing,
  );

/** What each event makes old. */
const OLD: Record<string, string[][]> = {
  bots: [['bots'], ['bot']],
  system: [['system']],
  integrations: [['integrations']],
};
/** Changes that come in a burst are one question. */
const GATHER_MS = 400;

/** Listens until the returned function is called. */
export function listen(client: QueryClient): () => void {
  const gathered = new Set<string>();
  let later: ReturnType<typeof setTimeout> | undefined;
  const old = (name: string) => {
    gathered.add(name);
    later ??= setTimeout(() => {
      later = undefined;
      for (const one of gathered) for (const queryKey of OLD[one] ?? []) void client.invalidateQueries({ queryKey });
      gathered.clear();
    }, GATHER_MS);
  };
  const source = new EventSource('/api/events');
  const known = () => {
    set(navigator.onLine ? (source.readyState === EventSource.OPEN ? 'live' : 'asking') : 'offline');
  };
  source.onopen = () => {
    known();
    // What changed while nobody listened is not told again.
    for (const name of Object.keys(OLD)) old(name);
  };
  source.onerror = known;
  for (const name of Object.keys(OLD)) {
    source.addEventListener(name, () => {
      old(name);
    });
  }
  window.addEventListener('online', known);
  window.addEventListener('offline', known);
  return () => {
    source.close();
    clearTimeout(later);
    window.removeEventListener('online', known);
    window.removeEventListener('offline', known);
  };
}
