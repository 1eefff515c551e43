// The walk forward of one search. In: its report. Out: each test as a picture and as a row; what was not kept is unknown, with its reason.
// Pure.
import { createColumnHelper } from '@tanstack/react-table';
import { DataTable } from '../parts/data-table';
import { Mark } from '../parts/mark';
import { Opened } from '../parts/opened';
import type { sorting } from '../parts/sorting';
import { UnknownBecause } from '../parts/states';
import { exact } from '../parts/when';
import { earned, foldsOf, withoutFolds, type Did, type Fold } from './found-folds';

/** Hundredths of the width from which on, and over which, times are drawn; left of it stands the number, right of it the figure. */
const [LEFT, ACROSS] = [18, 57];
const ROW = 24;

/** The walk forward, to be opened. */
export function WalkForward({ report, name }: { report: unknown; name: string }) {
  const folds = foldsOf(report);
  return (
    <Opened
      title={
        <>
          Walk forward <span className="count">{folds ? `${folds.length} tests` : 'none'}</span>
        </>
      }
    >
      <Folds report={report} name={name} />
    </Opened>
  );
}

/** The picture and the table; or why there are none. */
export function Folds({ report, name }: { report: unknown; name: string }) {
  const folds = foldsOf(report);
  if (!folds) {
    const why = withoutFolds(report);
    return 'none' in why ? <p className="empty">{why.none}</p> : <UnknownBecause reason={why.unknown} />;
  }
  return (
    <div className="stack">
      <Picture folds={folds} />
      <DataTable label={`Walk forward of ${name}`} columns={columns} data={folds.map((fold, place) => ({ ...fold, number: place + 1 }))} idOf={(fold) => `${fold.number}`} empty="There is no test." />
      <p className="why">Each test of the strategy that the gates speak of, and of the trial that the training before it would have chosen.</p>
    </div>
  );
}

/** Each test behind its training, in time. */
function Picture({ folds }: { folds: Fold[] }) {
  const times = folds.flatMap((fold) => [Date.parse(fold.trainFrom), Date.parse(fold.testTo)]);
  const [begin, end] = [Math.min(...times), Math.max(...times)];
  const at = (time: string) => LEFT + ((Date.parse(time) - begin) / Math.max(1, end - begin)) * ACROSS;
  const x = (time: string) => `${at(time)}%`;
  const wide = (from: string, to: string) => `${Math.max(0.5, at(to) - at(from))}%`;
  return (
    <figure className="chart">
      <svg className="folds" width="100%" height={folds.length * ROW + 4} role="img" aria-label={saying(folds)}>
        {folds.map((fold, place) => {
          const y = place * ROW + ROW / 2 + 2;
          const kind = kindOf(fold);
          return (
            <g key={place}>
              <text x="0" y={y + 4} className="tick">
                Test {place + 1}
              </text>
              <rect x={x(fold.trainFrom)} width={wide(fold.trainFrom, fold.trainTo)} y={y - 2} height="4" className="fold-train" />
              <rect x={x(fold.testFrom)} width={wide(fold.testFrom, fold.testTo)} y={kind === 'earned' ? y - 8 : y - 7} height={kind === 'earned' ? 16 : 14} className={`fold-test fold-${kind}`} />
              <text x={`${LEFT + ACROSS + 2}%`} y={y + 4} className="tick">
                {fold.own?.sharpe ?? 'unknown'}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>Thin: trained on. Thick: tested; on its right the Sharpe ratio of the test.</span>
        <Mark shape="stop" tone="ok">
          earned something (filled)
        </Mark>
        <Mark shape="ring" tone="bad">
          earned nothing (hollow)
        </Mark>
        {folds.some((fold) => kindOf(fold) === 'unknown') ? (
          <Mark shape="question" tone="none">
            unknown (dashed)
          </Mark>
        ) : null}
      </figcaption>
    </figure>
  );
}

function kindOf(fold: Fold): 'earned' | 'lost' | 'unknown' {
  const did = earned(fold);
  return did === null ? 'unknown' : did ? 'earned' : 'lost';
}

function saying(folds: Fold[]): string {
  const of = (kind: string) => folds.filter((fold) => kindOf(fold) === kind).length;
  const unknown = of('unknown') > 0 ? `, ${of('unknown')} unknown` : '';
  return `${folds.length} tests of the walk forward; ${of('earned')} earned something, ${of('lost')} did not${unknown}`;
}

interface Numbered extends Fold {
  number: number;
}

const column = createColumnHelper<typeof sorting, Numbered>();
const low = Number.NEGATIVE_INFINITY;
const columns = column.columns([
  column.accessor('number', { header: 'Test', sortFn: 'basic', cell: ({ row }) => <span className="num">{row.original.number}</span> }),
  column.accessor('testFrom', { header: 'Tested', sortFn: 'text', cell: ({ row: { original: fold } }) => <Span from={fold.testFrom} to={fold.testTo} bars={fold.testBars} /> }),
  column.accessor('trainTo', { header: 'Trained', sortFn: 'text', cell: ({ row: { original: fold } }) => <Span from={fold.trainFrom} to={fold.trainTo} bars={fold.trainBars} /> }),
  column.accessor((fold) => Number(fold.trained?.sharpe ?? low), {
    id: 'in',
    header: 'Sharpe in sample',
    sortFn: 'basic',
    cell: ({ row: { original: fold } }) => <Sharpe of={fold.trained} none={fold.own ? 'not kept' : 'could not be run'} />,
  }),
  column.accessor((fold) => Number(fold.own?.sharpe ?? low), {
    id: 'out',
    header: 'Sharpe out of sample',
    sortFn: 'basic',
    cell: ({ row: { original: fold } }) => <Sharpe of={fold.own} none="could not be run" />,
  }),
  column.accessor((fold) => fold.own?.trades ?? -1, { id: 'trades', header: 'Trades', sortFn: 'basic', cell: ({ row }) => number(row.original.own?.trades) }),
  column.accessor((fold) => Number(fold.own?.net ?? low), { id: 'net', header: 'Net', sortFn: 'basic', cell: ({ row }) => <Net of={row.original.own} /> }),
  column.accessor((fold) => Number(fold.chosenDid?.sharpe ?? low), {
    id: 'chosen',
    header: 'Chosen by its training',
    sortFn: 'basic',
    cell: ({ row: { original: fold } }) =>
      fold.chosen ? (
        <>
          <Sharpe of={fold.chosenDid} none="could not be run" />
          <div className="why">
            trial <code title={fold.chosen}>{fold.chosen.slice(0, 15)}…</code>
          </div>
        </>
      ) : (
        <span className="muted">none could be run</span>
      ),
  }),
]);

function Span({ from, to, bars }: { from: string; to: string; bars: number | null }) {
  return (
    <>
      <div>
        <span className="num">{exact(from).slice(0, 10)}</span> to <span className="num">{exact(to).slice(0, 10)}</span>
      </div>
      <div className="why">{bars === null ? 'bars were not counted' : `${bars.toLocaleString('en')} bars`}</div>
    </>
  );
}

function Sharpe({ of, none }: { of: Did | null; none: string }) {
  if (!of) return <span className="muted">{none}</span>;
  return of.sharpe === null ? <span className="muted">unknown: its days do not differ</span> : <span className="num">{of.sharpe}</span>;
}

/** Net is of closed trades alone; the Sharpe ratio sees an open position as well. */
function Net({ of }: { of: Did | null }) {
  return (
    <>
      {number(of?.net)}
      {of?.trades === 0 && of.sharpe !== null ? <div className="why">no trade was closed; the Sharpe ratio is of an open position</div> : null}
    </>
  );
}

function number(value: string | number | undefined) {
  return value === undefined ? <span className="muted">could not be run</span> : <span className="num">{typeof value === 'number' ? value.toLocaleString('en') : value}</span>;
}
