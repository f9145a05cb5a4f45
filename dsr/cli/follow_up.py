"""`dsr follow-up`: reminders, final notices and answers to what the company objects."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.further import (
    WRITTEN_BEFORE,
    demand_codes,
    finish,
    language_named,
    letter_stem,
)
from dsr.cli.options import json_option, letter_output_options, person_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session
from dsr.errors import UsageError

if TYPE_CHECKING:
    from dsr.workflows.follow_up import CaseSoFar, FollowUp

REBUTTAL = "rebuttal"
KINDS = ("reminder", "final-notice", "late-extension", "withdrawal", REBUTTAL)


@click.command("follow-up")
@click.argument("reference", metavar="REF", required=False)
@click.option("--kind", metavar="KIND",
              help="reminder, final-notice, late-extension, withdrawal or rebuttal:REASON,…; that "
              "which the case calls for, if left out.")  # fmt: skip
@click.option("--outstanding", multiple=True, metavar="CODE",
              help="A demand that is not fulfilled, as E3; once each.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True,
              help="How many days the letter gives them.")  # fmt: skip
@click.option("--language", metavar="LL", help="Another language than that of the request.")
@click.option("--reasons", is_flag=True, help="List the REASONs that a rebuttal can answer.")
@person_option("Only if it is a case of this person.")
@letter_output_options
@json_option
@pass_session
def follow_up_command(session: Session, /, **options: Any) -> None:
    """Write the next letter in the case REF: a reminder, a final notice, an answer to an objection.

    Nothing is sent. The letter is kept in the case; say so when it has gone out.

    \b
    Examples:
      dsr follow-up DSR-7K3F-9QX2 --dry-run
      dsr follow-up DSR-7K3F-9QX2 --kind rebuttal:send-id
    """
    if options["reasons"]:
        _list_reasons(session, options)
        return
    if not options["reference"]:
        raise UsageError("Which case? REF is missing.", hint="See your cases: dsr list")
    _write(session, options)


def _write(session: Session, options: dict[str, Any]) -> None:
    from dsr.tracker.standing import RECORDED_AS
    from dsr.workflows.follow_up import (
        AGENT_REFUSED,
        case_so_far,
        check_kind,
        copy_of_request,
        follow_up_letter,
        keep_letter,
    )
    from dsr.workflows.mandates import check_mandate_holds

    typed = _kind(options["kind"])
    with session.store_of(options["reference"], options["person"]) as store:
        request = store.request(options["reference"])
        case = case_so_far(request, store.events(request.reference), session.today)
        check_mandate_holds(request, store, session.today)
        wanted = _wanted(case, options, typed)
        check_kind(case, wanted.kind, wanted.objections)
        if AGENT_REFUSED in wanted.objections:
            session.warn("Attach the signed mandate yourself: the letter says that it is enclosed.")
        if case.state.unsent == wanted.kept_as:
            session.warn(WRITTEN_BEFORE)
        letter = follow_up_letter(
            case, wanted, session.catalogue(), session.templates(), copy_of_request(case, store)
        )
        finish(
            session,
            letter,
            letter_stem(request.reference, request.company.slug, wanted.kept_as),
            options,
            keep=lambda documents: keep_letter(
                store, case, documents, wanted, now=session.now(), by=session.by
            ),
            following=f"Next: send it; then: dsr record {request.reference} "
            f"{RECORDED_AS.get(wanted.kind.value, 'reminded')}",
        )


def _wanted(
    case: "CaseSoFar", options: dict[str, Any], typed: tuple[str, tuple[str, ...]] | None
) -> "FollowUp":
    """The letter that was named, or that the case calls for, with what the options say of it."""
    from dsr.letters.follow_up import FollowUpKind
    from dsr.workflows.follow_up import FollowUp, fitting

    codes = demand_codes(options["outstanding"])
    if typed:
        kind, objections = FollowUpKind(typed[0]), typed[1]
        wanted = FollowUp(kind=kind, objections=objections, outstanding=case.outstanding)
    elif codes:
        wanted = FollowUp(kind=FollowUpKind.REMINDER)
    else:
        wanted = fitting(case)
    return replace(
        wanted,
        outstanding=codes or wanted.outstanding,
        term=options["days"],
        language=language_named(options["language"]),
    )


def _kind(typed: str | None) -> tuple[str, tuple[str, ...]] | None:
    """The kind, and for a rebuttal the objections that it answers."""
    if typed is None:
        return None
    kind, _, named = typed.partition(":")
    objections = tuple(word.strip() for word in named.split(",") if word.strip())
    if kind not in KINDS:
        raise UsageError(
            f"There is no letter of the kind {kind!r}.", hint=f"Kinds: {', '.join(KINDS)}."
        )
    if kind == REBUTTAL and not objections:
        raise UsageError(
            "Which of their reasons is the letter to answer?",
            hint="--kind rebuttal:REASON; see them: dsr follow-up --reasons",
        )
    if kind != REBUTTAL and named:
        raise UsageError(f"Only a rebuttal answers a reason; leave “:{named}” out.")
    return kind, objections


def _list_reasons(session: Session, options: dict[str, Any]) -> None:
    from dsr.letters.follow_up import objections

    law = "gdpr"
    if options["reference"]:
        with session.store_of(options["reference"], options["person"]) as store:
            law = store.request(options["reference"]).law
    found = objections(law, session.templates())
    if options["as_json"]:
        print_json([{"reason": word, "title": title} for word, title in found.items()])
        return
    table(session, ("Reason", "What they say"), [(word, title) for word, title in found.items()])
