"""`dsr complain`: a complaint to the supervisory authority, with all that proves it."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
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
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.tracker.events import Document
    from dsr.tracker.store import Store
    from dsr.workflows.complain import Complaint
    from dsr.workflows.letter_files import WrittenAlong

SAYS_NO_COURT = ("gdpr", "uk-gdpr")  # laws whose complaints say that there are no proceedings


@click.command("complain")
@click.argument("reference", metavar="REF")
@click.option("--authority", metavar="SLUG", help="Another authority than that of where you live.")
@click.option("--outstanding", multiple=True, metavar="CODE",
              help="A demand that is not fulfilled, as E3; once each.")  # fmt: skip
@click.option("--include", multiple=True, type=click.Choice(["identity", "notes"]),
              help="Add what you sent to prove who you are, or attached to notes.")  # fmt: skip
@click.option("--without", multiple=True, metavar="NAME",
              help="Leave a document of the case out, by its name; once each.")  # fmt: skip
@click.option("--language", metavar="LL", help="Another language than the authority's.")
@person_option("Only if it is a case of this person.")
@letter_output_options
@json_option
@pass_session
def complain_command(session: Session, /, **options: Any) -> None:
    """Write a complaint about the company of the case REF to the authority, ready to hand in.

    The letter says who you are, what you asked, what happened and when, what is wrong, and what
    the authority is to do. With it come one PDF of everything (contents, course of events, how
    the time was computed, every exhibit), a ZIP file with the originals, and the texts for a web
    form. Nothing is sent.

    \b
    Examples:
      dsr complain DSR-7K3F-9QX2 --dry-run
      dsr complain DSR-7K3F-9QX2 --out complaint
    """
    from dsr.reports.exhibits import COMPLAINT
    from dsr.workflows.complain import authority_for, complain, exhibits_of
    from dsr.workflows.follow_up import case_so_far, keep
    from dsr.workflows.mandates import check_mandate_holds

    with session.store_of(options["reference"], options["person"]) as store:
        request = store.request(options["reference"])
        case = case_so_far(request, store.events(request.reference), session.today)
        check_mandate_holds(request, store, session.today)
        complaint = complain(
            case,
            authority_for(case, options["authority"]),
            session.catalogue(),
            session.templates(),
            chosen=_chosen(exhibits_of, case, store, options),
            outstanding=demand_codes(options["outstanding"]) or case.unfulfilled,
            language=language_named(options["language"]),
        )
        _warn(session, complaint)
        authority = complaint.authority
        where = f"by its web form ({authority.webform})" if authority.webform else "to it"
        finish(
            session,
            complaint.letter,
            letter_stem(request.reference, request.company.slug, COMPLAINT),
            options,
            keep=lambda documents: keep(
                store, case, documents, COMPLAINT, now=session.now(), by=session.by
            ),
            along=lambda directory, stem, documents: _bundle(
                session, complaint, documents, directory, stem, store
            ),
            following=f"Next: send the bundle {where}; then: "
            f"dsr record {request.reference} complained",
        )
        _tell_exhibits(session, complaint, dry_run=options["dry_run"])


def _chosen(exhibits_of: Any, case: Any, store: "Store", options: dict[str, Any]) -> Any:
    from dsr.reports.exhibits import Private

    include = [Private(word) for word in options["include"]]
    return exhibits_of(case, store, include=include, without=options["without"])


def _warn(session: Session, complaint: "Complaint") -> None:
    from dsr.reports.exhibits import COMPLAINT, MANDATE
    from dsr.tracker.people import CLIENT
    from dsr.workflows.complain import complained_to_controller, controller_first

    request, authority = complaint.case.request, complaint.authority
    if complaint.case.state.unsent == COMPLAINT:
        session.warn(WRITTEN_BEFORE)
    if request.law in SAYS_NO_COURT:
        session.warn(
            "The letter says that you have not gone to court and have complained to nobody "
            "else: strike that if it is not so."
        )
    cited = controller_first(request.law)
    if cited and complained_to_controller(complaint.case) is None:
        session.warn(
            f"You have not complained to the company itself yet ({cited}), which the authority "
            "expects first: "
            f"dsr follow-up {request.reference} --kind final-notice"
        )
    if request.on_behalf == CLIENT and all(e.what != MANDATE for e in complaint.chosen.exhibits):
        session.warn(
            "The letter says that the signed mandate is enclosed, and none is: keep it with "
            f"`dsr people mandate {request.data_subject.id} FILE` and write the complaint again."
        )
    if not authority.verified:
        session.warn(
            f"Nobody has checked how to reach {authority.name}: look at its own page first."
        )
    subject = request.data_subject
    if not (subject.email or subject.address):
        session.warn(
            "The complaint has no address and no e-mail of yours, and an authority needs one to "
            "take it up: dsr init --email EMAIL"
        )


def _bundle(
    session: Session,
    complaint: "Complaint",
    documents: "tuple[Document, ...]",
    directory: Path,
    stem: str,
    store: "Store",
) -> "AbstractContextManager[WrittenAlong]":
    from dsr.workflows.bundle import bundle_of, bundle_written
    from dsr.workflows.letter_files import WrittenAlong

    if not any(each.name.endswith(".pdf") for each in documents):
        session.warn("Without PDF there is no bundle: hand in the documents of the case yourself.")
        return nullcontext(WrittenAlong())
    bundle = bundle_of(complaint, documents, store)
    return bundle_written(bundle, directory, stem, store)


def _tell_exhibits(session: Session, complaint: "Complaint", *, dry_run: bool) -> None:
    would = "would go" if dry_run else "go"
    session.say(f"These exhibits {would} with it:")
    for each in complaint.chosen.exhibits:
        document = each.document
        session.say(f"  {each.label}  {document.name} ({document.size:,} bytes)")
    for name, why in complaint.chosen.left_out:
        session.say(f"  –   {name} stays here: {why}")
