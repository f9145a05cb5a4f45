"""The data subjects whose requests are tracked."""

from dataclasses import dataclass
from typing import Any

SELF = "me"
CHILD, CLIENT = "child", "client"


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


Person = DataSubject


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
