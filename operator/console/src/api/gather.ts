// Changes that come in a burst are one question, and no question is asked while the one before is on its way. In: keys of queries. Out: the
// function that reads them anew, called with all that came meanwhile.

/** Between a change and the question, and between two questions. */
const GATHER_MS = 400;

/** Collects keys; `read` ends when what it asked for has come. To ask again before would cancel the question, and where changes come
 * faster than answers none would ever arrive. */
export function gather(read: (keys: string[][]) => Promise<unknown>) {
  const waiting = new Map<string, string[]>();
  let later: ReturnType<typeof setTimeout> | undefined;
  let reading = false;
  let stopped = false;
  const plan = () => {
    if (!reading && !stopped && waiting.size > 0) later ??= setTimeout(() => void ask(), GATHER_MS);
  };
  const ask = async () => {
    later = undefined;
    reading = true;
    const keys = [...waiting.values()];
    waiting.clear();
    await read(keys).catch(() => undefined);
    reading = false;
    plan();
  };
  return {
    add(keys: string[][]) {
      for (const key of keys) waiting.set(key.join('/'), key);
      plan();
    },
    stop() {
      stopped = true;
      clearTimeout(later);
    },
  };
}
