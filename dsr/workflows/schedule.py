"""Have the machine look at the deadlines every day: what to write for it, and what to run.

Sources: systemd.service(5) and systemd.timer(5), crontab(5), launchd.plist(5), and Microsoft's
schema of scheduled tasks (http://schemas.microsoft.com/windows/2004/02/mit/task).
"""

import plistlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path
from subprocess import list2cmdline
from xml.etree import ElementTree as ET

from dsr.errors import ConflictError, InvalidInputError

NAME = "dsr-report"
LABEL = "org.dsr.report"  # launchd's name for it
BEGIN, END = "# dsr report: begin", "# dsr report: end"
_TASKS = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


class Scheduler(StrEnum):
    """What starts programs at a time of day."""

    SYSTEMD = "systemd"
    CRON = "cron"
    LAUNCHD = "launchd"
    WINDOWS = "windows"


class Every(StrEnum):
    """On which days."""

    DAY = "day"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to run, when, and where the scheduler of this person keeps its files."""

    command: tuple[str, ...]
    at: time
    every: Every
    config: Path  # XDG_CONFIG_HOME, for systemd
    home: Path  # of the person, for launchd; for Windows where the task's file lies
    user_id: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to write, lines for the crontab, and commands to run then."""

    files: tuple[tuple[Path, bytes], ...] = ()
    crontab: str | None = None  # the lines between the markers; empty to take them out
    commands: tuple[tuple[str, ...], ...] = ()
    removed: tuple[Path, ...] = ()  # once the commands have run
    afterwards: tuple[tuple[str, ...], ...] = ()


def installing(scheduler: Scheduler, wanted: Wanted) -> Plan:
    """What installs the daily look; the same again replaces it.

    Raises InvalidInputError if a path holds what no scheduler takes.
    """
    if any(not part.isprintable() for part in wanted.command):
        raise InvalidInputError(
            "A path holds a character that cannot be printed, which no timer takes.",
            hint="Move your record: --home DIR",
        )
    match scheduler:
        case Scheduler.SYSTEMD:
            return _systemd(wanted)
        case Scheduler.CRON:
            return Plan(crontab=_cron(wanted))
        case Scheduler.LAUNCHD:
            return _launchd(wanted)
        case Scheduler.WINDOWS:
            return _windows(wanted)


def removing(scheduler: Scheduler, wanted: Wanted) -> Plan:
    """What takes the daily look away again."""
    match scheduler:
        case Scheduler.SYSTEMD:
            return Plan(
                commands=(("systemctl", "--user", "disable", "--now", f"{NAME}.timer"),),
                removed=_units(wanted),
                afterwards=(("systemctl", "--user", "daemon-reload"),),
            )
        case Scheduler.CRON:
            return Plan(crontab="")
        case Scheduler.LAUNCHD:
            return Plan(
                commands=(("launchctl", "bootout", f"gui/{wanted.user_id}/{LABEL}"),),
                removed=(_agent(wanted),),
            )
        case Scheduler.WINDOWS:
            return Plan(
                commands=(("schtasks", "/Delete", "/TN", NAME, "/F"),), removed=(_task(wanted),)
            )


def with_lines(crontab: str, lines: str) -> str:
    """A crontab with *lines* between our markers in place of those that are there.

    Raises ConflictError where one of the markers is lost, since nobody knows what is whose then.
    """
    kept: list[str] = []
    inside = False
    for line in crontab.removesuffix("\n").split("\n") if crontab else ():
        if line in (BEGIN, END):
            if inside is (line == BEGIN):
                raise _torn()
            inside = not inside
        elif not inside:
            kept.append(line)
    if inside:
        raise _torn()
    ours = [BEGIN, *lines.splitlines(), END] if lines else []
    return "".join(f"{line}\n" for line in (*kept, *ours))


def _torn() -> ConflictError:
    return ConflictError(
        f"Your crontab has only one of the two lines “{BEGIN}” and “{END}”: it was left alone.",
        hint="Take out what is left of it: crontab -e",
        code="torn_crontab",
    )


# systemd ------------------------------------------------------------------------------------------


def _units(wanted: Wanted) -> tuple[Path, Path]:
    place = wanted.config / "systemd" / "user"
    return place / f"{NAME}.service", place / f"{NAME}.timer"


def _systemd(wanted: Wanted) -> Plan:
    days = "Mon..Fri " if wanted.every is Every.WEEKDAY else ""
    service = f"""[Unit]
Description=Look at the deadlines of data rights requests (dsr)

[Service]
Type=oneshot
ExecStart={_for_systemd(wanted.command)}
UMask=0077
Nice=10
"""
    timer = f"""[Unit]
Description=Look at the deadlines of data rights requests every {wanted.every} (dsr)

[Timer]
OnCalendar={days}*-*-* {wanted.at:%H:%M}:00
Persistent=yes

[Install]
WantedBy=timers.target
"""
    files = zip(_units(wanted), (service.encode(), timer.encode()), strict=True)
    return Plan(
        files=tuple(files),
        commands=(
            ("systemctl", "--user", "daemon-reload"),
            ("systemctl", "--user", "enable", "--now", f"{NAME}.timer"),
        ),
    )


def _for_systemd(command: Sequence[str]) -> str:
    """A command line; % and $ mean something there, in quotes as well."""
    quoted = []
    for part in command:
        plain = part.replace("\\", "\\\\").replace('"', '\\"')
        quoted.append(f'"{plain.replace("%", "%%").replace("$", "$$")}"')
    return " ".join(quoted)


# cron ---------------------------------------------------------------------------------------------


def _cron(wanted: Wanted) -> str:
    """One line; an unescaped % would end the command there."""
    days = "1-5" if wanted.every is Every.WEEKDAY else "*"
    runtime = f"/run/user/{wanted.user_id}"
    # Without these a notification and the keyring are out of reach of cron.
    session = f"XDG_RUNTIME_DIR={runtime} DBUS_SESSION_BUS_ADDRESS=unix:path={runtime}/bus"
    command = shlex.join(wanted.command).replace("%", "\\%")
    return f"{wanted.at.minute} {wanted.at.hour} * * {days} {session} {command}\n"


# launchd ------------------------------------------------------------------------------------------


def _agent(wanted: Wanted) -> Path:
    return wanted.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _launchd(wanted: Wanted) -> Plan:
    moment = {"Hour": wanted.at.hour, "Minute": wanted.at.minute}
    weekly = [{**moment, "Weekday": day} for day in range(1, 6)]
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(wanted.command),
        "StartCalendarInterval": weekly if wanted.every is Every.WEEKDAY else moment,
        "ProcessType": "Background",
        "Umask": 0o077,
    }
    path = _agent(wanted)
    return Plan(
        files=((path, plistlib.dumps(agent)),),
        commands=(
            ("launchctl", "bootout", f"gui/{wanted.user_id}/{LABEL}"),
            ("launchctl", "bootstrap", f"gui/{wanted.user_id}", str(path)),
        ),
    )


# Windows ------------------------------------------------------------------------------------------


def _task(wanted: Wanted) -> Path:
    return wanted.home / f"{NAME}.xml"


def _windows(wanted: Wanted) -> Plan:
    path = _task(wanted)
    return Plan(
        files=((path, _task_xml(wanted)),),
        commands=(("schtasks", "/Create", "/TN", NAME, "/XML", str(path), "/F"),),
    )


def _task_xml(wanted: Wanted) -> bytes:
    ET.register_namespace("", _TASKS)
    task = ET.Element(f"{{{_TASKS}}}Task", version="1.2")

    def add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
        child = ET.SubElement(parent, f"{{{_TASKS}}}{name}")
        child.text = text
        return child

    trigger = add(add(task, "Triggers"), "CalendarTrigger")
    add(trigger, "StartBoundary", f"2026-01-01T{wanted.at:%H:%M}:00")
    add(trigger, "Enabled", "true")
    if wanted.every is Every.WEEKDAY:
        days = add(add(trigger, "ScheduleByWeek"), "DaysOfWeek")
        for day in _WEEKDAYS:
            add(days, day)
    else:
        add(add(trigger, "ScheduleByDay"), "DaysInterval", "1")
    settings = add(task, "Settings")
    add(settings, "MultipleInstancesPolicy", "IgnoreNew")
    add(settings, "DisallowStartIfOnBatteries", "false")
    add(settings, "StartWhenAvailable", "true")
    program, *arguments = wanted.command
    execute = add(add(task, "Actions"), "Exec")
    add(execute, "Command", program)
    add(execute, "Arguments", list2cmdline(arguments))
    return bytes(ET.tostring(task, encoding="utf-16", xml_declaration=True))
