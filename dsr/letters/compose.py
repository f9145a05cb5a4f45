"""Compose a request: choose clauses by law, rights and kind of company, in the lawful order."""

import re
from collections.abc import Iterator
from typing import Any

from dsr.errors import BadFileError, InvalidInputError
from dsr.law.regimes import Regime, regime
from dsr.law.rights import Right
from dsr.letters.clauses import (
    FALLBACK_LANGUAGE,
    Templates,
    own_at_fault,
    shipped_templates,
)
from dsr.letters.document import Block, Demand, Exhibit, Heading, Labels, Letter, Paragraph
from dsr.letters.layouts import layout_for
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.requests import IMAGES, Request

# Rights by which the person does not contest the processing, and positions that matter even then.
_NOT_CONTESTING = {Right.PORTABILITY, Right.RECTIFICATION, Right.AUTOMATED_DECISION}
_ON_THE_WAY = frozenset({"form-only", "account-needed", "processor"})
OWN = "own"  # in the data of demands: the provision that gives the right


def rights_with_letters(law: str, templates: Templates | None = None) -> list[Right]:
    """The rights for which there are letters under a law."""
    templates = templates or shipped_templates()
    return [right for right in regime(law).rights if templates.has_section(law, right.value)]


def check_letter_exists(
    law: Regime, rights: tuple[Right, ...], templates: Templates | None = None
) -> None:
    """Raise InvalidInputError if the law gives a right no letter, or does not give it at all."""
    templates = templates or shipped_templates()
    for right in rights:
        given = law.gives(right)
        if not templates.has_section(law.id, right.value):
            there = ", ".join(rights_with_letters(law.id, templates))
            raise InvalidInputError(
                f"There is no letter for {right.value} under the {law.short}.",
                hint=given.note
                or (f"Letters under this law: {there}." if there else "Use another law: --law."),
                code="no_letter",
            )


def compose(
    request: Request, correspondent: Correspondent, templates: Templates | None = None
) -> Letter:
    """The letter of a request.

    Raises BadFileError if a template asks for what is not there or cites what the law lacks.
    """
    templates = templates or shipped_templates()
    with own_at_fault(templates):
        return _Composer(Wording(request, correspondent, templates)).letter()


def letter_around(
    wording: Wording, *, subject: str, blocks: tuple[Block, ...], own: tuple[str, ...] = ()
) -> Letter:
    """A letter to the controller of a request, whatever it says: addresses, date, closing.

    *own* is a whole letter that somebody else worded, from salutation to closing.
    """
    request, words = wording.request, wording.words
    sender, company = request.sender, request.company
    abroad = sender.address and company.address_country != sender.country
    country = company.address_country if company.address_country != sender.country else None
    return Letter(
        language=request.language,
        layout=layout_for(sender.country),
        reference=request.reference,
        sender=(
            sender.name,
            *sender.address,
            *([wording.country(sender.country)] if abroad else []),
        ),
        sender_email=sender.email,
        recipient=(
            company.name,
            *company.address,
            # In capitals, where the letter crosses a border (UPU S42).
            *([wording.country_line(country)] if country else []),
        ),
        recipient_email=company.email,
        dated=request.made_on,
        date_line=wording.long_date(request.made_on),
        subject=f"{subject} – {request.reference}",
        salutation=own[0] if own else wording.word("salutation"),
        blocks=tuple(Paragraph(line) for line in own[1:-1]) or blocks,
        closing=own[-1] if own else wording.word("closing"),
        signature=sender.name,
        labels=Labels(
            reference=words["reference"],
            page=words["page"],
            email="E-Mail",
            enclosures=words["enclosures"],
            colon=words.get("colon", ": "),
        ),
        own_layouts=wording.templates.own_layouts,
    )


def own_words(wording: Wording, section: dict[str, Any]) -> Iterator[Paragraph]:
    """The person's own grounds and correction, which no template engine touches."""
    request = wording.request
    said = {"own_grounds": request.reason, "own_correction": request.correction}
    objects_elsewhere = Right.OBJECTION in request.rights and not isinstance(
        section.get("grounds"), str
    )
    for key, text in said.items():
        if not text or key not in section or (key == "own_grounds" and objects_elsewhere):
            continue
        yield Paragraph(wording.say(section[key]))
        yield from (Paragraph(part) for part in paragraphs_of(text))


def demands_of(wording: Wording, right: Right) -> Iterator[Heading | Demand]:
    """What a request for *right* demands of this company, stage by stage."""
    section = wording.section(right.value)
    stages, own = section.get("stages", {}), wording.law.gives(right).citation
    words = {**section["demands"], **section["demands"].get(wording.correspondent.kind, {})}
    stage = None
    for rule in wording.rules(right):
        if rule.stage != stage and rule.stage in stages:
            yield Heading(wording.say(stages[rule.stage]))
        stage = rule.stage
        cites = tuple(own if cited == OWN else cited for cited in rule.cites)
        if not isinstance(words.get(rule.code), str):
            raise BadFileError(
                f"The templates of {wording.request.language} have no words for the demand "
                f"{rule.code}.",
                hint="See what is wrong: dsr templates check",
                code="bad_template",
            )
        said = wording.say(words[rule.code])
        if said:  # some demands are made only in some cases
            yield Demand(rule.code, said, wording.citations.demand(cites, rule.cases))


class _Composer:
    """Puts the sections of one request together."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.request = wording.request
        self.frame = wording.frame

    def letter(self) -> Letter:
        own = self.wording.correspondent.own_letter
        return letter_around(
            self.wording,
            subject=self._subject(),
            blocks=() if own else tuple(self._blocks()),
            own=own,
        )

    def _subject(self) -> str:
        other_law = self.wording.correspondent.other_law
        if other_law:
            return f"{self.wording.listed(self.wording.right_names())} ({other_law})"
        return self.wording.say(self.frame["subject"])

    def _blocks(self) -> Iterator[Block]:
        say = self.wording.say
        yield from self.wording.paragraphs(self.frame["opening"])
        yield from self._positions()
        number = 0
        for number, right in enumerate(self.request.rights, start=1):
            yield from self._section(number, right)
        yield from self._identification(number + 1)
        closing = self.frame["time_limit"]
        yield Heading(say(closing["heading"]), number + 2)
        yield from self.wording.paragraphs(closing["text"])

    def _positions(self) -> Iterator[Block]:
        """What answers the company's own documents."""
        if self.request.about != IMAGES:
            return
        said = self.frame.get("positions", {})
        codes = self.wording.correspondent.positions
        if set(self.request.rights) <= _NOT_CONTESTING:
            codes = tuple(code for code in codes if code in _ON_THE_WAY)
        yield from self.wording.paragraphs(said[code] for code in codes if code in said)

    def _section(self, number: int, right: Right) -> Iterator[Block]:
        section = self.wording.section(right.value)
        yield Heading(self.wording.say(section["heading"]), number)
        yield from self.wording.paragraphs(section["intro"])
        yield from self._grounds(section)
        yield from demands_of(self.wording, right)

    def _grounds(self, section: dict[str, Any]) -> Iterator[Block]:
        """The grounds of the letter, and the person's own."""
        grounds = section.get("grounds", [])
        if isinstance(grounds, str):  # the section's own objection: the person's grounds replace it
            own = self.request.reason and "own_grounds" in section
            yield from () if own else self.wording.paragraphs([grounds])
        else:  # grounds of law, among them an objection unless there is a section for it
            yield from self.wording.paragraphs(grounds)
        yield from own_words(self.wording, section)

    def _identification(self, number: int) -> Iterator[Block]:
        words, language = self.frame["identification"], self.wording.words
        yield Heading(self.wording.say(words["heading"]), number)
        if not self.request.names_where_to_look:
            yield from self.wording.paragraphs([words["no_photos"]])
        if self.request.photo_urls:
            yield Paragraph(self.wording.say(words["photos"]))
            for place, url in enumerate(self.request.photo_urls, start=1):
                yield Exhibit(self.wording.photo_label(place), url)
        if self.request.identifiers:
            yield Paragraph(self.wording.say(words["identifiers"]))
            for identifier in self.request.identifiers:
                yield Exhibit(language["identifier"][identifier.kind], identifier.value)
        yield from self.wording.paragraphs(words["clause"])


def uses_reason(law: str, rights: tuple[Right, ...], templates: Templates | None = None) -> bool:
    """Whether a letter for *rights* has a place for the person's own reasons."""
    templates = templates or shipped_templates()
    sections = (templates.clauses(FALLBACK_LANGUAGE, law, right.value) for right in rights)
    return any("own_grounds" in section for section in sections)


def paragraphs_of(text: str) -> list[str]:
    """A person's own text, paragraph by paragraph, each on one line."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [" ".join(part.split()) for part in parts if part.strip()]
