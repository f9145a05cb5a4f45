"""Who is the controller for whom: places, their opposite, parts of the matter."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from dsr.directory.catalogue import Catalogue
from dsr.directory.controllers import for_whom, other_controller
from dsr.directory.record import Company
from tests.conftest import Dsr

COMPANIES = Catalogue().companies()[0]


def company(*others: dict[str, Any]) -> Company:
    return Company.model_validate(
        {
            "slug": "foto",
            "name": "Foto Inc.",
            "kind": "photo-cloud",
            "country": "US",
            "checked_on": date(2026, 11, 22),
            "controller_for": [{"sources": ["policy"], **other} for other in others],
            "sources": {"policy": {"title": "Policy", "evidence": "company-document"}},
        }
    )


def chosen(record: Company, country: str, region: str | None = None) -> str | None:
    other = other_controller(record, country, region)
    return other.name if other else None


@pytest.mark.parametrize(
    ("country", "region", "name"),
    [
        ("DE", None, "Foto Ireland"),
        ("NO", "03", "Foto Ireland"),  # EEA, not EU
        ("CH", None, "Foto Ireland"),
        ("GB", None, None),  # neither EU nor EEA
        ("US", "CA", "Foto California"),
        ("US", "NY", None),
        ("US", None, None),
    ],
)
def test_places_are_countries_regions_and_the_eea(
    country: str, region: str | None, name: str | None
) -> None:
    record = company(
        {"name": "Foto Ireland", "places": ["EEA", "CH"]},
        {"name": "Foto California", "places": ["US-CA"]},
    )
    assert chosen(record, country, region) == name


@pytest.mark.parametrize(
    ("country", "name"),
    [("FR", None), ("LI", None), ("GB", None), ("JP", "Foto Japan"), ("BR", "Foto Inc.")],
)
def test_outside_is_everywhere_else_and_a_named_place_comes_first(
    country: str, name: str | None
) -> None:
    record = company(
        {"name": "Foto Inc.", "outside": ["EEA", "GB"]},
        {"name": "Foto Japan", "places": ["JP"]},
    )
    assert chosen(record, country) == name


def test_who_answers_for_everything_comes_before_who_answers_for_a_part() -> None:
    part = {"name": "Foto AI", "places": ["DE"], "only_for": "training"}
    whole = {"name": "Foto Ireland", "outside": ["US"]}
    assert chosen(company(part), "DE") == "Foto AI"
    assert chosen(company(part, whole), "DE") == "Foto Ireland"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"places": ["DE"], "outside": ["US"]},
        {"places": ["Germany"]},
        {"places": ["EU-DE-BY"]},
        {"places": ["de"]},
        {"places": ["DE"], "lines": ["Weg 1"]},
        {"places": ["DE"], "country": "DE"},
        {"places": ["DE"], "sources": ["nowhere"]},
        {"places": ["DE"], "sources": []},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        company({"name": "Foto GmbH", **wrong})


def test_for_whom_is_said_in_words() -> None:
    places = ["EEA", "CH", "US-CA"]
    record = company({"name": "A", "places": places}, {"name": "B", "outside": ["GB"]})
    assert [for_whom(other) for other in record.controller_for] == [
        "people in the EEA, Switzerland and California",
        "people outside the United Kingdom",
    ]


def test_no_bundled_record_sends_people_in_a_circle() -> None:
    records = {record.slug: record for record in COMPANIES}
    assert sum(bool(record.controller_for) for record in COMPANIES) >= 20
    for record in COMPANIES:
        for country in ("DE", "CH", "GB", "US", "JP", "BR"):
            other = other_controller(record, country)
            if other and other.slug and not other.only_for:
                assert records[other.slug].name == other.name
                back = other_controller(records[other.slug], country)
                assert back is None or back.only_for, (record.slug, country)


def test_the_card_says_where_another_company_answers(dsr: Dsr) -> None:
    shown = dsr("companies", "show", "openai").stdout
    assert "For people in the EEA and Switzerland: OpenAI Ireland Limited (see openai-ireland)" in (
        shown
    )
