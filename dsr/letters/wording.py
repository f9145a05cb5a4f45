"""What every letter of a case may say: names, dates, periods and citations in its language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from unicodedata import normalize

from dsr.errors import BadFileError
from dsr.law.calendars import country_name, region_name
from dsr.law.limits import Period, Unit
from dsr.law.regimes import regime
from dsr.law.rights import Right
from dsr.letters.citations import Citations, listing
from dsr.letters.clauses import DemandRule, Table, Templates, over, rendered
from dsr.letters.document import Paragraph
from dsr.tracker.requests import IMAGES, Request

AMERICAN = "US"
_GREEK_ACCENT = re.compile("([\u0370-\u03ff])\u0301")
GENERAL = "general"  # the stage of demands that do not speak of images

# Kinds of company that mostly obtain images from others than the person: GDPR Art. 14 applies.
INDIRECT = frozenset(
    {"face-search", "ai-lab", "image-generator", "dataset-publisher", "data-broker", "stock-photo"}
)


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
    known_for: tuple[str, ...] = ()  # its datasets, models and products, by name
    positions: tuple[str, ...] = ()  # what it says in its documents, by code
    asked_proof: tuple[str, ...] = ()  # what it asks as proof, by code
    representative: str | None = None  # in the Union or the United Kingdom


# What every template may use; a test holds it against the values themselves.
KNOWN_VALUES = frozenset(
    {"rights", "right_names", "right_titles", "right_title", "articles", "article_of", "law_name"}
    | {
        "law_short",
        "law_citation",
        "state",
        "place",
        "provided_only",
        "region",
        "codes",
        "about",
        "kind",
        "what_they_do",
    }
    | {"known_for", "positions", "asked_proof", "representative", "company", "country", "person"}
    | {"on_behalf", "email", "reference", "outside", "decisions", "indirect", "own_reason"}
    | {"own_correction", "photo_enclosed", "has_identifiers", "within", "within_for"}
    | {"acknowledge", "has_step", "cite", "cite_other", "case", "guidance", "recital", "statute"}
    | {"listed"}
)


class Wording:
    """Says the clauses of one case; every template sees the same values."""

    def __init__(
        self, request: Request, correspondent: Correspondent, templates: Templates
    ) -> None:
        self.request = request
        self.correspondent = correspondent
        self.templates = templates
        self.law = regime(request.law)
        self.words = templates.language_words(request.language, request.law)
        if templates.has_own:
            _check_locale(self.words["babel"])
        self.citations = Citations(self.law, self.words)
        self.frame = self.section("letter")
        self.values = self._values()

    def section(self, name: str) -> Table:
        """The clauses of a section, as a request about images or about everything says them."""
        table = self.templates.clauses(self.request.language, self.request.law, name)
        if self.request.about == IMAGES or "general" not in table:
            return table
        general = over(table, table["general"])
        if name == "letter" and "opening" in table["general"]:  # in place of the first paragraph
            general["opening"] = [*table["general"]["opening"], *table["opening"][1:]]
        return general

    def say(self, text: str, **more: object) -> str:
        """One clause with its values filled in."""
        return rendered(text, {**self.values, **more} if more else self.values)

    def paragraphs(self, texts: Iterable[str], **more: object) -> Iterator[Paragraph]:
        """The clauses that have something to say in this case."""
        for text in texts:
            said = self.say(text, **more)
            if said:
                yield Paragraph(said)

    def word(self, name: str) -> str:
        """A salutation or closing as the person's country has it."""
        american = self.request.data_subject.country == AMERICAN
        return str((self.words.get(f"{name}_us") if american else None) or self.words[name])

    def within(self, period: Period | None) -> str:
        """The time limit in words; empty where the law sets none."""
        if period is None:
            return ""
        one_month = period.unit is Unit.MONTHS and period.count == 1
        words = self.words["within"]["month" if one_month else period.unit.value]
        return str(words).format(count=period.count)

    def long_date(self, day: date) -> str:
        """A date as people of this language write it in a letter."""
        from babel.dates import format_date

        american = self.request.data_subject.country == AMERICAN
        locale = (self.words.get("babel_us") if american else None) or self.words["babel"]
        said = format_date(day, "long", locale)
        if day.day == 1 and "first" in self.words:  # 1er novembre, which CLDR does not know
            said = said.replace("1", str(self.words["first"]), 1)
        return str(self.words.get("date", "{}")).format(said)

    def country(self, code: str) -> str:
        """A country's name in this language."""
        from babel import Locale

        return str(Locale.parse(self.words["babel"]).territories.get(code, code))

    def country_line(self, code: str) -> str:
        """A country as the last line of an address, in capitals, which in Greek bear no accents."""
        plain = _GREEK_ACCENT.sub(r"\1", normalize("NFD", self.country(code)))
        return normalize("NFC", plain).upper()

    def photo_label(self, number: int) -> str:
        """What a web address is called: Photo 1, or A1 where the request is not about images."""
        if self.request.about != IMAGES:
            return f"A{number}"
        return str(self.words["photo"]).format(number=number)

    def listed(self, parts: Iterable[str]) -> str:
        """One, two and three, in this language."""
        return listing(list(parts), self.words["and"])

    def right_names(self, rights: Iterable[Right] | None = None) -> list[str]:
        """The rights, or else all of the request, as this law calls them, in this language."""
        names = self.words["right"]
        own = self.words.get(f"right_{self.templates.family(self.law.id)}", {})
        return [
            str(own.get(right.value) or names.get(right.value, right.value))
            for right in (self.request.rights if rights is None else rights)
        ]

    def _values(self) -> dict[str, Any]:
        return {
            **self._of_person(),
            **self._of_company(),
            **self._of_law(),
            **self._of_time_limits(),
            "cite": self.citations.cite,
            "cite_other": self.citations.cite_other,
            "case": self.citations.case,
            "guidance": self.citations.guidance,
            "recital": self.citations.recital,
            "statute": self.citations.statute,
            "listed": self.listed,
        }

    def _of_person(self) -> dict[str, Any]:
        """Who asks, for what, and by what the data can be found."""
        request = self.request
        return {
            "rights": [right.value for right in request.rights],
            "right_names": self.right_names(),
            "about": request.about,
            "country": self._residence(request.data_subject.country),
            "region": request.data_subject.region or "",
            "state": self._state(),
            "place": self._state() or self._residence(request.data_subject.country),
            "person": request.data_subject.name,
            "on_behalf": request.on_behalf,
            "email": request.sender.email or "",
            "reference": request.reference,
            "own_reason": bool(request.reason),
            "own_correction": bool(request.correction),
            "photo_enclosed": request.photo_enclosed,
            "has_identifiers": request.names_where_to_look,
            "codes": self.codes(),
        }

    def _of_company(self) -> dict[str, Any]:
        """Who is asked, and what its record says."""
        request, company = self.request, self.correspondent
        about_images = request.about == IMAGES
        does = self.frame.get("what_they_do", {})
        return {
            "kind": company.kind,
            "what_they_do": does.get(company.kind, "") if about_images else "",
            "known_for": list(company.known_for) if about_images else [],
            "positions": list(company.positions),
            "asked_proof": list(company.asked_proof),
            "representative": company.representative or "",
            "company": request.company.name,
            "outside": request.company.establishment not in self.law.residents_of,
            "decisions": [self._precedent(decision) for decision in company.decisions],
            "indirect": company.kind in INDIRECT,
        }

    def _of_law(self) -> dict[str, Any]:
        """The law, its names and the provisions that give the rights."""
        law, cite, rights = self.law, self.citations.cite, self.request.rights
        return {
            "law_name": law.name,
            "law_short": law.short,
            "law_citation": law.citation,
            "articles": [law.gives(right).citation for right in rights],
            "article_of": lambda word: cite(law.gives(Right(word)).citation),
            "right_title": lambda word: law.gives(Right(word)).name,
            "right_titles": [law.gives(right).name for right in rights],
            "provided_only": self._provided_only(),
            "has_step": lambda name: name in law.steps,
        }

    def _of_time_limits(self) -> dict[str, Any]:
        """The times that the law sets, in words."""
        return {
            "within": self.within(self._longest_response()),
            "within_for": lambda word: self.within(self.law.gives(Right(word)).limit.response),
            "acknowledge": self._acknowledgement(),
        }

    def codes(self) -> list[str]:
        """The codes of all demands that the request makes."""
        return [rule.code for right in self.request.rights for rule in self.rules(right)]

    def rules(self, right: Right) -> list[DemandRule]:
        """The demands that a request for *right* makes of this company."""
        rules = self.templates.demand_rules(self.request.law, right.value)
        if self.request.about == IMAGES:
            wanted = [rule for rule in rules if rule.stage != GENERAL]
        else:
            wanted = [rule for rule in rules if rule.stage == GENERAL] or list(rules)
        return [rule for rule in wanted if rule.is_for(self.correspondent.kind)]

    def _provided_only(self) -> bool:
        """Whether the law lets one have deleted only what one gave the company."""
        given = self.law.rights.get(Right.ERASURE)
        return given is not None and given.provided_only

    def _state(self) -> str:
        """The state or province in which the person lives, by its name in this language."""
        person = self.request.data_subject
        return region_name(person.country, person.region) if person.region else ""

    def _longest_response(self) -> Period | None:
        limits = [self.law.gives(right).limit for right in self.request.rights]
        acknowledged = [limit.response for limit in limits if limit.acknowledgement]
        return acknowledged[0] if acknowledged else limits[0].response

    def _acknowledgement(self) -> str:
        limits = [self.law.gives(right).limit for right in self.request.rights]
        periods = [limit.acknowledgement for limit in limits if limit.acknowledgement]
        return self.within(periods[0]) if periods else ""

    def _precedent(self, decision: Precedent) -> str:
        """Name, country, number and date of a decision, in words that need no translation."""
        where = f"{decision.authority} ({self.country(decision.country)})"
        return ", ".join(filter(None, (where, decision.number, self.long_date(decision.on))))

    def _residence(self, code: str) -> str:
        """The country as a sentence of this language names it."""
        return country_name(code) if self.request.language == "en" else self.country(code)


def _check_locale(name: str) -> None:
    """Raise BadFileError if a language file of one's own names a locale that there is not."""
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise BadFileError(
            f"A language file names a locale that Unicode does not know: {name!r}.",
            hint="Set babel to one as in de_DE.",
            code="bad_template",
        ) from error
