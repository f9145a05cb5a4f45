"""Tell the person what is due without being asked: on the desktop, or by an e-mail to oneself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from dsr.errors import InvalidInputError, UnavailableError

TITLE = "dsr"
PATIENCE = 30  # seconds
# The text comes by the environment: nothing of it is ever read as a command.
_TOAST = (
    "[Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,"
    "ContentType=WindowsRuntime]|Out-Null;"
    "$x=[Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent("
    "[Windows.UI.Notifications.ToastTemplateType]::ToastText02);"
    "$t=$x.GetElementsByTagName('text');"
    "$t.Item(0).InnerText=$env:DSR_TITLE;$t.Item(1).InnerText=$env:DSR_TEXT;"
    "[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('dsr').Show("
    "[Windows.UI.Notifications.ToastNotification]::new($x))"
)
_SENDMAIL = ("sendmail", "/usr/sbin/sendmail", "/usr/lib/sendmail", "msmtp")


def on_the_desktop(text: str, *, platform: str = sys.platform) -> None:
    """Show a short text on the person's screen; it should name nobody, as others may see it.

    Raises UnavailableError where nothing here shows notifications.
    """
    command, environment = _showing(text, platform)
    _run(command, b"", {**os.environ, **environment}, "The notification could not be shown")


def _showing(text: str, platform: str) -> tuple[list[str], Mapping[str, str]]:
    if platform == "darwin":
        script = (
            "on run argv",
            'display notification (item 1 of argv) with title "dsr"',
            "end run",
        )
        lines = [word for line in script for word in ("-e", line)]
        return ["osascript", *lines, text], {}
    if platform == "win32":
        command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", _TOAST]
        return command, {"DSR_TITLE": TITLE, "DSR_TEXT": text}
    if shutil.which("notify-send"):
        return ["notify-send", "--app-name=dsr", TITLE, text], {}
    if shutil.which("gdbus"):
        return [
            "gdbus", "call", "--session", "--dest", "org.freedesktop.Notifications",
            "--object-path", "/org/freedesktop/Notifications",
            "--method", "org.freedesktop.Notifications.Notify",
            "--", "dsr", "0", "", TITLE, text, "[]", "{}", "-1",
        ], {}  # fmt: skip
    raise UnavailableError(
        "Nothing here shows notifications.",
        hint="Install libnotify-bin, or use: --notify email",
        code="no_notifications",
    )


def by_email(address: str | None, subject: str, text: str) -> None:
    """Hand an e-mail from the person to themselves to the mail program of this machine.

    Raises InvalidInputError without an address, UnavailableError where there is no such program.
    """
    if not address:
        raise InvalidInputError(
            "Your e-mail address is not known.", hint="Say it: dsr init --email EMAIL"
        )
    program = next((found for name in _SENDMAIL if (found := shutil.which(name))), None)
    if program is None:
        raise UnavailableError(
            "Nothing on this machine sends e-mail.",
            hint="Install msmtp-mta and set it up, or use: --notify desktop",
            code="no_sendmail",
        )
    message = EmailMessage(policy=SMTP)
    message["From"] = message["To"] = address
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply answers it
    message.set_content(text)
    command = [program, "-i", "--", address]
    _run(command, message.as_bytes(), dict(os.environ), "The e-mail could not be sent")


def _run(command: list[str], said: bytes, environment: Mapping[str, str], failure: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            command, input=said, env=dict(environment), capture_output=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{failure}: {command[0]} does not answer.") from error
    if done.returncode != 0:
        why = " ".join(done.stderr.decode(errors="replace").split())[:200]
        raise UnavailableError(f"{failure}: {why or command[0]}.", code="not_notified")
