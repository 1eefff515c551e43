import { expect, test } from 'vitest';
import { candlesOf, decimalsOf, marksOf, saying, type Bucket, type Trade } from './on-bars';

const bucket = (day: number, more: Partial<Bucket> = {}): Bucket => {
  const time = `2026-01-0${day}T00:00:00Z`;
  return { from: time, to: time, bars: 4, open: '100', high: '103.25', low: '99.5', close: '101', volume: '7', ...more };
};
const trade = (entry: string, exit: string, more: Partial<Trade> = {}): Trade => ({
  side: 'Long',
  contracts: 1,
  entryTime: entry,
  entryPrice: '100.5',
  exitTime: exit,
  exitPrice: '102',
  gross: '1',
  fees: '0',
  net: '1',
  exitReason: 'Signal',
  ...more,
});
const seconds = (time: string) => Date.parse(time) / 1000;

test('each bucket is a candle at its beginning', () => {
  const [one, other] = candlesOf([bucket(5), bucket(6, { open: '1.05153' })]);
  expect(one).toEqual({ time: seconds('2026-01-05T00:00:00Z'), open: 100, high: 103.25, low: 99.5, close: 101 });
  expect(other?.open).toBe(1.05153);
});

test('an entry and an exit are marked in the bucket of their time, in order, by what they were', () => {
  const buckets = [bucket(5), bucket(6), bucket(7)];
  const trades = [
    trade('2026-01-06T12:00:00Z', '2026-01-09T00:00:00Z', { side: 'Short', net: '-2' }),
    trade('2026-01-04T00:00:00Z', '2026-01-06T00:00:00Z', { net: '0' }),
  ];
  const told = marksOf(trades, buckets).map(({ time, kind }) => [new Date(time * 1000).toISOString().slice(8, 10), kind]);
  expect(told).toEqual([
    ['05', 'bought'],
    ['06', 'sold'],
    ['06', 'even'],
    ['07', 'lost'],
  ]);
});

test('without buckets there is nothing to mark', () => {
  expect(marksOf([trade('2026-01-06T12:00:00Z', '2026-01-09T00:00:00Z')], [])).toEqual([]);
});

test('prices are shown with as many digits as they have', () => {
  expect(decimalsOf([bucket(5), bucket(6, { close: '1.05153' })])).toBe(5);
  expect(decimalsOf([])).toBe(0);
});

test('the chart says in words what it shows, and unknown trades are not none', () => {
  const buckets = [bucket(5), bucket(6, { low: '98', close: '102.5' })];
  expect(saying(buckets, [trade('2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z')])).toBe('8 bars from 100 to 102.5, within 98.00 to 103.25; 1 trades on them, 1 of which won');
  expect(saying(buckets, null)).toContain('trades unknown');
});
