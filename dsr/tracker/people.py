"""The data subjects whose requests are tracked, where they lived, and who acts for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from dsr.law.receipt import plain_date

SELF = "me"


class Role(StrEnum):
    """In which part somebody is in the record."""

    SELF = "self"  # writes their own letters
    CHILD = "child"  # somebody with parental responsibility writes for them
    CLIENT = "client"  # somebody with a mandate writes for them


CHILD, CLIENT = Role.CHILD.value, Role.CLIENT.value


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSubject:
    """A person as a letter names them; ``country`` and ``region`` decide the law."""

    id: str = SELF
    name: str
    email: str | None = None
    address: tuple[str, ...] = ()
    country: str
    region: str | None = None
    language: str | None = None

    @property
    def residence(self) -> str:
        """Where the person lives, as ``CC`` or ``CC-SUB``."""
        return f"{self.country}-{self.region}" if self.region else self.country

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "address": list(self.address),
            "country": self.country,
            "region": self.region,
            "language": self.language,
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "DataSubject":
        """The person that :meth:`as_json` wrote."""
        return cls(**{**table, "address": tuple(table["address"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who acts for a data subject: a parent for a child, or an agent for a client."""

    acts_for: str  # CHILD or CLIENT
    name: str
    email: str | None = None
    address: tuple[str, ...] = ()
    country: str

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "acts_for": self.acts_for,
            "name": self.name,
            "email": self.email,
            "address": list(self.address),
            "country": self.country,
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Representative":
        """The representative that :meth:`as_json` wrote."""
        return cls(**{**table, "address": tuple(table["address"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """Where a person lived before; ``until`` is the last day there."""

    country: str
    region: str | None = None
    address: tuple[str, ...] = ()
    until: date

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "country": self.country,
            "region": self.region,
            "address": list(self.address),
            "until": self.until.isoformat(),
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Residence":
        """The residence that :meth:`as_json` wrote."""
        until = date.fromisoformat(table["until"])
        return cls(**{**table, "address": tuple(table["address"]), "until": until})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What a client signed: for which rights, towards whom and for how long."""

    number: int
    given_on: date
    expires_on: date | None = None  # its last day
    revoked_on: date | None = None  # from this day on it counts no more
    rights: tuple[str, ...] = ()  # all, if empty
    companies: tuple[str, ...] = ()  # slugs; all, if empty
    document: str | None = None  # SHA-256 of the signed file; None if it is on paper only
    name: str | None = None  # of that file

    def flaw_on(self, day: date) -> str:
        """Why it does not hold on *day*, to follow “it”; empty if it holds."""
        if self.revoked_on and day >= self.revoked_on:
            return f"was revoked on {plain_date(self.revoked_on)}"
        if self.expires_on and day > self.expires_on:
            return f"expired on {plain_date(self.expires_on)}"
        if day < self.given_on:
            return f"is not valid before {plain_date(self.given_on)}"
        return ""

    def flaw(self, rights: Iterable[str], company: str, day: date) -> str:
        """Why it does not cover *rights* towards *company* on *day*; empty if it does."""
        if flawed := self.flaw_on(day):
            return flawed
        lacking = [right for right in rights if self.rights and right not in self.rights]
        if lacking:
            return f"does not cover {' and '.join(lacking)}"
        if self.companies and company not in self.companies:
            return f"covers only {', '.join(self.companies)}"
        return ""

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "number": self.number,
            "given_on": self.given_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "revoked_on": self.revoked_on.isoformat() if self.revoked_on else None,
            "rights": list(self.rights),
            "companies": list(self.companies),
            "document": self.document,
            "name": self.name,
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Mandate":
        """The mandate that :meth:`as_json` wrote."""
        days = {
            name: date.fromisoformat(table[name]) if table[name] else None
            for name in ("given_on", "expires_on", "revoked_on")
        }
        lists = {name: tuple(table[name]) for name in ("rights", "companies")}
        return cls(**{**table, **days, **lists})


def fitting_mandate(
    mandates: Sequence[Mandate], rights: Iterable[str], company: str, day: date
) -> Mandate | None:
    """The latest mandate that covers *rights* towards *company* on *day*, if any does."""
    wanted = tuple(rights)
    fitting = [each for each in mandates if not each.flaw(wanted, company, day)]
    return max(fitting, key=lambda each: each.number, default=None)


def why_none_fits(
    mandates: Sequence[Mandate], rights: Iterable[str], company: str, day: date
) -> str:
    """What is wrong with each mandate, as the end of a sentence; empty if one fits."""
    wanted = tuple(rights)
    flaws = [(each.number, each.flaw(wanted, company, day)) for each in mandates]
    if not all(flaw for _, flaw in flaws):
        return ""
    if len(flaws) == 1:
        return f"it {flaws[0][1]}"
    return "; ".join(f"mandate {number} {flaw}" for number, flaw in flaws)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that is kept of a person; ``subject`` is how letters name them today."""

    subject: DataSubject
    role: Role = Role.SELF
    variants: tuple[str, ...] = ()  # other names: at birth, in other letters, of the artist
    residences: tuple[Residence, ...] = ()  # earlier ones, the earliest first
    mandates: tuple[Mandate, ...] = ()
    acts: str | None = None  # who acts for a child or client; SELF, if None

    @property
    def id(self) -> str:
        """The word by which the person is called in commands."""
        return self.subject.id

    @property
    def acting(self) -> str | None:
        """The id of who acts for them; None if they act themselves."""
        return None if self.role is Role.SELF else self.acts or SELF

    def on(self, day: date) -> DataSubject:
        """The person with the residence of *day*."""
        then = min(
            (each for each in self.residences if day <= each.until),
            key=lambda each: each.until,
            default=None,
        )
        if then is None:
            return self.subject
        return replace(self.subject, country=then.country, region=then.region, address=then.address)

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "subject": self.subject.as_json(),
            "role": self.role.value,
            "variants": list(self.variants),
            "residences": [each.as_json() for each in self.residences],
            "mandates": [each.as_json() for each in self.mandates],
            "acts": self.acts,
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Person":
        """The person that :meth:`as_json` wrote, or a bare data subject, as once was kept."""
        if "subject" not in table:
            return bare(DataSubject.from_json(table))
        return cls(
            subject=DataSubject.from_json(table["subject"]),
            role=Role(table["role"]),
            variants=tuple(table["variants"]),
            residences=tuple(Residence.from_json(each) for each in table["residences"]),
            mandates=tuple(Mandate.from_json(each) for each in table["mandates"]),
            acts=table["acts"],
        )


def bare(subject: DataSubject) -> Person:
    """A person of whom only the data subject was kept; the ids of those days tell the role."""
    role, dash, _ = subject.id.partition("-")
    known = dash and role in (Role.CHILD, Role.CLIENT)
    return Person(subject=subject, role=Role(role) if known else Role.SELF)
