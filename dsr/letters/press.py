"""Print many letters as PDF, on all cores, in order.

Each core has a worker, a fresh process.  Forks of this one would start sooner, but each would hold
a copy of the record's key, and of any lock that one of Pango's threads has at that moment, which
nobody would ever release.  Letters are taken, and PDFs handed over, one by one, so that at no time
there are more of them than a few for each worker.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from dsr.errors import DsrError, UnavailableError
from dsr.letters.document import Letter
from dsr.letters.pdf import pdf_bytes
from dsr.letters.typesetting import PdfUnavailableError, load_weasyprint

FEWEST = 4  # letters for which it is worth while to start workers
AHEAD = 4  # letters for each worker that may be finished before their turn
PATIENCE = 2.0  # seconds that an idle worker has to end by itself
OBJECTS_BETWEEN_COLLECTIONS = 50_000  # a letter leaves little garbage, and keeps what it makes
LETTERS_BETWEEN_COLLECTIONS = 20  # its pages refer to each other: left alone they pile up

Printer = Callable[[Letter], bytes]
Outcome = bytes | DsrError


class LetterFailedError(UnavailableError):
    """One letter could not be printed, for a reason that lies in it or in its worker."""

    default_code = "pdf_failed"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The PDF could not be made: {why}.",
            hint="Write to this company alone, with --debug, to see more.",
        )


def pdfs(
    letters: Iterable[Letter], expected: int, *, printer: Printer = pdf_bytes
) -> Iterator[Outcome]:
    """What each letter comes to, in their order: its PDF, or the error that left it without.

    *expected* is how many there will be at most: a few are printed in this process.
    """
    workers = min(cores(), expected // 2)
    if workers > 1 and expected >= FEWEST:
        yield from _Press(workers, printer).run(iter(letters))
    else:
        for letter in letters:
            yield _read(_print(printer, letter))


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a worker sends instead of a PDF; no message, which might quote the letter."""

    kind: str
    unavailable: bool


def _print(printer: Printer, letter: Letter) -> bytes | _Failure:
    try:
        return printer(letter)
    except Exception as error:  # whatever it is, the other letters are printed
        return _Failure(type(error).__name__, isinstance(error, PdfUnavailableError))


def _read(message: bytes | _Failure) -> Outcome:
    if isinstance(message, bytes):
        return message
    return PdfUnavailableError() if message.unavailable else LetterFailedError(message.kind)


def _work(wire: "Connection[bytes | _Failure, Letter]", printer: Printer) -> None:
    """Print what comes over the wire, until it is cut: by this side's end or the other's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which cuts the wire
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    with suppress(PdfUnavailableError):  # each letter will say so
        load_weasyprint()
    gc.freeze()  # modules are no garbage
    with suppress(EOFError, OSError):
        wire.send(b"")  # it has begun
        for number in count(1):
            wire.send(_print(printer, wire.recv()))
            if number % LETTERS_BETWEEN_COLLECTIONS == 0:
                gc.collect()


@dataclass(slots=True)
class _Worker:
    """A process that prints: whether it has begun, and the number of the letter it has."""

    process: BaseProcess
    wire: "Connection[Letter, bytes | _Failure]"
    ready: bool = False
    printing: int | None = None

    @property
    def idle(self) -> bool:
        return self.ready and self.printing is None


@dataclass(slots=True)
class _Press:
    """Hands letters to workers and puts what comes back into order."""

    size: int
    printer: Printer
    workers: list[_Worker] = field(default_factory=list)
    finished: dict[int, Outcome] = field(default_factory=dict)

    def run(self, letters: Iterator[Letter]) -> Iterator[Outcome]:
        """What each letter comes to, in their order."""
        given = turn = 0
        try:
            with suppress(OSError):  # no more processes: those that there are do it
                for _ in range(self.size):
                    self._hire()
            letter = next(letters, None)
            while True:
                while letter and given < turn + self.size * AHEAD and self._can_print():
                    self._give(given, letter)
                    given += 1
                    letter = next(letters, None)  # at hand when the next worker has finished
                if turn in self.finished:
                    yield self.finished.pop(turn)
                    turn += 1
                elif letter or turn < given:
                    self._listen()
                else:
                    return
        finally:
            self._dismiss()

    def _can_print(self) -> bool:
        """Whether a letter can be taken on; without any worker, this process prints it."""
        return not self.workers or any(worker.idle for worker in self.workers)

    def _give(self, number: int, letter: Letter) -> None:
        worker = next((worker for worker in self.workers if worker.idle), None)
        if worker is None:
            self.finished[number] = _read(_print(self.printer, letter))
            return
        worker.printing = number
        with suppress(OSError):  # it has just died, which is heard next
            worker.wire.send(letter)

    def _listen(self) -> None:
        """Wait until some worker has begun, has printed or has died."""
        wires = {worker.wire: worker for worker in self.workers}
        for wire in wait(list(wires)):
            worker = next(w for w in self.workers if w.wire is wire)
            try:
                message = worker.wire.recv()
            except (EOFError, OSError):
                self._lose(worker)
                continue
            if worker.printing is None:
                worker.ready = True
            else:
                self.finished[worker.printing] = _read(message)
                worker.printing = None

    def _lose(self, worker: _Worker) -> None:
        """Put another in place of a worker that died, and give up the letter that it had.

        One that never began is not replaced: the next would not begin either.
        """
        self.workers.remove(worker)
        worker.wire.close()
        worker.process.join(PATIENCE)
        worker.process.kill()  # if it only cut the wire
        if worker.printing is not None:
            status = worker.process.exitcode
            self.finished[worker.printing] = LetterFailedError(
                f"the process that printed it ended early (status {status})"
            )
        if worker.ready:
            with suppress(OSError):
                self._hire()

    def _hire(self) -> None:
        context = get_context("spawn")
        wire, other_end = context.Pipe()
        process = context.Process(target=_work, args=(other_end, self.printer), daemon=True)
        with _without_interrupts():
            process.start()
        other_end.close()  # so that its death cuts the wire
        self.workers.append(_Worker(process, wire))

    def _dismiss(self) -> None:
        for worker in self.workers:
            worker.wire.close()
            if not worker.idle:
                worker.process.terminate()
        for worker in self.workers:
            worker.process.join(PATIENCE)
            worker.process.kill()
            worker.process.join()
            worker.process.close()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start a process that Ctrl-C does not reach, not even before its first line.

    Signals that are held back here are held back there for good; here they come a moment later.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
