import { expect, test } from 'vitest';
import { familyOf, membersOf, SHOWN, type Outcome } from './family-of';
import type { Trial } from './found';

const trial = (hash: string, parents: string[], more: Partial<Trial> = {}): Trial => ({
  id: `trial-${hash}`,
  hash,
  parents,
  strategy: '{}',
  madeBy: 'step',
  sharpe: '1',
  trades: 9,
  net: '1',
  refusal: { reasonCode: 'NO_IMPROVEMENT', message: 'another is better' },
  ...more,
});
const drawn = (trials: Trial[], of: Outcome) => familyOf(membersOf(trials, of));
const outcome = { best: 'trial-c', challenger: null, own: 'a' };

test('a strategy stands right of those that it was made from, also of those that an earlier search made', () => {
  const { nodes, edges } = drawn([trial('c', ['b', 'z']), trial('b', ['a']), trial('a', [])], outcome);
  const of = (hash: string) => nodes.find((node) => node.hash === hash);
  expect(nodes.map((node) => [node.hash, node.came, node.number]).sort()).toEqual([
    ['a', 'own', 3],
    ['b', 'refused', 2],
    ['c', 'best', 1],
    ['z', 'earlier', null],
  ]);
  expect(edges).toHaveLength(3);
  for (const { from, to } of edges) expect(from.x).toBeLessThan(to.x);
  expect(of('z')?.says).toBe('made by an earlier search');
});

test('of many strategies the best are drawn, and whoever they were made from', () => {
  const many = Array.from({ length: 200 }, (_, place) => trial(`t${place}`, [place === 0 ? 'a' : 't150']));
  const { nodes, edges } = drawn([...many, trial('a', [])], { best: 'trial-t0', challenger: 't0', own: 'a' });
  expect(nodes.length).toBeLessThanOrEqual(SHOWN + 3);
  expect(nodes.find((node) => node.hash === 't0')?.came).toBe('challenger');
  expect(edges.some(({ from, to }) => from.hash === 't150' && to.hash === 't1')).toBe(true);
});

test('a row that names itself among its forebears is drawn all the same', () => {
  expect(drawn([trial('c', ['c']), trial('a', ['b']), trial('b', ['a'])], outcome).nodes).toHaveLength(3);
});

test('a strategy that could not be run is not one that was refused for its figures', () => {
  const { nodes } = drawn([trial('u', [], { sharpe: null, trades: null, net: null })], { ...outcome, best: null });
  expect(nodes[0]?.came).toBe('unrun');
});
