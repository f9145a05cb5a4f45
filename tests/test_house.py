"""The house keeps its shape: imports point down, rooms stay small, start-up stays light."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from dsr.paths import bundled

PACKAGE = Path(str(files("dsr")))
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "data" not in p.relative_to(PACKAGE).parts)

# Imports go down only; rooms of one rank do not know each other.
RANK = {
    "__init__": 0,
    "errors": 0,
    "paths": 1,
    "secrets": 2,
    "law": 3,
    "directory": 4,
    "tracker": 5,
    "letters": 6,
    "reports": 7,
    "workflows": 8,
    "cli": 9,
    "__main__": 10,
}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> Iterator[str]:
    """Every dsr module that is imported, at any depth of the code."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "dsr")
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"relative import in {module}"
            if node.module == "dsr":
                yield from (
                    f"dsr.{a.name}" if (PACKAGE / f"{a.name}.py").exists() else "dsr.__init__"
                    for a in node.names
                )
            elif node.module.split(".")[0] == "dsr":
                yield node.module


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_point_down(module: Path) -> None:
    own = room(module)
    others = {name.split(".")[1] for name in imported(module)} - {own}
    upward = {other for other in others if RANK[other] >= RANK[own]}
    assert not upward


def test_no_module_is_in_a_cycle() -> None:
    names = {"dsr." + ".".join(m.relative_to(PACKAGE).with_suffix("").parts): m for m in MODULES}
    graph = {name: {n for n in imported(module) if n in names} for name, module in names.items()}

    def reaches(start: str, seen: set[str]) -> set[str]:
        for step in graph[start] - seen:
            seen.add(step)
            reaches(step, seen)
        return seen

    assert not [name for name in graph if name in reaches(name, set())]


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_rooms_are_small(module: Path) -> None:
    source = module.read_text("utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            described = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
            length = (node.end_lineno or 0) - node.lineno + 1 - described
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_every_module_says_what_it_is_for() -> None:
    silent = [m for m in MODULES if not ast.get_docstring(ast.parse(m.read_text("utf-8")))]
    assert not silent


def test_only_paths_builds_a_path_from_its_own_place() -> None:
    users = [m.name for m in MODULES if "__file__" in m.read_text("utf-8")]
    assert users == ["paths.py"]


HEAVY = ("weasyprint", "jinja2", "pydantic", "httpx", "keyring", "sqlcipher3", "rich", "holidays")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["request", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import json, sys\n"
        "from dsr.cli.main import run\n"
        f"run({arguments!r})\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert not set(HEAVY) & set(loaded)


def test_no_command_names_a_company_or_country_in_code() -> None:
    """Facts are data: a company's name in code would be a rule for one company only."""
    slugs = [p.stem for p in bundled("companies").glob("*.toml")]
    rules = [m for m in MODULES if room(m) in {"law", "letters", "tracker", "reports", "workflows"}]
    for module in rules:
        strings = {
            node.value.lower()
            for node in ast.walk(ast.parse(module.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not strings & set(slugs), module
