// Trades on bars. In: buckets of bars, trades. Out: candles with entries and exits at their prices, and the same in words. The chart library
// is loaded only where this is shown.
import { CandlestickSeries, createSeriesMarkers, type IChartApi, type SeriesMarker, type Time } from 'lightweight-charts';
import { useEffect, useRef } from 'react';
import { Mark } from '../parts/mark';
import { chartIn, colour, LIBRARY } from './chart';
import { candlesOf, decimalsOf, marksOf, saying, type Bucket, type Kind, type Trade } from './on-bars';

const SHAPES = { bought: 'arrowUp', sold: 'arrowDown', won: 'circle', lost: 'square', even: 'circle' } as const satisfies Record<Kind, string>;
const COLOURS = { bought: '--accent', sold: '--accent', won: '--ok', lost: '--bad', even: '--muted' } as const satisfies Record<Kind, string>;
/** From so many marks on they are smaller. */
const MANY = 60;

interface Props {
  buckets: Bucket[];
  trades: Trade[] | null;
}

function draw(box: HTMLElement, { buckets, trades }: Props): IChartApi {
  const chart = chartIn(box);
  const [line, digits] = [colour('--line-strong'), decimalsOf(buckets)];
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: 'transparent',
    downColor: line,
    borderColor: line,
    wickColor: line,
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: { type: 'price', precision: digits, minMove: 10 ** -digits },
  });
  candles.setData(candlesOf(buckets));
  const marks = marksOf(trades ?? [], buckets);
  const size = marks.length > MANY ? 0.6 : 1;
  createSeriesMarkers(
    candles,
    marks.map(({ time, price, kind }): SeriesMarker<Time> => ({ time, price, position: 'atPriceMiddle', shape: SHAPES[kind], color: colour(COLOURS[kind]), size })),
  );
  chart.timeScale().fitContent();
  return chart;
}

/** The chart. */
export default function BarsChart({ buckets, trades }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const chart = draw(box.current, { buckets, trades });
    return () => {
      chart.remove();
    };
  }, [buckets, trades]);
  return (
    <figure className="chart">
      <div ref={box} className="drawn" role="img" aria-label={saying(buckets, trades)} />
      <figcaption>
        <span>▲ bought, ▼ sold to enter</span>
        <Mark shape="ring" tone="ok">
          exit that won
        </Mark>
        <Mark shape="stop" tone="bad">
          exit that lost
        </Mark>
        <a href={LIBRARY.href} rel="noreferrer" className="muted">
          {LIBRARY.text}
        </a>
      </figcaption>
    </figure>
  );
}
