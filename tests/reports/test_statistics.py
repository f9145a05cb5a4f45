"""Figures on how companies answer: right, and without anything of a person."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.reports.statistics import figures, statistics
from dsr.tracker.events import EventType
from dsr.tracker.outcomes import Outcome
from dsr.tracker.status import Status
from tests.conftest import Dsr
from tests.every_state import TODAY, fill

DAY = date(2026, 11, 26)
SENT = date(2026, 9, 1)
DUE = date(2026, 10, 1)


def outcome(
    days: int | None = None,
    company: str = "clearview",
    answer: EventType = EventType.FULFILLED,
    due: date | None = DUE,
) -> Outcome:
    """A request of 1 September 2026, answered after so many days, or still open."""
    on = SENT + timedelta(days=days) if days is not None else None
    phase = Status.ANSWERED if on else Status.WAITING
    return Outcome(company, "gdpr", phase, answer if on else None, SENT, on, due, due)


def test_figures_are_those_that_one_counts_by_hand() -> None:
    found = figures(
        [
            outcome(10),
            outcome(20, answer=EventType.REFUSED),
            outcome(40, answer=EventType.PARTLY_FULFILLED),  # ten days late
            outcome(),  # late, and still silent
            outcome(due=None),  # the law sets no time
        ],
        DAY,
    )
    assert (found.requests, found.answered, found.open) == (5, 3, 2)
    assert (found.fulfilled, found.refused, found.partly_fulfilled, found.no_data) == (1, 1, 1, 0)
    assert found.median_days == 20
    assert found.quartile_days == (15, 30)
    assert (found.late, found.over) == (2, 4)
    assert found.response_rate == pytest.approx(0.6)
    assert found.late_rate == pytest.approx(0.5)
    assert found.allowed_days == 30


def test_who_has_time_left_is_not_counted_as_silent() -> None:
    found = figures([outcome()], SENT)
    assert (found.late, found.over, found.late_rate) == (0, 0, None)


def test_groups_that_are_too_small_or_not_public_become_other() -> None:
    some = [outcome(10)] * 5 + [outcome(10, "my-ex")] * 6 + [outcome(10, "pimeyes")] * 2
    found = statistics(some, DAY, least=5, public={"clearview", "pimeyes"})
    assert [(name, one.requests) for name, one in found.by_company] == [
        ("clearview", 5),
        ("other", 8),
    ]
    assert found.total.requests == 13


@given(st.lists(st.tuples(st.none() | st.integers(0, 400), st.sampled_from("abc")), max_size=30))
def test_groups_add_up_and_shares_are_shares(drawn: list[tuple[int | None, str]]) -> None:
    found = statistics([outcome(days, company) for days, company in drawn], DAY, least=3)
    assert sum(one.requests for _, one in found.by_company) == len(drawn)
    for one in (found.total, *(one for _, one in found.by_company)):
        for share in (one.response_rate, one.late_rate):
            assert share is None or 0 <= share <= 1
        assert one.answered <= one.requests
        if one.quartile_days and one.median_days is not None:
            assert one.quartile_days[0] <= one.median_days <= one.quartile_days[1]


def test_what_is_for_others_holds_nothing_of_a_person(dsr: Dsr) -> None:
    references = fill(dsr)
    for form in ("json", "csv"):
        said = dsr("report", "--stats", "--format", form, "--as-of", TODAY).stdout
        for own in (*references.values(), "Erika", "erika", "2026-1", "2026-0", "clearview"):
            assert own not in said
        assert "2026-Q4" in said
        assert "other" in said


def test_for_oneself_every_company_is_told(dsr: Dsr) -> None:
    fill(dsr)
    page = dsr("report", "--stats", "--as-of", TODAY).stdout
    assert "clearview" in page
    assert "36 %" in page
    data = dsr("report", "--stats", "--least", "1", "--json", "--as-of", TODAY).data
    by_company = {each["company"]: each for each in data["by_company"]}
    assert by_company["facebook"]["refused"] == 1
    assert by_company["facebook"]["median_days"] == 28
    assert data["total"]["requests"] == 14
    assert data["total"]["response_rate"] == pytest.approx(0.357)


def test_the_table_reads_back(dsr: Dsr) -> None:
    fill(dsr)
    assert dsr("report", "--stats", "--out", "figures.csv", "--as-of", TODAY).status == 0
    text = Path("figures.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["group"], row["name"]) for row in rows] == [
        ("total", ""), ("law", "gdpr"), ("company", "other"),
    ]  # fmt: skip
    assert rows[0]["requests"] == "14"


def test_without_a_record_there_is_nothing_to_count(dsr: Dsr) -> None:
    result = dsr("report", "--stats")
    assert (result.status, result.stdout) == (0, "")
    assert json.loads(dsr("report", "--stats", "--json").stdout)["data"]["total"]["requests"] == 0


def test_the_plot_is_told_in_words_too(dsr: Dsr) -> None:
    fill(dsr)
    assert dsr("report", "--stats", "--out", "f.html", "--as-of", TODAY).status == 0
    page = Path("f.html").read_text("utf-8")
    assert "<title" in page
    assert "facebook: 28 days (n = 1)" in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_who_never_answered_stays_late_when_the_case_is_closed() -> None:
    silent = outcome()
    closed = silent._replace(phase=Status.CLOSED)
    assert silent.is_late(DAY)
    assert closed.is_late(DAY)
    assert not closed.is_late(DUE)


@pytest.mark.parametrize("least", ["1", "2"])
def test_a_company_of_ones_own_is_never_named(dsr: Dsr, least: str) -> None:
    dsr("init", "--name", "Erika", "--email", "erika@example.org", "--country", "DE")
    own = dsr("companies", "add", "--slug", "my-own", "--name", "My Own", "--kind", "face-search",
              "--country", "DE", "--website", "https://my-own.example", "--email",
              "a@my-own.example", "--source", "https://my-own.example/privacy")  # fmt: skip
    assert own.status == 0, own.stderr
    made = dsr("request", "my-own", "-t", "access", "--json", "--as-of", "2026-09-01")
    assert made.status == 0, made.stderr
    reference = made.data[0]["reference"]
    dsr("record", reference, "sent", "--on", "2026-09-01", "--as-of", TODAY)
    table = dsr("report", "--stats", "--format", "csv", "--least", least, "--as-of", TODAY)
    assert table.status == 0
    assert "my-own" not in table.stdout
