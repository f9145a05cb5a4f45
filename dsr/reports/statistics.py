"""How companies answer: figures by company and by law, without anything of a person."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date
from statistics import median, quantiles

from dsr.tracker.events import EventType
from dsr.tracker.outcomes import Outcome
from dsr.tracker.status import Status

OTHER = "other"  # groups that are too small to be told apart, and companies of the person's own
LEAST_TO_SHARE = 5  # requests: of fewer, figures could tell on somebody; dsr's own choice
_FOR_QUARTILES = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of a group of requests; days are those from sending to the answer."""

    requests: int
    answered: int
    open: int
    fulfilled: int
    partly_fulfilled: int
    refused: int
    no_data: int
    late: int  # answered late, or still unanswered when the last arguable day was over
    over: int  # those that were answered or whose time is over: what `late` is a share of
    median_days: float | None
    quartile_days: tuple[float, float] | None
    allowed_days: float | None  # the median of what the law gave

    @property
    def response_rate(self) -> float | None:
        """The share of requests that were answered, from 0 to 1."""
        return self.answered / self.requests if self.requests else None

    @property
    def late_rate(self) -> float | None:
        """The share that was or is late, of those that were answered or whose time is over."""
        return self.late / self.over if self.over else None

    def as_json(self) -> dict[str, object]:
        """What scripts get; shares with three digits."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        quartiles = said.pop("quartile_days")
        low, high = quartiles or (None, None)
        return {
            **said,
            "quartile_1_days": low,
            "quartile_3_days": high,
            "response_rate": _rounded(self.response_rate),
            "late_rate": _rounded(self.late_rate),
        }


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of all requests, and by law and by company, those with most requests first."""

    as_of: date
    total: Figures
    by_law: tuple[tuple[str, Figures], ...]
    by_company: tuple[tuple[str, Figures], ...]

    @property
    def quarter(self) -> str:
        """When the figures were made, no nearer than the quarter: 2026-Q4."""
        return f"{self.as_of.year}-Q{(self.as_of.month + 2) // 3}"


def statistics(
    outcomes: Iterable[Outcome],
    today: date,
    *,
    least: int = 1,
    public: Collection[str] | None = None,
) -> Statistics:
    """The figures; groups of fewer than *least* requests become “other”.

    So do companies that are not among *public* ones, if those are named.
    """
    found = list(outcomes)
    laws: dict[str, list[Outcome]] = defaultdict(list)
    companies: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        laws[one.law].append(one)
        named = public is None or one.company in public
        companies[one.company if named else OTHER].append(one)
    return Statistics(
        today,
        figures(found, today),
        _ranked(laws, today, least),
        _ranked(companies, today, least),
    )


def figures(outcomes: Collection[Outcome], today: date) -> Figures:
    """The figures of one group."""
    kinds = [one.answer for one in outcomes]
    days = sorted(one.days for one in outcomes if one.days is not None)
    allowed = [one.allowed for one in outcomes if one.allowed is not None]
    late = [one for one in outcomes if one.is_late(today)]
    unanswered = sum(one.answered_on is None for one in late)
    answered = len(days)
    quarters = quantiles(days, n=4, method="inclusive") if answered >= _FOR_QUARTILES else None
    return Figures(
        requests=len(kinds),
        answered=answered,
        open=sum(one.answer is None and one.phase is not Status.CLOSED for one in outcomes),
        fulfilled=kinds.count(EventType.FULFILLED),
        partly_fulfilled=kinds.count(EventType.PARTLY_FULFILLED),
        refused=kinds.count(EventType.REFUSED),
        no_data=kinds.count(EventType.NO_DATA),
        late=len(late),
        over=answered + unanswered,
        median_days=median(days) if days else None,
        quartile_days=(quarters[0], quarters[2]) if quarters else None,
        allowed_days=median(allowed) if allowed else None,
    )


def _ranked(
    groups: dict[str, list[Outcome]], today: date, least: int
) -> tuple[tuple[str, Figures], ...]:
    """The groups, largest first, with those that are too small taken together at the end."""
    small = [name for name, group in groups.items() if len(group) < least or name == OTHER]
    rest = [one for name in small for one in groups[name]]
    large = sorted(
        ((name, group) for name, group in groups.items() if name not in small),
        key=lambda pair: (-len(pair[1]), pair[0]),
    )
    ranked = [(name, figures(group, today)) for name, group in large]
    return (*ranked, (OTHER, figures(rest, today))) if rest else tuple(ranked)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
