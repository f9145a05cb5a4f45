"""Supervisory authorities: who takes a complaint, chosen by place and kind of controller."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from dsr.errors import InvalidInputError
from dsr.law.regimes import Regime
from dsr.paths import law_data

CONTROLLERS = ("private", "public", "federal", "telecoms", "church", "broadcaster")


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority as a complaint needs it; what nobody has seen is empty."""

    slug: str
    name: str
    countries: tuple[str, ...]
    regions: tuple[str, ...]
    controllers: tuple[str, ...]
    address: tuple[str, ...]
    phone: str | None
    email: str | None
    webform: str | None
    web: str | None
    complaint_language: str | None
    source: str
    verified: bool
    note: str | None
    order: str | None  # what must be done before, if the law prescribes it

    def as_json(self) -> dict[str, Any]:
        """What scripts get."""
        fields = self.__dataclass_fields__
        return {name: _plain(getattr(self, name)) for name in fields}


def authorities_for(
    country: str, region: str | None = None, controller: str = "private"
) -> list[Authority]:
    """The authorities for a person in *country*, the nearest first.

    Raises InvalidInputError if dsr knows none, or if the region must be known to choose.
    """
    place = f"{country}-{region}" if region else country
    there = [a for a in all_authorities() if place in a.countries] or [
        a for a in all_authorities() if country in a.countries
    ]
    if not there:
        raise InvalidInputError(
            f"dsr knows no supervisory authority for {place}.",
            hint=_known_near(country, region),
            code="no_authority",
        )
    fitting = [a for a in there if not a.controllers or controller in a.controllers]
    regional = [a for a in fitting if region and region in a.regions]
    if regional:
        return regional
    national = [a for a in fitting if not a.regions]
    if national:
        return national
    if region:
        raise InvalidInputError(f"dsr knows no authority for {place} and {controller} controllers.")
    return sorted(fitting, key=lambda a: a.regions)


def _known_near(country: str, region: str | None) -> str:
    parts = [place for place in known_countries() if place.startswith(f"{country}-")]
    if parts and not region:
        return f"Name the state or province, as in --region {parts[0].partition('-')[2]}."
    return "Places it knows: " + ", ".join(parts or known_countries()) + "."


def authorities_of(law: Regime) -> list[Authority]:
    """The authorities that the law's data name."""
    by_slug = {a.slug: a for a in all_authorities()}
    return [by_slug[slug] for slug in law.authorities if slug in by_slug]


def known_countries() -> list[str]:
    """Every country or state that has an authority in the data."""
    return sorted({place for a in all_authorities() for place in a.countries})


@cache
def all_authorities() -> tuple[Authority, ...]:
    """Every authority in the data."""
    with (law_data() / "authorities.toml").open("rb") as stream:
        table = tomllib.load(stream)["authority"]
    return tuple(_authority(slug, fields) for slug, fields in table.items())


def _authority(slug: str, table: dict[str, Any]) -> Authority:
    return Authority(
        slug=slug,
        name=table["name"],
        countries=tuple(table["countries"]),
        regions=tuple(table.get("regions", ())),
        controllers=tuple(table.get("controllers", ())),
        address=tuple(table.get("address", ())),
        phone=table.get("phone"),
        email=table.get("email"),
        webform=table.get("webform"),
        web=table.get("web"),
        complaint_language=table.get("complaint_language"),
        source=table["source"],
        verified=table["verified"],
        note=table.get("note"),
        order=table.get("order"),
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
