// Jobs and calls by time. In: counts. Out: bars, in words for whoever does not see them. Pure.
import type { Schemas } from '../api/client';

type Bucket = Schemas['AutonomyAnswer']['buckets'][number];

const WIDTH = 960;
const HEIGHT = 130;
const FLOOR = 108;

/** The chart; where nothing was recorded it says so. */
export function JobsChart({ buckets }: { buckets: Bucket[] }) {
  const jobs = buckets.reduce((all, one) => all + one.jobs, 0);
  const calls = buckets.reduce((all, one) => all + one.requests, 0);
  if (jobs + calls === 0) return <p className="card empty">No job and no call is recorded in this time.</p>;
  const most = Math.max(1, ...buckets.map((one) => one.jobs));
  const step = WIDTH / buckets.length;
  const every = Math.max(1, Math.ceil(buckets.length / 8));
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${jobs} jobs and ${calls} calls; at most ${most} jobs in one bar`}>
        <line x1="0" x2={WIDTH} y1={FLOOR} y2={FLOOR} className="axis" />
        <text x="0" y="11" className="tick">
          {most}
        </text>
        {buckets.map((one, place) => {
          const high = (one.jobs / most) * (FLOOR - 18);
          return <rect key={one.from} x={place * step + 0.5} width={Math.max(1, step - 1)} y={FLOOR - high} height={high} className="bar-verified" />;
        })}
        {buckets.map((one, place) =>
          place % every === 0 ? (
            <text key={one.from} x={place * step} y={HEIGHT - 6} className="tick">
              {new Date(one.from).toISOString().slice(11, 16)}
            </text>
          ) : null,
        )}
      </svg>
      <figcaption>
        <span>
          <strong className="num">{jobs.toLocaleString('en')}</strong> jobs
        </span>
        <span>
          <strong className="num">{calls.toLocaleString('en')}</strong> calls
        </span>
        <span className="muted">times in UTC</span>
      </figcaption>
    </figure>
  );
}
