"""Who a person says they are: any name a person can have is printed, and nothing else is."""

from pathlib import Path
from shutil import which
from subprocess import run

import pytest

from tests.cli.conftest import Refused
from tests.conftest import Dsr

REQUEST = ("request", "clearview", "--type", "erasure")
EMAIL = ("--email", "erika@example.org")
GERMANY = ("--country", "DE")

NAMES = [
    "<b>Erika</b> & Söhne",
    "{{ 7 * 7 }} {% raw %}",
    'Erika O\'Connor "E" <e>, Jr.',
    "דוד בן־גוריון",
    "علی‌رضا",  # with the joiner that Persian spelling asks for (U+200C)
    "李 小龍",
    "Erika 🙂",
    "X",
]
NO_NAMES = {
    "line break": "Erika\nMustermann",
    "carriage return": "Erika\rMustermann",
    "nothing but spaces": "   ",
    "NUL": "Erika\0",
    "terminal control": "Erika \x1b[31m",
    "text turned around": "Erika \u202egpj",
    "not Unicode": "Erika \udcff",
    "500 characters": "E" * 500,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_as_it_was_typed(dsr: Dsr, name: str) -> None:
    result = dsr(*REQUEST, "--name", name, *EMAIL, *GERMANY)
    assert result.status == 0, result.stderr
    letter = Path(result.stdout.splitlines()[2]).read_text("utf-8")
    assert letter.endswith(f"\n{name}\n")


@pytest.mark.parametrize("name", NAMES[:2])
def test_a_name_is_no_markup_in_the_pdf(dsr: Dsr, name: str) -> None:
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    pdf = dsr(*REQUEST, "--name", name, *EMAIL, *GERMANY).stdout.splitlines()[0]
    text = run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert name in text


@pytest.mark.parametrize("name", NO_NAMES.values(), ids=NO_NAMES)
def test_what_is_no_name_is_refused(refused: Refused, name: str) -> None:
    assert "name" in refused(*REQUEST, "--name", name, *EMAIL, *GERMANY, status=4)
    refused("init", "--name", name, *EMAIL, *GERMANY, status=4)


@pytest.mark.parametrize("line", NO_NAMES.values(), ids=NO_NAMES)
def test_what_is_no_address_line_is_refused(refused: Refused, line: str) -> None:
    address = ("--address", "Weg 1", "--address", line)
    refused(*REQUEST, "--name", "Erika", *address, *GERMANY, status=4)


def test_an_address_fits_its_window(refused: Refused) -> None:
    lines = [word for number in range(10) for word in ("--address", f"Line {number}")]
    refused(*REQUEST, "--name", "Erika", *lines, *GERMANY, status=4)


@pytest.mark.parametrize("command", [REQUEST, ("init",)])
@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), ("--name", "--email", "--address", "--country")),
        (("--name", "Erika", *EMAIL), ("--country",)),
        ((*EMAIL, *GERMANY), ("--name",)),
        (("--name", "", *EMAIL, *GERMANY), ("--name",)),
        (("--name", "Erika", *GERMANY), ("--email", "--address")),
        (("--name", "Erika", "--address", "Weg 1"), ("--country",)),
    ],
)
def test_what_is_missing_is_named_by_its_option(
    refused: Refused, command: tuple[str, ...], given: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    said = refused(*command, *given, status=2)
    assert all(option in said for option in missing)


@pytest.mark.parametrize(
    "email",
    ["erika", "erika@", "@example.org", "a b@example.org", "e@example.org\nBcc: x@example.org",
     "e@example", "Erika <e@example.org>"],
)  # fmt: skip
def test_what_is_no_e_mail_address_is_refused(refused: Refused, email: str) -> None:
    refused(*REQUEST, "--name", "Erika", "--email", email, *GERMANY, status=4)


@pytest.mark.parametrize(
    ("place", "named"),
    [
        (("--country", "Germany"), "DE"),
        (("--country", "united states"), "US"),
        (("--country", "XX"), "two-letter"),
        (("--country", "EU"), "two-letter"),
        (("--country", "DEU"), "two-letter"),
        (("--country", "D\nE"), "two-letter"),
        (("--country", "US"), "--region"),
        (("--country", "US", "--region", "ZZ"), "ZZ"),
        (("--country", "DE", "--region", "CA"), "CA"),
    ],
)
def test_a_place_that_is_none_is_refused(
    refused: Refused, place: tuple[str, ...], named: str
) -> None:
    assert named in refused(*REQUEST, "--name", "Erika", *EMAIL, *place, status=4)


def test_an_error_does_not_repeat_the_person(refused: Refused) -> None:
    said = refused(*REQUEST, "--name", "Erika\nMustermann", "--email", "e@x", *GERMANY, status=4)
    assert "Mustermann" not in said


def test_the_record_keeps_who_you_were_when_new_words_are_refused(
    refused: Refused, dsr: Dsr, reference: str
) -> None:
    refused("init", "--email", "none", status=4)
    refused("init", "--country", "Germany", status=4)
    letter = dsr(*REQUEST, "--dry-run").stdout
    assert "erika@example.org" in letter
