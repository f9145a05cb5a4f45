"""Search that ranks records by how well a name, service or domain fits what was typed."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING
from unicodedata import combining, normalize
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from dsr.directory.record import Company

LEAST_SCORE = 55  # of 100; below, a hit is noise
OF_THIS_KIND = 88
SAID_OF_IT = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A record and how well it fits, 0 to 100."""

    company: "Company"
    score: int


def search(companies: list["Company"], text: str) -> list[Hit]:
    """The records that fit *text*, best first."""
    typed = _without_address(text)
    hits = [Hit(company, _score(company, plain(typed), typed.lower())) for company in companies]
    return sorted(
        (hit for hit in hits if hit.score >= LEAST_SCORE),
        key=lambda hit: (-hit.score, hit.company.slug),
    )


def plain(text: str) -> str:
    """Lower case, without accents, words separated by single spaces."""
    bare = "".join(c for c in normalize("NFKD", text) if not combining(c))
    return " ".join(bare.lower().replace("-", " ").replace("_", " ").split())


def domain_of(url: str) -> str:
    """The host of a web address without ``www.``."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _without_address(text: str) -> str:
    """The domain, where a web or e-mail address was typed; the text itself otherwise."""
    if "://" in text:
        return domain_of(text) or text
    return text.rpartition("@")[2] if "@" in text else text


def _score(company: "Company", wanted: str, typed: str) -> int:
    if not wanted:
        return 0
    domains = {domain_of(company.website), *(m.address.rpartition("@")[2] for m in company.email)}
    host = typed.removeprefix("www.")
    if host in domains or any(host.endswith(f".{domain}") for domain in domains if domain):
        return 100
    names = [plain(name) for name in (company.slug, company.name, *company.aliases)]
    best = max(_likeness(name, wanted) for name in names)
    words = wanted.split()
    if all(word in plain(company.kind).split() for word in words):
        best = max(best, OF_THIS_KIND)
    said = plain(" ".join(fact.says for fact in company.images))
    return max(best, SAID_OF_IT if all(word in said for word in words) else 0)


def _likeness(name: str, wanted: str) -> int:
    if name == wanted:
        return 100
    if name.startswith(wanted):
        return 90
    if wanted in name.split():
        return 85
    if wanted in name and len(wanted) > 2:  # noqa: PLR2004  (two letters are in every name)
        return 75
    return round(70 * SequenceMatcher(None, name, wanted).ratio())
