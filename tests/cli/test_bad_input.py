"""Words that cannot be right: each refused in one sentence, before anything is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import OnDisk, Process, Refused, assert_one_sentence
from tests.conftest import ERIKA, Dsr

ERASURE = ("request", "clearview", "--type", "erasure", *ERIKA)
BANNED_AS_SLUGS = ("../../../etc/passwd", "..", "/etc/passwd", "clearview.toml", "", "a\nb", "\0")


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        (("request", "clearvew", "--type", "erasure", *ERIKA), 3, "clearview"),
        (("companies", "show", "pimeye"), 3, "pimeyes"),
        (("list", "--company", "clearvew"), 3, "clearview"),
        (("request", "clearview", "--type", "erasue", *ERIKA), 2, "erasure"),
        (("request", "clearview", "--type", "access,erasue", *ERIKA), 2, "erasure"),
        ((*ERASURE, "--law", "gdrp"), 3, "gdpr"),
        (("law", "deadline", "gdrp", "--received", "2026-01-31"), 3, "gdpr"),
        (("requst", "clearview"), 2, "request"),
        (("companies", "shwo", "clearview"), 2, "show"),
        (("list", "--compny", "clearview"), 2, "--company"),
    ],
)
def test_what_does_not_exist_is_answered_with_the_nearest(
    refused: Refused, arguments: tuple[str, ...], status: int, named: str
) -> None:
    said = refused(*arguments, status=status)
    assert "Did you mean" in said
    assert named in said


@pytest.mark.parametrize("slug", BANNED_AS_SLUGS)
def test_a_slug_never_leads_out_of_the_directory(refused: Refused, slug: str) -> None:
    refused("request", slug, "--type", "erasure", *ERIKA, status=3)
    refused("companies", "show", slug, status=3)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((*ERASURE[:3], "opt-out", *ERIKA), 4, "gives no right"),
        ((*ERASURE, "--law", "ccpa"), 4, "you do not live where it applies"),
        ((*ERASURE, "--via", "fax"), 4, "cannot be reached by fax"),
        ((*ERASURE, "--via", "pigeon"), 2, "pigeon"),
        ((*ERASURE, "--language", "klingon"), 4, "klingon"),
        ((*ERASURE, "--for", "nobody"), 3, "nobody"),
        ((*ERASURE, "--reason", "x" * 120_000 + "\u0001"), 4, "cannot be printed"),
        ((*ERASURE, "--reason", "because \x1b[31m"), 4, "cannot be printed"),
        (("request", "clearview", *ERIKA), 2, "--type"),
        (("request", "--type", "erasure", *ERIKA), 2, "COMPANY"),
        (("list", "--status", "lost"), 2, "lost"),
        (("report", "--within", "-1"), 2, "-1"),
        (("report", "--format", "docx"), 2, "docx"),
        (("companies", "list", "--kind", "bakery"), 2, "bakery"),
        (("law", "deadline", "gdpr"), 2, "--received"),
        (("law", "deadline", "gdpr", "--received", "1999-01-31"), 4, "as they apply since"),
        (("law", "deadline", "gdpr", "--received", "2026-01-31", "--country", "XX"), 4, "XX"),
        (("law", "deadline", "ccpa", "--received", "2026-01-31", "--right", "restriction"), 4,
         "gives no right"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    refused: Refused, arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused(*arguments, status=status)


@pytest.mark.parametrize(
    "url",
    [
        "me.jpg",
        "ftp://example.org/me.jpg",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///me.jpg",
        "https://erika:secret@example.org/me.jpg",
        "https://example.org/a photo.jpg",
        "https://example.org/\nBcc: x@example.org",
    ],
)
def test_a_photo_needs_a_web_address(refused: Refused, url: str) -> None:
    refused(*ERASURE, "--photo-url", url, status=4)


def test_what_the_person_writes_is_no_template(dsr: Dsr) -> None:
    letter = dsr(
        *("request", "clearview", "--type", "objection", *ERIKA, "--dry-run"),
        *("--reason", "Because {{ 7 * 7 }} {% for %} <b>"),
        *("--photo-url", "https://example.org/{{7*7}}.jpg"),
    )
    assert letter.status == 0
    assert "Because {{ 7 * 7 }} {% for %} <b>" in letter.stdout
    assert "https://example.org/{{7*7}}.jpg" in letter.stdout


@pytest.mark.parametrize(
    "day", ["tomorow", "2026-02-30", "20.11.2026", "2026-13-01", "20261120", ""]
)
def test_a_day_is_a_day_of_the_calendar(refused: Refused, day: str) -> None:
    assert "2026-11-20" in refused("list", "--as-of", day, status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("law", "deadline", "gdpr", "--received", "9999-12-31", "--country", "DE"),
        ("--as-of", "0001-01-01", "law", "deadline", "gdpr", "--received", "yesterday"),
        ("--as-of", "9999-12-31", *ERASURE),
    ],
)
def test_a_day_at_the_end_of_the_calendar_is_no_bug(dsr: Dsr, arguments: tuple[str, ...]) -> None:
    result = dsr(*arguments)
    assert_one_sentence(result.stderr)
    assert result.status in (2, 4)


def test_a_batch_does_what_it_can(dsr: Dsr, on_disk: OnDisk) -> None:
    batch = ("request", "clearview", "pimeye", "lenso", "--type", "access", *ERIKA, "--json")
    result = dsr(*batch)
    assert result.status == 7
    assert [done["company"] for done in result.data] == ["clearview", "lenso"]
    assert "pimeye" in result.stderr
    assert {r["company"] for r in dsr("list", "--json").data} == {"clearview", "lenso"}
    assert len([name for name in on_disk() if name.endswith(".pdf")]) == 2


def test_a_batch_that_did_nothing_does_not_say_that_it_did(dsr: Dsr, on_disk: OnDisk) -> None:
    result = dsr("request", "pimeye", "clearvew", "--type", "access", *ERIKA)
    assert result.status in (3, 7)
    assert "Error: " in result.stderr
    assert "the others were" not in result.stderr
    assert on_disk() == {}


@pytest.mark.parametrize("out", ["file/sub", "/proc"])
def test_a_letter_that_cannot_be_written_is_not_recorded(
    dsr: Dsr, refused: Refused, out: str
) -> None:
    Path("file").write_text("in the way")
    said = refused(*ERASURE, "--out", out, status=6)
    assert out in said
    assert dsr("list", "--json").data == []


def test_a_letter_for_which_the_disk_is_too_small_is_not_recorded(
    dsr: Dsr, refused: Refused, disk: Callable[[str], Path]
) -> None:
    small = disk("size=8k")
    refused(*ERASURE, "--out", str(small), status=6)
    assert dsr("list", "--json").data == []


def test_a_report_that_cannot_be_written_says_so(refused: Refused, reference: str) -> None:
    Path("file").write_text("in the way")
    for out in ("file/report.txt", "nowhere/report.txt", "/proc/report.txt"):
        assert out in refused("report", "--out", out, status=6)
    refused("report", "--out", ".", status=2)


def test_reasons_that_are_no_text_are_refused(process: Process, passphrase_file: Path) -> None:
    result = process(
        *(*ERASURE, "--reason", "-", "--passphrase-file", str(passphrase_file)),
        stdin=b"because \xff\xfe",
        PYTHONIOENCODING="utf-8",
    )
    assert result.status == 4
    assert result.stderr.startswith("Error: ")
