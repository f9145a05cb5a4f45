"""What is wrong with templates is found before a letter goes out with it."""

from collections.abc import Callable
from pathlib import Path
from shutil import copy, copytree

import pytest

from dsr.errors import BadFileError
from dsr.letters.clauses import LONGEST_FILE, Templates
from dsr.letters.lint import Flaw, file_names, flaws, own_files
from dsr.letters.wording import KNOWN_VALUES
from dsr.paths import bundled

Look = Callable[..., list[Flaw]]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the shipped files those of English letters under the GDPR, so that a look is quick."""
    root, few = bundled("templates"), tmp_path_factory.mktemp("shipped")
    copytree(root / "demands", few / "demands")
    copytree(root / "en" / "gdpr", few / "en" / "gdpr")
    copy(root / "en" / "language.toml", few / "en")
    return few


@pytest.fixture
def look(shipped: Path, tmp_path: Path) -> Look:
    """Look for flaws with *content* in a file of the person's own."""

    def look(content: str | bytes = "", name: str = "en/gdpr/erasure.toml") -> list[Flaw]:
        path = tmp_path / "home" / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        templates = Templates(tmp_path / "home")
        templates.shipped = shipped
        return list(flaws(templates, KNOWN_VALUES))

    return look


def test_what_is_shipped_has_no_flaw_in_any_language() -> None:
    assert list(flaws(Templates(), KNOWN_VALUES)) == []


def test_an_empty_file_of_ones_own_changes_nothing(look: Look) -> None:
    assert look() == []
    assert look("# nothing yet\n[demands]\n") == []


@pytest.mark.parametrize(
    ("content", "entry", "what"),
    [
        ('heading = "{{ nobody }}"', "heading", "asks for nobody"),
        ('heading = "{{ sent_on }}"', "heading", "asks for sent_on"),  # only letters after it
        ('intro = ["a", "{{ a }}{{ b }}"]', "intro[2]", "asks for a, b"),
        ('heading = "{% if %}"', "heading", "does not parse"),
        ("heading = \"{{ cite('17') \"", "heading", "does not parse"),
        ('heading = "Erasure TODO"', "heading", "leftover: TODO"),
        ('heading = "Erasure [YOUR NAME]"', "heading", "leftover: [YOUR NAME]"),
        ('heading = "17 }} GDPR"', "heading", "leftover: }}"),
        ('heading = ""', "heading", "the entry is missing"),
        ("intro = []", "intro", "the entry is missing"),
        ('[demands]\nE3 = ""', "demands.E3", "says nothing"),
        ('[demands]\nE99 = "More."', "demands.E99", "no letter makes a demand of this code"),
        ('[demands.face-search]\nE1 = "{{ nobody }}"', "demands.face-search.E1", "asks for nobody"),
        ('[general]\nintro = ["lorem ipsum"]', "general.intro[1]", "leftover: lorem ipsum"),
    ],
)
def test_a_flaw_is_named_with_its_place(look: Look, content: str, entry: str, what: str) -> None:
    found = look(content)
    assert [flaw.template for flaw in found] == ["en/gdpr/erasure"] * len(found)
    assert any(flaw.entry == entry and what in flaw.what for flaw in found), found


def test_words_that_are_meant_are_no_leftovers(look: Look) -> None:
    assert look('heading = "{{ listed(right_names) }} [sic] – mastodon, métodos, TODOS"') == []
    assert look("own_grounds = \"{{ '{{' }}: braces that are meant\"") == []


def test_letters_after_the_request_may_ask_for_its_facts(look: Look) -> None:
    said = 'subject = "{{ sent_on }}"\ntext = ["{{ new_term }} {{ due }}"]\n'
    assert look(f"[reminder]\n{said}", "en/gdpr/follow-up.toml") == []
    (flaw,) = look('[reminder]\nsubject = "{{ nobody }}"', "en/gdpr/follow-up.toml")
    assert (flaw.template, flaw.entry) == ("en/gdpr/follow-up", "reminder.subject")


def test_a_language_of_ones_own_is_told_what_it_lacks(look: Look) -> None:
    english = (bundled("templates") / "en" / "language.toml").read_text("utf-8")
    look(english, "eo/language.toml")
    found = look('subject = "{{ reference }}"', "eo/gdpr/letter.toml")
    missing = {(flaw.template, flaw.entry) for flaw in found}
    assert ("eo/gdpr/letter", "opening") in missing
    assert ("eo/gdpr/erasure", "") in missing
    found = look('heading = "Forigo"\nintro = ["x"]\n[demands]\nE1 = "x"', "eo/gdpr/erasure.toml")
    assert ("eo/gdpr/erasure", "demands.E3") in {(flaw.template, flaw.entry) for flaw in found}


@pytest.mark.parametrize(
    "content",
    [
        "heading = ",
        "heading = 'x'\nheading = 'y'",
        b'heading = "\xff\xfe"',
        b"\xef\xbb\xbf\x00",
        "x" * (LONGEST_FILE + 1),
        "x = " + "[" * 5_000 + "]" * 5_000,
    ],
    ids=["syntax", "twice", "utf-8", "nul", "huge", "deep"],
)
def test_a_file_that_cannot_be_read_is_named(look: Look, content: str | bytes) -> None:
    try:
        (flaw,) = look(content)
        said = flaw.what
    except BadFileError as error:
        said = error.sentence
    assert "erasure.toml" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "expression",
    ["cite('99')", "cite('17', '99')", "case('C-1/99')", "guidance('edpb-01/2022', '1')"],
)
def test_what_the_law_does_not_have_cannot_be_cited(look: Look, expression: str) -> None:
    (flaw,) = look(f'heading = "{{{{ {expression} }}}}"')
    assert (flaw.template, flaw.entry) == ("en/gdpr/erasure", "heading")


WRONG_TYPES = [
    'demands = "x"',
    "demands = 5",
    "general = 5",
    "extends = 5",
    'extends = "gdpr"',
    "intro = 5",
    'intro = "I request."',  # would be a paragraph a letter
    "intro = [5]",
    "heading = 5",
    'heading = ["x"]',
    "grounds = 5",
    "[demands]\nE3 = 5",
    '[demands]\nE3 = ["x"]',
    'extends = "nowhere"',
]


@pytest.mark.parametrize("content", WRONG_TYPES)
def test_an_entry_of_the_wrong_type_is_a_flaw(look: Look, content: str) -> None:
    found = look(content)
    assert found
    assert {flaw.template for flaw in found} == {"en/gdpr/erasure"}


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__",
        "cite.__globals__",
        "cite()",
        "cite(*[])",
        "listed([])",
        "1/0",
        "rights.nothing.more",
        "right_title('nonsense')",
    ],
)
def test_an_expression_that_cannot_be_rendered_is_a_flaw(look: Look, expression: str) -> None:
    assert look(f'heading = "{{{{ {expression} }}}}"')


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("en/language.toml", "closing = "),
        ("en/language.toml", 'babel = "xx_YY"'),
        ("en/language.toml", "within = 5"),
        ("en/language.toml", 'closing = "TODO"'),
        ("demands/gdpr.toml", '[erasure.erasure]\nE1 = { cites = ["99"], kinds = ["*"] }'),
        ("demands/gdpr.toml", '[erasure.erasure]\nE1 = { cites = "17(1)", kinds = ["*"] }'),
        ("demands/gdpr.toml", '[erasure.erasure]\nE1 = { cites = ["17(1)"] }'),
        ("demands/gdpr.toml", "erasure = 5"),
    ],
)
def test_flaws_of_language_files_and_demands_are_found(
    look: Look, name: str, content: str
) -> None:  # fmt: skip
    try:
        said = " ".join(flaw.what for flaw in look(content, name))
    except BadFileError as error:
        said = error.sentence
    assert said


def test_own_files_and_all_names_are_listed(tmp_path: Path) -> None:
    assert own_files(Templates(tmp_path)) == []
    own = tmp_path / "templates" / "en" / "gdpr" / "mine.toml"
    own.parent.mkdir(parents=True)
    own.write_text("")
    templates = Templates(tmp_path)
    assert own_files(templates) == [own]
    names = file_names(templates)
    assert {"en/gdpr/mine", "en/gdpr/erasure", "demands/gdpr", "en/language"} <= set(names)
    assert names[0].startswith("en")
    assert len(set(names)) == len(names)
    assert "LICENSE" not in " ".join(names)
