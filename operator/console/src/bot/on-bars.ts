// Trades on bars as a chart wants them. In: buckets of bars and trades, as the API tells them. Out: candles, marks and words. Pure.
import type { UTCTimestamp } from 'lightweight-charts';
import type { Schemas } from '../api/client';

export type Bucket = Schemas['BarBucket'];
export type Trade = Schemas['Trade'];

/** A bucket as a candle. */
export interface Candle {
  time: UTCTimestamp;
  open: number;
  high: number;
  low: number;
  close: number;
}

/** What a mark says, by its shape as by its colour. */
export type Kind = 'bought' | 'sold' | 'won' | 'lost' | 'even';

/** An entry or an exit, at its price in the bucket of its time. */
export interface OnBar {
  time: UTCTimestamp;
  price: number;
  kind: Kind;
}

const second = (time: string) => Math.floor(Date.parse(time) / 1000) as UTCTimestamp;

/** Candles in order, one for each bucket. */
export function candlesOf(buckets: Bucket[]): Candle[] {
  return buckets.map(({ from, open, high, low, close }) => ({ time: second(from), open: Number(open), high: Number(high), low: Number(low), close: Number(close) }));
}

/** Entries and exits in order of time, each in the last bucket that has begun by then. */
export function marksOf(trades: Trade[], buckets: Bucket[]): OnBar[] {
  const begins = buckets.map(({ from }) => second(from));
  const within = (time: string) => begins[Math.max(0, lastUntil(begins, second(time)))];
  const marks = trades.flatMap(({ side, entryTime, entryPrice, exitTime, exitPrice, net }) => {
    const [entry, exit] = [within(entryTime), within(exitTime)];
    if (entry === undefined || exit === undefined) return [];
    return [
      { time: entry, price: Number(entryPrice), kind: side === 'Long' ? 'bought' : 'sold' } as const,
      { time: exit, price: Number(exitPrice), kind: outcome(net) } as const,
    ];
  });
  return marks.sort((one, other) => one.time - other.time);
}

function outcome(net: string): Kind {
  const amount = Number(net);
  return amount > 0 ? 'won' : amount < 0 ? 'lost' : 'even';
}

/** Place of the last of these that is not later; -1 where all are. */
function lastUntil(times: number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Digits after the point that prices have. */
export function decimalsOf(buckets: Bucket[]): number {
  return buckets.reduce((most, { open, high, low, close }) => Math.max(most, ...[open, high, low, close].map((price) => price.split('.')[1]?.length ?? 0)), 0);
}

/** What the chart shows, for whoever does not see it. */
export function saying(buckets: Bucket[], trades: Trade[] | null): string {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last) return 'No bars';
  const all = candlesOf(buckets);
  const text = (value: number) => value.toFixed(decimalsOf(buckets));
  const range = `${text(Math.min(...all.map((one) => one.low)))} to ${text(Math.max(...all.map((one) => one.high)))}`;
  const bars = buckets.reduce((sum, one) => sum + one.bars, 0).toLocaleString('en');
  const prices = `${bars} bars from ${first.open} to ${last.close}, within ${range}`;
  if (trades === null) return `${prices}; trades unknown`;
  const won = trades.filter(({ net }) => outcome(net) === 'won').length;
  return `${prices}; ${trades.length.toLocaleString('en')} trades on them, ${won.toLocaleString('en')} of which won`;
}
