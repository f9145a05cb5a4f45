"""A file larger than memory may be: kept, given back and backed up bit by bit, streamed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SIZE = 101 * 1024 * 1024
# What a run takes beyond what dsr takes anyway must be far below the size of the file.
MOST_MORE = 30 * 1024  # KiB
MEASURED = """
import resource, sys
from dsr.cli.main import run
status = run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
def test_a_large_file_is_kept_and_comes_back_through_little_memory(
    passphrase_file: Path, fresh_home: Path
) -> None:
    def measured(*arguments: str) -> int:
        """The most memory that a run of dsr took, in KiB."""
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *arguments], env=environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        out.append(done.stdout)
        return int(done.stderr.splitlines()[-1])

    out: list[str] = []
    environment = {**os.environ, "DSR_PASSPHRASE_FILE": str(passphrase_file)}
    measured("init", "--name", "Erika Mustermann", "--email", "e@example.org", "--country", "DE")
    measured("request", "clearview", "-t", "access", "--json")
    reference = out[-1].split('"reference": "')[1].split('"')[0]
    small = measured("record", reference, "note", "--note", "x")
    video = Path("video.mp4")
    write(video)
    assert measured("record", reference, "note", "--note", "x", "--attach", "video.mp4") < (
        small + MOST_MORE
    )
    few = measured("verify")
    for words in (
        ("show", reference, "--out", "out"),
        ("data", "export", "x.zip"),
        ("data", "import", "x.zip", "--home", "two"),
    ):
        assert measured(*words) < max(few, small) + MOST_MORE, words
    (back,) = Path("out").glob("*video.mp4")
    assert subprocess.run(["cmp", back, video], check=False).returncode == 0
    # The key of a passphrase takes 256 MB on its own, so a backup is compared with one.
    backup = measured("data", "backup", "copy.backup")
    video.unlink()
    assert measured("data", "restore", "copy.backup", "--home", "three") < backup + MOST_MORE
    measured("show", reference, "--out", "again", "--home", "three")
    (again,) = Path("again").glob("*video.mp4")
    assert subprocess.run(["cmp", back, again], check=False).returncode == 0


def write(path: Path) -> None:
    """A file of no pattern, written in pieces."""
    with path.open("wb") as stream:
        for _ in range(SIZE // (1 << 20)):
            stream.write(os.urandom(1 << 20))
