"""What a company holds and asks for, as codes: letters choose their clauses by them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dsr.cli.company_card import card
from dsr.directory.catalogue import Catalogue
from dsr.directory.record import Company, PositionCode
from dsr.errors import BadFileError

RECORD = """
slug = "klein"
name = "Klein Foto GmbH"
known_for = {known_for}
kind = "photo-cloud"
country = "DE"
website = "https://www.klein-foto.example/"
checked_on = 2026-11-22

[[webforms]]
purpose = "requests"
url = "https://www.klein-foto.example/data"
sources = ["site"]

[[proof]]
asks = "A photo of your face, or a driving licence"
demands = {demands}
sources = ["site"]

[[images]]
says = "Publishes Kleinbilder-5M, a list of links; says that it holds no picture."
sources = ["site"]

[[positions]]
code = "{code}"
reported = true
sources = ["{source}"]

[sources.site]
title = "Its own privacy policy"
date = "2026-11"
evidence = "company-document"
"""

Read = Callable[..., Company]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the record with what is given in it."""

    def read(
        *,
        code: str = "links-only",
        source: str = "site",
        demands: str = '["face-photo", "identity-document"]',
        known_for: str = '["Kleinbilder-5M"]',
    ) -> Company:
        path = tmp_path / "companies" / "klein.toml"
        path.parent.mkdir(exist_ok=True)
        text = RECORD.format(code=code, source=source, demands=demands, known_for=known_for)
        path.write_text(text, "utf-8")
        return Catalogue(tmp_path).company("klein")

    return read


def test_codes_come_in_and_go_out_as_they_are(read: Read) -> None:
    company = read()
    assert company.known_for == ("Kleinbilder-5M",)
    assert [demand.value for demand in company.proof[0].demands] == [
        "face-photo",
        "identity-document",
    ]
    (position,) = company.positions
    assert (position.code, position.reported) == (PositionCode.LINKS_ONLY, True)
    assert position in company.facts()
    assert Company.model_validate_json(company.model_dump_json()) == company


@pytest.mark.parametrize("code", PositionCode)
def test_every_position_has_its_line_on_the_card(read: Read, code: PositionCode) -> None:
    shown = card(read(code=code.value))
    assert "Known for: Kleinbilder-5M" in shown
    assert f"· {code.value}: " in shown
    assert "(as reported) [1]" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "links"}, r"klein\.toml: positions\.0\.code: Input should be 'links-only', "),
        ({"code": ""}, r"positions\.0\.code: Input should be 'links-only', "),
        ({"source": "nowhere"}, r"no \[sources\.…\] entry for nowhere"),
        ({"demands": '["selfie"]'}, r"proof\.0\.demands\.0: Input should be 'face-photo', "),
        ({"known_for": '["a", "b", "c", "d", "e"]'}, r"known_for: .* at most 4 items"),
    ],
)
def test_what_is_no_code_is_refused_by_its_place(
    read: Read, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(BadFileError, match=said):
        read(**wrong)


@pytest.mark.parametrize(
    ("slug", "said", "reported"),
    [
        ("clearview", {"publicly-available", "sells-images"}, set()),
        ("laion", {"links-only", "publicly-available", "own-copies-only", "name-alone"}, set()),
        ("meta", {"trains-by-default", "legitimate-interest"}, {"future-only"}),
        ("getty-images", set(), {"trains-by-default"}),
        ("stability-ai", {"trains-by-default"}, {"form-only"}),
    ],
)
def test_the_positions_of_well_known_companies(
    slug: str, said: set[str], reported: set[str]
) -> None:
    positions = Catalogue().company(slug).positions
    assert {each.code.value for each in positions if not each.reported} == said
    assert {each.code.value for each in positions if each.reported} == reported


def test_what_is_asked_as_proof_is_coded_wherever_something_is_asked() -> None:
    uncoded = {
        company.slug: proof.asks
        for company in Catalogue().companies()[0]
        for proof in company.proof
        if not proof.demands
    }
    assert uncoded == {"faceapp": "No identity document, as the register found"}
