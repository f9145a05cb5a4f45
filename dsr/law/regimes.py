"""The regimes: which rights each law gives, within which time, read from reviewed data files.

One file a regime lies in ``dsr/law/regimes``; each constant in it carries its citation, and what
nobody has seen in a text of the law is marked ``verified = false`` and shown so.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta

from dsr.errors import InvalidInputError, NotFoundError, did_you_mean
from dsr.law.calendars import ClosedDays
from dsr.law.rights import Right, nearest
from dsr.paths import law_data

_IN_WORDS = {1: "one", 2: "two", 3: "three", 4: "four"}


class Unit(StrEnum):
    """How a period is measured."""

    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"
    BUSINESS_DAYS = "business-days"


class Rolling(StrEnum):
    """What happens when the last day of a period is a day off."""

    MOVES = "moves"  # the law moves it to the next working day
    ARGUABLE = "arguable"  # it can be argued that it moves: only the lenient date does
    STANDS = "stands"


class FirstDay(StrEnum):
    """Whether the day of receipt is the first day of the period."""

    EXCLUDED = "excluded"
    ARGUABLE = "arguable"  # by the words it counts; the other reading gives the lenient date


class IdentityPause(StrEnum):
    """What a request for proof of identity does to the running time."""

    ARGUABLE = (
        "arguable"  # it can be argued that the time stands still: only the lenient date moves
    )
    RESTARTS = "restarts"  # the time starts when the information arrives
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a law says about one thing, in a sentence of ours, with its citation."""

    topic: str
    says: str
    citation: str
    source: str
    verified: bool
    gap: bool  # it says only that nothing was read on the matter


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the statute words it, with the article that says so."""

    count: int
    unit: Unit
    citation: str
    verified: bool = True

    def __str__(self) -> str:
        return _in_words(self.count, self.unit)


@cache
def _in_words(count: int, unit: Unit) -> str:
    plural = unit.value.replace("-", " ")
    return (
        f"{_IN_WORDS.get(count, str(count))} {plural.removesuffix('s') if count == 1 else plural}"
    )


@dataclass(frozen=True, slots=True)
class Counting:
    """How a period is counted: its first day, its end, and whose days off matter."""

    first_day: FirstDay
    first_day_citation: str
    month_end_citation: str
    rolling: Rolling
    rolling_citation: str
    calendar: str | None  # whose days off count unless another place is named
    lenient_calendar: str | None
    lenient_citation: str
    closed_days: ClosedDays | None  # days that can be argued to be no business days

    def opening(self, received: str) -> str:
        """The sentence that says from which day the period is counted."""
        cited = f" ({self.first_day_citation})" if self.first_day_citation else ""
        if self.first_day is FirstDay.ARGUABLE:
            return f"{received}; that day is the first of the period{cited}."
        return f"{received}; that day is not counted{cited}."


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The time somebody has, from receipt; ``response`` is None where the law sets none."""

    response: Period | None
    no_time: str  # what the law says instead, with its citation
    extended: Period | None  # in all, counted from receipt
    latest: Period | None  # an outer limit that can be argued
    acknowledgement: Period | None
    counting: Counting
    identity_pause: IdentityPause
    identity_citation: str
    clarification_rights: frozenset[Right]  # rights for which days of clarification do not count
    clarification_citation: str
    runs_from: date | None  # the time starts then at the earliest


@dataclass(frozen=True, slots=True)
class RightGiven:
    """A right under its own name in one law."""

    right: Right
    name: str
    citation: str
    limit: TimeLimit
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FurtherStep:
    """A time limit beside the answer: an appeal, a complaint, the person's own."""

    name: str
    what: str
    limit: TimeLimit


@dataclass(frozen=True, slots=True)
class Counter:
    """How often a right can be used within a span of months."""

    right: Right
    times: int
    months: int
    citation: str

    @property
    def often(self) -> str:
        """How often, in words: once, twice, three times."""
        return {1: "once", 2: "twice"}.get(self.times, f"{_IN_WORDS[self.times]} times")

    def is_used_up(self, used_on: Iterable[date], today: date) -> bool:
        """Whether the right was used as often as that within the span before *today*."""
        since = today - relativedelta(months=self.months)
        return sum(since < day <= today for day in used_on) >= self.times


@dataclass(frozen=True, slots=True)
class Regime:
    """One law that gives rights over personal data."""

    id: str
    short: str
    name: str
    citation: str
    source: str
    checked_on: date
    in_force: date
    rank: int  # 1 leads; 2 goes beside another law
    automatic: bool  # whether dsr picks it unasked
    residents_of: frozenset[str]
    present_in: frozenset[str]  # where being there is enough
    binds_established_in: bool  # whether controllers established there are bound towards anyone
    standing: str  # why it applies, said to the person
    reach: str  # why it binds a company outside its territory; empty if it does not matter
    remedy: str  # whom to turn to when the answer does not come
    cite_as: str  # how a right's article is cited outside of letters
    rights: dict[Right, RightGiven]
    steps: dict[str, FurtherStep]
    counters: tuple[Counter, ...]
    statements: tuple[Statement, ...]
    authorities: tuple[str, ...]
    provisions: frozenset[str]  # what letters may cite
    also_cited: dict[str, tuple[str, ...]]  # provisions of other statutes, by statute
    cases: dict[str, str]

    def gives(self, right: Right) -> RightGiven:
        """The right under this law.

        Raises InvalidInputError, naming the nearest right it does give, if there is none.
        """
        if right in self.rights:
            return self.rights[right]
        given = ", ".join(each.value for each in self.rights)
        near = nearest(right, self.rights)
        raise InvalidInputError(
            f"{self.short} gives no right of {right.value}."
            + (f" The nearest it gives is {near.value}." if near else ""),
            hint=f"It gives: {given}." if given else "It gives no right that a request can use.",
            code="right_not_given",
        )

    def step(self, name: str) -> FurtherStep:
        """The further time limit called *name*.

        Raises InvalidInputError, naming those there are, if there is none.
        """
        if name in self.steps:
            return self.steps[name]
        known = ", ".join(self.steps) or "none"
        raise InvalidInputError(
            f"{self.short} sets no time limit for {name.replace('-', ' ')}.",
            hint=f"Further time limits it sets: {known}.",
            code="step_not_given",
        )


_ALIASES = {"us-ca": "ccpa"}


@cache
def regime_ids() -> tuple[str, ...]:
    """Every law that dsr knows."""
    return tuple(sorted(path.stem for path in (law_data() / "regimes").glob("*.toml")))


def regimes() -> list[Regime]:
    """Every law that dsr knows, leading ones first."""
    return sorted((regime(name) for name in regime_ids()), key=lambda law: (law.rank, law.id))


def regimes_naming(words: Iterable[str]) -> list[Regime]:
    """The laws whose data name one of these places or laws, leading ones first.

    The others are not parsed: with all of them that would take a tenth of a second.
    """
    return _regimes_with(f'"{word}"' for word in words)


def regimes_of_regions(country: str) -> list[Regime]:
    """The laws whose data name a part of *country*, leading ones first."""
    return _regimes_with([f'"{country}-'])


def _regimes_with(texts: Iterable[str]) -> list[Regime]:
    wanted = list(texts)
    named = []
    for name in regime_ids():
        text = _text(name)
        if any(word in text for word in wanted):
            named.append(regime(name))
    return sorted(named, key=lambda law: (law.rank, law.id))


@cache
def _text(name: str) -> str:
    return (law_data() / "regimes" / f"{name}.toml").read_text("utf-8")


@cache
def regime(name: str) -> Regime:
    """The law called *name*.

    Raises NotFoundError with the nearest names if there is none.
    """
    wanted = _ALIASES.get(name.strip().lower(), name.strip().lower())
    known = regime_ids()
    if wanted not in known:
        near = get_close_matches(wanted, [*known, *_ALIASES], n=2, cutoff=0.5)
        raise NotFoundError(
            f"dsr knows no law called {name!r}.{did_you_mean(near)}",
            hint="See them all: dsr law list",
            code="unknown_law",
        )
    return _regime(tomllib.loads(_text(wanted)))


def _regime(table: dict[str, Any]) -> Regime:
    source = table["source"]
    limits = {name: _limit(limit) for name, limit in table.get("limits", {}).items()}
    steps = {
        name: FurtherStep(name, step["what"], limits[step["limit"]])
        for name, step in table.get("steps", {}).items()
    }
    return Regime(
        id=table["id"],
        short=table["short"],
        name=table["name"],
        citation=table["citation"],
        source=source,
        checked_on=table["checked_on"],
        in_force=table["in_force"],
        rank=table.get("rank", 1),
        automatic=table.get("automatic", True),
        residents_of=frozenset(table["residents_of"]),
        present_in=frozenset(table.get("present_in", ())),
        binds_established_in=table.get("binds_established_in", False),
        standing=table["standing"],
        reach=table.get("reach", ""),
        remedy=table.get("remedy", "Complain to the supervisory authority"),
        cite_as=table.get("cite_as", f"{table['short']} Art. {{}}"),
        rights={Right(word): _right(word, given, limits) for word, given in _rights(table)},
        steps=steps,
        counters=tuple(
            Counter(Right(c["right"]), c["times"], c["months"], c["cite"])
            for c in table.get("counters", ())
        ),
        statements=tuple(_statement(each, source) for each in table.get("statements", ())),
        authorities=tuple(table.get("authorities", ())),
        provisions=frozenset(table.get("provisions", ())),
        also_cited={name: tuple(cited) for name, cited in table.get("also_cited", {}).items()},
        cases=table.get("cases", {}),
    )


def _rights(table: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(table.get("rights", {}).items())


def _right(word: str, given: dict[str, Any], limits: dict[str, TimeLimit]) -> RightGiven:
    limit = limits[given["limit"]]
    return RightGiven(Right(word), given["name"], given["cite"], limit, given.get("note"))


def _statement(table: dict[str, Any], source: str) -> Statement:
    return Statement(
        topic=table["topic"],
        says=table["says"],
        citation=table["cite"],
        source=table.get("source", source),
        verified=table.get("verified", True),
        gap=table.get("gap", False),
    )


def _limit(table: dict[str, Any]) -> TimeLimit:
    pauses = table.get("pauses", {})
    return TimeLimit(
        response=_period(table.get("response")),
        no_time=table.get("no_time", ""),
        extended=_period(table.get("extended")),
        latest=_period(table.get("latest")),
        acknowledgement=_period(table.get("acknowledgement")),
        counting=_counting(table),
        identity_pause=IdentityPause(pauses.get("identity", "none")),
        identity_citation=pauses.get("identity_cite", ""),
        clarification_rights=frozenset(Right(word) for word in pauses.get("clarification", ())),
        clarification_citation=pauses.get("clarification_cite", ""),
        runs_from=table.get("runs_from"),
    )


def _counting(table: dict[str, Any]) -> Counting:
    rolling = table.get("rolling", {"last_day": "stands", "cite": ""})
    closed = table.get("closed_days")
    first = table.get("first_day", {"day": "excluded", "cite": table.get("day_of_receipt", "")})
    return Counting(
        first_day=FirstDay(first["day"]),
        first_day_citation=first["cite"],
        month_end_citation=table.get("month_end", ""),
        rolling=Rolling(rolling["last_day"]),
        rolling_citation=rolling["cite"],
        calendar=table.get("calendar"),
        lenient_calendar=table.get("lenient_calendar"),
        lenient_citation=table.get("lenient_cite", ""),
        closed_days=ClosedDays(**closed) if closed else None,
    )


def _period(table: dict[str, Any] | None) -> Period | None:
    if table is None:
        return None
    return Period(table["count"], Unit(table["unit"]), table["cite"], table.get("verified", True))
