"""Measure the deadline calculus: a hundred thousand receipts next to as many bare additions.

Usage: make bench, or .venv/bin/python tests/benchmarks/deadlines.py [--receipts N] [--rounds N]

One process, no start-up: the peer adds one month to the same dates with
``dateutil.relativedelta``, made once.  What stands beside it does all that ``dsr law deadline``
does for a receipt: both dates of the answer, the extension, the acknowledgement, and the
derivation of each in sentences.  The ratio is that of the medians.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import click
from dateutil.relativedelta import relativedelta

from dsr.law.calendars import Place
from dsr.law.deadlines import deadlines
from dsr.law.receipt import Channel, Receipt, presumed, proven
from dsr.law.regimes import regime
from dsr.law.rights import Right

TARGET = 20.0  # times the bare additions
FIRST = date(2026, 2, 5)
YEARS = 10


@dataclass
class Case:
    """One law and right, and the seconds that each round of all receipts took."""

    law: str
    right: Right
    place: str | None = None
    received: Callable[[date], Receipt] = proven
    seconds: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        how = "" if self.received is proven else ", by post"
        return f"{self.law} {self.right}{f' in {self.place}' if self.place else ''}{how}"

    def run(self, days: list[date]) -> float:
        law, right, received = regime(self.law), self.right, self.received
        place = Place.parse(self.place) if self.place else None
        start = perf_counter()
        for day in days:
            deadlines(law, right, received(day), place=place)
        return perf_counter() - start


def _by_post(day: date) -> Receipt:
    return presumed(day, Channel.POST)


def _bare(days: list[date]) -> float:
    month = relativedelta(months=1)
    start = perf_counter()
    for day in days:
        day + month
    return perf_counter() - start


def main() -> None:
    parser = ArgumentParser(description="Measure the deadline calculus against bare additions.")
    parser.add_argument("--receipts", type=int, default=100_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    options = parser.parse_args()
    days = [FIRST + timedelta(days=n % (YEARS * 365)) for n in range(options.receipts)]
    cases = [
        Case("gdpr", Right.ACCESS, "DE-BY"),
        Case("gdpr", Right.ERASURE, "FR", _by_post),
        Case("uk-gdpr", Right.ACCESS, "GB-ENG"),
        Case("ch-fadp", Right.ACCESS),
        Case("ccpa", Right.ERASURE),
        Case("ccpa", Right.OPT_OUT),
        Case("nz", Right.ACCESS),
    ]
    bare = []
    for _ in range(options.rounds):
        bare.append(_bare(days))
        for case in cases:
            case.seconds.append(case.run(days))
    peer = median(bare)
    click.echo(f"{options.receipts:,} bare relativedelta additions: {peer * 1000:.0f} ms")
    for case in cases:
        ours = median(case.seconds)
        ratio = ours / peer
        reached = "yes" if ratio <= TARGET else "no"
        click.echo(
            f"{case.name:<28} {ours * 1000:>6.0f} ms  ratio {ratio:>5.1f}  "
            f"target ≤ {TARGET:.0f}  reached: {reached}"
        )
    click.echo(f"Medians of {options.rounds} rounds, the first with cold calendars.")


if __name__ == "__main__":
    main()
