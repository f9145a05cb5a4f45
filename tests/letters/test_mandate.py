"""Mandates: who may act for whom, how far and until when, in every language."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dsr.errors import InvalidInputError
from dsr.letters.document import Letter
from dsr.letters.mandate import Mandate, compose_mandate
from dsr.letters.text import full_text
from tests.letters.cases import TEMPLATES, combinations, text_with_blocks_clean
from tests.letters.conftest import resident

MANDATES = combinations("mandate")


def mandate(law: str = "gdpr", language: str = "en", **changes: Any) -> Letter:
    given = Mandate(
        reference="DSR-7K3F-9QX2",
        principal=resident(law),
        agent=("Verein Beispiel", "Musterweg 1", "12345 Musterstadt"),
        agent_country="DE",
        law=law,
        valid_from=date(2026, 11, 23),
    )
    return compose_mandate(replace(given, **changes), language=language)


@pytest.mark.parametrize(("law", "language"), MANDATES)
def test_mandates_hold_no_leftovers(law: str, language: str) -> None:
    person = resident(law)
    given: list[dict[str, Any]] = [
        {},
        {"not_for_profit": True, "valid_until": date(2027, 11, 23)},
        {"companies": ("Clearview AI, Inc.", "LAION"), "agent": ("Verein Beispiel",)},
        {"principal": replace(person, email=None)},
    ]
    for changes in given:
        letter = mandate(law, language, **changes)
        text = text_with_blocks_clean(letter)
        assert letter.language == language
        assert letter.salutation == ""
        assert letter.signature == person.name
        assert letter.recipient[0] == "Verein Beispiel"
        said = "\n".join(block.text for block in letter.blocks)
        assert person.name in said
        assert "Verein Beispiel" in said
        assert "2026" in said
        assert ("2027" in said) == ("valid_until" in changes)
        assert all(name in said for name in changes.get("companies", ()))
        assert letter.closing.endswith(":")
        assert text.endswith(f"{letter.closing}\n{person.name}\n")


def test_a_mandate_says_how_far_it_goes() -> None:
    text = full_text(mandate())
    assert "authorise Verein Beispiel, Musterweg 1, 12345 Musterstadt to act for me" in text
    assert "towards every controller and processor that processes images of me" in text
    assert "Articles 15, 16, 17, 18, 20, 21 and 22 GDPR" in text
    assert "valid from 23 November 2026." in text
    assert "I can revoke it at any time" in text
    assert "only with my separate consent" in text
    only = full_text(mandate(companies=("Clearview AI, Inc.", "LAION")))
    assert "towards Clearview AI, Inc. and LAION." in only
    assert "every controller" not in only
    until = full_text(mandate(valid_until=date(2027, 11, 23)))
    assert "from 23 November 2026 until 23 November 2027." in until


def test_a_company_whose_name_ends_in_a_stop_ends_the_sentence_with_it() -> None:
    text = full_text(mandate(companies=("Clearview AI, Inc.",)))
    assert "towards Clearview AI, Inc.\n" in text


@pytest.mark.parametrize("language", [each for law, each in MANDATES if law == "gdpr"])
def test_only_a_body_under_article_80_may_complain_and_sue(language: str) -> None:
    ordinary = full_text(mandate(language=language))
    body = full_text(mandate(language=language, not_for_profit=True))
    for article in (77, 78, 79, 80):
        assert not re.search(rf"\b{article}\b", ordinary.partition("2026")[2].split("80–81")[0])
        assert re.search(rf"\b{article}\b", body)
    assert len(body) > len(ordinary)


def test_an_ordinary_mandate_leaves_courts_out() -> None:
    assert "does not cover court proceedings." in full_text(mandate())
    assert "does not cover court" not in full_text(mandate(not_for_profit=True))


def test_each_law_has_its_own_form() -> None:
    california = full_text(mandate("ccpa"))
    assert "7063" in california
    assert "GDPR" not in california
    british = full_text(mandate("uk-gdpr"))
    assert "Authority to exercise data protection rights" in british
    assert "section" in british
    assert "EDPB" not in british
    assert " GDPR" not in british.replace("UK GDPR", "")


def test_a_mandate_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(InvalidInputError) as caught:
        mandate(valid_until=date(2026, 11, 22))
    assert caught.value.code == "bad_mandate"
    assert mandate(valid_until=date(2026, 11, 23))


def test_a_law_without_mandates_has_none() -> None:
    with pytest.raises(InvalidInputError) as caught:
        mandate(law="us-ca-delete")
    assert caught.value.code == "no_letter"


def test_a_language_that_the_law_lacks_falls_back_to_english() -> None:
    assert TEMPLATES.has_section("gdpr", "mandate", "sv")
    assert mandate("uk-gdpr", language="sv").language == "en"
    assert mandate("gdpr", language="sv").language == "sv"
