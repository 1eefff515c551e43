// Proof of use over a day. In: counts by quarters of an hour. Out: bars, and the same as a table for whoever does not see bars. Pure.
import { createColumnHelper } from '@tanstack/react-table';
import type { Schemas } from '../api/client';
import { DataTable } from '../parts/data-table';
import { Mark } from '../parts/mark';
import type { sorting } from '../parts/sorting';
import { exact } from '../parts/when';

type Usage = Schemas['Usage'];

const column = createColumnHelper<typeof sorting, Usage['buckets'][number]>();
const count = ({ getValue }: { getValue: () => number }) => <span className="num">{getValue().toLocaleString('en')}</span>;
const columns = column.columns([
  column.accessor('from', { header: 'From', sortFn: 'basic', cell: ({ row }) => <span className="num">{exact(row.original.from)}</span> }),
  column.accessor('used', { header: 'Used', sortFn: 'basic', cell: count }),
  column.accessor('verified', { header: 'Handshakes', sortFn: 'basic', cell: count }),
  column.accessor('failed', { header: 'Failed', sortFn: 'basic', cell: count }),
]);

const WIDTH = 672;
const HEIGHT = 120;
const FLOOR = 100;

/** The chart. A day without a call says so: an empty chart would look like one that did not load. */
export function UsageChart({ usage }: { usage: Usage }) {
  const { buckets } = usage;
  const sum = (of: 'used' | 'verified' | 'failed') => buckets.reduce((all, bucket) => all + bucket[of], 0);
  const totals = { used: sum('used'), verified: sum('verified'), failed: sum('failed') };
  if (totals.used + totals.verified + totals.failed === 0) {
    return <p className="empty">The log has no call of it in these 24 hours.</p>;
  }
  const most = Math.max(1, ...buckets.map((bucket) => bucket.used + bucket.verified + bucket.failed));
  const step = WIDTH / Math.max(1, buckets.length);
  const high = (count: number) => (count / most) * (FLOOR - 14);
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${totals.used} uses by Bots, ${totals.verified} handshakes and ${totals.failed} failures in 24 hours; at most ${most} in a quarter of an hour`}
      >
        <line x1="0" x2={WIDTH} y1={FLOOR} y2={FLOOR} className="axis" />
        <text x="0" y="10" className="tick">
          {most}
        </text>
        {buckets.map((bucket, place) => {
          const used = high(bucket.used);
          const verified = high(bucket.verified);
          const failed = high(bucket.failed);
          const x = place * step + 0.5;
          const width = Math.max(1, step - 1);
          return (
            <g key={bucket.from}>
              <rect x={x} width={width} y={FLOOR - used} height={used} className="bar-used" />
              <rect x={x} width={width} y={FLOOR - used - verified} height={verified} className="bar-verified" />
              <rect x={x} width={width} y={FLOOR - used - verified - failed} height={failed} className="bar-failed" />
            </g>
          );
        })}
        {buckets.map((bucket, place) =>
          place % 24 === 0 ? (
            <text key={bucket.from} x={place * step} y={HEIGHT - 4} className="tick">
              {new Date(bucket.from).toISOString().slice(11, 16)}
            </text>
          ) : null,
        )}
      </svg>
      <figcaption>
        <Mark shape="check" tone="ok">
          {totals.used} used by Bots
        </Mark>
        <Mark shape="ring" tone="work">
          {totals.verified} handshakes
        </Mark>
        <Mark shape="cross" tone="bad">
          {totals.failed} failed
        </Mark>
        <span className="muted">times in UTC</span>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <DataTable
          label="Proof of use as a table"
          columns={columns}
          data={buckets.filter((bucket) => bucket.used + bucket.verified + bucket.failed > 0)}
          idOf={(bucket) => bucket.from}
          empty="The log has no call of it in these 24 hours."
        />
      </details>
    </figure>
  );
}
