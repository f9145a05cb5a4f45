#!/usr/bin/env python3
"""Write the reference pages that follow from the code: the commands and the laws.

``make docs`` writes them; ``python docs/generate.py --check`` leaves with 1 if they are old.
"""

import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from dsr.cli.main import cli
from dsr.directory.catalogue import Catalogue
from dsr.directory.packs import packs
from dsr.directory.record import Company
from dsr.law.calendars import Place
from dsr.law.limits import IdentityPause, Period, Rolling, TimeLimit
from dsr.law.regimes import Regime, regime, regime_ids
from dsr.law.rights import ALIASES
from dsr.letters.citations import Citations, listing
from dsr.letters.clauses import shipped_templates
from dsr.letters.compose import rights_with_letters

REFERENCE = Path(__file__).resolve().parent / "reference"
NOTICE = "<!-- Written by docs/generate.py; run `make docs` instead of editing. -->"


def pages() -> dict[str, str]:
    """The text of every generated page, by its file name."""
    return {"cli.md": cli_page(), "laws.md": laws_page(), "companies.md": companies_page()}


# the companies ----------------------------------------------------------------------------------


def companies_page() -> str:
    """Every shipped record in a table by kind, and every pack."""
    companies, _ = Catalogue().companies()
    lines = [
        "# Companies",
        "",
        NOTICE,
        "",
        f"The {len(companies)} companies that dsr ships, by what they do with photos. "
        "`dsr companies show SLUG` prints all that is known of one, each fact with its source and "
        "date. `dsr companies import` adds the 3,069 of Datenanfragen.de.",
        "",
        *[f"- [{_kind(kind)}](#{kind})" for kind in _kinds(companies)],
    ]
    for kind in _kinds(companies):
        lines += ["", f'<a id="{kind}"></a>', "", f"## {_kind(kind)}", ""]
        lines += ["| Slug | Name | Country | Ways to reach it | Switches | Terms |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_company(each) for each in companies if each.kind.value == kind]
    lines += ["", "## Packs", "", "`dsr request --pack PACK` writes to all of one.", ""]
    lines += ["| Pack | What | Companies |", "|---|---|---|"]
    lines += [
        f"| `{each.name}` | {each.title}. {each.says} | {', '.join(each.companies)} |"
        for each in packs(None)
    ]
    return "\n".join(lines) + "\n"


def _kinds(companies: list[Company]) -> list[str]:
    return list(dict.fromkeys(sorted(each.kind.value for each in companies)))


def _kind(kind: str) -> str:
    return kind.replace("-", " ").replace("ai lab", "AI lab").capitalize().replace("Ai ", "AI ")


def _company(company: Company) -> str:
    ways = {
        "e-mail": company.request_email(),
        "web form": company.webforms,
        "post": company.postal,
    }
    there = ", ".join(way for way, known in ways.items() if known) or "none known"
    counts = (len(company.self_service) or "–", len(company.terms) or "–")
    country = "–" if company.country == "ZZ" else company.country
    cells = [f"`{company.slug}`", company.name, country, there, *map(str, counts)]
    return f"| {' | '.join(cells)} |"


# the commands -----------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its help and options."""
    top = click.Context(cli, info_name="dsr", help_option_names=["-h", "--help"])
    found = list(_commands(top))
    lines = [
        "# Commands",
        "",
        NOTICE,
        "",
        "Every command and option. `dsr COMMAND --help` says the same at the prompt, and",
        "`dsr --version` says which dsr this is.",
        "",
        *[f"- [`{c.command_path}`](#{_anchor(c.command_path)}): {_short(c)}" for c in found],
        "",
        "## Options of every command",
        "",
        "They may stand before the command or after it.",
        "",
        *_options(top),
        "",
        "[Environment variables](environment.md) · [Exit status](exit-status.md) · [JSON](json.md)",
    ]
    for context in found:
        lines.extend(["", *_command(context)])
    return "\n".join(lines) + "\n"


def _commands(context: click.Context) -> Iterator[click.Context]:
    """The contexts of all commands below *context*, in the order of its help."""
    group = context.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(
            command, info_name=name, parent=context, help_option_names=["-h", "--help"]
        )
        yield below
        yield from _commands(below)


def _short(context: click.Context) -> str:
    return context.command.get_short_help_str(limit=200)


def _anchor(path: str) -> str:
    return path.replace(" ", "-")


def _command(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f"## `{context.command_path}`"
    yield ""
    yield "```text"
    yield " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield "```"
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield ""
        yield from _paragraph(paragraph)
    options = list(_options(context))
    if options:
        yield ""
        yield from options


def _paragraph(text: str) -> Iterator[str]:
    """A paragraph of a help text; examples keep their lines."""
    lines = text.removeprefix("\b\n").splitlines()
    if lines[0] in ("Example:", "Examples:"):
        yield lines[0]
        yield ""
        yield "```text"
        yield from textwrap.dedent("\n".join(lines[1:])).splitlines()
        yield "```"
    else:
        yield " ".join(line.strip() for line in lines)


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if not isinstance(parameter, click.Option) or record is None:
            continue
        if parameter.name in ("help", "version"):
            continue
        names, text = record
        notes = ["May be given several times."] if parameter.multiple else []
        if parameter.envvar:
            notes.append(f"Also by `{parameter.envvar}`.")
        yield f"- `{names}`: {' '.join([text.replace('  [', ' ['), *notes])}"


# the laws ---------------------------------------------------------------------------------------


def laws_page() -> str:
    """Every law with its rights, articles and time limits."""
    laws = [regime(name) for name in regime_ids()]
    aliases = ", ".join(f"`{alias}` for `{right.value}`" for alias, right in ALIASES.items())
    lines = [
        "# Laws",
        "",
        NOTICE,
        "",
        "The laws that dsr knows, the rights each gives, and the time a company has to answer.",
        "How dates follow from them is told in [Deadlines](../explanation/deadlines.md).",
        "",
        "A right has one word under every law (`--type`); these words may be used as well: "
        f"{aliases}.",
        "",
        "| Law | Name | Answer due |",
        "|---|---|---|",
        *[f"| [`{law.id}`](#{law.id}) | {law.name} | {_answer_times(law)} |" for law in laws],
    ]
    for law in laws:
        lines.extend(["", *_law(law)])
    return "\n".join(lines) + "\n"


def _law(law: Regime) -> Iterator[str]:
    yield f"## `{law.id}`"
    yield ""
    yield f"**{law.name}** ({law.short})"
    yield ""
    yield f"- Where it stands: {law.citation}"
    yield f"- Who has these rights: residents of {_places(law)}."
    if law.binds_established_in:
        yield f"- A company established there is bound towards anyone ({law.short} Art. 3(1))."
    yield f"- Why it applies, as dsr says it: {law.standing}."
    yield f"- Counted from requests received on or after {law.in_force}."
    yield f"- Source: <{law.source}>, checked on {law.checked_on}."
    yield f"- Letters in: {_letter_languages(law)}."
    yield ""
    yield from _rights(law)
    if law.not_read:
        words = listing([f"`{right.value}`" for right in sorted(law.not_read)], " or ")
        yield ""
        yield f"dsr has not read whether this law gives {words}."
    for limit, rights in _limits(law).items():
        yield ""
        yield from _limit(limit, rights)


def _rights(law: Regime) -> Iterator[str]:
    citations = Citations(law, shipped_templates().language_words("en"))
    with_letters = rights_with_letters(law.id)
    yield "| `--type` | Name in this law | Provision | Answer due | Letter |"
    yield "|---|---|---|---|---|"
    for right, given in law.rights.items():
        letter = "yes" if right in with_letters else "not yet"
        response = given.limit.response
        time = f"{response} ({response.citation})" if response else given.limit.no_time
        if not (response.verified if response else given.limit.no_time_verified):
            time += " (unverified)"
        cited = citations.cite(given.citation)
        cited += "" if given.verified else " (unverified)"
        cited += f", since {given.since}" if given.since else ""
        yield f"| `{right.value}` | {given.name} | {cited} | {time} | {letter} |"


def _limits(law: Regime) -> dict[TimeLimit, list[str]]:
    """The law's time limits, and the rights that run by each."""
    found: dict[TimeLimit, list[str]] = {}
    for right, given in law.rights.items():
        found.setdefault(given.limit, []).append(f"`{right.value}`")
    return found


def _limit(limit: TimeLimit, rights: list[str]) -> Iterator[str]:
    if limit.response is None:
        yield f"### No time set: {listing(rights, ' and ')}"
        yield ""
        yield f"- {limit.no_time}"
        return
    counting = limit.counting
    yield f"### {str(limit.response).capitalize()}: {listing(rights, ' and ')}"
    yield ""
    yield f"- Answer: {_period(limit.response)}."
    if limit.acknowledgement:
        yield f"- Confirmation of receipt: {_period(limit.acknowledgement)}."
    if limit.extended:
        yield (
            f"- With an extension announced in time: {_period(limit.extended)}, "
            "counted from receipt, not added to the first period."
        )
    else:
        yield "- Extension: none that dsr could compute."
    if limit.extended_again:
        yield f"- With a second extension: {_period(limit.extended_again)}, counted from receipt."
    yield f"- The day of receipt is not counted ({counting.first_day_citation})."
    if counting.month_end_citation:
        yield (
            "- A month that lacks the day ends the period on its last day "
            f"({counting.month_end_citation})."
        )
    yield f"- {_rolling(limit)}"
    yield f"- {_identity(limit)}"
    if limit.clarification_rights:
        held = [f"`{right.value}`" for right in sorted(limit.clarification_rights)]
        yield (
            "- Days in which the company waits for a clarification do not count, for "
            f"{listing(held, ' and ')} only ({limit.clarification_citation})."
        )
    if counting.calendar is None:
        which = "[those that count in the case](../explanation/deadlines.md#whose-holidays-count)"
        yield f"- Days off: weekends and public holidays, {which}."
    else:
        yield f"- Days off: weekends and the public holidays of {_place(counting.calendar)}."
    if counting.lenient_calendar:
        yield f"- It can be argued that those of {_place(counting.lenient_calendar)} count as well."


def _rolling(limit: TimeLimit) -> str:
    match limit.counting.rolling:
        case Rolling.MOVES:
            return (
                "A last day on a weekend or public holiday moves to the next working day "
                f"({limit.counting.rolling_citation})."
            )
        case Rolling.ARGUABLE:
            return (
                "A last day on a weekend or public holiday stands, but it can be argued that it "
                f"moves to the next working day ({limit.counting.rolling_citation})."
            )
        case Rolling.STANDS:
            return "The last day stands, since only working days are counted."


def _identity(limit: TimeLimit) -> str:
    match limit.identity_pause:
        case IdentityPause.ARGUABLE:
            return (
                "Proof of identity: it can be argued that the days of waiting for it do not count "
                f"({limit.identity_citation})."
            )
        case IdentityPause.RESTARTS:
            return (
                "Proof of identity: the time runs from the day on which the information arrives "
                f"({limit.identity_citation})."
            )
        case IdentityPause.NONE:
            return f"Proof of identity does not stop the time ({limit.identity_citation})."


def _period(period: Period) -> str:
    return f"{period} ({period.citation})"


def _answer_times(law: Regime) -> str:
    return " or ".join(dict.fromkeys(str(limit.response) for limit in _limits(law)))


def _places(law: Regime) -> str:
    return listing(sorted(_place(code) for code in law.residents_of), " and ")


def _place(code: str) -> str:
    country, _, region = code.partition("-")
    return Place(country, region or None).name


def _letter_languages(law: Regime) -> str:
    templates = shipped_templates()
    there = [code for code in templates.languages() if templates.language_for(code, law.id) == code]
    names = [f"{templates.language_words(code)['name']} (`{code}`)" for code in there]
    return listing(names, " and ")


# writing ----------------------------------------------------------------------------------------


def outdated() -> list[Path]:
    """The generated pages whose file is missing or says something else."""
    return [
        REFERENCE / name
        for name, text in pages().items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text("utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` only say which are not current."""
    old = outdated()
    if "--check" in arguments:
        for path in old:
            sys.stderr.write(f"{path.name} is not current; run: make docs\n")
        return 1 if old else 0
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path.name], "utf-8")
        sys.stderr.write(f"Wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
