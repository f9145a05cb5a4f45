"""How provisions are cited in each language; only what stands in the law room can be cited."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dsr.errors import BadFileError
from dsr.law.regimes import Regime

_PARTS = re.compile(r"^(\d+[A-Z]?)((?:\((?:§ )?[0-9a-zA-Z]+\))*)$")


@dataclass(frozen=True, slots=True)
class Citations:
    """Prints provisions, judgments and guidance of one law in one language."""

    law: Regime
    words: dict[str, Any]

    def cite(self, *provisions: str) -> str:
        """The provisions as running text cites them: Articles 17(1)(d) and 21 GDPR."""
        for provision in provisions:
            self._check(provision)
        if self.law.id == "ccpa":
            return _californian(provisions)
        if self.law.id not in self.words["statutes"]:
            pattern = self.words.get("verbatim", {}).get(self.law.id, self.law.cite_as)
            if len(provisions) > 1:
                pattern = str(pattern).replace("§ {}", "§§ {}")
            return str(pattern).format(", ".join(provisions))
        return self._in_full(provisions, self.law.id)

    def demand(self, provisions: tuple[str, ...], cases: tuple[str, ...]) -> str:
        """The provisions and judgments that stand behind a demand."""
        # "ai-act:5(1)(e)" is of another statute; "56:8-166.10" is a section of New Jersey's own.
        foreign = [p for p in provisions if p.partition(":")[0] in self.law.also_cited]
        own = [provision for provision in provisions if provision not in foreign]
        parts = [self.cite(*own)] if own else []
        for provision in foreign:
            statute, _, section = provision.partition(":")
            parts.append(self.cite_other(statute, section))
        between = str(self.words.get("semicolon", "; "))  # in Greek that mark asks
        return between.join([*parts, *map(self.case, cases)])

    def cite_other(self, statute: str, *provisions: str) -> str:
        """Provisions of another statute, under that statute's name."""
        for provision in provisions:
            if provision not in self.law.also_cited.get(statute, ()):
                raise BadFileError(
                    f"A letter template cites {statute} {provision}, unknown to the law."
                )
        return self._in_full(provisions, statute)

    def case(self, number: str) -> str:
        """A judgment by its number, as in CJEU C-487/21."""
        if number not in self.law.cases:
            raise BadFileError(f"A letter template cites {number}, unknown to the law.")
        return f"{self.words['court']} {number}"

    def guidance(self, document: str, paragraphs: str) -> str:
        """Paragraphs of an authority's guidance: EDPB, Guidelines 01/2022, par. 52-57."""
        if paragraphs not in self.law.guidance.get(document, ()):
            raise BadFileError(
                f"A letter template cites {document} par. {paragraphs}, unknown to the law."
            )
        return str(self.words["guidance"][document]).format(paragraphs.replace("-", "–"))

    def recital(self, number: str) -> str:
        """A recital of the law."""
        return self.guidance("recital", number)

    def statute(self, name: str) -> str:
        """A statute's name in this language."""
        return str(self.words["statutes"][name])

    def _in_full(self, provisions: tuple[str, ...], statute: str) -> str:
        style = self._style(statute)
        articles = [_article(style, provision) for provision in provisions]
        name = self.statute(statute)
        parted = "(" in provisions[-1]  # some languages set a comma after a paragraph or point
        if len(articles) == 1:
            pattern = style.get("one_parted", style["one"]) if parted else style["one"]
            return str(pattern).format(article=articles[0], statute=name)
        pattern = style.get("many_parted", style["many"]) if parted else style["many"]
        listed = listing(articles, style.get("and", self.words["and"]))
        return str(pattern).format(articles=listed, statute=name)

    def _style(self, statute: str) -> Mapping[str, Any]:
        """How this language cites a statute: its own way, over that of the GDPR."""
        cite = self.words["cite"]
        return {**cite, **cite.get(statute, {})}

    def _check(self, provision: str) -> None:
        rights = self.law.rights.values()
        if provision in self.law.provisions or any(r.citation == provision for r in rights):
            return
        raise BadFileError(
            f"A letter template cites {provision} of {self.law.short}, "
            "which the law data do not have."
        )


def listing(parts: list[str], and_word: str) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}{and_word}{parts[-1]}"


def _article(style: Mapping[str, Any], provision: str) -> str:
    """17(1)(d) as a language writes it: 17 Abs. 1 lit. d."""
    match = _PARTS.match(provision)
    if not match:
        raise BadFileError(f"{provision!r} is not a provision as in 17(1)(d).")
    number, parts = match[1], re.findall(r"\(([^()]+)\)", match[2])
    said = str(style["article"]).format(n=number)
    letters = style.get("letters", {})
    for part in parts:
        if part.startswith("§"):
            said += str(style["section"]).format(p=part.removeprefix("§ "))
        elif part[0].isdigit():
            pattern = style.get("definition") if number == "4" else None
            said += str(pattern or style["paragraph"]).format(p=part)
        else:
            said += str(style["point"]).format(p=letters.get(part, part))
    return said


def _californian(provisions: tuple[str, ...]) -> str:
    """Sections of the Civil Code and of the regulations, each group under its name."""
    code = [p for p in provisions if p.startswith(("1798", "3111"))]
    rules = [p for p in provisions if p.startswith("70")]
    return "; ".join([*_sections("Cal. Civ. Code", code), *_sections("11 CCR", rules)])


def _sections(statute: str, sections: list[str]) -> list[str]:
    """Sections of one statute, with the sign doubled for several of them."""
    sign = "§§" if len(sections) > 1 else "§"
    return [f"{statute} {sign} {', '.join(sections)}"] if sections else []
