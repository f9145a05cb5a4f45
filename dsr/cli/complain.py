"""`dsr complain`: a complaint to the supervisory authority."""

from typing import Any

import click

from dsr.cli.further import demand_codes, finish, language_named
from dsr.cli.options import json_option, letter_output_options, person_option
from dsr.cli.session import Session, pass_session

SAYS_NO_COURT = ("gdpr", "uk-gdpr")  # laws whose complaints say that there are no proceedings


@click.command("complain")
@click.argument("reference", metavar="REF")
@click.option("--authority", metavar="SLUG", help="Another authority than that of where you live.")
@click.option("--outstanding", multiple=True, metavar="CODE",
              help="A demand that is not fulfilled, as E3; once each.")  # fmt: skip
@click.option("--language", metavar="LL", help="Another language than the authority's.")
@person_option("Only if it is a case of this person.")
@letter_output_options
@json_option
@pass_session
def complain_command(session: Session, /, **options: Any) -> None:
    """Write a complaint about the company of the case REF to the authority.

    It says who you are, what you asked, what happened and when, what is wrong, and what the
    authority is to do. Nothing is sent.

    \b
    Example:
      dsr complain DSR-7K3F-9QX2 --dry-run
    """
    from dsr.workflows.complain import authority_for, complaint_letter
    from dsr.workflows.follow_up import case_so_far, keep
    from dsr.workflows.mandates import check_mandate_holds

    with session.store_of(options["reference"], options["person"]) as store:
        request = store.request(options["reference"])
        case = case_so_far(request, store.events(request.reference), session.today)
        check_mandate_holds(request, store, session.today)
        authority = authority_for(case, options["authority"])
        letter = complaint_letter(
            case,
            authority,
            session.catalogue(),
            session.templates(),
            outstanding=demand_codes(options["outstanding"]) or case.unfulfilled,
            language=language_named(options["language"]),
        )
        if request.law in SAYS_NO_COURT:
            session.warn(
                "The letter says that you have not gone to court and have complained to nobody "
                "else: strike that if it is not so."
            )
        if not authority.verified:
            session.warn(
                f"Nobody has checked how to reach {authority.name}: look at its own page first."
            )
        where = f"by its web form ({authority.webform})" if authority.webform else "to it"
        finish(
            session,
            letter,
            f"{request.reference}-{request.company.slug}-complaint",
            options,
            keep=lambda documents: keep(
                store, case, documents, "complaint", now=session.now(), by=session.by
            ),
            following=f"Next: send it {where}, with the letters and answers of the case; then: "
            f"dsr record {request.reference} complained",
        )
