"""`dsr report --install`, `--remove` and `--notify`: reminders without thinking of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.session import Session
from dsr.errors import ConflictError, DsrError, UnavailableError, UsageError

if TYPE_CHECKING:
    from dsr.reports.reminder import Report
    from dsr.workflows.schedule import Plan, Scheduler, Wanted

Commands = tuple[tuple[str, ...], ...]
PATIENCE = 60  # seconds that a scheduler may take


def schedule(session: Session, options: dict[str, Any]) -> None:
    """Show what is to be written and run, ask, and do it; or take it all away again."""
    from dsr.workflows.schedule import Scheduler, installing, removing

    named = options["scheduler"]
    scheduler = Scheduler(named) if named else _scheduler_here()
    wanted = _wanted(session, options)
    install = bool(options["install"])
    plan = (installing if install else removing)(scheduler, wanted)
    _show(session, plan)
    if options["dry_run"]:
        session.say("Dry run: nothing was written, nothing was run.")
        return
    _check_agreed(session)
    if plan.crontab is not None:
        _change_crontab(plan.crontab)
    _write(plan)
    _run(session, plan.commands, scheduler, install=install)
    for path in plan.removed:
        path.unlink(missing_ok=True)
    _run(session, plan.afterwards, scheduler, install=install)
    at = f"{wanted.at:%H:%M}"
    session.say(
        f"dsr looks at your deadlines every {wanted.every} at {at}, and says so if something is "
        "due. To end it: dsr report --remove"
        if install
        else "dsr does not look at your deadlines by itself any more."
    )


def notify(session: Session, made: "Report", text: str, email: str | None, how: str) -> None:
    """Tell what is due, if anything is."""
    from dsr.reports.reminder import Group
    from dsr.workflows.notify import by_email, on_the_desktop

    words = {Group.OVERDUE: "overdue", Group.DUE_SOON: "due soon", Group.NEEDS_YOU: "for you to do"}
    counts = [f"{count} {word}" for group, word in words.items() if (count := made.count(group))]
    if not counts:
        session.say("Nothing is due.")
        return
    said = ", ".join(counts)
    if how == "email":
        by_email(email, f"dsr: {said}", text)
    else:
        on_the_desktop(f"{said}. See: dsr report")  # names nobody: others may see the screen
    session.say(f"Told you: {said}.")


def notify_failure(error: DsrError, how: str) -> None:
    """Tell that the deadlines could not be looked at, rather than let silence pass for peace."""
    from contextlib import suppress

    from dsr.workflows.notify import on_the_desktop

    if how == "desktop":
        with suppress(DsrError):  # the first failure is the one to report
            on_the_desktop(f"Your deadlines could not be looked at: {error.sentence}")


def _scheduler_here() -> "Scheduler":
    from dsr.workflows.schedule import Scheduler

    if sys.platform == "darwin":
        return Scheduler.LAUNCHD
    if sys.platform == "win32":
        return Scheduler.WINDOWS
    if shutil.which("systemctl") and Path("/run/systemd/system").is_dir():
        return Scheduler.SYSTEMD
    return Scheduler.CRON


def _wanted(session: Session, options: dict[str, Any]) -> "Wanted":
    from dsr.workflows.schedule import Every, Wanted

    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Wanted(
        command=tuple(_command(session, options)),
        at=options["at"],
        every=Every(options["every"]),
        config=Path(config),
        home=session.home.resolve() if sys.platform == "win32" else Path.home(),
        user_id=os.getuid() if hasattr(os, "getuid") else 0,
    )


def _command(session: Session, options: dict[str, Any]) -> list[str]:
    """This dsr, with the record and the key as they are found now; never a secret itself.

    Raises ConflictError where nobody could open the record at that time.
    """
    from dsr.secrets import Protection, read_lock
    from dsr.workflows.opening import LOCK

    home = session.home.resolve()
    # Timers start in a directory of the person's, whose files are no modules (-P).
    command = [sys.executable, "-P", "-m", "dsr", "--home", str(home), "--no-input", "--quiet"]
    if session.place().database_url:
        raise ConflictError(
            "Your record lies in a database, whose address a timer does not know.",
            hint="Have your team's own scheduler run: dsr report --notify email",
        )
    if session.passphrase_file:
        command += ["--passphrase-file", str(session.passphrase_file.resolve())]
    elif options["install"] and (home / LOCK).exists():
        lock = read_lock(home / LOCK)
        if lock is not None and lock.protection is Protection.PASSPHRASE:
            raise ConflictError(
                "Your record is opened by a passphrase, and nobody is there to type it.",
                hint="Name the file that holds it: dsr --passphrase-file FILE report --install",
                code="passphrase_needed",
            )
    within = ["--within", str(options["within"])]
    return [*command, "report", "--notify", options["notify"] or "desktop", *within]


def _show(session: Session, plan: "Plan") -> None:
    """Everything that will be done, word for word."""
    for path, content in plan.files:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        click.echo(f"# {path}\n{content.decode(encoding).rstrip()}\n")
    for path in plan.removed:
        click.echo(f"# removed: {path}")
    if plan.crontab:
        click.echo(f"# in your crontab\n{plan.crontab}")
    elif plan.crontab is not None:
        click.echo("# the lines of dsr are taken out of your crontab")
    for command in (*plan.commands, *plan.afterwards):
        click.echo(f"$ {' '.join(command)}")
    session.say()


def _check_agreed(session: Session) -> None:
    if session.yes:
        return
    if not session.interactive:
        raise UsageError("Nobody is there to be asked.", hint="Agree with --yes.")
    if not click.confirm("Do this?", err=True):
        raise click.exceptions.Abort


def _write(plan: "Plan") -> None:
    from dsr.paths import make_private_directory, write_private_file

    for path, content in plan.files:
        if not path.parent.is_dir():
            make_private_directory(path.parent)
        write_private_file(path, content)


def _run(session: Session, commands: Commands, scheduler: "Scheduler", *, install: bool) -> None:
    """Run the commands; those that take away what is not there may fail."""
    for command in commands:
        failed = _failure(command)
        if failed and install and "bootout" not in command:
            raise UnavailableError(
                f"{scheduler} did not take it: {failed}.",
                hint=f"The files are written; when it works again, run: {' '.join(command)}",
                code="not_scheduled",
            )
        if failed and not install:
            session.say(f"Already gone: {failed}.")


def _failure(command: tuple[str, ...]) -> str | None:
    """What went wrong, in a few words, or None."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return f"{command[0]} does not answer"
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).decode(errors="replace").split()
    return " ".join(said)[:200].rstrip(".") or f"{command[0]} left with {done.returncode}"


def _change_crontab(lines: str) -> None:
    """Put the lines into the crontab of this person, and leave all others as they are."""
    from dsr.workflows.schedule import with_lines

    crontab = shutil.which("crontab")
    if crontab is None:
        raise UnavailableError(
            "There is no cron here.", hint="Install it: sudo apt-get install cron", code="no_cron"
        )
    listed = subprocess.run([crontab, "-l"], capture_output=True, check=False)  # noqa: S603
    if listed.returncode != 0 and b"no crontab" not in listed.stderr.lower():
        raise UnavailableError("Your crontab cannot be read.", code="no_cron")
    before = listed.stdout.decode(errors="surrogateescape") if listed.returncode == 0 else ""
    after = with_lines(before, lines)
    if after == before:
        return
    new = after.encode(errors="surrogateescape")
    done = subprocess.run([crontab, "-"], input=new, capture_output=True, check=False)  # noqa: S603
    if done.returncode != 0:
        why = " ".join(done.stderr.decode(errors="replace").split())[:200]
        raise UnavailableError(f"cron did not take it: {why}.", code="not_scheduled")
