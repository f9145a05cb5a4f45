"""The regimes: which rights each law gives, within which time, read from reviewed data files.

One file a regime lies in ``dsr/law/regimes``; each constant in it carries its citation.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

from dsr.errors import InvalidInputError, NotFoundError, did_you_mean
from dsr.law.rights import Right
from dsr.paths import law_data

_IN_WORDS = {1: "one", 2: "two", 3: "three", 4: "four"}


class Unit(StrEnum):
    """How a period is measured."""

    MONTHS = "months"
    DAYS = "days"
    BUSINESS_DAYS = "business-days"


class Rolling(StrEnum):
    """What happens when the last day of a period is a day off."""

    MOVES = "moves"  # the law moves it to the next working day
    ARGUABLE = "arguable"  # it can be argued that it moves: only the lenient date does
    STANDS = "stands"


class IdentityPause(StrEnum):
    """What a request for proof of identity does to the running time."""

    ARGUABLE = (
        "arguable"  # it can be argued that the time stands still: only the lenient date moves
    )
    RESTARTS = "restarts"  # the time starts when the information arrives
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the statute words it, with the article that says so."""

    count: int
    unit: Unit
    citation: str

    def __str__(self) -> str:
        unit = self.unit.value.replace("-", " ")
        count = _IN_WORDS.get(self.count, str(self.count))
        return f"{count} {unit.removesuffix('s') if self.count == 1 else unit}"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The time a controller has to answer, from receipt."""

    response: Period
    extended: Period | None  # in all, counted from receipt
    acknowledgement: Period | None
    exclusion: str  # citation: the day of receipt does not count
    month_end: str  # citation: where the month lacks the day
    rolling: Rolling
    rolling_citation: str
    identity_pause: IdentityPause
    identity_citation: str
    clarification_rights: frozenset[Right]  # rights for which days of clarification do not count
    clarification_citation: str
    calendar: str | None  # the calendar that counts unless another place is named
    lenient_calendar: str | None


@dataclass(frozen=True, slots=True)
class RightGiven:
    """A right under its own name in one law."""

    right: Right
    name: str
    citation: str
    limit: TimeLimit


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
    residents_of: frozenset[str]
    binds_established_in: bool  # whether controllers established there are bound towards anyone
    rights: dict[Right, RightGiven]
    provisions: frozenset[str]  # what letters may cite
    also_cited: dict[str, tuple[str, ...]]  # provisions of other statutes, by statute
    cases: dict[str, str]
    standing: str  # why it applies, said to the person
    reach: str  # why it binds a company outside its territory; empty if it does not matter
    remedy: str  # whom to turn to when the answer does not come

    def gives(self, right: Right) -> RightGiven:
        """The right under this law.

        Raises InvalidInputError, naming the rights it does give, if there is none.
        """
        if right in self.rights:
            return self.rights[right]
        raise InvalidInputError(
            f"{self.short} gives no right of {right.value}.",
            hint=f"It gives: {', '.join(given.value for given in self.rights)}.",
            code="right_not_given",
        )


_ALIASES = {"us-ca": "ccpa"}


def regime_ids() -> list[str]:
    """Every law that dsr knows."""
    return sorted(path.stem for path in (law_data() / "regimes").glob("*.toml"))


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
            hint=f"It knows: {', '.join(known)}.",
            code="unknown_law",
        )
    with (law_data() / "regimes" / f"{wanted}.toml").open("rb") as stream:
        return _regime(tomllib.load(stream))


@cache
def law_edition() -> str:
    """A fingerprint of all law data: dates computed under another edition are computed anew."""
    digest = sha256()
    for path in sorted((law_data() / "regimes").glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _regime(table: dict[str, Any]) -> Regime:
    limits = {name: _limit(limit) for name, limit in table["limits"].items()}
    rights = {
        Right(word): RightGiven(Right(word), given["name"], given["cite"], limits[given["limit"]])
        for word, given in table["rights"].items()
    }
    return Regime(
        id=table["id"],
        short=table["short"],
        name=table["name"],
        citation=table["citation"],
        source=table["source"],
        checked_on=table["checked_on"],
        in_force=table["in_force"],
        residents_of=frozenset(table["residents_of"]),
        binds_established_in=table["binds_established_in"],
        rights=rights,
        provisions=frozenset(table["provisions"]),
        also_cited={name: tuple(cited) for name, cited in table.get("also_cited", {}).items()},
        cases=table.get("cases", {}),
        standing=table["standing"],
        reach=table.get("reach", ""),
        remedy=table["remedy"],
    )


def _limit(table: dict[str, Any]) -> TimeLimit:
    rolling, pauses = table["rolling"], table["pauses"]
    acknowledgement = table.get("acknowledgement")
    return TimeLimit(
        response=_period(table["response"]),
        extended=_period(table["extended"]) if "extended" in table else None,
        acknowledgement=_period(acknowledgement) if acknowledgement else None,
        exclusion=table["day_of_receipt"],
        month_end=table.get("month_end", ""),
        rolling=Rolling(rolling["last_day"]),
        rolling_citation=rolling["cite"],
        identity_pause=IdentityPause(pauses["identity"]),
        identity_citation=pauses["identity_cite"],
        clarification_rights=frozenset(Right(word) for word in pauses.get("clarification", [])),
        clarification_citation=pauses.get("clarification_cite", ""),
        calendar=table.get("calendar"),
        lenient_calendar=table.get("lenient_calendar"),
    )


def _period(table: dict[str, Any]) -> Period:
    return Period(table["count"], Unit(table["unit"]), table["cite"])
