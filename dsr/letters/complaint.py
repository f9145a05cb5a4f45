"""Compose a complaint to an authority: who, what happened, what is wrong, what is asked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dsr.errors import InvalidInputError
from dsr.law.receipt import Channel
from dsr.letters.clauses import (
    Templates,
    own_at_fault,
    shipped_templates,
)
from dsr.letters.compose import letter_around
from dsr.letters.document import Block, Exhibit, Heading, Letter, Paragraph
from dsr.letters.follow_up import CaseFacts, said_of
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.requests import Addressee, Request

# What the derivation of a date says of dsr's own assumptions is for the person, not the authority.
_NOTE_OF_OURS = re.compile(r"\s*\(dsr(?:[^()]|\([^()]*\))*\)|: dsr's own \w+")

LETTERS = ("final-notice", "rebuttal")  # that the course of events names, words of [bundle]


def for_the_authority(steps: Sequence[str]) -> list[str]:
    """How a day was computed, without what dsr says of it to the person alone."""
    return [
        _ADVICE.sub("", _NOTE_OF_OURS.sub("", step))
        for step in steps
        if not step.startswith("Unverified")
    ]


_ADVICE = re.compile(r": do not call it late before that day has passed(?=\.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One event of the case as the chronology tells it."""

    on: date
    what: str  # a word of the language file's [events]
    via: Channel | None = None  # sent: how
    seq: int | None = None  # the number of the event


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A document that goes with the complaint; *what* is a word of [bundle] or [events]."""

    label: str
    on: date
    what: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grievance:
    """What the complaint says is wrong, and by what it is proved."""

    occurrences: tuple[Occurrence, ...] = ()
    late: bool = False
    refused: bool = False
    incomplete: bool = False
    calculation: str = ""  # how the day was computed on which the time ended
    own_authority: bool = True  # that of where the person lives
    complained_to_controller: date | None = None
    enclosed: tuple[Proof, ...] = ()


def compose_complaint(
    request: Request,
    correspondent: Correspondent,
    facts: CaseFacts,
    grievance: Grievance,
    authority: Addressee,
    *,
    language: str | None = None,
    templates: Templates | None = None,
) -> Letter:
    """The complaint, in *language* if there is one in it, else in English.

    Raises InvalidInputError where there is none under the law of the request.
    """
    templates = templates or shipped_templates()
    if not templates.has_section(request.law, "complaint"):
        raise InvalidInputError(
            f"There is no complaint under the law of {request.reference}.", code="no_letter"
        )
    wanted = language or request.language
    chosen = templates.language_for(wanted, request.law, "complaint")
    now = replace(request, made_on=facts.today, language=chosen)
    with own_at_fault(templates):
        composer = _Complaint(Wording(now, correspondent, templates), facts, grievance)
        # The authority takes the controller's place in the address field.
        addressed = Wording(replace(now, company=authority), correspondent, templates)
        blocks = tuple(composer.blocks())
        return letter_around(addressed, subject=composer.subject(), blocks=blocks)


class _Complaint:
    """Puts the sections of one complaint together."""

    def __init__(self, wording: Wording, facts: CaseFacts, grievance: Grievance) -> None:
        request = wording.request
        self.wording, self.grievance = wording, grievance
        self.words = wording.templates.clauses(request.language, request.law, "complaint")
        complained = grievance.complained_to_controller
        cite, gives = wording.citations.cite, wording.law.gives
        self.values: dict[str, Any] = {
            **said_of(wording, facts),
            "company_lines": [request.company.name, *request.company.address],
            "calculation": grievance.calculation,
            "controller_first": wording.long_date(complained) if complained else "",
            "keep_name": True,
            "own_authority": grievance.own_authority,
            "art80": False,
            "citations": list(dict.fromkeys(cite(gives(r).citation) for r in request.rights)),
        }

    def subject(self) -> str:
        return self._say(self.words["subject"])

    def blocks(self) -> Iterator[Block]:
        parts = ("complainant", "controller", "facts", "infringements", "remedies")
        for number, part in enumerate(parts, start=1):
            yield Heading(self._say(self.words[part]["heading"]), number)
            if part == "infringements":
                yield from self._infringements()
            else:
                yield from self.wording.paragraphs(self.words[part]["text"], **self.values)
            if part == "facts":
                yield from self._chronology()
        if self.grievance.enclosed:
            yield Heading(self._say(self.words["evidence"]["heading"]), len(parts) + 1)
            for proof in self.grievance.enclosed:
                yield Exhibit(proof.label, self._caption(proof))

    def _caption(self, proof: Proof) -> str:
        said = {**self.wording.words["events"], **self.wording.words["bundle"]}
        said["mandate"] = self.wording.words["mandate"]
        what = str(said.get(proof.what, proof.what)).format(how=self.values["sent_how"])
        return f"{what}, {self.wording.long_date(proof.on)} ({proof.name})"

    def _chronology(self) -> Iterator[Block]:
        told = self.wording.words
        events = {**{word: told["bundle"][word] for word in LETTERS}, **told["events"]}
        ways = self.wording.words["via"]
        for each in self.grievance.occurrences:
            if each.what not in events:
                continue
            how = ways[each.via.value] if each.via else self.values["sent_how"]
            yield Exhibit(self.wording.long_date(each.on), str(events[each.what]).format(how=how))

    def _infringements(self) -> Iterator[Block]:
        wrong, words = self.grievance, self.words["infringements"]
        found = [("late", wrong.late), ("refused", wrong.refused), ("incomplete", wrong.incomplete)]
        chosen = [name for name, there in found if there]
        for name in [*chosen, "rights", "unlawful"]:
            said = self._say(words[name])
            if said:
                yield Paragraph(said)

    def _say(self, text: str) -> str:
        return self.wording.say(text, **self.values)
