"""A terminal with dsr in it, as a person has: what it shows, what is typed, Ctrl-C."""

import os
import pty
import select
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

CTRL_C = "\x03"
# The child makes the terminal its own, so that Ctrl-C and /dev/tty work as they do for people.
LAUNCH = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, '-m', 'dsr', *sys.argv[1:]])"
)


class Terminal:
    """Runs dsr in a pseudo-terminal of its own."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.shown = ""
        self._master, slave = pty.openpty()
        plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        self._run = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**plain, "TERM": "xterm", **environment},
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run.kill()
        self._run.wait()
        os.close(self._master)

    def answer(self, question: str, typed: str) -> None:
        """Wait until *question* is shown, then type."""
        asked = len(self.shown)
        while question not in self.shown[asked:]:
            assert self._read(), f"{question!r} was not asked: {self.shown!r}"
        if typed == CTRL_C:
            time.sleep(0.3)  # a person looks before they leave
        end = "" if typed == CTRL_C else "\n"
        os.write(self._master, (typed + end).encode())

    def status(self) -> int:
        """The exit status, after everything was shown."""
        while self._read():
            pass
        return self._run.wait(timeout=30)

    def _read(self) -> bool:
        """Show more; False when there is no more."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if select.select([self._master], [], [], 0.2)[0]:
                try:
                    more = os.read(self._master, 65536)
                except OSError:  # Linux says so when the last process has gone
                    return False
                self.shown += more.decode(errors="replace")
                return bool(more)
            if self._run.poll() is not None:
                return False
        raise AssertionError(f"dsr waits for something else: {self.shown!r}")
