import { expect, test } from 'vitest';
import type { ListedBot } from '../api/queries';
import { countBy, narrowed } from './narrow';

const nothing = { search: '', state: '', stage: '', promotable: '' };
const bot = (name: string, more: object = {}) =>
  ({
    namespace: 'desk',
    name,
    instrument: { symbol: 'MES.v.0' },
    strategyFamily: 'smaCross',
    stage: 'LAB',
    botNow: { state: 'Idle', reasonCode: 'CADENCE_WAIT' },
    promotable: { status: 'False' },
    blockers: [{ reasonCode: 'SESSIONS_TOO_FEW' }],
    ...more,
  }) as unknown as ListedBot;
const names = (bots: ListedBot[]) => bots.map(({ name }) => name);

test('asking for nothing shows every Bot in its order', () => {
  expect(names(narrowed([bot('b'), bot('a')], nothing))).toEqual(['b', 'a']);
});

test('every word of a search must be found, wherever it stands', () => {
  const bots = [bot('mes-cross'), bot('mes-breakout', { strategyFamily: 'donchianBreakout' })];
  expect(names(narrowed(bots, { ...nothing, search: 'MES donchian' }))).toEqual(['mes-breakout']);
  expect(names(narrowed(bots, { ...nothing, search: 'sessions_too' }))).toHaveLength(2);
});

test('a Bot of which nothing is known is found as unknown and as nothing else', () => {
  const bots = [bot('known'), bot('new', { botNow: null, stage: null, promotable: null, blockers: null })];
  expect(names(narrowed(bots, { ...nothing, state: 'Unknown' }))).toEqual(['new']);
  expect(names(narrowed(bots, { ...nothing, promotable: 'Unknown' }))).toEqual(['new']);
  expect(names(narrowed(bots, { ...nothing, stage: 'LAB' }))).toEqual(['known']);
});

test('values are counted, the most frequent first', () => {
  const bots = [bot('a'), bot('b', { botNow: { state: 'Queued' } }), bot('c', { botNow: { state: 'Queued' } })];
  expect(countBy(bots, (one) => one.botNow?.state ?? '')).toEqual([
    ['Queued', 2],
    ['Idle', 1],
  ]);
});
