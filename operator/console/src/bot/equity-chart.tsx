// Equity and drawdown of one backtest. In: points after each trade. Out: a chart, and its first, worst and last point in words. The chart
// library is loaded only where this is shown.
import { AreaSeries, LineSeries, type IChartApi, type UTCTimestamp } from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import type { Schemas } from '../api/client';
import { chartIn, colour, LIBRARY } from './chart';

type Point = NonNullable<Schemas['Report']['equity']>[number];

/** Points as the chart wants them: one for each second, in order; of several in one second the last. */
export function pointsOf(equity: Point[], of: (point: Point) => string): { time: UTCTimestamp; value: number }[] {
  const bySecond = new Map<number, number>();
  for (const point of equity) bySecond.set(Math.floor(Date.parse(point.time) / 1000), Number(of(point)));
  return [...bySecond].sort(([one], [other]) => one - other).map(([time, value]) => ({ time: time as UTCTimestamp, value }));
}

function draw(box: HTMLElement, equity: Point[]): IChartApi {
  const chart = chartIn(box);
  chart.addSeries(LineSeries, { color: colour('--accent'), lineWidth: 2, priceLineVisible: false }).setData(pointsOf(equity, (point) => point.equity));
  const below = chart.addSeries(AreaSeries, { lineColor: colour('--bad'), topColor: 'transparent', bottomColor: colour('--bad-ground'), priceLineVisible: false }, 1);
  below.setData(pointsOf(equity, (point) => `-${point.drawdown.replace(/^-/, '')}`));
  chart.panes()[1]?.setHeight(80);
  chart.timeScale().fitContent();
  return chart;
}

/** The chart. */
export default function EquityChart({ equity }: { equity: Point[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const chart = draw(box.current, equity);
    return () => {
      chart.remove();
    };
  }, [equity]);
  const worst = equity.reduce((most, point) => Math.max(most, Math.abs(Number(point.drawdown))), 0);
  const [first, last] = [equity[0], equity.at(-1)];
  return (
    <figure className="chart">
      <div
        ref={box}
        className="equity"
        role="img"
        aria-label={`Equity from ${first?.equity ?? 'unknown'} to ${last?.equity ?? 'unknown'}; deepest drawdown ${worst.toLocaleString('en')}`}
      />
      <figcaption>
        <span>Equity after each trade, and below it what it is under its highest</span>
        <a href={LIBRARY.href} rel="noreferrer" className="muted">
          {LIBRARY.text}
        </a>
      </figcaption>
    </figure>
  );
}
