"""`dsr law`: look up laws, compute deadlines, find the authority."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import DAY, RIGHT, json_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session
from dsr.errors import InvalidInputError, NotFoundError, UsageError

if TYPE_CHECKING:
    from dsr.law.authorities import Authority
    from dsr.law.deadlines import Deadline, Deadlines
    from dsr.law.receipt import Receipt

CONTROLLERS = ["private", "public", "federal", "telecoms", "church", "broadcaster"]


@click.group("law")
def law_command() -> None:
    """Look up laws, compute deadlines, find the authority."""


@law_command.command("list")
@json_option
@pass_session
def list_laws(session: Session, *, as_json: bool) -> None:
    """List every law that dsr knows, with the time it gives for an answer.

    \b
    Example:
      dsr law list
    """
    from dsr.law.overview import time_in_words
    from dsr.law.regimes import regimes

    if as_json:
        print_json(
            [
                {
                    "law": law.id,
                    "name": law.name,
                    "rights": [right.value for right in law.rights],
                    "time": time_in_words(law),
                    "checked_on": law.checked_on,
                }
                for law in regimes()
            ]
        )
        return
    rows = [[law.id, law.name, time_in_words(law)] for law in regimes()]
    table(session, ["Law", "Name", "Time for an answer"], rows)
    session.say("Next: dsr law show LAW")


@law_command.command("show")
@click.argument("law", metavar="LAW")
@json_option
@pass_session
def show_law(_session: Session, /, *, law: str, as_json: bool) -> None:
    """Show what LAW gives you: rights, times, and what to expect, each with its article.

    \b
    Example:
      dsr law show ccpa
    """
    from dsr.law.overview import law_as_json, overview
    from dsr.law.regimes import regime

    chosen = regime(law)
    if as_json:
        print_json(law_as_json(chosen))
        return
    for line in overview(chosen):
        click.echo(click.style(line.text, bold=True) if line.is_heading else line.text)


@law_command.command("deadline")
@click.argument("law", metavar="LAW")
@click.option("--received", type=DAY, required=True, metavar="DATE",
              help="The day the company received the request.")  # fmt: skip
@click.option("--right", type=RIGHT, metavar="RIGHT", help="Which right (access).")
@click.option("--step", metavar="STEP", help="A further time limit: appeal, complaint …")
@click.option("--appeal", is_flag=True, help="The date is the receipt of an appeal.")
@click.option("--country", metavar="CC[-SUB]", help="The place whose public holidays count.")
@click.option("--extended", is_flag=True, help="Explain the extended date as well.")
@click.option("--extension-announced", type=DAY, metavar="DATE",
              help="When it was announced; too late is refused.")  # fmt: skip
@click.option("--sent-via", type=click.Choice(["email", "post", "webform", "fax"]),
              help="The date is the day of sending; receipt is presumed from it.")  # fmt: skip
@click.option("--identity-asked", type=DAY, metavar="DATE", help="Identity was asked for.")
@click.option("--identity-given", type=DAY, metavar="DATE", help="Proof of identity arrived.")
@click.option(
    "--clarification-asked", type=DAY, metavar="DATE", help="Clarification was asked for."
)
@click.option("--clarification-given", type=DAY, metavar="DATE", help="Clarification arrived.")
@json_option
@pass_session
def deadline(session: Session, /, *, as_json: bool, **options: Any) -> None:
    """Compute the dates that follow from receipt under LAW, each with its reason.

    \b
    Examples:
      dsr law deadline gdpr --received 2026-01-31 --country DE
      dsr law deadline ccpa --received 2026-11-20 --right delete
    """
    found = _computed(session, options)
    shown = found.response
    if options["extended"] or options["extension_announced"]:
        shown = _checked_extension(found, options["extension_announced"])
    if as_json:
        print_json(_as_json(found, shown))
        return
    _print(found, shown)


@law_command.command("authority")
@click.option("--country", metavar="CC", help="Where you live (or work, or where it happened).")
@click.option("--region", metavar="SUB", help="State, province or Land.")
@click.option("--for", "person", metavar="PERSON", help="Where this person lives.")
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


def _computed(session: Session, options: dict[str, Any]) -> "Deadlines":
    from dsr.law.calendars import Place
    from dsr.law.deadlines import Pauses, deadlines, step_deadlines
    from dsr.law.receipt import Channel, presumed, proven
    from dsr.law.regimes import regime
    from dsr.law.rights import right_called

    law = regime(options["law"])
    step = "appeal" if options["appeal"] else options["step"]
    if step and options["right"]:
        raise UsageError("--right and --step (or --appeal) exclude each other.")
    via, received = options["sent_via"], options["received"]
    receipt: Receipt = presumed(received, Channel(via)) if via else proven(received)
    place = Place.parse(options["country"]) if options["country"] else None
    if step:
        return step_deadlines(law, step, receipt, place=place)
    right = right_called(options["right"] or "access")
    if right is None:
        raise InvalidInputError("One right at a time: give --right once.")
    pauses = Pauses(
        _pause(options, "identity"), _pause(options, "clarification"), as_of=session.today
    )
    return deadlines(law, right, receipt, place=place, pauses=pauses)


def _pause(options: dict[str, Any], kind: str) -> Any:
    from dsr.law.deadlines import Pause

    asked, given = options[f"{kind}_asked"], options[f"{kind}_given"]
    if given and not asked:
        raise UsageError(f"--{kind}-given needs --{kind}-asked.")
    if not asked:
        return ()
    if asked < options["received"]:
        raise InvalidInputError(f"The {kind} cannot be asked for before the request was received.")
    return (Pause(asked, given),)


def _checked_extension(found: "Deadlines", announced: date | None) -> "Deadline | None":
    from dsr.law.receipt import long_date

    if found.extended is None or found.response is None:
        raise InvalidInputError("This law allows no extension.", code="no_extension")
    latest = found.extension_notice_by_lenient
    if announced and latest and announced > latest:
        raise InvalidInputError(
            f"An extension announced on {long_date(announced)} is too late: the last day was "
            f"{long_date(latest)}, so the answer stays due on {long_date(found.response.due)}.",
            code="late_extension",
        )
    return found.extended


def _as_json(found: "Deadlines", shown: "Deadline | None") -> dict[str, Any]:
    response, acknowledgement, extended = found.response, found.acknowledgement, found.extended
    return {
        "law": found.law,
        "right": found.subject,
        "received": found.received,
        "due": response and response.due,
        "due_lenient": response and response.due_lenient,
        "acknowledge_by": acknowledgement and acknowledgement.due,
        "acknowledge_by_lenient": acknowledgement and acknowledgement.due_lenient,
        "extension_notice_by": found.extension_notice_by,
        "extended_due": extended and extended.due,
        "extended_due_lenient": extended and extended.due_lenient,
        "basis": response.basis if response else "; ".join(found.no_time),
        "steps": list(shown.steps if shown else found.no_time),
        "verified": response.verified if response else True,
    }


def _print(found: "Deadlines", shown: "Deadline | None") -> None:
    from dsr.law.receipt import long_date

    rows = [
        ("Answer due", found.response),
        ("Receipt to be confirmed", found.acknowledgement),
        ("With a valid extension", found.extended),
    ]
    for label, one in rows:
        if one is None:
            continue
        later = one.due_lenient > one.due
        tail = f" (arguable until {long_date(one.due_lenient)})" if later else ""
        click.echo(f"{label}: {long_date(one.due)}{tail}")
    if found.extension_notice_by:
        click.echo(f"Extension to be announced: {long_date(found.extension_notice_by)}")
    click.echo()
    for step in shown.steps if shown else found.no_time:
        click.echo(f"  · {step}")


def _authorities(session: Session, options: dict[str, Any]) -> "list[tuple[Authority, str]]":
    from dsr.law.authorities import authorities_for
    from dsr.law.calendars import country_name

    country, region = options["country"], options["region"]
    if not country:
        country, region = _residence(session, options["person"])
    country = country.strip().upper()
    region = region.strip().upper().removeprefix(f"{country}-") if region else None
    controller = options["controller"]
    place = country_name(country)
    found = [(one, f"you live in {place}") for one in authorities_for(country, region, controller)]
    if options["company"]:
        company = session.catalogue().company(options["company"])
        seat = company.establishment()
        if seat != country:
            there = country_name(seat)
            try:
                more = authorities_for(seat, None, controller)
            except InvalidInputError:
                more = []
            found.extend((one, f"{company.name} sits in {there}") for one in more)
    return found


def _residence(session: Session, person_id: str | None) -> tuple[str, str | None]:
    from dsr.tracker.people import SELF

    with session.store_if_any() as store:
        person = store.person(person_id or SELF) if store else None
    if person is None and person_id:
        raise NotFoundError(f"There is no person {person_id!r} in your record.")
    if person is None:
        raise UsageError("Where do you live? --country is missing.", hint="As in --country DE.")
    return person.country, person.region


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
