"""Time stamps by file (RFC 3161): the query to send to an authority, the check of its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from dsr.errors import InvalidInputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse, Verifier

LARGEST_RESPONSE = 64 * 1024  # bytes; one with its whole chain of certificates takes about 10,000

_CERTIFICATE_WANTED = bytes.fromhex("0101ff")  # certReq TRUE in DER, the last field of a query


def timestamp_query(content: bytes) -> bytes:
    """A query (DER) for a time stamp on the SHA-256 of *content*, with a nonce.

    It asks for the authority's certificate, so that the answer can be checked on its own.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def check_timestamp(
    content: bytes, query: bytes | None, response: bytes, roots: Sequence[bytes]
) -> datetime:
    """The moment at which *content* existed, by the answer of an authority that *roots* vouch for.

    Raises InvalidInputError if the answer was not granted, is about something else, answers another
    *query*, is not signed by an authority under one of the *roots* (PEM), or is none at all.
    """
    verifier = _verifier(roots)
    stamp = _decoded(response)
    if stamp.imprint != sha256(content).digest():
        raise _refused("is not about this seal", "wrong_timestamp")
    if query is not None and not _answers(query, stamp):
        raise _refused("answers another query than the one kept with the seal", "wrong_timestamp")
    _verify(verifier, stamp.answer, content)
    return stamp.at


@dataclass(frozen=True, slots=True)
class _Stamp:
    answer: "TimeStampResponse"
    at: datetime
    imprint: bytes
    nonce: int | None


def _verify(verifier: "Verifier", answer: "TimeStampResponse", content: bytes) -> None:
    from rfc3161_client import VerificationError

    try:
        verifier.verify_message(answer, content)
    except VerificationError as error:
        # OpenSSL's words for a chain that does not end in a given root, or is not fit for stamps.
        if "certificate verify error" in str(error):
            raise _refused(
                "is by an authority that none of the given root certificates vouches for",
                "unknown_timestamp_root",
            ) from error
        raise _refused("is not signed as it should be") from error
    except Exception as error:  # each part of an answer that is broken breaks in its own way
        raise _unreadable() from error


def _answers(query: bytes, stamp: _Stamp) -> bool:
    """Whether the query asked for this imprint and ends with this nonce (DER is exact)."""
    if stamp.nonce is None:
        return False
    number = stamp.nonce.to_bytes(stamp.nonce.bit_length() // 8 + 1, "big", signed=True)
    end = b"\x02" + len(number).to_bytes(2, "big").lstrip(b"\0") + number + _CERTIFICATE_WANTED
    return stamp.imprint in query and query.endswith(end)


def _decoded(response: bytes) -> _Stamp:
    from rfc3161_client import PKIStatus, decode_timestamp_response

    if len(response) > LARGEST_RESPONSE:
        raise _unreadable()
    try:
        answer = decode_timestamp_response(response)
        status = PKIStatus(answer.status)
        if status is PKIStatus.GRANTED:
            told = answer.tst_info
            at = told.gen_time.astimezone(UTC)
            return _Stamp(answer, at, told.message_imprint.message, told.nonce)
    except Exception as error:  # each part of an answer that is broken breaks in its own way
        raise _unreadable() from error
    said = status.name.lower().replace("_", " ")
    raise _refused(f"was not granted as asked: the authority's status is “{said}”")


def _verifier(roots: Sequence[bytes]) -> "Verifier":
    from rfc3161_client import VerifierBuilder

    builder = VerifierBuilder()
    for certificate in dict.fromkeys(each for pem in roots for each in _certificates(pem)):
        builder = builder.add_root_certificate(certificate)
    try:
        return builder.build()
    except ValueError as error:
        raise InvalidInputError(
            "A time stamp cannot be checked without a root certificate of its authority.",
            code="no_timestamp_root",
        ) from error


def _certificates(pem: bytes) -> "list[Certificate]":
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise InvalidInputError(
            "A root certificate of the time-stamp authority is no certificate in PEM.",
            code="bad_timestamp_root",
        ) from error


def _refused(why: str, code: str = "bad_timestamp") -> InvalidInputError:
    return InvalidInputError(f"The time stamp {why}.", code=code)


def _unreadable() -> InvalidInputError:
    return _refused(
        "cannot be read by dsr as the answer of a time-stamp authority (RFC 3161); OpenSSL may "
        "read it (HOW-TO-CHECK.txt)"
    )
