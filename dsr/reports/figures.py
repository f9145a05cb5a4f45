"""Statistics as a page with plots, and as a table for spreadsheets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dsr.reports.sheet import A4, page
from dsr.reports.spreadsheet import rows_as_csv
from dsr.reports.statistics import Figures, Statistics

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 190, 24, 30, 26  # pixels of the drawing
MOST_DRAWN = 20
LEAST_SCALE = 30  # days


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a plot, places in pixels: the middle half, the median, what the law gives."""

    name: str
    label: str
    y: int
    low: float
    width: float
    middle: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class Plot:
    """Days from sending to the answer, a row for each group."""

    title: str
    says: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    height: int
    width: int = WIDTH
    left: int = LEFT


def html(made: Statistics, written: Callable[[date], str], *, paper: str = A4) -> str:
    """The figures as a page like that of the report."""
    tables = [("By law", made.by_law), ("By company", made.by_company)]
    return page(
        "statistics.html.j2",
        paper=paper,
        title="How they answer",
        day=written(made.as_of),
        summary=_summary(made.total),
        plots=[plot(f"Days to an answer, {title.lower()}", groups) for title, groups in tables],
        tables=[(title, [_row(name, one) for name, one in groups]) for title, groups in tables],
    )


def plot(title: str, groups: Sequence[tuple[str, Figures]]) -> Plot | None:
    """The plot of the groups that have an answer, or None if none has."""
    shown = [(name, one) for name, one in groups if one.median_days is not None][:MOST_DRAWN]
    if not shown:
        return None
    most = max(LEAST_SCALE, *(_longest(one) for _, one in shown))
    scale = (WIDTH - LEFT - RIGHT) / most
    step = next((s for s in (10, 15, 30, 60, 90, 180) if most / s <= 8), 365)  # noqa: PLR2004
    lines = []
    for number, (name, one) in enumerate(shown):
        middle = one.median_days or 0
        low, high = one.quartile_days or (middle, middle)
        limit = LEFT + one.allowed_days * scale if one.allowed_days is not None else None
        lines.append(
            Line(
                name,
                f"{_number(middle)} days (n = {one.answered})",
                TOP + ROW * number,
                LEFT + low * scale,
                max(2.0, (high - low) * scale),
                LEFT + middle * scale,
                limit,
            )
        )
    ticks = tuple((LEFT + day * scale, str(day)) for day in range(0, int(most) + 1, step))
    said = "; ".join(f"{line.name}: {line.label}" for line in lines)
    return Plot(title, said, tuple(lines), ticks, TOP + ROW * len(lines) + 24)


def _longest(one: Figures) -> float:
    return max(one.median_days or 0, (one.quartile_days or (0, 0))[1], one.allowed_days or 0)


def csv_text(made: Statistics) -> str:
    """A row for all requests, one for each law and one for each company."""
    groups = [("total", "", made.total)]
    groups += [("law", name, one) for name, one in made.by_law]
    groups += [("company", name, one) for name, one in made.by_company]
    columns = ["quarter", "group", "name", *made.total.as_json()]
    rows = [[made.quarter, group, name, *one.as_json().values()] for group, name, one in groups]
    return rows_as_csv(columns, rows)


def as_json(made: Statistics, least: int) -> dict[str, Any]:
    """What scripts get."""
    return {
        "quarter": made.quarter,
        "least": least,
        "total": made.total.as_json(),
        "by_law": [{"law": name, **one.as_json()} for name, one in made.by_law],
        "by_company": [{"company": name, **one.as_json()} for name, one in made.by_company],
    }


def percent(share: float | None) -> str:
    """A share as people write it."""
    return "–" if share is None else f"{round(100 * share)} %"


def days(count: float | None) -> str:
    """A number of days, with a half where there is one."""
    return "–" if count is None else _number(count)


def _number(count: float) -> str:
    return f"{count:g}" if count == round(count, 1) else f"{count:.1f}"


def _summary(total: Figures) -> list[tuple[str, str]]:
    return [
        (str(total.requests), "requests sent"),
        (percent(total.response_rate), "answered"),
        (days(total.median_days), "days to an answer (median)"),
        (percent(total.late_rate), "late"),
    ]


def _row(name: str, one: Figures) -> dict[str, str]:
    return {
        "name": name,
        "requests": str(one.requests),
        "answered": str(one.answered),
        "rate": percent(one.response_rate),
        "median": days(one.median_days),
        "late": percent(one.late_rate),
        "done": str(one.fulfilled),
        "partly": str(one.partly_fulfilled),
        "refused": str(one.refused),
        "none": str(one.no_data),
    }
