"""How provisions are cited in each language; only provisions of the law room can be cited."""

import re
from dataclasses import dataclass
from typing import Any

from dsr.errors import BadFileError
from dsr.law.regimes import Regime

_PARTS = re.compile(r"^(\d+[A-Z]?)((?:\([0-9a-zA-Z]+\))*)$")


@dataclass(frozen=True, slots=True)
class Citations:
    """Prints provisions of one law in one language."""

    law: Regime
    words: dict[str, Any]

    def cite(self, *provisions: str) -> str:
        """The provisions as running text cites them: Articles 17(1)(d) and 21 GDPR."""
        for provision in provisions:
            self._check(provision)
        if self.law.id == "ccpa":
            return _californian(provisions)
        statute = self.statute(self.law.id)
        articles = [self._article(provision) for provision in provisions]
        if len(articles) == 1:
            return str(self.words["cite"]["one"]).format(article=articles[0], statute=statute)
        listed = listing(articles, self.words["and"])
        return str(self.words["cite"]["many"]).format(articles=listed, statute=statute)

    def demand(self, provisions: tuple[str, ...], cases: tuple[str, ...]) -> str:
        """The provisions and judgments that stand behind a demand."""
        own = [provision for provision in provisions if ":" not in provision]
        foreign = [provision.split(":") for provision in provisions if ":" in provision]
        parts = [self.cite(*own)] if own else []
        parts.extend(self.cite_other(statute, provision) for statute, provision in foreign)
        return "; ".join([*parts, *(f"{self.words['court']} {case}" for case in cases)])

    def cite_other(self, statute: str, provision: str) -> str:
        """A provision of another statute, under that statute's name."""
        if provision not in self.law.also_cited.get(statute, ()):
            raise BadFileError(
                f"A letter template cites {statute} {provision}, unknown to the law."
            )
        article, name = self._article(provision), self.statute(statute)
        return str(self.words["cite"]["one"]).format(article=article, statute=name)

    def statute(self, name: str) -> str:
        """A statute's name in this language."""
        return str(self.words["statutes"][name])

    def _article(self, provision: str) -> str:
        """17(1)(d) as this language writes it."""
        style = self.words["cite"].get("style", "en")
        number, rest = _parsed(provision)
        if style == "en" or not rest:
            return f"{self.words['cite'].get('prefix', '')}{provision}"
        return f"{self.words['cite'].get('prefix', '')}{number} {_german(number, rest)}"

    def _check(self, provision: str) -> None:
        if provision not in self.law.provisions:
            raise BadFileError(
                f"A letter template cites {provision} of {self.law.short}, "
                "which the law data do not have."
            )


def listing(parts: list[str], and_word: str) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}{and_word}{parts[-1]}"


def _parsed(provision: str) -> tuple[str, list[str]]:
    match = _PARTS.match(provision)
    if not match:
        raise BadFileError(f"{provision!r} is not a provision as in 17(1)(d).")
    return match[1], re.findall(r"\(([0-9a-zA-Z]+)\)", match[2])


def _german(number: str, rest: list[str]) -> str:
    """Absatz and Buchstabe, as German cites them; definitions have numbers instead."""
    if number == "4" and rest[0].isdigit():
        return f"Nr. {rest[0]}"
    words = ["lit. " + part if part.isalpha() else "Abs. " + part for part in rest]
    return " ".join(words)


def _californian(provisions: tuple[str, ...]) -> str:
    """Sections of the Civil Code and of the regulations, each group under its name."""
    code = [f"§ {p}" for p in provisions if p.startswith(("1798", "3111"))]
    rules = [f"§ {p}" for p in provisions if p.startswith("70")]
    parts = [f"Cal. Civ. Code {', '.join(code)}"] if code else []
    return "; ".join([*parts, *([f"11 CCR {', '.join(rules)}"] if rules else [])])
