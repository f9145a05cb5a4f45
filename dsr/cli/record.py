"""`dsr record`: record what happened to a request."""

from datetime import date
from pathlib import Path

import click

from dsr.cli.options import DAY, INPUT, json_option, person_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import InvalidInputError, UsageError, did_you_mean

EVENTS = (
    "sent",
    "delivered",
    "acknowledged",
    "identity-requested",
    "identity-provided",
    "clarification-requested",
    "clarification-provided",
    "extended",
    "fulfilled",
    "partly-fulfilled",
    "refused",
    "no-data",
    "bounced",
    "reminded",
    "complained",
    "withdrawn",
    "closed",
    "note",
)


class EventName(click.ParamType[str]):
    """An event by its word."""

    name = "event"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """*value*, if it names an event."""
        plain = value.strip().lower().replace("_", "-")
        if plain not in EVENTS:
            from difflib import get_close_matches

            near = get_close_matches(plain, EVENTS, n=2, cutoff=0.5)
            known = "" if near else f" It is one of: {', '.join(EVENTS)}."
            self.fail(f"{value!r} is no event.{did_you_mean(near)}{known}", param, ctx)
        return plain


@click.command("record")
@click.argument("reference", metavar="REF")
@click.argument("event", metavar="EVENT", type=EventName())
@click.option("--on", type=DAY, metavar="DATE", help="The day it happened (today).")
@click.option("--note", metavar="TEXT", help="Anything worth remembering.")
@click.option("--attach", type=INPUT, multiple=True, metavar="FILE", help="A file to keep with it.")
@click.option("--until", type=DAY, metavar="DATE", help="extended: until when.")
@click.option("--via", type=click.Choice(["email", "post", "webform", "fax"]), help="sent: how.")
@person_option("Only if it is a request of this person.")
@json_option
@pass_session
def record_command(
    session: Session,
    *,
    reference: str,
    event: str,
    on: date | None,
    note: str | None,
    attach: tuple[Path, ...],
    until: date | None,
    via: str | None,
    person: str | None,
    as_json: bool,
) -> None:
    """Record that EVENT happened to the request REF.

    \b
    Events: sent, delivered, acknowledged, identity-requested, identity-provided,
      clarification-requested, clarification-provided, extended, fulfilled,
      partly-fulfilled, refused, no-data, bounced, reminded, complained,
      withdrawn, closed, note

    \b
    Example:
      dsr record DSR-7K3F-9QX2 sent --on 2026-11-20
    """
    from dsr.cli.cases import case_as_json, say_standing
    from dsr.law.receipt import Channel
    from dsr.reports.reminder import case_on
    from dsr.tracker.events import EventType
    from dsr.tracker.store import EventDraft
    from dsr.workflows.record import record

    if note is not None and any(not c.isprintable() and c not in "\n\t" for c in note):
        raise InvalidInputError("The note holds characters that cannot be printed.")
    if event == "note" and not note:
        raise UsageError("A note needs its text.", hint="Add --note TEXT.")
    draft = EventDraft(
        type=EventType(event),
        on=on or session.today,
        recorded_at=session.now(),
        note=note,
        until=until,
        via=Channel(via) if via else None,
    )
    with session.store_of(reference, person) as store:
        recorded = record(store, reference, draft, attach, today=session.today)
        request = store.request(reference)
        case = case_on(request, store.events(request.reference), session.today)
    if as_json:
        print_json(case_as_json(case))
        return
    session.say(f"Recorded: {recorded.type} on {recorded.on:%A} {recorded.on.day} "
                f"{recorded.on:%B} {recorded.on.year}.")  # fmt: skip
    say_standing(session, case)
