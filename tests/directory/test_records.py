"""Company records: the bundled ones are sound, and broken ones are named and hurt no others."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.directory.catalogue import MAX_RECORD_BYTES, Catalogue
from dsr.directory.record import Company
from dsr.directory.search import domain_of, search
from dsr.errors import BadFileError, DsrError, NotFoundError
from dsr.law.regimes import regime
from dsr.paths import bundled

FILES = sorted(bundled("companies").glob("*.toml"))
BUNDLED = Catalogue()
COMPANIES = BUNDLED.companies()[0]
SHARED = Path(os.environ.get("DSR_TEST_SHARED", Path(__file__).parents[3] / "shared"))
ADDRESS = re.compile(r"[^@\s`<>]+@[^@\s`<>]+\.[a-z]+")

SMALL_RECORD = """
slug = "{slug}"
name = "{name}"
aliases = ["Kleine Fotos"]
kind = "photo-cloud"
country = "DE"
website = "https://www.klein-foto.example/"
checked_on = 2026-11-22

[[email]]
address = "datenschutz@post.klein.example"
purpose = "requests"
sources = ["site"]

[sources.site]
title = "Its own privacy policy"
evidence = "company-document"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The directory of the person's own records."""
    directory = tmp_path / "own-home" / "companies"
    directory.mkdir(parents=True)
    return directory


@pytest.fixture
def catalogue(own: Path) -> Catalogue:
    return Catalogue(own.parent)


def put(own: Path, slug: str = "klein", name: str = "Klein Foto GmbH", more: str = "") -> Path:
    path = own / f"{slug}.toml"
    path.write_text(SMALL_RECORD.format(slug=slug, name=name) + more, "utf-8")
    return path


# The bundled records ---------------------------------------------------------------------------


def test_there_are_bundled_records_and_all_can_be_read() -> None:
    good, bad = BUNDLED.companies()
    assert not bad
    assert [company.slug for company in good] == sorted(path.stem for path in FILES)
    assert len(good) >= 125


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_fact_of_a_record_has_a_source_that_is_used(path: Path) -> None:
    company = BUNDLED.company(path.stem)
    facts = company.facts()
    assert facts
    assert all(fact.sources for fact in facts)
    assert {key for fact in facts for key in fact.sources} <= company.sources.keys()
    for source in company.sources.values():
        assert source.url or source.date or source.note


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_record_agrees_with_itself(path: Path) -> None:
    company = BUNDLED.company(path.stem)
    assert domain_of(company.website)
    assert company.slug not in company.related
    for decision in company.decisions:
        assert regime(decision.law).id == decision.law
    if not (company.postal or company.webforms or company.no_contact):
        assert company.request_email() is not None
    assert company.name not in company.aliases


def test_related_companies_are_in_the_directory() -> None:
    leads_nowhere = {
        company.slug: missing
        for company in COMPANIES
        if (missing := set(company.related) - set(BUNDLED.slugs()))
    }
    assert not leads_nowhere


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_company_is_found_by_each_of_its_names(path: Path) -> None:
    """Services of one controller share its legal name; by that, the controller is found."""
    company = BUNDLED.company(path.stem)
    family = {company.slug, company.parent}
    for name in (company.slug, company.name, *company.aliases):
        assert BUNDLED.company(name).slug in family
        assert BUNDLED.company(f"  {name.upper()} ").slug in family
        assert search(BUNDLED.known(), name)[0].company.slug in family


def test_no_address_that_nobody_has_seen_is_shipped() -> None:
    report = SHARED / "research" / "companies.md"
    if not report.is_file():
        pytest.skip(f"the research is not here: {report} (set DSR_TEST_SHARED)")
    section = report.read_text("utf-8").split("## Knowledge-only contact fields")[1]
    unseen = set(ADDRESS.findall(section.split("\n## ")[0]))
    assert len(unseen) == 12
    shipped = {path.name: path.read_text("utf-8").lower() for path in FILES}
    assert not [(name, one) for name, text in shipped.items() for one in unseen if one in text]


# Names that are not there ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("clearveiw", "clearview"),
        ("stabilty ai", "stability-ai"),
        ("Stable Difusion", "stability-ai"),
        ("linkdin", "linkedin"),
        ("huggingface", "hugging-face"),
    ],
)
def test_a_misspelled_company_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        BUNDLED.company(typed)
    assert caught.value.code == "unknown_company"
    assert repr(typed) in caught.value.sentence
    assert meant in caught.value.sentence
    assert caught.value.hint == "Look for it: dsr companies search TEXT"


@pytest.mark.parametrize("typed", ["", " ", "zzzzzzzz", "😀"])
def test_a_company_near_to_none_gets_no_suggestion(typed: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        BUNDLED.company(typed)
    assert "Did you mean" not in caught.value.sentence


@pytest.mark.parametrize(
    "typed", ["../secret", "..", "/etc/passwd", "../own-home/companies/klein", "a\0b", "x" * 5000]
)
def test_a_slug_never_leads_out_of_the_directory(
    own: Path, catalogue: Catalogue, typed: str
) -> None:
    put(own)
    (own.parent / "secret.toml").write_text(SMALL_RECORD.format(slug="secret", name="S"), "utf-8")
    with pytest.raises(NotFoundError):
        catalogue.company(typed)


@settings(deadline=None, max_examples=20)
@given(st.text())
def test_any_name_is_found_or_refused(typed: str) -> None:
    try:
        assert isinstance(BUNDLED.company(typed), Company)
    except NotFoundError:
        assert typed.strip().lower() not in BUNDLED.slugs()


# The person's own records ----------------------------------------------------------------------


def test_a_record_of_ones_own_stands_beside_the_bundled_ones(
    own: Path, catalogue: Catalogue
) -> None:
    put(own)
    assert catalogue.company("Kleine Fotos").name == "Klein Foto GmbH"
    assert catalogue.origin("klein") == "own"
    assert catalogue.origin("clearview") == "bundled"
    assert catalogue.slugs() == sorted([*BUNDLED.slugs(), "klein"])


def test_a_record_of_ones_own_wins_over_the_bundled_one(own: Path, catalogue: Catalogue) -> None:
    put(own, "clearview", "Clearview as I know it")
    assert catalogue.company("clearview").name == "Clearview as I know it"
    assert catalogue.origin("clearview") == "own"
    assert catalogue.slugs() == BUNDLED.slugs()
    assert BUNDLED.company("clearview").name == "Clearview AI, Inc."


def test_a_name_that_two_records_claim_is_not_guessed(own: Path, catalogue: Catalogue) -> None:
    put(own, "klein")
    put(own, "gross", "Gross Foto GmbH")
    with pytest.raises(NotFoundError) as caught:
        catalogue.company("Kleine Fotos")
    assert "klein" in caught.value.sentence
    assert "gross" in caught.value.sentence


BROKEN = {
    "no-toml": ("slug = ", "is not valid TOML"),
    "unknown-field": (
        SMALL_RECORD.format(slug="unknown-field", name="N").replace("country", "land"),
        "country: Field required",
    ),
    "bad-kind": (
        SMALL_RECORD.format(slug="bad-kind", name="N").replace("photo-cloud", "cloud"),
        "kind: Input should be",
    ),
    "no-source": (
        SMALL_RECORD.format(slug="no-source", name="N").replace('["site"]', '["nowhere"]'),
        "no [sources.…] entry for nowhere",
    ),
    "unsourced": (
        SMALL_RECORD.format(slug="unsourced", name="N").replace('["site"]', "[]"),
        "email.0.sources",
    ),
    "two-lines": (
        SMALL_RECORD.format(slug="two-lines", name=r"Line\nBcc: me@example.org"),
        "must be one line of printable text",
    ),
    "bad-mail": (
        SMALL_RECORD.format(slug="bad-mail", name="N").replace("post.klein.example", "klein"),
        "email.0.address",
    ),
    "bad-site": (
        SMALL_RECORD.format(slug="bad-site", name="N").replace("https://www", "javascript://www"),
        "must be a web address",
    ),
    "other-slug": (SMALL_RECORD.format(slug="another", name="N"), "claims the slug 'another'"),
}


@pytest.mark.parametrize("slug", BROKEN)
def test_a_broken_record_says_what_to_mend(own: Path, catalogue: Catalogue, slug: str) -> None:
    content, said = BROKEN[slug]
    (own / f"{slug}.toml").write_text(content, "utf-8")
    with pytest.raises(BadFileError) as caught:
        catalogue.company(slug)
    assert said in caught.value.sentence
    assert str(own / f"{slug}.toml") in caught.value.sentence


POSTAL = """
[postal]
lines = {lines}
country = "DE"
sources = ["site"]
"""


def test_an_address_has_as_many_lines_as_a_window_holds(own: Path, catalogue: Catalogue) -> None:
    lines = [f"Line {n}" for n in range(1, 8)]
    put(own, "six", "Six GmbH", POSTAL.format(lines=lines[:6]))
    put(own, "seven", "Seven GmbH", POSTAL.format(lines=lines))
    postal = catalogue.company("six").postal
    assert postal is not None
    assert list(postal.lines) == lines[:6]
    with pytest.raises(BadFileError, match=r"postal\.lines"):
        catalogue.company("seven")


def test_a_record_that_is_no_text_is_refused(own: Path, catalogue: Catalogue) -> None:
    (own / "latin.toml").write_bytes(SMALL_RECORD.replace("Kleine", "Größe").encode("latin-1"))
    with pytest.raises(BadFileError, match="not text in UTF-8"):
        catalogue.company("latin")


def test_a_huge_record_is_refused(own: Path, catalogue: Catalogue) -> None:
    put(own, "huge", more="#" * MAX_RECORD_BYTES)
    with pytest.raises(BadFileError, match="larger than a company record can be"):
        catalogue.company("huge")


def test_broken_records_are_listed_beside_the_good_ones(own: Path, catalogue: Catalogue) -> None:
    for slug, (content, _) in BROKEN.items():
        (own / f"{slug}.toml").write_text(content, "utf-8")
    good, bad = catalogue.companies()
    assert [company.slug for company in good] == BUNDLED.slugs()
    assert len(bad) == len(BROKEN)


@pytest.mark.parametrize("typed", ["Stable Diffusion", "clearveiw"])
def test_a_broken_record_does_not_hide_the_others(
    own: Path, catalogue: Catalogue, typed: str
) -> None:
    (own / "broken.toml").write_text("slug = ", "utf-8")
    (own / "binary.toml").write_bytes(b"\xff\xfe\x00")
    try:
        found = catalogue.company(typed).slug
    except NotFoundError as error:
        found = error.sentence
    assert "stability-ai" in found or "clearview" in found


@pytest.mark.parametrize("name", ["Klein", "Another Name"])
def test_a_file_name_in_capitals_is_named_as_an_error(
    own: Path, catalogue: Catalogue, name: str
) -> None:
    put(own, "klein", name).rename(own / "Klein.toml")
    with pytest.raises(DsrError):
        catalogue.company(name)
    good, bad = catalogue.companies()
    assert [company.slug for company in good] == BUNDLED.slugs()
    assert len(bad) == 1


def test_a_directory_is_no_record(own: Path, catalogue: Catalogue) -> None:
    (own / "folder.toml").mkdir()
    assert catalogue.slugs() == BUNDLED.slugs()
    assert not catalogue.companies()[1]


# Search ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("ChatGPT", "openai"),
        ("dall-e", "openai"),
        ("stable diffusion", "stability-ai"),
        ("Twitter", "x"),
        ("llama", "meta"),
        ("LAION-5B", "laion"),
        ("giphy", "shutterstock"),
        ("pimeyes.com", "pimeyes"),
        ("www.clearview.ai", "clearview"),
        ("https://www.clearview.ai/privacy-policy?x=1", "clearview"),
        ("legal-requests@clearview.ai", "clearview"),
        ("somebody@huggingface.co", "hugging-face"),
        ("clearveiw", "clearview"),
        ("stabilty", "stability-ai"),
        ("pim eyes", "pimeyes"),
        ("CLEARVIEW", "clearview"),
        ("gemeinnutziger", "laion"),
    ],
)
def test_the_best_hit_is_the_company_meant(typed: str, slug: str) -> None:
    hits = search(BUNDLED.known(), typed)
    assert hits[0].company.slug == slug
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("typed", ["www.klein-foto.example", "me@klein-foto.example"])
def test_a_domain_with_a_hyphen_is_a_full_hit(own: Path, catalogue: Catalogue, typed: str) -> None:
    put(own)
    hits = search(catalogue.known(), typed)
    assert [(hit.company.slug, hit.score) for hit in hits[:1]] == [("klein", 100)]


@pytest.mark.parametrize("typed", ["", "   ", "zzzzqqq", "--", "@", "://", "😀"])
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    assert search(BUNDLED.known(), typed) == []


@pytest.mark.parametrize("typed", ["https://[", "http://[::1", "https://[x]/photo.jpg"])
def test_a_broken_web_address_finds_nothing(typed: str) -> None:
    assert search(BUNDLED.known(), typed) == []


def test_a_record_with_a_broken_website_does_not_stop_the_search(
    own: Path, catalogue: Catalogue
) -> None:
    path = put(own)
    path.write_text(path.read_text("utf-8").replace("www.klein-foto.example", "["), "utf-8")
    assert search(catalogue.known(), "clearview")[0].company.slug == "clearview"


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_any_text_can_be_searched(typed: str) -> None:
    assert all(0 < hit.score <= 100 for hit in search(BUNDLED.known(), typed))
