"""Seals: OpenSSL can check them without dsr, and nothing that was changed goes unseen."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.errors import (
    BadFileError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from dsr.tracker.seal import (
    LARGEST_HEAD,
    Head,
    Held,
    Seal,
    SealVerdict,
    Stamp,
    check_seal,
    head_bytes,
    head_from,
)
from dsr.tracker.signing import check_signature, fingerprint, new_key_pem, public_pem, sign
from dsr.tracker.timestamp import LARGEST_RESPONSE, check_timestamp, timestamp_query
from dsr.workflows.sealing import read_seal, write_seal

AT = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
GENESIS = "0" * 64
KEY = new_key_pem()
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="OpenSSL is not here")
tried = settings(deadline=None, max_examples=60)


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def head(entries: int = 3, **other: Any) -> Head:
    table = {"store": "9f2c41", "digest": hashed("three"), "sealed_at": AT} | other
    return Head(entries=entries, **table)


heads = st.builds(
    Head,
    store=st.from_regex(r"[0-9A-Za-z_-]{1,64}", fullmatch=True),
    entries=st.integers(1, 2**63),
    digest=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    sealed_at=st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


# The bytes that are signed -----------------------------------------------------------------------


@tried
@given(heads)
def test_a_head_comes_back_from_its_bytes(one: Head) -> None:
    assert head_from(head_bytes(one)) == one
    assert len(head_bytes(one)) <= LARGEST_HEAD


def test_the_bytes_of_a_head_never_change() -> None:
    """What was signed years ago must be made again to the byte."""
    digest = hashed("three")
    assert head_bytes(head()).decode() == (
        f'{{"digest":"{digest}","entries":3,"format":"dsr-seal-1",'
        '"says":"At 2026-11-23T10:05:00Z the record 9f2c41 held 3 entries. The digest of entry 3 '
        f'is {digest}; it binds all entries up to there.",'
        '"sealed_at":"2026-11-23T10:05:00Z","store":"9f2c41"}'
    )


@tried
@given(heads, st.data())
def test_no_other_bytes_are_taken_for_a_head(one: Head, data: st.DataObject) -> None:
    content = bytearray(head_bytes(one))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    try:
        read = head_from(bytes(content))
    except InvalidInputError:
        return
    raise AssertionError(f"was read as {read}")


@pytest.mark.parametrize("field", ["digest", "entries", "format", "says", "sealed_at", "store"])
@tried
@given(value=anything)
def test_no_other_value_is_taken_in_a_field(field: str, value: object) -> None:
    table = json.loads(head_bytes(head())) | {field: value}
    content = json.dumps(table, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(InvalidInputError):
        head_from(content)


@tried
@given(st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_garbage_is_no_head(content: bytes) -> None:
    with pytest.raises(InvalidInputError):
        head_from(content)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * LARGEST_HEAD,
        head_bytes(head()) + b" " * LARGEST_HEAD,
        head_bytes(head()) + b"\n",
        head_bytes(head()).replace(b'"entries":3', b'"entries":3,"entries":3'),
        head_bytes(head(entries=1)).replace(b'"entries":1', b'"entries":true'),
        json.dumps(json.loads(head_bytes(head()))).encode(),
    ],
    ids=["nested", "huge", "newline", "twice", "true", "spaced"],
)
def test_what_only_looks_like_a_head_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError):
        head_from(content)


def test_a_seal_of_a_later_form_is_named_as_such() -> None:
    with pytest.raises(InvalidInputError) as caught:
        head_from(b'{"format":"dsr-seal-2"}')
    assert caught.value.code == "unknown_seal"


@pytest.mark.parametrize(
    "wrong",
    [
        {"entries": 0},
        {"entries": True},
        {"store": ""},
        {"store": "a\nb"},
        {"digest": "A" * 64},
        {"digest": "a" * 63},
        {"sealed_at": AT.replace(tzinfo=None)},
        {"sealed_at": AT.replace(microsecond=1)},
    ],
    ids=str,
)
def test_a_head_that_cannot_be_is_never_sealed(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        head(**wrong)


# Keys and signatures -----------------------------------------------------------------------------


def openssl(*arguments: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    command = ["openssl", *arguments]
    return subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)


@needs_openssl
def test_openssl_reads_the_key_and_finds_the_same_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(KEY)
    (tmp_path / "seal.pem").write_bytes(public_pem(KEY))
    public = openssl("pkey", "-in", "key.pem", "-pubout", at=tmp_path)
    assert public.stdout.encode() == public_pem(KEY)
    openssl("pkey", "-pubin", "-in", "seal.pem", "-outform", "DER", "-out", "der", at=tmp_path)
    digits = sha256((tmp_path / "der").read_bytes()).hexdigest()
    assert fingerprint(public_pem(KEY)).split(" ") == re.findall("....", digits)


def test_keys_differ_and_a_signature_fits_one_key_and_one_content() -> None:
    other = new_key_pem()
    signature = sign(KEY, b"content")
    assert check_signature(public_pem(KEY), b"content", signature)
    assert not check_signature(public_pem(other), b"content", signature)
    assert not check_signature(public_pem(KEY), b"Content", signature)


@tried
@given(st.binary(max_size=80))
def test_no_other_signature_is_good(signature: bytes) -> None:
    assert not check_signature(public_pem(KEY), b"content", signature)


RSA = generate_private_key(65537, 2048).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


@pytest.mark.parametrize(
    "pem",
    [b"", b"\xff" * 9, RSA, public_pem(KEY), KEY[:60], KEY[40:]],
    ids=["nothing", "no text", "another kind", "public", "its start", "its end"],
)
def test_what_is_no_secret_key_is_refused(pem: bytes) -> None:
    with pytest.raises(InvalidInputError, match="secret key"):
        sign(pem, b"content")


@pytest.mark.parametrize(
    "pem",
    [b"", b"\xff" * 9, RSA, KEY, public_pem(KEY)[:60]],
    ids=["nothing", "no text", "another kind", "secret", "its start"],
)
def test_what_is_no_public_key_is_refused(pem: bytes) -> None:
    with pytest.raises(InvalidInputError, match="public key"):
        check_signature(pem, b"content", b"")


# Time stamps -------------------------------------------------------------------------------------

TSA = """
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamp authority of OpenSSL, under a root of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "serial").write_text("01")
        (place / "use").write_text("extendedKeyUsage=critical,timeStamping\n")
        new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        root = (*new, "-x509", "-days", "3650", "-keyout", "root.key", "-out", "root.pem")
        self.run(*root, "-subj", "/CN=Root", "-addext", "keyUsage=critical,keyCertSign")
        self.run(*new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps")
        issued = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650")
        self.run("x509", "-req", "-in", "tsa.csr", *issued, "-extfile", "use", "-out", "tsa.pem")
        self.root = (place / "root.pem").read_bytes()

    def run(self, *arguments: str) -> None:
        done = openssl(*arguments, at=self.place)
        assert done.returncode == 0, done.stderr

    def answer(self, query: bytes, digests: str = "sha256") -> bytes:
        """What the authority answers; a refusal if it takes other digests only."""
        (self.place / "query").write_bytes(query)
        (self.place / "tsa.cnf").write_text(TSA.format(digests=digests))
        signer = ("-signer", "tsa.pem", "-inkey", "tsa.key")
        asked = ("-config", "tsa.cnf", "-section", "tsa", "-queryfile", "query")
        self.run("ts", "-reply", *asked, *signer, "-out", "answer")
        return (self.place / "answer").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if not shutil.which("openssl"):
        pytest.skip("OpenSSL is not here")
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stamped(authority: Authority) -> tuple[bytes, bytes, bytes]:
    """Content, the query for it and the answer."""
    content = head_bytes(head())
    query = timestamp_query(content)
    return content, query, authority.answer(query)


Stamped = tuple[bytes, bytes, bytes]


def test_openssl_reads_the_query(authority: Authority) -> None:
    content = head_bytes(head())
    query = timestamp_query(content)
    (authority.place / "asked").write_bytes(query)
    text = openssl("ts", "-query", "-in", "asked", "-text", at=authority.place).stdout
    assert "Hash Algorithm: sha256" in text
    assert "Certificate required: yes" in text
    assert re.search("Nonce: 0x[0-9A-F]{8}", text)
    assert sha256(content).digest() in query
    assert timestamp_query(content) != query


def test_a_stamp_tells_when_the_content_existed(authority: Authority, stamped: Stamped) -> None:
    content, query, answer = stamped
    at = check_timestamp(content, query, answer, [authority.root])
    assert at.utcoffset() == timedelta(0)
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(hours=1)
    assert check_timestamp(content, None, answer, [authority.root] * 2) == at
    (authority.place / "made").write_bytes(answer)
    text = openssl("ts", "-reply", "-in", "made", "-text", at=authority.place).stdout
    assert f"{at:%H:%M:%S %Y} GMT" in text


@pytest.mark.parametrize("nonce", [b"\x01", b"\x00\x80", b"\x7f" * 8, b"\x00" + b"\xff" * 8])
def test_a_nonce_of_any_length_is_found_again(authority: Authority, nonce: bytes) -> None:
    made = timestamp_query(b"content")
    before = made[2 : made.index(sha256(b"content").digest()) + 32]
    body = before + b"\x02" + bytes([len(nonce)]) + nonce + b"\x01\x01\xff"
    query = b"0" + bytes([len(body)]) + body
    assert check_timestamp(b"content", query, authority.answer(query), [authority.root])


def refusal(*arguments: Any) -> str:
    with pytest.raises(InvalidInputError) as caught:
        check_timestamp(*arguments)
    return caught.value.sentence


def test_a_stamp_on_something_else_is_refused(authority: Authority, stamped: Stamped) -> None:
    content, query, answer = stamped
    roots = [authority.root]
    assert "not about this seal" in refusal(content + b" ", None, answer, roots)
    assert "another query" in refusal(content, timestamp_query(content), answer, roots)
    assert "another query" in refusal(content, b"", answer, roots)
    assert "another query" in refusal(content, query[:-3], answer, roots)


def test_an_authority_under_another_root_is_refused(
    authority: Authority, stamped: Stamped, tmp_path: Path
) -> None:
    content, query, answer = stamped
    namesake = Authority(tmp_path).root
    assert "none of the given root" in refusal(content, query, answer, [namesake])
    both = [namesake + authority.root]
    assert check_timestamp(content, query, answer, both)
    signer_alone = [(authority.place / "tsa.pem").read_bytes()]
    assert "none of the given root" in refusal(content, query, answer, signer_alone)


def test_a_refusal_is_no_stamp(authority: Authority, stamped: Stamped) -> None:
    content, query, _ = stamped
    refused = authority.answer(query, digests="sha512")
    assert "not granted" in refusal(content, query, refused, [authority.root])


def test_an_altered_signature_is_refused(authority: Authority, stamped: Stamped) -> None:
    content, query, answer = stamped
    altered = answer[:-1] + bytes([answer[-1] ^ 1])
    assert "not signed" in refusal(content, query, altered, [authority.root])


@tried
@given(data=st.data())
def test_no_altered_answer_tells_another_time(
    authority: Authority, stamped: Stamped, data: st.DataObject
) -> None:
    content, query, answer = stamped
    at = data.draw(st.integers(0, len(answer) - 1))
    put = data.draw(st.binary(max_size=4))
    altered = answer[:at] + put + answer[at + data.draw(st.integers(0, 4)) :]
    try:
        told = check_timestamp(content, query, altered, [authority.root])
    except InvalidInputError:
        return
    assert told == check_timestamp(content, query, answer, [authority.root])


@tried
@given(garbage=st.binary())
def test_garbage_is_no_stamp(authority: Authority, garbage: bytes) -> None:
    assert "cannot be read" in refusal(b"content", None, garbage, [authority.root])


def test_a_huge_answer_is_not_even_parsed(authority: Authority, stamped: Stamped) -> None:
    content, query, answer = stamped
    huge = answer + b"\0" * LARGEST_RESPONSE
    assert "cannot be read" in refusal(content, query, huge, [authority.root])


@pytest.mark.parametrize("roots", [[], [b""], [b"garbage"], [public_pem(KEY)]])
def test_without_a_root_nothing_is_checked(stamped: Stamped, roots: list[bytes]) -> None:
    content, query, answer = stamped
    assert "root certificate" in refusal(content, query, answer, roots)


# Seals on disk -----------------------------------------------------------------------------------


def test_a_seal_comes_back_from_its_directory(tmp_path: Path) -> None:
    written = write_seal(tmp_path / "seal", head(), KEY)
    assert read_seal(tmp_path / "seal") == written
    assert written.head == head()
    assert {path.name for path in (tmp_path / "seal").iterdir()} == {
        *("seal.json", "seal.sig", "seal.pem", "seal.tsq", "HOW-TO-CHECK.txt"),
    }
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert b"PRIVATE" not in b"".join(p.read_bytes() for p in (tmp_path / "seal").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_a_seal_is_its_owners_to_give_away(tmp_path: Path) -> None:
    write_seal(tmp_path / "seal", head(), KEY)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "seal").rglob("*")} == {0}
    assert (tmp_path / "seal").stat().st_mode & 0o777 == 0o700


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_a_seal_is_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "kept"
    place.mkdir()
    write_seal(place / "seal", head(), KEY)
    (place / "file").write_text("mine")
    before = contents(place)
    monkeypatch.chdir(place / "seal")
    for taken in (place / "seal", place / "file", place, Path(), Path("..")):
        with pytest.raises(ConflictError):
            write_seal(taken, head(entries=4), KEY)
    assert contents(place) == before


def test_an_empty_directory_becomes_the_seal(tmp_path: Path) -> None:
    (tmp_path / "seal").mkdir()
    write_seal(tmp_path / "seal", head(), KEY)
    assert read_seal(tmp_path / "seal").head == head()


def test_a_seal_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    place = tmp_path / "place"
    place.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # HOW-TO-CHECK.txt is larger
    try:
        with pytest.raises(UnavailableError):
            write_seal(place / "seal", head(), KEY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(place.iterdir()) == []
    with pytest.raises(UnavailableError):
        write_seal(place / "no" / "such" / "seal", head(), KEY)


@pytest.mark.parametrize("name", ["seal.json", "seal.sig", "seal.pem"])
def test_a_seal_that_lacks_a_file_is_named(tmp_path: Path, name: str) -> None:
    write_seal(tmp_path / "seal", head(), KEY)
    file = tmp_path / "seal" / name
    file.write_bytes(file.read_bytes() + b"\n" * 5000)
    with pytest.raises(BadFileError, match=name):
        read_seal(tmp_path / "seal")
    file.unlink()
    with pytest.raises(BadFileError, match=name):
        read_seal(tmp_path / "seal")
    file.mkdir()
    with pytest.raises(BadFileError, match=name):
        read_seal(tmp_path / "seal")


def test_there_is_no_seal_where_there_is_no_directory(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_seal(tmp_path / "seal")


# The verdict -------------------------------------------------------------------------------------


def verdict(place: Path, chain: list[str], **other: Any) -> SealVerdict:
    """What the seal in *place* says of a record with these digests, the first at entry 1."""
    known = dict(enumerate(chain, 1))
    told: dict[str, Any] = {"store": "9f2c41", "entries": len(chain), "own_key": public_pem(KEY)}
    return check_seal(read_seal(place), known.get, **(told | other))


def chain_of(*commitments: str) -> list[str]:
    digests = [GENESIS]
    for each in commitments:
        digests.append(hashed(f"{digests[-1]}\n{each}"))
    return digests[1:]


CHAIN = chain_of("a", "b", "c")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A seal over the three entries of CHAIN."""
    write_seal(tmp_path / "seal", head(digest=CHAIN[-1]), KEY)
    return tmp_path / "seal"


def test_a_record_that_grew_still_holds_what_was_sealed(place: Path) -> None:
    same, grown = verdict(place, CHAIN), verdict(place, chain_of("a", "b", "c", "d"))
    assert (same.ok, same.held, same.added) == (True, Held.KEPT, 0)
    assert (grown.ok, grown.held, grown.added) == (True, Held.KEPT, 1)
    assert grown.says == (
        f"The signature is good, by the key {fingerprint(public_pem(KEY))}.",
        "The record holds all up to entry 3 as sealed on 23 November 2026 at 10:05:00 UTC; "
        "1 entry was added since.",
        "The seal has no time stamp.",
    )


@pytest.mark.parametrize(
    ("chain", "held", "says"),
    [
        (CHAIN[:2], Held.TRUNCATED, "cut short"),
        ([], Held.TRUNCATED, "cut short"),
        (chain_of("a", "x", "c"), Held.REWRITTEN, "rewritten"),
        (chain_of("a", "b", "x"), Held.REWRITTEN, "rewritten"),
        (chain_of("b", "a", "c", "d"), Held.REWRITTEN, "rewritten"),
        (chain_of("a", "c", "d"), Held.REWRITTEN, "rewritten"),
    ],
)
def test_a_record_that_lost_what_was_sealed_is_told(
    place: Path, chain: list[str], held: Held, says: str
) -> None:
    found = verdict(place, chain)
    assert (found.ok, found.held) == (False, held)
    assert says in found.says[1]


@tried
@given(
    st.lists(st.text(), min_size=1, max_size=8), st.lists(st.text(), max_size=8), st.integers(1, 8)
)
def test_only_a_record_that_begins_as_sealed_is_kept(
    sealed: list[str], now: list[str], entries: int
) -> None:
    entries = min(entries, len(sealed))
    seal_head = head(entries=entries, digest=chain_of(*sealed)[entries - 1])
    content = head_bytes(seal_head)
    seal = Seal(head=seal_head, signature=sign(KEY, content), public_key=public_pem(KEY))
    known = dict(enumerate(chain_of(*now), 1))
    found = check_seal(seal, known.get, store="9f2c41", entries=len(now))
    assert (found.held is Held.KEPT) == (sealed[:entries] == now[:entries])
    assert found.held is not Held.KEPT or found.added == len(now) - entries


def test_the_seal_of_another_record_says_nothing_of_this_one(place: Path) -> None:
    found = verdict(place, CHAIN, store="another")
    assert (found.ok, found.held) == (False, Held.OTHER_RECORD)


@pytest.mark.parametrize(
    "other",
    [
        {"store": "9f2c42"},
        {"entries": 2},
        {"digest": CHAIN[1]},
        {"sealed_at": AT - timedelta(days=365)},
    ],
    ids=str,
)
def test_no_field_can_be_altered_under_a_signature(place: Path, other: dict[str, Any]) -> None:
    (place / "seal.json").write_bytes(head_bytes(replace(head(digest=CHAIN[-1]), **other)))
    found = verdict(place, CHAIN)
    assert not found.ok
    assert not found.signature_good
    assert "signature is bad" in found.says[0]


def test_a_cut_or_altered_signature_is_bad(place: Path) -> None:
    good = (place / "seal.sig").read_bytes()
    for bad in (b"", good[:-1], bytes([good[0] ^ 1]) + good[1:]):
        (place / "seal.sig").write_bytes(bad)
        assert not verdict(place, CHAIN).ok


def test_a_seal_by_another_key_is_told_from_the_records_own(tmp_path: Path) -> None:
    other = new_key_pem()
    write_seal(tmp_path / "seal", head(digest=CHAIN[-1]), other)
    found = verdict(tmp_path / "seal", CHAIN)
    assert (found.ok, found.signature_good, found.own_key) == (False, True, False)
    assert "another key" in found.says[0]
    stranger = verdict(tmp_path / "seal", CHAIN, own_key=None)
    assert (stranger.ok, stranger.own_key) == (True, None)
    assert stranger.fingerprint == fingerprint(public_pem(other))


def test_the_time_stamp_is_part_of_the_verdict(place: Path, authority: Authority) -> None:
    answer = authority.answer((place / "seal.tsq").read_bytes())
    (place / "seal.tsr").write_bytes(answer)
    unchecked = verdict(place, CHAIN)
    assert (unchecked.ok, unchecked.stamp) == (True, Stamp.UNCHECKED)
    assert "not checked" in unchecked.says[2]
    good = verdict(place, CHAIN, roots=[authority.root])
    assert (good.ok, good.stamp) == (True, Stamp.GOOD)
    assert good.stamped_at
    assert f"{good.stamped_at:%H:%M:%S} UTC" in good.says[2]
    (place / "seal.tsr").write_bytes(answer[:-1])
    bad = verdict(place, CHAIN, roots=[authority.root])
    assert (bad.ok, bad.stamp, bad.stamped_at) == (False, Stamp.BAD, None)
    assert "time stamp" in bad.says[2]


# HOW-TO-CHECK.txt --------------------------------------------------------------------------------


def commands(place: Path, start: str) -> list[str]:
    """The commands in the text that begin so, as one would type them."""
    text = (place / "HOW-TO-CHECK.txt").read_text("utf-8").replace("\\\n", "")
    return re.findall(rf"^    ({start} .+)$", text, re.M)


def typed(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    shell = ["sh", "-c", command]
    return subprocess.run(shell, cwd=place, capture_output=True, text=True, check=False)


def test_the_commands_of_the_instructions_work(place: Path, authority: Authority) -> None:
    (place / "seal.tsr").write_bytes(authority.answer((place / "seal.tsq").read_bytes()))
    (place / "root.pem").write_bytes(authority.root)
    signature, key, stamp, time = commands(place, "openssl")
    assert "Signature Verified Successfully" in typed(signature, place).stdout
    digits = fingerprint(public_pem(KEY))
    assert digits.replace(" ", "") in typed(key, place).stdout
    assert digits in (place / "HOW-TO-CHECK.txt").read_text("utf-8")
    assert "Verification: OK" in typed(stamp, place).stdout
    assert "Time stamp: " in typed(time, place).stdout
    (place / "seal.json").write_bytes(head_bytes(head(entries=2, digest=CHAIN[1])))
    assert typed(signature, place).returncode != 0
    assert "Verification: OK" not in typed(stamp, place).stdout


@pytest.fixture
def address(authority: Authority) -> Iterator[str]:
    """Where the authority can be asked over HTTP."""

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
def test_the_command_that_asks_for_a_stamp_works(
    place: Path, authority: Authority, address: str
) -> None:
    (ask,) = commands(place, "curl")
    done = typed(ask.replace("https://tsa.example", f"--noproxy '*' {address}"), place)
    assert done.returncode == 0, done.stderr
    assert verdict(place, CHAIN, roots=[authority.root]).stamp is Stamp.GOOD
