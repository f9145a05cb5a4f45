"""The signature under a seal: Ed25519 keys, and fingerprints that people can compare aloud."""

from hashlib import sha256
from typing import TYPE_CHECKING

from dsr.errors import InvalidInputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

SIGNATURE_BYTES = 64


def new_key_pem() -> bytes:
    """A new secret key as PKCS #8 in PEM; not encrypted, since the encrypted store is its place."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key_pem: bytes) -> bytes:
    """The public half of a secret key, in PEM.

    Raises InvalidInputError if *key_pem* is no Ed25519 key.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = _secret(key_pem).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(public_key: bytes) -> str:
    """The SHA-256 of a public key (DER) in groups of four hex digits, to compare over the phone.

    Raises InvalidInputError if *public_key* is no Ed25519 key in PEM.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = _public(public_key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digits = sha256(der).hexdigest()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def sign(key_pem: bytes, content: bytes) -> bytes:
    """The signature over *content*: 64 bytes.

    Raises InvalidInputError if *key_pem* is no Ed25519 key.
    """
    return _secret(key_pem).sign(content)


def check_signature(public_key: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed exactly *content*.

    Raises InvalidInputError if *public_key* is no Ed25519 key in PEM.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        _public(public_key).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _secret(pem: bytes) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key("secret") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key("secret")
    return key


def _public(pem: bytes) -> "Ed25519PublicKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key("public") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key("public")
    return key


def _no_key(which: str) -> InvalidInputError:
    return InvalidInputError(f"The seal's {which} key is no Ed25519 key in PEM.", code="bad_key")
