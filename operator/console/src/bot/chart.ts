// What the charts of a backtest have in common. In: a box. Out: an empty chart in the colours of the theme that is shown.
import { createChart, type IChartApi } from 'lightweight-charts';

/** The style sheet's own colour, for the theme that is shown. */
export function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** A chart without anything in it. */
export function chartIn(box: HTMLElement): IChartApi {
  return createChart(box, {
    autoSize: true,
    layout: { background: { color: 'transparent' }, textColor: colour('--muted'), attributionLogo: false, panes: { separatorColor: colour('--line') } },
    grid: { vertLines: { visible: false }, horzLines: { color: colour('--line') } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, minBarSpacing: 0.1 },
    handleScroll: false,
    handleScale: false,
  });
}

/** Whose the library is. */
export const LIBRARY = { href: 'https://www.tradingview.com/', text: 'Charts by TradingView' } as const;
