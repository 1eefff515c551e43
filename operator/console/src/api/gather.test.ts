import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gather } from './gather';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a burst is one question, and what comes while it is on its way is the next', async () => {
  const asked: string[][][] = [];
  const ends: (() => void)[] = [];
  const gathered = gather((keys) => {
    asked.push(keys);
    return new Promise<void>((end) => ends.push(end));
  });
  gathered.add([['system']]);
  gathered.add([['integrations'], ['system']]);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([[['system'], ['integrations']]]);
  for (let change = 0; change < 20; change++) {
    gathered.add([['integrations']]);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(asked).toHaveLength(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(500);
  expect(asked.slice(1)).toEqual([[['integrations']]]);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toHaveLength(2);
});

test('a question that failed is followed by the next', async () => {
  let asked = 0;
  const gathered = gather(() => Promise.reject(new Error(`away ${(asked += 1)}`)));
  gathered.add([['system']]);
  await vi.advanceTimersByTimeAsync(500);
  gathered.add([['system']]);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toBe(2);
  gathered.stop();
  gathered.add([['system']]);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toBe(2);
});
