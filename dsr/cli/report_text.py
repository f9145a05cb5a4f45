"""The deadline reminder report as lines of text, for a terminal and for a letter to oneself."""

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from dsr.cli.dates import Dates
from dsr.cli.output import STATUS_COLORS, days_in_words, page_columns, width_of

if TYPE_CHECKING:
    from dsr.reports.reminder import Group, Item, Report

INDENT = "  "
GROUP_COLORS = {"Overdue": "red", "Due soon": "yellow", "Needs you": "cyan", "Waiting": None}
HEADLINES = {
    "Overdue": "overdue",
    "Due soon": "due within {within}",
    "Needs you": "waiting for you",
    "Waiting": "waiting for an answer",
}


def report_text(made: "Report", dates: Dates) -> str:
    """The report, styled; no line but a command is longer than the terminal or 80 columns."""
    from dsr.reports.reminder import Group

    several = len({item.case.person for item in made.items}) > 1
    parts = ["\n".join(_wrapped(headline(made, dates), ""))]
    for group in Group:
        items = [item for item in made.items if item.group is group]
        if items:
            parts.append(_heading(group, len(items)))
            parts += ["\n".join(_lines(item, dates, several=several)) for item in items]
    return "\n\n".join(parts)


def headline(made: "Report", dates: Dates) -> str:
    """The report in one line: the day, and how many cases need what."""
    from dsr.reports.reminder import Group

    within = "a day" if made.within == 1 else f"{made.within} days"
    counts = [
        f"{count} {HEADLINES[group.value].format(within=within)}"
        for group in Group
        if (count := made.count(group))
    ]
    return f"{dates.long(made.as_of)}: {', '.join(counts) or 'nothing is open'}."


def _heading(group: "Group", count: int) -> str:
    return click.style(f"{group.value.upper()} ({count})", fg=GROUP_COLORS[group.value], bold=True)


def _lines(item: "Item", dates: Dates, *, several: bool) -> Iterator[str]:
    case, step = item.case, item.next_step
    whom = f" (for {case.person})" if several else ""
    yield from _titled(f"{case.company_name}: {item.rights}{whom}", case.reference)
    yield from _when(item, dates)
    yield from _wrapped(f"{step.says}{':' if step.command else '.'}", INDENT * 2)
    if step.command:
        yield f"{INDENT * 3}{click.style(step.command, bold=True)}"


def _titled(title: str, reference: str) -> Iterator[str]:
    """The title, and the reference at the right edge where there is room for it."""
    first, *more = wrap(title, page_columns() - len(INDENT)) or [""]
    gap = page_columns() - len(INDENT) - width_of(first) - len(reference)
    if not more and gap > 1:
        yield f"{INDENT}{click.style(first, bold=True)}{' ' * gap}{reference}"
        return
    for line in (first, *more):
        yield f"{INDENT}{click.style(line, bold=True)}"
    yield f"{INDENT * 2}{reference}"


def _when(item: "Item", dates: Dates) -> Iterator[str]:
    """The days left and the day, then why that day; or where the case stands, if none runs."""
    status = click.style(item.status.value, fg=STATUS_COLORS.get(item.status.value))
    if item.due is None:
        yield f"{INDENT * 2}{status}"
        return
    left = click.style(_left(item.days_left), fg=GROUP_COLORS[item.group.value], bold=True)
    day = dates.with_weekday(item.due)
    yield f"{INDENT * 2}{left}, {day}" + (f" – {status}" if _is_otherwise(item) else "")
    yield from _wrapped(f"{item.basis}", INDENT * 2)
    lenient = item.case.due_lenient
    if item.arguable and lenient:
        yield from _wrapped(
            f"It can be argued that they have until {dates.with_weekday(lenient)}.", INDENT * 2
        )


def _left(days: int | None) -> str:
    said = days_in_words(days)
    if days == 0:
        return f"due {said}"
    return f"{said} left" if days and days > 0 else said


def _is_otherwise(item: "Item") -> bool:
    """Whether the status says more than the group and the days do."""
    return item.status.value not in ("overdue", "waiting")


def _wrapped(text: str, indent: str) -> Iterator[str]:
    return iter(
        wrap(
            text,
            page_columns(),
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )
    )
