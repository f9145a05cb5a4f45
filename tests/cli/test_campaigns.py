"""Many requests as one campaign: one letter to each controller, taken up again, safe to repeat."""

import os
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from tests.cli.conftest import Refused
from tests.conftest import ERIKA, Dsr

FACES = ("request", "--pack", "face-search", "-t", "access", "-t", "erasure", "--out", "letters")


def companies(dsr: Dsr, campaign: str) -> list[str]:
    return sorted(case["company"] for case in dsr("list", "--campaign", campaign, "--json").data)


def campaign(dsr: Dsr, name: str) -> dict[str, object]:
    (found,) = [each for each in dsr("campaigns", "--json").data if each["name"] == name]
    return dict(found)


def test_a_pack_is_a_campaign_and_repeating_it_adds_nothing(dsr: Dsr) -> None:
    assert dsr(*FACES, *ERIKA).status == 0
    first = companies(dsr, "face-search")
    assert "clearview" in first
    assert campaign(dsr, "face-search")["made"] == len(first) == len(set(first))
    again = dsr(*FACES, "--json")
    assert (again.status, again.data) == (0, [])
    assert "has a letter to each" in again.stderr
    assert companies(dsr, "face-search") == first
    assert len(dsr("list", "--json").data) == len(first)


def test_a_new_round_has_a_name_and_asks_nobody_twice_at_a_time(dsr: Dsr) -> None:
    dsr(*FACES, *ERIKA)
    for case in dsr("list", "--json").data:
        if case["company"] == "clearview":
            dsr("record", case["reference"], "sent")
            dsr("record", case["reference"], "fulfilled")
    result = dsr(*FACES, "--campaign", "second round", "--json")
    assert [made["company"] for made in result.data] == ["clearview"]
    assert result.stderr.count("still open") == campaign(dsr, "face-search")["made"] - 1  # type: ignore[operator]


def test_companies_named_later_join_the_campaign(dsr: Dsr) -> None:
    words = ("-t", "access", "--campaign", "mine", "--out", "letters")
    assert dsr("request", "clearview", "pimeyes", *words, *ERIKA).status == 0
    result = dsr("request", "clearview", "pimeyes", "facecheck", *words)
    assert "goes on: 2 of 3" in result.stderr
    assert companies(dsr, "mine") == ["clearview", "facecheck", "pimeyes"]
    assert "Campaign mine: 3 of 3 letters made, 0 sent." in result.stderr


def test_one_letter_goes_to_each_controller(dsr: Dsr) -> None:
    words = ("-t", "access", "--campaign", "meta", "--out", "letters")
    result = dsr("request", "facebook", "instagram", *words, *ERIKA)
    assert result.status == 0
    assert "Meta Platforms Ireland Limited has its letter already" in result.stderr
    assert companies(dsr, "meta") == ["facebook"]
    assert campaign(dsr, "meta")["letters"] == 1
    assert dsr("request", "facebook", "instagram", *words, "--json").data == []


def test_a_campaign_is_of_one_person_and_about_the_same_rights(dsr: Dsr, refused: Refused) -> None:
    dsr("request", "clearview", "-t", "access", "--campaign", "mine", "--out", "letters", *ERIKA)
    dsr("people", "add", "anna", "--name", "Anna Anders", "--email", "a@example.org",
        "--country", "FR")  # fmt: skip
    again = ("request", "pimeyes", "--campaign", "mine", "--out", "letters")
    refused(*again, "-t", "erasure", status=5)
    refused(*again, "-t", "access", "--for", "anna", status=5)
    assert dsr("campaigns", "--for", "anna", "--json").data == []
    assert companies(dsr, "mine") == ["clearview"]


def test_a_pack_for_two_people_is_two_campaigns(dsr: Dsr) -> None:
    dsr("init", *ERIKA)
    dsr("people", "add", "anna", "--name", "Anna Anders", "--email", "a@example.org",
        "--country", "FR")  # fmt: skip
    for person in ("me", "anna"):
        assert dsr(*FACES, "--for", person).status == 0
    names = {each["name"]: each["person"] for each in dsr("campaigns", "--json").data}
    assert names == {"face-search": "me", "face-search-2": "anna"}
    of_anna = dsr("list", "--campaign", "face-search-2", "--json").data
    assert {case["person"] for case in of_anna} == {"anna"}


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 61])
def test_a_name_that_is_none_is_refused(refused: Refused, name: str) -> None:
    words = ("request", "clearview", "-t", "access", "--campaign", name, *ERIKA)
    refused(*words, status=4)


def test_an_unknown_campaign_is_answered_with_the_nearest(dsr: Dsr, refused: Refused) -> None:
    dsr("request", "clearview", "-t", "access", "--campaign", "faces", "--out", "x", *ERIKA)
    assert "faces" in refused("list", "--campaign", "face", status=3)


def test_a_dry_run_begins_no_campaign(dsr: Dsr) -> None:
    assert dsr(*FACES, "--dry-run", *ERIKA).status == 0
    assert dsr("campaigns", "--json").data == []


def test_a_campaign_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery staple")
    environment = {**os.environ, "DSR_PASSPHRASE_FILE": str(secret)}
    command = [sys.executable, "-m", "dsr", *FACES, *ERIKA]

    def letters() -> int:
        return len(list(Path("letters").glob("*.pdf")))

    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as first:
        while letters() < 2 and first.poll() is None:
            sleep(0.01)
        first.kill()
    done = subprocess.run(
        [*command, "--json"], env=environment, check=True, capture_output=True, text=True
    )
    listed = subprocess.run(
        [sys.executable, "-m", "dsr", "list", "--campaign", "face-search"],
        env={**environment, "COLUMNS": "200"}, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    slugs = [line.split()[1] for line in listed.splitlines()[1:]]
    assert len(slugs) == len(set(slugs)) == 7
    assert "goes on" in done.stderr or "has a letter to each" in done.stderr
