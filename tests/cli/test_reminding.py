"""Reminders without thinking: installed, removed, and heard."""

import email
import os
import shutil
import subprocess
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest

from tests.cli.conftest import Refused
from tests.conftest import ERIKA, Dsr
from tests.every_state import TODAY, fill

NOTE = '#!/bin/sh\nprintf "%s\\n" "$@" >> "$HEARD"\n'
MAIL = '#!/bin/sh\nprintf "%s\\n" "$@" > "$HEARD.args"\ncat >> "$HEARD"\n'


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the stand-ins for notify-send and sendmail were told."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in (("notify-send", NOTE), ("sendmail", MAIL)):
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    path = tmp_path / "heard"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HEARD", str(path))
    return path


def test_the_screen_tells_how_much_is_due_and_names_nobody(dsr: Dsr, heard: Path) -> None:
    fill(dsr)
    result = dsr("report", "--notify", "desktop", "--as-of", TODAY)
    assert (result.status, result.stdout) == (0, "")
    said = heard.read_text()
    assert "3 overdue, 2 due soon, 7 for you to do. See: dsr report" in said
    for own in ("Clearview", "Erika", "DSR-"):
        assert own not in said


def test_an_e_mail_to_oneself_has_the_whole_report(dsr: Dsr, heard: Path) -> None:
    references = fill(dsr)
    assert dsr("report", "--notify", "email", "--as-of", TODAY).status == 0
    message = email.message_from_bytes(heard.read_bytes(), policy=default)
    assert message["To"] == message["From"] == "erika@example.org"
    assert message["Subject"] == "dsr: 3 overdue, 2 due soon, 7 for you to do"
    body = message.get_content()
    assert f"dsr follow-up {references['overdue']}" in body
    assert Path(f"{heard}.args").read_text().splitlines() == ["-i", "--", "erika@example.org"]


def test_a_report_of_a_client_goes_to_oneself(dsr: Dsr, heard: Path) -> None:
    fill(dsr)
    dsr("people", "add", "kim", "--role", "client", "--name", "Kim", "--country", "DE",
        "--email", "kim@example.org")  # fmt: skip
    made = dsr("request", "pimeyes", "-t", "access", "--for", "kim", "--json",
               "--as-of", "2026-09-01")  # fmt: skip
    dsr("record", made.data[0]["reference"], "sent", "--on", "2026-09-01", "--as-of", TODAY)
    of_kim = ("report", "--notify", "email", "--for", "kim", "--as-of", TODAY)
    assert dsr(*of_kim).status == 0
    message = email.message_from_bytes(heard.read_bytes(), policy=default)
    assert message["To"] == message["From"] == "erika@example.org"


def test_silence_means_that_nothing_is_due(dsr: Dsr, heard: Path) -> None:
    dsr("init", *ERIKA)
    result = dsr("report", "--notify", "desktop")
    assert (result.status, heard.exists()) == (0, False)
    assert "Nothing is due." in result.stderr


def test_a_report_that_cannot_be_made_is_heard_of(dsr: Dsr, heard: Path, fresh_home: Path) -> None:
    fill(dsr)
    (fresh_home / "record.db").write_bytes(b"not a record" * 1000)
    assert dsr("report", "--notify", "desktop", "--as-of", TODAY).status == 6
    assert "could not be looked at" in heard.read_text()


def test_where_nothing_sends_e_mail_that_is_said(
    dsr: Dsr, refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(dsr)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "msmtp" in refused("report", "--notify", "email", "--as-of", TODAY, status=6)
    assert "libnotify" in refused("report", "--notify", "desktop", "--as-of", TODAY, status=6)


# installing ---------------------------------------------------------------------------------------


@pytest.fixture
def crontab() -> Iterator[str]:
    """A real crontab with a line of somebody's; only where there was none that could be lost."""
    program = shutil.which("crontab")
    if program is None:
        pytest.skip("cron is not installed: apt-get install cron")
    before = subprocess.run([program, "-l"], capture_output=True, check=False)
    if before.returncode == 0:
        pytest.skip("whoever runs this has a crontab, which is left alone")
    taken = subprocess.run([program, "-"], input=b"0 1 * * * backup\n", check=False)
    if taken.returncode != 0:
        pytest.skip("this user may have no crontab")
    yield program
    subprocess.run([program, "-r"], check=True)


def lines(program: str) -> list[str]:
    return (
        subprocess.run([program, "-l"], capture_output=True, check=True)
        .stdout.decode()
        .splitlines()
    )


def test_a_line_goes_into_the_real_crontab_once_and_out_again(dsr: Dsr, crontab: str) -> None:
    install = ("report", "--install", "--scheduler", "cron", "--at", "07:30", "--yes")
    for _ in range(2):
        result = dsr(*install)
        assert result.status == 0, result.stderr
    found = lines(crontab)
    assert [line for line in found if "report --notify desktop" in line] == [found[2]]
    assert found[2].startswith("30 7 * * * ")
    assert found[2] in result.stdout, "it is shown before"
    for _ in range(2):
        assert dsr("report", "--remove", "--scheduler", "cron", "--yes").status == 0
    assert lines(crontab) == ["0 1 * * * backup"]


def test_the_line_in_the_crontab_runs(dsr: Dsr, crontab: str, heard: Path) -> None:
    fill(dsr)
    secret = Path("secret")
    secret.write_text("correct horse battery staple")
    dsr("--passphrase-file", str(secret), "--home", "by cron", "init", "--name", "A", "--email",
        "a@example.org", "--country", "DE")  # fmt: skip
    installed = dsr("--passphrase-file", str(secret), "--home", "by cron", "report", "--install",
                    "--scheduler", "cron", "--yes")  # fmt: skip
    assert installed.status == 0, installed.stderr
    command = next(line for line in lines(crontab) if "report" in line and "--notify" in line)
    run = command.split(maxsplit=5)[5].replace("\\%", "%")
    done = subprocess.run(["sh", "-c", run], capture_output=True, cwd="/", check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert done.stderr == b""  # which cron would mail
    assert not heard.exists()


def test_nothing_is_installed_without_a_yes(
    refused: Refused, dsr: Dsr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    result = dsr("report", "--install", "--scheduler", "systemd")
    assert result.status == 2
    assert "--yes" in result.stderr
    shown = dsr("report", "--install", "--scheduler", "systemd", "--dry-run")
    assert "OnCalendar=*-*-* 09:00:00" in shown.stdout
    assert not (tmp_path / "config").exists()


def test_systemd_that_does_not_answer_is_told_with_what_to_do(
    dsr: Dsr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "systemctl").write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    (programs / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    result = dsr("report", "--install", "--scheduler", "systemd", "--yes")
    assert result.status == 6
    assert "Failed to connect to bus" in result.stderr
    assert "systemctl --user daemon-reload" in result.stderr
    written = tmp_path / "config/systemd/user/dsr-report.timer"
    assert written.exists()
    assert dsr("report", "--remove", "--scheduler", "systemd", "--yes").status == 0
    assert not written.exists()


def test_a_passphrase_that_nobody_types_is_asked_for_as_a_file(
    dsr: Dsr, refused: Refused, passphrase_file: Path
) -> None:
    dsr("--passphrase-file", str(passphrase_file), "--home", "locked", "init", "--name", "A",
        "--email", "a@example.org", "--country", "DE")  # fmt: skip
    said = refused(
        "--home", "locked", "report", "--install", "--scheduler", "cron", "--yes", status=5
    )
    assert "--passphrase-file FILE" in said


@pytest.mark.parametrize("at", ["9", "25:00", "09:00:30", "09:00+02:00", "noon"])
def test_a_time_that_is_none_is_refused(refused: Refused, at: str) -> None:
    assert "09:00" in refused("report", "--install", "--at", at, status=2)


def test_a_record_that_is_gone_is_not_silence(dsr: Dsr, heard: Path) -> None:
    result = dsr("--home", "gone", "report", "--notify", "desktop")
    assert result.status == 3
    assert "no record" in heard.read_text()
