// Who was made from whom, in one search or over several. In: strategies, those that matter most first. Out: places for a picture, and edges.
// Pure.
import type { Trial } from './found';

/** Strategies that a picture shows at most, beside those that matter most and those that they were made from. */
export const SHOWN = 60;
/** Between two generations, and between two strategies of one. */
const ACROSS = 96;
const DOWN = 30;
const MARGIN = 26;

/** What became of a strategy. */
export type Came = 'own' | 'candidate' | 'challenger' | 'best' | 'refused' | 'unrun' | 'earlier';

/** A strategy that may be drawn. */
export interface Member {
  hash: string;
  /** Its number in the table beside the picture. */
  number: number;
  /** Hashes of those that it was made from. */
  parents: string[];
  came: Came;
  says: string;
}

/** A strategy with its place. */
export interface Placed {
  hash: string;
  /** Its number in the table; null of one that is not in it: another search made it. */
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

/** What the report of a search says beside its trials. */
export interface Outcome {
  /** Trial id of the best. */
  best: string | null;
  /** Hash of the strategy that passed every gate. */
  challenger: string | null;
  /** Hash of the Bot's own strategy. */
  own: string;
}

/** Drawn however many there are. */
const ALWAYS: ReadonlySet<Came> = new Set(['own', 'candidate', 'challenger', 'best']);
const ELSEWHERE = { number: null, came: 'earlier', says: 'made by an earlier search' } as const;

/** The trials of one search, as they are numbered in its table. */
export function membersOf(trials: Trial[], outcome: Outcome): Member[] {
  return trials.map((trial, place) => ({
    hash: trial.hash,
    number: place + 1,
    parents: trial.parents,
    came: cameOf(trial, outcome),
    says: `${trial.madeBy}: ${trial.refusal?.message ?? 'nothing speaks against it'}`,
  }));
}

/** Places every strategy right of those that it was made from. */
export function familyOf(members: Member[]): Family {
  const byHash = new Map(members.map((member) => [member.hash, member]));
  const parentsOf = (hash: string) => byHash.get(hash)?.parents ?? [];
  const shown = new Set<string>();
  const show = (hash: string) => {
    if (shown.has(hash)) return;
    shown.add(hash);
    parentsOf(hash).forEach(show);
  };
  for (const { hash, came } of members) {
    if (ALWAYS.has(came) || shown.size < SHOWN) show(hash);
  }
  const generation = generationsOf(shown, parentsOf);
  const columns = new Map<number, string[]>();
  for (const hash of shown) {
    const at = generation.get(hash) ?? 0;
    columns.set(at, [...(columns.get(at) ?? []), hash]);
  }
  const placed = new Map<string, Placed>();
  for (const [at, hashes] of [...columns].sort(([one], [other]) => one - other)) {
    const inOrder = hashes
      .map((hash) => ({ hash, by: mean(parentsOf(hash).flatMap((parent) => placed.get(parent)?.y ?? [])), number: byHash.get(hash)?.number ?? 0 }))
      .sort((one, other) => one.by - other.by || one.number - other.number);
    inOrder.forEach(({ hash }, row) => {
      const { number, came, says } = byHash.get(hash) ?? ELSEWHERE;
      placed.set(hash, { hash, number, came, says, x: MARGIN + at * ACROSS, y: MARGIN + row * DOWN });
    });
  }
  const nodes = [...placed.values()];
  const edges = nodes.flatMap((to) =>
    parentsOf(to.hash).flatMap((parent) => {
      const from = placed.get(parent);
      return from && from !== to ? [{ from, to }] : [];
    }),
  );
  const furthest = (of: (node: Placed) => number) => nodes.reduce((most, node) => Math.max(most, of(node)), 0) + MARGIN;
  return { nodes, edges, width: furthest((node) => node.x), height: furthest((node) => node.y) };
}

function cameOf(trial: Trial, { best, challenger, own }: Outcome): Came {
  if (trial.hash === challenger) return 'challenger';
  if (trial.hash === own) return 'own';
  if (trial.id === best) return 'best';
  return trial.sharpe === null && trial.trades === null ? 'unrun' : 'refused';
}

/** One more than that of the latest of those that it was made from. A row that names itself among its forebears ends there. */
function generationsOf(shown: Set<string>, parentsOf: (hash: string) => string[]): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (hash: string, below: Set<string>): number => {
    const known = found.get(hash);
    if (known !== undefined) return known;
    if (below.has(hash)) return 0;
    const parents = parentsOf(hash).filter((parent) => parent !== hash);
    const at = parents.reduce((most, parent) => Math.max(most, visit(parent, new Set([...below, hash])) + 1), 0);
    found.set(hash, at);
    return at;
  };
  for (const hash of shown) visit(hash, new Set());
  return found;
}

const mean = (all: number[]) => (all.length === 0 ? 0 : all.reduce((sum, one) => sum + one, 0) / all.length);
