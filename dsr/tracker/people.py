"""The data subjects whose requests are tracked."""

from dataclasses import dataclass
from typing import Any

SELF = "me"


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
