"""Which edition of the law data this is."""

from functools import cache
from hashlib import sha256

from dsr.paths import law_data


@cache
def law_edition() -> str:
    """A fingerprint of all law data: dates computed under another edition are computed anew."""
    digest = sha256()
    for path in sorted((law_data() / "regimes").glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
