import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Folds } from './folds';
import { earned, foldsOf } from './found-folds';

afterEach(cleanup);
const did = (sharpe: string | null) => ({ sharpe, net: '12.5', trades: 4, days: 9 });
const fold = (own: unknown, more = {}) => ({
  trainFrom: '2026-01-01T00:00:00Z',
  trainTo: '2026-02-01T00:00:00Z',
  testFrom: '2026-02-03T00:00:00Z',
  testTo: '2026-03-01T00:00:00Z',
  trainBars: 31,
  testBars: 27,
  ownTrained: did('1.25'),
  own,
  chosen: 'sha256:0123456789',
  chosenFigures: did(null),
  ...more,
});

test('each test is told with its times, bars, trades and what it did in and out of sample', () => {
  render(<Folds name="IMPROVE" report={{ best: 'a', folds: [fold(did('0.75')), fold(did('-1'))] }} />);
  expect(screen.getByRole('img', { name: '2 tests of the walk forward; 1 earned something, 1 did not' })).toBeTruthy();
  const [, row] = within(screen.getByRole('table', { name: 'Walk forward of IMPROVE' })).getAllByRole('row');
  for (const text of ['2026-02-03 to 2026-03-01', '27 bars', '31 bars', '1.25', '0.75', '12.5']) expect(row?.textContent).toContain(text);
});

test('a walk forward that was not kept is unknown, and one that was not walked is not', () => {
  render(<Folds name="IMPROVE" report={{ best: 'a' }} />);
  expect(screen.getByText('Unknown')).toBeTruthy();
  cleanup();
  render(<Folds name="IMPROVE" report={{ best: null, folds: null }} />);
  expect(screen.queryByText('Unknown')).toBeNull();
  expect(screen.getByText(/Nothing was better/)).toBeTruthy();
  cleanup();
  render(<Folds name="IMPROVE" report={{ best: 'a', folds: [{ testFrom: 7 }] }} />);
  expect(screen.getByText(/not in a form that this version knows/)).toBeTruthy();
  expect(screen.queryByRole('img')).toBeNull();
});

test('what could not be run earned nothing that anybody knows', () => {
  const kinds = foldsOf({ folds: [fold(null), fold(did(null)), fold(did('0.1')), fold(did('0'))] })?.map(earned);
  expect(kinds).toEqual([null, false, true, false]);
});

test('a test that closed no trade says what its Sharpe ratio is of, and one without a position has none', () => {
  const idle = { net: '0', trades: 0, days: 9 };
  render(<Folds name="IMPROVE" report={{ best: 'a', folds: [fold({ ...idle, sharpe: '0.4' }), fold({ ...idle, sharpe: null })] }} />);
  const [, open, flat] = screen.getAllByRole('row').map((row) => row.textContent);
  expect(open).toContain('no trade was closed; the Sharpe ratio is of an open position');
  expect(flat).not.toContain('no trade was closed');
  expect(flat).toContain('its days do not differ');
});

test('a runner of the version before counted no bars and kept no training: no figure stands for them', () => {
  render(<Folds name="IMPROVE" report={{ best: 'a', folds: [fold(did('0.75'), { trainBars: undefined, testBars: undefined, ownTrained: undefined })] }} />);
  const text = screen.getByRole('table').textContent;
  expect(text).toContain('bars were not counted');
  expect(text).toContain('not kept');
});
