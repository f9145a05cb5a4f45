"""`dsr report`: what a person sees of what is due, and the letters that it writes."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel import Locale, localedata

from dsr.cli.dates import MONTH_FIRST, Dates
from tests.cli.conftest import Refused
from tests.conftest import ERIKA, Dsr

Requested = Callable[..., str]
MADE, SENT, LATE, LATER = "2026-11-20", "2026-11-20", "2027-01-04", "2027-01-20"
US = ("--name", "Jo Doe", "--email", "jo@example.com", "--country", "US", "--region", "CA")
COMPANIES = ("clearview", "pimeyes", "stability-ai", "openai")


@pytest.fixture
def cases(dsr: Dsr, requested: Requested) -> dict[str, str]:
    """A case in each group on 4 January 2027, by what it is."""

    def sent(company: str, on: str, *events: str) -> str:
        reference = requested("--as-of", MADE, company=company)
        for event in (f"sent --on {on}", *events):
            result = dsr("record", reference, *event.split(), "--as-of", LATE)
            assert result.status == 0, result.stderr
        return reference

    return {
        "overdue": sent("clearview", SENT),
        "due soon": sent("pimeyes", "2026-12-08"),
        "refused": sent("stability-ai", SENT, "refused --on 2026-12-14 --reason send-id,fee"),
        "waiting": sent("openai", "2026-12-30"),
    }


def test_the_report_fits_80_columns_and_names_all_that_matters(
    dsr: Dsr, cases: dict[str, str]
) -> None:
    page = dsr("report", "--as-of", LATE).stdout
    assert max(map(len, page.splitlines())) <= 80
    assert "\x1b" not in page
    headings = re.findall(r"^[A-Z ]+\(\d\)$", page, re.MULTILINE)
    assert headings == ["OVERDUE (1)", "DUE SOON (1)", "NEEDS YOU (1)", "WAITING (1)"]
    assert page.startswith("Monday 4 January 2027: 1 overdue, 1 due within 7 days, 1 waiting for")
    first = page.split("\n\n")[2]
    assert "Clearview AI, Inc.: erasure" in first
    assert "14 days late, Mon 21 Dec 2026" in first
    assert "GDPR Art. 12(3)" in first
    assert first.splitlines()[-1].strip() == f"dsr follow-up {cases['overdue']}"
    for reference in cases.values():
        assert reference in page


def test_an_american_reads_the_month_first(dsr: Dsr, requested: Requested) -> None:
    made = dsr("request", "clearview", "-t", "erasure", *US, "--json", "--as-of", MADE)
    reference = made.data[0]["reference"]
    dsr("record", reference, "sent", "--on", SENT, "--as-of", MADE)
    for command in (("list",), ("show", reference)):
        assert "Nov 20, 2026" in dsr(*command, "--as-of", MADE).stdout
    page = dsr("report", "--as-of", MADE).stdout
    assert page.startswith("Friday, November 20, 2026: ")
    assert re.search(r"\d+ days left, [A-Z]\w\w, [A-Z]\w\w \d+, 202[67]$", page, re.MULTILINE)


def test_the_order_of_dates_is_that_of_cldr() -> None:
    months_first = set()
    for name in localedata.locale_identifiers():
        if re.fullmatch(r"en_[A-Z]{2}", name):
            pattern = Locale.parse(name).date_formats["full"].pattern
            months_first |= {name[3:]} if pattern.index("M") < pattern.index("d") else set()
    assert months_first == MONTH_FIRST
    assert "US" in months_first
    assert Dates("US-CA").short(None) == "–"


def test_a_failed_check_is_a_status_of_its_own(dsr: Dsr, cases: dict[str, str]) -> None:
    assert cases
    assert dsr("report", "--check", "--as-of", LATE).status == 8
    assert dsr("report", "--check", "--as-of", MADE).status == 0
    for form in ("csv", "html", "ics", "json"):
        assert dsr("report", "--check", "--format", form, "--as-of", LATE).status == 8


def test_the_days_that_count_as_soon_are_chosen(dsr: Dsr, cases: dict[str, str]) -> None:
    assert cases
    found = {}
    for days in ("0", "7", "60"):
        report = dsr("report", "--within", days, "--format", "json", "--as-of", LATE)
        found[days] = report.data["totals"]["due_soon"]
    assert found == {"0": 0, "7": 1, "60": 2}


# letters that are due -----------------------------------------------------------------------------


def test_all_letters_that_are_due_are_written_once(dsr: Dsr, cases: dict[str, str]) -> None:
    preview = dsr("report", "--write", "--dry-run", "--json", "--as-of", LATE)
    assert list(Path().glob("*reminder*")) == []
    written = dsr("report", "--write", "--out", "letters", "--json", "--as-of", LATE)
    assert written.status == 0, written.stderr
    kinds = {row["reference"]: row["letter"] for row in written.data}
    assert kinds == {cases["overdue"]: "reminder", cases["refused"]: "rebuttal:send-id,fee"}
    assert [row["letter"] for row in preview.data] == [row["letter"] for row in written.data]
    for row in written.data:
        assert all(Path(path).parent == Path("letters").resolve() for path in row["files"].values())
        assert Path(row["files"]["pdf"]).read_bytes().startswith(b"%PDF")
    again = dsr("report", "--write", "--json", "--as-of", LATE)
    assert again.data == []
    assert "written before wait" in again.stderr
    page = dsr("report", "--as-of", LATE).stdout
    assert f"dsr record {cases['overdue']} reminded" in page
    assert dsr("report", "--check", "--as-of", LATE).status == 8  # nothing was sent


def test_the_letter_answers_every_reason_that_was_recorded(dsr: Dsr, cases: dict[str, str]) -> None:
    said = dsr("follow-up", cases["refused"], "--dry-run", "--as-of", LATE).stdout
    assert "1. You ask for an identity document or a photo of me" in said
    assert "2. You ask for a fee" in said
    event = dsr("show", cases["refused"], "--json").data["events"][2]
    assert event["objections"] == ["send-id", "fee"]


def test_a_reason_is_corrected_like_everything_else(dsr: Dsr, cases: dict[str, str]) -> None:
    reference = cases["refused"]
    dsr("record", reference, "correct", "3", "--reason", "research", "--as-of", LATE)
    said = dsr("follow-up", reference, "--dry-run", "--as-of", LATE).stdout
    assert "1. You rely on research or freedom of expression" in said
    assert "fee" not in said.split("1. You rely")[0]


def test_a_reason_that_no_letter_answers_is_refused(
    refused: Refused, cases: dict[str, str]
) -> None:
    of = ("record", cases["overdue"])
    assert "send-id?" in refused(*of, "refused", "--reason", "sendid", "--as-of", LATE, status=3)
    refused(*of, "reminded", "--reason", "send-id", "--as-of", LATE, status=2)


def test_one_failure_does_not_keep_the_others_from_being_written(
    dsr: Dsr, cases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dsr.errors import ConflictError
    from dsr.workflows import due_letters

    real = due_letters.check_mandate_holds

    def expired(request, store, day):  # type: ignore[no-untyped-def]
        if request.reference == cases["overdue"]:
            raise ConflictError("The mandate on file cannot be used: it expired.")
        real(request, store, day)

    monkeypatch.setattr(due_letters, "check_mandate_holds", expired)
    result = dsr("report", "--write", "--json", "--as-of", LATE)
    assert result.status == 7
    said = json.loads(result.stdout)
    assert [row["reference"] for row in said["data"]] == [cases["refused"]]
    assert len(said["errors"]) == 1
    assert "it expired" in result.stderr


def test_a_letter_that_cannot_be_kept_does_not_stop_the_others(
    dsr: Dsr, cases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dsr.errors import UnavailableError
    from dsr.workflows import follow_up

    real = follow_up.keep_letter

    def full(store, case, *rest, **more):  # type: ignore[no-untyped-def]
        if case.request.reference == cases["overdue"]:
            raise UnavailableError("The disk is full.")
        real(store, case, *rest, **more)

    monkeypatch.setattr(follow_up, "keep_letter", full)
    result = dsr("report", "--write", "--json", "--as-of", LATE)
    assert result.status == 7
    assert [row["reference"] for row in json.loads(result.stdout)["data"]] == [cases["refused"]]
    assert not list(Path().glob(f"*{cases['overdue']}*reminder*"))


def test_many_reasons_make_no_name_that_is_too_long() -> None:
    from dsr.cli.further import letter_stem

    stem = letter_stem("DSR-7K3F-9QX2", "c" * 100, "rebuttal:" + ",".join(["legitimate"] * 15))
    assert len(f"{stem}-99-webform.txt.part".encode()) < 255
    assert stem.startswith("DSR-7K3F-9QX2-ccc")


@pytest.mark.parametrize("form", ["csv", "html", "ics"])
def test_a_redirected_report_is_utf_8_whatever_the_terminal(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse battery staple")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    command = [sys.executable, "-m", "dsr", "--passphrase-file", str(secret), "report"]
    done = subprocess.run([*command, "--format", form], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode()


def test_a_second_letter_of_a_kind_leaves_the_first_where_it_is(
    dsr: Dsr, cases: dict[str, str]
) -> None:
    of = ("follow-up", cases["overdue"], "--kind", "reminder", "--json", "--as-of", LATE)
    results = [dsr(*of) for _ in range(2)]
    first, second = (result.data["files"] for result in results)
    assert Path(second["pdf"]).name == Path(first["pdf"]).name.replace(".pdf", "-2.pdf")
    assert Path(first["pdf"]).exists()
    assert ["send only one" in result.stderr for result in results] == [False, True]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--dry-run",), "--write"),
        (("--write", "--check"), "--check"),
        (("--out", "."), "directory"),
        (("--within", "-1"), "within"),
    ],
)
def test_options_that_do_not_belong_together(
    refused: Refused, options: tuple[str, ...], says: str
) -> None:
    assert says in refused("report", *options, status=2)


def test_nothing_to_write_is_said(dsr: Dsr) -> None:
    dsr("init", *ERIKA)
    result = dsr("report", "--write")
    assert (result.status, result.stdout) == (0, "")
    assert "No letter is due." in result.stderr


def test_the_case_is_drawn_as_a_line_of_moments(dsr: Dsr, cases: dict[str, str]) -> None:
    page = dsr("show", cases["refused"], "--as-of", LATE).stdout
    lines = page.splitlines()
    assert max(map(len, lines)) <= 80
    drawn = [
        line.split(maxsplit=3) for line in lines if re.match(r"\s*\d+ \w+ 20\d\d [→←·◆▸]", line)
    ]
    assert [(line[3][0], " ".join(line[:3])) for line in drawn] == [
        ("·", "20 Nov 2026"),
        ("→", "20 Nov 2026"),
        ("←", "14 Dec 2026"),
        ("◆", "21 Dec 2026"),
        ("▸", "4 Jan 2027"),
    ]
    assert "refused (send-id, fee)" in page
    assert "response due: met" in page
    (erase,) = [line for line in lines if line.startswith("E1 ")]
    assert re.match(r"E1 +refused +14 Dec 2026 +3 +Erase all images that show me", erase)


def test_the_case_shows_both_dates_and_how_much_time_is_over(
    dsr: Dsr, requested: Requested
) -> None:
    reference = requested("--as-of", MADE)
    dsr("record", reference, "sent", "--via", "post", "--on", SENT, "--as-of", MADE)
    page = dsr("show", reference, "--as-of", "2026-12-10").stdout
    assert "in their favour: " in page
    assert re.search(r"█+░+ day \d+ of \d+", page)
    assert "nothing is recorded as answered yet" in page
