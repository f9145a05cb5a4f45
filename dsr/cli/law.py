"""`dsr law`: look up laws, compute deadlines, find the authority."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.jurisdiction import authority, which
from dsr.cli.options import DAY, RIGHT, json_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session
from dsr.errors import InvalidInputError, UsageError
from dsr.law.receipt import long_date

if TYPE_CHECKING:
    from dsr.law.deadlines import Deadline, Deadlines
    from dsr.law.receipt import Receipt


@click.group("law")
def law_command() -> None:
    """Look up laws, compute deadlines, find the authority."""


law_command.add_command(which)
law_command.add_command(authority)


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
    _print(found, with_extension=shown is not found.response)


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
    if found.extended is None or found.response is None:
        raise _no_extension(found)
    if announced and announced < found.received:
        raise InvalidInputError(
            f"An extension cannot be announced on {long_date(announced)}: the request was "
            f"received on {long_date(found.received)}.",
            code="bad_date",
        )
    latest = found.extension_notice_by_lenient
    if announced and latest and announced > latest:
        raise InvalidInputError(
            f"An extension announced on {long_date(announced)} is too late: the last day was "
            f"{long_date(latest)}, so the answer stays due on {long_date(found.response.due)}.",
            code="late_extension",
        )
    return found.extended


def _no_extension(found: "Deadlines") -> InvalidInputError:
    from dsr.law.regimes import regime

    law = regime(found.law)
    said = [f"{each.says} ({each.citation})" for each in law.statements
            if each.topic == "extension"]  # fmt: skip
    return InvalidInputError(
        f"dsr knows no extension for {found.subject.replace('-', ' ')} under {law.short} "
        "that it could compute.",
        hint=" ".join(said) or None,
        code="no_extension",
    )


def _as_json(found: "Deadlines", shown: "Deadline | None") -> dict[str, Any]:
    response, acknowledgement, extended = found.response, found.acknowledgement, found.extended
    again = found.extended_again
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
        "extended_again_due": again and again.due,
        "extended_again_due_lenient": again and again.due_lenient,
        "basis": response.basis if response else "; ".join(found.no_time),
        "steps": list(shown.steps if shown else found.no_time),
        "acknowledge_steps": list(acknowledgement.steps) if acknowledgement else [],
        "extended_steps": list(extended.steps) if extended else [],
        "verified": response.verified if response else found.no_time_verified,
    }


def _print(found: "Deadlines", *, with_extension: bool) -> None:
    rows = [
        ("Answer due", found.response),
        ("Receipt to be confirmed", found.acknowledgement),
        ("With a valid extension", found.extended),
        ("With a second one", found.extended_again),
    ]
    if found.response is None:
        click.echo("Answer due: the law sets no time")
    for label, one in rows:
        if one:
            _print_date(label, one)
    if found.extension_notice_by:
        click.echo(f"Extension to be announced: {long_date(found.extension_notice_by)}")
    click.echo()
    told = found.response.steps if found.response else found.no_time
    _print_steps(told)
    if found.acknowledgement:
        _print_steps(found.acknowledgement.steps, told, "To confirm receipt:")
    if found.extended and with_extension:
        _print_steps(found.extended.steps, told, "With a valid extension:")
        if found.extended_again:
            _print_steps(found.extended_again.steps, told, "With a second one:")


def _print_date(label: str, one: "Deadline") -> None:
    argued = one.due_lenient > one.due
    tail = f" (arguable until {long_date(one.due_lenient)})" if argued else ""
    unverified = "" if one.verified else "; unverified, the text was not seen"
    click.echo(f"{label}: {long_date(one.due)}{tail}{unverified}")


def _print_steps(steps: Sequence[str], told: Sequence[str] = (), heading: str = "") -> None:
    """The sentences, without those the reader was told before."""
    if heading:
        click.echo(heading)
    for step in steps:
        if step not in told:
            click.echo(f"  · {step}")
