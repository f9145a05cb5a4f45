"""Large documents: what goes in comes out, in little memory, and nothing half or in clear."""

import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.errors import UnavailableError
from dsr.tracker.age import new_identity
from dsr.tracker.files import FileStore, KeptFile

MARKER = b"Erika Mustermann, Heidestr. 17"
CONTENT = MARKER * 7000  # four chunks of age
NOBODY = 65534
A_DAY = timedelta(days=1)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(directory: Path) -> FileStore:
    return FileStore(directory)


@pytest.fixture
def kept(files: FileStore) -> KeptFile:
    return files.take_in(io.BytesIO(CONTENT))


def given_back(files: FileStore, kept: KeptFile) -> bytes:
    sink = io.BytesIO()
    files.copy_out(kept, sink)
    return sink.getvalue()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(UnavailableError) as caught:
        call()
    return caught.value.code


def all_files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


# What goes in comes out ------------------------------------------------------------------------


@given(
    size=st.sampled_from([0, 1, 8192, 65535, 65536, 65537, 131072]) | st.integers(0, 300_000),
    cut=st.integers(0, 300_000),
)
def test_any_document_comes_back_as_it_was(size: int, cut: int) -> None:
    content = random.Random(size).randbytes(size)  # noqa: S311
    with TemporaryDirectory() as directory:
        files = FileStore(Path(directory) / "files")
        kept = files.take_in(io.BytesIO(content[cut:]), start=content[:cut])
        assert (kept.sha256, kept.size) == (sha256(content).hexdigest(), size)
        assert given_back(files, kept) == content
        assert files.check(kept)


def test_a_file_is_plain_age_that_its_key_opens(
    directory: Path, files: FileStore, kept: KeptFile
) -> None:
    key = pyrage.x25519.Identity.from_str(kept.key)
    assert pyrage.decrypt((directory / kept.place).read_bytes(), [key]) == CONTENT
    again = files.take_in(io.BytesIO(CONTENT))
    assert not {again.key, again.place} & {kept.key, kept.place}
    assert kept.key not in repr(kept)


def test_nobody_else_can_look_and_nothing_lies_in_clear(
    directory: Path, files: FileStore, kept: KeptFile, tmp_path: Path
) -> None:
    files.write_to(kept, tmp_path / "here" / "export.zip")
    for path in all_files(tmp_path):
        assert path.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / kept.place).parent.stat().st_mode & 0o777 == 0o700
    (path,) = all_files(directory)
    assert MARKER not in path.read_bytes()


def test_progress_is_told_up_to_the_end(files: FileStore) -> None:
    size = 5 * (1 << 20) + 3
    for_in: list[int] = []
    for_out: list[int] = []
    kept = files.take_in(io.BytesIO(bytes(size)), told=for_in.append)
    files.check(kept, for_out.append)
    for told in (for_in, for_out):
        assert told == sorted(told)
        assert len(told) >= 5
        assert told[-1] == size


# Damage ----------------------------------------------------------------------------------------


def damages(whole: bytes) -> list[bytes]:
    chance = random.Random(7)  # noqa: S311
    lengths = {0, 1, 21, 22, len(whole) - 1, len(whole) - 16, len(whole) - 65552}
    lengths |= {chance.randrange(len(whole)) for _ in range(40)}
    places = [*range(0, 260, 5), *(chance.randrange(len(whole)) for _ in range(80))]
    flipped = []
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 1 << chance.randrange(8)
        flipped.append(bytes(altered))
    return [whole[:length] for length in sorted(lengths)] + flipped + [whole + b"\0", whole * 2]


def test_whatever_happens_to_a_file_is_seen(
    directory: Path, files: FileStore, kept: KeptFile, tmp_path: Path
) -> None:
    path, target = directory / kept.place, tmp_path / "target"
    whole = path.read_bytes()
    target.write_bytes(b"what was there")
    for damaged in damages(whole):
        path.write_bytes(damaged)
        assert not files.check(kept)
        assert code_of(lambda: files.write_to(kept, target)) == "document_damaged"
    assert target.read_bytes() == b"what was there"
    assert not list(tmp_path.glob(".*"))  # nothing staged is left


def test_a_file_that_is_missing_or_another_is_seen(
    directory: Path, files: FileStore, kept: KeptFile
) -> None:
    other = files.take_in(io.BytesIO(CONTENT + b"!"))
    swapped = replace(other, place=kept.place)
    told_otherwise = replace(kept, sha256=other.sha256)
    for wrong in (
        swapped,
        told_otherwise,
        replace(kept, key=new_identity()),
        replace(kept, key="nonsense"),
        replace(kept, size=kept.size - 1),
        replace(kept, place="00/" + "0" * 30),
        replace(kept, place="../files/" + kept.place),
    ):
        assert code_of(lambda wrong=wrong: given_back(files, wrong)) == "document_damaged"
        assert not files.check(wrong)
    (directory / kept.place).unlink()
    with pytest.raises(UnavailableError) as caught:
        given_back(files, kept)
    assert kept.place in caught.value.sentence
    assert kept.key not in caught.value.sentence + str(caught.value.hint)


def test_a_directory_in_the_place_of_a_file_is_unreadable_not_missing(
    directory: Path, files: FileStore, kept: KeptFile
) -> None:
    (directory / kept.place).unlink()
    (directory / kept.place).mkdir()
    assert code_of(lambda: files.check(kept)) == "file_not_readable"


# Failures on the way ---------------------------------------------------------------------------


class Failing:
    """A stream that gives or takes so much and then fails in its own way."""

    def __init__(self, size: int, failure: BaseException) -> None:
        self.left, self.failure = size, failure

    def read(self, size: int) -> bytes:
        return bytes(self.passed(size))

    def write(self, data: bytes) -> int:
        return self.passed(len(data))

    def passed(self, size: int) -> int:
        if not self.left:
            raise self.failure
        size = min(size, self.left)
        self.left -= size
        return size


@pytest.mark.parametrize("size", [0, 100_000])
@pytest.mark.parametrize(
    "failure", [ConnectionResetError(104, "gone"), ValueError("mine"), KeyboardInterrupt()]
)
def test_what_a_stream_raises_comes_through_and_leaves_nothing(
    directory: Path, files: FileStore, size: int, failure: BaseException
) -> None:
    with pytest.raises(type(failure)) as caught:
        files.take_in(Failing(size, failure))
    assert caught.value is failure
    assert not all_files(directory)
    kept = files.take_in(io.BytesIO(CONTENT))
    with pytest.raises(type(failure)) as caught:
        files.copy_out(kept, Failing(size, failure))
    assert caught.value is failure


def test_a_place_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, kept: KeptFile) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    elsewhere = FileStore(in_the_way / "files")
    assert code_of(lambda: elsewhere.take_in(io.BytesIO(b"x"))) == "home_not_writable"
    assert code_of(lambda: given_back(elsewhere, kept)) == "document_damaged"
    assert elsewhere.orphans(()) == []


PREAMBLE = """
import io, os, resource, sys
from datetime import timedelta
from pathlib import Path
from dsr.errors import UnavailableError
from dsr.tracker.files import FileStore, KeptFile
import pyrage

class Generated:
    def __init__(self, size): self.left, self.block = size, os.urandom(1 << 20)
    def read(self, size):
        size = min(size, self.left)
        self.left -= size
        return self.block[:size]

class Nowhere:
    def write(self, data): return len(data)

files = FileStore(Path(sys.argv[1]))
"""


def started(program: str, directory: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + program, str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(program: str, directory: Path) -> str:
    out, err = started(program, directory).communicate()
    assert not err
    return out.strip()


FULL_DISK = """
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    files.take_in(Generated(10_000_000))
except UnavailableError as error:
    print(error.code, error.sentence)
"""


def test_a_file_that_does_not_fit_on_the_disk_is_told_and_gone(directory: Path) -> None:
    assert said(FULL_DISK, directory).startswith(f"file_not_writable {directory} cannot be written")
    assert not all_files(directory)


PROTECTED = f"""
if os.geteuid() == 0:  # whom permissions do not stop
    os.setgid({NOBODY})
    os.setuid({NOBODY})
kept = KeptFile("", 0, "ab/" + "0" * 30, "")
for attempt in (
    lambda: files.take_in(io.BytesIO(b"x")),
    lambda: files.write_to(kept, Path(sys.argv[1]) / "x"),
    lambda: files.check(kept),
    lambda: files.discard(kept.place),
):
    try:
        attempt()
    except UnavailableError as error:
        print(error.code)
"""


def test_a_place_that_is_protected_is_told() -> None:
    with TemporaryDirectory() as directory:  # one that others may pass through
        path = Path(directory, "ab", "0" * 30)
        path.parent.mkdir()
        path.touch(0)
        for protected in (path.parent, path.parent.parent):
            protected.chmod(0o555)
        codes = said(PROTECTED, Path(directory)).split()
    assert [code.removeprefix("home_").removeprefix("file_") for code in codes] == [
        "not_writable",
        "not_writable",
        "not_readable",
        "not_writable",
    ]


IN_LITTLE_MEMORY = """
def peak():  # ru_maxrss would start from what the parent used
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])

files.copy_out(files.take_in(Generated(1 << 20)), Nowhere())
before = peak()
kept = files.take_in(Generated(300 << 20))
files.copy_out(kept, Nowhere())
assert kept.size == 300 << 20
print((peak() - before) >> 10)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to measure")
def test_three_hundred_megabytes_pass_through_little_memory(directory: Path) -> None:
    assert int(said(IN_LITTLE_MEMORY, directory)) < 64


WITHOUT_END = """
print("started", flush=True)
files.take_in(Generated(1 << 40))
"""


def interrupted(directory: Path, by: signal.Signals) -> tuple[int, str]:
    process = started(WITHOUT_END, directory)
    while not any(path.stat().st_size > 1 << 20 for path in all_files(directory)):
        assert process.poll() is None
        sleep(0.01)
    process.send_signal(by)
    _, err = process.communicate()
    return process.returncode, err


def test_ctrl_c_ends_it_and_leaves_nothing(directory: Path) -> None:
    status, err = interrupted(directory, signal.SIGINT)
    assert status == -signal.SIGINT
    assert err.splitlines()[-1] == "KeyboardInterrupt"
    assert not all_files(directory)


# What nobody knows -----------------------------------------------------------------------------


def test_a_crash_leaves_at_most_a_file_for_the_sweep(directory: Path, files: FileStore) -> None:
    interrupted(directory, signal.SIGKILL)
    (left,) = all_files(directory)
    assert files.orphans(()) == [left]
    now = datetime.now(UTC)
    assert files.sweep((), now=now) == []
    assert files.sweep((), now=now + A_DAY + timedelta(minutes=1)) == [left]
    assert not all_files(directory)


def test_only_what_is_unknown_old_and_ours_is_swept(
    directory: Path, files: FileStore, kept: KeptFile
) -> None:
    young, old = (files.take_in(io.BytesIO(b"x")) for _ in range(2))
    now = datetime.now(UTC)
    before = (now - 2 * A_DAY).timestamp()
    foreign = [directory / "notes.txt", (directory / kept.place).with_name("photo.jpg")]
    for path in foreign:
        path.touch()
    for path in (directory / kept.place, directory / old.place, *foreign):
        os.utime(path, (before, before))
    known = {kept.place}
    assert files.orphans(known) == sorted(directory / each.place for each in (young, old))
    assert files.sweep(known, now=now, older_than=A_DAY) == [directory / old.place]
    assert files.orphans(known) == [directory / young.place]
    assert all(path.exists() for path in foreign)
    assert files.check(kept)


def test_what_is_discarded_is_gone_and_nothing_else(
    directory: Path, files: FileStore, kept: KeptFile, tmp_path: Path
) -> None:
    other = files.take_in(io.BytesIO(b"x"))
    for _ in range(2):
        files.discard(kept.place)
    assert all_files(directory) == [directory / other.place]
    precious = tmp_path / "precious"
    precious.touch()
    for place in ("../precious", str(precious), "", "ab", other.place + "\n"):
        assert code_of(lambda place=place: files.discard(place)) == "document_damaged"
    assert precious.exists()
    assert files.check(other)
