// What the server tells by itself. In: its event stream. Out: whether we hear it, and the cache brought up to date. One connection
// for the whole console; while there is none, pages ask again by their own clocks.
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { botsChanged, brought } from './changed';
import { gather } from './gather';
import { hearing, set, subscribe, type Hearing } from './hearing';
import { botsQuery } from './queries';

/** Whether the server is heard. */
export const useHearing = (): Hearing => useSyncExternalStore(subscribe, hearing);

/** What each event makes old, by the beginnings of the queries' keys. */
const OLD: Record<string, string[][]> = {
  system: [['system']],
  integrations: [['integrations']],
  signedOut: [['session']],
  refetch: [['bots'], ['bot'], ['proof'], ['system'], ['integrations'], ['autonomy']],
};
/** A stream that was refused is asked for again after so long. */
const AGAIN_MS = 5_000;

/** Listens until the returned function is called. */
export function listen(client: QueryClient): () => void {
  let source: EventSource | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const gathered = gather((keys) => Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }))));
  const known = () => {
    const before = hearing();
    set(!navigator.onLine ? 'offline' : source?.readyState === EventSource.OPEN ? 'live' : 'asking');
    // Pages that were told asked seldom: now they find out at once how old they are.
    if (before === 'live' && hearing() !== 'live') gathered.add(OLD.refetch ?? []);
  };
  const open = () => {
    source = new EventSource('/api/events');
    source.onopen = known;
    source.onerror = () => {
      known();
      if (source?.readyState === EventSource.CLOSED) {
        clearTimeout(again);
        again = setTimeout(open, AGAIN_MS);
      }
    };
    for (const [name, keys] of Object.entries(OLD)) {
      source.addEventListener(name, () => {
        gathered.add(keys);
      });
    }
    source.addEventListener('bots', (event) => {
      const told = botsChanged(event.data);
      if (!told) return;
      client.setQueryData(botsQuery.queryKey, (list) => list && { ...list, asOf: new Date().toISOString(), bots: brought(list.bots, told) });
      gathered.add(told.changed.flatMap(({ namespace, name }) => [['bot', namespace, name], ['proof', namespace, name]]));
    });
  };
  open();
  window.addEventListener('online', known);
  window.addEventListener('offline', known);
  return () => {
    source?.close();
    clearTimeout(again);
    gathered.stop();
    window.removeEventListener('online', known);
    window.removeEventListener('offline', known);
  };
}
