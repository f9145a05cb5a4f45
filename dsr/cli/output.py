"""Data to stdout: one JSON envelope, or tables a person enjoys reading."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.session import Session
from dsr.errors import DsrError

if TYPE_CHECKING:
    from rich.console import Console

ENVELOPE_VERSION = 1
LEAST_COLUMNS = 40
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


def console(session: Session, *, stderr: bool = False) -> "Console":
    """Where tables go; as wide as the terminal, 100 columns elsewhere."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    colored = session.colored(stream.isatty())
    return Console(
        file=stream,
        width=None if stream.isatty() else _columns(),
        force_terminal=colored,
        no_color=not colored,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
    )


def table(session: Session, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under headings; a cell ``("text", "style")`` is coloured."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        right = column.startswith(">")
        grid.add_column(column.removeprefix(">"), justify="right" if right else "left")
    for row in rows:
        grid.add_row(*(Text(cell, style=STATUS_COLORS.get(cell, "")) for cell in row))
    console(session).print(grid)


def _columns() -> int:
    """How wide tables are where there is no terminal."""
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdecimal() and int(given) >= LEAST_COLUMNS else 100


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
