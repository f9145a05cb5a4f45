"""The doctor says which scripts a PDF can be set in, and what to install for the others."""

import pytest

from dsr.letters.glyphs import SCRIPTS
from dsr.workflows import doctor
from dsr.workflows.doctor import Verdict


def lacking(*scripts: str) -> object:
    texts = {SCRIPTS[script] for script in scripts}
    return lambda text: text if text in texts else ""


@pytest.mark.parametrize(
    ("scripts", "verdict", "package"),
    [
        ((), Verdict.OK, None),
        (("Korean",), Verdict.OK, "fonts-nanum"),
        (("Arabic", "Chinese and Japanese"), Verdict.OK, "fonts-dejavu-core fonts-droid-fallback"),
        (("Latin", "Greek"), Verdict.WARNING, "fonts-liberation"),
        (tuple(SCRIPTS), Verdict.WARNING, "fonts-liberation"),
    ],
)
def test_a_script_without_a_font_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, scripts: tuple[str, ...], verdict: Verdict, package: str | None
) -> None:
    monkeypatch.setattr(doctor, "undrawn", lacking(*scripts))
    monkeypatch.setattr(doctor, "_install", lambda debian, _: debian)
    found = doctor._fonts()
    assert found.verdict is verdict
    assert all(script in found.says for script in SCRIPTS)
    assert found.mend == package or (package and found.mend and found.mend.startswith(package))
