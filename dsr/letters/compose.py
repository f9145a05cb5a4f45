"""Compose a letter: choose clauses by law, rights and kind of company, in the lawful order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dsr.errors import InvalidInputError
from dsr.law.calendars import country_name
from dsr.law.limits import Period, Unit
from dsr.law.regimes import Regime, regime
from dsr.law.rights import Right
from dsr.letters.citations import Citations, listing
from dsr.letters.clauses import (
    FALLBACK_LANGUAGE,
    clauses,
    demand_rules,
    has_section,
    language_words,
    rendered,
)
from dsr.letters.document import Block, Demand, Exhibit, Heading, Labels, Letter, Paragraph
from dsr.letters.layouts import layout_for
from dsr.tracker.requests import Request

AMERICAN = "US"


@dataclass(frozen=True, slots=True)
class Precedent:
    """A decision that held a law to bind this company."""

    authority: str
    country: str
    number: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Correspondent:
    """What a letter takes from the company's record beside the address."""

    kind: str
    decisions: tuple[Precedent, ...] = ()
    own_letter: tuple[str, ...] = ()  # the letter that a register gives it, line by line
    other_law: str | None = None  # on which that letter rests, instead of the request's


def rights_with_letters(law: str) -> list[Right]:
    """The rights for which there are letters under a law."""
    return [right for right in regime(law).rights if has_section(law, right.value)]


def check_letter_exists(law: Regime, rights: tuple[Right, ...]) -> None:
    """Raise InvalidInputError if the law gives a right no letter, or does not give it at all."""
    for right in rights:
        law.gives(right)
        if not has_section(law.id, right.value):
            there = ", ".join(rights_with_letters(law.id)) or "none"
            raise InvalidInputError(
                f"dsr has no letter for {right.value} under the {law.short} yet.",
                hint=f"Letters it has under this law: {there}.",
                code="no_letter",
            )


def compose(request: Request, correspondent: Correspondent) -> Letter:
    """The letter of a request.

    Raises BadFileError if a template asks for what is not there or cites what the law lacks.
    """
    return _Composer(request, correspondent).letter()


class _Composer:
    """Holds what every clause of one letter may use."""

    def __init__(self, request: Request, correspondent: Correspondent) -> None:
        self.request = request
        self.kind = correspondent.kind
        self.own = correspondent.own_letter
        self.other_law = correspondent.other_law
        self.law = regime(request.law)
        self.words = language_words(request.language)
        self.citations = Citations(self.law, self.words)
        self.frame = clauses(request.language, request.law, "letter")
        self.values = self._values(correspondent)

    def letter(self) -> Letter:
        request, person, company = self.request, self.request.data_subject, self.request.company
        american = person.country == AMERICAN
        return Letter(
            language=request.language,
            layout=layout_for(person.country),
            reference=request.reference,
            sender=(person.name, *person.address, *self._abroad(person.address)),
            sender_email=person.email,
            recipient=(company.name, *company.address, *self._country_line()),
            recipient_email=company.email,
            dated=request.made_on,
            date_line=self._long_date(request.made_on),
            subject=f"{self._subject()} – {request.reference}",
            salutation=self.own[0] if self.own else self._word("salutation", american=american),
            blocks=tuple(Paragraph(line) for line in self.own[1:-1]) or tuple(self._blocks()),
            closing=self.own[-1] if self.own else self._word("closing", american=american),
            signature=person.name,
            labels=Labels(
                reference=self.words["reference"], page=self.words["page"], email="E-Mail"
            ),
        )

    def _subject(self) -> str:
        if self.other_law:
            named = [str(name) for name in self.values["right_names"]]
            return f"{listing(named, self.words['and'])} ({self.other_law})"
        return self._say(self.frame["subject"])

    def _values(self, correspondent: Correspondent) -> dict[str, Any]:
        request = self.request
        names = self.words["right_ccpa" if self.law.id == "ccpa" else "right"]
        return {
            "rights": [right.value for right in request.rights],
            "right_names": [names.get(right.value, right.value) for right in request.rights],
            "articles": [self.law.gives(right).citation for right in request.rights],
            "kind": self.kind,
            "what_they_do": self.frame["what_they_do"][self.kind],
            "company": request.company.name,
            "country": self._residence(request.data_subject.country),
            "email": request.data_subject.email,
            "reference": request.reference,
            "outside": request.company.establishment not in self.law.residents_of,
            "decisions": [self._precedent(decision) for decision in correspondent.decisions],
            "indirect": self.kind in INDIRECT,
            "own_reason": bool(request.reason),
            "within": self._within(self._longest_response()),
            "within_for": lambda word: self._within(self.law.gives(Right(word)).limit.response),
            "acknowledge": self._acknowledgement(),
            "cite": self.citations.cite,
            "cite_other": self.citations.cite_other,
            "statute": self.citations.statute,
            "listed": lambda parts: listing(list(parts), self.words["and"]),
        }

    def _blocks(self) -> Iterator[Block]:
        yield from self._paragraphs(self.frame["opening"])
        number = 0
        for number, right in enumerate(self.request.rights, start=1):
            yield from self._section(number, right)
        yield from self._identification(number + 1)
        closing = self.frame["time_limit"]
        yield Heading(self._say(closing["heading"]), number + 2)
        yield from self._paragraphs(closing["text"])

    def _section(self, number: int, right: Right) -> Iterator[Block]:
        section = clauses(self.request.language, self.request.law, right.value)
        yield Heading(self._say(section["heading"]), number)
        yield from self._paragraphs(section["intro"])
        yield from self._grounds(section)
        stages = section.get("stages", {})
        stage = None
        for rule in demand_rules(self.request.law, right.value):
            if not rule.is_for(self.kind):
                continue
            if rule.stage != stage and rule.stage in stages:
                stage = rule.stage
                yield Heading(stages[stage])
            words = {**section["demands"], **section["demands"].get(self.kind, {})}
            citation = self.citations.demand(rule.cites, rule.cases)
            yield Demand(rule.code, self._say(words[rule.code]), citation)

    def _grounds(self, section: dict[str, Any]) -> Iterator[Block]:
        """The grounds, the person's own in their words, which no template engine touches."""
        grounds = section.get("grounds", [])
        own = self.request.reason if "own_grounds" in section else None
        if isinstance(grounds, str):  # the section's own objection: the person's grounds replace it
            yield from () if own else self._paragraphs([grounds])
        else:  # grounds of law, among them an objection unless there is a section for it
            yield from self._paragraphs(grounds)
            own = None if Right.OBJECTION in self.request.rights else own
        if own:
            yield Paragraph(self._say(section["own_grounds"]))
            yield from (Paragraph(text) for text in _paragraphs_of(own))

    def _identification(self, number: int) -> Iterator[Block]:
        words = self.frame["identification"]
        yield Heading(self._say(words["heading"]), number)
        if self.request.photo_urls:
            yield Paragraph(self._say(words["photos"]))
            for place, url in enumerate(self.request.photo_urls, start=1):
                yield Exhibit(self.words["photo"].format(number=place), url)
        else:
            yield Paragraph(self._say(words["no_photos"]))
        yield from self._paragraphs(words["clause"])

    def _paragraphs(self, texts: list[str]) -> Iterator[Block]:
        for text in texts:
            said = self._say(text)
            if said:
                yield Paragraph(said)

    def _say(self, text: str) -> str:
        return rendered(text, self.values)

    def _word(self, name: str, *, american: bool) -> str:
        return str(self.words[f"{name}_us" if american else name])

    def _longest_response(self) -> Period | None:
        limits = [self.law.gives(right).limit for right in self.request.rights]
        acknowledged = [limit.response for limit in limits if limit.acknowledgement]
        return acknowledged[0] if acknowledged else limits[0].response

    def _acknowledgement(self) -> str:
        limits = [self.law.gives(right).limit for right in self.request.rights]
        periods = [limit.acknowledgement for limit in limits if limit.acknowledgement]
        return self._within(periods[0]) if periods else ""

    def _within(self, period: Period | None) -> str:
        """The time limit in words; empty where the law sets none."""
        if period is None:
            return ""
        one_month = period.unit is Unit.MONTHS and period.count == 1
        words = self.words["within"]["month" if one_month else period.unit.value]
        return str(words).format(count=period.count)

    def _long_date(self, day: date) -> str:
        from babel.dates import format_date

        american = self.request.data_subject.country == AMERICAN
        return format_date(day, "long", self.words["babel_us" if american else "babel"])

    def _precedent(self, decision: Precedent) -> str:
        """Name, country, number and date of a decision, in words that need no translation."""
        where = f"{decision.authority} ({self._country(decision.country)})"
        return ", ".join(filter(None, (where, decision.number, self._long_date(decision.on))))

    def _residence(self, code: str) -> str:
        """The country as a sentence of this language names it."""
        return country_name(code) if self.request.language == "en" else self._country(code)

    def _country(self, code: str) -> str:
        from babel import Locale

        return str(Locale.parse(self.words["babel"]).territories.get(code, code))

    def _abroad(self, address: tuple[str, ...]) -> tuple[str, ...]:
        """The sender's country, where the letter leaves it."""
        sender, there = self.request.data_subject.country, self.request.company.address_country
        return (self._country(sender),) if address and there != sender else ()

    def _country_line(self) -> tuple[str, ...]:
        """The recipient's country in capitals, where the letter crosses a border (UPU S42)."""
        there = self.request.company.address_country
        if there is None or there == self.request.data_subject.country:
            return ()
        return (self._country(there).upper(),)


def uses_reason(law: str, rights: tuple[Right, ...]) -> bool:
    """Whether a letter for *rights* has a place for the person's own reasons."""
    sections = (clauses(FALLBACK_LANGUAGE, law, right.value) for right in rights)
    return any("own_grounds" in section for section in sections)


def _paragraphs_of(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [" ".join(part.split()) for part in parts if part.strip()]


# Kinds of company that mostly obtain images from others than the person: GDPR Art. 14 applies.
INDIRECT = frozenset(
    {"face-search", "ai-lab", "image-generator", "dataset-publisher", "data-broker", "stock-photo"}
)
