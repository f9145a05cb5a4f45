"""Placeholder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptFile:
    sha256: str
    size: int
    place: str
    key: str


class FileStore:
    def __init__(self, directory: object) -> None: ...
    def discard(self, place: str) -> None: ...
    def copy_out(self, kept: KeptFile, sink: object) -> None: ...
    def check(self, kept: KeptFile) -> bool:
        return True

    def take_in(self, stream: object, *, start: bytes = b"", told: object = None) -> KeptFile: ...
