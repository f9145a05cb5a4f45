"""Compose a mandate: the document by which a person lets somebody else use their rights."""

from dataclasses import dataclass
from datetime import date

from dsr.errors import InvalidInputError
from dsr.law.receipt import Channel
from dsr.law.regimes import regime
from dsr.letters.clauses import Templates, own_at_fault, shipped_templates
from dsr.letters.compose import letter_around, rights_with_letters
from dsr.letters.document import Letter
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """Who may act for whom, towards whom and for how long."""

    reference: str
    principal: DataSubject
    agent: tuple[str, ...]  # name, then address
    agent_country: str
    law: str
    companies: tuple[str, ...] = ()  # by name; all, if empty
    valid_from: date
    valid_until: date | None = None
    not_for_profit: bool = False  # a body under GDPR Art. 80(1), which can complain and sue


def compose_mandate(
    mandate: Mandate, *, language: str, templates: Templates | None = None
) -> Letter:
    """The mandate, for the person to sign.

    Raises InvalidInputError where there is none under the law.
    """
    templates = templates or shipped_templates()
    law = regime(mandate.law)
    if not templates.has_section(law.id, "mandate"):
        raise InvalidInputError(f"There is no mandate under the {law.short}.", code="no_letter")
    if mandate.valid_until and mandate.valid_until < mandate.valid_from:
        raise InvalidInputError("The mandate would end before it begins.", code="bad_mandate")
    rights = rights_with_letters(law.id, templates)
    request = Request(
        reference=mandate.reference,
        data_subject=mandate.principal,
        company=_agent(mandate),
        law=law.id,
        rights=tuple(rights),
        language=templates.language_for(language, law.id, "mandate"),
        channel=Channel.POST,
        made_on=mandate.valid_from,
    )
    with own_at_fault(templates):
        return _composed(mandate, Wording(request, Correspondent("other"), templates))


def _composed(mandate: Mandate, wording: Wording) -> Letter:
    law, until = wording.law, mandate.valid_until
    words = wording.section("mandate")
    blocks = wording.paragraphs(
        words["text"],
        principal=[mandate.principal.name, *mandate.principal.address],
        agent=list(mandate.agent),
        companies=list(mandate.companies),
        art80=mandate.not_for_profit,
        valid_from=wording.long_date(mandate.valid_from),
        valid_until=wording.long_date(until) if until else "",
        all_right_names=wording.right_names(),
        all_right_titles=[law.gives(right).name for right in wording.request.rights],
    )
    subject = wording.say(words["heading"])
    closing = wording.say(words["signature"])
    colon = str(wording.words.get("colon", ": ")).rstrip(" ")
    own = ("", *(block.text for block in blocks), f"{closing}{colon}")
    return letter_around(wording, subject=subject, blocks=(), own=own)


def _agent(mandate: Mandate) -> Addressee:
    return Addressee(
        slug="agent",
        name=mandate.agent[0],
        address=mandate.agent[1:],
        address_country=mandate.agent_country,
        email=None,
        webform=None,
        establishment=mandate.agent_country,
    )
