"""Types and options that several commands share; bad values die here, before any work."""

from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from dsr.cli.session import Session

F = TypeVar("F", bound=Callable[..., Any])


YEARS = range(1900, 2200)


class DayType(click.ParamType[date]):
    """A day as 2026-11-20, or ``today`` or ``yesterday``."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day that *value* names."""
        if isinstance(value, date):
            return value
        plain = value.strip().lower()
        session = ctx.find_object(Session) if ctx else None
        today = (session or Session()).today
        named = {"today": today, "yesterday": today - timedelta(days=1)}
        if plain in named:
            return named[plain]
        try:
            day = date.fromisoformat(plain)
        except ValueError:
            day = None
        if day is None or plain != day.isoformat():
            self.fail(f"{value!r} is not a date; write it as 2026-11-20.", param, ctx)
        if day.year not in YEARS:
            self.fail(f"{value!r} is outside of the years that dsr computes with.", param, ctx)
        return day


class TimeOfDay(click.ParamType[time]):
    """A time as 09:00."""

    name = "time"

    def convert(
        self, value: str | time, param: click.Parameter | None, ctx: click.Context | None
    ) -> time:
        """The time that *value* names."""
        if isinstance(value, time):
            return value
        plain = value.strip()
        try:
            at = time.fromisoformat(plain)
        except ValueError:
            at = None
        if at is None or f"{at:%H:%M}" != plain:
            self.fail(f"{value!r} is not a time of day; write it as 09:00.", param, ctx)
        return at


class RightType(click.ParamType[str]):
    """Rights by their words; several can be joined by commas."""

    name = "type"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """*value*, if every word in it names a right."""
        from dsr.errors import did_you_mean
        from dsr.law.rights import right_called, words_for_rights

        for word in value.split(","):
            if right_called(word) is None:
                from difflib import get_close_matches

                near = get_close_matches(word.strip().lower(), words_for_rights(), n=2, cutoff=0.5)
                known = "" if near else f" It is one of: {', '.join(words_for_rights())}."
                self.fail(f"{word!r} is no right.{did_you_mean(near)}{known}", param, ctx)
        return value


DAY = DayType()
RIGHT = RightType()
FILE = click.Path(path_type=Path, dir_okay=False)
INPUT = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
DIRECTORY = click.Path(path_type=Path, file_okay=False)


def complete_company(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The companies whose short name begins so, for the shell's completion."""
    session = ctx.find_object(Session) or Session()
    wanted = incomplete.lower()
    return [
        CompletionItem(known.slug, help=known.name)
        for known in session.catalogue().known()
        if known.slug.startswith(wanted)
    ]


def json_option(command: F) -> F:
    """``--json``: print the data as one JSON envelope."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
    return option(command)


def person_option(what: str) -> Callable[[F], F]:
    """``--for PERSON``: whose rights, cases or residence are meant; the default person, if none."""
    return click.option("--for", "person", metavar="PERSON", help=what)


def letter_output_options(command: F) -> F:
    """``--out``, ``--dry-run``, ``--open``: what becomes of a letter."""
    for option in (
        click.option("--open", "open_pdf", is_flag=True, help="Show the PDF."),
        click.option("--dry-run", is_flag=True, help="Show the letter; record and send nothing."),
        click.option("--out", type=DIRECTORY, metavar="DIR", help="Where the files go (here)."),
    ):
        command = option(command)
    return command


def global_options(*, hidden: bool = False) -> list[click.Option]:
    """The options that stand before the command, and may stand behind it too."""

    def keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value is not None and value is not False:
            session = ctx.ensure_object(Session)
            setattr(session, str(param.name), value)

    def option(*names: str, **settings: Any) -> click.Option:
        return click.Option(names, expose_value=False, callback=keep, hidden=hidden, **settings)

    environment = {} if hidden else {"envvar": "DSR_HOME"}
    secret = {} if hidden else {"envvar": "DSR_PASSPHRASE_FILE"}
    return [
        option(
            "--home", "given_home", type=DIRECTORY, help="Where your record lies.", **environment
        ),
        option("--as-of", "as_of", type=DAY, is_eager=True, help="Compute as if it were this day."),
        option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            help="When to use colour (auto).",
        ),
        option("--quiet", is_flag=True, help="Say nothing but data, warnings and errors."),
        option("--yes", is_flag=True, help="Answer every question with yes."),
        option("--no-input", "no_input", is_flag=True, help="Never ask; fail instead."),
        option("--debug", is_flag=True, help="Show the traceback if dsr itself fails."),
        option(
            "--passphrase-file",
            "passphrase_file",
            type=FILE,
            help="File with the passphrase, where there is no keyring.",
            **secret,
        ),
    ]
