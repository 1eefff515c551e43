"""What every peer's driver does: reads bars and a plan, lets the peer work, takes the time, writes down what it traded.

A plan is JSON: the bars' file, tick, multiplier and fee, and workloads of so many bars, pairs of windows and repetitions. Each workload
begins with some pairs that are not timed, so that nothing is counted that happens only once, such as compiling.
"""

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

MINUTE = 60_000_000_000
WARM_UP = 40
"""Pairs that are run before the time is taken."""

Floats = NDArray[np.float64]
Trades = NDArray[np.int64]
"""A row for each trade that was closed: time of entry and of exit in nanoseconds, net in cents."""


@dataclass(frozen=True)
class Market:
    """Bars as columns, and what a trade is worth and costs. A time is the end of its bar."""

    ends: NDArray[np.int64]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: NDArray[np.int64]
    multiplier: int
    fee: float


class Peer(Protocol):
    """One engine, ready to run over a market."""

    def run(self, pairs: list[tuple[int, int]]) -> Any:
        """Runs each pair of windows: this is timed."""

    def trades(self, done: Any) -> list[Trades]:
        """What was traded with each pair."""


class Opening(Protocol):
    """Makes a peer of a market, in whatever form the peer wants its bars."""

    def __call__(self, market: Market) -> Peer: ...


def averages(close: Floats, window: int) -> Floats:
    """Simple moving averages, not a number while there are too few closes. Sums of ticks are exact as floats."""
    sums = np.concatenate(([0.0], np.cumsum(close)))
    means = np.full(len(close), np.nan)
    means[window - 1 :] = (sums[window:] - sums[:-window]) / window
    return means


def market(plan: dict[str, Any], bars: int) -> Market:
    rows = np.fromfile(plan["file"], dtype="<i8").reshape(-1, 6)[:bars]
    prices = [np.ascontiguousarray(rows[:, place] * plan["tick"]) for place in range(1, 5)]
    volume = np.ascontiguousarray(rows[:, 5])
    return Market(rows[:, 0] + MINUTE, *prices, volume, plan["multiplier"], plan["fee"])


def told(trades: Trades, last: int) -> dict[str, Any]:
    """Number, net and digest of the trades that were closed before the last bar."""
    before = np.ascontiguousarray(trades[trades[:, 1] < last], dtype="<i8")
    digest = f"sha256:{hashlib.sha256(before.tobytes()).hexdigest()}"
    return {"trades": len(before), "cents": int(before[:, 2].sum()), "digest": digest}


def measure(open_peer: Opening, plan: dict[str, Any], work: dict[str, Any]) -> dict[str, Any]:
    of = market(plan, work["bars"])
    pairs = [(fast, slow) for fast, slow in work["pairs"]]
    peer = open_peer(of)
    peer.run(pairs[:WARM_UP])
    seconds, done = [], None
    for _ in range(work["repeats"]):
        done = None  # What was done before needs gigabytes in some peers.
        start = time.perf_counter()
        done = peer.run(pairs)
        seconds.append(time.perf_counter() - start)
    results = [told(trades, int(of.ends[-1])) for trades in peer.trades(done)]
    return {"seconds": seconds, "results": results}


def main(package: str, open_peer: Opening) -> None:
    """Reads the plan named first, writes what came of it to the file named second."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    workloads = [measure(open_peer, plan, work) for work in plan["workloads"]]
    Path(sys.argv[2]).write_text(json.dumps({"version": version(package), "workloads": workloads}))
