"""The record in a PostgreSQL database, for people who work together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from dsr.errors import UnavailableError
from dsr.tracker.engine import Row, Values

SCHEMA: Final = "dsr"
ASIDE: Final = "dsr_replaced_"  # how the names begin of schemas that hold a record no longer used
HALF: Final = "dsr_restoring_"  # or one that is not whole yet
# Whoever writes holds this lock until the end of the transaction: the journal is one chain.
WRITER: Final = 0x647372  # "dsr"
CONNECT_SECONDS: Final = 10
BUSY_SECONDS: Final = 60
PAGE: Final = 2000  # rows fetched at a time


class PostgresEngine:
    """An open connection; see :class:`dsr.tracker.engine.Engine`."""

    is_shared = True

    def __init__(self, url: str, schema: str = SCHEMA) -> None:
        self._schema = schema
        try:
            import psycopg
        except ImportError as error:
            raise UnavailableError(
                "DSR_DATABASE_URL names a PostgreSQL database, and the driver for it is missing.",
                hint="Install it: pipx inject dsr 'psycopg[binary]'",
                code="postgres_missing",
            ) from error
        with explained():
            self._db: psycopg.Connection[Row] = psycopg.connect(
                url,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                options=f"-c search_path={schema} -c lock_timeout={BUSY_SECONDS}s",
            )
            self._db.execute("SET synchronous_commit = on")

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        """All rows that *sql* finds."""
        with explained():
            return self._db.execute(_translated(sql), values).fetchall()

    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first of them, if any."""
        with explained():
            return self._db.execute(_translated(sql), values).fetchone()

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """The rows one after another, never all in memory; inside of a snapshot or transaction."""
        with explained(), self._db.cursor(name="dsr_stream") as cursor:
            cursor.itersize = PAGE
            cursor.execute(_translated(sql), values)
            yield from cursor

    def run(self, sql: str, values: Values = ()) -> None:
        """Change something; inside of a transaction."""
        with explained():
            self._db.execute(_translated(sql), values)

    def run_many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows; inside of a transaction."""
        with explained(), self._db.cursor() as cursor:
            cursor.executemany(_translated(sql), rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside commits together, or nothing does; one writer at a time."""
        with explained(), self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER,))
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside was there at one moment."""
        with explained(), self._db.transaction():
            self._db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def version(self) -> int:
        """The form of the record, as a number; 0 where there is none yet."""
        with explained():
            there = self._db.execute("SELECT to_regclass('meta') IS NOT NULL").fetchone()
            if not (there and there[0]):
                return 0
            row = self._db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
            return int(row[0]) if row else 0

    def set_version(self, version: int) -> None:
        """Write down the form; inside of the transaction that changed it."""
        self.run(
            "INSERT INTO meta (name, value) VALUES ('schema', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (str(version),),
        )

    def define(self, statements: str) -> None:
        """Run statements that make tables, with this engine's words for bytes and large numbers."""
        with explained():
            self._db.execute(f"CREATE SCHEMA IF NOT EXISTS {self._schema}".encode())
            for statement in statements.split(";"):
                if statement.strip():
                    own = statement.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT")
                    self._db.execute(own.encode())

    def damage(self) -> str | None:
        """Nothing: the server looks after its own files (initdb --data-checksums)."""
        return None

    def scrub(self) -> None:
        """Write the tables anew without what was deleted; the server's log and backups stay."""
        with explained():
            self._db.execute(
                b"VACUUM FULL entry, document, holding, standing, person, campaign, meta"
            )

    def drop(self) -> None:
        """Take the whole record out of the database."""
        with explained():
            self._db.execute(f"DROP SCHEMA IF EXISTS {self._schema} CASCADE".encode())

    def drop_others(self) -> None:
        """Take out of the database what restoring left beside the record: older ones, halves."""
        sql = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname::text, ?)"
        for (name,) in [*self.rows(sql, (ASIDE,)), *self.rows(sql, (HALF,))]:
            with explained():
                self._db.execute(f"DROP SCHEMA {name} CASCADE".encode())

    def take_the_place(self, aside: str) -> bool:
        """Become the record of the database, at once; whether one was there, now in schema *aside*.

        Raises UnavailableError, and changes nothing, if it cannot be done.
        """
        with self.transaction(), explained():
            there = self.row("SELECT to_regclass(?) IS NOT NULL", (f"{SCHEMA}.entry",))
            kept = there and there[0] and self.row(f"SELECT 1 FROM {SCHEMA}.entry LIMIT 1")  # noqa: S608
            if kept:
                self._db.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {aside}".encode())
            else:
                self._db.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE".encode())
            self._db.execute(f"ALTER SCHEMA {self._schema} RENAME TO {SCHEMA}".encode())
        return bool(kept)

    def close(self) -> None:
        """Let go of the connection."""
        self._db.close()


@cache
def _translated(sql: str) -> bytes:
    """With the driver's sign for values."""
    return sql.replace("?", "%s").encode()


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the driver says into a sentence; neither content nor address is repeated."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _sentence(error) from error


def _sentence(error: Any) -> UnavailableError:
    import psycopg

    match error:
        case psycopg.errors.DiskFull():
            return UnavailableError(
                "The disk of the database server is full, and nothing was recorded.",
                hint="Ask whoever runs it for more space.",
                code="disk_full",
            )
        case psycopg.errors.LockNotAvailable():
            return UnavailableError(
                "Somebody else is writing to the database and does not finish.",
                hint="Try again in a moment.",
                code="store_busy",
            )
        case psycopg.errors.ReadOnlySqlTransaction() | psycopg.errors.InsufficientPrivilege():
            return UnavailableError(
                "The database does not let you write.",
                hint="Ask whoever runs it for the right to use and create in its schema dsr.",
                code="store_readonly",
            )
        case psycopg.OperationalError():
            return UnavailableError(
                "The database that DSR_DATABASE_URL names does not answer.",
                hint="Check the address and that the server runs; the password can stand in "
                "~/.pgpass instead of the address.",
                code="database_unreachable",
            )
    kind = type(error).__name__
    return UnavailableError(
        f"The database refuses ({kind}).",
        hint="DSR_DATABASE_URL looks like postgresql://NAME@HOST/DATABASE",
        code="store_failed",
    )
