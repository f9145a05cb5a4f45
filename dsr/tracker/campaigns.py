"""A campaign: the same rights used towards many controllers, one letter each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dsr.tracker.standing import Standing
from dsr.tracker.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What a campaign is to reach: for whom, which companies, which rights."""

    name: str
    person: str
    companies: tuple[str, ...]
    rights: tuple[str, ...]
    started_on: date
    covered: tuple[tuple[str, str], ...] = ()  # companies that need no letter, each with why

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "name": self.name,
            "person": self.person,
            "companies": list(self.companies),
            "rights": list(self.rights),
            "started_on": self.started_on.isoformat(),
            "covered": dict(self.covered),
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Campaign":
        """The campaign that :meth:`as_json` wrote."""
        return cls(
            name=table["name"],
            person=table["person"],
            companies=tuple(table["companies"]),
            rights=tuple(table["rights"]),
            started_on=date.fromisoformat(table["started_on"]),
            covered=tuple(table.get("covered", {}).items()),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come: how many of its letters were made, sent, answered, closed."""

    letters: int  # that there will be, one a controller
    made: int
    sent: int
    answered: int
    closed: int


def remaining(campaign: Campaign, standings: Sequence[Standing]) -> tuple[str, ...]:
    """The companies to which no letter of the campaign was made yet."""
    made = {case.company for case in standings} | dict(campaign.covered).keys()
    return tuple(slug for slug in campaign.companies if slug not in made)


def progress(campaign: Campaign, standings: Sequence[Standing]) -> Progress:
    """How far the campaign has come with these requests of it."""
    return Progress(
        letters=len(campaign.companies) - len(campaign.covered),
        made=len({case.company for case in standings}),
        sent=sum(case.sent_on is not None for case in standings),
        answered=sum(case.answer is not None for case in standings),
        closed=sum(case.phase is Status.CLOSED for case in standings),
    )
