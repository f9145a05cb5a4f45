"""Records of the person's own: written whole or not at all, and no broken edit is ever lost."""

from pathlib import Path

import pytest

from tests.cli.conftest import Process, Refused
from tests.conftest import ERIKA, Dsr

FACES = (
    "companies", "add", "--name", "Example Faces GmbH", "--kind", "face-search", "--country", "de",
    "--website", "https://faces.example.org", "--email", "privacy@faces.example.org",
    "--postal", "Musterallee 1; 10115 Berlin", "--source", "https://faces.example.org/privacy",
)  # fmt: skip


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that runs the shell lines put into the file; ``$1`` is what it opens."""
    script = tmp_path / "editor.sh"
    script.touch(mode=0o700)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.setenv("VISUAL", str(script))
    return script


def typed(editor: Path, line: str) -> None:
    """Have the editor do *line*; what it leaves is new, whatever the clock's grain."""
    editor.write_text(f'#!/bin/sh\n{line}\ntouch -d "2030-01-01" "$1"\n', "utf-8")


def test_a_company_that_was_added_can_be_written_to(dsr: Dsr, fresh_home: Path) -> None:
    added = dsr(*FACES, "--json")
    assert added.status == 0, added.stderr
    assert added.data["slug"] == "example-faces"
    assert dsr("companies", "check", "example-faces").status == 0
    assert dsr("companies", "show", "example-faces", "--origin").stdout.strip() == "own"
    made = dsr("request", "faces.example.org", "--type", "access", *ERIKA)
    assert made.status == 3  # a domain is for searching; the slug is the name
    assert dsr("companies", "search", "faces.example.org", "--json").data[0]["score"] == 100
    assert dsr("request", "example-faces", "--type", "access", *ERIKA).status == 0


def test_it_is_not_written_over(dsr: Dsr, refused: Refused) -> None:
    assert dsr(*FACES).status == 0
    assert "edit example-faces" in refused(*FACES, status=5)


@pytest.mark.parametrize(
    ("option", "value", "status", "said"),
    [
        ("--kind", "bakery", 4, "bakery"),
        ("--country", "Germany", 4, "DE"),
        ("--website", "javascript:alert(1)", 4, "web address"),
        ("--email", "no address", 4, "email"),
        ("--name", 'Evil" \x1b[31m\n[x]', 4, "line"),
        ("--slug", "../../etc/passwd", 4, "no short name"),
        ("--name", "日本", 4, "--slug"),
    ],
)
def test_what_cannot_be_right_is_refused(
    refused: Refused, option: str, value: str, status: int, said: str
) -> None:
    assert said in refused(*FACES, option, value, status=status)


def test_an_edit_of_a_shipped_record_becomes_ones_own(
    dsr: Dsr, editor: Path, fresh_home: Path
) -> None:
    typed(editor, """sed -i 's/^name = .*/name = "Clearview Holding"/' "$1" """)
    assert dsr("companies", "edit", "clearview").status == 0
    shown = dsr("companies", "show", "clearview", "--json").data
    assert (shown["name"], shown["origin"]) == ("Clearview Holding", "own")
    assert shown["decisions"]


def test_a_broken_edit_is_kept_and_opened_again(dsr: Dsr, editor: Path, fresh_home: Path) -> None:
    typed(editor, """sed -i 's/^name = .*/name = "Clearview/' "$1" """)
    broken = dsr("companies", "edit", "clearview")
    assert broken.status == 4
    assert "is kept in" in broken.stderr
    assert dsr("companies", "show", "clearview", "--origin").stdout.strip() == "bundled"
    typed(editor, """sed -i 's/^name = .*/name = "Mended"/' "$1" """)
    assert dsr("companies", "edit", "clearview").status == 0
    assert dsr("companies", "show", "clearview", "--json").data["name"] == "Mended"
    assert not list((fresh_home / "companies").glob("*.draft"))


def test_an_edit_cannot_take_the_slug_of_another(dsr: Dsr, editor: Path) -> None:
    typed(editor, """sed -i 's/^slug = .*/slug = "pimeyes"/' "$1" """)
    assert "claims the slug 'pimeyes'" in dsr("companies", "edit", "clearview").stderr


def test_nothing_changed_writes_nothing(dsr: Dsr, editor: Path, fresh_home: Path) -> None:
    editor.write_text("#!/bin/sh\n", "utf-8")
    assert dsr("companies", "edit", "clearview").status == 0
    assert not (fresh_home / "companies").exists()


def test_what_does_not_exist_cannot_be_edited(refused: Refused) -> None:
    assert "clearview" in refused("companies", "edit", "clearvew", status=3)
    refused("companies", "edit", "../x", status=4)


def test_the_shell_completes_the_short_names(process: Process) -> None:
    done = process(_DSR_COMPLETE="bash_complete", COMP_WORDS="dsr companies show clearv",
                   COMP_CWORD="3")  # fmt: skip
    assert done.stdout.split() == ["plain,clearview"]
