"""nautilus_trader: one run a pair, a bar-driven strategy with exact rolling sums, market orders filled at the bar's close.

Its own simple moving average adds and divides bar by bar, which rounds; a cross of two equal averages would then be a toss of the coin.
"""

from decimal import Decimal

import numpy as np
from driver import Market, Trades, main
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.backtest.models import FixedFeeModel
from nautilus_trader.config import LoggingConfig, RiskEngineConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, AssetClass, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import FuturesContract
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("SIM")
MES = InstrumentId(Symbol("MES"), VENUE)
MINUTES = BarType.from_str("MES.SIM-1-MINUTE-LAST-EXTERNAL")
CASH = 1_000_000
ONE = Quantity.from_int(1)

Fill = tuple[int, Decimal, Decimal]
"""When, at which price, for which commission; entries and exits by turns."""


class Cross(Strategy):
    def __init__(self, fast: int, slow: int) -> None:
        super().__init__()
        self.fast, self.slow = fast, slow
        self.closes: list[float] = []
        self.fast_sum = self.slow_sum = 0.0
        self.held = False

    def on_start(self) -> None:
        self.subscribe_bars(MINUTES)

    def on_bar(self, bar: Bar) -> None:
        close = float(bar.close)
        self.closes.append(close)
        self.fast_sum += close
        self.slow_sum += close
        count = len(self.closes)
        if count > self.fast:
            self.fast_sum -= self.closes[count - 1 - self.fast]
        if count > self.slow:
            self.slow_sum -= self.closes[count - 1 - self.slow]
        above = count >= self.slow and self.fast_sum * self.slow > self.slow_sum * self.fast
        if above != self.held:
            self.held = above
            side = OrderSide.BUY if above else OrderSide.SELL
            self.submit_order(self.order_factory.market(MES, side, ONE))


def contract(multiplier: int) -> FuturesContract:
    return FuturesContract(
        instrument_id=MES, raw_symbol=Symbol("MES"), asset_class=AssetClass.INDEX, currency=USD, price_precision=2,
        price_increment=Price.from_str("0.25"), multiplier=Quantity.from_int(multiplier), lot_size=ONE, underlying="MES",
        activation_ns=0, expiration_ns=4_102_444_800_000_000_000, ts_event=0, ts_init=0,
    )  # fmt: skip


class Nautilus:
    def __init__(self, market: Market) -> None:
        self.multiplier, self.fee = market.multiplier, market.fee
        columns = (market.open, market.high, market.low, market.close, market.volume, market.ends)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        self.bars = [
            Bar(MINUTES, *(Price(price, 2) for price in prices), Quantity(volume, 0), end, end) for *prices, volume, end in rows
        ]

    def run(self, pairs: list[tuple[int, int]]) -> list[list[Fill]]:
        return [self._one(fast, slow) for fast, slow in pairs]

    def _engine(self) -> BacktestEngine:
        """A new one for each run: one that is reset keeps what earlier strategies subscribed to, and slows down with each."""
        quiet = LoggingConfig(bypass_logging=True)
        config = BacktestEngineConfig(logging=quiet, risk_engine=RiskEngineConfig(bypass=True), run_analysis=False)
        engine = BacktestEngine(config)
        engine.add_venue(
            VENUE, oms_type=OmsType.NETTING, account_type=AccountType.MARGIN, base_currency=USD,
            starting_balances=[Money(CASH, USD)], fee_model=FixedFeeModel(Money(self.fee, USD)), bar_execution=True,
        )  # fmt: skip
        engine.add_instrument(contract(self.multiplier))
        engine.add_data(self.bars, validate=False)
        return engine

    def _one(self, fast: int, slow: int) -> list[Fill]:
        engine = self._engine()
        engine.add_strategy(Cross(fast, slow))
        engine.run()
        filled = [order.last_event for order in engine.cache.orders()]
        fills = sorted((event.ts_event, event.last_px.as_decimal(), event.commission.as_decimal()) for event in filled)
        cash = engine.portfolio.account(VENUE).balance_total(USD).as_decimal() - CASH
        open_fee = fills[-1][2] if len(fills) % 2 else Decimal(0)
        if cash != sum(net for _, _, net in self._nets(fills)) - open_fee:
            raise RuntimeError("the account is not what its fills make of it")
        engine.dispose()
        return fills

    def _nets(self, fills: list[Fill]) -> list[tuple[int, int, Decimal]]:
        turns = zip(fills[::2], fills[1::2], strict=False)
        return [(bought[0], sold[0], (sold[1] - bought[1]) * self.multiplier - bought[2] - sold[2]) for bought, sold in turns]

    def trades(self, done: list[list[Fill]]) -> list[Trades]:
        rows = [[(entry, exit, int(net * 100)) for entry, exit, net in self._nets(fills)] for fills in done]
        return [np.array(row, dtype=np.int64).reshape(-1, 3) for row in rows]


main("nautilus_trader", Nautilus)
