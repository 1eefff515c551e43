// Trades of one backtest on its bars. In: a job. Out: a chart, and its bars as a table; what was not kept is unknown, with its reason.
import { useQuery } from '@tanstack/react-query';
import { createColumnHelper } from '@tanstack/react-table';
import { lazy, Suspense } from 'react';
import type { Schemas } from '../api/client';
import { reportBarsQuery } from '../api/queries';
import { DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Opened } from '../parts/opened';
import type { sorting } from '../parts/sorting';
import { UnknownBecause } from '../parts/states';
import { exact } from '../parts/when';
import type { Bucket } from './on-bars';

const BarsChart = lazy(() => import('./bars-chart'));

interface Props {
  namespace: string;
  name: string;
  jobId: string;
}

/** The chart with its heading. */
export function TradesOnBars({ namespace, name, jobId }: Props) {
  return (
    <section aria-label="Trades on bars" className="stack">
      <h3>Trades on bars</h3>
      <Loaded query={useQuery(reportBarsQuery(namespace, name, jobId))} what="the bars">
        {(drawn) => <Drawn drawn={drawn} />}
      </Loaded>
    </section>
  );
}

/** The chart, or why there is none. */
export function Drawn({ drawn }: { drawn: Schemas['SessionBars'] }) {
  const { barBuckets, bars, trades, tradesLeftOut } = drawn;
  if (!barBuckets) return <UnknownBecause reason={drawn.barBucketsReason} />;
  return (
    <>
      <Suspense fallback={null}>
        <BarsChart buckets={barBuckets} trades={trades} />
      </Suspense>
      <p className="why">
        {bars.toLocaleString('en')} bars in {barBuckets.length.toLocaleString('en')} buckets, none left out · buckets <code>{drawn.barBucketsHash}</code>
      </p>
      {trades ? null : <UnknownBecause reason={drawn.tradesReason} />}
      {trades?.length === 0 ? <p className="why">The strategy made no trade on these bars.</p> : null}
      {tradesLeftOut ? (
        <p className="why">
          The newest {trades?.length.toLocaleString('en')} trades are drawn; {tradesLeftOut.toLocaleString('en')} older ones are left out.
        </p>
      ) : null}
      <Opened title="Bars as a table">
        <div className="short">
          <DataTable label="Bars" columns={columns} data={barBuckets} idOf={(bucket) => bucket.from} empty="There are no bars." />
        </div>
      </Opened>
    </>
  );
}

const column = createColumnHelper<typeof sorting, Bucket>();
const price = (of: 'open' | 'high' | 'low' | 'close' | 'volume', header: string) =>
  column.accessor((bucket) => Number(bucket[of]), { id: of, header, sortFn: 'basic', cell: ({ row }) => <span className="num">{row.original[of]}</span> });
const columns = column.columns([
  column.accessor('from', { header: 'From', sortFn: 'text', cell: ({ row }) => <span className="num">{exact(row.original.from)}</span> }),
  column.accessor('to', { header: 'To the bar of', sortFn: 'text', cell: ({ row }) => <span className="num">{exact(row.original.to)}</span> }),
  column.accessor('bars', { header: 'Bars', sortFn: 'basic', cell: ({ row }) => <span className="num">{row.original.bars.toLocaleString('en')}</span> }),
  price('open', 'Open'),
  price('high', 'High'),
  price('low', 'Low'),
  price('close', 'Close'),
  price('volume', 'Volume'),
]);
