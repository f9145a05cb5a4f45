"""Cases in the making: requests, their events and facts, for the letters that come later."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from dsr.directory.catalogue import Catalogue
from dsr.law.receipt import Channel
from dsr.law.regimes import regime_ids
from dsr.law.rights import Right, lawful_order
from dsr.letters.clauses import shipped_templates
from dsr.letters.compose import rights_with_letters
from dsr.letters.document import Exhibit, Heading, Letter
from dsr.letters.follow_up import CaseFacts, FollowUpKind
from dsr.letters.text import full_text
from dsr.letters.wording import Correspondent
from dsr.tracker.events import DocumentRecord, Event, EventType
from dsr.tracker.people import CHILD, Representative
from dsr.tracker.requests import Request
from dsr.workflows.follow_up import (
    CaseSoFar,
    FollowUp,
    case_so_far,
    check_kind,
    fitting_kind,
    follow_up_letter,
)
from dsr.workflows.request import correspondent
from tests.letters.conftest import addressee, resident

TEMPLATES = shipped_templates()
LAWS = [law for law in regime_ids() if TEMPLATES.has_section(law, "letter")]
FAMILIES = {TEMPLATES.family(law): law for law in reversed(LAWS)}  # the first law of each
LEFTOVERS = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{\w*\}|None|Undefined|True|False|\[\]|\(\)|\(;|;\s*\)|\(\s|\s\)|"
    r"  | ,| \.|,,|;;|\.\.|“”|„“"
)
PARENT = Representative(
    acts_for=CHILD,
    name="Petra Parent",
    email="petra@example.org",
    address=("Heidestraße 17", "51147 Köln"),
    country="DE",
)


def combinations(section: str) -> list[tuple[str, str]]:
    """Each law, one of a family, with each language that has this section."""
    return [
        (law, language)
        for law in FAMILIES.values()
        for language in TEMPLATES.languages()
        if TEMPLATES.has_section(law, section, language)
    ]


@cache
def _catalogue() -> Catalogue:
    return Catalogue()


def requested(
    law: str = "gdpr",
    *rights: str,
    slug: str = "clearview",
    language: str = "en",
    kind: str | None = None,
    **other: Any,
) -> tuple[Request, Correspondent]:
    """A request for these rights, or for all that have letters, and whom it goes to."""
    company = _catalogue().company(slug)
    chosen = [Right(word) for word in rights] or rights_with_letters(law)
    request = Request(
        reference="DSR-7K3F-9QX2",
        data_subject=resident(law),
        company=addressee(company),
        law=law,
        rights=lawful_order(chosen),
        language=language,
        channel=Channel.EMAIL,
        made_on=date(2026, 11, 23),
    )
    to = correspondent(company, law)
    return replace(request, **other), replace(to, kind=kind or to.kind)


# All in November, so that a month's name alone tells how a language writes them.
FACTS = CaseFacts(
    today=date(2026, 11, 20),
    sent_on=date(2026, 11, 3),
    via=Channel.EMAIL,
    delivered_on=date(2026, 11, 4),
    due=date(2026, 11, 16),
    due_passed=True,
    extended_on=date(2026, 11, 17),
    reminded_on=date(2026, 11, 19),
    new_term=date(2026, 11, 27),
)


def events(*told: tuple[Any, ...]) -> list[Event]:
    """Events out of ``(type, day)`` or ``(type, day, {"note": …, "files": […]})``."""
    made = []
    for seq, (kind, day, *rest) in enumerate(told, start=1):
        more = dict(rest[0]) if rest else {}
        files = [DocumentRecord(name, "text/plain", "0" * 64, 3) for name in more.pop("files", ())]
        made.append(
            Event(
                seq=seq,
                type=EventType(kind),
                on=date.fromisoformat(day),
                recorded_at=datetime(2027, 1, 1, tzinfo=UTC),
                documents=tuple(files),
                **more,
            )
        )
    return made


SENT = (("prepared", "2026-11-23"), ("sent", "2026-11-23"))


def case(request: Request, today: str, *told: tuple[Any, ...]) -> CaseSoFar:
    """The case of a request that was sent on Monday 23 November 2026, and what came then."""
    return case_so_far(request, events(*(told or SENT)), date.fromisoformat(today))


def next_letter(so_far: CaseSoFar, kind: str | None = None, **wanted: Any) -> Letter:
    """The letter that `dsr follow-up` would write."""
    chosen = FollowUpKind(kind) if kind else fitting_kind(so_far)
    check_kind(so_far, chosen)
    return follow_up_letter(so_far, FollowUp(kind=chosen, **wanted), _catalogue(), TEMPLATES)


def text_with_blocks_clean(letter: Letter) -> str:
    """The whole text, after a look at it for what no letter may hold."""
    text = full_text(letter)
    found = LEFTOVERS.search(text)
    assert not found, text[max(0, found.start() - 80) : found.end() + 80]
    for block in letter.blocks:
        words = block.url if isinstance(block, Exhibit) else block.text
        assert words
        assert words == words.strip()
        if not isinstance(block, Heading | Exhibit):
            assert words.endswith((".", "!", "?", ":")), words
            assert words[0].isalnum() or words[0] in "„“«¿", words
    return text
