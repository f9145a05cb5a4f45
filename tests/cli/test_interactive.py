"""A person at a terminal: dsr asks for what is missing, and only for that."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Process
from tests.conftest import ERIKA

pytest.importorskip("pty", reason="there are no pseudo-terminals here")
from tests.cli.terminal import CTRL_C, Terminal

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
ERASURE = ("request", "clearview", "--type", "erasure")
SECRET = "correct horse battery"  # noqa: S105


@pytest.fixture
def variable(passphrase_file: Path) -> dict[str, str]:
    """The environment in which a passphrase file opens the record."""
    return {**NO_KEYRING, "DSR_PASSPHRASE_FILE": str(passphrase_file)}


def files_below(*places: Path) -> list[Path]:
    """Every file that was left."""
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def test_request_asks_who_you_are(process: Process, variable: dict[str, str]) -> None:
    with Terminal(*ERASURE, **variable) as terminal:
        terminal.answer("Your full name:", "Erika Mustermann")
        terminal.answer("Your e-mail address:", "erika@example.org")
        terminal.answer("The country you live in (two letters):", "DE")
        assert terminal.status() == 0, terminal.shown
    assert len(list(Path().glob("*-clearview.*"))) == 3
    (letter,) = Path().glob("*.txt")
    assert letter.read_text().endswith("\nErika Mustermann\n")
    assert len(process("list", "--json", **variable).data) == 1


def test_request_asks_which_right_and_asks_again_for_none(variable: dict[str, str]) -> None:
    with Terminal("request", "clearview", "--dry-run", *ERIKA, **variable) as terminal:
        terminal.answer("Which right", "erasue")
        terminal.answer("Which right", "access,erasure")
        assert terminal.status() == 0, terminal.shown
    assert "Did you mean erasure?" in terminal.shown
    assert "Article 15" in terminal.shown


def test_an_american_is_asked_for_the_state(variable: dict[str, str]) -> None:
    who = ("--name", "Jane Doe", "--email", "jane@example.org", "--country", "US")
    with Terminal(*ERASURE, *who, "--dry-run", **variable) as terminal:
        terminal.answer("Your state (two letters):", "CA")
        assert terminal.status() == 0, terminal.shown
    assert "1798.105" in terminal.shown


def test_what_is_known_is_not_asked_again(process: Process, variable: dict[str, str]) -> None:
    assert process("init", *ERIKA, **variable).status == 0
    with Terminal(*ERASURE, "--dry-run", **variable) as terminal:
        assert terminal.status() == 0, terminal.shown
    assert "Your full name" not in terminal.shown


def test_init_asks_everything_and_offers_what_it_knows(
    process: Process, variable: dict[str, str]
) -> None:
    with Terminal("init", **variable) as terminal:
        terminal.answer("Your full name:", "Erika Mustermann")
        terminal.answer("Your e-mail address:", "erika@example.org")
        terminal.answer("The country you live in (two letters):", "DE")
        terminal.answer("an empty line ends it.", "Musterweg 7")
        terminal.answer(":", "10115 Berlin")
        terminal.answer(":", "")
        terminal.answer("The language of your letters", "de")
        assert terminal.status() == 0, terminal.shown
    with Terminal("init", **variable) as terminal:
        terminal.answer("Your full name [Erika Mustermann]:", "Erika Beispiel")
        terminal.answer("[erika@example.org]:", "")
        terminal.answer("[DE]:", "")
        terminal.answer("[Musterweg 7, 10115 Berlin]:", "")
        terminal.answer("[de]:", "")
        assert terminal.status() == 0, terminal.shown
    person = process("init", "--json", **variable).data["person"]
    assert person["name"] == "Erika Beispiel"
    assert person["address"] == ["Musterweg 7", "10115 Berlin"]
    assert (person["country"], person["language"]) == ("DE", "de")


@pytest.mark.parametrize("command", [ERASURE, ("init",)])
def test_ctrl_c_at_a_question_leaves_nothing(
    command: tuple[str, ...], variable: dict[str, str], fresh_home: Path
) -> None:
    with Terminal(*command, **variable) as terminal:
        terminal.answer("Your full name:", "Erika Mustermann")
        terminal.answer("Your e-mail address:", CTRL_C)
        assert terminal.status() == 130
    assert "Traceback" not in terminal.shown
    assert not files_below(fresh_home, Path())


def test_ctrl_c_at_the_passphrase_leaves_nothing(fresh_home: Path) -> None:
    with Terminal(*ERASURE, *ERIKA, **NO_KEYRING) as terminal:
        terminal.answer("Passphrase:", CTRL_C)
        assert terminal.status() == 130
    assert not files_below(fresh_home, Path())


def test_a_new_passphrase_is_asked_twice_and_never_shown(
    process: Process, passphrase_file: Path
) -> None:
    with Terminal(
        "init", *ERIKA, "--address", "Weg 1", "--language", "de", **NO_KEYRING
    ) as terminal:
        terminal.answer("Passphrase:", SECRET)
        terminal.answer("Repeat", SECRET)
        assert terminal.status() == 0, terminal.shown
    assert SECRET not in terminal.shown
    with Terminal("list", **NO_KEYRING) as terminal:
        terminal.answer("Passphrase:", SECRET)
        assert terminal.status() == 0, terminal.shown
    assert "Repeat" not in terminal.shown
    assert SECRET not in terminal.shown
    passphrase_file.write_text(SECRET)
    assert process("list", "--passphrase-file", str(passphrase_file)).status == 0


def test_two_passphrases_that_differ_are_asked_again() -> None:
    with Terminal(
        "init", *ERIKA, "--address", "Weg 1", "--language", "de", **NO_KEYRING
    ) as terminal:
        terminal.answer("Passphrase:", SECRET)
        terminal.answer("Repeat", "mistyped horse")
        terminal.answer("Passphrase:", SECRET)
        terminal.answer("Repeat", SECRET)
        assert terminal.status() == 0, terminal.shown


def test_a_passphrase_that_is_too_short_makes_no_record(fresh_home: Path) -> None:
    with Terminal(*ERASURE, *ERIKA, **NO_KEYRING) as terminal:
        terminal.answer("Passphrase:", "short")
        terminal.answer("Repeat", "short")
        assert terminal.status() == 4
    assert not files_below(fresh_home, Path())


def test_no_input_never_asks(variable: dict[str, str]) -> None:
    with Terminal("--no-input", *ERASURE, **variable) as terminal:
        assert terminal.status() == 2
    assert "--name" in terminal.shown
    with Terminal("--no-input", *ERASURE, *ERIKA, **NO_KEYRING) as terminal:
        assert terminal.status() == 6
    assert "--passphrase-file" in terminal.shown


def test_what_does_not_exist_is_said_before_anything_is_asked(variable: dict[str, str]) -> None:
    with Terminal("request", "clearvew", "--type", "erasure", **variable) as terminal:
        assert terminal.status() == 3
    assert "Did you mean clearview?" in terminal.shown


@pytest.fixture
def shown(process: Process, variable: dict[str, str]) -> Callable[..., str]:
    """What a terminal shows of a command, where there is a record."""
    made = process(*ERASURE, *ERIKA, "--json", **variable)
    assert json.loads(made.stdout)["errors"] == []

    def call(*words: str, **environment: str) -> str:
        with Terminal(*words, **variable, **environment) as terminal:
            assert terminal.status() in (0, 6)
        return terminal.shown

    return call


def test_colour_is_for_terminals_that_want_it(shown: Callable[..., str]) -> None:
    for command in (("list",), ("report",), ("companies", "show", "clearview"), ("doctor",)):
        assert "\x1b[" in shown(*command)
        assert "\x1b[" not in shown(*command, NO_COLOR="1"), command
        assert "\x1b[" not in shown(*command, "--color", "never"), command


def test_a_terminal_that_knows_nothing_gets_no_colour(shown: Callable[..., str]) -> None:
    for command in (("list",), ("companies", "show", "clearview")):
        assert "\x1b[" not in shown(*command, TERM="dumb"), command
