"""The wheel holds what git tracks, where an installed dsr looks for it, and nothing else.

`.ci/wheel-test` builds the wheel and says where it and its source are.
"""

import os
import subprocess
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest

WHEEL, SOURCE = os.environ.get("DSR_TEST_WHEEL"), os.environ.get("DSR_TEST_SOURCE")
pytestmark = pytest.mark.skipif(
    not (WHEEL and SOURCE), reason="runs in .ci/wheel-test, which builds the wheel"
)


@pytest.fixture(scope="module")
def wheel() -> ZipFile:
    """The wheel under test."""
    return ZipFile(str(WHEEL))


@pytest.fixture(scope="module")
def held(wheel: ZipFile) -> list[str]:
    """The files in the wheel."""
    return [name for name in wheel.namelist() if not name.endswith("/")]


def tracked(*places: str) -> set[str]:
    """The files that git tracks below *places*."""
    command = ["git", "-C", str(SOURCE), "ls-files", "-z", "--", *places]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(listed.split("\0")) - {""}


def below(held: list[str], place: str) -> set[str]:
    """The files of the wheel below *place*, by their path from there."""
    return {name.removeprefix(place) for name in held if name.startswith(place)}


def test_templates_and_companies_are_those_of_the_checkout(held: list[str]) -> None:
    data = tracked("templates", "companies")
    assert data
    assert below(held, "dsr/data/") == data


def test_the_code_is_that_of_the_checkout(held: list[str]) -> None:
    code = tracked("dsr")
    assert "dsr/py.typed" in code
    assert {name for name in held if name.startswith("dsr/")} - {
        name for name in held if name.startswith("dsr/data/")
    } == code


def test_there_is_nothing_beside_the_package(held: list[str]) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in held} == {"dsr"}
    assert not [name for name in held if name.endswith(".pyc")]


def test_data_holds_no_program(held: list[str]) -> None:
    assert not [name for name in below(held, "dsr/data/") if name.endswith((".py", ".sh", ".so"))]


def test_every_licence_is_included(wheel: ZipFile, held: list[str]) -> None:
    (metadata,) = [name for name in held if name.endswith(".dist-info/METADATA")]
    licences = metadata.replace("METADATA", "licenses/")
    for name in ("LICENSE", "companies/LICENSE", "templates/LICENSE"):
        assert wheel.read(licences + name) == (Path(str(SOURCE)) / name).read_bytes()
    assert b"License-Expression: Apache-2.0 AND CC0-1.0" in wheel.read(metadata)


def test_dsr_is_a_command(wheel: ZipFile, held: list[str]) -> None:
    (path,) = [name for name in held if name.endswith(".dist-info/entry_points.txt")]
    table = ConfigParser()
    table.read_string(wheel.read(path).decode())
    assert table["console_scripts"]["dsr"] == "dsr.cli.main:main"


def test_the_tests_run_against_the_wheel() -> None:
    import dsr

    assert "site-packages" in Path(dsr.__file__).parts
