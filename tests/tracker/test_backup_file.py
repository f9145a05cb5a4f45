"""Backups: whole or not at all, opened by hand too, and no byte of them changes unseen."""

import io
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from time import sleep
from typing import Any, BinaryIO

import pyrage
import pytest

from dsr.errors import (
    BadFileError,
    ConflictError,
    DsrError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from dsr.tracker import plain_tar
from dsr.tracker.age import new_identity
from dsr.tracker.backup_file import (
    BackupLock,
    KeyLock,
    PassphraseLock,
    asks_passphrase,
    open_backup,
    write_backup,
)

MARKER = b"Erika Mustermann, Heidestr. 17"
CONTENTS = {
    "record.db": MARKER * 3000,
    "files/ab/cdef": bytes(range(256)) * 3,
    "empty": b"",
    "n" * 100: b"x" * 512,
}
KEY = KeyLock(new_identity())
PASSPHRASE = PassphraseLock("correct horse — 電池")
LOCKS = pytest.mark.parametrize("lock", [KEY, PASSPHRASE], ids=["key", "passphrase"])


def members(contents: dict[str, bytes]) -> Iterable[tuple[str, BinaryIO, int]]:
    return ((name, io.BytesIO(content), len(content)) for name, content in contents.items())


def all_of(path: Path, lock: BackupLock = KEY) -> dict[str, bytes]:
    with open_backup(path, lock) as files:
        return {name: stream.read() for name, stream in files}


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(DsrError) as caught:
        call()
    return caught.value.code


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "record.dsr"


@pytest.fixture
def backup(path: Path) -> Path:
    write_backup(path, members(CONTENTS), KEY)
    return path


@pytest.fixture(scope="module")
def by_passphrase(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup under the passphrase; each takes a second to lock or open."""
    path = tmp_path_factory.mktemp("backups") / "record.dsr"
    write_backup(path, members(CONTENTS), PASSPHRASE)
    return path.read_bytes()


# What goes in comes out ------------------------------------------------------------------------


@LOCKS
def test_a_backup_gives_back_what_went_in_and_shows_none_of_it(
    path: Path, lock: BackupLock
) -> None:
    told: list[int] = []
    write_backup(path, members(CONTENTS), lock, told=told.append)
    assert list(all_of(path, lock).items()) == list(CONTENTS.items())
    assert asks_passphrase(path) is (lock is PASSPHRASE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert told[-1] >= sum(map(len, CONTENTS.values()))
    shown = path.read_bytes()
    assert not [word for word in (MARKER, b"record.db", b"AGE-SECRET-KEY-1") if word in shown]


def test_files_may_be_read_in_part_or_not_at_all(backup: Path) -> None:
    threads = threading.active_count()
    with open_backup(backup, KEY) as files:
        _, record = next(files)
        assert record.read(30) == MARKER
        next(files)
        with pytest.raises(ValueError, match="closed"):
            record.read(1)
        assert [name for name, _ in files] == list(CONTENTS)[2:]
    with open_backup(backup, KEY) as files:
        next(files)
    with pytest.raises(ZeroDivisionError), open_backup(backup, KEY):
        raise ZeroDivisionError
    assert threading.active_count() == threads


@LOCKS
def test_a_backup_can_be_opened_by_hand(path: Path, lock: BackupLock) -> None:
    write_backup(path, members(CONTENTS), lock)
    with tarfile.open(path) as outer:
        around = {each.name: outer.extractfile(each).read() for each in outer}  # type: ignore[union-attr]
    readme = around.pop("dsr-backup/README.txt")
    archive = around.pop("dsr-backup/backup.tar.age")
    if lock is PASSPHRASE:
        locked = around.pop("dsr-backup/key.age")
        key = pyrage.passphrase.decrypt(locked, PASSPHRASE.passphrase).decode().strip()
    else:
        key = KEY.identity
    assert not around
    clear = pyrage.decrypt(archive, [pyrage.x25519.Identity.from_str(key)])
    with tarfile.open(fileobj=io.BytesIO(clear)) as inner:
        inside = {each.name: inner.extractfile(each).read() for each in inner}  # type: ignore[union-attr]
    assert inside == {"README.txt": readme, **CONTENTS}


def typed(command: str, answer: str) -> None:
    """Run a shell command on a terminal of its own, and answer what it asks."""
    child, terminal = pty.fork()
    if not child:
        os.execvp("sh", ["sh", "-c", command])  # noqa: S606
    os.read(terminal, 1000)  # the question
    os.write(terminal, f"{answer}\n".encode())
    while True:
        try:
            if not os.read(terminal, 1000):
                break
        except OSError:
            break
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not (shutil.which("age") and shutil.which("tar")), reason="no age or tar here")
@LOCKS
def test_the_readme_tells_how_to_open_a_backup(
    path: Path, lock: BackupLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(path, members(CONTENTS), lock)
    monkeypatch.chdir(path.parent)
    unpacked = subprocess.run(["tar", "-xf", path], check=True, capture_output=True)
    assert not unpacked.stderr
    monkeypatch.chdir("dsr-backup")
    readme = Path("README.txt").read_text("ascii")
    shown = [line.strip() for line in readme.splitlines() if line.startswith("    ")]
    commands = " && ".join(line for line in shown if not line.startswith("dsr"))
    if lock is KEY:
        Path("key.age").write_text(f"{KEY.identity}\n")
        subprocess.run(["sh", "-c", commands], check=True)
    else:
        typed(commands, PASSPHRASE.passphrase)
    for name, content in CONTENTS.items():
        assert Path("record", name).read_bytes() == content


def test_a_file_may_be_larger_than_old_archives_could_hold() -> None:
    size = 9 << 30
    block = plain_tar.header("big", size)
    assert plain_tar.next_file(io.BytesIO(block), "x") == ("big", size)
    assert tarfile.TarInfo.frombuf(block, "ascii", "strict").size == size


# Writing: whole or not at all ------------------------------------------------------------------


def test_an_existing_file_is_replaced_only_when_told(path: Path) -> None:
    path.write_bytes(b"precious")
    assert code_of(lambda: write_backup(path, members(CONTENTS), KEY)) == "file_exists"
    assert path.read_bytes() == b"precious"
    write_backup(path, members(CONTENTS), KEY, replace=True)
    assert all_of(path) == CONTENTS
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_appears_meanwhile_is_not_replaced(path: Path) -> None:
    def slow() -> Iterable[tuple[str, BinaryIO, int]]:
        yield from members(CONTENTS)
        path.write_bytes(b"precious")

    with pytest.raises(ConflictError):
        write_backup(path, slow(), KEY)
    assert path.read_bytes() == b"precious"
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_without_links_will_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_link)
    write_backup(path, members(CONTENTS), KEY)
    assert all_of(path) == CONTENTS
    assert list(path.parent.iterdir()) == [path]


class Breaks(io.BytesIO):
    """A stream that ends in a failure."""

    def read(self, size: int | None = -1, /) -> bytes:
        if data := super().read(size):
            return data
        raise ConnectionResetError(104, "gone")


def test_a_failure_on_the_way_leaves_nothing(path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        write_backup(path, [("a", Breaks(bytes(200_000)), 300_000)], KEY)
    for said in (0, 199_999, 200_001):
        changed = [("a", io.BytesIO(bytes(200_000)), said)]
        assert code_of(lambda c=changed: write_backup(path, c, KEY)) == "changed_meanwhile"
    assert code_of(lambda: write_backup(path, [], PassphraseLock("short"))) == "weak_passphrase"
    assert list(path.parent.iterdir()) == []
    for nowhere in (path / "no" / "such", Path(__file__) / "such"):
        assert code_of(lambda at=nowhere: write_backup(at, [], KEY)) == "file_not_writable"
    assert code_of(lambda: write_backup(path.parent, [], KEY, replace=True)) == "file_not_writable"


BAD_NAMES = (
    *("", ".", "..", "/", "/etc/passwd", "../x", "a/../b", "a/..", "./a", "a//b", "a/", ".ssh/x"),
    *("a\\b", "C:x", "a\nb", "a\0b", "ä", "-rf", "a b", "~/x", "n" * 101),
)


@pytest.mark.parametrize("name", [*BAD_NAMES, "README.txt", "readme.TXT"])
def test_no_file_with_such_a_name_is_written(path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError):
        write_backup(path, members({name: b"x"}), KEY)
    assert list(path.parent.iterdir()) == []


# Reading: no byte changes unseen ---------------------------------------------------------------

SEEN = {"not_a_backup", "file_cut_off", "file_altered", "wrong_key"}


def test_no_part_of_a_backup_can_be_missing(backup: Path) -> None:
    whole = backup.read_bytes()
    for length in (*range(0, len(whole), 97), *range(len(whole) - 1100, len(whole), 31)):
        backup.write_bytes(whole[:length])
        assert code_of(lambda: all_of(backup)) == (
            "not_a_backup" if length < 512 else "file_cut_off"
        )
    for longer in (whole + b"\0", whole + bytes(512), whole + whole):
        backup.write_bytes(longer)
        assert code_of(lambda: all_of(backup)) == "file_altered"


def test_no_bit_of_a_backup_can_be_another(path: Path) -> None:
    small = {"record.db": MARKER * 20, "a": b""}
    write_backup(path, members(small), KEY)
    whole = path.read_bytes()
    chance = random.Random(11)  # noqa: S311
    for place in range(chance.randrange(9), len(whole), 9):
        altered = bytearray(whole)
        altered[place] ^= 1 << chance.randrange(8)
        path.write_bytes(altered)
        assert code_of(lambda: all_of(path)) in SEEN | {"unsafe_archive"}, place
    path.write_bytes(whole)
    assert all_of(path) == small


def test_no_bit_of_a_large_backup_can_be_another(path: Path) -> None:
    contents = {"record.db": random.Random(3).randbytes(400_000)}  # noqa: S311
    write_backup(path, members(contents), KEY)
    whole = path.read_bytes()
    chance = random.Random(5)  # noqa: S311
    for _ in range(60):
        altered = bytearray(whole)
        altered[chance.randrange(3000, len(whole) - 2000)] ^= 1 << chance.randrange(8)
        path.write_bytes(altered)
        assert code_of(lambda: all_of(path)) == "file_altered"


def test_chunks_cannot_change_places(path: Path) -> None:
    write_backup(path, members({"record.db": bytes(400_000)}), KEY)
    whole = bytearray(path.read_bytes())
    chunk = 65552
    first = whole.index(b"\n", whole.index(b"\n--- ") + 1) + 1 + 16
    one, two = whole[first : first + chunk], whole[first + chunk : first + 2 * chunk]
    path.write_bytes(whole[:first] + two + one + whole[first + 2 * chunk :])
    assert code_of(lambda: all_of(path)) == "file_altered"


def test_the_key_beside_a_backup_cannot_be_another(path: Path, by_passphrase: bytes) -> None:
    whole = by_passphrase
    key = whole.index(b"age-encryption.org")
    after_key = whole.index(b"dsr-backup/backup.tar.age")
    last_of_key = len(whole[:after_key].rstrip(b"\0")) - 1
    for place in (key, last_of_key, after_key - 1):
        altered = bytearray(whole)
        altered[place] ^= 1
        path.write_bytes(altered)
        assert code_of(lambda: all_of(path, PASSPHRASE)) in SEEN


@pytest.mark.parametrize(
    "wrong",
    [KeyLock(new_identity()), KeyLock("nonsense"), PASSPHRASE],
    ids=["another", "nonsense", "passphrase"],
)
def test_another_lock_opens_nothing(backup: Path, wrong: BackupLock) -> None:
    with pytest.raises(UnavailableError) as caught:
        all_of(backup, wrong)
    assert caught.value.code == "wrong_key"
    assert str(backup) in caught.value.sentence


def test_another_passphrase_opens_nothing(path: Path, by_passphrase: bytes) -> None:
    path.write_bytes(by_passphrase)
    assert code_of(lambda: all_of(path, PassphraseLock("correct horse"))) == "wrong_key"
    assert code_of(lambda: all_of(path, KEY)) == "wrong_key"


def test_a_computer_too_slow_for_a_passphrase_says_so(path: Path, by_passphrase: bytes) -> None:
    work = re.compile(rb"(-> scrypt \S+ )\d\d\n")
    path.write_bytes(work.sub(rb"\g<1>40\n", by_passphrase, count=1))
    assert code_of(lambda: all_of(path, PASSPHRASE)) == "too_slow"


def entry(name: str, content: bytes = b"", form: int = tarfile.GNU_FORMAT, **more: Any) -> bytes:
    """One file of a tar archive, made without dsr."""
    info = tarfile.TarInfo(name)
    info.mode, info.size = 0o600, len(content)
    for attribute, value in more.items():
        setattr(info, attribute, value)
    return info.tobuf(form, "utf-8", "strict") + content + bytes(-len(content) % 512)


END = bytes(1024)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        b"Sehr geehrte Damen" * 100,
        b"PK\x03\x04" * 500,
        entry("README.txt", b"Read me") + END,
    ],
    ids=["empty", "zeros", "text", "zip", "tar"],
)
def test_what_is_no_backup_is_called_so(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for call in (lambda: all_of(path), lambda: asks_passphrase(path)):
        with pytest.raises(BadFileError, match="is no backup made by dsr"):
            call()


def test_what_is_not_there_or_no_file_is_told(path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no file"):
        all_of(path)
    assert code_of(lambda: all_of(path.parent)) == "file_not_readable"
    out, into = os.pipe()
    os.close(into)
    with pytest.raises(UnavailableError, match="no file on a disk"):
        all_of(Path(f"/dev/fd/{out}"))
    os.close(out)


# Hostile archives ------------------------------------------------------------------------------


README = b"Read me"


def forge(path: Path, inner: bytes) -> None:
    """Make a backup as somebody can who knows the key and the format."""
    recipient = pyrage.x25519.Identity.from_str(KEY.identity).to_public()
    sealed = pyrage.encrypt(inner, [recipient])
    path.write_bytes(
        entry("dsr-backup/README.txt", README) + entry("dsr-backup/backup.tar.age", sealed) + END
    )


def test_a_backup_that_is_forged_well_is_one(path: Path) -> None:
    forge(path, entry("README.txt", README) + entry("a", b"x") + END)
    assert all_of(path) == {"a": b"x"}


LONG = "n" * 101
HOSTILE = {
    **{
        name: entry(name, b"x") for name in BAD_NAMES if name not in {"", LONG} and "\0" not in name
    },
    "long name, GNU": entry(LONG, b"x"),
    "long name, POSIX": entry(LONG, b"x", tarfile.PAX_FORMAT),
    "global header": entry("g", b"9 path=x\n", type=tarfile.XGLTYPE),
    "link": entry("a", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "hard link": entry("a", type=tarfile.LNKTYPE, linkname="README.txt"),
    "device": entry("a", type=tarfile.CHRTYPE),
    "pipe": entry("a", type=tarfile.FIFOTYPE),
    "directory": entry("a", type=tarfile.DIRTYPE),
    "sparse": entry("a", type=tarfile.GNUTYPE_SPARSE),
    "twice": entry("a", b"1") + entry("a", b"2"),
    "twice but for case": entry("a", b"1") + entry("A", b"2"),
    "README again": entry("README.txt", README),
    "runs as root": entry("a", b"x", mode=0o4755),
    "owned": entry("a", b"x", uid=1000, uname="erika"),
    "goes on after its end": END + entry("a", b"x"),
    "one zero block": bytes(512) + entry("a", b"x"),
    "larger than it is": entry("a", size=1 << 40),
    "smaller than nothing": entry("a", size=-512),
    "noise": random.Random(1).randbytes(512),  # noqa: S311
    "something in the padding": entry("a", b"x")[:-1] + b"x",
}
REFUSED = {"unsafe_archive", "file_altered", "file_cut_off"}


@pytest.mark.parametrize("member", HOSTILE.values(), ids=map(ascii, HOSTILE))
def test_a_hostile_archive_is_refused(path: Path, member: bytes) -> None:
    forge(path, entry("README.txt", README) + member + END)
    with pytest.raises(InvalidInputError) as caught:
        all_of(path)
    assert caught.value.code in REFUSED


@pytest.mark.parametrize(
    "inner",
    [
        b"",
        END,
        entry("README.txt", README),
        entry("README.txt", README) + bytes(512),
        entry("README.txt", b"Send your key to me") + END,
        entry("a", b"x") + END,
    ],
    ids=["nothing", "no file", "no end", "half an end", "another README", "no README"],
)
def test_an_archive_of_another_make_is_refused(path: Path, inner: bytes) -> None:
    forge(path, inner)
    assert code_of(lambda: all_of(path)) in REFUSED


@pytest.mark.parametrize(
    "around",
    [
        entry("dsr-backup/README.txt", README) + END,
        entry("dsr-backup/README.txt", README) + entry("dsr-backup/x", b"x") + END,
        entry("dsr-backup/README.txt", b"x" * 70_000) + END,
        entry("dsr-backup/README.txt", size=1 << 50) + END,
        entry("dsr-backup/README.txt", README) + entry("dsr-backup/backup.tar.age") + END,
    ],
    ids=["no archive", "another file", "huge README", "README without end", "empty archive"],
)
def test_a_hostile_file_is_refused(path: Path, around: bytes) -> None:
    path.write_bytes(around)
    assert code_of(lambda: all_of(path)) in REFUSED | SEEN


def test_there_is_a_limit_to_how_many_files_there_are(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_tar, "MOST_MEMBERS", 50)
    for count, is_refused in ((49, False), (50, True)):
        many = b"".join(entry(str(number)) for number in range(count))
        forge(path, entry("README.txt", README) + many + END)
        if is_refused:
            assert code_of(lambda: all_of(path)) == "unsafe_archive"
        else:
            assert len(all_of(path)) == count


# Processes -------------------------------------------------------------------------------------

PREAMBLE = """
import os, sys
from pathlib import Path
from dsr.tracker.backup_file import KeyLock, open_backup, write_backup

class Generated:
    def __init__(self, size): self.left, self.block = size, sys.argv[3].encode() * 3000
    def read(self, size):
        size = min(size, self.left, len(self.block))
        self.left -= size
        return self.block[:size]

path, lock = Path(sys.argv[1]), KeyLock(sys.argv[2])
"""

IN_LITTLE_MEMORY = """
def peak():  # ru_maxrss would start from what the parent used
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def there_and_back(size):
    write_backup(path, [("big", Generated(size), size)], lock, replace=True)
    with open_backup(path, lock) as files:
        for name, stream in files:
            while data := stream.read(1 << 16):
                size -= len(data)
    assert size == 0

there_and_back(1 << 20)
before = peak()
there_and_back(300 << 20)
print((peak() - before) >> 10)
"""

WITHOUT_END = """
write_backup(path, [("big", Generated(1 << 40), 1 << 40)], lock)
"""


def started(program: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + program, path, KEY.identity, MARKER.decode()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to measure")
def test_three_hundred_megabytes_pass_through_little_memory(path: Path) -> None:
    out, err = started(IN_LITTLE_MEMORY, path).communicate()
    assert not err
    assert int(out) < 64


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_whoever_is_killed_while_writing_leaves_no_backup(path: Path, by: signal.Signals) -> None:
    process = started(WITHOUT_END, path)
    while not any(part.stat().st_size > 1 << 20 for part in path.parent.iterdir()):
        assert process.poll() is None
        sleep(0.01)
    process.send_signal(by)
    _, err = process.communicate()
    assert process.returncode == -by, err
    left = list(path.parent.iterdir())
    assert not path.exists()
    assert len(left) == (by is signal.SIGKILL)
    assert not [part for part in left if MARKER in part.read_bytes()]
    write_backup(path, members(CONTENTS), KEY)
    assert all_of(path) == CONTENTS
