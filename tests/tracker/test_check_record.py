"""The program that checks an exported record: it runs without dsr, and finds what was changed."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dsr.paths import check_script
from dsr.tracker.seal import Head
from dsr.tracker.signing import new_key_pem
from dsr.workflows.sealing import write_seal

AT = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
GENESIS = "0" * 64


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def seal(place: Path, digest: str) -> None:
    head = Head(store="9f2c41", entries=4, digest=digest, sealed_at=AT)
    write_seal(place, head, new_key_pem())


LETTER, REPLY = b"Dear controller \xff", b"%PDF-1.7 no"
Line = dict[str, Any]


def event(number: int, *documents: bytes) -> str:
    files = [{"name": "ä", "sha256": sha256(d).hexdigest(), "bytes": len(d)} for d in documents]
    note = "line\u2028separator \u0085 <b>"
    return json.dumps({"attachments": files, "note": note, "seq": number}, ensure_ascii=False)


def lines_of(*said: tuple[str, str]) -> list[Line]:
    """A journal that says these things, each a kind and a content."""
    lines: list[Line] = []
    before = GENESIS
    for position, (kind, content) in enumerate(said, 1):
        salt, subject = f"{position:032x}", "DSR-7K3F-9QX2"
        bound = hashed(f"{salt}\n{kind}\n{subject}\n{content}")
        before = hashed(f"{before}\n{bound}")
        names = ("position", "kind", "subject", "content", "salt", "commitment", "digest")
        values = (position, kind, subject, content, salt, bound, before)
        lines.append(dict(zip(names, values, strict=True)))
    return lines


SAID = (
    ("request", "{}"),
    ("event", event(1, LETTER)),
    ("event", event(2, REPLY)),
    ("person", '{"name":"é"}'),
)


def relinked(lines: list[Line]) -> list[Line]:
    """The lines with their chain computed anew, as whoever holds the key could do it."""
    return lines_of(*((line["kind"], line["content"]) for line in lines))


class Export:
    """An exported record that was sealed when it was whole."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines = lines_of(*SAID)
        (root / "documents").mkdir(parents=True)
        for document in (LETTER, REPLY):
            (root / "documents" / sha256(document).hexdigest()).write_bytes(document)
        seal(root / "seal", self.lines[-1]["digest"])

    def check(self, lines: list[Line] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the program on the directory, where neither dsr nor any other package is found."""
        text = "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines or self.lines)
        (self.root / "journal.jsonl").write_text(text, "utf-8")
        return self.run()

    def run(self) -> subprocess.CompletedProcess[str]:
        """Check the directory as it lies there."""
        program = shutil.copy(check_script(), self.root)
        alone = [sys.executable, "-I", "-S", program, self.root]
        return subprocess.run(alone, capture_output=True, text=True, check=False)


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path / "export")


def test_the_program_has_thirty_lines_and_needs_python_only() -> None:
    source = check_script().read_text("utf-8")
    assert len(source.splitlines()) <= 30
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.M))
    assert imported <= set(sys.stdlib_module_names)


def test_a_whole_export_passes(export: Export) -> None:
    done = export.check()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "entries whole: 4 of 4, their content withheld: 0",
        "first bad entry: none",
        "documents named: 2, missing: [], altered: []",
        "seal over entries 1 to 4: kept",
    ]


def test_erased_contents_are_counted_and_keep_their_place(export: Export) -> None:
    """A withheld event's documents are not in the export, and nobody misses them."""
    for name in ("content", "salt", "kind", "subject"):
        export.lines[2][name] = None
        del export.lines[3][name]
    (export.root / "documents" / sha256(REPLY).hexdigest()).unlink()
    done = export.check()
    assert done.returncode == 0
    assert "entries whole: 4 of 4, their content withheld: 2" in done.stdout
    assert "documents named: 1, missing: [], altered: []" in done.stdout


def test_entries_after_the_seal_are_no_fault(export: Export) -> None:
    done = export.check(lines_of(*SAID, ("request", "{}")))
    assert done.returncode == 0
    assert "entries whole: 5 of 5" in done.stdout
    assert "seal over entries 1 to 4: kept" in done.stdout


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("position", 3),
        ("kind", "request"),
        ("kind", None),
        ("subject", "DSR-AAAA-AAAA"),
        ("content", event(1, LETTER).replace("1", "2", 1)),
        ("content", ""),
        ("content", 5),
        ("salt", "0" * 32),
        ("commitment", "0" * 64),
        ("commitment", None),
        ("digest", "0" * 64),
        ("digest", None),
    ],
)
def test_one_altered_field_is_found_where_it_is(export: Export, field: str, value: object) -> None:
    export.lines[1][field] = value
    done = export.check()
    assert done.returncode == 1
    assert "entries whole: 1 of 4" in done.stdout
    assert "first bad entry: 2" in done.stdout


def test_a_withheld_entry_cannot_be_altered_either(export: Export) -> None:
    export.lines[2] |= {"content": None, "salt": None, "commitment": hashed("another")}
    done = export.check()
    assert done.returncode == 1
    assert "first bad entry: 3" in done.stdout


Change = Callable[[list[Line]], list[Line]]


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [*lines[:2], *lines[1:]], 3),
        (lambda lines: lines[:3], "none"),
        (lambda lines: relinked([lines[0], *lines[2:]]), "none"),
        (lambda lines: relinked([lines[0], lines[2], lines[1], lines[3]]), "none"),
        (lambda lines: relinked([*lines[:3], lines[0]]), "none"),
    ],
    ids=[
        *("first-gone", "one-gone", "swapped", "doubled", "last-gone"),
        *("one-gone-relinked", "swapped-relinked", "last-altered-relinked"),
    ],
)
def test_missing_and_swapped_entries_are_found(
    export: Export, change: Change, first_bad: int | str
) -> None:
    """The chain shows what was done clumsily, the seal what was done by someone with the key."""
    done = export.check(change(export.lines))
    assert done.returncode == 1
    assert f"first bad entry: {first_bad}\n" in done.stdout
    assert "seal over entries 1 to 4: BROKEN" in done.stdout


@pytest.mark.parametrize("line", [b"{", b"[]", b"\xff\xfe", b"[" * 20000, b"{}", b"null"])
def test_a_line_that_cannot_be_read_is_the_first_bad_one(export: Export, line: bytes) -> None:
    export.check()
    journal = export.root / "journal.jsonl"
    first, _, *rest = journal.read_bytes().splitlines()
    journal.write_bytes(b"\n".join([first, line, *rest]))
    done = export.run()
    assert done.returncode == 1
    assert "first bad entry: 2" in done.stdout


def test_missing_and_altered_documents_are_named(export: Export) -> None:
    letter, reply = (sha256(document).hexdigest() for document in (LETTER, REPLY))
    (export.root / "documents" / letter).write_bytes(LETTER + b" ")
    done = export.check()
    assert done.returncode == 1
    assert f"documents named: 2, missing: [], altered: ['{letter}']" in done.stdout
    (export.root / "documents" / letter).unlink()
    (export.root / "documents" / reply).unlink()
    done = export.check()
    assert done.returncode == 1
    assert str(sorted([letter, reply])) in done.stdout.partition("missing: ")[2]


def test_a_wrong_seal_is_broken(export: Export) -> None:
    shutil.rmtree(export.root / "seal")
    seal(export.root / "seal", hashed("another record"))
    done = export.check()
    assert done.returncode == 1
    assert "first bad entry: none" in done.stdout
    assert "seal over entries 1 to 4: BROKEN" in done.stdout


def test_without_a_seal_an_export_does_not_pass(export: Export) -> None:
    shutil.rmtree(export.root / "seal")
    done = export.check()
    assert done.returncode == 1
    assert "entries whole: 4 of 4" in done.stdout
    assert "seal.json" in done.stderr
