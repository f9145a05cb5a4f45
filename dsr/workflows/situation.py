"""Where a person and a company stand towards each other, as the laws ask."""

from typing import TYPE_CHECKING

from dsr.law.applicability import Situation

if TYPE_CHECKING:
    from dsr.directory.record import Company


def situation_towards(
    company: "Company | None",
    country: str,
    region: str | None,
    *,
    located_in: str | None = None,
) -> Situation:
    """The situation of a person who lives in *country* and *region* towards *company*, if named.

    *located_in* is the country the person is in now, if it is another one.
    """
    if company is None:
        return Situation(country, region, located_in)
    # A representative is no establishment (GDPR Art. 27(1), 3(2)): it binds towards nobody else.
    representatives = (company.eu_representative, company.uk_representative)
    return Situation(
        country,
        region,
        located_in,
        established_in=frozenset({company.establishment(), company.country}),
        represented_in=frozenset(each.country for each in representatives if each),
        honours=frozenset(law for fact in company.laws for law in fact.honours),
    )
