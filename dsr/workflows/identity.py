"""Take in who the data subject is, checked before anything is kept or printed."""

import re
from dataclasses import dataclass

from dsr.errors import InvalidInputError, UsageError, did_you_mean
from dsr.letters.clauses import shipped_templates
from dsr.tracker.people import SELF, DataSubject, Role

LONGEST_LINE = 120  # characters; more does not fit an address window
MOST_ADDRESS_LINES = 9
# Persian, Arabic, Hebrew and Indic names need these, though they print nothing themselves.
JOINERS = (
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
)
# Addresses that need no second look and are in their normal form already: most of them.  The
# library, which knows all rules, takes as long to import as all else that is asked of a person.
LONGEST_PLAIN_EMAIL = 64  # characters: shorter than any part may be
_PLAIN_EMAIL = re.compile(
    r"\A[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+"
    r"(?!(arpa|invalid|local|localhost|onion|test)\Z)[a-z]{2,}\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityInput:
    """What was given on the command line or at the prompts; None where nothing was."""

    name: str | None = None
    email: str | None = None
    address: tuple[str, ...] = ()
    country: str | None = None
    region: str | None = None
    language: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given at all."""
        return self == IdentityInput()

    def over(self, known: DataSubject | None) -> "IdentityInput":
        """This input, completed by what is known already."""
        if known is None:
            return self
        moved = self.country is not None and self.country.upper() != known.country
        return IdentityInput(
            name=self.name or known.name,
            email=self.email or known.email,
            address=self.address or (() if moved else known.address),
            country=self.country or known.country,
            region=self.region or (None if moved else known.region),
            language=self.language or known.language,
        )


def data_subject(
    given: IdentityInput, person_id: str = SELF, role: Role = Role.SELF
) -> DataSubject:
    """The person that *given* describes; who writes their own letters must be reached somehow.

    Raises UsageError naming the options that are missing, InvalidInputError for what cannot be.
    """
    if given.address and not given.country:
        raise UsageError("An address needs its country.", hint="Add --country CC, as in DE or US.")
    reached = given.email or given.address or role is not Role.SELF
    missing = [
        option
        for option, value in (
            ("--name", given.name),
            ("--email or --address", reached),
            ("--country", given.country),
        )
        if not value
    ]
    if missing or given.name is None or given.country is None:
        oneself = person_id == SELF
        raise UsageError(
            f"A letter needs to say who {'you' if oneself else 'they'} are; missing: "
            f"{', '.join(missing)}.",
            hint="Give them here, or once and for all: dsr init" if oneself else "Give them here.",
            code="identity_missing",
        )
    country = checked_country(given.country)
    return DataSubject(
        id=person_id,
        name=checked_line(given.name, "The name"),
        email=checked_email(given.email) if given.email else None,
        address=_address(given.address),
        country=country,
        region=checked_region(country, given.region) if given.region else None,
        language=checked_language(given.language) if given.language else None,
    )


def checked_email(text: str) -> str:
    """The address in its normal form.

    Raises InvalidInputError if it is none.
    """
    address = text.strip()
    if len(address) <= LONGEST_PLAIN_EMAIL and _PLAIN_EMAIL.match(address):
        return address
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise InvalidInputError(
            "What was given as e-mail address is none.",
            hint="It looks like name@example.org.",
            code="bad_email",
        ) from error
    return found.normalized


def checked_country(text: str) -> str:
    """The two-letter code of a country given by its code.

    Raises InvalidInputError, with the code of a country that is called so, if it is none.
    """
    from babel import Locale

    code = text.strip().upper()
    code = {"UK": "GB", "EL": "GR"}.get(code, code)
    territories = Locale.parse("en").territories
    if len(code) == 2 and code in territories and code not in {"EU", "UN", "EZ", "ZZ", "XA", "XB"}:  # noqa: PLR2004
        return code
    wanted = text.strip().lower()
    called = [c for c, name in territories.items() if name.lower() == wanted and len(c) == 2]  # noqa: PLR2004
    raise InvalidInputError(
        f"{text.strip()!r} is not the two-letter code of a country.{did_you_mean(called)}",
        hint="For example DE, FR, GB, US.",
        code="bad_country",
    )


def checked_region(country: str, text: str) -> str:
    """The code of a state, province or Land within *country*, without the country.

    Raises InvalidInputError if the country has no such part.
    """
    from holidays import list_supported_countries

    code = text.strip().upper().removeprefix(f"{country}-")
    known = list_supported_countries(include_aliases=False).get(country, [])
    if code in known:
        return code
    from difflib import get_close_matches

    near = get_close_matches(code, known, n=2, cutoff=0.5)
    raise InvalidInputError(
        f"{text.strip()!r} is no region of {country} that dsr knows.{did_you_mean(near)}",
        hint=f"It knows: {', '.join(known)}." if known else "Leave --region out.",
        code="bad_region",
    )


def checked_language(text: str) -> str:
    """A language code as in ``de``.

    Raises InvalidInputError if Unicode knows no such language.
    """
    from babel import Locale, UnknownLocaleError

    code = text.strip().lower().replace("_", "-").partition("-")[0]
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError) as error:
        raise InvalidInputError(
            f"{text.strip()!r} is not the code of a language.",
            hint=f"Letters exist in: {', '.join(shipped_templates().languages())}.",
            code="bad_language",
        ) from error
    return code


def _address(lines: tuple[str, ...]) -> tuple[str, ...]:
    parts = [part for line in lines for part in line.split("\\n")]
    if len(parts) > MOST_ADDRESS_LINES:
        raise InvalidInputError(
            f"An address has at most {MOST_ADDRESS_LINES} lines.", code="bad_address"
        )
    return tuple(checked_line(part, "An address line") for part in parts)


def checked_line(text: str, what: str) -> str:
    """One line of text that can be printed; *what* is it, as the begin of a sentence.

    Raises InvalidInputError if it is none.
    """
    clean = text.strip()
    if not clean:
        raise InvalidInputError(f"{what} is empty.", code="bad_line")
    if not all(c.isprintable() or c in JOINERS for c in clean):
        raise InvalidInputError(
            f"{what} holds a line break or another character that cannot be printed.",
            code="bad_line",
        )
    if len(clean) > LONGEST_LINE:
        raise InvalidInputError(
            f"{what} is longer than {LONGEST_LINE} characters.", code="bad_line"
        )
    return clean
