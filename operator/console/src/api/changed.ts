// The list of Bots brought up to date. In: the list, and what the server tells has changed. Out: the list. Pure.
import type { ListedBot } from './queries';

/** What an event `bots` carries. */
export interface BotsChanged {
  changed: ListedBot[];
  gone: { namespace: string; name: string }[];
}

/** The Bots after an event, by namespace and name; Bots that did not change stay the same objects, so that their rows are not drawn anew. */
export function brought(bots: ListedBot[], { changed, gone }: BotsChanged): ListedBot[] {
  const key = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`;
  const left = new Set(gone.map(key));
  const news = new Map(changed.map((bot) => [key(bot), bot]));
  const kept = bots.filter((bot) => !left.has(key(bot))).map((bot) => {
    const next = news.get(key(bot));
    news.delete(key(bot));
    return next ?? bot;
  });
  if (news.size === 0) return kept;
  return [...kept, ...news.values()].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** The event's data; null where it is not what this version knows. */
export function botsChanged(data: unknown): BotsChanged | null {
  if (typeof data !== 'string') return null;
  try {
    const told = JSON.parse(data) as Partial<BotsChanged>;
    return Array.isArray(told.changed) && Array.isArray(told.gone) ? (told as BotsChanged) : null;
  } catch {
    return null;
  }
}
