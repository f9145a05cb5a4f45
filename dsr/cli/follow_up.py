"""`dsr follow-up`: reminders, final notices and answers to what the company objects."""

from typing import Any

import click

from dsr.cli.further import demand_codes, finish, language_named
from dsr.cli.options import json_option, letter_output_options, person_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session
from dsr.errors import UsageError

KINDS = ("reminder", "final-notice", "late-extension", "withdrawal", "rebuttal")
RECORD_AS = {"withdrawal": "withdrawn"}


@click.command("follow-up")
@click.argument("reference", metavar="REF", required=False)
@click.option("--kind", metavar="KIND",
              help="reminder, final-notice, late-extension, withdrawal or rebuttal:REASON; that "
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
    from dsr.letters.follow_up import FollowUpKind
    from dsr.workflows.follow_up import (
        AGENT_REFUSED,
        FollowUp,
        case_so_far,
        check_kind,
        copy_of_request,
        fitting_kind,
        follow_up_letter,
        keep_letter,
    )
    from dsr.workflows.mandates import check_mandate_holds

    kind, objection = _kind(options["kind"])
    with session.store_of(options["reference"], options["person"]) as store:
        request = store.request(options["reference"])
        case = case_so_far(request, store.events(request.reference), session.today)
        check_mandate_holds(request, store, session.today)
        chosen = FollowUpKind(kind) if kind else _fitting(case, options, fitting_kind)
        check_kind(case, chosen, objection)
        if objection == AGENT_REFUSED:
            session.warn("Attach the signed mandate yourself: the letter says that it is enclosed.")
        letter = follow_up_letter(
            case,
            FollowUp(
                kind=chosen,
                objection=objection,
                outstanding=demand_codes(options["outstanding"]) or case.outstanding,
                term=options["days"],
                language=language_named(options["language"]),
            ),
            session.catalogue(),
            session.templates(),
            copy_of_request(case, store),
        )
        what = f"{chosen.value}:{objection}" if objection else chosen.value
        stem = f"{request.reference}-{request.company.slug}-{what.replace(':', '-')}"
        recorded = RECORD_AS.get(chosen.value, "reminded")
        finish(
            session,
            letter,
            stem,
            options,
            keep=lambda documents: keep_letter(
                store, case, documents, what, now=session.now(), by=session.by
            ),
            following=f"Next: send it; then: dsr record {request.reference} {recorded}",
        )


def _fitting(case: Any, options: dict[str, Any], fitting_kind: Any) -> Any:
    from dsr.letters.follow_up import FollowUpKind

    return FollowUpKind.REMINDER if options["outstanding"] else fitting_kind(case)


def _kind(typed: str | None) -> tuple[str | None, str | None]:
    """The kind, and for a rebuttal the objection that it answers."""
    if typed is None:
        return None, None
    kind, _, objection = typed.partition(":")
    if kind not in KINDS:
        raise UsageError(
            f"There is no letter of the kind {kind!r}.", hint=f"Kinds: {', '.join(KINDS)}."
        )
    if kind == "rebuttal" and not objection:
        raise UsageError(
            "Which of their reasons is the letter to answer?",
            hint="--kind rebuttal:REASON; see them: dsr follow-up --reasons",
        )
    return kind, objection or None


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
