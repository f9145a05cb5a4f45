"""Do one thing with a large record and print the most kilobytes that this process ever held.

Usage: tracker_memory.py nothing|verify|list|export|backup FILE SCRATCH
"""

import gc
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from large_record import KEY, TODAY

from dsr.cli.main import OBJECTS_BETWEEN_COLLECTIONS
from dsr.tracker.age import new_identity
from dsr.tracker.backup_file import KeyLock
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.status import Status
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from dsr.workflows.backup import back_up
from dsr.workflows.exporting import export_record

NOW = datetime.now(UTC)


def _verify(store: Store, _scratch: Path) -> None:
    if not verify(store.engine, store.documents).ok:
        raise RuntimeError("The record that was made for this benchmark is not whole")


def _list(store: Store, _scratch: Path) -> None:
    store.standings(TODAY, statuses=[Status.OVERDUE])


def _export(store: Store, scratch: Path) -> None:
    export_record(store, scratch / "export", None, TODAY, now=NOW)


def _backup(store: Store, scratch: Path) -> None:
    back_up(store, scratch, scratch / "backup", KeyLock(new_identity()), now=NOW)


WORK: dict[str, Callable[[Store, Path], None]] = {
    "nothing": lambda _store, _scratch: None,
    "verify": _verify,
    "list": _list,
    "export": _export,
    "backup": _backup,
}
gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as dsr does
work, path, scratch = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
with closing(Store(SqliteEngine(path, KEY), path.parent / "files")) as opened:
    WORK[work](opened, scratch)
# What getrusage() calls the most is inherited from the parent process; this is not.
status = Path("/proc/self/status").read_text("ascii")
click.echo(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
