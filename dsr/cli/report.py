"""`dsr report`: the deadline reminder report."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.dates import Dates, dates_of
from dsr.cli.options import TimeOfDay, json_option, person_option
from dsr.cli.report_files import FORMS, deliver, form_of, text_of, write
from dsr.cli.session import Session, pass_session
from dsr.errors import DsrError, ExitStatus, NotFoundError, UsageError

PLACE = click.Path(path_type=Path)
TIME = TimeOfDay()
MODES = ("write", "stats", "install", "remove")

if TYPE_CHECKING:
    from dsr.reports.reminder import Report
    from dsr.tracker.store import Store


@click.command("report")
@click.option("--format", "form", type=click.Choice(FORMS),
              help="How to print it; by the ending of --out, or text.")  # fmt: skip
@click.option("--within", type=click.IntRange(0, 3660), default=7, show_default=True,
              metavar="DAYS", help="What counts as due soon.")  # fmt: skip
@person_option("Only requests of this person; of everyone, if left out.")
@click.option("--out", type=PLACE, metavar="FILE",
              help="Write the report to a file; - is stdout. --write: a directory.")  # fmt: skip
@click.option("--check", is_flag=True, help="Leave with status 8 if something is overdue.")
@click.option("--write", is_flag=True,
              help="Write all letters that are due, for you to read; nothing is sent.")  # fmt: skip
@click.option("--stats", is_flag=True,
              help="How companies answer: rates, days, lateness, by company and law.")  # fmt: skip
@click.option("--least", type=click.IntRange(1, 1000), metavar="N",
              help="--stats: fewer requests make no group (5 in csv, json; else 1).")  # fmt: skip
@click.option("--notify", type=click.Choice(["desktop", "email"]),
              help="If something is due, say so on the screen, or by e-mail to you.")  # fmt: skip
@click.option("--install", is_flag=True, help="Look every day and --notify: shown first, asked.")
@click.option("--remove", is_flag=True, help="Take away again what --install wrote.")
@click.option("--at", type=TIME, metavar="HH:MM", default="09:00", show_default=True,
              help="--install: when.")  # fmt: skip
@click.option("--every", type=click.Choice(["day", "weekday"]), default="day",
              show_default=True, help="--install: on which days.")  # fmt: skip
@click.option("--scheduler", type=click.Choice(["systemd", "cron", "launchd", "windows"]),
              help="--install: by what, instead of what this machine has.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="--write, --install, --remove: only show it.")
@json_option
@pass_session
def report_command(session: Session, /, **options: Any) -> int:
    """Report what is due, what is late and what to do next, each with its reason.

    \b
    Examples:
      dsr report
      dsr report --check --quiet || echo "Something is overdue"
      dsr report --out due.html
      dsr report --stats
      dsr report --write --out ./letters
      dsr report --install --notify desktop
    """
    _check_options(options)
    if options["install"] or options["remove"]:
        from dsr.cli.reminding import schedule

        schedule(session, options)
        return ExitStatus.DONE
    try:
        return _report(session, options)
    except DsrError as error:
        if options["notify"]:
            from dsr.cli.reminding import notify_failure

            notify_failure(error, options["notify"])
        raise


def _report(session: Session, options: dict[str, Any]) -> int:
    from dsr.reports.reminder import Group, report
    from dsr.tracker.index import OPEN

    person = options["person"]
    with session.store_if_any() as store:
        session.known_person(store, person)
        if options["stats"]:
            _statistics(session, store, options)
            return ExitStatus.DONE
        found = store.standings(session.today, statuses=OPEN, person=person) if store else []
        made = report(found, session.today, options["within"])
        if options["write"]:
            from dsr.cli.due_letters import write_due_letters

            write_due_letters(session, store, made, options)
        elif options["notify"]:
            _notify(session, store, made, options)
        elif form_of(options) == "ics":
            from dsr.cli.calendar import calendar

            write(session, calendar(session, store, person, options["out"]), options["out"])
        else:
            deliver(session, made, session.person(store, person), options)
    late = made.count(Group.OVERDUE)
    return ExitStatus.OVERDUE if options["check"] and late else ExitStatus.DONE


def _notify(
    session: Session, store: "Store | None", made: "Report", options: dict[str, Any]
) -> None:
    from dsr.cli.reminding import notify

    if store is None:
        raise NotFoundError(
            f"There is no record in {session.home}, so nobody knows what is due.",
            hint="Is the disk there? Name another home with --home, or begin: dsr init",
            code="no_record",
        )
    person = session.person(store, None)  # oneself, whoever the report is about
    subject = person.subject if person else None
    text = click.unstyle(text_of(made, Dates(subject.country if subject else None)))
    notify(session, made, text, subject.email if subject else None, options["notify"])


def _statistics(session: Session, store: "Store | None", options: dict[str, Any]) -> None:
    from dsr.cli import statistics

    person, form, out = options["person"], form_of(options), options["out"]
    least = statistics.least_of(form, options["least"])
    made = statistics.statistics_of(session, store, person, least)
    if form == "text" and out:
        raise UsageError(
            "The figures go to a file as html, pdf, csv or json.", hint="--out figures.html"
        )
    if form in ("text", "json") and not out:
        statistics.print_statistics(session, made, form, least)
        return
    dates = dates_of(session, store, person)
    write(session, statistics.content_of(made, form, dates, least), out)


def _check_options(options: dict[str, Any]) -> None:
    modes = [name for name in MODES if options[name]]
    if len(modes) > 1:
        raise UsageError(f"--{modes[0]} and --{modes[1]} are two things: one at a time.")
    if options["dry_run"] and not {"write", "install", "remove"} & set(modes):
        raise UsageError("--dry-run belongs to --write, --install or --remove.")
    if options["notify"] and (options["write"] or options["stats"] or options["form"]):
        raise UsageError("--notify tells what is due, and makes no file.")
    if options["least"] and not options["stats"]:
        raise UsageError("--least belongs to --stats.")
    if options["stats"] and (options["check"] or form_of(options) == "ics"):
        raise UsageError("--stats looks back: leave --check and ics out.")
    if options["write"] and (options["form"] or options["check"]):
        raise UsageError("--write makes letters, and no report: leave --format and --check out.")
    out = options["out"]
    if out and not options["write"] and os.path.isdir(out):  # noqa: PTH112 - no error for a name too long
        raise UsageError(f"{out} is a directory.", hint="Name the file: --out report.txt")
