"""Which law applies to a request: from where the person lives."""

from dataclasses import dataclass

from dsr.errors import InvalidInputError
from dsr.law.regimes import Regime, regime, regime_ids

# Countries whose law depends on the state or province.
FEDERAL = frozenset({"US"})


@dataclass(frozen=True, slots=True)
class Applicable:
    """A law and the reason for which it applies, said to the person."""

    law: Regime
    reason: str


def applicable_law(country: str, region: str | None) -> Applicable:
    """The law that gives a resident of *country* and *region* their rights.

    Raises InvalidInputError if dsr knows none, or if the region must be known first.
    """
    places = {country, f"{country}-{region}"} if region else {country}
    for name in regime_ids():
        law = regime(name)
        if places & law.residents_of:
            return Applicable(law, law.standing)
    if country in FEDERAL and not region:
        raise InvalidInputError(
            "In the United States the law depends on the state you live in.",
            hint="Add it, for example --region CA.",
            code="region_missing",
        )
    raise InvalidInputError(
        f"dsr knows no law that gives rights to residents of {'-'.join(sorted(places)[-1:])}.",
        hint="A company in the EU or the United Kingdom is bound towards anyone: add --law gdpr or "
        "--law uk-gdpr.",
        code="no_law",
    )


def chosen_law(law: Regime, residence: set[str], establishment: str) -> Applicable:
    """A law that the person chose, if it can apply at all: no letter may claim what is not so.

    *residence* holds the person's country and, if known, country and region.  Raises
    InvalidInputError if the person neither lives in its territory nor writes to a company there.
    """
    if residence & law.residents_of:
        return Applicable(law, law.standing)
    if law.binds_established_in and establishment in law.residents_of:
        reason = f"the company is established where the {law.short} applies (Art. 3(1))"
        return Applicable(law, reason)
    raise InvalidInputError(
        f"The {law.short} does not cover this: you do not live where it applies.",
        hint="Leave --law out, or correct --country and --region.",
        code="law_not_applicable",
    )
