"""Packs: named sets of companies that a person writes to together."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from dsr.directory.imported import ImportedRegister
from dsr.errors import NotFoundError, did_you_mean
from dsr.paths import bundled

ALL = "all"  # the imported register's word for packs that are for people everywhere


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of companies; *whole* says that it is meant to be written to as a whole."""

    name: str
    title: str
    says: str
    companies: tuple[str, ...]
    layer: str
    whole: bool = True


def packs(home: Path | None) -> list[Pack]:
    """Every pack: the bundled ones, and those of the imported register."""
    directory = bundled("companies") / "packs"
    own = [_bundled(path) for path in sorted(directory.glob("*.toml"))]
    return [*own, *_imported(home)]


def pack(name: str, home: Path | None) -> Pack:
    """The pack called *name*.

    Raises NotFoundError with the nearest names if there is none.
    """
    from difflib import get_close_matches

    known = {each.name: each for each in packs(home)}
    wanted = name.strip().lower()
    if wanted in known:
        return known[wanted]
    raise NotFoundError(
        f"There is no pack {name!r}.{did_you_mean(get_close_matches(wanted, known, n=2))}",
        hint="See them all: dsr companies packs",
        code="unknown_pack",
    )


def _bundled(path: Path) -> Pack:
    table = tomllib.loads(path.read_text("utf-8"))
    return Pack(path.stem, table["title"], table["says"], tuple(table["companies"]), "bundled")


def _imported(home: Path | None) -> list[Pack]:
    """Those of the register; a country's own holds the general one of the same name as well."""
    register = ImportedRegister(home).packs()
    general = {each.slug: each.companies for each in register if each.country == ALL}
    found = []
    for each in register:
        is_general = each.country == ALL
        companies = each.companies if is_general else (*general.get(each.slug, ()), *each.companies)
        where = "" if is_general else f" ({each.country.upper()})"
        found.append(
            Pack(
                name=each.slug if is_general else f"{each.country}-{each.slug}",
                title=f"{each.slug.replace('-', ' ').capitalize()}{where}",
                says="From the imported register.",
                companies=tuple(dict.fromkeys(companies)),
                layer="imported",
                whole=each.type == "add-all",
            )
        )
    return found
