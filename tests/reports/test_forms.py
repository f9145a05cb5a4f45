"""The report as a page, on paper and as a table: with a case in every state, read back."""

import csv
import io
import re
import subprocess
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from shutil import which

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.reports.reminder import Report, report
from dsr.reports.sheet import html
from dsr.reports.spreadsheet import rows_as_csv
from dsr.tracker.events import EventType
from dsr.tracker.standing import Standing
from dsr.tracker.status import Status
from tests.conftest import Dsr
from tests.every_state import TODAY, fill

DAY = date(2026, 11, 26)
HOSTILE = "<script>alert(1)</script>\"'&\u202eevil"


def case(**changes: object) -> Standing:
    one = Standing(
        reference="DSR-0000-0001",
        person="me",
        company="bilderfang",
        company_name="Bilderfang AG",
        law="gdpr",
        rights=("access",),
        made_on=date(2026, 10, 1),
        campaign=None,
        phase=Status.WAITING,
        sent_on=date(2026, 10, 1),
        kind="response",
        basis="GDPR Art. 12(3): one month",
        due=date(2026, 11, 2),
        due_lenient=date(2026, 11, 2),
    )
    return one._replace(**changes)


def made(*cases: Standing) -> Report:
    return report(cases, DAY)


class Outline(HTMLParser):
    """The tags of a page, and what its attributes load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]


def test_the_page_has_every_case_and_loads_nothing(dsr: Dsr) -> None:
    references = fill(dsr)
    assert dsr("report", "--out", "due.html", "--as-of", TODAY).status == 0
    page = Path("due.html").read_text("utf-8")
    outline = Outline(page)
    assert outline.tags.count("article") == len(references) - 1
    assert outline.loads == []
    assert "script" not in outline.tags
    assert "url(" not in page
    assert "@import" not in page
    for name, reference in references.items():
        assert (reference in page) is (name != "closed")
    assert "<h1>3 overdue, 2 due soon, 7 waiting for you</h1>" in page
    assert Path("due.html").stat().st_mode & 0o077 == 0


def test_what_strangers_wrote_stays_text() -> None:
    page = html(made(case(company_name=HOSTILE, person=HOSTILE), case(reference="DSR-2")), str)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<bdi>" in page


def test_an_empty_page_says_what_to_do() -> None:
    page = html(made(), str)
    assert "Nothing is open" in page
    assert "dsr request" in page


def test_nobody_is_named_who_need_not_be() -> None:
    assert "for <bdi>" not in html(made(case(), case(reference="DSR-0000-0002")), str)
    several = html(made(case(), case(reference="DSR-0000-0002", person="kim")), str)
    assert "for <bdi>kim</bdi>" in several


def test_the_paper_has_every_case_and_numbered_pages(dsr: Dsr) -> None:
    if which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed: apt-get install poppler-utils")
    references = fill(dsr)
    assert dsr("report", "--out", "due.pdf", "--as-of", TODAY).status == 0
    done = subprocess.run(["pdftotext", "-layout", "due.pdf", "-"], capture_output=True, check=True)
    pages = done.stdout.decode().split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        assert re.search(rf"{number}\s*/\s*{len(pages)}\s*$", page)
    whole = "\n".join(pages)
    for name, reference in references.items():
        assert (reference in whole) is (name != "closed")
    assert "36 days late" in whole
    assert f"dsr follow-up {references['overdue']}" in whole
    with pikepdf.open("due.pdf") as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert [float(x) for x in pdf.pages[0].MediaBox[2:]] == pytest.approx([595.3, 841.9], abs=1)


def test_the_table_has_a_row_for_each_case(dsr: Dsr) -> None:
    references = fill(dsr)
    printed = dsr("report", "--format", "csv", "--as-of", TODAY).stdout
    rows = list(csv.DictReader(io.StringIO(printed.removeprefix("\ufeff"), newline="")))
    assert {row["reference"] for row in rows} == set(references.values()) - {references["closed"]}
    late = next(row for row in rows if row["reference"] == references["overdue"])
    assert (late["due"], late["days_left"], late["group"]) == ("2026-10-21", "-36", "Overdue")
    assert late["command"] == f"dsr follow-up {references['overdue']}"


@given(st.text())
def test_no_cell_can_be_a_formula(text: str) -> None:
    (row,) = list(csv.reader(io.StringIO(rows_as_csv(["x"], [[text]]), newline="")))[1:] or [[""]]
    start = row[0].lstrip(' "') if row else ""
    assert not start.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@given(st.text(alphabet=" ;\t=+-@aé1"))
def test_no_cell_is_one_where_semicolons_part_them(text: str) -> None:
    found = rows_as_csv(["x"], [[f"Acme{text}"]]).splitlines()[1].strip('"')
    assert not [cell for cell in re.split("[;\t]", found)[1:] if cell.lstrip()[:1] in tuple("=+-@")]


def test_numbers_stay_numbers() -> None:
    assert rows_as_csv(["a", "b"], [[-3, "-3"]]) == "\ufeffa,b\r\n-3,'-3\r\n"


def test_the_form_follows_from_the_name_of_the_file(dsr: Dsr) -> None:
    fill(dsr)
    starts = {
        "a.pdf": b"%PDF",
        "a.csv": b"\xef\xbb\xbf",
        "a.json": b"{",
        "a.html": b"<!DOCTYPE",
        "a.txt": b"Thursday",
        "a": b"Thursday",
    }
    for name, start in starts.items():
        assert dsr("report", "--out", name, "--as-of", TODAY).status == 0
        assert Path(name).read_bytes().startswith(start)
    assert dsr("report", "--out", "b.txt", "--format", "csv", "--as-of", TODAY).status == 0
    assert Path("b.txt").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_case_that_is_answered_shows_no_time(dsr: Dsr) -> None:
    page = html(made(replace_answer(case())), str)
    assert "days late" not in page
    assert "answered" in page


def replace_answer(one: Standing) -> Standing:
    return one._replace(phase=Status.ANSWERED, answer=EventType.REFUSED)


def test_the_days_are_those_of_the_report() -> None:
    item = made(case()).items[0]
    assert replace(made(case()), items=(item,)).count(item.group) == 1
    assert "24 days late" in html(made(case()), str)
