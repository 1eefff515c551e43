import { expect, test } from 'vitest';
import { descendantsOf, lineagesOf, madeFrom, type Round } from './lineage-of';
import { strategy, round } from './lineage.fixture';

const rounds: Round[] = [
  round('two', [
    strategy('child', { firstJobId: 'two', parents: ['grown', 'theirs'], madeBy: 'crossover', best: true, gate: 'HoldOut' }),
    strategy('grown', { firstJobId: 'one', madeBy: 'candidate of the lineage' }),
    strategy('theirs', { firstJobId: null, madeBy: 'candidate of the lineage' }),
    strategy('own', { firstJobId: 'one', own: true }),
  ]),
  round('one', [strategy('grown', { firstJobId: 'one', parents: ['own'], madeBy: 'step smaCross.fast 50→60', candidate: true }), strategy('own', { firstJobId: 'one', own: true })]),
];

test('a strategy that a later search took over is one, and keeps whom it was made from', () => {
  const all = descendantsOf(rounds);
  expect(all.map((one) => [one.hash, one.came])).toEqual([
    ['own', 'own'],
    ['grown', 'candidate'],
    ['child', 'best'],
    ['theirs', 'refused'],
  ]);
  const grown = all[1];
  expect(grown).toMatchObject({ parents: ['own'], madeBy: 'IMPROVE: step smaCross.fast 50→60', others: 1, from: null });
  expect(grown?.search.jobId).toBe('one');
});

test('whom something was made from is told by number, over all searches', () => {
  const all = descendantsOf(rounds);
  const numbers = new Map(all.map((one) => [one.hash, one.number]));
  const child = all.find((one) => one.hash === 'child');
  expect(child && madeFrom(child, numbers)).toBe('2, 4');
  expect(child && madeFrom(child, new Map())).toBe('an older search');
});

test('where a strategy comes from that none of these searches made is told and not made up', () => {
  const of = (hash: string) => descendantsOf(rounds.slice(0, 1)).find((one) => one.hash === hash)?.from;
  expect([of('theirs'), of('grown'), of('child')]).toEqual(['another Bot', 'an older search', null]);
});

test('what the gates refused is told by the gate, also where its trial was stored before', () => {
  const child = descendantsOf(rounds).find((one) => one.hash === 'child');
  expect(child?.refusal).toEqual({ reasonCode: 'GATE_UNMEASURED', message: 'HoldOut: 1 of 6; required: 4 of 6' });
});

test('a trial that nobody can read has no figures, and is not one that could not be run', () => {
  const [one] = descendantsOf([round('one', [{ ...strategy('later', { firstJobId: 'one' }), trial: null, trialReason: 'in another form' }])]);
  expect(one).toMatchObject({ strategy: null, unknown: 'in another form', score: null, madeBy: null, came: 'refused' });
});

test('each lineage is counted once, before its newest search', () => {
  const other = { ...round('three', []), family: 'keltner', earlierTrials: 7 };
  expect(lineagesOf([...rounds, other]).map((one) => [one.family, one.earlierTrials])).toEqual([
    ['smaCross', 118],
    ['keltner', 7],
  ]);
});
