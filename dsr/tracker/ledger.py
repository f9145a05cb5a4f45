"""The journal on disk: entries are appended, read back, and counted."""

import secrets
from collections.abc import Iterator

from dsr.tracker.engine import Engine
from dsr.tracker.journal import GENESIS, SALT_BYTES, Entry, Kind, commitment, link


def append(engine: Engine, kind: Kind, subject: str, content: str) -> int:
    """Add an entry after the last one; its position.  Inside of a transaction."""
    position, previous = head(engine)
    salt = secrets.token_hex(SALT_BYTES)
    digest = link(previous, commitment(salt, kind.value, subject, content))
    engine.run(
        "INSERT INTO entry (position, kind, subject, salt, content, digest)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (position + 1, kind.value, subject, salt, content, digest),
    )
    return position + 1


def head(engine: Engine) -> tuple[int, str]:
    """How many entries there are, and the digest of the last."""
    row = engine.row("SELECT position, digest FROM entry ORDER BY position DESC LIMIT 1")
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def digest_at(engine: Engine, position: int) -> str | None:
    """The digest of the entry at *position*, if there is one."""
    if position == 0:
        return GENESIS
    row = engine.row("SELECT digest FROM entry WHERE position = ?", (position,))
    return str(row[0]) if row else None


def contents(engine: Engine, subject: str, kind: Kind) -> list[str]:
    """What the entries of a kind say of a subject, first to last."""
    rows = engine.rows(
        "SELECT content FROM entry WHERE subject = ? AND kind = ? ORDER BY position",
        (subject, kind.value),
    )
    return [row[0] for row in rows]


def content_at(engine: Engine, position: int) -> str | None:
    """What the entry at *position* says."""
    row = engine.row("SELECT content FROM entry WHERE position = ?", (position,))
    return row[0] if row else None


def entries(engine: Engine) -> Iterator[Entry]:
    """Every entry, first to last, one after another; inside of a snapshot."""
    sql = (
        "SELECT position, kind, subject, salt, content, commitment, digest"
        " FROM entry ORDER BY position"
    )
    for position, kind, subject, salt, content, kept, digest in engine.stream(sql):
        committed = kept if content is None else commitment(salt, kind, subject, content)
        yield Entry(position, kind, subject, salt, content, committed, digest)
