"""Looking at pages, against a local server that is slow, broken, redirecting and hostile."""

import gzip
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from dsr.directory.catalogue import Catalogue
from dsr.directory.pages import Outcome, Pages, Seen
from dsr.workflows import verifying
from dsr.workflows.verifying import Thing, Verifier, things_of, visible_text
from tests.conftest import Dsr

DAY = date(2026, 11, 24)
PAGE = "<html><script>var x='secret'</script><h1>Privacy</h1><p>Write to us.</p></html>"


class Hostile(BaseHTTPRequestHandler):
    """Answers each path in a way of its own."""

    text = PAGE
    asked: list[str] = []  # noqa: RUF012  (one server a test)
    agents: set[str] = set()  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.agents.add(self.headers["User-Agent"])
        answer = getattr(self, "get_" + self.path.strip("/").replace(".", "_"), self.get_page)
        try:
            answer()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def get_page(self) -> None:
        self.reply(200, self.text.encode())

    def get_robots_txt(self) -> None:
        self.reply(200, b"User-agent: *\nDisallow: /closed\n")

    def get_gone(self) -> None:
        self.reply(404, b"no")

    def get_forbidden(self) -> None:
        self.reply(403, b"no")

    def get_bug(self) -> None:
        self.reply(500, b"no")

    def get_moved(self) -> None:
        self.send_response(301)
        self.send_header("Location", "/page")
        self.end_headers()

    def get_circle(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/circle")
        self.end_headers()

    def get_file(self) -> None:
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def get_broken(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def get_silent(self) -> None:
        time.sleep(1.5)

    def get_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def get_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65_536)

    def get_bomb(self) -> None:
        body = gzip.compress(b"\0" * 20_000_000)
        self.reply(200, body, encoding="gzip")

    def get_binary(self) -> None:
        self.reply(200, bytes(range(256)))

    def reply(self, status: int, body: bytes, *, encoding: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Hostile.text, Hostile.asked, Hostile.agents = PAGE, [], set()
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


class Clock:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(tmp_path: Path, clock: Clock) -> Iterator[Verifier]:
    with verifying.client() as web:
        web.timeout = httpx.Timeout(0.5)
        yield at(tmp_path, DAY, web, clock)


def at(home: Path, day: date, web: httpx.Client, clock: Clock) -> Verifier:
    def takes_mail(domain: str) -> bool:
        return domain == "takes.example"

    return Verifier(
        Pages(home), day, client=web, takes_mail=takes_mail, clock=clock, sleep=clock.sleep
    )


def page(url: str) -> Thing:
    return Thing("klein", "web form", url)


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/page", Outcome.ALIVE),
        ("/moved", Outcome.MOVED),
        ("/gone", Outcome.GONE),
        ("/circle", Outcome.GONE),
        ("/forbidden", Outcome.REFUSED),
        ("/closed", Outcome.REFUSED),
        ("/bug", Outcome.UNREACHABLE),
        ("/broken", Outcome.UNREACHABLE),
        ("/silent", Outcome.UNREACHABLE),
        ("/file", Outcome.UNREACHABLE),
        ("/endless", Outcome.ALIVE),
        ("/bomb", Outcome.ALIVE),
        ("/binary", Outcome.ALIVE),
    ],
)
def test_what_a_page_does_is_said(
    verifier: Verifier, server: str, path: str, outcome: Outcome
) -> None:
    seen = verifier.look(page(server + path))
    assert seen.outcome is outcome
    assert len(seen.text) <= verifying.MAX_BYTES
    assert bool(seen.detail) == (outcome is not Outcome.ALIVE)


def test_a_page_that_drips_is_given_up(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "LONGEST", 0.3)
    with verifying.client() as web:
        real = Verifier(Pages(tmp_path), DAY, client=web, takes_mail=lambda _: True,
                        sleep=lambda _: None)  # fmt: skip
        assert real.look(page(f"{server}/drip")).outcome is Outcome.UNREACHABLE


def test_nobody_there_is_no_crash(verifier: Verifier) -> None:
    for url in ("http://127.0.0.1:9/x", "http://[::1", "https://"):
        assert verifier.look(page(url)).outcome is Outcome.UNREACHABLE


def test_robots_txt_keeps_dsr_out_and_the_name_is_honest(verifier: Verifier, server: str) -> None:
    verifier.look(page(f"{server}/closed"))
    assert Hostile.asked == ["/robots.txt"]
    assert all(agent.startswith("dsr/") for agent in Hostile.agents)


def test_a_host_is_asked_once_a_second(verifier: Verifier, server: str, clock: Clock) -> None:
    for number in range(3):
        verifier.look(page(f"{server}/page?{number}"))
    assert Hostile.asked[0] == "/robots.txt"
    assert clock.slept == [1.0, 1.0, 1.0]


def test_what_was_seen_today_is_not_fetched_again(verifier: Verifier, server: str) -> None:
    verifier.look(page(f"{server}/page"))
    asked = len(Hostile.asked)
    assert verifier.look(page(f"{server}/page")).outcome is Outcome.ALIVE
    assert len(Hostile.asked) == asked
    verifier.look(page(f"{server}/page"), again=True)
    assert len(Hostile.asked) == asked + 1


def test_a_changed_text_is_told_with_its_lines(
    tmp_path: Path, verifier: Verifier, server: str, clock: Clock
) -> None:
    verifier.look(page(f"{server}/page"))
    Hostile.text = PAGE.replace("Write to us.", "Use the form.").replace("secret", "other")
    with verifying.client() as web:
        seen = at(tmp_path, date(2026, 12, 1), web, clock).look(page(f"{server}/page"))
        assert seen.outcome is Outcome.CHANGED
        assert seen.diff == ("-Write to us.", "+Use the form.")
        later = at(tmp_path, date(2026, 12, 2), web, clock).look(page(f"{server}/page"))
        assert later.outcome is Outcome.ALIVE


def test_a_bad_day_does_not_make_the_next_look_a_change(
    tmp_path: Path, verifier: Verifier, server: str, clock: Clock
) -> None:
    pages = Pages(tmp_path)
    verifier.look(page(f"{server}/page"))
    before = pages.last(f"{server}/page")
    pages.keep(Seen(f"{server}/page", date(2026, 12, 1), Outcome.UNREACHABLE, "no"), before)
    with verifying.client() as web:
        seen = at(tmp_path, date(2026, 12, 2), web, clock).look(page(f"{server}/page"))
    assert seen.outcome is Outcome.ALIVE


@pytest.mark.parametrize(
    ("domain", "outcome"), [("takes.example", Outcome.ALIVE), ("not.example", Outcome.NO_MAIL)]
)
def test_a_mailbox_is_as_good_as_its_domain(
    verifier: Verifier, domain: str, outcome: Outcome
) -> None:
    thing = Thing("klein", "mailbox", f"mailto:privacy@{domain}")
    assert verifier.look(thing).outcome is outcome


def test_scripts_are_no_text() -> None:
    assert visible_text(PAGE) == "Privacy\nWrite to us."


def test_every_page_of_a_record_is_looked_at_once() -> None:
    targets = [thing.target for thing in things_of(Catalogue().company("clearview"))]
    assert len(targets) == len(set(targets))
    assert "mailto:legal-requests@clearview.ai" in targets
    assert "mailto:privacy-requests@clearview.ai" not in targets  # marked as not to be used
    assert "https://www.clearview.ai/privacy-and-requests" in targets


def test_the_command_looks_and_reports(dsr: Dsr, fresh_home: Path, server: str) -> None:
    own = fresh_home / "companies" / "klein-foto.toml"
    own.parent.mkdir(parents=True)
    own.write_text(
        'slug = "klein-foto"\nname = "Klein Foto"\nkind = "photo-cloud"\ncountry = "DE"\n'
        f'website = "{server}/"\nchecked_on = 2026-11-22\n[[webforms]]\npurpose = "requests"\n'
        f'url = "{server}/gone"\nsources = ["site"]\n[sources.site]\ntitle = "Its own page"\n'
        f'url = "{server}/page"\nevidence = "company-document"\n',
        "utf-8",
    )
    result = dsr("companies", "verify", "klein-foto", "--json")
    assert result.status == 0, result.stderr
    assert {seen["outcome"] for seen in result.data} == {"gone", "alive"}
    told = dsr("companies", "verify", "klein-foto")
    assert "1 of 2 are there; 1 want a look." in told.stderr
    assert "status 404" in told.stdout


def test_without_a_slug_nothing_is_fetched(dsr: Dsr) -> None:
    assert dsr("companies", "verify").status == 2
