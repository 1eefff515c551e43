import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { round, strategy } from './lineage.fixture';
import { Descent } from './lineage';

afterEach(cleanup);
const own = strategy('own', { firstJobId: 'one', own: true });
const grown = strategy('grown', { firstJobId: 'one', parents: ['own'], madeBy: 'step smaCross.fast 50→60', candidate: true });

test('a Bot that has searched for nothing has no empty picture', () => {
  render(<Descent rounds={[]} below={new Set()} />);
  expect(screen.getByText(/Nothing descends from its own strategy yet/)).toBeTruthy();
  expect(screen.queryByRole('img')).toBeNull();
});

test('the picture says in words what stands out, and the table leads to the search', () => {
  render(<Descent rounds={[round('one', [grown, own])]} below={new Set(['one'])} />);
  expect(screen.getByRole('img', { name: /2 strategies; number 2 is a candidate/ })).toBeTruthy();
  const [, , row] = within(screen.getByRole('table')).getAllByRole('row');
  expect(row?.textContent).toContain('IMPROVE: step smaCross.fast 50→60');
  expect(row?.textContent).toContain('from 1');
  expect(row && within(row).getByRole('link').getAttribute('href')).toBe('#search-one');
  expect(screen.getByText('118')).toBeTruthy();
});

test('a search that is not on this page is reached by its rows', () => {
  render(<Descent rounds={[round('one', [own])]} below={new Set()} />);
  expect(within(screen.getByRole('table')).getByRole('link').getAttribute('href')).toBe('/audit?traceId=trace-one');
});

test('a search without a trial of its own says why, and is not left out', () => {
  render(<Descent rounds={[round('two', []), round('one', [own])]} below={new Set()} />);
  expect(screen.getByText(/had been tried before/)).toBeTruthy();
});
