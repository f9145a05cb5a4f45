"""What has the machine look at the deadlines, checked by systemd, cron and other parsers."""

import plistlib
import shlex
import shutil
import subprocess
from datetime import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.errors import ConflictError, InvalidInputError
from dsr.workflows.schedule import (
    BEGIN,
    END,
    Every,
    Scheduler,
    Wanted,
    installing,
    removing,
    with_lines,
)

AWKWARD = '/home/anna\'s "50 % $HOME" \\box/python'


def wanted(
    tmp_path: Path, *, every: Every = Every.DAY, program: str = "/usr/bin/python3"
) -> Wanted:
    return Wanted(
        command=(program, "-m", "dsr", "--home", f"{tmp_path}/my 100% home", "report"),
        at=time(7, 5),
        every=every,
        config=tmp_path / "config",
        home=tmp_path,
        user_id=1000,
    )


@pytest.mark.parametrize("every", Every)
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, every: Every) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed: apt-get install systemd")
    for path, content in installing(Scheduler.SYSTEMD, wanted(tmp_path, every=every)).files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    units = sorted((tmp_path / "config/systemd/user").iterdir())
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", *map(str, units)],
                          capture_output=True, env=environment, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    days = subprocess.run(["systemd-analyze", "calendar", _value(units[1], "OnCalendar")],
                          capture_output=True, check=True).stdout.decode()  # fmt: skip
    assert ("Mon..Fri *-*-* 07:05:00" in days) is (every is Every.WEEKDAY)


def _value(unit: Path, name: str) -> str:
    return next(
        line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith(name)
    )


def test_systemd_gets_every_word_as_it_is(tmp_path: Path) -> None:
    """Its own rules for quotes are those of a shell here, beside % and $, which are doubled."""
    one = wanted(tmp_path, program=AWKWARD)
    service = installing(Scheduler.SYSTEMD, one).files[0][1].decode()
    line = next(each for each in service.splitlines() if each.startswith("ExecStart="))
    read = shlex.split(line.removeprefix("ExecStart="))
    assert [word.replace("%%", "%").replace("$$", "$") for word in read] == list(one.command)


def test_cron_takes_the_line_and_leaves_the_others(tmp_path: Path) -> None:
    crontab = shutil.which("crontab")
    if crontab is None:
        pytest.skip("cron is not installed: apt-get install cron")
    lines = installing(Scheduler.CRON, wanted(tmp_path, program=AWKWARD)).crontab
    assert lines
    file = tmp_path / "crontab"
    file.write_text(with_lines("0 1 * * * backup\n", lines))
    done = subprocess.run([crontab, "-T", file], capture_output=True, check=False)
    if b"invalid option" in done.stderr:
        pytest.skip("this crontab cannot check without installing")
    assert done.returncode == 0, done.stderr
    assert file.read_text().startswith("0 1 * * * backup\n# dsr report: begin\n5 7 * * * ")


def test_cron_gets_every_word_as_it_is(tmp_path: Path) -> None:
    one = wanted(tmp_path, program=AWKWARD, every=Every.WEEKDAY)
    lines = installing(Scheduler.CRON, one).crontab
    assert lines
    assert lines.startswith("5 7 * * 1-5 ")
    assert "%" not in lines.replace("\\%", "")
    words = shlex.split(lines.replace("\\%", "%"))
    assert words[7:] == list(one.command)


@given(st.text(alphabet="ab#\n ", max_size=60))
def test_the_lines_of_others_stay_and_ours_are_there_once(others: str) -> None:
    kept = [line for line in others.splitlines() if not line.startswith("# dsr")]
    once = with_lines(others, "1 2 * * * dsr\n")
    assert with_lines(once, "1 2 * * * dsr\n") == once
    assert with_lines(once, "") == "".join(f"{line}\n" for line in kept)


def test_launchd_reads_the_agent(tmp_path: Path) -> None:
    one = wanted(tmp_path, program=AWKWARD, every=Every.WEEKDAY)
    ((path, content),) = installing(Scheduler.LAUNCHD, one).files
    agent = plistlib.loads(content)
    assert path == tmp_path / "Library/LaunchAgents/org.dsr.report.plist"
    assert agent["ProgramArguments"] == list(one.command)
    assert [each["Weekday"] for each in agent["StartCalendarInterval"]] == [1, 2, 3, 4, 5]


def test_windows_reads_the_task(tmp_path: Path) -> None:
    ((_, content),) = installing(Scheduler.WINDOWS, wanted(tmp_path, program=AWKWARD)).files
    task = ET.fromstring(content)  # noqa: S314  (our own)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Command", namespaces=space) == AWKWARD
    arguments = task.findtext(".//t:Arguments", namespaces=space) or ""
    assert f'"{tmp_path}/my 100% home"' in arguments
    assert task.findtext(".//t:StartBoundary", namespaces=space) == "2026-01-01T07:05:00"
    assert content.startswith((b"\xff\xfe", b"\xfe\xff"))


@pytest.mark.parametrize("scheduler", Scheduler)
def test_what_is_installed_can_be_removed(tmp_path: Path, scheduler: Scheduler) -> None:
    on, off = (plan(scheduler, wanted(tmp_path)) for plan in (installing, removing))
    assert [path for path, _ in on.files] == list(off.removed)
    assert (on.crontab is None) is (off.crontab is None)
    assert not off.crontab


@pytest.mark.parametrize("scheduler", Scheduler)
def test_a_path_with_a_line_break_is_refused(tmp_path: Path, scheduler: Scheduler) -> None:
    with pytest.raises(InvalidInputError):
        installing(scheduler, wanted(tmp_path, program="/usr/bin/x\nExecStart=/bin/evil"))


@pytest.mark.parametrize("marker", [BEGIN, END])
def test_a_crontab_with_one_marker_is_left_alone(marker: str) -> None:
    with pytest.raises(ConflictError):
        with_lines(f"0 1 * * * backup-1\n{marker}\n0 2 * * * backup-2\n", "0 9 * * * dsr")


def test_lines_of_others_stay_as_they_are() -> None:
    others = "0 1 * * * echo a\u2028b\x0c\n\n"
    installed = with_lines(others, "0 9 * * * dsr")
    assert installed.startswith(others)
    assert with_lines(installed, "") == others
