// Who was made from whom in one search. In: its trials, the best first. Out: places for a picture, and edges. Pure.
import type { Trial } from './found';

/** Strategies that a picture shows at most, beside those that they were made from. */
export const SHOWN = 60;
/** Between two generations, and between two strategies of one. */
const ACROSS = 96;
const DOWN = 30;
const MARGIN = 26;

/** What became of a strategy. */
export type Came = 'own' | 'challenger' | 'best' | 'refused' | 'unrun' | 'earlier';

/** A strategy with its place. */
export interface Placed {
  hash: string;
  /** Its number in the table of trials; null of one that an earlier search made. */
  number: number | null;
  came: Came;
  says: string;
  x: number;
  y: number;
}

/** The picture. */
export interface Family {
  nodes: Placed[];
  edges: { from: Placed; to: Placed }[];
  width: number;
  height: number;
}

/** What the report of the search says beside its trials. */
export interface Outcome {
  /** Trial id of the best. */
  best: string | null;
  /** Hash of the strategy that passed every gate. */
  challenger: string | null;
  /** Hash of the Bot's own strategy. */
  own: string;
}

/** Places every strategy right of those that it was made from. */
export function familyOf(trials: Trial[], outcome: Outcome): Family {
  const byHash = new Map(trials.map((trial) => [trial.hash, trial]));
  const shown = new Set<string>();
  const show = (hash: string) => {
    if (shown.has(hash)) return;
    shown.add(hash);
    for (const parent of byHash.get(hash)?.parents ?? []) show(parent);
  };
  for (const trial of trials) {
    if (trial.id === outcome.best || trial.hash === outcome.challenger || trial.hash === outcome.own || shown.size < SHOWN) show(trial.hash);
  }
  const generation = generationsOf(shown, byHash);
  const numberOf = new Map(trials.map((trial, place) => [trial.hash, place + 1]));
  const columns = new Map<number, string[]>();
  for (const hash of shown) {
    const at = generation.get(hash) ?? 0;
    columns.set(at, [...(columns.get(at) ?? []), hash]);
  }
  const placed = new Map<string, Placed>();
  for (const [at, hashes] of [...columns].sort(([one], [other]) => one - other)) {
    const height = (hash: string) => mean((byHash.get(hash)?.parents ?? []).flatMap((parent) => placed.get(parent)?.y ?? []));
    const inOrder = hashes
      .map((hash) => ({ hash, by: height(hash), number: numberOf.get(hash) ?? 0 }))
      .sort((one, other) => one.by - other.by || one.number - other.number);
    inOrder.forEach(({ hash }, row) => {
      const trial = byHash.get(hash);
      placed.set(hash, {
        hash,
        number: numberOf.get(hash) ?? null,
        came: cameOf(trial, outcome),
        says: trial ? `${trial.madeBy}: ${trial.refusal?.message ?? 'nothing speaks against it'}` : 'made by an earlier search',
        x: MARGIN + at * ACROSS,
        y: MARGIN + row * DOWN,
      });
    });
  }
  const nodes = [...placed.values()];
  const edges = nodes.flatMap((to) =>
    (byHash.get(to.hash)?.parents ?? []).flatMap((parent) => {
      const from = placed.get(parent);
      return from && from !== to ? [{ from, to }] : [];
    }),
  );
  const furthest = (of: (node: Placed) => number) => nodes.reduce((most, node) => Math.max(most, of(node)), 0) + MARGIN;
  return { nodes, edges, width: furthest((node) => node.x), height: furthest((node) => node.y) };
}

function cameOf(trial: Trial | undefined, { best, challenger, own }: Outcome): Came {
  if (!trial) return 'earlier';
  if (trial.hash === challenger) return 'challenger';
  if (trial.hash === own) return 'own';
  if (trial.id === best) return 'best';
  return trial.sharpe === null && trial.trades === null ? 'unrun' : 'refused';
}

/** One more than that of the latest of those that it was made from. A row that names itself among its forebears ends there. */
function generationsOf(shown: Set<string>, byHash: Map<string, Trial>): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (hash: string, below: Set<string>): number => {
    const known = found.get(hash);
    if (known !== undefined) return known;
    if (below.has(hash)) return 0;
    const parents = (byHash.get(hash)?.parents ?? []).filter((parent) => parent !== hash);
    const at = parents.reduce((most, parent) => Math.max(most, visit(parent, new Set([...below, hash])) + 1), 0);
    found.set(hash, at);
    return at;
  };
  for (const hash of shown) visit(hash, new Set());
  return found;
}

const mean = (all: number[]) => (all.length === 0 ? 0 : all.reduce((sum, one) => sum + one, 0) / all.length);
