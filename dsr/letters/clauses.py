"""The words of letters: template files by language and law, rendered in a sandbox.

A file is TOML whose strings are Jinja expressions, so that its structure is fixed before any
value of the person is filled in: a name can never become a heading or a template.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsr.errors import BadFileError, NotFoundError
from dsr.paths import bundled

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

Table = dict[str, Any]

FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class DemandRule:
    """When a demand is made and on what it rests; its words stand in the language files."""

    code: str
    stage: str
    cites: tuple[str, ...]
    cases: tuple[str, ...]
    kinds: tuple[str, ...]

    def is_for(self, kind: str) -> bool:
        """Whether a company of *kind* is asked this."""
        return "*" in self.kinds or kind in self.kinds


def languages() -> list[str]:
    """The languages that have letters."""
    return sorted(path.parent.name for path in bundled("templates").glob("*/language.toml"))


def language_for(wanted: str, law: str) -> str:
    """*wanted*, or English where it has no letter under *law*."""
    there = bundled("templates") / wanted / law / "letter.toml"
    return wanted if wanted in languages() and there.is_file() else FALLBACK_LANGUAGE


@cache
def language_words(language: str) -> Table:
    """What all letters of a language share."""
    return _read(bundled("templates") / language / "language.toml")


@cache
def clauses(language: str, law: str, section: str) -> Table:
    """The words of one section (``letter``, ``access`` …), over those of the law it extends.

    Raises NotFoundError if there is no such section under that law.
    """
    path = bundled("templates") / language / law / f"{section}.toml"
    if not path.is_file():
        raise NotFoundError(f"There is no template {language}/{law}/{section}.")
    table = _read(path)
    base = table.pop("extends", None)
    return _over(clauses(language, base, section), table) if base else table


def has_section(law: str, section: str) -> bool:
    """Whether letters under *law* can have this section."""
    return (bundled("templates") / FALLBACK_LANGUAGE / law / f"{section}.toml").is_file()


@cache
def demand_rules(law: str, right: str) -> tuple[DemandRule, ...]:
    """The demands of a right under a law, in order."""
    table = _read(bundled("templates") / "demands" / f"{law}.toml")
    dropped = set(table.pop("drop", []))
    if base := table.pop("extends", None):
        table = _over(_read(bundled("templates") / "demands" / f"{base}.toml"), table)
    return tuple(
        DemandRule(
            code,
            stage,
            tuple(rule["cites"]),
            tuple(rule.get("cases", ())),
            tuple(rule["kinds"]),
        )
        for stage, rules in table.get(right, {}).items()
        for code, rule in rules.items()
        if code not in dropped
    )


def rendered(text: str, values: Table) -> str:
    """*text* with *values* filled in, on one line; most clauses hold no variable at all.

    Raises BadFileError if the template asks for something that is not there.
    """
    if "{" not in text:
        return " ".join(text.split())
    from jinja2 import TemplateError

    try:
        return " ".join(_compiled(text).render(values).split())
    except TemplateError as error:
        raise BadFileError(f"A letter template cannot be rendered: {error}.") from error


@cache
def _compiled(text: str) -> "Template":
    return _sandbox().from_string(text)


@cache
def _sandbox() -> "ImmutableSandboxedEnvironment":
    """Jinja without access to anything but the values; an unknown variable is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _over(base: Table, changes: Table) -> Table:
    """*base* with *changes* laid over it, tables within tables included."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        both_groups = _is_group(value) and _is_group(below)
        merged[key] = _over(below or {}, value) if both_groups else value
    return merged


def _is_group(value: object) -> bool:
    return isinstance(value, dict) and "cites" not in value


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFileError(f"The template {path} cannot be used: {error}.") from error
