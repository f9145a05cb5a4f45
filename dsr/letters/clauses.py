"""The words of letters: template files by language and law, in two layers, rendered in a sandbox.

A file is TOML whose strings are Jinja expressions, so that its structure is fixed before any
value of the person is filled in: a name can never become a heading or a template.  Files in
``templates/`` of dsr's home lie over those that are shipped, entry by entry.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsr.errors import BadFileError, NotFoundError
from dsr.paths import bundled

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

Table = dict[str, Any]

FALLBACK_LANGUAGE = "en"
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")  # after Inc. at the end of a sentence
_SPACES = re.compile(r"[ \t\r\n]+")
# What a mistake in a template can raise while it is rendered.
MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
LONGEST_FILE = 1_000_000  # bytes


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


class Templates:
    """All template files: the person's own, over those that are shipped."""

    def __init__(self, home: Path | None = None) -> None:
        self.shipped = bundled("templates")
        self.own = home / "templates" if home else None
        self._tables: dict[str, Table | None] = {}

    def languages(self) -> list[str]:
        """The languages that have letters."""
        return sorted(
            {path.parent.name for root in self.roots for path in root.glob("*/language.toml")}
        )

    def language_for(self, wanted: str, law: str, *sections: str) -> str:
        """*wanted*, or English where it has no letter under *law*, or not all of *sections*."""
        if wanted in self.languages() and all(
            self.has_section(law, section, wanted) for section in ("letter", *sections)
        ):
            return wanted
        return FALLBACK_LANGUAGE

    def language_words(self, language: str, law: str | None = None) -> Table:
        """What all letters of a language share; those under *law* may have words of their own.

        Raises NotFoundError if there is no such language.
        """
        words = self._existing(language, "", "language")
        family = self.family(law) if law else ""
        if not family or self._read(language, family, "language") is None:
            return words
        return over(words, self._section(language, family, "language"))

    def family(self, law: str) -> str:
        """The directory with the letters of *law*: its own, or that of laws which are alike."""
        return str(self._families.get(law, law))

    def clauses(self, language: str, law: str, section: str) -> Table:
        """The words of one section (``letter``, ``access`` …), over those of the law it extends.

        Raises NotFoundError if there is no such section under that law.
        """
        return self._section(language, self.family(law), section)

    def has_section(self, law: str, section: str, language: str = FALLBACK_LANGUAGE) -> bool:
        """Whether letters under *law* can have this section."""
        return self._read(language, self.family(law), section) is not None

    def demand_rules(self, law: str, right: str) -> tuple[DemandRule, ...]:
        """The demands of a right under a law, in order."""
        table = self._demands(self.family(law))
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
        )

    def demand_codes(self, law: str, right: str) -> frozenset[str]:
        """The codes for which there may be words: also those that only the base of a law uses."""
        family, codes = self.family(law), set()
        while family:
            table = self._existing("demands", "", family)
            codes |= {code for rules in table.get(right, {}).values() for code in rules}
            family = table.get("extends", "")
        return frozenset(codes)

    @property
    def has_own(self) -> bool:
        """Whether there is anything of the person's own."""
        return len(self.roots) > 1

    def own_language(self, language: str) -> bool:
        """Whether anything of the person's own bears on the letters of a language."""
        return self.own is not None and any(
            (self.own / name).is_dir() for name in (language, "demands")
        )

    @property
    def own_layouts(self) -> Path | None:
        """The directory with style sheets and page of the person's own, if there is one."""
        own = self.own / "layout" if self.own else None
        return own if own and own.is_dir() else None

    @cached_property
    def roots(self) -> tuple[Path, ...]:
        """The directories of both layers, the person's own last."""
        return (self.shipped, self.own) if self.own and self.own.is_dir() else (self.shipped,)

    @cached_property
    def _families(self) -> Table:
        return dict(self._existing("demands", "", "families")["family"])

    def _demands(self, family: str) -> Table:
        table = dict(self._existing("demands", "", family))
        dropped = set(table.pop("drop", []))
        if base := table.pop("extends", None):
            table = over(self._demands(base), table)
        return {
            right: {
                stage: {code: rule for code, rule in rules.items() if code not in dropped}
                for stage, rules in stages.items()
            }
            for right, stages in table.items()
        }

    def _section(self, language: str, family: str, section: str) -> Table:
        table = dict(self._existing(language, family, section))
        base = table.pop("extends", None)
        return over(self._section(language, base, section), table) if base else table

    def _existing(self, language: str, family: str, name: str) -> Table:
        table = self._read(language, family, name)
        if table is None:
            where = "/".join(filter(None, (language, family, name)))
            raise NotFoundError(f"There is no template {where}.", code="unknown_template")
        return table

    def _read(self, language: str, family: str, name: str) -> Table | None:
        """The file of both layers, the person's own laid over the shipped one."""
        relative = "/".join(filter(None, (language, family, f"{name}.toml")))
        if relative not in self._tables:
            merged: Table | None = None
            for root in self.roots:
                path = root / relative
                if path.is_file():
                    table = _parsed(path)
                    check_like(merged, table, path)
                    merged = table if merged is None else over(merged, table)
            self._tables[relative] = merged
        return self._tables[relative]


@contextmanager
def own_at_fault(templates: Templates) -> Iterator[None]:
    """Turn what a template of one's own breaks in here into BadFileError.

    With shipped templates alone the same is a bug of dsr and shows itself as one.
    """
    try:
        yield
    except NotFoundError as error:
        if not templates.has_own or error.code != "unknown_template":
            raise
        raise _broken(error.sentence) from error
    except MISTAKES as error:
        if not templates.has_own:
            raise
        raise _broken(f"{type(error).__name__} {error}.") from error


def _broken(why: str) -> BadFileError:
    return BadFileError(
        f"Your own templates cannot be used: {' '.join(why.split())}",
        hint="See what is wrong: dsr templates check",
        code="bad_template",
    )


@cache
def shipped_templates() -> Templates:
    """The templates that come with dsr, without anyone's own."""
    return Templates()


def rendered(text: str, values: Table) -> str:
    """*text* with *values* filled in, on one line; most clauses hold no variable at all.

    Raises BadFileError if the template asks for something that is not there.
    """
    if "{" not in text:
        return _on_one_line(text)
    from jinja2 import TemplateError

    try:
        return _on_one_line(_compiled(text).render(values))
    except (TemplateError, *MISTAKES) as error:
        raise BadFileError(
            f"A letter template cannot be rendered: {' '.join(str(error).split())}.",
            hint="See what is wrong: dsr templates check",
            code="bad_template",
        ) from error


def _on_one_line(text: str) -> str:
    """The text without line breaks; no-break spaces, as French sets them, stay."""
    return _TWO_STOPS.sub(".", _SPACES.sub(" ", text)).strip(" ")


@cache
def _compiled(text: str) -> "Template":
    return sandbox().from_string(text)


@cache
def sandbox() -> "ImmutableSandboxedEnvironment":
    """Jinja without access to anything but the values; an unknown variable is an error."""
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class _Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, _context: Any, operator: str, *_sides: Any) -> Any:
            raise SecurityError(f"{operator} is not for letters")  # it could fill the memory

    return _Sandbox(undefined=StrictUndefined, autoescape=False)


def check_like(shipped: Table | None, own: Table, path: Path, where: str = "") -> None:
    """Raise BadFileError if an entry of one's own is of another kind than the shipped one."""
    for key, value in own.items():
        entry = f"{where}.{key}" if where else key
        if shipped is None or key not in shipped:
            if key == "extends" and shipped is not None:
                raise _unfit(path, entry, "cannot be set here")
            continue
        there = shipped[key]
        if isinstance(there, dict) and isinstance(value, dict):
            check_like(there, value, path, entry)
        elif type(there) is not type(value):
            raise _unfit(path, entry, f"must be {_kind_of(there)}")
        elif isinstance(value, list) and not all(isinstance(each, str) for each in value):
            raise _unfit(path, entry, "must be a list of texts")


def _kind_of(value: object) -> str:
    names = {"str": "a text", "list": "a list of texts", "dict": "a table"}
    return names.get(type(value).__name__, "as it is shipped")


def _unfit(path: Path, entry: str, what: str) -> BadFileError:
    return BadFileError(
        f"The template {path} cannot be used: {entry} {what}.",
        hint="See the shipped one: dsr templates show NAME",
        code="bad_template",
    )


def over(base: Table, changes: Table) -> Table:
    """*base* with *changes* laid over it, tables within tables included."""
    merged = dict(base)
    for key, value in changes.items():
        below = merged.get(key)
        both_groups = _is_group(value) and _is_group(below)
        merged[key] = over(below or {}, value) if both_groups else value
    return merged


def _is_group(value: object) -> bool:
    return isinstance(value, dict) and "cites" not in value


def _parsed(path: Path) -> Table:
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise BadFileError(f"The template {path} is too large.", code="bad_template")
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFileError(f"The template {path} cannot be used: {error}.") from error
