"""A home, key or store that is not as it should be: said in a sentence, and left as it is."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest
from sqlcipher3 import dbapi2

from tests.cli.conftest import Process, Refused, assert_one_sentence
from tests.conftest import ERIKA, Dsr

ERASURE = ("request", "clearview", "--type", "erasure", *ERIKA)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc is there on Linux only")
Lock = Callable[..., dict[str, str]]


@pytest.fixture
def store(fresh_home: Path, reference: str) -> Path:
    """The file of a store that holds a request, its key in the keyring."""
    return fresh_home / "record.db"


# the home ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [ERASURE, ("init", *ERIKA)])
def test_a_home_below_a_file_is_refused(refused: Refused, command: tuple[str, ...]) -> None:
    Path("file").write_text("in the way")
    assert "file/home" in refused("--home", "file/home", *command, status=6)


def test_a_home_that_is_a_file_is_refused(refused: Refused) -> None:
    Path("file").write_text("in the way")
    assert "file" in refused("--home", "file", *ERASURE, status=2)


@ON_LINUX
def test_a_home_that_cannot_be_made_is_refused(refused: Refused) -> None:
    assert "/proc/dsr" in refused("--home", "/proc/dsr", *ERASURE, status=6)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write anywhere")
def test_a_home_of_somebody_else_is_refused(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o500)
    refused("--home", str(tmp_path / "theirs" / "home"), *ERASURE, status=6)


def test_a_home_on_a_read_only_disk_is_refused(
    dsr: Dsr, refused: Refused, disk: Callable[[str], Path]
) -> None:
    home = disk("size=10M") / "home"
    assert dsr("--home", str(home), "init", *ERIKA).status == 0
    disk("ro")
    refused("--home", str(home), *ERASURE, status=6)


@pytest.mark.parametrize("size", ["4k", "60k", "160k"])
def test_a_full_disk_leaves_no_half_case(dsr: Dsr, disk: Callable[[str], Path], size: str) -> None:
    home = disk(f"size={size}") / "home"
    result = dsr("--home", str(home), *ERASURE)
    assert_one_sentence(result.stderr)
    assert "disk is full" in result.stderr
    assert result.status == 6
    assert not list(Path().rglob("*.pdf"))
    disk("size=10M")
    assert dsr("--home", str(home), "list", "--json").data == []
    assert dsr("--home", str(home), *ERASURE).status == 0


def test_an_answer_for_which_the_disk_is_too_small_is_not_half_kept(
    dsr: Dsr, disk: Callable[[str], Path]
) -> None:
    home = disk("size=600k") / "home"
    reference = dsr("--home", str(home), *ERASURE, "--json").data[0]["reference"]
    Path("answer.zip").write_bytes(os.urandom(1_000_000))
    dsr("--home", str(home), "record", reference, "sent")
    late = ("record", reference, "fulfilled", "--attach", "answer.zip")
    result = dsr("--home", str(home), *late)
    assert_one_sentence(result.stderr)
    assert result.status == 6
    assert len(dsr("--home", str(home), "show", reference, "--json").data["events"]) == 2
    disk("size=10M")
    assert dsr("--home", str(home), *late).status == 0


# the key -------------------------------------------------------------------------------------


def test_a_key_that_is_lost_is_named(refused: Refused, store: Path, lock: Lock) -> None:
    name = lock()["id"]
    keyring.delete_password("dsr", name)
    assert name in refused("list", status=6)
    refused(*ERASURE, status=6)


@pytest.mark.parametrize("backend", ["dsr_test_keyrings.LockedKeyring", "gone.Keyring", ""])
def test_a_keyring_that_does_not_answer_is_said_so(
    refused: Refused, store: Path, lock: Lock, backend: str
) -> None:
    lock(keyring=backend)
    assert "keyring" in refused("list", status=6)


def test_no_keyring_and_no_passphrase_names_the_way_out(process: Process, fresh_home: Path) -> None:
    result = process(*ERASURE)
    assert_one_sentence(result.stderr)
    assert result.status == 6
    assert "--passphrase-file" in result.stderr
    assert not [path for path in (*Path().rglob("*"), *fresh_home.rglob("*")) if path.is_file()]


def test_a_wrong_passphrase_is_refused(refused: Refused, dsr: Dsr, passphrase_file: Path) -> None:
    right = ("--passphrase-file", str(passphrase_file))
    assert dsr("init", *ERIKA, *right).status == 0
    Path("wrong").write_text("an other passphrase")
    assert "passphrase" in refused("list", "--passphrase-file", "wrong", status=6)
    assert "--passphrase-file" in refused("list", status=6)
    assert dsr("list", *right).status == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "too short"),
        (b"short\n", "too short"),
        (b"\xff\xfe\x00 binary", "UTF-8"),
        (b"long enough\0", "passphrase"),
        (b"x" * 1_000_000, "too large"),
    ],
    ids=["empty", "short", "binary", "NUL", "huge"],
)
@pytest.mark.parametrize("command", [ERASURE, ("init", *ERIKA)], ids=["request", "init"])
def test_a_passphrase_file_that_holds_none_is_refused(
    refused: Refused, command: tuple[str, ...], content: bytes, said: str
) -> None:
    Path("passphrase").write_bytes(content)
    assert said in refused(*command, "--passphrase-file", "passphrase", status=4)


def test_a_passphrase_file_that_is_none_is_refused(refused: Refused) -> None:
    assert "nowhere" in refused(*ERASURE, "--passphrase-file", "nowhere", status=6)
    refused(*ERASURE, "--passphrase-file", ".", status=2)


# the store -----------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 1000, 4096, 16_384, 50_000, -4096])
def test_a_store_that_was_cut_off_is_left_alone(refused: Refused, store: Path, length: int) -> None:
    store.write_bytes(store.read_bytes()[:length])
    refused("list", status=6)
    refused(*ERASURE, status=6)


@pytest.mark.parametrize("start", [0, 4096, 20_000])
def test_a_store_that_was_overwritten_is_left_alone(
    refused: Refused, store: Path, start: int
) -> None:
    whole = store.read_bytes()
    store.write_bytes(whole[:start] + b"garbage!" * ((len(whole) - start) // 8))
    refused("list", status=6)


def test_a_store_of_a_newer_dsr_is_left_alone(refused: Refused, store: Path, lock: Lock) -> None:
    key = keyring.get_password("dsr", lock()["id"])
    db = dbapi2.connect(str(store), isolation_level=None)
    db.execute(f"PRAGMA key = \"x'{key}'\"")
    db.execute("PRAGMA user_version = 99")
    db.close()
    assert "newer dsr" in refused("list", status=6)
    assert "newer dsr" in refused(*ERASURE, status=6)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"id": "x"}', b'{"id": "x", "protection": "hope"}'],
)
def test_a_lock_file_that_is_broken_is_left_alone(
    refused: Refused, store: Path, content: bytes
) -> None:
    store.with_name("lock.json").write_bytes(content)
    assert "lock.json" in refused("list", status=6)
    refused(*ERASURE, status=6)


def test_a_lock_file_that_is_missing_is_not_made_anew(refused: Refused, store: Path) -> None:
    store.with_name("lock.json").unlink()
    assert "lock.json" in refused("list", status=6)
    refused(*ERASURE, status=6)


def test_the_protection_of_a_record_is_not_taken_away(refused: Refused, store: Path) -> None:
    refused("init", *ERIKA, "--unencrypted", status=5)
