"""Seals as directories that anybody can check with OpenSSL: written whole, read with care."""

from pathlib import Path

from dsr.errors import BadFileError, ConflictError, NotFoundError, UnavailableError
from dsr.paths import write_private_directory
from dsr.tracker.seal import LARGEST_HEAD, Head, Seal, head_bytes, head_from, moment
from dsr.tracker.signing import SIGNATURE_BYTES, fingerprint, public_pem, sign
from dsr.tracker.timestamp import LARGEST_RESPONSE, timestamp_query

HEAD, SIGNATURE, PUBLIC_KEY = "seal.json", "seal.sig", "seal.pem"
QUERY, RESPONSE = "seal.tsq", "seal.tsr"
HOW_TO_CHECK = "HOW-TO-CHECK.txt"
LARGEST_KEY = LARGEST_QUERY = 4096  # bytes


def write_seal(directory: Path, head: Head, key_pem: bytes) -> Seal:
    """Seal *head* and write the seal to *directory*, which must be new or empty.

    Raises ConflictError if something lies there, UnavailableError if it cannot be written,
    InvalidInputError if *key_pem* is no Ed25519 key.
    """
    files = seal_files(head, key_pem)
    if not write_private_directory(directory, files):
        raise ConflictError(
            f"{directory} is there already, and a seal is never written over.",
            hint="Name a new directory.",
            code="seal_exists",
        )
    return Seal(
        head=head,
        signature=files[SIGNATURE],
        public_key=files[PUBLIC_KEY],
        query=files[QUERY],
    )


def seal_files(head: Head, key_pem: bytes) -> dict[str, bytes]:
    """The files of a seal over *head*, by name.

    Raises InvalidInputError if *key_pem* is no Ed25519 key.
    """
    content = head_bytes(head)
    public_key = public_pem(key_pem)
    return {
        HEAD: content,
        SIGNATURE: sign(key_pem, content),
        PUBLIC_KEY: public_key,
        QUERY: timestamp_query(content),
        HOW_TO_CHECK: _how_to_check(head, fingerprint(public_key)).encode(),
    }


def read_seal(directory: Path) -> Seal:
    """The seal in *directory*, with the time stamp if its answer was put there as seal.tsr.

    Raises NotFoundError if there is none, BadFileError if a file is missing or too large,
    InvalidInputError if seal.json is not as dsr wrote it, UnavailableError if it cannot be read.
    """
    if not directory.is_dir():
        raise NotFoundError(f"There is no directory {directory}.", code="no_such_seal")
    content = _needed(directory / HEAD, LARGEST_HEAD)
    return Seal(
        head=head_from(content),
        signature=_needed(directory / SIGNATURE, SIGNATURE_BYTES),
        public_key=_needed(directory / PUBLIC_KEY, LARGEST_KEY),
        query=_read(directory / QUERY, LARGEST_QUERY),
        response=_read(directory / RESPONSE, LARGEST_RESPONSE),
    )


def _needed(path: Path, most: int) -> bytes:
    content = _read(path, most)
    if content is None:
        raise BadFileError(f"The seal lacks {path}.", hint="Copy the whole directory again.")
    return content


def _read(path: Path, most: int) -> bytes | None:
    """The bytes of a plain file of at most so many, None if there is no file."""
    if not path.exists():
        return None
    if not path.is_file():
        raise BadFileError(f"{path} is no plain file.")
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > most:
        raise BadFileError(f"{path} is larger than the {most} bytes that it may have.")
    return content


def _how_to_check(head: Head, key: str) -> str:
    return _HOW_TO_CHECK.format(
        entries=head.entries, digest=head.digest, sealed=moment(head.sealed_at), fingerprint=key
    )


_HOW_TO_CHECK = """\
HOW TO CHECK THIS SEAL

It was made on {sealed}, by the clock of the computer that made it.
It says how far a record of data rights requests went at that moment:

    entries  {entries}
    digest   {digest}

The record is a chain: each entry is bound to the one before it by a hash (SHA-256). So the digest
of entry {entries} stands for that entry and for all before it. Change, swap or remove one of them,
and the digest becomes another one. The seal holds no names, no companies and no letters.


WHAT IS IN THIS DIRECTORY

    seal.json   the statement itself; its exact bytes are what is signed and stamped
    seal.sig    the signature over seal.json (Ed25519, 64 bytes)
    seal.pem    the public key that checks the signature
    seal.tsq    a question to a time-stamp authority, ready to be sent (RFC 3161)
    seal.tsr    the authority's answer; it is there once somebody has asked


1. IS THE SIGNATURE GOOD?                                         (needs OpenSSL 3)

    openssl pkeyutl -verify -pubin -inkey seal.pem -rawin -in seal.json -sigfile seal.sig

It prints "Signature Verified Successfully".


2. WHOSE KEY IS IT?

    openssl pkey -pubin -in seal.pem -outform DER | openssl dgst -sha256

The number must be this one. Let the person who gave you the seal read it out to you, for example
over the phone. The file you are reading can be forged together with the key.

    {fingerprint}


3. GET A TIME STAMP                        (once, soon after the seal was made; needs the network)

Choose a time-stamp authority that those you want to convince will trust, and put its address in
place of https://tsa.example. It learns a hash and your network address, and nothing of the record.

    curl --fail -H "Content-Type: application/timestamp-query" \\
        --data-binary @seal.tsq --output seal.tsr https://tsa.example

Keep the authority's root certificate with the seal: in ten years it may be hard to find.


4. IS THE TIME STAMP GOOD?

root.pem is the authority's root certificate, from a source that you trust. The first command checks
the stamp, the second prints the time.

    openssl ts -verify -data seal.json -in seal.tsr -CAfile root.pem
    openssl ts -reply -in seal.tsr -text


5. IS THE RECORD STILL THE ONE THAT WAS SEALED?

dsr compares them. Without dsr: let the record be exported, put this directory into the export under
the name "seal" if it is not there, and run the program that lies in the export. It is thirty lines
long, so read it first.

    python3 -I check_record.py DIRECTORY

It checks the journal (journal.jsonl) and the documents. The directory cases, record.json and the
tables (*.csv) are copies for reading, which it does not check: what counts is the journal.


WHAT A SEAL PROVES, AND WHAT IT DOES NOT

- If the record still has this digest at entry {entries}, then nothing up to there was changed,
  swapped or removed since the seal was made. Entries that came later are not covered.
- It proves this against the record's owner too, but only where the seal was out of the owner's
  hands: whoever holds the key of the record can write another record and seal it anew.
- A time stamp does not change that: the owner may keep several records, have a seal of each
  stamped, and show the one that suits. It proves that this version existed, not that it was the
  only one.
- The signature proves that the holder of the key made the seal. It does not prove who that is.
- The time stamp proves that the seal existed at that time, and so the entries under it. Without it,
  the time of sealing is what one computer said.
- Nothing here proves that what an entry says is true. The days in it are the owner's statements.
"""
