"""Characters that no font here draws are named before anyone posts boxes."""

from collections.abc import Callable

import pytest

from dsr.letters import glyphs
from dsr.letters.document import Letter
from dsr.letters.glyphs import SCRIPTS, missing_glyphs, undrawn
from dsr.letters.typesetting import PdfUnavailableError, load_weasyprint

Write = Callable[..., Letter]

NEVER_DRAWN = "\U0003fffd"  # on a plane of Unicode that has no characters


@pytest.fixture(autouse=True)
def needs_pango() -> None:
    try:
        load_weasyprint()
    except PdfUnavailableError as error:
        pytest.skip(error.sentence)


@pytest.mark.parametrize("script", ["Latin", "Greek", "Cyrillic", "Arabic", "Chinese and Japanese"])
def test_the_fonts_that_setup_installs_draw(script: str) -> None:
    assert undrawn(SCRIPTS[script]) == ""


def test_what_cannot_be_drawn_is_named_once_and_in_order(write: Write) -> None:
    letter = write(
        "clearview",
        "gdpr",
        "objection",
        name=f"Erika {NEVER_DRAWN} 山田",
        reason=f"\U0003fffc {NEVER_DRAWN}{NEVER_DRAWN}",
    )
    assert missing_glyphs(letter) == f"{NEVER_DRAWN}\U0003fffc"


def test_a_letter_in_our_languages_needs_no_look(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glyphs, "load_weasyprint", lambda: pytest.fail("Pango was asked"))
    assert (
        missing_glyphs(write("laion", "gdpr", "erasure", language="de", name="Żółć Ångström")) == ""
    )


def test_invisible_characters_are_not_missing() -> None:
    assert undrawn("\N{ZERO WIDTH JOINER}\N{RIGHT-TO-LEFT MARK}\N{VARIATION SELECTOR-16}") == ""
