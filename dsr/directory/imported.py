"""The imported register: records of others, kept in one SQLite file of the person's home.

They are public, so the file is not encrypted.  An import replaces all of it in one transaction.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dsr.directory.names import Known
from dsr.errors import UnavailableError

FILE = "directory.db"
VERSION = 1
_TABLES = """
create table register (path text, imported_on text);
create table company (slug text primary key, name text, kind text, country text, names text,
                      hosts text, record text, raw text) without rowid;
create table obsolete (slug text primary key, name text, reason text, redirect text) without rowid;
create table pack (slug text, country text, type text, companies text, primary key (slug, country));
create table authority (slug text primary key, raw text) without rowid;
create table template (language text, name text, text text, primary key (language, name));
"""


@dataclass(frozen=True, slots=True)
class Obsolete:
    """A company that the register has given up, why, and who took its place."""

    slug: str
    name: str
    reason: str
    redirect: str | None


@dataclass(frozen=True, slots=True)
class ImportedPack:
    """A set of companies as the register has it; *country* is ``all`` or a code."""

    slug: str
    country: str
    type: str
    companies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedCompany:
    """A checked record ready to be kept: its names for search, itself, and what it came from."""

    known: Known
    record: str
    raw: str


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that one import brings."""

    path: str
    imported_on: date
    companies: tuple[ImportedCompany, ...]
    obsolete: tuple[Obsolete, ...]
    packs: tuple[ImportedPack, ...]
    authorities: dict[str, str]
    templates: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import changed, in records."""

    new: int
    changed: int
    same: int
    gone: int


class ImportedRegister:
    """The register in the home of the person, if there is a home and one was ever imported."""

    def __init__(self, home: Path | None) -> None:
        self._path = (home or Path()) / FILE
        self._exists = home is not None and self._path.is_file()

    def exists(self) -> bool:
        """Whether anything was ever imported."""
        return self._exists

    def replace(self, register: Register) -> Difference:
        """Keep *register* instead of what was there; all of it or nothing.

        Raises UnavailableError if the file cannot be written.
        """
        with self._open(writing=True) as connection, connection:
            before = dict(connection.execute("select slug, raw from company"))
            for table in ("register", "company", "obsolete", "pack", "authority", "template"):
                connection.execute(f"delete from {table}")  # noqa: S608  (no word of a person's)
            _insert(connection, register)
        self._exists = True
        after = {each.known.slug: each.raw for each in register.companies}
        both = before.keys() & after.keys()
        changed = sum(before[slug] != after[slug] for slug in both)
        return Difference(
            new=len(after.keys() - before.keys()),
            changed=changed,
            same=len(both) - changed,
            gone=len(before.keys() - after.keys()),
        )

    def record(self, slug: str) -> dict[str, Any] | None:
        """The record of *slug*, or None."""
        found = self._one("select record from company where slug = ?", slug)
        return json.loads(found[0]) if found else None

    def obsolete(self, slug: str) -> Obsolete | None:
        """The company that was given up under *slug*, or None."""
        query = "select slug, name, reason, redirect from obsolete where slug = ?"
        found = self._one(query, slug)
        return Obsolete(*found) if found else None

    def slugs(self) -> list[str]:
        """Every slug, in order."""
        return [row[0] for row in self._all("select slug from company order by slug")]

    def known(self) -> list[Known]:
        """What every company of the register is called."""
        rows = self._all("select slug, name, kind, country, names, hosts from company")
        return [
            Known(slug, name, kind, country, "imported", tuple(names.split("\n")),
                  frozenset(filter(None, hosts.split("\n"))))
            for slug, name, kind, country, names, hosts in rows
        ]  # fmt: skip

    def template(self, language: str, name: str) -> str | None:
        """The text of a letter of the register, or None."""
        found = self._one(
            "select text from template where language = ? and name = ?", language, name
        )
        return found[0] if found else None

    def packs(self) -> list[ImportedPack]:
        """Every set of companies, in order."""
        rows = self._all("select slug, country, type, companies from pack order by 2, 1")
        return [ImportedPack(slug, country, kind, tuple(json.loads(companies)))
                for slug, country, kind, companies in rows]  # fmt: skip

    def _one(self, query: str, *values: str) -> Any:
        return next(iter(self._all(query, *values)), None)

    def _all(self, query: str, *values: str) -> list[Any]:
        if not self.exists():
            return []
        with self._open() as connection:
            return list(connection.execute(query, values))

    @contextmanager
    def _open(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        mode = "rwc" if writing else "ro"
        try:
            uri = f"{self._path.resolve().as_uri()}?mode={mode}"
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                version = connection.execute("pragma user_version").fetchone()[0]
                if version == 0 and writing:
                    connection.executescript(f"{_TABLES} pragma user_version = {VERSION};")
                elif version != VERSION:
                    raise UnavailableError(
                        f"{self._path} was made by another version of dsr.",
                        hint="Delete it and import again: dsr companies import PATH",
                    )
                yield connection
        except sqlite3.Error as error:
            raise UnavailableError(
                f"{self._path} cannot be used: {error}.",
                hint="Delete it and import again: dsr companies import PATH",
            ) from error


def _insert(connection: sqlite3.Connection, register: Register) -> None:
    connection.execute(
        "insert into register values (?, ?)", (register.path, register.imported_on.isoformat())
    )
    connection.executemany(
        "insert into company values (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, register.companies)
    )
    obsolete = [(each.slug, each.name, each.reason, each.redirect) for each in register.obsolete]
    connection.executemany("insert into obsolete values (?, ?, ?, ?)", obsolete)
    packs = [(p.slug, p.country, p.type, json.dumps(p.companies)) for p in register.packs]
    connection.executemany("insert into pack values (?, ?, ?, ?)", packs)
    connection.executemany("insert into authority values (?, ?)", register.authorities.items())
    templates = [(*key, text) for key, text in register.templates.items()]
    connection.executemany("insert into template values (?, ?, ?)", templates)


def _row(company: ImportedCompany) -> tuple[str, ...]:
    known = company.known
    names, hosts = "\n".join(known.names), "\n".join(sorted(known.hosts))
    return (known.slug, known.name, known.kind, known.country, names, hosts,
            company.record, company.raw)  # fmt: skip
