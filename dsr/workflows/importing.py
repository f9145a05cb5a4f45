"""Import the Datenanfragen.de register: read everything, check everything, keep it at once."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from dsr.directory.archive import register_files
from dsr.directory.datenanfragen import converted, parsed
from dsr.directory.imported import (
    Difference,
    ImportedCompany,
    ImportedPack,
    ImportedRegister,
    Obsolete,
    Register,
)
from dsr.directory.names import Known, hosts, plain_names
from dsr.directory.record import Company
from dsr.errors import BadFileError

_COMPANY = re.compile(r"companies/([a-z0-9-]+)\.json\Z")
_OBSOLETE = re.compile(r"obsolete-records/([a-z0-9-]+)\.json\Z")
_PACK = re.compile(r"company-packs/([a-z]+)\.json\Z")
_AUTHORITY = re.compile(r"supervisory-authorities/([a-z0-9-]+)\.json\Z")
_TEMPLATE = re.compile(r"templates/([a-z]{2})/([a-z0-9-]+)\.txt\Z")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: counts, what was mended, and what could not be read."""

    companies: int
    obsolete: int
    packs: int
    authorities: int
    templates: int
    difference: Difference
    repaired: tuple[str, ...]
    broken: tuple[str, ...]


def import_register(path: Path, home: Path, *, today: date) -> Imported:
    """Bring the register at *path* into *home* instead of an earlier one.

    Raises BadFileError if there is no register there; a single broken file is reported.
    """
    reader = _Reader(today)
    for name, content in register_files(path):
        reader.read(name, content)
    if not reader.companies:
        raise BadFileError(
            f"{path} holds no records of companies; nothing was imported.",
            hint="Give a checkout or an archive of the repository datenanfragen/data.",
        )
    register = Register(
        path=str(path),
        imported_on=today,
        companies=tuple(reader.companies),
        obsolete=tuple(reader.obsolete),
        packs=tuple(reader.packs),
        authorities=reader.authorities,
        templates=reader.templates,
    )
    return Imported(
        companies=len(register.companies),
        obsolete=len(register.obsolete),
        packs=len(register.packs),
        authorities=len(register.authorities),
        templates=len(register.templates),
        difference=ImportedRegister(home).replace(register),
        repaired=tuple(reader.repaired),
        broken=tuple(reader.broken),
    )


class _Reader:
    """Sorts the files of a register by what they are, and keeps going when one is broken."""

    def __init__(self, today: date) -> None:
        self._today = today
        self.companies: list[ImportedCompany] = []
        self.obsolete: list[Obsolete] = []
        self.packs: list[ImportedPack] = []
        self.authorities: dict[str, str] = {}
        self.templates: dict[tuple[str, str], str] = {}
        self.repaired: list[str] = []
        self.broken: list[str] = []

    def read(self, name: str, content: bytes | None) -> None:
        """Take in the file called *name*, if it is of any kind that a register has."""
        kinds: Iterable[tuple[re.Pattern[str], Callable[[re.Match[str], bytes], None]]] = (
            (_COMPANY, self._company),
            (_OBSOLETE, self._obsolete),
            (_PACK, self._pack),
            (_AUTHORITY, self._authority),
            (_TEMPLATE, self._template),
        )
        for pattern, take in kinds:
            if match := pattern.match(name):
                if content is None:
                    self.broken.append(f"{name} is too large.")
                    return
                try:
                    take(match, content)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    self.broken.append(f"{name} {_what_is_wrong(error)}.")

    def _company(self, match: re.Match[str], content: bytes) -> None:
        raw = parsed(content)
        if raw.get("slug") != match[1]:
            raise ValueError("claims another slug than its name")
        found = converted(raw, imported_on=self._today)
        company = Company.model_validate(found.record)
        self.repaired.extend(f"{company.slug}: {repair}." for repair in found.repairs)
        domains = [mail.address.rpartition("@")[2] for mail in company.email]
        known = Known(
            slug=company.slug,
            name=company.name,
            kind=company.kind.value,
            country=company.country,
            layer="imported",
            names=plain_names(company.slug, company.name, *company.services),
            hosts=hosts(company.website, domains),
        )
        record = company.model_dump_json(exclude_defaults=True)
        self.companies.append(ImportedCompany(known, record, content.decode()))

    def _obsolete(self, match: re.Match[str], content: bytes) -> None:
        raw = parsed(content)
        self.obsolete.append(
            Obsolete(match[1], str(raw["name"]), str(raw["reason"]), raw.get("redirect-to"))
        )

    def _pack(self, match: re.Match[str], content: bytes) -> None:
        for raw in json.loads(content):
            slugs = tuple(map(str, raw["companies"]))
            self.packs.append(ImportedPack(str(raw["slug"]), match[1], str(raw["type"]), slugs))

    def _authority(self, match: re.Match[str], content: bytes) -> None:
        self.authorities[match[1]] = json.dumps(parsed(content), ensure_ascii=False)

    def _template(self, match: re.Match[str], content: bytes) -> None:
        self.templates[match[1], match[2]] = content.decode("utf-8")


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"cannot be used, {place}: {first['msg']}"
    return str(error) if isinstance(error, ValueError) else "has another shape than a register's"
