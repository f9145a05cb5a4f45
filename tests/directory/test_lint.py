"""`dsr companies check`: our own records are sound, and what is not is said in a sentence."""

from datetime import date
from pathlib import Path

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.directory.lint import lint
from dsr.directory.packs import packs
from tests.conftest import ERIKA, Dsr

RECORD = """
slug = "{slug}"
name = "Klein Foto GmbH"
kind = "photo-cloud"
country = "DE"
website = "https://klein.example/"
checked_on = 2026-11-22
{more}

[sources.site]
title = "Its own privacy policy"
date = "2026-11"
evidence = "company-document"
"""
POST = '[postal]\nlines = ["Weg 1", "12345 Berlin"]\ncountry = "DE"\nsources = ["site"]'

POSITION = '\n[[positions]]\ncode = "links-only"\nsources = ["{source}"]\n'
CONTROLLER = '\n[[controller_for]]\nname = "Foto Ltd"\nsources = ["site"]\n'
HEARSAY = '\n[sources.hearsay]\ntitle = "A report"\ndate = "2026"\nevidence = "third-party"\n'


def test_our_own_records_have_nothing_to_mend(dsr: Dsr) -> None:
    result = dsr("companies", "check")
    assert result.status == 0, result.stdout
    assert "✗" not in result.stdout


def test_every_pack_names_companies_that_exist() -> None:
    slugs = set(Catalogue().slugs())
    for pack in packs(None):
        assert pack.companies
        assert set(pack.companies) <= slugs, pack.name
        for slug in pack.companies:
            company = Catalogue().company(slug)
            assert company.request_email() or company.postal or company.webforms, slug


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("", "nothing names its source"),
        ("", "no e-mail, post or web form to use"),
        (POST.replace("Weg 1", "Klein Foto GmbH"), "repeats its name"),
        (POST + '\n[phone]\nnumber = "+49 1"\nsources = ["site"]', "no telephone number"),
        (POST + '\n[[email]]\naddress = "a..b@klein.example"\npurpose = "x"\nsources = ["site"]',
         "is no e-mail address"),
        ('related = ["nobody"]\n' + POST, "'nobody' is not in the directory"),
        (POST + '\n[[preferred]]\nsays = "x."\nrights = ["fly"]\nchannel = "post"\n'
         'sources = ["site"]', "'fly' is no right"),
        (POST + CONTROLLER + 'places = ["UK"]', "'UK', for which Foto Ltd is the"),
        (POST + CONTROLLER + 'outside = ["EEA"]\nslug = "nobody"',
         "'nobody' is not in the directory"),
        (POST + POSITION.format(source="hearsay") + HEARSAY,
         "no document of the company supports its position"),
        (POST + 2 * POSITION.format(source="site"), "it has the position 'links-only' twice"),
        ('known_for = ["Kleinbilder-5M"]\n' + POST, "known for 'Kleinbilder-5M', which"),
        ('aliases = ["Clearview AI"]\n' + POST, "another record is called 'clearview ai'"),
    ],
)  # fmt: skip
def test_what_must_be_mended_is_said(dsr: Dsr, fresh_home: Path, more: str, says: str) -> None:
    own = fresh_home / "companies" / "klein-foto.toml"
    own.parent.mkdir(parents=True)
    own.write_text(RECORD.format(slug="klein-foto", more=more), "utf-8")
    result = dsr("companies", "check", "klein-foto")
    assert result.status == 4
    assert says in result.stdout


def test_an_odd_postal_code_is_a_warning(dsr: Dsr, fresh_home: Path) -> None:
    own = fresh_home / "companies" / "klein-foto.toml"
    own.parent.mkdir(parents=True)
    own.write_text(RECORD.format(slug="klein-foto", more=POST.replace("12345", "1234")), "utf-8")
    result = dsr("companies", "check", "klein-foto")
    assert result.status == 0
    assert "no postal code as DE has them" in result.stdout


def test_a_stale_record_is_a_warning_only() -> None:
    company = Catalogue().company("clearview")
    found = lint([company], today=date(2028, 1, 1))
    assert [finding.is_error for finding in found if "checked" in finding.says] == [False]


def test_a_pack_makes_one_letter_a_company(dsr: Dsr) -> None:
    result = dsr("request", "--pack", "image-generators", "--type", "access", *ERIKA, "--dry-run",
                 "--json")  # fmt: skip
    assert result.status == 0, result.stderr
    (pack,) = [each for each in packs(None) if each.name == "image-generators"]
    assert [each["company"] for each in result.data] == list(pack.companies)


def test_an_unknown_pack_is_answered_with_the_nearest(dsr: Dsr) -> None:
    result = dsr("request", "--pack", "face-serch", "--type", "access", *ERIKA)
    assert result.status == 3
    assert "face-search" in result.stderr
