"""A law on one page, for a person who has never seen a statute; every number has its article."""

import textwrap
from dataclasses import dataclass
from typing import Any

from dsr.law.receipt import long_date
from dsr.law.regimes import Period, Regime, RightGiven, TimeLimit

WIDTH = 88  # columns

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
        Line(f"{law.name} ({law.short})", is_heading=True),
        Line(law.citation),
        Line(f"{law.source}; in force since {long_date(law.in_force)}"),
    ]
    if law.rights:
        lines += [Line(""), Line("What you can ask for", is_heading=True)]
        for given in law.rights.values():
            lines += _bullet(_right(law, given))
    for step in law.steps.values():
        if step is next(iter(law.steps.values())):
            lines += [Line(""), Line("Further time limits", is_heading=True)]
        lines += _bullet(f"{step.name}: {step.what}: {_time(step.limit)}")
    for counter in law.counters:
        lines += _bullet(
            f"A company need answer {counter.right.value} only {counter.times} times in "
            f"{counter.months} months ({counter.citation})."
        )
    lines += _statements(law)
    right = next((each.right for each in law.rights.values() if each.limit.response), None)
    compute = f" Deadlines: dsr law deadline {law.id} --received DATE --right {right}"
    closing = f"Checked on {law.checked_on.isoformat()}.{compute if right else ''}"
    return [*lines, Line(""), Line(closing)]


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
                **_limit_as_json(given.limit),
            }
            for given in law.rights.values()
        ],
        "steps": [
            {"step": step.name, "what": step.what, **_limit_as_json(step.limit)}
            for step in law.steps.values()
        ],
        "statements": [
            {"topic": s.topic, "says": s.says, "citation": s.citation, "source": s.source,
             "verified": s.verified}
            for s in law.statements
        ],
        "authorities": list(law.authorities),
    }  # fmt: skip


def _limit_as_json(limit: TimeLimit) -> dict[str, Any]:
    periods = {
        "response": limit.response,
        "extended": limit.extended,
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
    } | {"no_time": limit.no_time or None}


def _right(law: Regime, given: RightGiven) -> str:
    cited = given.citation
    article = cited if " " in cited else law.cite_as.format(cited)
    note = f" {given.note}" if given.note else ""
    return f"{given.right.value}: {given.name} ({article}). {_time(given.limit)}{note}"


def _time(limit: TimeLimit) -> str:
    if limit.response is None:
        return limit.no_time
    text = f"Answer within {_period(limit.response)}"
    if limit.acknowledgement:
        text += f"; receipt confirmed within {_period(limit.acknowledgement)}"
    if limit.extended:
        text += f"; at most {_period(limit.extended)} in all if extended in time"
    return f"{text}."


def _period(period: Period) -> str:
    unverified = "" if period.verified else ", unverified"
    return f"{period} ({period.citation}{unverified})"


def _statements(law: Regime) -> list[Line]:
    lines: list[Line] = []
    for topic in dict.fromkeys(statement.topic for statement in law.statements):
        lines += [Line(""), Line(_TITLES.get(topic, topic.capitalize()), is_heading=True)]
        for statement in law.statements:
            if statement.topic == topic:
                mark = "" if statement.verified else " Unverified: the text was not seen."
                lines += _bullet(f"{statement.says} ({statement.citation}){mark}")
    return lines


def _bullet(text: str) -> list[Line]:
    filled = textwrap.wrap(text, WIDTH, initial_indent="  · ", subsequent_indent="    ")
    return [Line(line) for line in filled]
