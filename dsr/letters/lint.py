"""Find what is wrong with templates: unknown values, missing demands, what they cannot cite."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from dsr.errors import BadFileError, DsrError
from dsr.law.receipt import Channel
from dsr.law.regimes import Regime, regime, regime_ids
from dsr.law.rights import Right
from dsr.letters.citations import Citations
from dsr.letters.clauses import FALLBACK_LANGUAGE, MISTAKES, Table, Templates, sandbox
from dsr.letters.compose import OWN
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request

# Marks of what should have been filled in or taken out before a letter is sent.
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\[[A-Z _]{4,}\]|\b(TODO|FIXME|XXX)\b|(?i:lorem ipsum)")
FRAME_KEYS = ("subject", "opening", "identification", "time_limit")
SECTION_KEYS = ("heading", "intro", "demands")
LETTERS_AFTER = ("follow-up", "rebuttals", "complaint", "mandate")
# Values that only letters after the request, complaints and mandates have.
VALUES_AFTER = frozenset(
    {"sent_on", "sent_how", "delivered_on", "due", "due_passed", "extended_on", "answered_on"}
    | {"reminded_on", "outstanding", "authority", "new_term", "company_lines", "calculation"}
    | {
        "controller_first",
        "own_authority",
        "keep_name",
        "art80",
        "citations",
        "principal",
        "agent",
        "companies",
    }
    | {"valid_from", "valid_until", "all_right_names", "all_right_titles"}
)
CITING = ("cite", "cite_other", "case", "guidance", "recital")
VALUES_SHORT = frozenset({"count"})


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong in a template, by its name and entry."""

    template: str
    entry: str
    what: str


def flaws(
    templates: Templates, known: frozenset[str], *, thoroughly: bool = False
) -> Iterator[Flaw]:
    """Everything wrong in all templates; *known* are the values that every letter has."""
    for language in templates.languages():
        yield from _leftovers(f"{language}/language", templates.language_words(language))
    for language, law in product(templates.languages(), regime_ids()):
        family = templates.family(law)
        if family != law and law != _first_of(templates, family):
            continue  # laws of one family share their files
        if templates.has_section(law, "letter", language):
            yield from _of_law(templates, language, regime(law), known, thoroughly=thoroughly)


def own_files(templates: Templates) -> list[Path]:
    """The person's own template files."""
    found = templates.own.rglob("*") if templates.own else []
    return sorted(path for path in found if path.is_file())


def _first_of(templates: Templates, family: str) -> str:
    return next(law for law in regime_ids() if templates.family(law) == family)


def _of_law(
    templates: Templates,
    language: str,
    law: Regime,
    known: frozenset[str],
    *,
    thoroughly: bool,
) -> Iterator[Flaw]:
    wording, why = None, ""
    try:
        wording = sample(templates, language, law)
    except (DsrError, *MISTAKES) as error:
        why = _said(error)
    found = 0
    for section in ("letter", *(right.value for right in law.rights), *LETTERS_AFTER):
        for flaw in _of_section(templates, language, law, section, known):
            found += 1
            yield flaw
        # The shipped ones are rendered by the tests, which takes a while.
        if wording and not found and (thoroughly or templates.own_language(language)):
            yield from _in_print(templates, wording, section)
    if wording is None and not found:
        yield Flaw(f"{language}/language", "", f"no letter can be composed: {why}")


def _of_section(
    templates: Templates, language: str, law: Regime, section: str, known: frozenset[str]
) -> Iterator[Flaw]:
    name = f"{language}/{templates.family(law.id)}/{section}"
    is_right = section in {right.value for right in law.rights}
    try:
        if not templates.has_section(law.id, section, language):
            if is_right and templates.has_section(law.id, section):
                yield Flaw(name, "", "the file is missing; letters fall to English")
            return
        table = templates.clauses(language, law.id, section)
        words = templates.language_words(language, law.id)
        if is_right:
            templates.demand_rules(law.id, section)
    except (DsrError, *MISTAKES) as error:
        yield Flaw(name, "", _said(error))
        return
    allowed = known | VALUES_SHORT | (VALUES_AFTER if section in LETTERS_AFTER else set())
    yield from _texts(name, table, allowed)
    yield from _citations(name, table, Citations(law, words))
    needed = FRAME_KEYS if section == "letter" else SECTION_KEYS if is_right else ()
    for key in needed:
        if not table.get(key):
            yield Flaw(name, key, "the entry is missing")
    if is_right:
        yield from _demands(templates, name, table, law, Right(section))


def _in_print(templates: Templates, wording: Wording, section: str) -> Iterator[Flaw]:
    """What parses and yet cannot be rendered or cited."""
    law, language = wording.law, wording.request.language
    if not templates.has_section(law.id, section, language):
        return
    name = f"{language}/{templates.family(law.id)}/{section}"
    yield from _rendered(name, templates.clauses(language, law.id, section), wording)
    if section in {right.value for right in law.rights}:
        yield from _cited(templates, wording, Right(section))


def sample(templates: Templates, language: str, law: Regime) -> Wording:
    """The words of a request that makes use of everything, to try templates with."""
    place = min(law.residents_of).partition("-")
    person = DataSubject(name="N", email="n@example.org", country=place[0], region=place[2] or None)
    rights = [right for right in law.rights if templates.has_section(law.id, right.value, language)]
    company = Addressee(
        slug="n", name="N", address=("N",), address_country="US", email=None, webform=None,
        establishment="US",
    )  # fmt: skip
    request = Request(
        reference="DSR-0000-0000",
        data_subject=person,
        company=company,
        law=law.id,
        rights=tuple(rights),
        language=language,
        channel=Channel.EMAIL,
        made_on=law.checked_on,
    )
    return Wording(request, Correspondent("face-search"), templates)


def _rendered(name: str, table: Table, wording: Wording) -> Iterator[Flaw]:
    """What parses and yet cannot be rendered."""
    lists = {"outstanding", "citations", "companies", "principal", "agent", "company_lines"}
    lists |= {"all_right_names", "all_right_titles"}
    after = {key: ["N"] if key in lists else "N" for key in VALUES_AFTER | VALUES_SHORT}
    for entry, text in _strings(table):
        try:
            wording.say(text, **after)
        except BadFileError as error:
            yield Flaw(name, entry, error.sentence.rstrip("."))


def _cited(templates: Templates, wording: Wording, right: Right) -> Iterator[Flaw]:
    """Whether the law has what the demands of a right rest on."""
    name, own = f"demands/{templates.family(wording.law.id)}", wording.law.gives(right).citation
    for rule in templates.demand_rules(wording.law.id, right.value):
        try:
            cites = tuple(own if cited == OWN else cited for cited in rule.cites)
            wording.citations.demand(cites, rule.cases)
        except (DsrError, *MISTAKES) as error:
            yield Flaw(name, f"{right.value}.{rule.code}", _said(error))


def _said(error: Exception) -> str:
    text = error.sentence if isinstance(error, DsrError) else f"{type(error).__name__} {error}"
    return " ".join(text.split()).rstrip(".")


def _demands(
    templates: Templates, name: str, table: Table, law: Regime, right: Right
) -> Iterator[Flaw]:
    general = table.get("general", {}).get("demands", {})
    there = {**table.get("demands", {}), **general}
    asked = {rule.code for rule in templates.demand_rules(law.id, right.value)}
    for code in sorted(asked - there.keys()):
        yield Flaw(name, f"demands.{code}", "the demand is missing")
    for code in sorted(asked & there.keys()):
        if not str(there[code]).strip():
            yield Flaw(name, f"demands.{code}", "the demand says nothing")
    spoken = {code for code, text in there.items() if isinstance(text, str)}
    for code in sorted(spoken - templates.demand_codes(law.id, right.value)):
        yield Flaw(name, f"demands.{code}", "no letter makes a demand of this code")


def _texts(name: str, table: Table, allowed: frozenset[str] | set[str]) -> Iterator[Flaw]:
    """Whether each string of a file parses, and asks only for what there is."""
    from jinja2 import TemplateSyntaxError, meta

    for entry, text in _strings(table):
        try:
            tree = sandbox().parse(text)
        except TemplateSyntaxError as error:
            yield Flaw(name, entry, f"it does not parse: {error.message}")
            continue
        unknown = sorted(meta.find_undeclared_variables(tree) - set(allowed))
        if unknown:
            yield Flaw(name, entry, f"it asks for {', '.join(unknown)}, which letters do not have")
    yield from _leftovers(name, table)


def _leftovers(name: str, table: Table) -> Iterator[Flaw]:
    for entry, text in _strings(table):
        plain = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.DOTALL)
        left = _LEFTOVER.search(plain)
        if left:
            yield Flaw(name, entry, f"it holds a leftover: {left[0]}")


def _citations(name: str, table: Table, citations: Citations) -> Iterator[Flaw]:
    """Every provision, judgment and guideline that a file cites, and that the law room lacks."""
    from jinja2 import TemplateSyntaxError, nodes

    citing = {name: getattr(citations, name) for name in CITING}
    for entry, text in _strings(table):
        try:
            calls = list(sandbox().parse(text).find_all(nodes.Call))
        except TemplateSyntaxError:
            continue  # said already
        for call in calls:
            written = [arg.value for arg in call.args if isinstance(arg, nodes.Const)]
            if not isinstance(call.node, nodes.Name) or call.node.name not in citing:
                continue
            if len(written) != len(call.args) or not written:
                continue  # what the request itself names
            try:
                citing[call.node.name](*written)
            except DsrError as error:
                yield Flaw(name, entry, error.sentence.rstrip("."))
            except (KeyError, TypeError, ValueError):
                yield Flaw(name, entry, f"{call.node.name} cannot print {', '.join(written)}")


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for place, each in enumerate(value, start=1):
            yield from _strings(each, f"{path}[{place}]")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(each, f"{path}.{key}" if path else key)


def file_names(templates: Templates) -> list[str]:
    """Every template by its name: ``en/gdpr/access``, the layouts and the lists of demands too."""
    names = {
        str(path.relative_to(root).with_suffix(""))
        if path.suffix == ".toml"
        else str(path.relative_to(root))
        for root in templates.roots
        for path in root.rglob("*")
        if path.is_file() and path.suffix in (".toml", ".css", ".j2")
    }
    return sorted(names, key=lambda name: (not name.startswith(FALLBACK_LANGUAGE), name))
