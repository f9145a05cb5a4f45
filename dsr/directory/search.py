"""Search that ranks companies by how well a name, service or domain fits what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dsr.directory.names import Known, domain_of, plain

LEAST_SCORE = 55  # of 100; below, a hit is noise
OF_THIS_KIND = 88
SAID_OF_IT = 60
_NEAR = 70  # of 100, by letters alone
_ABOUT = 4  # of 100; what is as near as that is meant as likely
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
    likeness, typed = _likenesses(companies, wanted), plain(text)
    hits = [
        Hit(company, max(_score(company, wanted, host, likeness[place]), _exact(company, typed)))
        for place, company in enumerate(companies)
    ]
    found = [hit for hit in hits if hit.score >= LEAST_SCORE]
    return sorted(found, key=lambda hit: _rank(hit, wanted))


def nearest(companies: Sequence[Known], text: str) -> list[str]:
    """The slugs of the companies whose names come nearest to *text*, if any comes near."""
    from rapidfuzz import fuzz, process

    owners = [company.slug for company in companies for _ in company.names]
    names = [name for company in companies for name in company.names]
    near = process.extract(plain(text), names, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=9)
    best = near[0][1] if near else 0
    return list(dict.fromkeys(owners[at] for _, score, at in near if score > best - _ABOUT))[:3]


def _host(text: str) -> str:
    """The host, where a web or e-mail address was typed."""
    typed = text.strip().lower()
    if "://" in typed:
        return domain_of(typed)
    if " " in typed or "." not in typed:
        return ""
    return typed.rpartition("@")[2].partition("/")[0].removeprefix("www.")


def _exact(company: Known, typed: str) -> int:
    return 100 if typed in company.names else 0


def _score(company: Known, wanted: str, host: str, likeness: float) -> int:
    if host and any(f".{host}".endswith(f".{each}") for each in company.hosts):
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
            if len(name) >= len(wanted) or scorer is fuzz.ratio:
                owner = owners[place]
                best[owner] = max(best[owner], score * weight)
    return best


def _rank(hit: Hit, wanted: str) -> tuple[int, bool, int, str]:
    """Best first; among equals the controller before its services, then the nearest in length."""
    distance = min(abs(len(name) - len(wanted)) for name in hit.company.names)
    return -hit.score, hit.company.parent is not None, distance, hit.company.slug
