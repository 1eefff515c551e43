// What a session came to. In: the figures that the runner posted and the gateway stored. Out: those that are there, by name. Pure.
import type { Schemas } from '../api/client';

/** Figures that people ask for first, as the session names them. */
const NAMES: readonly (readonly [key: string, word: string])[] = [
  ['trades', 'Trades'],
  ['net', 'Net'],
  ['fees', 'Fees'],
  ['maxDrawdown', 'Drawdown'],
  ['sharpe', 'Sharpe ratio'],
];

/** The figures; one that is not there is not shown as 0. */
export function Result({ session }: { session: Schemas['SessionRow'] }) {
  const result = (typeof session.result === 'object' && session.result !== null ? session.result : {}) as Record<string, unknown>;
  return (
    <>
      <span className="num">{session.bars.toLocaleString('en')}</span> bars
      <ul className="plain why">
        {NAMES.map(([key, word]) => {
          const value = valueOf(result[key]);
          return value === null ? null : (
            <li key={key}>
              {word} <span className="num">{value}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** A figure as text; a list by its length. */
export function valueOf(value: unknown): string | null {
  if (Array.isArray(value)) return String(value.length);
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 4 });
  return typeof value === 'string' ? value : null;
}
