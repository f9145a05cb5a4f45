"""Data to stdout: one JSON envelope, or tables a person enjoys reading."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any
from unicodedata import combining, east_asian_width

import click

from dsr.cli.session import Session
from dsr.errors import DsrError

ENVELOPE_VERSION = 1
LEAST_COLUMNS = 40
PAGE_COLUMNS = 80
LEAST_CELL = 14
GAP = "  "
STATUS_COLORS = {
    "overdue": "red",
    "action-needed": "yellow",
    "ready": "cyan",
    "escalated": "magenta",
    "answered": "green",
    "closed": "bright_black",
}


def print_json(data: Any, errors: Sequence[DsrError] = ()) -> None:
    """Print the envelope that every ``--json`` prints; ``data`` is null on failure."""
    envelope = {
        "version": ENVELOPE_VERSION,
        "data": data,
        "errors": [{"code": e.code, "message": e.sentence, "hint": e.hint} for e in errors],
    }
    click.echo(json.dumps(envelope, ensure_ascii=False, indent=2, default=_plain))


def table(
    session: Session,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    colors: Mapping[str, str] = STATUS_COLORS,
) -> None:
    """Print rows under headings, as wide as they are; a column named ``>so`` is set to the right.

    What does not fit the width is wrapped in the widest columns.  Written here, since a table of
    100 rows takes rich a quarter of a second, half of what `dsr list` may take.
    """
    names = [column.removeprefix(">") for column in columns]
    widths = _fitted([max(map(width_of, cells)) for cells in zip(names, *rows, strict=True)])
    rights = [column.startswith(">") for column in columns]
    session.show(click.style(_line(names, widths, rights).rstrip(), bold=True))
    for row in rows:
        wrapped = [wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*wrapped, fillvalue=""):
            session.show(_line(parts, widths, rights, colors).rstrip())


def _line(
    cells: Sequence[str],
    widths: Sequence[int],
    rights: Sequence[bool],
    colors: Mapping[str, str] | None = None,
) -> str:
    parts = []
    for cell, width, to_the_right in zip(cells, widths, rights, strict=True):
        gap = " " * (width - width_of(cell))
        shown = click.style(cell, fg=colors[cell]) if colors and cell in colors else cell
        parts.append(gap + shown if to_the_right else shown + gap)
    return GAP.join(parts)


def _fitted(widths: list[int]) -> list[int]:
    """The widths, the widest made narrower until the whole fits."""
    room = _columns() - len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > LEAST_CELL:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    return widths


def width_of(text: str) -> int:
    """Columns that *text* takes on a terminal: East Asian letters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(c) in "WF" else not combining(c) for c in text)


def _columns() -> int:
    """How wide a table may be: as the terminal, or 110 columns where there is none."""
    return max(LEAST_COLUMNS, get_terminal_size((110, 24)).columns)


def page_columns() -> int:
    """How wide running text is: as the terminal, and at most 80 columns."""
    return min(PAGE_COLUMNS, max(LEAST_COLUMNS, get_terminal_size((PAGE_COLUMNS, 24)).columns))


def short_date(day: date | None) -> str:
    """A date as people write it: 21 Dec 2026."""
    return f"{day.day} {day:%b} {day.year}" if day else "–"


def days_in_words(days: int | None) -> str:
    """What is left: 29 days, today, 3 days late."""
    if days is None:
        return "–"
    if days == 0:
        return "today"
    count, tail = abs(days), "" if days > 0 else " late"
    return f"{count} day{'' if count == 1 else 's'}{tail}"


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
