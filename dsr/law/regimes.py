"""The regimes: which rights each law gives, within which time, read from reviewed data files.

One file a regime lies in ``dsr/law/regimes``; each constant in it carries its citation, and what
nobody has seen in a text of the law is marked ``verified = false`` and shown so.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta

from dsr.errors import InvalidInputError, NotFoundError, did_you_mean
from dsr.law.limits import IN_WORDS, TimeLimit, limit_of
from dsr.law.rights import Right, nearest
from dsr.paths import law_data


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
class RightGiven:
    """A right under its own name in one law."""

    right: Right
    name: str
    citation: str
    limit: TimeLimit
    note: str | None = None
    since: date | None = None  # where it came later than the law
    verified: bool = True
    provided_only: bool = False  # it covers only what the person gave the company


@dataclass(frozen=True, slots=True)
class FurtherStep:
    """A time limit beside the answer: an appeal, a complaint, the person's own."""

    name: str
    what: str
    limit: TimeLimit
    citation: str  # what gives the step, where that is not what sets its time; else empty


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
        return {1: "once", 2: "twice"}.get(self.times, f"{IN_WORDS[self.times]} times")

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
    not_read: frozenset[Right]  # it may give them: nobody has read whether it does
    steps: dict[str, FurtherStep]
    counters: tuple[Counter, ...]
    statements: tuple[Statement, ...]
    authorities: tuple[str, ...]
    provisions: frozenset[str]  # what letters may cite
    also_cited: dict[str, tuple[str, ...]]  # provisions of other statutes, by statute
    cases: dict[str, str]
    guidance: dict[str, tuple[str, ...]]  # paragraphs of guidelines and recitals, by document

    def gives(self, right: Right) -> RightGiven:
        """The right under this law.

        Raises InvalidInputError, naming the nearest right it does give, if there is none.
        """
        if right in self.rights:
            return self.rights[right]
        given = ", ".join(each.value for each in self.rights)
        near = nearest(right, self.rights)
        if right in self.not_read:
            raise InvalidInputError(
                f"dsr has not read whether {self.short} gives a right of {right.value}."
                + (f" The nearest that it is known to give is {near.value}." if near else ""),
                hint=f"Known to be given: {given}.",
                code="right_not_read",
            )
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
    limits = {name: limit_of(limit) for name, limit in table.get("limits", {}).items()}
    steps = {
        name: FurtherStep(name, step["what"], limits[step["limit"]], step.get("cite", ""))
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
        not_read=frozenset(Right(word) for word in table.get("not_read", ())),
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
        guidance={name: tuple(cited) for name, cited in table.get("guidance", {}).items()},
    )


def _rights(table: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return list(table.get("rights", {}).items())


def _right(word: str, given: dict[str, Any], limits: dict[str, TimeLimit]) -> RightGiven:
    limit = limits[given["limit"]]
    return RightGiven(
        right=Right(word),
        name=given["name"],
        citation=given["cite"],
        limit=limit,
        note=given.get("note"),
        since=given.get("since"),
        verified=given.get("verified", True),
        provided_only=given.get("provided_only", False),
    )


def _statement(table: dict[str, Any], source: str) -> Statement:
    return Statement(
        topic=table["topic"],
        says=table["says"],
        citation=table["cite"],
        source=table.get("source", source),
        verified=table.get("verified", True),
        gap=table.get("gap", False),
    )
