import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { skippedBy } from '../autonomy/planner-runs';
import { entryOf, type Entry } from './connections';
import { manifest } from './how-to-connect';
import { UsageChart } from './usage-chart';

afterEach(cleanup);
const entry = (more: object) => more as Entry;

test('the manifest of a vendor names the Secret that the chart lets the gateway read', () => {
  const text = manifest(entry({ provider: 'unusualWhales' }));
  expect(text).toContain('provider: unusualWhales');
  expect(text).toContain('secretRef: { name: unusual-whales }');
});

test('the address of a drawer finds the Integration of its namespace, and a vendor that has none', () => {
  const entries = [entry({ provider: 'fred', name: 'a', namespace: 'one' }), entry({ provider: 'fred', name: 'b', namespace: 'two' }), entry({ provider: 'fmp', name: null, namespace: null })];
  expect(entryOf(entries, { namespace: 'two', provider: 'fred' })?.name).toBe('b');
  expect(entryOf(entries, { namespace: '-', provider: 'fmp' })?.provider).toBe('fmp');
  expect(entryOf(entries, { namespace: 'one', provider: 'nobody' })).toBeUndefined();
});

const usage = (buckets: object[]) => ({ buckets, from: '', to: '', integration: {} }) as unknown as Parameters<typeof UsageChart>[0]['usage'];

test('a day without a call is said and not drawn as an empty chart', () => {
  const { container } = render(<UsageChart usage={usage([{ from: '2026-01-01T00:00:00Z', used: 0, verified: 0, failed: 0 }])} />);
  expect(container.querySelector('svg')).toBeNull();
  expect(screen.getByText(/no call/)).toBeTruthy();
});

test('a chart says in words what its bars show', () => {
  render(<UsageChart usage={usage([{ from: '2026-01-01T00:00:00Z', used: 3, verified: 1, failed: 2 }])} />);
  expect(screen.getByRole('img').getAttribute('aria-label')).toBe('3 uses by Bots, 1 handshakes and 2 failures in 24 hours; at most 6 in a quarter of an hour');
});

test('what the planner left out is told by reason, and nothing as none', () => {
  expect(skippedBy({ JOB_RUNNING: 3, CADENCE_WAIT: 0 })).toEqual([['JOB_RUNNING', 3]]);
  expect(skippedBy({})).toEqual([]);
  expect(skippedBy(null)).toEqual([]);
});
