"""Find or begin the campaign that many requests belong to, so that it can be taken up again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from dsr.errors import ConflictError, InvalidInputError
from dsr.tracker.campaigns import Campaign, remaining
from dsr.tracker.requests import Request
from dsr.tracker.standing import Standing
from dsr.tracker.status import Status
from dsr.tracker.store import Store

LONGEST_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class Taken:
    """A campaign as it is taken up: what is left to do, and whether it is new."""

    campaign: Campaign
    left: tuple[str, ...]
    is_new: bool
    is_changed: bool  # and has to be kept anew
    controllers: dict[str, str]  # that have a letter of it, by name, with the company it went to


def take_up(
    store: Store | None,
    wanted: str,
    *,
    named: bool,
    person: str,
    companies: Sequence[str],
    rights: Sequence[str],
    today: date,
) -> Taken:
    """The campaign called *wanted*, or a new one.

    Where the person did not name it themselves, one of theirs that is to reach the same is taken up
    again, finished or not, so that a command can be repeated.  Raises ConflictError if a campaign
    of that name is somebody else's, or about other rights, InvalidInputError for a bad name.
    """
    if not wanted.strip() or not wanted.isprintable() or len(wanted) > LONGEST_NAME:
        raise InvalidInputError(
            f"A campaign's name is one line of at most {LONGEST_NAME} characters."
        )
    fresh = Campaign(
        name=wanted,
        person=person,
        companies=tuple(companies),
        rights=tuple(rights),
        started_on=today,
    )
    known = store.campaigns() if store else []
    found = _by_name(known, fresh) if named else _alike(known, fresh)
    if found is None:
        name = wanted if named else _free_name(wanted, {each.name for each in known})
        return Taken(
            campaign=replace(fresh, name=name),
            left=fresh.companies,
            is_new=True,
            is_changed=True,
            controllers={},
        )
    whole = replace(found, companies=tuple(dict.fromkeys((*found.companies, *companies))))
    cases = store.standings(today, campaign=found.name) if store else []
    return Taken(
        campaign=whole,
        left=remaining(whole, cases),
        is_new=False,
        is_changed=whole != found,
        controllers=_controllers(cases),
    )


def asked_already(store: Store, request: Request) -> str | None:
    """An open request of the same person by which this company is asked all of this already."""
    wanted = {right.value for right in request.rights}
    cases = store.standings(
        request.made_on, company=request.company.slug, person=request.data_subject.id
    )
    return next(
        (
            case.reference
            for case in cases
            if case.phase is not Status.CLOSED and case.answer is None and wanted <= {*case.rights}
        ),
        None,
    )


def covered_by(taken: Taken, company: str, controller: str) -> str | None:
    """The company whose letter reached this controller already, if it is another one."""
    by = taken.controllers.setdefault(controller.casefold(), company)
    return by if by != company else None


def with_covered(campaign: Campaign, covered: dict[str, str]) -> Campaign:
    """The campaign, in which some companies need no letter of their own."""
    return replace(campaign, covered=tuple({**dict(campaign.covered), **covered}.items()))


def _by_name(known: Sequence[Campaign], fresh: Campaign) -> Campaign | None:
    found = next((each for each in known if each.name == fresh.name), None)
    if found and (found.person, set(found.rights)) != (fresh.person, set(fresh.rights)):
        raise ConflictError(
            f"The campaign {found.name!r} is for {found.person!r}, about "
            f"{', '.join(found.rights)}.",
            hint="Give this one another name with --campaign NAME.",
            code="campaign_differs",
        )
    return found


def _alike(known: Sequence[Campaign], fresh: Campaign) -> Campaign | None:
    def reach(campaign: Campaign) -> tuple[str, set[str], set[str]]:
        return campaign.person, set(campaign.rights), set(campaign.companies)

    return next((each for each in known if reach(each) == reach(fresh)), None)


def _free_name(wanted: str, taken: set[str]) -> str:
    names = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(name for name in names if name not in taken)


def _controllers(cases: Sequence[Standing]) -> dict[str, str]:
    return {case.company_name.casefold(): case.company for case in cases}
