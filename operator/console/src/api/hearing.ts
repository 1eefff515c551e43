// Whether the server is heard. In: what the stream says of itself. Out: one word, to whoever wants to know.

/** `live`: events arrive. `asking`: none do, and pages ask every few seconds. `offline`: this device has no network. */
export type Hearing = 'live' | 'asking' | 'offline';

let present: Hearing = 'asking';
const listeners = new Set<() => void>();

/** The word now. */
export const hearing = () => present;

/** Sets it, and tells those who listen. */
export function set(next: Hearing) {
  if (next === present) return;
  present = next;
  for (const tell of listeners) tell();
}

/** Has a function called at each change. */
export function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Milliseconds until a page asks again that nobody tells anything. */
export const SOON = 5_000;

/** Milliseconds until a page asks again by itself: seldom where it is told, soon where it is not, or was answered with an error. */
export const pace = (query?: { state: { error: Error | null } }) => (present === 'live' && !query?.state.error ? 60_000 : SOON);
