// Which Bots are meant. In: Bots and what is asked for. Out: those that fit. Pure.
import type { ListedBot } from '../api/queries';

/** What is asked for; an empty text asks for nothing. */
export interface Asked {
  search: string;
  state: string;
  stage: string;
  promotable: string;
}

/** Those that fit all that is asked for, in the order given. What is unknown is found as `Unknown`. */
export function narrowed(bots: ListedBot[], { search, state, stage, promotable }: Asked): ListedBot[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return bots.filter(
    (bot) =>
      (state === '' || (bot.botNow?.state ?? 'Unknown') === state) &&
      (stage === '' || (bot.stage ?? 'Unknown') === stage) &&
      (promotable === '' || (bot.promotable?.status ?? 'Unknown') === promotable) &&
      (words.length === 0 || has(bot, words)),
  );
}

function has(bot: ListedBot, words: string[]): boolean {
  const text = [bot.namespace, bot.name, bot.instrument.symbol, bot.strategyFamily, bot.botNow?.reasonCode, ...(bot.blockers ?? []).map((one) => one.reasonCode)]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** How many there are of each value, the most first. */
export function countBy(bots: ListedBot[], of: (bot: ListedBot) => string): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const bot of bots) counts.set(of(bot), (counts.get(of(bot)) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
