"""Which edition of the law this is: the data, and the rules by which dsr reads them."""

from functools import cache
from hashlib import sha256

from dsr import __version__
from dsr.paths import law_data


@cache
def law_edition() -> str:
    """A fingerprint of all law data and of dsr's version, whose rules may differ.

    Dates computed under another edition are computed anew.
    """
    digest = sha256(__version__.encode())
    for path in sorted((law_data() / "regimes").glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
