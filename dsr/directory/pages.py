"""What was seen of the pages of companies, kept in one SQLite file of the person's home."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from dsr.errors import UnavailableError

FILE = "pages.db"
LONGEST_DIFF = 20  # lines
_TABLE = """
create table if not exists page (
    url text primary key, seen_on text, outcome text, detail text, final_url text,
    hash text, text text, diff text
) without rowid
"""


class Outcome(StrEnum):
    """What came of looking at a page or a mailbox."""

    ALIVE = "alive"
    MOVED = "moved"  # alive at another address
    CHANGED = "changed"  # alive, with another text than the last time
    GONE = "gone"
    REFUSED = "refused"  # robots.txt or the server closes it to programs: look yourself
    UNREACHABLE = "unreachable"
    NO_MAIL = "no-mail"  # the domain takes no mail


GOOD = frozenset({Outcome.ALIVE, Outcome.MOVED, Outcome.CHANGED})


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one page on one day; *text* is its visible text."""

    url: str
    seen_on: date
    outcome: Outcome
    detail: str = ""
    final_url: str | None = None
    text: str = ""
    diff: tuple[str, ...] = ()


def compared(now: Seen, before: Seen | None) -> Seen:
    """*now*, and how its text differs from what was there *before*."""
    if now.outcome not in GOOD or before is None or not before.text or before.text == now.text:
        return now
    lines = unified_diff(before.text.split("\n"), now.text.split("\n"), lineterm="", n=0)
    short = [line[:200] for line in lines if not line.startswith(("---", "+++", "@@"))]
    return Seen(now.url, now.seen_on, Outcome.CHANGED, now.detail, now.final_url, now.text,
                tuple(short[:LONGEST_DIFF]))  # fmt: skip


class Pages:
    """The file in which each page is kept as it was seen last."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def last(self, url: str) -> Seen | None:
        """What was seen of *url* last, if ever."""
        if not self._path.is_file():
            return None
        query = "select seen_on, outcome, detail, final_url, text, diff from page where url = ?"
        with self._open() as connection:
            row = connection.execute(query, (url,)).fetchone()
        if row is None:
            return None
        on, outcome, detail, final_url, text, diff = row
        lines = tuple(diff.split("\n")) if diff else ()
        return Seen(url, date.fromisoformat(on), Outcome(outcome), detail, final_url, text, lines)

    def keep(self, seen: Seen, before: Seen | None) -> None:
        """Keep what was seen; the text of the last good look outlives a bad one."""
        text = seen.text or (before.text if before else "")
        row = (seen.url, seen.seen_on.isoformat(), seen.outcome, seen.detail, seen.final_url,
               sha256(text.encode()).hexdigest(), text, "\n".join(seen.diff))  # fmt: skip
        with self._open() as connection, connection:
            connection.execute("insert or replace into page values (?, ?, ?, ?, ?, ?, ?, ?)", row)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise UnavailableError(
                f"{self._path} cannot be used: {error}.", hint="Delete it and look again."
            ) from error
