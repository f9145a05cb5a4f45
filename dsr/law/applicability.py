"""Which laws apply: from where the person lives and is, and where the controller sits."""

from dataclasses import dataclass

from dsr.errors import InvalidInputError
from dsr.law.calendars import country_name
from dsr.law.regimes import Regime, regimes_naming, regimes_of_regions
from dsr.law.rights import Right


@dataclass(frozen=True, slots=True)
class Applicable:
    """A law and the reason for which it applies, said to the person."""

    law: Regime
    reason: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the person lives, where they are if elsewhere, and where the controller sits.

    Countries as ``CC``, regions without their country; *honours* are laws the company says it
    applies to everyone.
    """

    country: str
    region: str | None = None
    located_in: str | None = None
    established_in: frozenset[str] = frozenset()
    represented_in: frozenset[str] = frozenset()  # where it has a representative only
    honours: frozenset[str] = frozenset()

    @property
    def residence(self) -> frozenset[str]:
        """The country, and the country with its region."""
        region = {f"{self.country}-{self.region}"} if self.region else set()
        return frozenset({self.country, *region})


def applicable_laws(situation: Situation) -> list[Applicable]:
    """Every law that applies without being asked for, the one that leads first."""
    return [each for each in _touching(situation) if each.law.automatic]


def conditional_laws(situation: Situation) -> list[Applicable]:
    """The laws of the place that few companies fall under, or that are not yet in force."""
    return [each for each in _touching(situation) if not each.law.automatic]


def _touching(situation: Situation) -> list[Applicable]:
    found = []
    for law in regimes_naming(_places(situation)):
        reason = _reason(law, situation)
        if reason:
            found.append(Applicable(law, reason))
    here = situation.residence
    return sorted(
        found,
        key=lambda each: (
            each.law.rank,
            not here & each.law.residents_of,
            situation.country in each.law.residents_of,  # the law of the region comes first
        ),
    )


def applicable_law(situation: Situation, rights: tuple[Right, ...] = ()) -> Applicable:
    """The law under which a request for *rights* is best made.

    Raises InvalidInputError if none applies, or if the region must be known first.
    """
    found = applicable_laws(situation)
    giving = [each for each in found if all(right in each.law.rights for right in rights)]
    if giving:
        return giving[0]
    if found:
        for right in rights:
            found[0].law.gives(right)
        return found[0]
    check_region_known(situation)
    where = "-".join(filter(None, (situation.country, situation.region)))
    raise InvalidInputError(
        f"No statute that dsr knows gives residents of {where} this right; a voluntary request "
        "can still be made.",
        hint="A company in the EU or the United Kingdom is bound towards anyone: --law gdpr or "
        "--law uk-gdpr.",
        code="no_law",
    )


def check_region_known(situation: Situation) -> None:
    """Raise InvalidInputError if no law can be found before the region is known."""
    if not situation.region and depends_on_region(situation.country):
        raise InvalidInputError(
            f"In {country_name(situation.country)} the law depends on the state you live in.",
            hint="Add it, for example --region CA.",
            code="region_missing",
        )


def chosen_law(law: Regime, situation: Situation) -> Applicable:
    """A law that the person chose, if it can apply at all: no letter may claim what is not so.

    Raises InvalidInputError if neither the person nor the company has to do with its territory.
    """
    reason = _reason(law, situation)
    if reason:
        return Applicable(law, reason)
    raise InvalidInputError(
        f"The {law.short} does not cover this: you do not live where it applies.",
        hint="Leave --law out, or correct --country and --region.",
        code="law_not_applicable",
    )


def depends_on_region(country: str) -> bool:
    """Whether only the states or provinces of *country* have laws that dsr knows."""
    residences = {place for law in regimes_naming([country]) for place in law.residents_of}
    return country not in residences and any(
        place.startswith(f"{country}-")
        for law in regimes_of_regions(country)
        for place in law.residents_of
    )


def _places(situation: Situation) -> frozenset[str]:
    located = {situation.located_in} if situation.located_in else set()
    return situation.residence | situation.established_in | situation.honours | located


def _reason(law: Regime, situation: Situation) -> str | None:
    """Why *law* applies, or None if it does not."""
    if situation.residence & law.residents_of:
        if situation.represented_in & law.residents_of:
            return f"{law.standing}; the company has a representative there"
        return law.standing
    if situation.located_in and situation.located_in in law.present_in:
        place = country_name(situation.located_in)
        return f"you are in {place}, where the {law.short} protects everyone"
    if law.binds_established_in and situation.established_in & law.residents_of:
        return f"the company is established where the {law.short} applies"
    if law.id in situation.honours:
        return f"the company says that it honours the {law.short} for everyone"
    return None
