// Rounds as the API tells them, for tests. In: what matters. Out: the rest made up. Pure.
import type { Schemas } from '../api/client';

interface Told {
  firstJobId: string | null;
  parents?: string[];
  madeBy?: string;
  own?: boolean;
  best?: boolean;
  candidate?: boolean;
  gate?: Schemas['GateResult']['gate'];
}

/** A strategy in one round. */
export function strategy(hash: string, { firstJobId, parents = [], madeBy = 'the Bot’s own', own = false, best = false, candidate = false, gate }: Told): Schemas['LineageStrategy'] {
  const figures = { sharpe: '0.5', net: '10', trades: 9, days: 100 };
  return {
    strategyHash: hash,
    own,
    best,
    candidate,
    firstJobId,
    firstTriedAt: '2026-01-05T00:00:00Z',
    trialReason: null,
    closedGate: gate ? { gate, verdict: 'Unknown', measured: '1 of 6', required: '4 of 6', reasonCode: 'GATE_UNMEASURED', unknown: null } : null,
    trial: {
      trialId: `trial-${hash}`,
      strategyHash: hash,
      strategy: { smaCross: { fast: 50, slow: 200 } },
      parents,
      madeBy,
      inSample: figures,
      outOfSample: figures,
      maxDrawdown: '0.1',
      complexity: 2,
      score: '0.46',
      refusal: null,
    },
  };
}

/** A round, the first called `one`. */
export function round(jobId: string, strategies: Schemas['LineageStrategy'][]): Schemas['LineageRound'] {
  return {
    jobId,
    jobType: 'IMPROVE',
    createdAt: '2026-01-05T00:00:00Z',
    traceId: `trace-${jobId}`,
    root: 'SPX',
    family: 'smaCross',
    trials: strategies.length,
    earlierTrials: 118,
    strategies,
    strategiesReason: strategies.length === 0 ? 'every one of its strategies had been tried before' : null,
  };
}
