"""`dsr law which` and `dsr law authority`: whose law applies, and who takes a complaint."""

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import RIGHT, json_option, person_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import InvalidInputError, UsageError
from dsr.law.rights import nearest

if TYPE_CHECKING:
    from dsr.law.applicability import Applicable, Situation
    from dsr.law.authorities import Authority
    from dsr.law.rights import Right

CONTROLLERS = ["private", "public", "federal", "telecoms", "church", "broadcaster"]
WIDTH = 80  # columns


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a person lives: ``CC`` and, if known, the part of it."""

    country: str
    region: str | None


@click.command("which")
@click.option("--country", metavar="CC", help="Where you live.")
@click.option("--region", metavar="SUB", help="State, province or Land.")
@person_option("Where this person lives.")
@click.option("--located-in", metavar="CC", help="Where you are now, if elsewhere.")
@click.option("--company", metavar="SLUG", help="The company that you write to.")
@click.option("--right", type=RIGHT, metavar="RIGHT", help="Only laws that give this right.")
@json_option
@pass_session
def which(session: Session, /, *, as_json: bool, **options: Any) -> None:
    """Find the laws that protect you, the leading one first, each with the reason.

    \b
    Examples:
      dsr law which --country US --region CA --located-in FR
      dsr law which --country DE --company clearview --right erasure
    """
    from dsr.law.applicability import applicable_laws, check_region_known, conditional_laws
    from dsr.law.rights import right_called

    right = right_called(options["right"]) if options["right"] else None
    if options["right"] and right is None:
        raise InvalidInputError("One right at a time: give --right once.")
    situation = _situation(session, options)
    found, conditional = applicable_laws(situation), conditional_laws(situation)
    if not found:
        check_region_known(situation)
    if as_json:
        laws = [_law_as_json(each, applies=True) for each in found]
        laws += [_law_as_json(each, applies=False) for each in conditional]
        print_json([each for each in laws if right is None or right.value in each["rights"]])
        return
    _print_laws(session, found, right)
    _print_conditional(conditional)


@click.command("authority")
@click.option("--country", metavar="CC", help="Where you live.")
@click.option("--region", metavar="SUB", help="State, province or Land.")
@person_option("Where this person lives.")
@click.option("--works-in", metavar="CC[-SUB]", help="Where you work, if elsewhere.")
@click.option("--happened-in", metavar="CC[-SUB]", help="Where the law was broken, if elsewhere.")
@click.option("--company", metavar="SLUG", help="Add the authority where the company sits.")
@click.option("--controller", type=click.Choice(CONTROLLERS), default="private", show_default=True,
              help="What kind of body you complain about.")  # fmt: skip
@json_option
@pass_session
def authority(session: Session, /, *, as_json: bool, **options: Any) -> None:
    """Find the authority that takes your complaint, and how to reach it.

    \b
    Examples:
      dsr law authority --country DE --region BY
      dsr law authority --company google-photos
    """
    found = _authorities(session, options)
    if as_json:
        print_json([{**one.as_json(), "reason": reason} for one, reason in found])
        return
    for one, reason in found:
        _print_authority(one, reason)
    if len([one for one, _ in found if one.regions]) > 1:
        session.say("Each part of the country has its own: add --region to see yours alone.")


def _situation(session: Session, options: dict[str, Any]) -> "Situation":
    from dsr.workflows.identity import checked_country
    from dsr.workflows.situation import situation_towards

    lives = _residence(session, options)
    company = session.catalogue().company(options["company"]) if options["company"] else None
    located_in = checked_country(options["located_in"]) if options["located_in"] else None
    return situation_towards(company, lives.country, lives.region, located_in=located_in)


def _law_as_json(each: "Applicable", *, applies: bool) -> dict[str, Any]:
    return {
        "law": each.law.id,
        "name": each.law.name,
        "reason": each.reason,
        "applies": applies,
        "rights": [right.value for right in each.law.rights],
    }


def _print_laws(session: Session, found: "list[Applicable]", right: "Right | None") -> None:
    giving = [each for each in found if right is None or right in each.law.rights]
    if not giving:
        wanted = f"a right of {right.value}" if right else "a right over your data"
        _say(f"No statute that dsr knows gives you {wanted} here; a voluntary request can still "
             "be made.")  # fmt: skip
    for each in giving:
        _say(f"{each.law.id}: {each.law.name}, because {each.reason}", bold=True)
        given = each.law.rights.values()
        rights = ", ".join(str(one.right) for one in given if right in {None, one.right})
        _say(f"It gives: {rights or 'no right that a request can use'}", indent="  ")
    for each in found:
        near = nearest(right, each.law.rights) if right and each not in giving else None
        if right in each.law.not_read:
            _say(f"{each.law.id}: dsr has not read whether it gives {right}.")
        elif near:
            _say(f"{each.law.id}: gives no {right}; the nearest it gives is {near}.")
    if found:
        session.say(f"Next: dsr law show {(giving or found)[0].law.id}")


def _print_conditional(conditional: "list[Applicable]") -> None:
    for each in conditional:
        _say(f"{each.law.id}: {each.law.name}, {each.reason}, but few companies fall under it "
             f"or it is not fully in force. Read it (dsr law show {each.law.id}) before you "
             f"choose it (--law {each.law.id}).")  # fmt: skip


def _say(text: str, *, indent: str = "", bold: bool = False) -> None:
    for line in wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent or "  "):
        click.echo(click.style(line, bold=True) if bold else line)


def _authorities(session: Session, options: dict[str, Any]) -> "list[tuple[Authority, str]]":
    from dsr.law.authorities import authorities_for

    lives, controller = _residence(session, options), options["controller"]
    places = [(lives, f"you live in {_name(lives.country)}")]
    for option, reason in (("works_in", "you work in"), ("happened_in", "it happened in")):
        if options[option]:
            place = _place(*options[option].partition("-")[::2])
            places.append((place, f"{reason} {_name(place.country)}"))
    found: dict[Authority, str] = {}
    for place, reason in places:
        for one in authorities_for(place.country, place.region, controller):
            found.setdefault(one, reason)
    for one, reason in _authorities_of_seat(session, options):
        found.setdefault(one, reason)
    return list(found.items())


def _authorities_of_seat(
    session: Session, options: dict[str, Any]
) -> "list[tuple[Authority, str]]":
    from dsr.law.authorities import authorities_for

    if not options["company"]:
        return []
    company = session.catalogue().company(options["company"])
    seat = company.establishment()
    try:
        there = authorities_for(seat, None, options["controller"])
    except InvalidInputError:
        return []  # no authority of the seat is known: the person's own takes the complaint
    return [(one, f"{company.name} sits in {_name(seat)}") for one in there]


def _residence(session: Session, options: dict[str, Any]) -> Residence:
    if options["country"]:
        if options["person"] is not None:
            raise UsageError("--country and --for exclude each other.")
        return _place(options["country"], options["region"])
    with session.store_if_any() as store:
        person = session.person(store, options["person"])
    if person is None:
        raise UsageError("Where do you live? --country is missing.", hint="As in --country DE.")
    lives = person.on(session.today)
    return Residence(lives.country, lives.region)


def _place(country: str, region: str | None) -> Residence:
    from dsr.workflows.identity import checked_country, checked_region

    code = checked_country(country)
    return Residence(code, checked_region(code, region) if region else None)


def _name(country: str) -> str:
    from dsr.law.calendars import country_name

    return country_name(country)


def _print_authority(one: "Authority", reason: str) -> None:
    click.echo(click.style(one.name, bold=True))
    click.echo(f"  because {reason}" + ("" if one.verified else "; this entry is unverified"))
    rows = [
        ("Web form", one.webform),
        ("E-mail", one.email),
        ("Phone", one.phone),
        ("Post", ", ".join(one.address) or None),
        ("Web", one.web),
        ("Language", one.complaint_language),
        ("Regions", ", ".join(one.regions) or None),
        ("First", one.order),
        ("Note", one.note),
        ("Source", one.source),
    ]
    for label, value in rows:
        if value:
            click.echo(f"  {label}: {value}")
    click.echo()
