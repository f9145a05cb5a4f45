"""`dsr law`: compute deadlines."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import DAY, RIGHT, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.law.deadlines import Deadline, Deadlines
    from dsr.law.receipt import Receipt


@click.group("law")
def law_command() -> None:
    """Look up laws and compute deadlines."""


@law_command.command("deadline")
@click.argument("law", metavar="LAW")
@click.option("--received", type=DAY, required=True, metavar="DATE",
              help="The day the company received the request.")  # fmt: skip
@click.option("--right", type=RIGHT, default="access", show_default=True, help="Which right.")
@click.option("--country", metavar="CC[-SUB]", help="The place whose public holidays count.")
@click.option("--extended", is_flag=True, help="Explain the extended date as well.")
@click.option("--sent-via", type=click.Choice(["email", "post", "webform", "fax"]),
              help="The date is the day of sending; receipt is presumed from it.")  # fmt: skip
@json_option
@pass_session
def deadline(
    _session: Session,
    /,
    *,
    law: str,
    received: date,
    right: str,
    country: str | None,
    extended: bool,
    sent_via: str | None,
    as_json: bool,
) -> None:
    """Compute the dates that follow from receipt under LAW, each with its reason.

    \b
    Example:
      dsr law deadline gdpr --received 2026-01-31 --country DE
    """
    from dsr.errors import InvalidInputError
    from dsr.law.calendars import Place
    from dsr.law.deadlines import deadlines
    from dsr.law.receipt import Channel, presumed, proven
    from dsr.law.regimes import regime
    from dsr.law.rights import right_called

    chosen = right_called(right)
    if chosen is None:
        raise InvalidInputError("One right at a time: give --right once.")
    receipt: Receipt = presumed(received, Channel(sent_via)) if sent_via else proven(received)
    place = Place.parse(country) if country else None
    found = deadlines(regime(law), chosen, receipt, place=place)
    shown = found.extended if extended and found.extended else found.response
    if as_json:
        print_json(_as_json(found, shown))
        return
    _print(found, shown)


def _as_json(found: "Deadlines", shown: "Deadline") -> dict[str, Any]:
    return {
        "law": found.law,
        "right": found.right.value,
        "received": found.received,
        "due": found.response.due,
        "due_lenient": found.response.due_lenient,
        "acknowledge_by": found.acknowledgement and found.acknowledgement.due,
        "acknowledge_by_lenient": found.acknowledgement and found.acknowledgement.due_lenient,
        "extension_notice_by": found.extension_notice_by,
        "extended_due": found.extended and found.extended.due,
        "extended_due_lenient": found.extended and found.extended.due_lenient,
        "basis": found.response.basis,
        "steps": list(shown.steps),
    }


def _print(found: "Deadlines", shown: "Deadline") -> None:
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
    for step in shown.steps:
        click.echo(f"  · {step}")
