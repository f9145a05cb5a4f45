"""Check what works on this machine, what a lack costs, and the command that mends it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from dsr.errors import DsrError
from dsr.law.receipt import plain_date
from dsr.letters.glyphs import SCRIPTS, undrawn
from dsr.letters.typesetting import PdfUnavailableError, load_weasyprint
from dsr.secrets import KeySources, Protection, read_lock
from dsr.workflows.backup import known_backups
from dsr.workflows.opening import LOCK, RecordPlace, open_store

LAW_DATA_FRESH = 365  # days
BACKUP_FRESH = 90  # days; dsr's own choice: about as long as a case runs


class Verdict(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    says: str
    mend: str | None = None


def examine(place: RecordPlace, sources: KeySources, today: date) -> list[Finding]:
    """Every check, none of which changes what is recorded."""
    checks: list[Callable[[], Finding | list[Finding]]] = [
        _python,
        _pango,
        _harfbuzz_subset,
        _fonts,
        lambda: _keyring(sources),
        lambda: _record(place, sources, today),
        lambda: _clock(place.home, today),
        _mail,
        lambda: _law(today),
    ]
    found: list[Finding] = []
    for check in checks:
        result = check()
        found += result if isinstance(result, list) else [result]
    return found


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", Verdict.OK, version)


def _pango() -> Finding:
    try:
        load_weasyprint()
    except PdfUnavailableError:
        return Finding(
            "Pango",
            Verdict.FAILED,
            "missing: letters come as text and e-mail only, not as PDF",
            _install("libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0", "pango"),
        )
    from weasyprint.text.ffi import pango

    version = pango.pango_version()
    numbers = (version // 10000, version // 100 % 100, version % 100)
    return Finding("Pango", Verdict.OK, ".".join(str(n) for n in numbers))


def _harfbuzz_subset() -> Finding:
    try:
        load_weasyprint()
        from weasyprint.text.ffi import harfbuzz_subset
    except PdfUnavailableError:
        harfbuzz_subset = None
    if harfbuzz_subset:
        return Finding("harfbuzz-subset", Verdict.OK, "present")
    return Finding(
        "harfbuzz-subset",
        Verdict.WARNING,
        "missing: a PDF takes about eight times as long",
        _install("libharfbuzz-subset0", "harfbuzz"),
    )


def _fonts() -> Finding:
    """Which scripts a PDF can be set in; a name in another one would come out as boxes."""
    try:
        lacking = [script for script, text in SCRIPTS.items() if undrawn(text)]
    except PdfUnavailableError:
        return Finding("Fonts", Verdict.OK, "not looked at: there is no Pango to draw with")
    there = ", ".join(script for script in SCRIPTS if script not in lacking)
    if not lacking:
        return Finding("Fonts", Verdict.OK, f"letters can be set in {there}")
    packages = dict.fromkeys(_FONT_PACKAGES[script] for script in lacking)
    return Finding(
        "Fonts",
        Verdict.WARNING if set(lacking) & set(_LETTERS_USE) else Verdict.OK,
        f"a PDF can be set in {there or 'no script'}; names in {', '.join(lacking)} show boxes",
        _install(*(" ".join(names) for names in zip(*packages, strict=True))),
    )


_LETTERS_USE = ("Latin", "Greek", "Cyrillic")
# On Debian and elsewhere; a script's smallest good font.
_FONT_PACKAGES = {
    **dict.fromkeys(_LETTERS_USE, ("fonts-liberation", "font-liberation")),
    "Arabic": ("fonts-dejavu-core", "font-dejavu"),
    "Chinese and Japanese": ("fonts-droid-fallback", "font-noto-sans-cjk"),
    "Korean": ("fonts-nanum", "font-nanum-gothic"),
}


def _keyring(sources: KeySources) -> Finding:
    from dsr.secrets import usable_keyring

    name = usable_keyring()
    if name:
        return Finding("Keyring", Verdict.OK, name)
    if sources.passphrase_file:
        return Finding("Keyring", Verdict.OK, "none; a passphrase file is used instead")
    return Finding(
        "Keyring",
        Verdict.WARNING,
        "no system keyring answers: dsr asks for a passphrase each time",
        _install("gnome-keyring", "a keyring")
        + ", or name a passphrase file with --passphrase-file FILE",
    )


def _record(place: RecordPlace, sources: KeySources, today: date) -> list[Finding]:
    if not place.exists:
        return [Finding("Record", Verdict.OK, f"none yet in {place.home}", "dsr init")]
    try:
        with closing(open_store(place, sources)) as store:
            in_use = bool(store.people())
            backups = known_backups(store.engine)
    except DsrError as error:
        return [Finding("Record", Verdict.FAILED, error.sentence, error.hint)]
    return [_protection(place), *([_backup(backups, today)] if in_use else [])]


def _protection(place: RecordPlace) -> Finding:
    if place.database_url:
        return Finding("Record", Verdict.OK, "the database of DSR_DATABASE_URL: opens")
    lock = read_lock(place.home / LOCK)
    if lock and lock.protection is Protection.NONE:
        return Finding("Record", Verdict.WARNING, f"{place.home}: opens, but is not encrypted")
    return Finding("Record", Verdict.OK, f"{place.home}: opens, encrypted")


def _backup(backups: dict[str, str], today: date) -> Finding:
    """A record that exists once is a record that can be lost."""
    way = "dsr data backup FILE, on another disk"
    if not backups:
        return Finding("Backup", Verdict.WARNING, "none was made yet", way)
    path, moment = max(backups.items(), key=lambda item: item[1])
    day = datetime.fromisoformat(moment).astimezone().date()
    said = f"the last was made on {plain_date(day)}: {path}"
    if (today - day).days > BACKUP_FRESH:
        return Finding("Backup", Verdict.WARNING, said, way)
    return Finding("Backup", Verdict.OK, said)


def _clock(home: Path, today: date) -> Finding:
    """A clock that runs behind the record would compute wrong days left."""
    written = [p.stat().st_mtime for p in home.glob("*") if p.is_file()]
    latest = datetime.fromtimestamp(max(written)).astimezone().date() if written else today
    if today < latest:
        return Finding(
            "Clock",
            Verdict.WARNING,
            f"today is {today.isoformat()}, but the record was written on {latest.isoformat()}",
            "Set the clock; days left depend on it",
        )
    return Finding("Clock", Verdict.OK, f"today is {today.isoformat()}")


def _mail() -> Finding:
    return Finding("Mail", Verdict.OK, "dsr writes .eml files; your own mail program sends them")


def _law(today: date) -> Finding:
    stale = list(_stale_laws(today))
    if stale:
        return Finding(
            "Law data",
            Verdict.WARNING,
            f"checked more than a year ago: {', '.join(stale)}",
            "pipx upgrade dsr",
        )
    return Finding("Law data", Verdict.OK, "checked within the last year")


def _stale_laws(today: date) -> Iterator[str]:
    from dsr.law.regimes import regime, regime_ids

    for name in regime_ids():
        if (today - regime(name).checked_on).days > LAW_DATA_FRESH:
            yield regime(name).short


def _install(debian: str, elsewhere: str) -> str:
    if shutil.which("apt-get"):
        return f"sudo apt-get install -y {debian}"
    if shutil.which("brew"):
        return f"brew install {elsewhere}"
    return f"Install {elsewhere} with your system's package manager"
