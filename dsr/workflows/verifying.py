"""Look whether the pages and mailboxes of companies are still there; politely, and only if asked.

One request a second to each host, robots.txt heeded (RFC 9309), time and size limited.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.robotparser import RobotFileParser

import httpx
from markupsafe import Markup

from dsr import __version__
from dsr.directory.names import domain_of
from dsr.directory.pages import Outcome, Pages, Seen, compared
from dsr.directory.record import Company, Evidence

AGENT = f"dsr/{__version__} (checks a directory of privacy contacts)"
GAP = 1.0  # seconds between two requests to one host
WAIT = 10.0  # seconds without an answer
LONGEST = 30.0  # seconds for one page
MAX_BYTES = 2_000_000
_REFUSED = frozenset({401, 402, 403, 406, 429, 451, 503})
_GONE = frozenset({404, 410})
_HIDDEN = re.compile(r"<(script|style|noscript|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_BLOCK_END = re.compile(r"</(p|div|li|h\d|tr|section|article)\s*>|<br\s*/?>", re.IGNORECASE)

TakesMail = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Thing:
    """A page or a mailbox of a company to look at, and what it is."""

    slug: str
    what: str
    target: str  # a web address, or mailto: and a mailbox

    @property
    def is_mailbox(self) -> bool:
        """Whether it is a mailbox, of which only the domain is looked at."""
        return self.target.startswith("mailto:")


def things_of(company: Company) -> list[Thing]:
    """Everything of *company* that can be looked at, each once."""
    pages = [
        *((form.url, f"web form, {form.purpose}") for form in company.webforms),
        *((terms.url, terms.document) for terms in company.terms),
        *((step.url, f"switch, {step.title}") for step in company.self_service if step.url),
        *(
            (source.url, source.title)
            for source in company.sources.values()
            if source.url and source.evidence is Evidence.COMPANY_DOCUMENT
        ),
    ]
    mailboxes = [mail for mail in (*company.email, company.dpo_email) if mail and mail.use]
    targets = {url.partition("#")[0]: what for url, what in reversed(pages)}
    found = [Thing(company.slug, what, url) for url, what in reversed(targets.items())]
    return found + [Thing(company.slug, "mailbox", f"mailto:{m.address}") for m in mailboxes]


class Verifier:
    """Looks at one thing after the other, and keeps what it saw."""

    def __init__(
        self,
        pages: Pages,
        today: date,
        *,
        client: httpx.Client,
        takes_mail: TakesMail,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pages = pages
        self._today = today
        self._client = client
        self._takes_mail = takes_mail
        self._clock = clock
        self._sleep = sleep
        self._last: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}

    def look(self, thing: Thing, *, again: bool = False) -> Seen:
        """What there is to see of *thing*; what was seen today already, unless *again*."""
        before = self._pages.last(thing.target)
        if before and before.seen_on == self._today and not again:
            return before
        seen = self._mailbox(thing.target) if thing.is_mailbox else self._page(thing.target)
        seen = compared(seen, before)
        self._pages.keep(seen, before)
        return seen

    def _mailbox(self, target: str) -> Seen:
        domain = target.rpartition("@")[2]
        try:
            takes = self._takes_mail(domain)
        except OSError:
            return Seen(target, self._today, Outcome.UNREACHABLE, "no name server answered")
        if takes:
            return Seen(target, self._today, Outcome.ALIVE)
        return Seen(target, self._today, Outcome.NO_MAIL, f"{domain} takes no mail")

    def _page(self, url: str) -> Seen:
        try:
            if not self._allowed(url):
                return Seen(url, self._today, Outcome.REFUSED, "robots.txt closes it to programs")
            status, final_url, text = self._fetched(url)
        except httpx.TooManyRedirects:
            return Seen(url, self._today, Outcome.GONE, "it redirects in a circle")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Seen(url, self._today, Outcome.UNREACHABLE, _why(error))
        if status in _GONE:
            return Seen(url, self._today, Outcome.GONE, f"status {status}")
        if status in _REFUSED:
            return Seen(url, self._today, Outcome.REFUSED, f"status {status}: look yourself")
        if status >= 400:  # noqa: PLR2004
            return Seen(url, self._today, Outcome.UNREACHABLE, f"status {status}")
        moved = final_url.rstrip("/") != url.rstrip("/")
        seen = Seen(url, self._today, Outcome.ALIVE, final_url=final_url, text=text)
        if moved:
            return replace(seen, outcome=Outcome.MOVED, detail=f"now {final_url}")
        return seen

    def _allowed(self, url: str) -> bool:
        address = httpx.URL(url)
        origin = f"{address.scheme}://{address.netloc.decode('ascii')}"
        if origin not in self._robots:
            self._robots[origin] = rules = RobotFileParser()
            try:
                status, _, text = self._fetched(f"{origin}/robots.txt", plain=True)
            except httpx.HTTPError:
                status, text = 404, ""
            # RFC 9309 section 2.3.1: without a file everything is allowed.
            rules.parse(text.splitlines() if status == 200 else [])  # noqa: PLR2004
        return self._robots[origin].can_fetch(AGENT, url)

    def _fetched(self, url: str, *, plain: bool = False) -> tuple[int, str, str]:
        """Status, final address and text of a page, read up to its limits."""
        self._wait(domain_of(url))
        end = self._clock() + LONGEST
        content = bytearray()
        with self._client.stream("GET", url) as response:
            for chunk in response.iter_bytes():
                content += chunk[: MAX_BYTES - len(content)]
                if len(content) >= MAX_BYTES:
                    break
                if self._clock() > end:
                    raise httpx.ReadTimeout("too slow")
            text = content.decode(response.charset_encoding or "utf-8", errors="replace")
            return response.status_code, str(response.url), text if plain else visible_text(text)

    def _wait(self, host: str) -> None:
        last = self._last.get(host)
        if last is not None and (rest := last + GAP - self._clock()) > 0:
            self._sleep(rest)
        self._last[host] = self._clock()


def visible_text(html: str) -> str:
    """The words of a page, a line for each paragraph, without scripts."""
    blocks = _BLOCK_END.sub("\n", _HIDDEN.sub(" ", html)).split("\n")
    lines = (" ".join(Markup(block).striptags().split()) for block in blocks)  # noqa: S704
    return "\n".join(line for line in lines if line)


def client() -> httpx.Client:
    """What pages are fetched with: an honest name, few redirects, short patience."""
    return httpx.Client(
        headers={"User-Agent": AGENT, "Accept": "text/html, */*;q=0.5"},
        follow_redirects=True,
        max_redirects=5,
        timeout=WAIT,
    )


def takes_mail(domain: str) -> bool:
    """Whether the name servers say that *domain* takes mail (RFC 5321 section 5.1).

    Raises OSError if none answers.
    """
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, NoAnswer, resolve

    for kind in ("MX", "A", "AAAA"):
        try:
            answer = resolve(domain, kind, lifetime=WAIT)
        except NXDOMAIN:
            return False
        except NoAnswer:
            continue
        except DNSException as error:
            raise OSError("no answer") from error
        # A lone dot is the null MX of RFC 7505: no mail at all.
        return kind != "MX" or any(str(each.exchange) != "." for each in answer)
    return False


def looked(verifier: Verifier, things: list[Thing], *, again: bool) -> Iterator[tuple[Thing, Seen]]:
    """Each thing with what was seen of it, one after the other."""
    for thing in things:
        yield thing, verifier.look(thing, again=again)


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError)):
        return "its address cannot be used"
    return "the answer broke off"
