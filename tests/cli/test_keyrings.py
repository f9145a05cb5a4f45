"""Where the key is kept: a keyring that works, one that is missing, a real Secret Service."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which

import keyring
import pytest

from tests.cli.conftest import Process
from tests.conftest import ERIKA, Dsr, LockedKeyring

# A keyring that several processes share: a file for each secret, outside of the home.
FILE_KEYRING = """
import os
from pathlib import Path
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 5

    def get_password(self, service, username):
        path = Path(os.environ["KEYRING_FILES"], username)
        return path.read_text() if path.exists() else None

    def set_password(self, service, username, password):
        Path(os.environ["KEYRING_FILES"], username).write_text(password)
"""
needs_secret_service = pytest.mark.skipif(
    not (which("dbus-run-session") and which("gnome-keyring-daemon")),
    reason="dbus-run-session and gnome-keyring-daemon are not both installed",
)
SESSION = """
printf 'login password\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >&2
eval "$1"
"""


def test_a_working_keyring_holds_the_key_and_the_home_does_not(
    dsr: Dsr, fresh_home: Path, lock: Callable[..., dict[str, str]]
) -> None:
    assert dsr("init", *ERIKA).status == 0
    assert lock()["protection"] == "keyring"
    key = keyring.get_password("dsr", lock()["id"])
    assert key is not None
    assert len(key) == 64
    kept = b"".join(path.read_bytes() for path in fresh_home.iterdir())
    assert key.encode() not in kept
    assert bytes.fromhex(key) not in kept


def test_two_homes_have_two_keys(dsr: Dsr) -> None:
    keys = set()
    for home in ("one", "two"):
        assert dsr("--home", home, "init", *ERIKA).status == 0
        name = json.loads(Path(home, "lock.json").read_text())["id"]
        keys.add(keyring.get_password("dsr", name))
    assert len(keys) == 2


def test_a_locked_keyring_is_not_used_for_a_new_record(dsr: Dsr, fresh_home: Path) -> None:
    keyring.set_keyring(LockedKeyring())
    result = dsr("init", *ERIKA)
    assert result.status == 6
    assert "--passphrase-file" in result.stderr
    assert not [path for path in fresh_home.rglob("*") if path.is_file()]


def test_without_a_keyring_a_passphrase_protects_the_record(
    process: Process, passphrase_file: Path, lock: Callable[..., dict[str, str]]
) -> None:
    variable = {"DSR_PASSPHRASE_FILE": str(passphrase_file)}
    assert process("init", *ERIKA, **variable).status == 0
    assert lock()["protection"] == "passphrase"
    assert process("list", **variable).status == 0
    assert process("list", "--passphrase-file", str(passphrase_file)).status == 0
    refused = process("list")
    assert refused.status == 6
    assert "--passphrase-file" in refused.stderr


def test_a_wrong_passphrase_is_one_sentence_of_a_real_process(
    process: Process, passphrase_file: Path
) -> None:
    assert process("init", *ERIKA, "--passphrase-file", str(passphrase_file)).status == 0
    Path("wrong").write_text("an other passphrase")
    result = process("list", "--passphrase-file", "wrong")
    assert result.status == 6
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 2


def test_a_record_without_encryption_is_an_explicit_choice(
    process: Process, fresh_home: Path
) -> None:
    result = process("init", *ERIKA, "--unencrypted")
    assert result.status == 0
    assert "without encryption" in result.stderr
    assert b"Mustermann" in b"".join(path.read_bytes() for path in fresh_home.iterdir())
    assert process("list").status == 0


def test_first_commands_at_once_keep_one_key(tmp_path: Path) -> None:
    (tmp_path / "file_keyring.py").write_text(FILE_KEYRING)
    (tmp_path / "keys").mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "file_keyring.Keyring",
        "KEYRING_FILES": str(tmp_path / "keys"),
    }
    command = [sys.executable, "-m", "dsr", "init", *ERIKA]
    runs = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], said
    after = [sys.executable, "-m", "dsr", "list"]
    done = subprocess.run(after, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_secret_service
def test_a_real_secret_service_keeps_the_key(tmp_path: Path, fresh_home: Path) -> None:
    dsr = f"'{sys.executable}' -m dsr"
    who = "--name 'Erika Mustermann' --email erika@example.org --country DE"
    script = (
        f"{dsr} init {who} && {dsr} list --json && "
        f"'{sys.executable}' -c 'import json, keyring, os; "
        'print(keyring.get_password("dsr", json.load(open(os.environ["DSR_HOME"]'
        ' + "/lock.json"))["id"]))\''
    )
    of_this_session = ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY")
    environment = {key: value for key, value in os.environ.items() if key not in of_this_session}
    private = {
        name: str(tmp_path)
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")
    }
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", SESSION, "session", script],
        env={**environment, **private},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    envelope, _, key = done.stdout.rstrip("\n").rpartition("\n")
    assert json.loads(envelope)["data"] == []
    assert len(key) == 64
    written = json.loads((fresh_home / "lock.json").read_text())
    assert written["keyring"].startswith("keyring.backends.SecretService")
    kept = b"".join(path.read_bytes() for path in fresh_home.iterdir() if path.is_file())
    assert key.encode() not in kept
    assert b"Mustermann" not in kept
