"""vectorbt with its Rust engine: averages once for each window, signals as matrices, `Portfolio.from_signals`."""

import numpy as np
import vectorbt as vbt
from driver import Market, Trades, main
from vectorbt.indicators import dispatch

ENGINE = "rust"
COLUMNS = 40
"""Pairs at once: where it was found to be fastest. All at once would need gigabytes."""


class Vectorbt:
    def __init__(self, market: Market) -> None:
        self.market = market

    def run(self, pairs: list[tuple[int, int]]) -> list[vbt.Portfolio]:
        column = self.market.close.reshape(-1, 1)
        windows = {window for pair in pairs for window in pair}
        means = {window: dispatch.ma(column, window, False, engine=ENGINE)[:, 0] for window in windows}
        return [self._part(pairs[at : at + COLUMNS], means) for at in range(0, len(pairs), COLUMNS)]

    def _part(self, pairs: list[tuple[int, int]], means: dict[int, np.ndarray]) -> vbt.Portfolio:
        above = np.empty((len(self.market.close), len(pairs)), dtype=bool)
        for column, (fast, slow) in enumerate(pairs):
            np.greater(means[fast], means[slow], out=above[:, column])
        return vbt.Portfolio.from_signals(
            self.market.close.reshape(-1, 1),
            above,
            ~above,
            size=self.market.multiplier,
            fixed_fees=self.market.fee,
            init_cash=1e6,
            max_orders=above.size // 4,
            engine=ENGINE,
        )

    def trades(self, done: list[vbt.Portfolio]) -> list[Trades]:
        return [self._of(records[records["col"] == column]) for records, column in self._columns(done)]

    def _columns(self, done: list[vbt.Portfolio]):
        for part in done:
            records = part.trades.closed.values
            for column in range(part.wrapper.shape_2d[1]):
                yield records, column

    def _of(self, records: np.ndarray) -> Trades:
        times = [self.market.ends[records[side]] for side in ("entry_idx", "exit_idx")]
        return np.column_stack([*times, np.rint(records["pnl"] * 100).astype(np.int64)])


main("vectorbt", Vectorbt)
