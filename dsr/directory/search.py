"""Search that ranks companies by how well a name, service or domain fits what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dsr.directory.names import Known, domain_of, plain

LEAST_SCORE = 55  # of 100; below, a hit is noise
OF_THIS_KIND = 88
SAID_OF_IT = 60
_SHORT = 4  # letters; a shorter word is likened to whole names only


@dataclass(frozen=True, slots=True)
class Hit:
    """A company and how well it fits, 0 to 100."""

    company: Known
    score: int


def search(companies: Sequence[Known], text: str) -> list[Hit]:
    """The companies that fit *text*, best first."""
    host = _host(text)
    wanted = plain(host.rpartition(".")[0].rpartition(".")[2] if host else text)
    if not any(letter.isalnum() for letter in wanted):
        return []
    likeness = _likenesses(companies, wanted)
    hits = [
        Hit(company, _score(company, wanted, host or text.strip().lower(), likeness[place]))
        for place, company in enumerate(companies)
    ]
    found = [hit for hit in hits if hit.score >= LEAST_SCORE]
    return sorted(found, key=lambda hit: (-hit.score, _distance(hit, wanted), hit.company.slug))


def _host(text: str) -> str:
    """The host, where a web or e-mail address was typed."""
    typed = text.strip().lower()
    if "://" in typed:
        return domain_of(typed)
    if " " in typed or "." not in typed:
        return ""
    return typed.rpartition("@")[2].partition("/")[0].removeprefix("www.")


def _score(company: Known, wanted: str, typed: str, likeness: float) -> int:
    host = typed.removeprefix("www.")
    if host in company.hosts or any(host.endswith(f".{each}") for each in company.hosts):
        return 100
    best = max(*(_fit(name, wanted) for name in company.names), round(0.7 * likeness))
    words = wanted.split()
    if all(word in company.kind.split("-") for word in words):
        best = max(best, OF_THIS_KIND)
    if best < SAID_OF_IT and company.said and all(word in company.said.lower() for word in words):
        best = SAID_OF_IT
    return best


def _fit(name: str, wanted: str) -> int:
    if name == wanted:
        return 100
    if wanted not in name:
        return 0
    if name.startswith(wanted):
        return 90
    if f" {wanted} " in f" {name} ":
        return 85
    return 75 if len(wanted) > 2 else 0  # noqa: PLR2004  (two letters are in every name)


def _likenesses(companies: Sequence[Known], wanted: str) -> list[float]:
    """How alike the nearest name of each company is, 0 to 100, whatever was mistyped."""
    from rapidfuzz import fuzz, process

    best = [0.0] * len(companies)
    owners = [place for place, company in enumerate(companies) for _ in company.names]
    names = [name for company in companies for name in company.names]
    scorers = [(fuzz.ratio, 1.0)]
    if len(wanted) > _SHORT:
        scorers.append((fuzz.partial_ratio, 0.9))
    least = LEAST_SCORE / 0.7
    for scorer, weight in scorers:
        found = process.extract_iter(wanted, names, scorer=scorer, score_cutoff=least / weight)
        for name, score, place in found:
            if len(name) >= _SHORT or scorer is fuzz.ratio:
                owner = owners[place]
                best[owner] = max(best[owner], score * weight)
    return best


def _distance(hit: Hit, wanted: str) -> int:
    """Among equals the one with the nearest name in length comes first."""
    return min(abs(len(name) - len(wanted)) for name in hit.company.names)
