"""A disk as a loss of power leaves it: what was synced is there, of the rest anything may be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from shutil import rmtree

from tests.tracker.faults import Call, Kind

SECTOR = 512  # bytes that a disk writes as a whole
Happened = Callable[[], bool]  # whether a change that was not synced reached the disk
Image = dict[str, bytes]

# Shared memory for the processes that have the store open; a memory map changes it past any call.
# The first to open the store makes it anew.
SHARED_MEMORY = "-shm"


def image_of(place: Path) -> Image:
    """Every file in a directory."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and not path.name.endswith(SHARED_MEMORY)
    }


def lay(image: Image, place: Path) -> None:
    """Make a directory that holds these files and no others."""
    rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, content in image.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@dataclass(eq=False, slots=True)
class File:
    """The content that is on the disk for sure, and the calls that may have changed it since."""

    synced: bytearray = field(default_factory=bytearray)
    pending: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        for call in self.pending:
            _apply(self.synced, call, lambda: True)
        self.pending.clear()

    def after(self, happened: Happened) -> bytes:
        content = bytearray(self.synced)
        for call in self.pending:
            _apply(content, call, happened)
        return bytes(content)


def _apply(content: bytearray, call: Call, happened: Happened) -> None:
    if call.kind is Kind.TRUNCATE:
        if happened():
            del content[call.number :]
            content.extend(bytes(call.number - len(content)))
        return
    begin, end = call.number, call.number + len(call.content)
    while begin < end:
        stop = min(end, begin - begin % SECTOR + SECTOR)
        if happened():
            content.extend(bytes(max(0, begin - len(content))))
            content[begin:stop] = call.content[begin - call.number : stop - call.number]
        begin = stop


class Disk:
    """One directory and those below it, built up call by call."""

    def __init__(self, before: Image) -> None:
        self._synced = {name: File(bytearray(content)) for name, content in before.items()}
        self._pending: list[tuple[Call, File]] = []
        self._now = dict(self._synced)  # the names as the running program sees them
        self._files: dict[int, File] = {}

    def take(self, call: Call) -> None:
        """Let one more call be made."""
        match call.kind:
            case Kind.MARK:
                pass
            case Kind.SYNC:
                self._file(call).sync()
            case Kind.SYNC_DIRECTORY:
                self._sync_directory(PurePosixPath(call.name))
            case Kind.WRITE | Kind.TRUNCATE:
                self._file(call).pending.append(call)
            case _:
                file = self._file(call)
                self._pending.append((call, file))
                _name(self._now, call, file)

    def image(self, happened: Happened) -> Image:
        """Every file by its name, if the power is lost now."""
        names = dict(self._synced)
        for call, file in self._pending:
            if happened():
                _name(names, call, file)
        contents = {file: file.after(happened) for file in names.values()}
        return {name: contents[file] for name, file in names.items()}

    def _file(self, call: Call) -> File:
        """The file that a call is about; inodes are used again, and not known from the start."""
        if call.kind is Kind.CREATE:
            self._files[call.file] = File()
        elif call.file not in self._files:
            self._files[call.file] = self._now[call.name]
        return self._files[call.file]

    def _sync_directory(self, directory: PurePosixPath) -> None:
        later = []
        for call, file in self._pending:
            if directory in {PurePosixPath(n).parent for n in (call.name, call.other) if n}:
                _name(self._synced, call, file)
            else:
                later.append((call, file))
        self._pending = later


def _name(names: dict[str, File], call: Call, file: File) -> None:
    match call.kind:
        case Kind.CREATE:
            names[call.name] = file
        case Kind.LINK:
            names[call.other] = file
        case Kind.UNLINK:
            names.pop(call.name, None)
        case Kind.RENAME:
            names.pop(call.name, None)
            names[call.other] = file
