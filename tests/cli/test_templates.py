"""Words of one's own in letters: `dsr templates`, and what `dsr request` makes of them."""

import re
from pathlib import Path

import pikepdf
import pytest

from dsr.letters.clauses import LONGEST_FILE
from tests.cli.conftest import Refused, assert_one_sentence
from tests.conftest import ERIKA, Dsr

PREVIEW = ("request", "clearview", "--type", "erasure", *ERIKA, "--dry-run")
NOT_TEMPLATES = ("../../etc/passwd", "/etc/passwd", "en/gdpr/../gdpr/erasure", "..", "", "en",
                 "LICENSE", "en/gdpr/nothing", "en\\gdpr\\erasure", "a\nb")  # fmt: skip


@pytest.fixture
def own(fresh_home: Path) -> "Own":
    return Own(fresh_home / "templates")


class Own:
    """The templates of one's own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, content: str | bytes, name: str = "en/gdpr/erasure") -> Path:
        path = self.root / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


# list, show, eject --------------------------------------------------------------------------------


def test_all_templates_are_listed_with_where_they_come_from(dsr: Dsr, own: Own) -> None:
    own.write("", "en/gdpr/access")
    origins = {entry["name"]: entry["origin"] for entry in dsr("templates", "list", "--json").data}
    assert origins["en/gdpr/access"] == "your own"
    assert origins["en/gdpr/erasure"] == "shipped"
    assert {"de/gdpr/complaint", "demands/gdpr", "layout/letter.css", "en/language"} <= set(origins)
    german = dsr("templates", "list", "--language", "de").stdout
    assert "de/gdpr/follow-up" in german
    assert "en/" not in german
    assert dsr("templates", "list", "--language", "tlh", "--json").data == []


def test_a_template_is_shown_as_it_is_and_as_ones_own_if_there_is_one(dsr: Dsr, own: Own) -> None:
    shipped = dsr("templates", "show", "en/gdpr/erasure")
    assert shipped.status == 0
    assert shipped.stdout.startswith("heading = ")
    assert dsr("templates", "show", "en/gdpr/erasure.toml") == shipped
    own.write("# mine\n")
    assert dsr("templates", "show", "en/gdpr/erasure").stdout == "# mine\n"
    assert "{" in dsr("templates", "show", "layout/letter.css").stdout


def test_ejecting_copies_once_and_never_over_what_one_has_typed(dsr: Dsr, own: Own) -> None:
    result = dsr("templates", "eject", "en/gdpr/erasure")
    path = own.root / "en" / "gdpr" / "erasure.toml"
    assert (result.status, result.stdout) == (0, f"{path}\n")
    assert path.read_text("utf-8") == dsr("templates", "show", "en/gdpr/erasure").stdout
    assert path.stat().st_mode & 0o077 == 0
    assert own.root.stat().st_mode & 0o077 == 0
    path.write_text("# mine\n")
    again = dsr("templates", "eject", "en/gdpr/erasure")
    assert (again.status, again.stdout) == (5, "")
    assert "already" in again.stderr
    assert path.read_text() == "# mine\n"


def test_what_is_ejected_already_is_said_in_a_sentence(refused: Refused, own: Own) -> None:
    own.write("# mine\n")
    refused("templates", "eject", "en/gdpr/erasure", status=5)


def test_what_is_ejected_changes_no_letter_until_it_is_edited(dsr: Dsr) -> None:
    def letter() -> str:
        return re.sub(r"DSR-\w{4}-\w{4}", "REF", dsr(*PREVIEW).stdout)

    before = letter()
    for name in ("en/gdpr/erasure", "en/gdpr/letter", "en/language", "demands/gdpr"):
        assert dsr("templates", "eject", name).status == 0
    assert letter() == before


@pytest.mark.parametrize("command", ["show", "eject"])
@pytest.mark.parametrize("name", NOT_TEMPLATES)
def test_a_name_leads_to_a_template_or_nowhere(refused: Refused, command: str, name: str) -> None:
    assert "There is no template" in refused("templates", command, name, status=3)


def test_the_nearest_name_is_suggested(refused: Refused) -> None:
    assert "Did you mean en/gdpr/erasure" in refused(
        "templates", "show", "en/gdpr/erasuer", status=3
    )


# words of one's own in letters --------------------------------------------------------------------


def test_an_edited_heading_stands_in_the_letter_and_the_rest_stays(dsr: Dsr, own: Own) -> None:
    shipped = dsr(*PREVIEW).stdout
    own.write('heading = "Get rid of it ({{ cite(\'17\') }})"\n[demands]\nE1 = "Erase me."\n')
    letter = dsr(*PREVIEW)
    assert letter.status == 0
    assert "1. Get rid of it (Article 17 GDPR)\n" in letter.stdout
    assert "1. Erasure (Article 17 GDPR)\n" in shipped
    assert "E1: Erase me. (Article 17(1) GDPR)\n" in letter.stdout
    rest = [text.partition("\nE2: ")[2].partition("\n2. ")[0] for text in (letter.stdout, shipped)]
    assert rest[0] == rest[1] != ""
    assert "Get rid of it" not in dsr(*PREVIEW, "--language", "de").stdout
    assert "Get rid of it" not in dsr(*PREVIEW, "--home", "elsewhere").stdout


def test_words_of_a_language_reach_letters_after_the_request_too(
    dsr: Dsr, own: Own, reference: str
) -> None:
    own.write('closing = "With kind regards,"', "en/language")
    own.write('[reminder]\nsubject = "Hello again"\n', "en/gdpr/follow-up")
    letter = dsr("follow-up", reference, "--as-of", "2027-01-15", "--dry-run").stdout
    assert f"Hello again – {reference}\n" in letter
    assert "With kind regards,\nErika Mustermann" in letter
    assert "20 November 2026" in letter


def test_what_a_person_types_never_becomes_a_template(dsr: Dsr, own: Own) -> None:
    own.write('own_grounds = "Mine, {{ person }}:"')
    letter = dsr(*PREVIEW, "--name", "{{ 7*7 }}", "--reason", "{% if x %}").stdout
    assert "Mine, {{ 7*7 }}:\n\n{% if x %}\n" in letter


# what is wrong ------------------------------------------------------------------------------------


def test_check_lists_every_flaw_of_ones_own_files(dsr: Dsr, own: Own) -> None:
    own.write('heading = "{{ nobody }}"\nown_grounds = "TODO"\n[demands]\nE3 = ""\n')
    own.write('text = ["{% if %}"]', "en/gdpr/mandate")
    unreadable = own.write("heading = ", "en/gdpr/access")
    result = dsr("templates", "check")
    assert result.status == 4
    assert_one_sentence(result.stderr)
    assert str(own.root) in result.stderr
    said = result.stdout
    assert "en/gdpr/erasure, heading: it asks for nobody, which letters do not have\n" in said
    assert "en/gdpr/erasure, own_grounds: it holds a leftover: TODO\n" in said
    assert "en/gdpr/erasure, demands.E3: the demand says nothing\n" in said
    assert "en/gdpr/mandate, text[1]: it does not parse" in said
    assert f"en/gdpr/access: The template {unreadable} cannot be used" in said
    assert not [line for line in said.splitlines() if line.startswith("de/")]


def test_check_is_content_with_what_is_shipped_and_with_what_is_right(dsr: Dsr, own: Own) -> None:
    own.write("heading = \"Away with it ({{ cite('17') }})\"")
    result = dsr("templates", "check", "--json")
    assert (result.status, result.data) == (0, [])
    assert "1 file of your own" in result.stderr


CANNOT_BE_READ = {
    "syntax": "heading = ",
    "utf-8": b'heading = "\xff\xfe"',
    "huge": "#" * (LONGEST_FILE + 1),
    "deep": "x = " + "[" * 5_000 + "]" * 5_000,
}


@pytest.mark.parametrize("content", CANNOT_BE_READ.values(), ids=CANNOT_BE_READ)
def test_a_file_that_cannot_be_read_is_named(
    refused: Refused, own: Own, content: str | bytes
) -> None:
    path = own.write(content)
    for command in (PREVIEW, PREVIEW[:-1]):
        assert str(path) in refused(*command, status=4)


def test_a_file_that_is_not_utf_8_is_shown_or_refused(dsr: Dsr, own: Own) -> None:
    own.write(CANNOT_BE_READ["utf-8"])
    result = dsr("templates", "show", "en/gdpr/erasure")
    assert result.status in (0, 4)


BROKEN = [
    ("en/gdpr/erasure", 'heading = "{{ nobody }}"'),
    ("en/gdpr/erasure", 'heading = "{% if %}"'),
    ("en/gdpr/erasure", "heading = \"{{ ''.__class__ }}\""),
    ("en/gdpr/erasure", 'heading = "{{ cite.__globals__ }}"'),
    ("en/gdpr/erasure", "heading = \"{{ rights.append('access') }}\""),
    ("en/gdpr/erasure", "heading = \"{{ cite('99') }}\""),
    ("en/gdpr/erasure", "heading = \"{% include 'x' %}\""),
    ("demands/gdpr", '[erasure.erasure]\nE1 = { cites = ["99"], kinds = ["*"] }'),
    ("en/gdpr/erasure", 'heading = "{{ cite() }}"'),
    ("en/gdpr/erasure", 'heading = "{{ listed([]) }}"'),
    ("en/gdpr/erasure", 'heading = "{{ 1/0 }}"'),
    ("en/gdpr/erasure", 'heading = "{% for i in range(10**9) %}x{% endfor %}"'),
    ("en/gdpr/erasure", f'heading = "{{{{ {"(" * 3000}1{")" * 3000} }}}}"'),
    ("en/gdpr/erasure", 'demands = "x"'),
    ("en/gdpr/erasure", "intro = 5"),
    ("en/gdpr/erasure", "intro = [5]"),
    ("en/gdpr/erasure", "heading = 5"),
    ("en/gdpr/erasure", 'heading = ["x"]'),
    ("en/gdpr/erasure", "grounds = 5"),
    ("en/gdpr/erasure", "[demands]\nE3 = 5"),
    ("en/gdpr/erasure", 'extends = "gdpr"'),
    ("en/gdpr/erasure", "extends = 5"),
    ("en/gdpr/letter", "identification = 5"),
    ("en/gdpr/letter", 'time_limit = "x"'),
    ("en/language", 'babel = "xx_YY"'),
    ("en/language", "within = 5"),
    ("en/language", "right = 5"),
    ("demands/gdpr", "[erasure.erasure]\nX1 = { cites = ['17(1)'], kinds = ['*'] }"),
    ("demands/gdpr", "[erasure.erasure]\nE1 = { cites = ['17(1)'] }"),
    ("demands/gdpr", "erasure = 5"),
    ("demands/families", "family = 5"),
    ("en/gdpr/erasure", 'extends = "nowhere"'),
    ("en/gdpr/erasure", 'intro = "I request erasure."'),
    ("en/language", "closing = 5"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    BROKEN,
    ids=lambda value: value[:40],
)
def test_no_letter_goes_out_with_a_broken_template(
    refused: Refused, own: Own, name: str, content: str
) -> None:
    own.write(content, name)
    refused(*PREVIEW, status=4)


def test_a_request_with_a_broken_template_keeps_no_case(
    dsr: Dsr, refused: Refused, own: Own, reference: str
) -> None:
    own.write('heading = "{{ nobody }}"')
    refused("request", "laion", "--type", "erasure", "--language", "en", status=4)
    assert [case["reference"] for case in dsr("list", "--json").data] == [reference]
    own.write("[reminder]\ntext = ['{{ nobody }}']", "en/gdpr/follow-up")
    refused("follow-up", reference, "--as-of", "2027-01-15", status=4)
    assert len(dsr("show", reference, "--json").data["events"]) == 2


# the page -----------------------------------------------------------------------------------------

PAGES = [
    ("letter.html.j2", "{% if %}"),
    ("letter.html.j2", "{{ ''.__class__.__mro__ }}"),
    ("letter.html.j2", "{{ nobody }}"),
    ("letter.html.j2", "{% include '../../en/language.toml' %}"),
    ("letter.css", b"\xff\xfe"),
    ("letter.html.j2", b"\xff\xfe"),
    ("letter.html.j2", "{{ 1/0 }}"),
]


@pytest.mark.parametrize(
    ("name", "content"),
    PAGES,
    ids=lambda value: repr(value)[:30],
)
def test_a_page_of_ones_own_that_cannot_be_used_is_refused(
    refused: Refused, own: Own, name: str, content: str | bytes
) -> None:
    path = own.root / "layout" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    refused(*PREVIEW, status=4)
    refused(*PREVIEW[:-1], status=4)


def test_a_page_of_ones_own_is_the_one_that_is_printed(dsr: Dsr, own: Own, tmp_path: Path) -> None:
    assert dsr("templates", "eject", "layout/letter.css").status == 0
    sheet = own.root / "layout" / "letter.css"
    sheet.write_text(sheet.read_text("utf-8") + "\n@page { size: 100mm 100mm !important }\n")
    dsr(*PREVIEW, "--out", str(tmp_path / "mine"))
    (made,) = (tmp_path / "mine").glob("*.pdf")
    dsr(*PREVIEW, "--out", str(tmp_path / "shipped"), "--home", "elsewhere")
    (shipped,) = (tmp_path / "shipped").glob("*.pdf")
    sizes = []
    for path in (made, shipped):
        with pikepdf.open(path) as document:
            sizes.append([float(number) for number in document.pages[0].mediabox])
    assert sizes[0][2:] == pytest.approx([283.5, 283.5], abs=1)
    assert sizes[1][2:] == pytest.approx([595, 842], abs=1)
