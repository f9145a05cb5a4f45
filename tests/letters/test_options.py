"""What a person can choose for a request, and what of it stands in the letter."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.errors import InvalidInputError
from dsr.law.rights import Right
from dsr.letters.clauses import Templates
from dsr.letters.compose import rights_with_letters
from dsr.letters.document import Demand, Exhibit, Letter
from dsr.letters.text import full_text
from dsr.tracker.people import CHILD, CLIENT, DataSubject
from dsr.tracker.requests import Identifier
from dsr.workflows.order import Order, offered_grounds
from dsr.workflows.request import Prepared, draft
from tests.letters.cases import LEFTOVERS, PARENT, TEMPLATES, combinations
from tests.letters.conftest import resident

LANGUAGES = [language for law, language in combinations("letter") if law == "gdpr"]
RIGHTS = [right.value for right in rights_with_letters("gdpr")]
GROUNDS = offered_grounds(TEMPLATES, "en", "gdpr")
OBJECTING = [law for law, language in combinations("objection") if language == "en"]
# Words of images, the web site and what it is called aside.
IMAGES = re.compile(
    r"(?i)\b(image|photo|picture|face\b|facial|video|bild|foto|gesicht|aufnahme)\w*"
)

RECORD = """
slug = "klein"
name = "Klein Foto GmbH"
known_for = ["Kleinbilder-5M", "Faceshop"]
kind = "photo-cloud"
country = "DE"
website = "https://www.klein-foto.example/"
checked_on = 2026-11-22

[[email]]
address = "daten@klein-foto.example"
purpose = "requests"
sources = ["site"]

[[proof]]
asks = "A photo of your face, and a passport"
demands = ["face-photo", "identity-document"]
sources = ["site"]

[[positions]]
code = "links-only"
sources = ["site"]

[[positions]]
code = "future-only"
reported = true
sources = ["site"]

[sources.site]
title = "Its own privacy policy"
date = "2026-11"
evidence = "company-document"
"""

Ordered = Callable[..., Prepared]


@pytest.fixture(scope="module")
def klein(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A directory in which there is a company that takes positions."""
    home = tmp_path_factory.mktemp("klein")
    (home / "companies").mkdir()
    (home / "companies" / "klein.toml").write_text(RECORD, "utf-8")
    return Catalogue(home)


def order(
    *rights: str,
    company: str = "clearview",
    person: DataSubject | None = None,
    catalogue: Catalogue | None = None,
    templates: Templates | None = None,
    **options: Any,
) -> Prepared:
    """The draft that an order leads to; in English under the GDPR, if nothing else is said."""
    wanted = Order(
        company=company,
        rights=tuple(Right(word) for word in rights),
        **{"language": "en", "law": "gdpr", **options},
    )
    return draft(
        wanted,
        person or resident("gdpr"),
        catalogue or Catalogue(),
        reference="DSR-7K3F-9QX2",
        today=date(2026, 11, 23),
        templates=templates,
    )


def text(*rights: str, **options: Any) -> str:
    said = full_text(order(*rights, **options).letter)
    assert not (found := LEFTOVERS.search(said)), said[max(0, found.start() - 80) :]
    return said


def codes(letter: Letter) -> list[str]:
    return [block.code for block in letter.blocks if isinstance(block, Demand)]


# Grounds and reasons ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_ground_is_offered_in_every_language(language: str) -> None:
    offered = offered_grounds(TEMPLATES, language, "gdpr")
    assert list(offered) == list(GROUNDS)
    assert len(GROUNDS) == 10
    said = text("objection", language=language, grounds=tuple(offered))
    for sentence in offered.values():
        assert sentence in said


def test_chosen_grounds_come_before_ones_own_and_in_place_of_the_ready_made() -> None:
    ready = text("objection")
    own = text("objection", grounds=("safety", "childhood"), reason="I was a witness.")
    first, second = GROUNDS["safety"], GROUNDS["childhood"]
    assert own.index(first) < own.index(second) < own.index("I was a witness.")
    assert "which I cannot change" in ready
    assert "which I cannot change" not in own
    assert first not in ready


def test_grounds_reach_an_erasure_and_not_a_request_without_objection() -> None:
    assert GROUNDS["safety"] in text("erasure", grounds=("safety",))
    both = text("erasure", "objection", grounds=("safety",))
    assert both.count(GROUNDS["safety"]) == 1
    without = order("access", grounds=("safety",))
    assert GROUNDS["safety"] not in full_text(without.letter)
    assert any("left out" in warning for warning in without.warnings)


def test_a_ground_that_is_not_known_names_the_nearest() -> None:
    with pytest.raises(InvalidInputError) as caught:
        order("objection", grounds=("saftey",))
    assert caught.value.code == "unknown_ground"
    assert "Did you mean safety?" in caught.value.sentence
    with pytest.raises(InvalidInputError) as caught:
        order("opt-out", law="ccpa", grounds=("safety",), person=resident("ccpa"))
    assert "none under this law" in (caught.value.hint or "")


@pytest.mark.parametrize("law", OBJECTING)
def test_where_there_is_an_objection_grounds_can_be_chosen(law: str) -> None:
    offered = offered_grounds(TEMPLATES, "en", law)
    assert set(offered) <= set(GROUNDS)
    if law in ("gdpr", "uk-gdpr"):
        assert list(offered) == list(GROUNDS)


# Corrections --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_says_what_is_wrong_and_asks_to_complete(language: str) -> None:
    wrong = "I was never in Rome.\n\n{{ 7*7 }} is no template."
    with_it = order("rectification", correction=wrong, language=language)
    said = full_text(with_it.letter)
    assert "\n\nI was never in Rome.\n\n{{ 7*7 }} is no template.\n\n" in said
    assert "R2" in codes(with_it.letter)
    assert with_it.warnings == order("access", language=language).warnings
    without = order("rectification", language=language)
    assert "R2" not in codes(without.letter)
    assert any("--correction" in warning for warning in without.warnings)


def test_a_reason_is_the_correction_where_nothing_else_can_be_meant() -> None:
    assert order("rectification", reason="It is wrong.").request.correction == "It is wrong."
    both = order("rectification", "objection", reason="I object.")
    assert both.request.correction is None
    assert full_text(both.letter).count("I object.") == 1


# What data can be found by ------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_identifiers_stand_under_their_names(language: str) -> None:
    given = (
        Identifier("account", "@erika.m"),
        Identifier("dataset-row", "LAION-400M 1234567"),
        Identifier("file-hash", "ab" * 32),
        Identifier("other-name", "Erika Gabler"),
        Identifier("former-address", "Altgasse 5, 20095 Hamburg"),
    )
    letter = order("erasure", identifiers=given, language=language).letter
    words = TEMPLATES.language_words(language)["identifier"]
    shown = [(b.label, b.url) for b in letter.blocks if isinstance(b, Exhibit)]
    assert shown == [(words[each.kind], each.value) for each in given]
    named = full_text(letter)
    assert full_text(order("erasure", language=language).letter) != named
    photo = order("erasure", photo_urls=("https://example.org/me.jpg",), language=language).letter
    assert [b.url for b in photo.blocks if isinstance(b, Exhibit)] == ["https://example.org/me.jpg"]


def test_who_names_where_to_look_is_not_said_to_have_named_nothing() -> None:
    nothing = "Please search by my name"
    assert nothing in text("erasure")
    assert nothing not in text("erasure", identifiers=(Identifier("account", "@erika.m"),))
    assert nothing not in text("erasure", photo_urls=("https://example.org/me.jpg",))
    only_a_name = text("erasure", other_names=("Erika Gabler",))
    assert nothing in only_a_name
    assert "Other name: Erika Gabler" in only_a_name


@pytest.mark.parametrize("value", ["", "   ", "a\nb", "x" * 501, "a\x1b[31m", "a\u202eb"])
def test_an_identifier_is_one_line_of_text(value: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        order("erasure", identifiers=(Identifier("account", value),))
    assert caught.value.code == "bad_identifier"


@pytest.mark.parametrize("field", ["identifiers", "photo_urls"])
def test_a_letter_names_so_many_and_no_more(field: str) -> None:
    one = Identifier("account", "x") if field == "identifiers" else "https://example.org/x"
    assert order("erasure", **{field: (one,) * 200})
    with pytest.raises(InvalidInputError) as caught:
        order("erasure", **{field: (one,) * 201})
    assert "at most 200" in caught.value.sentence


# Somebody acts for somebody -----------------------------------------------------------------------

KIM = DataSubject(id="child-kim kind", name="Kim Kind", country="DE")


@pytest.mark.parametrize("about", ["images", "everything"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [CHILD, CLIENT])
def test_the_letter_names_whose_rights_they_are_and_is_signed_by_who_writes(
    role: str, language: str, about: str
) -> None:
    acting = replace(PARENT, acts_for=role)
    letter = order(
        "access", "erasure", person=KIM, representative=acting, language=language, about=about
    ).letter
    said = full_text(letter)
    assert not LEFTOVERS.search(said)
    assert "Kim Kind" in said
    assert said.startswith("Petra Parent\nHeidestraße 17\n")
    assert said.endswith("\nPetra Parent\n")
    assert "petra@example.org" in said.partition(letter.salutation)[2]


def test_what_i_and_my_mean_is_said_where_it_is_not_the_sender() -> None:
    child = text("erasure", person=KIM, representative=PARENT)
    assert "it means my child" in child
    assert "holder of parental responsibility" in child
    client = text("erasure", person=KIM, representative=replace(PARENT, acts_for=CLIENT))
    assert "whose signed mandate is enclosed" in client
    assert "it means Kim Kind" in client
    assert "mandate" not in child
    assert "parental" not in client
    assert "it means" not in text("erasure")


# A photo of the face ------------------------------------------------------------------------------


def test_an_enclosed_photo_comes_with_what_may_not_be_done_with_it() -> None:
    said = text("erasure", photo_enclosed=True)
    assert "I enclose a photo of my face" in said
    assert "9(2)(a)" in said
    assert "Do not store, enrol or pass on the photo" in said
    assert "neither a photo of my face" not in said
    assert "neither a photo of my face nor an identity document" in text("erasure")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_limits_of_a_photo_are_set_in_every_language(language: str) -> None:
    without, with_it = (
        full_text(order("access", language=language, photo_enclosed=enclosed).letter)
        for enclosed in (False, True)
    )
    consent = TEMPLATES.language_words(language)["cite"]["article"].format(n="9")
    assert consent in with_it
    extra = {*re.split(r"(?<=[.;!?])\s", with_it)} - {*re.split(r"(?<=[.;!?])\s", without)}
    assert len(extra) >= 3, extra


# What it is about ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("right", RIGHTS)
def test_a_request_about_everything_says_no_word_of_images(right: str, language: str) -> None:
    letter = order(right, about="everything", company="meta", language=language).letter
    said = "\n".join([letter.subject, *(_words(block) for block in letter.blocks)])
    assert [line for line in said.split("\n") if IMAGES.search(line)] == []


def _words(block: Any) -> str:
    return str(block.url if isinstance(block, Exhibit) else block.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_about_everything_asks_and_demands_in_general(language: str) -> None:
    letter = order("access", "erasure", about="everything", language=language).letter
    assert codes(letter) == [*(f"G{n}" for n in range(1, 10)), *(f"EG{n}" for n in range(1, 5))]
    images = order("access", "erasure", language=language).letter
    assert not set(codes(letter)) & set(codes(images))


def test_about_everything_access_still_comes_before_erasure() -> None:
    for about in ("images", "everything"):
        said = text("access", "erasure", about=about)
        assert "answer my request for access first" in said
    assert "outside the European Union" in text("erasure", about="everything")


# What the company's record says -------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_company_is_known_for_is_named(klein: Catalogue, language: str) -> None:
    options = {"company": "klein", "catalogue": klein, "language": language}
    said = text("access", **options)
    assert "Kleinbilder-5M" in said
    assert "Faceshop" in said
    assert "Faceshop" not in text("access", about="everything", **options)
    assert "Kleinbilder-5M" not in text("access", company="laion", language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_positions_of_its_own_are_answered_and_reported_ones_are_not(
    klein: Catalogue, language: str
) -> None:
    positions = TEMPLATES.clauses(language, "gdpr", "letter")["positions"]

    def begins(code: str) -> str:
        return " ".join(positions[code].split())[:40]

    said = text("access", company="klein", catalogue=klein, language=language)
    assert begins("links-only") in said
    assert begins("future-only") not in said
    everything = text(
        "access", company="klein", catalogue=klein, language=language, about="everything"
    )
    assert begins("links-only") not in everything


def test_what_it_asks_as_proof_is_answered_beforehand(klein: Catalogue) -> None:
    asked = text("access", company="klein", catalogue=klein)
    assert "I know that you ask for a photo of the face" in asked
    assert "a copy of an identity document is not necessary" in asked
    enclosed = text("access", company="klein", catalogue=klein, photo_enclosed=True)
    assert "I know that you ask for a photo" not in enclosed
    assert "I know that you ask" not in text("access", company="laion")


def test_every_position_of_a_record_has_an_answer_in_every_language() -> None:
    english = TEMPLATES.clauses("en", "gdpr", "letter")["positions"]
    taken = {
        position.code.value
        for known in Catalogue().known()
        if (company := Catalogue().company(known.slug)).positions
        for position in company.positions
    }
    assert taken - english.keys() <= {"processor"} or taken <= english.keys()
    for language in LANGUAGES:
        assert TEMPLATES.clauses(language, "gdpr", "letter")["positions"].keys() == english.keys()


# Own templates ------------------------------------------------------------------------------------


def test_own_words_take_the_place_of_those_shipped_and_nothing_else(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "en" / "gdpr" / "erasure.toml"
    own.parent.mkdir(parents=True)
    own.write_text('heading = "Away with it ({{ cite(\'17\') }})"\n[demands]\nE1 = "Erase."\n')
    letter = order("erasure", templates=Templates(tmp_path)).letter
    said = full_text(letter)
    assert "1. Away with it (Article 17 GDPR)" in said
    assert "E1: Erase. (Article 17(1) GDPR)" in said
    shipped = full_text(order("erasure").letter)
    assert "1. Erasure (Article 17 GDPR)" in shipped
    assert said.partition("E2: ")[2] == shipped.partition("E2: ")[2]
