"""`dsr record`: record what happened to a request."""

from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import DAY, INPUT, json_option, person_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import InvalidInputError, UsageError, did_you_mean

if TYPE_CHECKING:
    from dsr.tracker.events import Correction, Event, EventDraft
    from dsr.tracker.store import Store

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
# A note may hold these beside what can be printed; texts in French and Persian do.
BESIDE_LETTERS = (
    "\n\t\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
)
CORRECT = "correct"  # not what happened, but that an event was recorded wrongly


class EventName(click.ParamType[str]):
    """An event by its word."""

    name = "event"

    def __init__(self, *, corrects: bool = False) -> None:
        self.corrects = corrects

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """*value*, if it names an event."""
        plain = value.strip().lower().replace("_", "-")
        known = (*EVENTS, CORRECT) if self.corrects else EVENTS
        if plain not in known:
            from difflib import get_close_matches

            near = get_close_matches(plain, known, n=2, cutoff=0.5)
            tail = "" if near else f" It is one of: {', '.join(known)}."
            self.fail(f"{value!r} is no event.{did_you_mean(near)}{tail}", param, ctx)
        return plain


@click.command("record")
@click.argument("reference", metavar="REF")
@click.argument("event", metavar="EVENT", type=EventName(corrects=True))
@click.argument("seq", metavar="[SEQ]", type=click.IntRange(1), required=False)
@click.option("--on", type=DAY, metavar="DATE", help="The day it happened (today).")
@click.option("--note", metavar="TEXT", help="Anything worth remembering.")
@click.option("--attach", type=INPUT, multiple=True, metavar="FILE",
              help="A file to keep with it, of any size.")  # fmt: skip
@click.option("--until", type=DAY, metavar="DATE", help="extended: until when.")
@click.option("--via", type=click.Choice(["email", "post", "webform", "fax"]), help="sent: how.")
@click.option("--answered", multiple=True, metavar="CODE",
              help="An answer: a demand that it fulfils, as C1; several with commas.")  # fmt: skip
@click.option("--refused", multiple=True, metavar="CODE", help="A demand that it refuses.")
@click.option("--missing", multiple=True, metavar="CODE", help="A demand that it passes over.")
@click.option("--reason", "reasons", multiple=True, metavar="REASON",
              help="Why they refuse, by a word of: dsr follow-up --reasons.")  # fmt: skip
@click.option("--as", "as_event", type=EventName(), metavar="EVENT", help="correct: what it was.")
@click.option("--void", is_flag=True, help="correct: it never happened.")
@click.option("--after", type=click.IntRange(0), metavar="SEQ",
              help="Only if event SEQ is still the last one.")  # fmt: skip
@person_option("Only if it is a request of this person.")
@json_option
@pass_session
def record_command(session: Session, /, **options: Any) -> None:
    """Record that EVENT happened to the request REF.

    \b
    Events: sent, delivered, acknowledged, identity-requested, identity-provided,
      clarification-requested, clarification-provided, extended, fulfilled,
      partly-fulfilled, refused, no-data, bounced, reminded, complained,
      withdrawn, closed, note

    Nothing recorded is ever changed. What was wrong is set right by one more event: “correct SEQ”,
    with the number of the wrong event as `dsr show REF` prints it, and what is right.

    \b
    Examples:
      dsr record DSR-7K3F-9QX2 sent --on 2026-11-20
      dsr record DSR-7K3F-9QX2 partly-fulfilled --answered C1,C2 --missing E3 --attach reply.eml
      dsr record DSR-7K3F-9QX2 identity-requested --reason send-id
      dsr record DSR-7K3F-9QX2 correct 2 --on 2026-11-19
      dsr record DSR-7K3F-9QX2 correct 4 --void --note "That was another case"
    """
    from dsr.cli.cases import case_as_json, say_standing
    from dsr.reports.case import case_on
    from dsr.workflows.record import record

    draft = _draft(session, options)
    with session.store_of(options["reference"], options["person"]) as store:
        _check_reasons(session, store, options)
        with session.progress() as told:
            recorded = record(
                store,
                options["reference"],
                draft,
                options["attach"],
                today=session.today,
                expected=options["after"],
                told=told,
            )
        request = store.request(options["reference"])
        case = case_on(request, store.events(request.reference), session.today)
    if options["as_json"]:
        print_json(case_as_json(case))
        return
    session.say(_confirmation(recorded))
    say_standing(session, case)


def _confirmation(recorded: "Event") -> str:
    if recorded.correction:
        what = "struck out" if recorded.correction.void else "corrected"
        return f"Event {recorded.correction.of} is {what}; what was recorded first stays visible."
    day = recorded.on
    return f"Recorded: {recorded.type} on {day:%A} {day.day} {day:%B} {day.year}."


def _draft(session: Session, options: dict[str, Any]) -> "EventDraft":
    from dsr.law.receipt import Channel
    from dsr.tracker.events import EventDraft, EventType

    event, note = options["event"], options["note"]
    if note is not None and any(not c.isprintable() and c not in BESIDE_LETTERS for c in note):
        raise InvalidInputError("The note holds characters that cannot be printed.")
    if event == "note" and not note:
        raise UsageError("A note needs its text.", hint="Add --note TEXT.")
    correction = _correction(options) if event == CORRECT else None
    if correction is None:
        _only_for_corrections(options)
        said = {"until": options["until"], "note": note}
        said["via"] = Channel(options["via"]) if options["via"] else None
    return EventDraft(
        type=EventType.CORRECTED if correction else EventType(event),
        on=session.today if correction else options["on"] or session.today,
        recorded_at=session.now(),
        by=session.by or None,
        correction=correction,
        demands=_demands(options),
        objections=() if correction else _reasons(options),
        **({} if correction else said),
    )


def _correction(options: dict[str, Any]) -> "Correction":
    from dsr.law.receipt import Channel
    from dsr.tracker.events import Correction, EventType

    if options["seq"] is None:
        raise UsageError(
            "Which event was wrong? Its number is missing.",
            hint="dsr record REF correct SEQ; the numbers: dsr show REF",
        )
    return Correction(
        of=options["seq"],
        void=options["void"],
        type=EventType(options["as_event"]) if options["as_event"] else None,
        on=options["on"],
        note=options["note"],
        until=options["until"],
        via=Channel(options["via"]) if options["via"] else None,
        objections=_reasons(options),
    )


def _only_for_corrections(options: dict[str, Any]) -> None:
    for name, given in (
        ("A number", options["seq"] is not None),
        ("--as", options["as_event"]),
        ("--void", options["void"]),
    ):
        if given:
            raise UsageError(
                f"{name} belongs to “correct” only.", hint="dsr record REF correct SEQ …"
            )


def _reasons(options: dict[str, Any]) -> tuple[str, ...]:
    """The objections that were named, each once, one by one or with commas."""
    words = (word.strip() for each in options["reasons"] for word in each.split(","))
    return tuple(dict.fromkeys(filter(None, words)))


def _check_reasons(session: Session, store: "Store", options: dict[str, Any]) -> None:
    """Raise NotFoundError for a reason that no letter under the law of the case answers."""
    words = _reasons(options)
    if not words:
        return
    from dsr.letters.follow_up import check_objections, objections

    law = store.request(options["reference"]).law
    check_objections(words, objections(law, session.templates()))


def _demands(options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """How single demands were answered; the last word on each counts."""
    from dsr.cli.further import demand_codes

    outcomes = {"answered": "fulfilled", "refused": "refused", "missing": "missing"}
    said: dict[str, str] = {}
    for option, outcome in outcomes.items():
        for code in demand_codes(options[option]):
            if said.setdefault(code, outcome) != outcome:
                raise UsageError(f"{code} cannot be both {said[code]} and {outcome}.")
    return tuple(said.items())
