"""To whom a letter goes where another company of the group is the controller for the person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dsr.directory.controllers import other_controller
from dsr.law.calendars import country_name, region_name
from dsr.law.regimes import Regime
from dsr.law.rights import Right
from dsr.tracker.people import DataSubject

if TYPE_CHECKING:
    from dsr.directory.record import Company, OtherController


def towards(
    company: "Company", person: DataSubject, law: Regime, rights: Sequence[Right] = ()
) -> "tuple[Company, tuple[str, ...]]":
    """The company as a letter under *law* addresses it, and what to tell the person about that.

    The other controller takes the place of *company* where its address is known, it has no
    record of its own, it answers for everything, and *law* is that of the person's place.
    """
    other = other_controller(company, person.country, person.region)
    if other is None:
        return company, ()
    here = {person.country, f"{person.country}-{person.region}"}
    if not (takes_over(other) and here & law.residents_of):
        return company, (f"{_who(other, person)}{_what_to_do(other, rights)}",)
    notice = (
        f"{_who(other, person)}: the letter is addressed to it ({_where(other)}) instead of "
        f"{company.name}; mailbox and web form stay those of {company.slug}."
    )
    return as_controller(company, other), (notice,)


def takes_over(other: "OtherController") -> bool:
    """Whether letters can be addressed to it in place of the company of the record."""
    return bool(other.lines) and other.slug is None and other.only_for is None


def as_controller(company: "Company", other: "OtherController") -> "Company":
    """*company* under the name and at the address of *other*."""
    from dsr.directory.record import PostalAddress

    if other.country is None:
        return company
    postal = PostalAddress(lines=other.lines, country=other.country, sources=other.sources)
    return company.model_copy(
        update={"name": other.name, "postal": postal, "country": other.country}
    )


def _who(other: "OtherController", person: DataSubject) -> str:
    whole = country_name(person.country)
    by_region = any("-" in code for code in (*other.places, *other.outside))
    part = region_name(person.country, person.region) if by_region and person.region else None
    matter = f" for {other.only_for}" if other.only_for else ""
    return f"For people in {part or whole} the controller{matter} is {other.name}"


def _what_to_do(other: "OtherController", rights: Sequence[Right]) -> str:
    if other.slug:
        types = "".join(f" --type {right.value}" for right in rights)
        too = ". Write to it, too" if other.only_for else ""
        return f"{too}: dsr request {other.slug}{types}"
    if other.lines:
        return f" ({_where(other)}): address the letter to it, too."
    return ": address the letter to it, too."


def _where(other: "OtherController") -> str:
    country = country_name(other.country).removeprefix("the ") if other.country else None
    return ", ".join(filter(None, (*other.lines, country)))
