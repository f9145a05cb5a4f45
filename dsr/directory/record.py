"""One company record: what a file in ``companies/`` may say, each fact with its source.

A record is checked by pydantic as it enters; wrong files are named with what to mend.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


class Kind(StrEnum):
    """What a company does with photos, which decides what it is asked."""

    FACE_SEARCH = "face-search"
    AI_LAB = "ai-lab"
    IMAGE_GENERATOR = "image-generator"
    DATASET_PUBLISHER = "dataset-publisher"
    HOSTING_PLATFORM = "hosting-platform"
    SOCIAL_PLATFORM = "social-platform"
    PHOTO_CLOUD = "photo-cloud"
    STOCK_PHOTO = "stock-photo"
    DATA_BROKER = "data-broker"
    BIOMETRIC_VENDOR = "biometric-vendor"


class Evidence(StrEnum):
    """How a fact is known."""

    COMPANY_DOCUMENT = "company-document"
    REGISTER = "register"
    AUTHORITY = "authority"
    THIRD_PARTY = "third-party"


def _one_clean_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of printable text")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    plain = not any(c.isspace() for c in text)
    if parts.scheme not in ("https", "http") or not parts.hostname or not plain:
        raise ValueError("must be a web address that starts with https://")
    return text


Line = Annotated[str, AfterValidator(_one_clean_line)]
Url = Annotated[str, AfterValidator(_web_address)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Source(_Part):
    """Where facts were seen, and when."""

    title: Line
    url: Url | None = None
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    evidence: Evidence
    note: Line | None = None


class Sourced(_Part):
    """A fact that names the sources which support it, by their keys in the same file."""

    sources: tuple[str, ...] = Field(min_length=1)


class Email(Sourced):
    """A mailbox that takes requests."""

    address: Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$")]
    purpose: Line
    use: bool = True  # false: known, but another one is better


class PostalAddress(Sourced):
    """Where letters go; without the name, which comes from the record."""

    lines: tuple[Line, ...] = Field(min_length=1, max_length=6)
    country: CountryCode


class Representative(PostalAddress):
    """The representative of GDPR Art. 27 in the Union or the United Kingdom."""

    name: Line
    email: str | None = None


class WebForm(Sourced):
    """A page on which a request can be made."""

    purpose: Line
    url: Url


class Proof(Sourced):
    """What the company asks as proof, and whether that goes further than the law allows."""

    asks: Line
    excessive: bool = False
    answer: Line | None = None


class Fact(Sourced):
    """One sentence about what the company does."""

    says: Line


class LawsNamed(Fact):
    """The laws that the company names; *honours* are those it says it applies to everyone."""

    honours: tuple[Line, ...] = ()


class SelfServiceStep(Sourced):
    """A switch the person can use on their own."""

    title: Line
    path: Line
    url: Url | None = None
    effect: Line
    does_not_cover: Line | None = None
    for_whom: Line | None = None


class Terms(Sourced):
    """What a document of the company says about photos and training, in a sentence of ours."""

    document: Line
    url: Url
    says: Line
    effective: str | None = None


class Decision(Sourced):
    """A decision by which a law was held to bind this company; letters cite it."""

    law: Line
    authority: Line
    country: CountryCode
    number: Line | None = None
    on: date


class Company(_Part):
    """The record of one controller."""

    slug: Slug
    name: Line
    aliases: tuple[Line, ...] = ()
    kind: Kind
    role: Annotated[str, Field(pattern=r"^(controller|processor|both)$")] = "controller"
    country: CountryCode
    website: Url
    checked_on: date
    email: tuple[Email, ...] = ()
    postal: PostalAddress | None = None
    dpo_email: Email | None = None
    eu_representative: Representative | None = None
    uk_representative: Representative | None = None
    webforms: tuple[WebForm, ...] = ()
    laws: tuple[LawsNamed, ...] = ()
    proof: tuple[Proof, ...] = ()
    images: tuple[Fact, ...] = ()
    self_service: tuple[SelfServiceStep, ...] = ()
    terms: tuple[Terms, ...] = ()
    warnings: tuple[Fact, ...] = ()
    decisions: tuple[Decision, ...] = ()
    related: tuple[Slug, ...] = ()
    elsewhere: dict[str, str] = Field(default_factory=dict)
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _every_source_is_listed(self) -> Self:
        missing = {key for fact in self._facts() for key in fact.sources} - self.sources.keys()
        if missing:
            raise ValueError(f"no [sources.…] entry for {', '.join(sorted(missing))}")
        return self

    def _facts(self) -> list[Sourced]:
        single = (self.postal, self.dpo_email, self.eu_representative, self.uk_representative)
        return [
            *(fact for fact in single if fact),
            *self.email,
            *self.webforms,
            *self.laws,
            *self.proof,
            *self.images,
            *self.self_service,
            *self.terms,
            *self.warnings,
            *self.decisions,
        ]

    def request_email(self) -> Email | None:
        """The mailbox to which a request goes, the data protection officer's as a last resort."""
        return next((mail for mail in self.email if mail.use), self.dpo_email)

    def establishment(self) -> str:
        """The country in which it acts: where its letters go, else where it is from."""
        return self.postal.country if self.postal else self.country
