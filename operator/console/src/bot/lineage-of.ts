// How a Bot's strategies descend from each other over its searches. In: rounds as the API tells them. Out: each strategy once, with where it
// came from and what became of it. Pure.
import type { Schemas } from '../api/client';
import type { Came, Member } from './family-of';

export type Round = Schemas['LineageRound'];
type Strategy = Schemas['LineageStrategy'];

/** A search in which a strategy was tried. */
export type Search = Pick<Round, 'jobId' | 'jobType' | 'createdAt' | 'traceId'>;

/** A strategy over all searches that are known. */
export interface Descendant extends Member {
  /** As JSON; null where nobody can read it. */
  strategy: string | null;
  /** Why `strategy` is null. */
  unknown: string | null;
  /** How it came to be, and in which search. */
  madeBy: string | null;
  /** The search that says most of it: of its candidature, else of being the best, else the newest. */
  search: Search;
  /** In how many other searches it was tried. */
  others: number;
  /** What it is bred by, in that search; null where it could not be run. */
  score: string | null;
  /** The first gate that did not open for it. */
  gate: Strategy['closedGate'];
  refusal: { reasonCode: string; message: string } | null;
  /** Where it was tried first, if not in one of these searches. */
  from: 'another Bot' | 'an older search' | null;
}

/** What counts most of what is said of a strategy. */
const RANK: Record<Came, number> = { candidate: 3, challenger: 3, best: 2, own: 1, refused: 0, unrun: 0, earlier: 0 };

interface Tried {
  round: Round;
  strategy: Strategy;
}

/** Every strategy once, the oldest search first, and in it the Bot’s own, then the best. `rounds` are the newest first. */
export function descendantsOf(rounds: Round[]): Descendant[] {
  const known = new Set(rounds.map((round) => round.jobId));
  const tried = new Map<string, Tried[]>();
  for (const round of [...rounds].reverse()) {
    const ownFirst = [...round.strategies].sort((one, other) => Number(other.own) - Number(one.own));
    for (const strategy of ownFirst) tried.set(strategy.strategyHash, [...(tried.get(strategy.strategyHash) ?? []), { round, strategy }]);
  }
  return [...tried].flatMap(([hash, all], place) => {
    const telling = all.reduce((most, one) => (RANK[cameOf(one.strategy)] >= RANK[cameOf(most.strategy)] ? one : most));
    // Who was taken over from an earlier search has no parents there: whoever made it does.
    const made = all.find(({ strategy }) => (strategy.trial?.parents.length ?? 0) > 0) ?? all[0];
    return made ? [descendant({ hash, number: place + 1, all, telling, made, known })] : [];
  });
}

interface Found {
  hash: string;
  number: number;
  all: Tried[];
  telling: Tried;
  made: Tried;
  known: Set<string>;
}

function descendant({ hash, number, all, telling: { round, strategy }, made, known }: Found): Descendant {
  const { trial, closedGate } = strategy;
  const first = all[0]?.strategy;
  const refusal = closedGate?.reasonCode
    ? { reasonCode: closedGate.reasonCode, message: `${closedGate.gate}: ${closedGate.measured ?? closedGate.unknown ?? 'unknown'}; required: ${closedGate.required}` }
    : (trial?.refusal ?? null);
  return {
    hash,
    number,
    parents: made.strategy.trial?.parents ?? [],
    came: cameOf(strategy),
    says: `${made.strategy.trial?.madeBy ?? 'unknown'}: ${refusal?.message ?? 'nothing speaks against it'}`,
    strategy: trial ? JSON.stringify(trial.strategy) : null,
    unknown: strategy.trialReason,
    madeBy: made.strategy.trial ? `${made.round.jobType}: ${made.strategy.trial.madeBy}` : null,
    search: round,
    others: all.length - 1,
    score: trial?.score ?? null,
    gate: closedGate,
    refusal,
    from: originOf(first?.firstJobId, known),
  };
}

function originOf(firstJobId: string | null | undefined, known: Set<string>): Descendant['from'] {
  if (firstJobId === null) return 'another Bot';
  return firstJobId === undefined || known.has(firstJobId) ? null : 'an older search';
}

function cameOf({ own, best, candidate, trial }: Strategy): Came {
  if (candidate) return 'candidate';
  if (best) return 'best';
  if (own) return 'own';
  return trial && !trial.outOfSample ? 'unrun' : 'refused';
}

/** Numbers of those that each was made from; of one that no known search tried there is none. */
export function madeFrom({ parents }: Descendant, numbers: Map<string, number>): string {
  const names = parents.map((parent) => numbers.get(parent)?.toString() ?? 'an older search');
  return [...new Set(names)].join(', ');
}

/** The newest known count of each lineage's trials by whichever Bot, before a search of this one. */
export function lineagesOf(rounds: Round[]): Round[] {
  const newest = new Map<string, Round>();
  for (const round of rounds) {
    const name = `${round.root} ${round.family}`;
    if (!newest.has(name)) newest.set(name, round);
  }
  return [...newest.values()];
}
