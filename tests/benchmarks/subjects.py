"""What the benchmarks work on: a store and a todo list of 100 entries each, one letter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from dsr.directory.catalogue import Catalogue
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.letters.pdf import html
from dsr.paths import make_private_directory
from dsr.secrets import SERVICE, Key, KeySources, new_lock, read_lock
from dsr.tracker.events import Document, EventType
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import REFERENCE_BITS, Request, reference_from
from dsr.tracker.store import EventDraft, Store
from dsr.workflows.opening import LOCK, RecordPlace, open_store
from dsr.workflows.request import Order, Prepared, prepare

ENTRIES = 100
TODAY = datetime.now().astimezone().date()
NOW = datetime.now(UTC).replace(microsecond=0)
OLDEST = 90  # days
ERIKA = DataSubject(name="Erika Mustermann", email="erika@example.org", country="DE")
RIGHTS = ((Right.ERASURE,), (Right.ACCESS,), (Right.OBJECTION, Right.ERASURE))
# Days after the request was made, and what happened then; what lies ahead has not happened yet.
STORIES = (
    (),
    ((0, EventType.SENT),),
    ((0, EventType.SENT), (2, EventType.ACKNOWLEDGED)),
    ((1, EventType.SENT), (6, EventType.IDENTITY_REQUESTED)),
    ((0, EventType.SENT), (5, EventType.IDENTITY_REQUESTED), (8, EventType.IDENTITY_PROVIDED)),
    ((0, EventType.SENT), (3, EventType.BOUNCED)),
    ((0, EventType.SENT), (2, EventType.ACKNOWLEDGED), (25, EventType.EXTENDED)),
    ((0, EventType.SENT), (1, EventType.ACKNOWLEDGED), (24, EventType.FULFILLED)),
    ((0, EventType.SENT), (28, EventType.REFUSED), (35, EventType.COMPLAINED)),
    ((0, EventType.SENT), (9, EventType.NO_DATA)),
)


@dataclass(frozen=True)
class BareLetter:
    """The page that dsr hands to WeasyPrint, and the PDF that dsr makes of it."""

    page: Path
    pdf: bytes
    epoch: str  # SOURCE_DATE_EPOCH: the day of the letter, as dsr sets it


def prepared() -> Prepared:
    """The letter of `dsr request clearview --type erasure`."""
    order = Order(company="clearview", rights=(Right.ERASURE,))
    reference = reference_from(1 << (REFERENCE_BITS - 1))
    return prepare(order, ERIKA, Catalogue(), reference=reference, today=TODAY)


def bare_letter(letter: Prepared, directory: Path) -> BareLetter:
    page = directory / "letter.html"
    page.write_text(html(letter.letter), "utf-8")
    pdf = letter.document(".pdf")
    if pdf is None:
        raise RuntimeError("No PDF can be made here; run: dsr doctor")
    day = datetime.combine(letter.letter.dated, time(), UTC)
    return BareLetter(page, pdf.content, str(int(day.timestamp())))


def fill_store(home: Path, sources: KeySources, letter: Prepared) -> None:
    """A record of 100 open requests in all phases, each with its letter."""
    companies, _ = Catalogue().companies()
    store = open_store(RecordPlace(home), sources)
    for number in range(ENTRIES):
        company = companies[number % len(companies)]
        request = replace(
            letter.request,
            reference=reference_from(number * 0x5851F42D4D % (1 << REFERENCE_BITS)),
            company=replace(
                letter.request.company,
                slug=company.slug,
                name=company.name,
                establishment=company.establishment(),
            ),
            rights=RIGHTS[number % len(RIGHTS)],
            channel=Channel.POST if number % 4 == 0 else Channel.EMAIL,
            made_on=TODAY - timedelta(days=number * 7 % OLDEST),
        )
        _tell_story(store, request, STORIES[number % len(STORIES)], letter.documents)
    store.close()


def lock_with_keyring(home: Path, key: Key) -> None:
    """Put *key* into the system keyring, as that of the record that will lie in *home*."""
    import keyring

    make_private_directory(home)
    new_lock(home / LOCK, KeySources())
    lock = read_lock(home / LOCK)
    if lock is None:
        raise RuntimeError("No lock was made")
    keyring.set_password(SERVICE, lock.id, key.text)


def _tell_story(
    store: Store,
    request: Request,
    story: tuple[tuple[int, EventType], ...],
    documents: tuple[Document, ...],
) -> None:
    # No two letters are alike, and equal documents would be kept only once.
    own = [replace(d, content=d.content + request.reference.encode()) for d in documents]
    store.open_request(request, _draft(EventType.PREPARED, request.made_on), own)
    for days, kind in story:
        day = request.made_on + timedelta(days=days)
        if day <= TODAY:
            store.record(request.reference, _draft(kind, day, request.channel), [])


def _draft(kind: EventType, day: date, channel: Channel | None = None) -> EventDraft:
    via = channel if kind is EventType.SENT else None
    return EventDraft(type=kind, on=day, recorded_at=NOW, via=via)


def fill_todo_list(directory: Path) -> Path:
    """A todo list of 100 open items; the path of todoman's configuration."""
    items = directory / "lists" / "requests"
    items.mkdir(parents=True)
    companies = Catalogue().slugs()
    for number in range(ENTRIES):
        due = TODAY + timedelta(days=number * 7 % OLDEST - 30)
        company = companies[number % len(companies)]
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//dsr//benchmark//EN",
            "BEGIN:VTODO",
            f"UID:{number}@example.org",
            f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}",
            f"CREATED:{NOW:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:Answer of {company} to my request",
            f"DUE;VALUE=DATE:{due:%Y%m%d}",
            f"PRIORITY:{number % 10}",
            "STATUS:NEEDS-ACTION",
            "END:VTODO",
            "END:VCALENDAR",
        ]
        (items / f"{number}.ics").write_text("\r\n".join([*lines, ""]), "utf-8", newline="")
    configuration = directory / "todoman.py"
    settings = {
        "path": str(directory / "lists" / "*"),
        "date_format": "%Y-%m-%d",
        "time_format": "%H:%M",
        "default_list": "requests",
        "cache_path": str(directory / "todoman.sqlite3"),
    }
    written = "".join(f"{name} = {value!r}\n" for name, value in settings.items())
    configuration.write_text(written, "utf-8")
    return configuration


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of every child: byte code as usual, nothing of the developer's own."""
    ours = ("PYTHON", "DSR_", "XDG_", "DBUS_", "TODOMAN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH"):
        kept.pop(name, None)
    return {**kept, "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@contextmanager
def system_keyring(environment: dict[str, str]) -> Iterator[dict[str, str] | None]:
    """One unlocked gnome-keyring on a bus of its own; what its users need, None without it."""
    if not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")):
        yield None
        return
    # The last `cat` holds the session open until its input is closed.
    script = (
        "printf 'benchmark\\n'"
        " | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null"
        ' && printf "%s\\n" "$DBUS_SESSION_BUS_ADDRESS" && exec cat >/dev/null'
    )
    session = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", script],
        env={**environment, "XDG_RUNTIME_DIR": environment["HOME"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = session.stdout.readline().strip() if session.stdout else ""
        yield {"DBUS_SESSION_BUS_ADDRESS": address} if address else None
    finally:
        session.communicate()


@contextmanager
def environment_of_this_process(added: dict[str, str]) -> Iterator[None]:
    """Let this process see what its children see."""
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def compile_byte_code(root: Path, environment: dict[str, str]) -> None:
    """Byte code for both environments, even where PYTHONDONTWRITEBYTECODE is set.

    Some files that packages ship are not meant to compile, so the outcome does not matter; the
    standard library's byte code comes with the warm-up.
    """
    for venv, more in ((".venv", ["dsr"]), (".venv-peers", [])):
        command = [root / venv / "bin/python", "-m", "compileall", "-qq", root / venv / "lib"]
        subprocess.run(
            [*command, *(root / name for name in more)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=sys.stderr,
            check=False,
        )
