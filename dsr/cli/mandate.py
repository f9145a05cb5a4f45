"""`dsr mandate`: let somebody else use your rights."""

import secrets
from datetime import date
from typing import Any

import click

from dsr.cli.further import finish, language_named
from dsr.cli.options import DAY, json_option, letter_output_options, person_option
from dsr.cli.session import Session, pass_session
from dsr.errors import UsageError


@click.command("mandate")
@click.argument("agent", metavar="AGENT")
@click.option("--agent-address", "agent_address", multiple=True, metavar="LINE",
              help="Where the agent is; once a line.")  # fmt: skip
@click.option("--agent-country", metavar="CC", help="The agent's country, if not yours.")
@click.option("--company", "companies", multiple=True, metavar="SLUG",
              help="Only towards this company; once each. All, if left out.")  # fmt: skip
@click.option("--law", metavar="LAW", help="Another law than that of where you live.")
@click.option("--from", "valid_from", type=DAY, metavar="DATE", help="Valid from (today).")
@click.option("--until", "valid_until", type=DAY, metavar="DATE", help="Valid until.")
@click.option("--not-for-profit", is_flag=True,
              help="AGENT is a body under GDPR Art. 80(1): it may complain and sue.")  # fmt: skip
@click.option("--language", metavar="LL", help="The language of the mandate.")
@person_option("Who gives it.")
@letter_output_options
@json_option
@pass_session
def mandate_command(session: Session, /, **options: Any) -> None:
    """Write a mandate by which AGENT may use your rights, or those of PERSON, who signs it.

    Under the GDPR it is an ordinary mandate, which for a not-for-profit body can cover complaints
    and courts (Art. 80(1)); in California it is signed permission (11 CCR 7063).

    \b
    Example:
      dsr mandate "Example Privacy Association" --agent-address "1 Example Street" --dry-run
    """
    from dsr.tracker.people import Role

    with session.store_if_any() as store:
        person = session.person(store, options["person"])
    if person is None:
        raise UsageError("dsr does not know who you are yet.", hint="Say so first: dsr init")
    letter = _letter(session, person.on(session.today), options)
    following = "Next: sign it and give it to the agent, who encloses it with each request."
    if person.role is Role.CLIENT:
        following = f"Next: have it signed; then keep it: dsr people mandate {person.id} FILE"
    finish(
        session,
        letter,
        f"{letter.reference}-mandate",
        options,
        keep=None,
        following=following,
    )


def _letter(session: Session, principal: Any, options: dict[str, Any]) -> Any:
    from dsr.law.applicability import Situation, applicable_law, chosen_law
    from dsr.law.regimes import regime
    from dsr.letters.mandate import Mandate, compose_mandate
    from dsr.tracker.requests import REFERENCE_BITS, reference_from
    from dsr.workflows.identity import checked_country
    from dsr.workflows.request import language_of_country

    here = Situation(principal.country, principal.region)
    if options["law"]:  # a mandate says where the person lives
        law = chosen_law(regime(options["law"]), here).law.id
    else:
        law = applicable_law(here).law.id
    catalogue = session.catalogue()
    country = options["agent_country"]
    valid_from: date = options["valid_from"] or session.today
    mandate = Mandate(
        reference=reference_from(secrets.randbits(REFERENCE_BITS)),
        principal=principal,
        agent=(_line(options["agent"]), *map(_line, options["agent_address"])),
        agent_country=checked_country(country) if country else principal.country,
        law=law,
        companies=tuple(catalogue.company(slug).name for slug in options["companies"]),
        valid_from=valid_from,
        valid_until=options["valid_until"],
        not_for_profit=options["not_for_profit"],
    )
    templates = session.templates()
    language = language_named(options["language"]) or principal.language
    language = language or language_of_country(principal.country, templates)
    return compose_mandate(mandate, language=language, templates=templates)


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise UsageError("Name and address of the agent must be lines of printable text.")
    return text.strip()
