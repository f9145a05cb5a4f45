"""Which company of a group is the controller for a person, by where they live."""

from collections.abc import Iterable, Iterator

from dsr.directory.record import Company, OtherController
from dsr.law.calendars import country_name, region_name
from dsr.law.regimes import regime

EEA = "EEA"


def other_controller(
    company: Company, country: str, region: str | None = None
) -> OtherController | None:
    """The controller for people in *country* and *region*, if it is another than *company*.

    Who is it for everything comes before who is it for a part; a place that is named comes before
    the rest of the world.
    """
    here = {country, *([f"{country}-{region}"] if region else [])}
    meant = [each for each in company.controller_for if _is_for(each, here)]
    return min(meant, key=lambda each: (bool(each.only_for), not each.places), default=None)


def named_places(codes: Iterable[str]) -> str:
    """Places as a sentence names them: the EEA, Switzerland and California."""
    *first, last = [_named(code) for code in codes]
    return f"{', '.join(first)} and {last}" if first else last


def for_whom(controller: OtherController) -> str:
    """For whom it is the controller: people in Japan, people outside the EEA."""
    if controller.places:
        return f"people in {named_places(controller.places)}"
    return f"people outside {named_places(controller.outside)}"


def unknown_places(controller: OtherController) -> Iterator[str]:
    """The codes that name no country."""
    from babel import Locale

    known = Locale.parse("en").territories.keys() - {"EU", "UN", "EZ", "ZZ", "XA", "XB"}
    for code in (*controller.places, *controller.outside):
        if code != EEA and code.partition("-")[0] not in known:
            yield code


def _is_for(controller: OtherController, here: set[str]) -> bool:
    if controller.places:
        return not here.isdisjoint(_codes(controller.places))
    return here.isdisjoint(_codes(controller.outside))


def _codes(places: Iterable[str]) -> set[str]:
    found = set(places)
    return found | regime("gdpr").residents_of if EEA in found else found


def _named(code: str) -> str:
    if code == EEA:
        return "the EEA"
    country, _, region = code.partition("-")
    return region_name(country, region) if region else country_name(country)
