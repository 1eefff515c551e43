// What one backtest computed. In: a job. Out: figures, equity and trades, as far as rows hold them; what they do not hold is said.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { reportQuery, roundsQuery } from '../api/queries';
import { Loaded } from '../parts/loaded';
import { UnknownBecause } from '../parts/states';
import { exact } from '../parts/when';
import { Folds } from './folds';
import { valueOf } from './result';
import { TradesOnBars } from './trades-on-bars';

const EquityChart = lazy(() => import('./equity-chart'));
/** Trades that are listed; the rest is in the API's answer. */
const TRADES = 200;

interface Props {
  namespace: string;
  name: string;
  jobId: string;
}

/** The report. */
export function Report({ namespace, name, jobId }: Props) {
  return (
    <Loaded query={useQuery(reportQuery(namespace, name, jobId))} what="the report">
      {(report) => (
        <div className="stack report">
          <p className="why">
            {report.bars.toLocaleString('en')} bars from {exact(report.firstBar)} to {exact(report.lastBar)} · result <code>{report.resultHash}</code>
          </p>
          <Figures figures={report.figures} />
          {report.equity && report.equity.length > 1 ? (
            <Suspense fallback={null}>
              <EquityChart equity={report.equity} />
            </Suspense>
          ) : (
            <UnknownBecause reason={report.unknownReason ?? 'no trade was made, so there is no curve to draw'} />
          )}
          <p className="why">{report.barsReason}</p>
          <TradesOnBars namespace={namespace} name={name} jobId={jobId} />
          <SearchOfCycle namespace={namespace} name={name} traceId={report.traceId} />
          {report.trades ? <Trades trades={report.trades} /> : <UnknownBecause reason={report.unknownReason} />}
        </div>
      )}
    </Loaded>
  );
}

/** The walk forward of the search that worked on the same bars. */
function SearchOfCycle({ namespace, name, traceId }: { namespace: string; name: string; traceId: string }) {
  return (
    <div className="stack">
      <h3>Walk forward of the search in the same cycle</h3>
      <Loaded query={useQuery(roundsQuery(namespace, name))} what="the searches">
        {({ rounds, nextBefore }) => {
          const round = rounds.find((one) => one.traceId === traceId);
          if (round) return <Folds report={round.report} name={`the ${round.jobType} of this cycle`} />;
          return nextBefore ? <UnknownBecause reason={`it is not among the newest ${rounds.length} searches`} /> : <p className="why">No search of this cycle has reported.</p>;
        }}
      </Loaded>
    </div>
  );
}

function entriesOf(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const text = Array.isArray(one) ? null : valueOf(one);
    return text === null ? [] : [[name, text] as [string, string]];
  });
}

function Figures({ figures }: { figures: unknown }) {
  return (
    <dl className="figures small">
      {entriesOf(figures).map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num">{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function Trades({ trades }: { trades: unknown[] }) {
  if (trades.length === 0) return <p className="empty">The strategy made no trade on these bars.</p>;
  const names = entriesOf(trades[0]).map(([name]) => name);
  return (
    <details>
      <summary>
        Trades <span className="count">{trades.length}</span>
      </summary>
      <div className="table-box short" role="group" aria-label="Trades" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trades.slice(-TRADES).reverse().map((trade, place) => {
              const fields = new Map(entriesOf(trade));
              return (
                <tr key={place}>
                  {names.map((name) => (
                    <td key={name} className="num">
                      {fields.get(name) ?? 'none'}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {trades.length > TRADES ? <p className="why">The newest {TRADES} are shown.</p> : null}
    </details>
  );
}
