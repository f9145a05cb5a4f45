"""The documentation is true: its commands run, its outputs are what dsr says, its links lead on."""

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import click
import pytest
from pydantic import BaseModel

from dsr.cli.main import COMMANDS, cli
from dsr.directory import record
from dsr.errors import ExitStatus
from dsr.paths import check_script, law_data
from dsr.tracker.events import RECORDABLE

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# The tests of a wheel run beside a copy of docs/ and README.md; other files lie in the checkout.
CHECKOUT = Path(os.environ.get("DSR_TEST_SOURCE", ROOT))
PAGES = [
    path
    for path in [
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
        *sorted(DOCS.rglob("*.md")),
    ]
    if path.is_file()
]
WRITTEN_ON = "2026-11-23"  # the day on which the pages' outputs were taken
READERS_HOME = "/home/erika"  # where the pages' reader works
PLACEHOLDER = "DSR-7K3F-9QX2"
REFERENCE = re.compile(r"DSR-[0-9A-Z]{4}-[0-9A-Z]{4}")
WRITTEN_FOR = ("--attach", "--passphrase-file", "--backup-passphrase-file")
# Keys that are a company's name, a demand or a reference.
NAMED_BY_DATA = re.compile(rf"Clearview AI, Inc\.|[A-Z]\d+\Z|{REFERENCE.pattern}\Z")
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)

# Pages whose commands a reader types from top to bottom.
PLAYED = [page for page in PAGES if "```console" in page.read_text("utf-8")]

Requested = Callable[..., str]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def fences(text: str) -> list[tuple[str, str]]:
    """The language and the text of each fenced block."""
    return [(language, dedent(block)) for _, language, block in FENCE.findall(text)]


def text_of(*parts: str) -> str:
    return DOCS.joinpath(*parts).read_text("utf-8")


# commands and generated pages -------------------------------------------------------------------


def commands(context: click.Context) -> Iterator[click.Context]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        below = click.Context(
            command, info_name=name, parent=context, help_option_names=["-h", "--help"]
        )
        yield below
        if isinstance(command, click.Group):
            yield from commands(below)


EVERY_COMMAND = list(
    commands(click.Context(cli, info_name="dsr", help_option_names=["-h", "--help"]))
)


def test_every_top_level_command_is_walked() -> None:
    tops = {context.command_path.split()[1] for context in EVERY_COMMAND}
    assert tops == set(COMMANDS)


@pytest.mark.parametrize("context", EVERY_COMMAND, ids=lambda c: c.command_path)
def test_every_command_has_help_and_stands_in_the_reference(context: click.Context) -> None:
    assert context.command.help
    section = text_of("reference", "cli.md").partition(f"\n## `{context.command_path}`\n")[2]
    section = section.partition("\n## ")[0]
    assert section
    for parameter in context.command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help
            assert parameter.opts[-1] in section


@pytest.fixture
def generate() -> ModuleType:
    spec = spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(generate: ModuleType) -> None:
    for name, text in generate.pages().items():
        assert text_of("reference", name) == text, f"{name} is old; run: make docs"


def test_check_mode_tells_old_pages_from_current_ones(
    generate: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(generate, "REFERENCE", tmp_path / "reference")
    assert generate.main(["--check"]) == 1
    assert "make docs" in capsys.readouterr().err
    assert not (tmp_path / "reference").exists()
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


# hand-written reference pages name what the code has --------------------------------------------


def test_exit_status_page_names_exactly_the_statuses() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", text_of("reference", "exit-status.md"), re.M)
    assert {name: int(value) for value, name in rows} == {s.name: s.value for s in ExitStatus}
    assert len(rows) == len(ExitStatus)


def test_company_record_page_names_every_field_and_word() -> None:
    page = text_of("reference", "company-record.md")
    codes = (*record.Kind, *record.Evidence, *record.PositionCode, *record.Demand)
    words = {member.value for member in codes}
    for model in vars(record).values():
        if isinstance(model, type) and issubclass(model, BaseModel):
            words |= set(model.model_fields)
    assert not {word for word in words if not re.search(rf"`[^`\n]*\b{word}\b[^`\n]*`", page)}


def test_events_page_names_every_event() -> None:
    page = text_of("how-to", "record-what-happens.md")
    assert not {kind.value for kind in RECORDABLE if f"`{kind.value}`" not in page}


def test_environment_page_names_every_variable() -> None:
    options = [option for option in cli.params if option.envvar]
    page = text_of("reference", "environment.md")
    assert options
    assert not {str(option.envvar) for option in options if f"`{option.envvar}`" not in page}


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys_of(inner) for inner in value.values()))
    inside = value if isinstance(value, list) else []
    return set[str]().union(*(keys_of(inner) for inner in inside))


def test_json_page_names_every_key(dsr: Any, requested: Requested) -> None:
    reference = requested()
    runs: list[tuple[str, ...]] = [
        ("request", "clearview", "-t", "access"),
        ("request", "clearview", "-t", "access", "--dry-run"),
        ("record", reference, "sent"),
        ("record", reference, "partly-fulfilled", "--answered", "E1"),
        ("record", reference, "correct", "3", "--note", "all but one"),
        ("show", reference),
        ("list",),
        ("request", "pimeyes", "-t", "access", "--campaign", "faces"),
        ("campaigns",),
        ("verify",),
        ("verify", "--seal", "seal"),
        ("verify", "--against", "seal"),
        ("data", "location"),
        ("data", "backup", "copy.backup"),
        ("data", "restore", "copy.backup", "--replace"),
        ("data", "export", "export.zip"),
        ("--home", "other", "data", "import", "export.zip"),
        ("--home", "other", "data", "forget", "me", "--dry-run"),
        ("--home", "other", "data", "forget", "me", "--yes"),
        ("report",),
        ("law", "deadline", "gdpr", "--received", "2026-11-24"),
        ("companies", "list"),
        ("companies", "search", "clearview"),
        ("companies", "show", "clearview", "--origin"),
        ("init",),
        ("people", "add", "max", "--role", "client", "--name", "Max", "--country", "AT"),
        ("people", "mandate", "max"),
        ("people", "move", "max", "--address", "Gasse 1"),
        ("people", "list"),
        ("people", "remove", "max"),
        ("doctor",),
    ]
    page = text_of("reference", "json.md")
    for run in runs:
        data = dsr(*run, "--json").data
        assert data, run
        missing = {
            key
            for key in keys_of(data)
            if not NAMED_BY_DATA.match(key) and f"`{key}`" not in page and f'"{key}"' not in page
        }
        assert not missing, run


# the pages' commands ----------------------------------------------------------------------------


@dataclass
class Step:
    """One command of a page, what the page shows of its output, and its exit status."""

    command: str
    shown: list[str] = field(default_factory=list)
    status: int = 0


def steps(block: str) -> list[Step]:
    """The commands of a console block; ``$ echo $?`` and its line give the status before it."""
    found: list[Step] = []
    asks_status = False
    for line in block.replace("\\\n", " ").splitlines():
        if line == "$ echo $?":
            asks_status = True
        elif asks_status:
            found[-1].status, asks_status = int(line), False
        elif line.startswith("$ "):
            found.append(Step(line.removeprefix("$ ")))
        else:
            found[-1].shown.append(line)
    return found


@dataclass
class Reader:
    """Types a page's commands one after another, and compares what comes."""

    dsr: Any
    home: Path
    reference: str = PLACEHOLDER

    def place(self, block: str) -> None:
        """Write a company record whose first line says where it lies."""
        found = re.match(r"# .*/companies/([a-z0-9-]+\.toml)\n", block)
        if found:
            path = self.home / "companies" / found[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block, "utf-8")

    def play(self, step: Step) -> None:
        words = shlex.split(step.command.replace(PLACEHOLDER, self.reference))
        assert words.pop(0) == "dsr", f"a console block may only run dsr, not: {step.command}"
        for option, value in pairwise(words):
            if option in WRITTEN_FOR:
                Path(value).write_text("long enough to be any of them\n", "utf-8")
        if words[:2] == ["people", "mandate"]:
            Path(words[3]).write_bytes(b"%PDF-1.4\n")
        if "--as-of" not in words:
            words = ["--as-of", WRITTEN_ON, *words]
        result = self.dsr(*words)
        assert result.status == step.status, f"{step.command}\n{result.stderr}"
        if {"request", "import"} & {*words} and (made := REFERENCE.search(result.stdout)):
            self.reference = made[0]
        said = {self.plain(line) for line in (result.stdout + result.stderr).splitlines()}
        missing = [line for line in step.shown if self.plain(line) not in {*said, "", "…"}]
        if missing and not self.has_pdf():
            missing = [line for line in missing if not re.search(r"\.pdf|for post|documents", line)]
        assert not missing, f"{step.command}\nprints:\n{result.stdout}{result.stderr}"

    def plain(self, line: str) -> str:
        """A line without what differs from one reader to the next."""
        line = line.replace(str(self.home), f"{READERS_HOME}/.local/share/dsr")
        line = line.replace(str(Path.cwd()), READERS_HOME)
        return " ".join(REFERENCE.sub(PLACEHOLDER, line).split())

    def has_pdf(self) -> bool:
        """Whether letters come as PDF on this machine."""
        findings = self.dsr("doctor", "--json").data
        return any(f["name"] == "Pango" and f["verdict"] == "ok" for f in findings)


@pytest.mark.parametrize("page", PLAYED, ids=named)
def test_the_commands_of_a_page_do_what_it_shows(page: Path, dsr: Any, fresh_home: Path) -> None:
    reader = Reader(dsr, fresh_home)
    for language, block in fences(page.read_text("utf-8")):
        if language == "toml":
            reader.place(block)
        elif language == "csv":
            Path("requests.csv").write_text(block, "utf-8")
        elif language == "console":
            for step in steps(block):
                reader.play(step)


def test_readme_tutorial_and_how_tos_have_commands_to_play() -> None:
    practical = {ROOT / "README.md", *DOCS.glob("tutorial/*.md"), *DOCS.glob("how-to/*.md")}
    assert practical <= set(PLAYED)


def test_law_beside_code_is_the_law_data() -> None:
    data = (law_data() / "regimes" / "gdpr.toml").read_text("utf-8")
    quoted = dict(fences(text_of("explanation", "deadlines.md")))["toml"]
    assert quoted in data


def test_the_program_on_the_page_about_proof_is_the_one_that_is_shipped() -> None:
    quoted = dict(fences(text_of("explanation", "proof.md")))["python"]
    assert quoted == check_script().read_text("utf-8")


# links ------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that headings get: lower case, words joined by hyphens, no punctuation."""
    prose = FENCE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", prose, re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_relative_link_is_broken(page: Path) -> None:
    prose = FENCE.sub("", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists():
            there = (CHECKOUT / page.parent.relative_to(ROOT) / name).resolve()
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def test_every_page_is_reached_from_the_index() -> None:
    index = text_of("README.md")
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert not {page for page in pages if f"({page})" not in index}


def test_examples_of_the_json_page_are_json() -> None:
    blocks = [b for language, b in fences(text_of("reference", "json.md")) if language == "json"]
    assert all(json.loads(block) for block in blocks)


def test_the_picture_is_small() -> None:
    picture = DOCS / "images" / "letter.png"
    assert picture.stat().st_size < 200_000
    assert picture.read_bytes().startswith(b"\x89PNG")
