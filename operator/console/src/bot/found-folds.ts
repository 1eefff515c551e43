// The walk forward that a search wrote down, read with care. In: a report as JSON. Out: its tests, or why there are none. Pure.

/** What a strategy did over some of the bars. */
export interface Did {
  /** Null where its days do not differ. */
  sharpe: string | null;
  net: string;
  trades: number;
}

/** One test, with the training before it. */
export interface Fold {
  trainFrom: string;
  trainTo: string;
  testFrom: string;
  testTo: string;
  /** Null where the runner did not count them. */
  trainBars: number | null;
  testBars: number | null;
  /** In the training; null where it was not kept. */
  trained: Did | null;
  /** In the test; null where it could not be run. */
  own: Did | null;
  /** Trial that this training would have chosen. */
  chosen: string | null;
  chosenDid: Did | null;
}

type Json = Record<string, unknown>;
const json = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const count = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The tests in order; null where the report has none in a form that is known. */
export function foldsOf(report: unknown): Fold[] | null {
  const { folds } = json(report);
  if (!Array.isArray(folds)) return null;
  const all = folds.map(foldOf);
  return all.every((fold) => fold !== null) ? all : null;
}

/** Why there is no walk forward; `none` where there is nothing to walk with, which is known. */
export function withoutFolds(report: unknown): { none: string } | { unknown: string } {
  const { best, folds } = json(report);
  if (folds !== undefined && folds !== null) return { unknown: 'the stored walk forward is not in a form that this version knows' };
  return best === null ? { none: 'Nothing was better than the Bot’s own strategy: there is no walk forward.' } : { unknown: 'the runner that posted this search kept no walk forward of it' };
}

/** Whether a test earned something; null where nobody knows. */
export function earned({ own }: Fold): boolean | null {
  return own?.sharpe ? Number(own.sharpe) > 0 : own ? false : null;
}

function foldOf(value: unknown): Fold | null {
  const fold = json(value);
  const [trainFrom, trainTo, testFrom, testTo] = [text(fold.trainFrom), text(fold.trainTo), text(fold.testFrom), text(fold.testTo)];
  if (!trainFrom || !trainTo || !testFrom || !testTo) return null;
  return {
    trainFrom,
    trainTo,
    testFrom,
    testTo,
    trainBars: count(fold.trainBars),
    testBars: count(fold.testBars),
    trained: didOf(fold.ownTrained),
    own: didOf(fold.own),
    chosen: text(fold.chosen),
    chosenDid: didOf(fold.chosenFigures),
  };
}

function didOf(value: unknown): Did | null {
  const did = json(value);
  const [net, trades] = [text(did.net), count(did.trades)];
  return net !== null && trades !== null ? { sharpe: text(did.sharpe), net, trades } : null;
}
