"""A letter goes to the controller of the place, or says that another one should have it too."""

from datetime import date

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.law.rights import Right
from dsr.tracker.people import DataSubject
from dsr.workflows.order import Order
from dsr.workflows.request import draft
from tests.conftest import Dsr

ASK = ("--type", "access", "--name", "Erika Mustermann", "--email", "erika@example.org",
       "--language", "en", "--dry-run")  # fmt: skip


def test_another_record_is_named_with_its_command(dsr: Dsr) -> None:
    result = dsr("request", "openai", *ASK, "--country", "DE")
    assert result.status == 0
    assert (
        "For people in Germany the controller is OpenAI Ireland Limited: "
        "dsr request openai-ireland --type access\n"
    ) in result.stderr
    assert "OpenAI OpCo, LLC" in result.stdout


@pytest.mark.parametrize(("company", "country"), [("openai", "GB"), ("openai-ireland", "DE")])
def test_the_right_company_is_no_matter_of_a_warning(dsr: Dsr, company: str, country: str) -> None:
    assert "controller" not in dsr("request", company, *ASK, "--country", country).stderr


def test_without_a_record_the_letter_is_addressed_to_the_controller_of_the_place(dsr: Dsr) -> None:
    result = dsr("request", "tiktok", *ASK, "--country", "GB")
    assert "TikTok Information Technologies UK Limited\nKaleidoscope\n" in result.stdout
    assert "TikTok Technology Limited" not in result.stdout
    assert "the letter is addressed to it (Kaleidoscope, 4 Lindsey Street" in result.stderr
    assert "instead of TikTok Technology Limited" in result.stderr


@pytest.mark.parametrize(
    ("company", "name", "seat", "reached"),
    [
        ("google-photos", "Google Ireland Limited", "IE", False),
        ("flickr", "Flickr, Inc.", "US", True),
    ],
)
def test_the_seat_of_the_controller_counts(
    company: str, name: str, seat: str, reached: bool
) -> None:
    erika = DataSubject(name="Erika Mustermann", email="erika@example.org", country="DE")
    order = Order(company=company, rights=(Right.ACCESS,))
    drafted = draft(order, erika, Catalogue(), reference="DSR-0000-0001", today=date(2026, 11, 25))
    to = drafted.request.company
    assert (to.slug, to.name, to.address_country, to.establishment) == (company, name, seat, seat)
    assert ("a company outside is bound too" in drafted.law_reason) is reached


def test_under_the_law_of_the_companys_seat_its_name_stays(dsr: Dsr) -> None:
    where = ("--country", "US", "--region", "CA")
    own = dsr("request", "discord", *ASK, *where)
    assert "Discord Inc.\nATTN: Privacy Policy\n" in own.stdout
    foreign = dsr("request", "discord", *ASK, *where, "--law", "gdpr")
    assert "Discord Netherlands B.V.\n" in foreign.stdout
    assert "address the letter to it, too." in foreign.stderr


def test_who_answers_for_a_part_only_is_named_and_gets_no_letter(dsr: Dsr) -> None:
    result = dsr("request", "google", *ASK, "--country", "DE")
    assert "Google LLC\n" in result.stdout
    assert "is Google Ireland Limited. Write to it, too: dsr request gemini" in result.stderr
