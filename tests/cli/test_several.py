"""Letters to several companies in one command are those that single commands would write."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest

from dsr.letters import press
from dsr.letters.document import Letter
from dsr.letters.press import LetterFailedError, Outcome, pdfs
from dsr.workflows import batch
from tests.conftest import ERIKA, Dsr

COMPANIES = ("laion", "clearview", "midjourney", "meta", "flickr")
REQUEST = ("--type", "erasure", *ERIKA, "--as-of", "2026-11-24")


@pytest.fixture(autouse=True)
def numbered(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Two cores, and references that count from the start again when this is called."""

    def start() -> None:
        numbers = count(1)
        monkeypatch.setattr("dsr.cli.request.secrets.randbits", lambda _: next(numbers))

    monkeypatch.setattr(press, "cores", lambda: 2)
    start()
    return start


def test_they_are_written_byte_for_byte_as_one_by_one(
    dsr: Dsr, numbered: Callable[[], None], tmp_path: Path
) -> None:
    together, alone = tmp_path / "together", tmp_path / "alone"
    result = dsr("request", *COMPANIES, *REQUEST, "--out", str(together), "--json")
    assert result.status == 0, result.stderr
    assert [case["company"] for case in result.data] == list(COMPANIES)
    numbered()
    for company in COMPANIES:
        dsr("request", company, *REQUEST, "--out", str(alone), "--dry-run")
    written = {file.name: file.read_bytes() for file in together.iterdir()}
    assert written == {file.name: file.read_bytes() for file in alone.iterdir()}
    assert {name.rpartition(".")[2] for name in written} >= {"eml", "txt"}
    for case in result.data:
        documents = dsr("show", case["reference"], "--json").stdout
        assert case["reference"] in documents


def test_one_that_cannot_be_reached_is_reported_in_its_place(dsr: Dsr) -> None:
    result = dsr("request", "laion", "500px", *COMPANIES[1:], "nobody", *REQUEST, "--json")
    assert result.status == 7
    assert [case["company"] for case in result.data] == list(COMPANIES)
    assert [e["code"] for e in json.loads(result.stdout)["errors"]] == [
        "no_contact",
        "unknown_company",
    ]
    assert "Warning: 500px: " in result.stderr


def test_a_letter_that_cannot_be_printed_is_no_case(
    dsr: Dsr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def without_the_second(letters: Iterable[Letter], expected: int) -> Iterator[Outcome]:
        for number, outcome in enumerate(pdfs(letters, expected)):
            yield LetterFailedError("MemoryError") if number == 1 else outcome

    monkeypatch.setattr(batch, "pdfs", without_the_second)
    result = dsr("request", *COMPANIES, *REQUEST, "--out", str(tmp_path / "out"), "--json")
    assert result.status == 7
    assert [case["company"] for case in result.data] == ["laion", *COMPANIES[2:]]
    assert not list((tmp_path / "out").glob("*clearview*"))
    listed = {case["company"] for case in dsr("list", "--json").data}
    assert "clearview" not in str(listed)
    assert len(dsr("list", "--json").data) == len(COMPANIES) - 1
