import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { Drawn } from './trades-on-bars';

// A canvas that jsdom does not have.
vi.mock('./bars-chart', () => ({ default: () => <div role="img" aria-label="chart" /> }));
afterEach(cleanup);

const bucket: Schemas['BarBucket'] = { from: '2026-01-05T00:00:00Z', to: '2026-01-05T00:00:00Z', bars: 5_000, open: '1', high: '2', low: '1', close: '2', volume: '7' };
const whole: Schemas['SessionBars'] = {
  jobId: '0192f0c1-7a3b-7000-8000-000000000001',
  traceId: '0192f0c1-7a3b-7000-8000-000000000002',
  dataHash: 'sha256:d',
  bars: 5_000,
  barBuckets: [bucket],
  barBucketsHash: 'sha256:b',
  barBucketsReason: null,
  trades: [],
  tradesLeftOut: 0,
  tradesReason: null,
};

test('bars that were not kept are unknown with the reason, and no empty chart', () => {
  render(<Drawn drawn={{ ...whole, barBuckets: null, barBucketsHash: null, barBucketsReason: 'the runner kept none' }} />);
  expect(screen.getByText('Unknown')).toBeTruthy();
  expect(screen.getByText('the runner kept none')).toBeTruthy();
  expect(screen.queryByRole('img')).toBeNull();
});

test('what is drawn says how many bars and which trades it leaves out', async () => {
  render(<Drawn drawn={{ ...whole, tradesLeftOut: 12 }} />);
  expect(await screen.findByRole('img')).toBeTruthy();
  expect(screen.getByText(/5,000 bars in 1 buckets/)).toBeTruthy();
  expect(screen.getByText(/12 older ones are left out/)).toBeTruthy();
});

test('trades that nobody knows are not said to be none', () => {
  render(<Drawn drawn={{ ...whole, trades: null, tradesLeftOut: null, tradesReason: 'in another form' }} />);
  expect(screen.getByText('in another form')).toBeTruthy();
  expect(screen.queryByText(/made no trade/)).toBeNull();
});
