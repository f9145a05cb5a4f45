"""The main job, as a newcomer does it: the letter, its deadline, and the reminder when it is late.

Every command is a process of its own; none shares anything with the tests but the disk.
"""

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from shutil import which
from typing import Any

import pytest

NAME, EMAIL = "Erika Mustermann", "erika.mustermann@example.org"
FIRST_COMMAND = (
    *("request", "clearview", "--type", "erasure"),
    *("--name", NAME, "--email", EMAIL, "--country", "DE"),
)
WEEKEND = ("--as-of", "2026-11-22")
IN_JANUARY = ("--as-of", "2027-01-15")


@dataclass(frozen=True)
class Newcomer:
    """Someone with a fresh home, a passphrase and an empty directory to work in."""

    place: Path

    @classmethod
    def at(cls, place: Path) -> "Newcomer":
        (place / "here").mkdir(parents=True)
        (place / "passphrase").write_text("correct horse battery staple\n")
        return cls(place)

    @property
    def home(self) -> Path:
        return self.place / "home"

    @property
    def here(self) -> Path:
        return self.place / "here"

    def start(self, *words: str) -> subprocess.Popen[str]:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("DSR_")}
        return subprocess.Popen(
            [sys.executable, "-m", "dsr", *words],
            cwd=self.here,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **plain,
                "DSR_HOME": str(self.home),
                "DSR_PASSPHRASE_FILE": str(self.place / "passphrase"),
            },
        )

    def run(self, *words: str, status: int = 0) -> str:
        """What dsr printed, if it left with this status."""
        process = self.start(*words)
        printed, said = process.communicate(timeout=60)
        assert process.returncode == status, said
        assert "Traceback" not in said
        return printed

    def data(self, *words: str, status: int = 0) -> Any:
        envelope = json.loads(self.run(*words, "--json", status=status))
        assert (envelope["version"], envelope["errors"]) == (1, [])
        return envelope["data"]


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Someone who has given their first command, on 20 November 2026."""
    someone = Newcomer.at(tmp_path_factory.mktemp("newcomer"))
    someone.run(*FIRST_COMMAND, "--as-of", "2026-11-20")
    return someone


@pytest.fixture(scope="module")
def reference(newcomer: Newcomer) -> str:
    """The reference of the request, which they have sent on a Friday and recorded on Sunday."""
    (listed,) = newcomer.data("list", *WEEKEND)
    sent: str = listed["reference"]
    newcomer.run("record", sent, "sent", "--on", "2026-11-20", *WEEKEND)
    return sent


def letter(newcomer: Newcomer, ending: str) -> Path:
    (path,) = newcomer.here.glob(f"*.{ending}")
    return path


def test_the_first_command_makes_three_files_for_its_owner_only(newcomer: Newcomer) -> None:
    files = sorted(newcomer.here.iterdir())
    assert [path.suffix for path in files] == [".eml", ".pdf", ".txt"]
    assert len({path.stem for path in files}) == 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(newcomer.home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in newcomer.home.iterdir()} == {0o600}


def test_the_pdf_is_a_letter_to_the_company_that_cites_its_law(newcomer: Newcomer) -> None:
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    command = ["pdftotext", "-layout", str(letter(newcomer, "pdf")), "-"]
    layout = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    text = " ".join(layout.split())
    for line in ("Clearview AI, Inc.", "418 Broadway STE N", "Albany, NY 12207", "UNITED STATES"):
        assert re.search(rf"^\s*{re.escape(line)}", layout, re.MULTILINE), line
    assert NAME in text
    assert EMAIL in text
    assert letter(newcomer, "pdf").name.removesuffix("-clearview.pdf") in text
    citations = re.findall(r"Articles? ([^A-Z]*?) GDPR", text)
    cited = {article for listed in citations for article in re.findall(r"\d+[\d()a-z]*", listed)}
    assert "12(3)" in cited
    assert {"17", "19", "21"} <= {article.partition("(")[0] for article in cited}


def test_the_e_mail_is_ready_to_send(newcomer: Newcomer) -> None:
    path = letter(newcomer, "eml")
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert path.name.removesuffix("-clearview.eml") in message["Subject"]
    assert message["From"].addresses[0].addr_spec == EMAIL
    assert message["From"].addresses[0].display_name == NAME
    assert message["To"].addresses[0].addr_spec == "legal-requests@clearview.ai"
    assert "Article 17" in message.get_content()


def test_the_text_is_whole_paragraphs_for_a_web_form(newcomer: Newcomer) -> None:
    text = letter(newcomer, "txt").read_text("utf-8")
    assert text.startswith("Dear Sir or Madam,\n\n")
    assert text.endswith(f"\n{NAME}\n")


def test_the_deadline_is_the_monday_and_says_why(newcomer: Newcomer, reference: str) -> None:
    case = newcomer.data("show", reference, *WEEKEND)
    assert [(e["type"], e["on"]) for e in case["events"]] == [
        ("prepared", "2026-11-20"),
        ("sent", "2026-11-20"),
    ]
    (response,) = [d for d in case["deadlines"] if d["kind"] == "response"]
    assert response["due"] == "2026-12-21"
    assert "20 December is a Sunday" in response["explanation"]
    assert "1182/71" in response["explanation"]
    assert "12(3)" in response["basis"]
    assert response["met"] is None
    assert case["status"] == "waiting"
    assert reference in case["next_action"]


def test_show_tells_a_person_the_same(newcomer: Newcomer, reference: str) -> None:
    shown = newcomer.run("show", reference, *WEEKEND)
    assert "Clearview AI, Inc." in shown
    assert "Response due Mon 21 Dec 2026, 29 days left" in shown
    assert "20 December is a Sunday in Germany" in shown


def test_list_shows_the_request_and_when_it_is_due(newcomer: Newcomer, reference: str) -> None:
    row = newcomer.run("list", *WEEKEND).splitlines()[1]
    for cell in (reference, "clearview", "erasure", "waiting", "20 Nov 2026", "21 Dec 2026"):
        assert cell in row


def test_the_report_counts_what_waits(newcomer: Newcomer, reference: str) -> None:
    report = newcomer.data("report", *WEEKEND)
    assert report["totals"] == {"open": 1, "overdue": 0, "due_soon": 0}
    assert [item["due"] for item in report["items"]] == ["2026-12-21"]
    text = newcomer.run("report", *WEEKEND)
    assert "WAITING (1)" in text
    assert "29 days left, Mon 21 Dec 2026" in text
    newcomer.run("report", "--check", *WEEKEND)


def test_in_january_the_answer_is_overdue(newcomer: Newcomer, reference: str) -> None:
    assert newcomer.data("list", "--status", "overdue", *IN_JANUARY)[0]["days_left"] == -25
    (item,) = newcomer.data("report", "--check", *IN_JANUARY, status=8)["items"]
    assert (item["reference"], item["overdue"], item["status"]) == (reference, True, "overdue")
    text = newcomer.run("report", "--check", *IN_JANUARY, status=8)
    assert "OVERDUE (1)" in text
    assert "25 days late" in text


def test_the_record_gives_back_the_very_letter(newcomer: Newcomer, reference: str) -> None:
    out = newcomer.place / "case"
    written = newcomer.run("show", reference, "--out", str(out))
    assert all(str(path) in written for path in out.iterdir())
    assert len(list(out.iterdir())) == 3
    for original in newcomer.here.iterdir():
        (copy,) = out.glob(f"*{original.name}")
        assert copy.read_bytes() == original.read_bytes()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_the_disk_does_not_tell_who_wrote_to_whom(tmp_path: Path) -> None:
    someone = Newcomer.at(tmp_path / "newcomer")
    someone.run(*FIRST_COMMAND, "--address", "Musterweg 7", "--address", "10115 Berlin")
    for path in someone.home.rglob("*"):
        content = path.read_bytes().lower() if path.is_file() else b""
        for word in ("mustermann", "erika", "musterweg", "10115", "clearview"):
            assert word.encode() not in content
            assert word.encode("utf-16-le") not in content
            assert word not in path.name.lower()


def test_two_first_commands_at_once_both_succeed(tmp_path: Path) -> None:
    someone = Newcomer.at(tmp_path / "newcomer")
    both = [someone.start(*FIRST_COMMAND), someone.start(*FIRST_COMMAND)]
    said = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(someone.data("list")) == 2
    assert len(list(someone.here.iterdir())) == 6


def kills(duration: float) -> Iterator[tuple[bool, float]]:
    """Random moments: over the whole run, and within the moment when the record is made."""
    chance = random.Random(20261120)  # noqa: S311
    for number in range(14):
        at_store = number % 2 == 1
        yield at_store, chance.uniform(0, 0.3 if at_store else duration)


@dataclass(frozen=True)
class AfterKill:
    """What one killed request left: its letters, and what `dsr list` made of the home."""

    moment: str
    status: int
    said: str
    listed: int
    letters: int


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[AfterKill]:
    """First commands that were killed at random moments."""
    place = tmp_path_factory.mktemp("killed")
    started = time.monotonic()
    Newcomer.at(place / "whole").run(*FIRST_COMMAND)
    duration = time.monotonic() - started
    left = []
    for number, (at_store, moment) in enumerate(kills(duration)):
        someone = Newcomer.at(place / str(number))
        process = someone.start(*FIRST_COMMAND)
        while at_store and not someone.home.exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        after = someone.start("list", "--json")
        printed, said = after.communicate(timeout=60)
        listed = len(json.loads(printed)["data"] or [])
        letters = len([path for path in someone.here.iterdir() if path.name.startswith("DSR-")])
        when = f"{moment:.3f} s after {'the home was made' if at_store else 'the start'}"
        left.append(AfterKill(when, after.returncode, said, listed, letters))
    return left


def test_a_request_that_is_killed_leaves_a_home_that_works(killed: list[AfterKill]) -> None:
    assert not [one for one in killed if one.status != 0 or one.listed > 1]


def test_a_request_that_is_killed_leaves_no_letter_that_nobody_tracks(
    killed: list[AfterKill],
) -> None:
    assert not [one for one in killed if one.letters and not one.listed]
