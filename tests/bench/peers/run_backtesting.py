"""backtesting.py: one run a pair, `trade_on_close`. Its averages are arrays that are made once for each window."""

import warnings

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from driver import Floats, Market, Trades, averages, main

warnings.filterwarnings("ignore", message="Some trades remain open")


class Cross(Strategy):
    fast: Floats = np.empty(0)
    slow: Floats = np.empty(0)
    size: int = 0

    def init(self) -> None:
        self.short = self.I(lambda: self.fast, plot=False)
        self.long = self.I(lambda: self.slow, plot=False)

    def next(self) -> None:
        if self.short[-1] > self.long[-1]:
            if not self.position:
                self.buy(size=self.size)
        elif self.position:
            self.position.close()


class Backtesting:
    def __init__(self, market: Market) -> None:
        self.market = market
        prices = {"Open": market.open, "High": market.high, "Low": market.low, "Close": market.close}
        frame = pd.DataFrame({**prices, "Volume": market.volume}, index=pd.to_datetime(market.ends))
        self.backtest = Backtest(frame, Cross, cash=1e6, commission=lambda _size, _price: market.fee, trade_on_close=True)

    def run(self, pairs: list[tuple[int, int]]) -> list[pd.Series]:
        means = {window: averages(self.market.close, window) for window in {window for pair in pairs for window in pair}}
        return [self._one(means[fast], means[slow], slow) for fast, slow in pairs]

    def _one(self, fast: Floats, slow: Floats, window: int) -> pd.Series:
        # It does not ask a strategy about the first bar on which all indicators are numbers: given one bar earlier, it does.
        fast, slow = fast.copy(), slow.copy()
        fast[window - 2] = slow[window - 2] = 0.0
        return self.backtest.run(fast=fast, slow=slow, size=self.market.multiplier)

    def trades(self, done: list[pd.Series]) -> list[Trades]:
        return [self._of(stats["_trades"]) for stats in done]

    def _of(self, trades: pd.DataFrame) -> Trades:
        times = [self.market.ends[trades[side]] for side in ("EntryBar", "ExitBar")]
        return np.column_stack([*times, np.rint(trades["PnL"] * 100).astype(np.int64)])


main("backtesting", Backtesting)
