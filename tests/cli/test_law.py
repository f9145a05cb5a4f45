"""`dsr law`: dates, authorities and laws as the command gives them, each date reckoned by hand."""

from pathlib import Path

import pytest

from dsr.law.regimes import regime_ids
from dsr.paths import bundled
from tests.cli.conftest import Refused
from tests.conftest import ERIKA, Dsr

CASES = """
    # Examples that authorities have published: EDPB 01/2022 examples 32 and 33, and the ICO's
    gdpr 2024-03-05 | due 2024-04-05
    gdpr 2026-08-31 | due 2026-09-30
    uk-gdpr 2025-09-03 | due 2025-10-03
    uk-gdpr 2026-03-31 | due 2026-04-30
    uk-gdpr 2024-01-01 | due 2024-02-01
    uk-gdpr 2024-11-25 | due 2024-12-27
    uk-gdpr 2025-01-31 | due 2025-02-28
    uk-gdpr 2024-01-31 | due 2024-02-29
    uk-gdpr 2026-01-31 | due 2026-03-02

    # Months that lack the day, leap years, ends of the year
    gdpr 2026-01-31 --country DE | due 2026-03-02 extended_due 2026-04-30
    gdpr 2028-01-31 --country DE | due 2028-02-29
    gdpr 2027-01-29 --country FR | due 2027-03-01
    gdpr 2026-11-30 --country DE | due 2026-12-30 extended_due 2027-03-01
    gdpr 2026-12-31 --country NL | due 2027-02-01 extended_due 2027-03-31
    gdpr 2025-11-30 --country DE | extended_due 2026-03-02

    # Public holidays of the place: Christmas, Easter, Ascension, national days
    gdpr 2025-11-25 --country DE | due 2025-12-29
    gdpr 2026-03-03 --country DE | due 2026-04-07
    gdpr 2026-03-03 --country FR | due 2026-04-03
    gdpr 2026-03-06 --country FR | due 2026-04-07
    gdpr 2026-04-14 --country DE | due 2026-05-15
    gdpr 2026-04-14 --country IT | due 2026-05-14
    gdpr 2026-05-04 --country DE-BY | due 2026-06-05
    gdpr 2026-05-04 --country DE | due 2026-06-04
    gdpr 2026-10-18 --country DE-SN | due 2026-11-19
    gdpr 2026-10-18 --country DE | due 2026-11-18
    gdpr 2026-09-26 --country AT | due 2026-10-27
    gdpr 2026-10-11 --country PL | due 2026-11-12
    gdpr 2026-02-17 --country IE | due 2026-03-18
    gdpr 2026-03-27 --country NL | due 2026-04-28
    uk-gdpr 2026-04-04 --country GB-ENG | due 2026-05-05
    uk-gdpr 2026-10-30 --country GB-SCT | due 2026-12-01
    uk-gdpr 2026-10-30 --country GB-ENG | due 2026-11-30
    uk-gdpr 2026-02-17 --country GB-NIR | due 2026-03-18
    uk-gdpr 2027-11-27 --country GB-ENG | due 2027-12-29

    # Pauses: argued under the GDPR, law in the United Kingdom
    gdpr 2026-05-04 --country DE --identity-asked 2026-05-06 --identity-given 2026-05-20 | \
due 2026-06-04 due_lenient 2026-06-18
    uk-gdpr 2026-05-04 --identity-asked 2026-05-06 --identity-given 2026-05-20 | due 2026-06-22

    # Steps beside the answer
    gdpr 2027-04-30 --step early-resolution | due 2027-05-28
    gdpr 2026-05-29 --step authority --country DE | due 2026-08-31
    uk-gdpr 2026-07-01 --step complaint | due 2026-07-30 due_lenient 2026-07-31
    ch-fadp 2026-07-01 --step cost-notice | due 2026-07-11

    # Days: Switzerland, California (business days over Thanksgiving), the states and the world
    ch-fadp 2026-01-31 | due 2026-03-02
    ccpa 2026-11-20 --right delete | due 2027-01-04 extended_due 2027-02-18 \
acknowledge_by 2026-12-07 acknowledge_by_lenient 2026-12-08
    ccpa 2026-11-20 --right opt-out | due 2026-12-14 due_lenient 2026-12-15 extended_due null
    ccpa 2026-05-14 --right know | due 2026-06-28 due_lenient 2026-06-29
    ccpa 2026-12-18 --right limit | due 2027-01-12
    us-va 2026-01-31 | due 2026-03-17 extended_due 2026-05-01
    us-va 2026-05-01 --appeal | due 2026-06-30
    us-co 2026-05-01 --appeal | due 2026-06-15 extended_due 2026-08-14
    us-ia 2026-01-01 | due 2026-04-01 extended_due 2026-05-16
    us-tx 2028-01-15 | due 2028-02-29
    br-lgpd 2026-02-10 | due 2026-02-25
    ca-pipeda 2026-01-30 | due 2026-03-01 extended_due 2026-03-31
    ca-qc 2026-12-02 | due 2027-01-01 extended_due null
    kr 2026-02-20 | due 2026-03-02
    nz 2026-03-30 | due 2026-04-30
    za 2026-01-30 | due 2026-03-01
    us-il-bipa 2026-01-30 --right erasure | due null due_lenient null
    in 2026-01-30 --right erasure | due null
"""


def cases() -> list[tuple[str, ...]]:
    lines = [line.strip() for line in CASES.splitlines()]
    return [tuple(part.strip() for part in line.split("|")) for line in lines if "|" in line]


@pytest.mark.parametrize(("asked", "expected"), cases())
def test_a_date_reckoned_by_hand(dsr: Dsr, asked: str, expected: str) -> None:
    law, received, *options = asked.split()
    found = dsr("law", "deadline", law, "--received", received, *options, "--json")
    assert found.status == 0, found.stderr
    words = expected.split()
    dates = {
        key: None if value == "null" else value
        for key, value in zip(words[::2], words[1::2], strict=True)
    }
    assert {key: found.data[key] for key in dates} == dates, found.data["steps"]


# Bad input -------------------------------------------------------------------------------------

GDPR = ("law", "deadline", "gdpr", "--received", "2026-05-04")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("law", "deadline", "gdpr", "--received", "2026-02-30"), 2, "is not a date"),
        (("law", "deadline", "gdpr", "--received", "04.05.2026"), 2, "is not a date"),
        (("law", "deadline", "uk-gdpr", "--received", "2017-05-04"), 4, "as they apply since"),
        (("law", "deadline", "us-ky", "--received", "2025-12-31"), 4, "as they apply since"),
        ((*GDPR, "--country", "DE-ZZ"), 4, "DE-ZZ"),
        ((*GDPR, "--country", "../DE"), 4, "../DE"),
        ((*GDPR, "--extension-announced", "2026-06-30"), 4, "too late"),
        ((*GDPR, "--identity-asked", "2026-05-03"), 4, "before the request was received"),
        ((*GDPR, "--identity-given", "2026-05-20"), 2, "--identity-asked"),
        ((*GDPR, "--identity-asked", "2026-05-20", "--identity-given", "2026-05-10"), 4,
         "cannot end"),
        ((*GDPR, "--right", "access", "--step", "authority"), 2, "exclude each other"),
        ((*GDPR, "--right", "access,erasure"), 4, "One right at a time"),
        ((*GDPR, "--appeal"), 4, "no time limit for appeal"),
        ((*GDPR, "--right", "opt-out"), 4, "nearest it gives is objection"),
        (("law", "deadline", "us-ia", "--received", "2026-05-04", "--right", "correct"), 4,
         "nearest it gives is erasure"),
        (("law", "deadline", "ca-qc", "--received", "2026-05-04", "--extended"), 4,
         "knows no extension"),
        (("law", "deadline", "nz", "--received", "2026-05-04", "--extended"), 4,
         "The law sets no limit but that it be reasonable."),
        (("law", "deadline", "gdpr", "--received", "2026-05-04", "--extension-announced",
          "2026-05-03"), 4, "cannot be announced on"),
        (("law", "deadline", "jp", "--received", "2026-05-04", "--right", "erasure"), 4,
         "has not read whether"),
        (("law", "deadline", "nz", "--received", "2199-12-31"), 4, "known from"),
        (("law", "authority", "--country", "DE", "--region", "ZZ"), 4, "no region of DE"),
        (("law", "authority", "--country", "germany"), 4, "DE"),
        (("law", "authority", "--country", "US"), 4, "no supervisory authority"),
        (("law", "authority", "--country", "US", "--region", "WY"), 4, "US-WY"),
        (("law", "authority"), 2, "--country"),
        (("law", "authority", "--for", "nobody"), 3, "nobody"),
        (("law", "authority", "--country", "DE", "--for", "me"), 2, "exclude each other"),
        (("law", "which", "--country", "US"), 4, "--region"),
        (("law", "which", "--country", "XX"), 4, "XX"),
        (("law", "which", "--country", "DE", "--company", "clearvew"), 3, "clearview"),
        (("law", "which", "--country", "DE", "--located-in", "paris"), 4, "paris"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused_in_a_sentence(
    refused: Refused, arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused(*arguments, status=status)


# Which law, which authority --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "laws"),
    [
        (("--country", "US", "--region", "CA", "--located-in", "FR"),
         ["ccpa", "gdpr", "us-ca-delete"]),
        (("--country", "US", "--region", "CA", "--located-in", "FR", "--right", "objection"),
         ["gdpr"]),
        (("--country", "GB", "--company", "hugging-face"), ["uk-gdpr", "gdpr"]),
        (("--country", "CA", "--region", "QC"), ["ca-qc", "ca-pipeda"]),
        (("--country", "US", "--region", "WY"), []),
        (("--country", "US", "--region", "WY", "--company", "laion"), ["gdpr"]),
    ],
)  # fmt: skip
def test_the_laws_that_apply_are_ranked(
    dsr: Dsr, options: tuple[str, ...], laws: list[str]
) -> None:
    found = dsr("law", "which", *options, "--json").data
    assert [each["law"] for each in found if each["applies"]] == laws
    assert all(each["reason"] for each in found)


def test_a_law_that_binds_few_is_named_but_not_said_to_apply(dsr: Dsr) -> None:
    (florida,) = dsr("law", "which", "--country", "US", "--region", "FL", "--json").data
    assert (florida["law"], florida["applies"]) == ("us-fl", False)


def test_where_no_statute_helps_a_voluntary_request_is_left(dsr: Dsr) -> None:
    result = dsr("law", "which", "--country", "US", "--region", "WY")
    assert result.status == 0
    assert "voluntary request" in " ".join(result.stdout.split())


def test_a_representative_is_no_establishment(dsr: Dsr) -> None:
    """GDPR Art. 27 and 3(2): it makes the company bound towards nobody outside."""
    wyoming = ("--country", "US", "--region", "WY")
    assert dsr("law", "which", *wyoming, "--company", "flickr", "--json").data == []
    (at_home,) = dsr("law", "which", "--country", "DE", "--company", "flickr", "--json").data
    assert "representative" in at_home["reason"]


def test_a_law_that_a_company_honours_for_everyone_applies(dsr: Dsr, fresh_home: Path) -> None:
    shipped = (bundled("companies") / "laion.toml").read_text("utf-8")
    honouring = shipped.replace("[[laws]]\n", '[[laws]]\nhonours = ["ccpa"]\n', 1)
    own = fresh_home / "companies" / "laion.toml"
    own.parent.mkdir(parents=True)
    own.write_text(honouring, "utf-8")
    found = dsr("law", "which", "--country", "AR", "--company", "laion", "--json").data
    assert [each["law"] for each in found] == ["ccpa", "gdpr"]
    assert "honours the CCPA" in found[0]["reason"]


@pytest.mark.parametrize(
    ("options", "slugs"),
    [
        (("--country", "DE", "--region", "BY"), ["debaylda"]),
        (("--country", "DE", "--region", "BY", "--controller", "public"), ["debayldb"]),
        (("--country", "DE", "--region", "by", "--works-in", "AT"), ["debaylda", "atdsb"]),
        (("--country", "FR", "--happened-in", "DE-BE"), ["frcnil", "deberlbdi"]),
        (("--country", "CA", "--region", "QC"), ["caqccai"]),
        (("--country", "US", "--region", "CO"), ["uscoag"]),
        (("--country", "NZ"), ["nzdpa"]),
    ],
)
def test_the_authority_is_that_of_the_place(
    dsr: Dsr, options: tuple[str, ...], slugs: list[str]
) -> None:
    found = dsr("law", "authority", *options, "--json").data
    assert [each["slug"] for each in found] == slugs
    assert all(each["reason"] and each["source"] for each in found)


def test_the_authority_of_the_seat_comes_after_ones_own(dsr: Dsr) -> None:
    found = dsr("law", "authority", "--country", "AT", "--company", "hugging-face", "--json").data
    assert [each["slug"] for each in found] == ["atdsb", "frcnil"]
    assert "sits in France" in found[1]["reason"]


def test_the_authority_of_the_person_of_the_record(dsr: Dsr) -> None:
    assert dsr("init", *ERIKA, "--region", "HH").status == 0
    (found,) = dsr("law", "authority", "--json").data
    assert found["regions"] == ["HH"]


def test_in_the_united_kingdom_the_controller_comes_first(dsr: Dsr) -> None:
    found = dsr("law", "authority", "--country", "GB", "--json").data
    assert all("164A" in each["order"] for each in found)


def test_an_authority_without_address_says_that_nobody_has_seen_one(dsr: Dsr) -> None:
    said = dsr("law", "authority", "--country", "US", "--region", "CO").stdout
    assert "Attorney General of Colorado" in said
    assert "unverified" in said
    assert "has seen no address" in said


# The page of a law -----------------------------------------------------------------------------


def test_every_law_is_listed_with_its_time(dsr: Dsr) -> None:
    listed = dsr("law", "list", "--json").data
    assert {each["law"] for each in listed} == set(regime_ids())
    assert all(each["time"] and each["checked_on"] for each in listed)
    assert "one month" in dsr("law", "list").stdout


@pytest.mark.parametrize("law", regime_ids())
def test_the_page_of_a_law_fits_and_cites(dsr: Dsr, law: str) -> None:
    page = dsr("law", "show", law).stdout
    assert max(len(line) for line in page.splitlines() if "http" not in line) <= 80
    shown = dsr("law", "show", law, "--json").data
    assert all(right["citation"] for right in shown["rights"])
    assert all(each["citation"] for each in shown["statements"] if not each["gap"])
    for each in [*shown["rights"], *shown["steps"]]:
        period = each["response"]
        assert (period and period["citation"]) or each["no_time"]


def test_the_californian_counter_is_on_the_page(dsr: Dsr) -> None:
    page = " ".join(dsr("law", "show", "ccpa").stdout.split())
    assert "only twice in 12 months (Cal. Civ. Code 1798.130(b))" in page


def test_a_third_request_to_know_within_twelve_months_is_warned_of(dsr: Dsr) -> None:
    california = ("--name", "Ann Lee", "--email", "ann@example.org", "--country", "US",
                  "--region", "CA")  # fmt: skip
    know = ("request", "clearview", "--type", "know", *california, "--json")

    def ask(day: str) -> str:
        made = dsr("--as-of", day, *know)
        assert made.status == 0, made.stderr
        reference = made.data[0]["reference"]
        sent = dsr("--as-of", day, "record", reference, "sent", "--via", "email")
        assert sent.status == 0, sent.stderr
        return made.stderr

    counted = "asked for access twice in the last 12 months (Cal. Civ. Code 1798.130(b))"
    assert counted not in ask("2026-01-10")
    assert counted not in ask("2026-06-10")
    assert counted in ask("2026-12-10")
    assert counted not in ask("2028-01-10")
