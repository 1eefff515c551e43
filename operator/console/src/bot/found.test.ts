import { expect, test } from 'vitest';
import { gatesOf, trialOf } from './found';

test('a gate that could not be measured keeps its reason and has no figure', () => {
  const gate = { gate: 'Overfitting', verdict: 'Unknown', measured: null, required: '<= 0.2', reasonCode: 'GATE_UNMEASURED', unknown: 'too few days' };
  expect(gatesOf({ gates: [gate] })).toEqual([{ ...gate, verdict: 'UNKNOWN' }]);
});

test('a trial that could not be run has no figures, and is not shown with zeros', () => {
  const trial = trialOf({ trialId: 'a', strategy: { smaCross: { fast: 5, slow: 20 } }, madeBy: 'step', outOfSample: null, refusal: null });
  expect([trial.sharpe, trial.trades, trial.net, trial.refusal]).toEqual([null, null, null, null]);
});

test('a report without gates has none', () => {
  expect(gatesOf(null)).toEqual([]);
});
