"""What the tracker asks of a database, be it an encrypted file or a server."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]
Values = Sequence[object]


class Engine(Protocol):
    """An open database; SQL is written with ``?`` for values and holds none itself.

    Every method raises UnavailableError, in a sentence that quotes nothing of the content, if the
    database cannot be used.
    """

    is_shared: bool  # whether other people may be at work in it

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        """All rows that *sql* finds."""

    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first of them, if any."""

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """The rows one after another, never all in memory; inside of a snapshot or transaction."""

    def run(self, sql: str, values: Values = ()) -> None:
        """Change something; inside of a transaction."""

    def run_many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows; inside of a transaction."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside commits together, or nothing does; one writer at a time."""

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is read inside was there at one moment."""

    def version(self) -> int:
        """The form of the record, as a number; 0 where there is none yet."""

    def set_version(self, version: int) -> None:
        """Write down the form; inside of the transaction that changed it."""

    def define(self, statements: str) -> None:
        """Run statements that make tables, with the engine's own word for bytes."""

    def damage(self) -> str | None:
        """What is wrong with the database itself, as far as it can tell; None if nothing.

        Another thread may ask while this one reads.
        """

    def scrub(self) -> None:
        """See to it that nothing deleted can be read from the database's files any more."""

    def close(self) -> None:
        """Let go of it."""
