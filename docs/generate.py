#!/usr/bin/env python3
"""Write the reference pages that follow from the code: commands, laws, companies and letters.

``make docs`` writes them; ``python docs/generate.py --check`` leaves with 1 if they are old.
"""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from dsr.cli.main import cli
from dsr.directory.catalogue import Catalogue
from dsr.directory.packs import packs
from dsr.directory.record import Company, PositionCode
from dsr.law.calendars import Place
from dsr.law.limits import IdentityPause, Period, Rolling, TimeLimit
from dsr.law.regimes import Regime, regime, regime_ids
from dsr.law.rights import ALIASES, Right
from dsr.letters.citations import Citations, listing
from dsr.letters.clauses import DemandRule, shipped_templates
from dsr.letters.compose import OWN, rights_with_letters
from dsr.letters.follow_up import objections
from dsr.letters.lint import LETTERS_AFTER, VALUES_AFTER, VALUES_SHORT
from dsr.letters.wording import GENERAL, KNOWN_VALUES

REFERENCE = Path(__file__).resolve().parent / "reference"
NOTICE = "<!-- Written by docs/generate.py; run `make docs` instead of editing. -->"


def pages() -> dict[str, str]:
    """The text of every generated page, by its file name."""
    return {
        "cli.md": cli_page(),
        "laws.md": laws_page(),
        "companies.md": companies_page(),
        "letters.md": letters_page(),
        "template-values.md": values_page(),
    }


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
        letter = "yes" if right in with_letters else "no"
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
    elif limit.extended_as_announced:
        yield (
            "- With an extension announced in time: until the day that the company names "
            f"({limit.extended_as_announced})."
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
    names = [f"{templates.language_words(code)['name']} (`{code}`)" for code in _languages(law)]
    return listing(names, " and ") if names else "none; dsr writes no letter under this law"


def _languages(law: Regime) -> list[str]:
    """The languages in which there is every letter under a law."""
    templates = shipped_templates()
    sections = ("letter", *law.rights, *LETTERS_AFTER)
    return [
        code
        for code in templates.languages()
        if all(templates.has_section(law.id, section, code) for section in sections)
    ]


# the letters ------------------------------------------------------------------------------------

AFTER = {
    "follow-up": "follow-ups",
    "rebuttals": "rebuttals",
    "complaint": "complaint",
    "mandate": "mandate",
}
JINJA = re.compile(r"\{%.*?%\}")
VALUE = re.compile(r"\{\{.*?\}\}")


def letters_page() -> str:
    """Which letters there are under which law, their demands, and what else they can say."""
    laws = [regime(name) for name in regime_ids()]
    templates = shipped_templates()
    families: dict[str, list[Regime]] = {}
    for law in laws:
        families.setdefault(templates.family(law.id), []).append(law)
    written = {name: of for name, of in families.items() if _languages(of[0])}
    codes = [(code, templates.language_words(code)["name"]) for code in templates.languages()]
    lines = [
        "# Letters and languages",
        "",
        NOTICE,
        "",
        "What dsr can write, as it stands in [`templates/`](../../templates/). "
        "Why letters say what they say is told in [Letters](../explanation/letters.md).",
        "",
        "## By law",
        "",
        "Where a language is missing here, the letter is written in English, and dsr says so.",
        "",
        "| Law | Requests for | After the request | Languages | Words in |",
        "|---|---|---|---|---|",
        *[_letters_of(law) for law in laws],
        "",
        "## Languages",
        "",
        "| Code | Language | Laws |",
        "|---|---|---|",
        *[f"| `{code}` | {name} | {_laws_in(code, laws)} |" for code, name in codes],
        "",
        "## Objections that a rebuttal answers",
        "",
        "The words for `dsr follow-up REF --kind rebuttal:REASON`. "
        "`dsr follow-up REF --reasons` lists those of a case.",
        "",
        *_objections(written),
        "",
        "## Grounds of objection",
        "",
        "The words for `--ground`. They are a start; your own reasons weigh more.",
        "",
        *_grounds(written),
        "",
        "## Positions that are answered",
        "",
        "Positions that a company takes in its own documents, as its "
        "[record](company-record.md) names them, and the letters that answer them.",
        "",
        *_positions(written),
        "",
        "## Demands",
        "",
        "Each question or demand by its code, in the English words. Codes are the same in every "
        "language. Where the last column names kinds of company, only those are asked.",
        "",
        *[f"- [`{name}`](#demands-{name})" for name in written],
    ]
    for name, of in written.items():
        lines += ["", *_demands_of(name, of)]
    return "\n".join(lines) + "\n"


def _letters_of(law: Regime) -> str:
    templates = shipped_templates()
    rights = ", ".join(f"`{right.value}`" for right in rights_with_letters(law.id)) or "none"
    after = [name for section, name in AFTER.items() if templates.has_section(law.id, section)]
    languages = ", ".join(_languages(law)) or "–"
    family = f"`{templates.family(law.id)}`" if _languages(law) else "–"
    cells = [f"[`{law.id}`](laws.md#{law.id})", rights, _all_of(after), languages, family]
    return f"| {' | '.join(cells)} |"


def _all_of(after: list[str]) -> str:
    return "all" if len(after) == len(AFTER) else ", ".join(after) or "none"


def _laws_in(code: str, laws: list[Regime]) -> str:
    there = [law for law in laws if code in _languages(law)]
    with_letters = [law for law in laws if _languages(law)]
    if len(there) == len(with_letters):
        return "every law that has letters"
    return ", ".join(f"`{law.id}`" for law in there)


def _objections(families: dict[str, list[Regime]]) -> Iterator[str]:
    found: dict[str, str] = {}
    used: dict[str, list[str]] = {}
    for name in sorted(families, key=lambda each: each != "gdpr"):
        for word, title in objections(families[name][0].id).items():
            found.setdefault(word, title)
            used.setdefault(word, []).append(f"`{name}`")
    yield "| Reason | What they say | Words in |"
    yield "|---|---|---|"
    for word, title in found.items():
        yield f"| `{word}` | {title} | {', '.join(used[word])} |"


def _grounds(families: dict[str, list[Regime]]) -> Iterator[str]:
    texts: dict[str, str] = {}
    used: dict[str, list[str]] = {}
    for name in sorted(families, key=lambda each: each != "gdpr"):
        law = families[name][0]
        if not shipped_templates().has_section(law.id, Right.OBJECTION):
            continue
        section = shipped_templates().clauses("en", law.id, Right.OBJECTION)
        for word, text in section.get("reasons", {}).items():
            texts.setdefault(word, " ".join(text.split()))
            used.setdefault(word, []).append(f"`{name}`")
    yield "| Ground | What the letter says | Words in |"
    yield "|---|---|---|"
    for word, text in texts.items():
        yield f"| `{word}` | {text} | {', '.join(used[word])} |"


def _positions(families: dict[str, list[Regime]]) -> Iterator[str]:
    yield "| Position | Answered by the letters of |"
    yield "|---|---|"
    answered = {
        name: shipped_templates().clauses("en", laws[0].id, "letter").get("positions", {})
        for name, laws in families.items()
    }
    for code in PositionCode:
        there = [f"`{name}`" for name, said in answered.items() if code in said]
        yield f"| `{code.value}` | {', '.join(there) or '–'} |"


def _demands_of(family: str, laws: list[Regime]) -> Iterator[str]:
    templates = shipped_templates()
    yield f"### Demands: `{family}`"
    if len(laws) > 1:
        yield ""
        yield f"For {listing([f'`{law.id}`' for law in laws], ' and ')}."
    rights = dict.fromkeys(right for each in laws for right in rights_with_letters(each.id))
    for right in rights:
        law = next(each for each in laws if right in each.rights)
        section = templates.clauses("en", law.id, right)
        words = {**section["demands"], **section.get("general", {}).get("demands", {})}
        yield ""
        yield f"**`--type {right.value}`**"
        yield ""
        yield "| Code | Asks | Rests on | Asked of |"
        yield "|---|---|---|---|"
        for rule in templates.demand_rules(law.id, right):
            text = VALUE.sub("…", JINJA.sub("", " ".join(words[rule.code].split())))
            yield (
                f"| `{rule.code}` | {text} | {_rests_on(rule, law, alone=len(laws) == 1)} "
                f"| {_asked_of(rule)} |"
            )


def _rests_on(rule: DemandRule, law: Regime, *, alone: bool) -> str:
    """The provisions; what several laws share rests on the provision that gives the right."""
    cites = [cited for cited in rule.cites if cited != OWN]
    own = "the right itself" if OWN in rule.cites else ""
    if not alone or not (cites or rule.cases):
        return own or "–"
    citations = Citations(law, shipped_templates().language_words("en", law.id))
    return "; ".join(filter(None, (own, citations.demand(tuple(cites), rule.cases))))


def _asked_of(rule: DemandRule) -> str:
    kinds = "all" if "*" in rule.kinds else ", ".join(rule.kinds)
    return f"{kinds}, with `--about everything`" if rule.stage == GENERAL else kinds


# the values of templates ------------------------------------------------------------------------

# What each value is; a value that is missing here stops this script.
VALUES = {
    "rights": "the rights that are used, as words of `--type`",
    "right_names": "their names in this language",
    "right_titles": "their names in this law, in English",
    "right_title": "`right_title('access')`: the name of one right in this law",
    "articles": "the provisions that give them; `cite(*articles)` prints them",
    "article_of": "`article_of('access')`: the provision that gives one right, as it is cited",
    "law_name": "the law's full name",
    "law_short": "its short name",
    "law_citation": "where it stands",
    "state": "the state or province in which the person lives, by name; else empty",
    "region": "the same as a code, as in `CA`",
    "place": "the state or province, or the country where there is none",
    "codes": "the codes of all demands that the letter makes",
    "about": "`images` or `everything`",
    "kind": "the company's kind, as in its record",
    "what_they_do": "the sentence on what companies of this kind do with photos",
    "known_for": "names of datasets, models and products, a list",
    "positions": "codes of the positions that the company takes",
    "asked_proof": "what the company asks as proof, as codes of its record",
    "representative": "its representative in the Union or the United Kingdom; else empty",
    "company": "its name",
    "country": "the country in which the person lives",
    "person": "whose data they are",
    "on_behalf": "`child` or `client` if somebody else writes; else empty",
    "email": "the e-mail address for answers; may be empty",
    "reference": "the reference, as in DSR-7K3F-9QX2",
    "outside": "whether the company is established outside the law's territory",
    "decisions": "decisions that held the law to bind this company, a list",
    "indirect": "whether companies of this kind get images from others than the person",
    "own_reason": "whether the person gives reasons of their own",
    "own_correction": "whether the person says what is wrong and right",
    "photo_enclosed": "whether a photo of the face is enclosed",
    "has_identifiers": "whether photos, accounts or records are named, and not only the person",
    "provided_only": "whether the right to delete covers only what the person provided",
    "within": "the time for an answer in words, as in “within one month”; may be empty",
    "within_for": "`within_for('opt-out')`: the time for one right",
    "acknowledge": "the time for confirming receipt, in words; may be empty",
    "has_step": "`has_step('appeal')`: whether the law has this further step",
    "cite": "`cite('17(1)(d)', '21')`: provisions of the law",
    "cite_other": "`cite_other('ai-act', '5(1)(e)')`: provisions of another statute",
    "case": "`case('C-154/21')`: a judgment",
    "guidance": "`guidance('edpb-01/2022', '74')`: paragraphs of an authority's guidance",
    "recital": "`recital('63')`: a recital of the law",
    "statute": "`statute('gdpr')`: a statute's name in this language",
    "listed": "`listed(right_names)`: one, two and three, in this language",
}
AFTERWARDS = {
    "sent_on": "the day on which the request was sent, in words, as all days here",
    "sent_how": "by which way, as part of a sentence",
    "delivered_on": "the day of proved receipt; may be empty",
    "due": "the day by which they had to answer; empty where the law sets no time",
    "due_passed": "whether that day has passed",
    "extended_on": "the day on which they announced an extension; may be empty",
    "answered_on": "the day of their last answer; may be empty",
    "reminded_on": "the day of the last reminder; may be empty",
    "outstanding": "codes of demands that are not fulfilled, a list",
    "authority": "the authority's name; may be empty",
    "new_term": "the day by which the letter wants an answer",
    "company_lines": "complaint: the company's name and address, a list",
    "calculation": "complaint: how the last day was computed",
    "controller_first": "complaint: the day of the complaint to the company itself; may be empty",
    "own_authority": "complaint: whether the authority is that of where the person lives",
    "keep_name": "complaint: whether the authority may name the person to the company",
    "art80": "complaint, mandate: whether a body under GDPR Art. 80(1) acts",
    "citations": "complaint: the provisions that give the rights, as they are cited, a list",
    "principal": "mandate: name and address of the person, a list",
    "agent": "mandate: name and address of the agent, a list",
    "companies": "mandate: names of companies, a list; empty for all",
    "valid_from": "mandate: its first day",
    "valid_until": "mandate: its last day; may be empty",
    "all_right_names": "mandate: names of all rights in this language",
    "all_right_titles": "mandate: names of all rights in this law",
}
SHORT = {"count": "how many photos are left out of a text that was shortened"}


def values_page() -> str:
    """What templates may use."""
    lines = [
        "# Values of templates",
        "",
        NOTICE,
        "",
        "What a clause may ask for. How to change one: "
        "[Use your own words](../how-to/use-your-own-words.md).",
        "",
        "A clause is text in which `{{ value }}` is filled in and `{% if value %}…{% endif %}` is "
        "left out where the value is empty or untrue (the language is that of Jinja). "
        "A clause that comes to nothing makes no paragraph. "
        "A value that is not listed here makes no letter, and neither does a citation that the "
        "law's data do not have.",
        "",
        "## In every letter",
        "",
        *_values(VALUES, KNOWN_VALUES),
        "",
        "## Also in follow-ups, rebuttals, complaints and mandates",
        "",
        *_values(AFTERWARDS, VALUES_AFTER),
        "",
        "## Also in the short form for web forms",
        "",
        *_values(SHORT, VALUES_SHORT),
    ]
    return "\n".join(lines) + "\n"


def _values(described: dict[str, str], there: frozenset[str]) -> Iterator[str]:
    if wrong := described.keys() ^ there:
        raise ValueError(
            f"describe these values in docs/generate.py, or drop them: {sorted(wrong)}"
        )
    yield "| Value | What it is |"
    yield "|---|---|"
    for name, what in described.items():
        yield f"| `{name}` | {what} |"


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
