// What a search wrote down, read with care. In: a report or a trial as JSON. Out: what is there of it. Pure.

/** What one gate said. */
export interface Gate {
  gate: string;
  verdict: string;
  measured: string | null;
  required: string;
  reasonCode: string | null;
  unknown: string | null;
}

/** One strategy that was tried. */
export interface Trial {
  id: string;
  /** Hash of the strategy. */
  hash: string;
  /** Hashes of the strategies that it was made from. */
  parents: string[];
  strategy: string;
  madeBy: string;
  sharpe: string | null;
  trades: number | null;
  net: string | null;
  refusal: { reasonCode: string; message: string } | null;
}

type Json = Record<string, unknown>;
const json = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The gates of a report, in their order. */
export function gatesOf(report: unknown): Gate[] {
  const { gates } = json(report);
  return (Array.isArray(gates) ? gates : []).map((one) => {
    const gate = json(one);
    return {
      gate: text(gate.gate) ?? 'unknown',
      verdict: (text(gate.verdict) ?? 'unknown').toUpperCase(),
      measured: text(gate.measured),
      required: text(gate.required) ?? 'unknown',
      reasonCode: text(gate.reasonCode),
      unknown: text(gate.unknown),
    };
  });
}

/** Trial id of the best of a report; null where nothing was better than the Bot's own. */
export const bestOf = (report: unknown): string | null => text(json(report).best);

/** A trial. */
export function trialOf(value: unknown): Trial {
  const trial = json(value);
  const out = json(trial.outOfSample);
  const refusal = json(trial.refusal);
  const [reasonCode, message] = [text(refusal.reasonCode), text(refusal.message)];
  return {
    id: text(trial.trialId) ?? JSON.stringify(value),
    hash: text(trial.strategyHash) ?? JSON.stringify(value),
    parents: (Array.isArray(trial.parents) ? trial.parents : []).flatMap((parent) => text(parent) ?? []),
    strategy: JSON.stringify(trial.strategy ?? null),
    madeBy: text(trial.madeBy) ?? 'unknown',
    sharpe: text(out.sharpe),
    trades: typeof out.trades === 'number' ? out.trades : null,
    net: text(out.net),
    refusal: reasonCode && message ? { reasonCode, message } : null,
  };
}
