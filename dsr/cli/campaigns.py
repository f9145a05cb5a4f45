"""`dsr campaigns`: how far the campaigns have come; and what `dsr request` needs of them."""

from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import json_option, person_option
from dsr.cli.output import print_json, short_date, table
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.tracker.store import Store
    from dsr.workflows.campaigns import Taken


@click.command("campaigns")
@person_option("Only those of this person.")
@json_option
@pass_session
def campaigns_command(session: Session, *, person: str | None, as_json: bool) -> None:
    """List the campaigns: requests to many companies at once, one letter to each controller.

    \b
    Example:
      dsr request --pack face-search --type access --type erasure
      dsr campaigns
      dsr list --campaign face-search
    """
    from dsr.tracker.campaigns import progress

    found: list[dict[str, Any]] = []
    with session.store_if_any() as store:
        if person:
            session.person(store, person)
        for campaign in store.campaigns() if store else []:
            if store and person in (None, campaign.person):
                done = progress(campaign, store.standings(session.today, campaign=campaign.name))
                found.append(
                    {
                        **campaign.as_json(),
                        "letters": done.letters,
                        "made": done.made,
                        "sent": done.sent,
                        "answered": done.answered,
                        "closed": done.closed,
                    }
                )
    if as_json:
        print_json(found)
    elif not found:
        session.say("No campaigns. Begin one: dsr request --pack face-search --type access")
    else:
        columns = ["Name", "For", "Rights", "Started", ">Made", ">Sent", ">Answered", ">Closed"]
        table(session, columns, [_row(each) for each in found])


def _row(found: dict[str, Any]) -> list[str]:
    from datetime import date

    return [
        found["name"],
        found["person"],
        ", ".join(found["rights"]),
        short_date(date.fromisoformat(found["started_on"])),
        f"{found['made']} of {found['letters']}",
        *(str(found[count]) for count in ("sent", "answered", "closed")),
    ]


def taken_up(
    session: Session,
    options: dict[str, Any],
    store: "Store | None",
    person: str,
    companies: tuple[str, ...],
    rights: tuple[str, ...],
) -> "Taken | None":
    """The campaign that these requests belong to; None where they are no campaign."""
    from dsr.workflows.campaigns import take_up

    name = options["pack"] if options["campaign"] is None else options["campaign"]
    if name is None:
        return None
    taken = take_up(
        store,
        name,
        named=options["campaign"] is not None,
        person=person,
        companies=companies,
        rights=rights,
        today=session.today,
    )
    made, whole = len(taken.campaign.companies) - len(taken.left), len(taken.campaign.companies)
    if not taken.is_new and taken.left:
        session.say(
            f"The campaign {taken.campaign.name} goes on: {made} of {whole} companies are done."
        )
    elif not taken.left:
        session.say(
            f"The campaign {taken.campaign.name} has a letter to each of its {whole} companies, "
            f"the first of {short_date(taken.campaign.started_on)}. A new round needs a name: "
            "--campaign NAME."
        )
    return taken


def say_campaign(session: Session, taken: "Taken", store: "Store") -> None:
    """Say how far the campaign has come, and what comes next."""
    from shlex import quote

    from dsr.tracker.campaigns import progress

    campaign = store.campaign(taken.campaign.name) or taken.campaign
    done = progress(campaign, store.standings(session.today, campaign=campaign.name))
    session.say()
    session.say(
        f"Campaign {campaign.name}: {done.made} of {done.letters} letters made, {done.sent} sent."
    )
    session.say(f"Next: send them; see them all: dsr list --campaign {quote(campaign.name)}")
