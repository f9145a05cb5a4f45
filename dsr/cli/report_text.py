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
# The status says no more than the group and the days do.
_SAID_ALREADY = ("overdue", "waiting")


def report_text(made: "Report", dates: Dates) -> str:
    """The report, styled; no line but a command is longer than the terminal or 80 columns."""
    from dsr.reports.reminder import Group

    several = len({item.case.person for item in made.items}) > 1
    lines = _Lines(dates, page_columns(), several=several)
    parts = ["\n".join(lines.wrapped(headline(made, dates), ""))]
    for group in Group:
        items = [item for item in made.items if item.group is group]
        if items:
            parts.append(_heading(group, len(items)))
            parts += ["\n".join(lines.of(item)) for item in items]
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


class _Lines:
    """Sets the lines of items, into so many columns."""

    def __init__(self, dates: Dates, columns: int, *, several: bool) -> None:
        self.dates, self.columns, self.several = dates, columns, several

    def of(self, item: "Item") -> Iterator[str]:
        """What is to be said of one case."""
        case, step = item.case, item.next_step
        whom = f" (for {case.person})" if self.several else ""
        yield from self._titled(f"{case.company_name}: {item.rights}{whom}", case.reference)
        yield from self._when(item)
        yield from self.wrapped(f"{step.says}{':' if step.command else '.'}", INDENT * 2)
        if step.command:
            yield f"{INDENT * 3}{click.style(step.command, bold=True)}"

    def wrapped(self, text: str, indent: str) -> list[str]:
        """The text in lines; most need no breaking, which is what takes time."""
        if len(indent) + len(text) <= self.columns and text.isascii():
            return [f"{indent}{text}"]
        return wrap(
            text,
            self.columns,
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )

    def _titled(self, title: str, reference: str) -> Iterator[str]:
        """The title, and the reference at the right edge where there is room for it."""
        gap = self.columns - len(INDENT) - width_of(title) - len(reference)
        if gap > 1:
            yield f"{INDENT}{click.style(title, bold=True)}{' ' * gap}{reference}"
            return
        for line in wrap(title, self.columns - len(INDENT)):
            yield f"{INDENT}{click.style(line, bold=True)}"
        yield f"{INDENT * 2}{reference}"

    def _when(self, item: "Item") -> Iterator[str]:
        """The days left and the day, then why that day; or where the case stands, if none runs."""
        status = item.status.value
        shown = click.style(status, fg=STATUS_COLORS.get(status))
        if item.due is None:
            yield f"{INDENT * 2}{shown}"
            return
        left = click.style(_left(item.days_left), fg=GROUP_COLORS[item.group.value], bold=True)
        more = "" if status in _SAID_ALREADY else f" – {shown}"
        yield f"{INDENT * 2}{left}, {self.dates.with_weekday(item.due)}{more}"
        yield from self.wrapped(f"{item.basis}", INDENT * 2)
        lenient = item.case.due_lenient
        if item.arguable and lenient:
            said = f"It can be argued that they have until {self.dates.with_weekday(lenient)}."
            yield from self.wrapped(said, INDENT * 2)


def _left(days: int | None) -> str:
    said = days_in_words(days)
    if days == 0:
        return f"due {said}"
    return f"{said} left" if days and days > 0 else said
