"""Many letters are printed on all cores, in order; what befalls one leaves the others alone."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import active_children
from typing import Any

import pytest

from dsr.errors import DsrError
from dsr.letters import press
from dsr.letters.document import Letter
from dsr.letters.pdf import pdf_bytes
from dsr.letters.press import LetterFailedError, pdfs
from dsr.letters.typesetting import PdfUnavailableError, load_weasyprint

KILLED = "__import__('os').kill(__import__('os').getpid(), 9)"
SLOW = "__import__('time').sleep(0.3) or b'slow'"
UNAVAILABLE = "(_ for _ in ()).throw(__import__('dsr').letters.typesetting.PdfUnavailableError())"

Write = Callable[..., Letter]


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "cores", lambda: 2)


def evaluated(*letters: Any) -> list[bytes | DsrError]:
    """What comes of letters that are expressions, printed by evaluating them."""
    return list(pdfs(letters, len(letters), printer=eval))


def test_the_bytes_are_those_of_letters_printed_alone(write: Write) -> None:
    try:
        load_weasyprint()
    except PdfUnavailableError as error:
        pytest.skip(error.sentence)
    letters = [write("laion", "gdpr", right) for right in ("access", "erasure", "objection")] * 2
    assert list(pdfs(letters, len(letters))) == [pdf_bytes(letter) for letter in letters]


def test_the_order_is_kept() -> None:
    letters = [SLOW if n % 3 == 0 else f"b'{n}'" for n in range(20)]
    expected = [b"slow" if n % 3 == 0 else b"%d" % n for n in range(20)]
    assert evaluated(*letters) == expected


def test_a_letter_that_fails_leaves_the_others() -> None:
    first, broken, *others = evaluated("b'1'", "1 / 0", "b'3'", "b'4'")
    assert isinstance(broken, LetterFailedError)
    assert broken.sentence == "The PDF could not be made: ZeroDivisionError."
    assert [first, *others] == [b"1", b"3", b"4"]


def test_a_worker_that_is_killed_costs_one_letter() -> None:
    outcomes = evaluated("b'1'", KILLED, "b'3'", KILLED, *["b'x'"] * 6)
    assert [n for n, each in enumerate(outcomes) if isinstance(each, LetterFailedError)] == [1, 3]
    assert [each for each in outcomes if isinstance(each, bytes)] == [b"1", b"3", *[b"x"] * 6]


def test_without_the_library_each_letter_says_so() -> None:
    outcomes = evaluated(*[UNAVAILABLE] * 4)
    assert [type(each) for each in outcomes] == [PdfUnavailableError] * 4


def test_where_no_worker_begins_this_process_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "_work", os.abort)
    assert evaluated(*["b'%d' % __import__('os').getpid()"] * 4) == [b"%d" % os.getpid()] * 4


def test_a_few_letters_are_printed_here() -> None:
    assert evaluated(*["b'%d' % __import__('os').getpid()"] * 2) == [b"%d" % os.getpid()] * 2


def test_letters_are_taken_as_they_are_needed() -> None:
    taken = []

    def letters() -> Iterator[Any]:
        for number in range(100):
            taken.append(number)
            yield "b''"

    outcomes = pdfs(letters(), 100, printer=eval)
    next(outcomes)
    assert len(taken) <= 2 * press.AHEAD + 1
    outcomes.close()  # type: ignore[attr-defined]
    assert not active_children()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("deed", ["__import__('time').sleep(2) or b''", "b''"])
def test_workers_do_not_outlive_the_command(deed: str) -> None:
    program = (
        "from itertools import repeat\n"
        "from multiprocessing import active_children\n"
        "from dsr.letters import press\n"
        "press.cores = lambda: 2\n"
        f"for number, _ in enumerate(press.pdfs(repeat({deed!r}), 99, printer=eval)):\n"
        "    print(*(c.pid for c in active_children()), flush=True)\n"
    )
    command = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert command.stdout
    with command:
        workers = command.stdout.readline().split()
        command.kill()
    assert len(workers) == 2
    until = time.monotonic() + 20
    while alive := [pid for pid in workers if _is_alive(pid)]:
        assert time.monotonic() < until, alive
        time.sleep(0.05)


def _is_alive(pid: str) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
