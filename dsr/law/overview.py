"""A law on one page, for a person who has never seen a statute; every number has its article."""

import re
import textwrap
from dataclasses import dataclass
from typing import Any

from dsr.law.limits import Period, TimeLimit
from dsr.law.receipt import plain_date
from dsr.law.regimes import Regime, RightGiven, Statement
from dsr.law.rights import Right

WIDTH = 80  # columns

_TITLES = {
    "scope": "Whom it protects",
    "acknowledgement": "Confirming receipt",
    "extension": "If they need longer",
    "refusal": "If they refuse",
    "identity": "Proof of identity",
    "fees": "What it costs",
    "agent": "If someone acts for you",
    "appeal": "Appeal",
    "complaint": "Complaint",
    "authority": "The authority",
    "court": "In court",
    "remarks": "Good to know",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page."""

    text: str
    is_heading: bool = False


def overview(law: Regime) -> list[Line]:
    """The page about *law*, line by line."""
    lines = [
        *(Line(each.text, is_heading=True) for each in _wrapped(f"{law.name} ({law.short})")),
        *_wrapped(law.citation),
        Line(f"As it applies since {plain_date(law.in_force)}"),
        Line(law.source),
        *_rights(law),
        *_section("How long they may take", [*_times(law), *_counters(law)]),
        *_section("Further time limits", _further(law)),
        *_statements(law),
        Line(""),
        Line(f"Checked on {law.checked_on.isoformat()}."),
    ]
    timed = [given.right for given in law.rights.values() if given.limit.response]
    if timed:
        lines.append(Line(f"Next: dsr law deadline {law.id} --received DATE --right {timed[0]}"))
    return lines


def _rights(law: Regime) -> list[Line]:
    if not law.rights:
        return []
    width = max(len(right) for right in law.rights)
    lines = [Line(""), Line("What you can ask for", is_heading=True)]
    for given in law.rights.values():
        named = f"  · {given.right:<{width}}  "
        lines += _wrapped(_right(law, given), named, " " * len(named))
    return lines


def _right(law: Regime, given: RightGiven) -> str:
    cited = given.citation
    plain = re.sub(r"\((§ [^)]+)\)", r" \1", cited)  # 18(§ 2) is read as 18 § 2
    article = plain if plain.startswith(law.short) else law.cite_as.format(plain)
    mark = "" if given.verified else ", unverified: the text was not seen"
    since = f" It applies since {plain_date(given.since)}." if given.since else ""
    note = f" {given.note}" if given.note else ""
    tail = f"{note}{since}"
    return f"{given.name} ({article}{mark})" + (f".{tail}" if tail else "")


def _times(law: Regime) -> list[str]:
    """The times for an answer, said once for all rights that share one."""
    sharing: dict[TimeLimit, list[str]] = {}
    for given in law.rights.values():
        sharing.setdefault(given.limit, []).append(given.right.value)
    return [f"{', '.join(rights)}: {_time(limit)}" for limit, rights in sharing.items()]


def _counters(law: Regime) -> list[str]:
    return [
        f"{counter.right.value}: the company need answer you only {counter.often} in "
        f"{counter.months} months ({counter.citation})."
        for counter in law.counters
    ]


def _further(law: Regime) -> list[str]:
    return [f"{step.name}: {step.what}. {_time(step.limit)}" for step in law.steps.values()]


def _section(title: str, texts: list[str]) -> list[Line]:
    if not texts:
        return []
    bullets = [line for text in texts for line in _bullet(text)]
    return [Line(""), Line(title, is_heading=True), *bullets]


def time_in_words(law: Regime) -> str:
    """The times for an answer under *law*, shortest first."""
    periods = [given.limit.response for given in law.rights.values() if given.limit.response]
    if not periods:
        return "none set"
    seen = {str(period) for period in periods if period.verified}
    words = " or ".join(
        text if text in seen else f"{text} (unverified)"
        for text in dict.fromkeys(str(period) for period in periods)
    )
    open_ended = any(given.limit.response is None for given in law.rights.values())
    return f"{words}, none for some rights" if open_ended else words


def law_as_json(law: Regime) -> dict[str, Any]:
    """What scripts get of a law."""
    return {
        "law": law.id,
        "short": law.short,
        "name": law.name,
        "citation": law.citation,
        "source": law.source,
        "in_force": law.in_force,
        "checked_on": law.checked_on,
        "residents_of": sorted(law.residents_of),
        "rights": [
            {
                "right": given.right.value,
                "name": given.name,
                "citation": given.citation,
                "verified": given.verified,
                "since": given.since,
                **_limit_as_json(given.limit),
            }
            for given in law.rights.values()
        ],
        "not_read": sorted(law.not_read),
        "steps": [
            {"step": step.name, "what": step.what, **_limit_as_json(step.limit)}
            for step in law.steps.values()
        ],
        "statements": [
            {"topic": s.topic, "says": s.says, "citation": s.citation, "source": s.source,
             "verified": s.verified, "gap": s.gap}
            for s in law.statements
        ],
        "authorities": list(law.authorities),
    }  # fmt: skip


def _limit_as_json(limit: TimeLimit) -> dict[str, Any]:
    periods = {
        "response": limit.response,
        "extended": limit.extended,
        "extended_again": limit.extended_again,
        "acknowledgement": limit.acknowledgement,
    }
    return {
        name: period
        and {
            "count": period.count,
            "unit": period.unit.value,
            "citation": period.citation,
            "verified": period.verified,
        }
        for name, period in periods.items()
    } | {
        "no_time": limit.no_time or None,
        "no_time_verified": limit.no_time_verified if limit.no_time else None,
    }


def _time(limit: TimeLimit) -> str:
    if limit.response is None:
        return limit.no_time + ("" if limit.no_time_verified else " Unverified.")
    text = f"Within {_period(limit.response)}"
    if limit.acknowledgement:
        text += f"; receipt confirmed within {_period(limit.acknowledgement)}"
    if limit.extended:
        text += f"; if extended in time, {_period(limit.extended, ' in all')}"
    if limit.extended_again:
        text += f"; if extended once more, {_period(limit.extended_again, ' in all')}"
    return f"{text}."


def _period(period: Period, in_all: str = "") -> str:
    unverified = "" if period.verified else ", unverified"
    return f"{period}{in_all} ({period.citation}{unverified})"


def _statements(law: Regime) -> list[Line]:
    lines: list[Line] = []
    read = [each for each in law.statements if not each.gap]
    for topic in dict.fromkeys(statement.topic for statement in read):
        said = [_said(each) for each in read if each.topic == topic]
        lines += _section(_TITLES.get(topic, topic.capitalize()), said)
    gaps = [each.says for each in law.statements if each.gap]
    if law.not_read:
        listed = ", ".join(right.value for right in Right if right in law.not_read)
        gaps.append(f"dsr has not read whether this law gives: {listed}.")
    return lines + _section("What dsr has not read", gaps)


def _said(statement: Statement) -> str:
    mark = "" if statement.verified else " Unverified: the text was not seen."
    return f"{statement.says} ({statement.citation}){mark}"


def _bullet(text: str) -> list[Line]:
    return _wrapped(text, first="  · ", following="    ")


def _wrapped(text: str, first: str = "", following: str = "") -> list[Line]:
    filled = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=following,
        fix_sentence_endings=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [Line(line) for line in filled]
