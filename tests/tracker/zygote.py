"""A process that has loaded everything and forks a child for each crash, so that one costs little.

Both ends are here: :class:`Zygote` asks from the test, :func:`main` answers, below faults.c.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dsr
from tests.tracker.faults import Faults
from tests.tracker.script import LONG_SCRIPT, SCRIPT, open_store, play

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Task:
    """Play a stretch of the script in a directory; the store is closed at each stop."""

    place: str
    start: int
    stops: list[int]
    kill_before: int = 0  # the call, counted from 1; 0 for none
    in_the_middle: bool = False
    record: str = ""  # the file to write the calls to, if any


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far into the script the child acknowledged what it did, and how it ended."""

    acknowledged: int
    status: int

    @property
    def was_killed(self) -> bool:
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL


class Zygote:
    """The test's end."""

    def __init__(self, library: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.tracker.zygote"],
            cwd=ROOT,
            env={**os.environ, "LD_PRELOAD": str(library)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == dsr.__file__, "the child would test another dsr"

    def run(self, task: Task) -> Outcome:
        """What came of a task."""
        assert self._process.stdin is not None
        print(json.dumps(asdict(task)), file=self._process.stdin, flush=True)
        return Outcome(**self._answer())

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


# The process -----------------------------------------------------------------------------------


def main() -> None:
    """Answer each task, a line of JSON, with an outcome, a line of JSON."""
    faults = Faults()
    with TemporaryDirectory() as place, closing(open_store(Path(place))) as store:
        for fact in SCRIPT:  # whatever is loaded late is loaded now
            play(store, fact)
    gc.freeze()
    _say(dsr.__file__)
    for line in sys.stdin:
        _say(asdict(_in_a_child(Task(**json.loads(line)), faults)))


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _in_a_child(task: Task, faults: Faults) -> Outcome:
    hear, speak = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _perform(task, faults, speak)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(speak)
    with os.fdopen(hear, "rb") as stream:
        acknowledged = task.start + len(stream.read())
    return Outcome(acknowledged, os.waitpid(child, 0)[1])


def _perform(task: Task, faults: Faults, speak: int) -> None:
    place, number = Path(task.place), task.start
    faults.watch(place)
    faults.kill(task.kill_before, in_the_middle=task.in_the_middle)
    if task.record:
        faults.record(Path(task.record))
    for stop in task.stops:
        with closing(open_store(place)) as store:
            while number < stop:
                play(store, LONG_SCRIPT[number])
                number += 1
                os.write(speak, b".")
                faults.mark(number)


if __name__ == "__main__":
    main()
