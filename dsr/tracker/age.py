"""Streams encrypted in the format of age-encryption.org/v1: of any size, in constant memory.

The library behind it passes only the text of an exception on that a stream raised; here it comes
out as it was raised.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

Told = Callable[[int], None]

TOLD_EACH: Final = 1 << 20  # bytes


class DoesNotOpenError(Exception):
    """The key is another one, or the stream's head is damaged or none of age's."""


class BrokenStreamError(Exception):
    """The stream was cut off, prolonged or altered."""


class TooMuchWorkError(Exception):
    """A passphrase was made costlier to try than this computer could bear."""


class Source(Protocol):
    """What can be read from."""

    def read(self, size: int, /) -> bytes:
        """At most *size* bytes, none at the end."""


class Sink(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take the bytes, or as many as it says."""


def new_identity() -> str:
    """A fresh secret key, as age writes it: one line of text."""
    from pyrage import x25519

    return str(x25519.Identity.generate())


def encrypt(source: Source, sink: Sink, identity: str, told: Told | None = None) -> None:
    """Encrypt *source* into *sink* so that only *identity* opens it.

    *told* hears how many bytes of the source are done.  What a stream raises comes through.
    """
    import pyrage

    recipient = pyrage.x25519.Identity.from_str(identity).to_public()
    counted = _Counted(source, told)
    ends = _Ends(counted, sink)
    try:
        pyrage.encrypt_io(ends, ends, [recipient])
    except pyrage.EncryptError as error:
        ends.raise_what_was_meant(error)
        raise
    counted.tell()


def decrypt(source: Source, sink: Sink, identity: str, told: Told | None = None) -> None:
    """Decrypt *source* into *sink*; every byte is proven, that none is missing only at the end.

    *told* hears how many bytes the sink has got.  What a stream raises comes through.

    Raises DoesNotOpenError or BrokenStreamError if *source* is not what was encrypted.
    """
    import pyrage

    counted = _Counted(sink, told)
    ends = _Ends(source, counted)
    try:
        pyrage.decrypt_io(ends, ends, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        ends.raise_what_was_meant(error)
        raise DoesNotOpenError from error
    except OSError as error:
        ends.raise_what_was_meant(error)
        raise BrokenStreamError from error
    counted.tell()


def locked_identity(identity: str, passphrase: str) -> bytes:
    """A secret key encrypted by a passphrase, as a file that age takes for an identity."""
    from pyrage import passphrase as by_passphrase

    return bytes(by_passphrase.encrypt(f"{identity}\n".encode(), passphrase))


def unlocked_identity(locked: bytes, passphrase: str) -> str:
    """The secret key in a file made by locked_identity.

    Raises DoesNotOpenError if the passphrase is another one or the file is damaged,
    TooMuchWorkError if a computer made it that is sixteen times as fast as this one.
    """
    import pyrage

    try:
        return bytes(pyrage.passphrase.decrypt(locked, passphrase)).decode().strip()
    except (pyrage.DecryptError, UnicodeDecodeError) as error:
        if str(error).startswith("Excessive work"):
            raise TooMuchWorkError from error
        raise DoesNotOpenError from error


class _Ends:
    """Both ends of a run of the library; remembers what they raise."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self._read, self._write = source.read, sink.write
        self._raised: BaseException | None = None

    def read(self, size: int, /) -> bytes:
        try:
            return self._read(size)
        except BaseException as error:
            self._raised = error
            raise

    def write(self, data: bytes, /) -> int:
        try:
            return self._write(data)
        except BaseException as error:
            self._raised = error
            raise

    def flush(self) -> None:
        """Nothing is held back here; the library asks all the same."""

    def raise_what_was_meant(self, instead: Exception) -> None:
        """Raise what an end raised, if one did.

        Ctrl-C strikes as a method above is entered, before it can remember anything.
        """
        if self._raised is not None:
            raise self._raised from None
        if str(instead).startswith(KeyboardInterrupt.__name__):
            raise KeyboardInterrupt from None


class _Counted:
    """A stream that tells, now and then, how much has passed."""

    def __init__(self, stream: Any, told: Told | None) -> None:
        self._stream, self._told = stream, told
        self._passed = self._said = 0

    def read(self, size: int, /) -> bytes:
        data: bytes = self._stream.read(size)
        self._count(len(data))
        return data

    def write(self, data: bytes, /) -> int:
        written: int = self._stream.write(data)
        self._count(written)
        return written

    def tell(self) -> None:
        """Tell it now."""
        self._said = self._passed
        if self._told:
            self._told(self._passed)

    def _count(self, size: int) -> None:
        self._passed += size
        if self._passed - self._said >= TOLD_EACH:
            self.tell()
