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
    OTHER = "other"  # imported: what it does with photos is not known


class Grade(StrEnum):
    """How well another register says it has checked a record."""

    TESTED = "tested"
    VERIFIED = "verified"
    IMPORTED = "imported"
    SCRAPED = "scraped"


class Evidence(StrEnum):
    """How a fact is known."""

    COMPANY_DOCUMENT = "company-document"
    REGISTER = "register"
    AUTHORITY = "authority"
    THIRD_PARTY = "third-party"


class PositionCode(StrEnum):
    """A position that a company takes in its own documents; letters choose a clause by it."""

    LINKS_ONLY = "links-only"  # it holds no image files, only links to them or records of them
    TRAINS_BY_DEFAULT = "trains-by-default"  # AI learns from people's content until they say no
    LEGITIMATE_INTEREST = "legitimate-interest"  # its legal basis for scraping or training
    PUBLICLY_AVAILABLE = "publicly-available"  # it takes images or data from the open Internet
    SELLS_IMAGES = "sells-images"  # it sells or licenses images or data about people
    LICENCE_IN_TERMS = "licence-in-terms"  # users license their content to it, for development too
    FUTURE_ONLY = "future-only"  # an opt-out or removal leaves models already trained as they are
    OWN_COPIES_ONLY = "own-copies-only"  # it removes only from copies that it controls
    FORM_ONLY = "form-only"  # requests are handled through its form, portal or account
    PROCESSOR = "processor"  # for some of the images it only serves its customers
    NAME_ALONE = "name-alone"  # names or captions without a picture are no personal data
    ACCOUNT_NEEDED = "account-needed"  # it can find people by their account only


class Demand(StrEnum):
    """What a company asks for before it acts; the name, which every letter gives, has no code."""

    FACE_PHOTO = "face-photo"  # a picture of the face, uploaded or taken for it
    IDENTITY_DOCUMENT = "identity-document"  # a copy of a passport, identity card or licence
    ACCOUNT = "account"  # to log in, or to say which account is theirs
    WEB_ADDRESS = "web-address"  # the address of the picture, page, profile or entry
    EMAIL = "email"  # an e-mail address, or a click on a link sent there
    PHONE = "phone"
    RESIDENCE = "residence"  # where they live: postal address, state or country
    SIGNED_STATEMENT = "signed-statement"  # a declaration, signed or sworn
    OTHER = "other"  # what the sentence says


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
# A country, a part of one, or the states of the EU and the EEA together.
PlaceCode = Annotated[str, Field(pattern=r"^(EEA|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]


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


class Number(Sourced):
    """A telephone or fax number, as in +49 30 123456."""

    number: Annotated[str, Field(pattern=r"^\+\d[\d ]+( ext\. \d+)?$")]


class Wanted(_Part):
    """Something by which the company tells people apart, as another register found."""

    what: Line
    optional: bool = False


class PostalAddress(Sourced):
    """Where letters go; without the name, which comes from the record."""

    lines: tuple[Line, ...] = Field(min_length=1, max_length=6)
    country: CountryCode


class OtherAddress(PostalAddress):
    """A further address, with what or whom it is for."""

    purpose: Line


class Representative(PostalAddress):
    """The representative of GDPR Art. 27 in the Union or the United Kingdom."""

    name: Line
    email: str | None = None


class OtherController(Sourced):
    """The company that is the controller instead, for people of some places or of all others."""

    name: Line
    places: tuple[PlaceCode, ...] = ()
    outside: tuple[PlaceCode, ...] = ()
    only_for: Line | None = None  # for what, if it is the controller for a part only
    slug: Slug | None = None  # its own record
    lines: tuple[Line, ...] = Field(default=(), max_length=6)
    country: CountryCode | None = None

    @model_validator(mode="after")
    def _says_where_and_whole_addresses(self) -> Self:
        if bool(self.places) == bool(self.outside):
            raise ValueError("needs either places or outside")
        if bool(self.lines) != bool(self.country):
            raise ValueError("an address needs lines and country")
        return self


class WebForm(Sourced):
    """A page on which a request can be made."""

    purpose: Line
    url: Url


class Proof(Sourced):
    """What the company asks as proof, and whether that goes further than the law allows."""

    asks: Line
    demands: tuple[Demand, ...] = ()  # what the sentence asks for, as codes
    excessive: bool = False
    answer: Line | None = None


class Fact(Sourced):
    """One sentence about what the company does."""

    says: Line


class PreferredChannel(Fact):
    """The way that works best for these rights, and why."""

    rights: tuple[Line, ...] = Field(min_length=1)
    channel: Annotated[str, Field(pattern=r"^(email|webform|post|fax|account)$")]


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
    default: Line | None = None  # how the switch stands before anyone touches it
    since: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    used_unless_you_act: bool | None = None
    unverified: tuple[Line, ...] = ()  # parts of this step that the source does not state


class Terms(Sourced):
    """What a document of the company says about photos and training, in a sentence of ours."""

    document: Line
    url: Url
    says: Line
    effective: str | None = None
    about: tuple[Line, ...] = ()
    reported: bool = False  # known from a report about the document, not from the document


class Position(Sourced):
    """A position that the company takes in its own documents, as a code."""

    code: PositionCode
    reported: bool = False  # known from reports about it, not from a document of the company


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
    aliases: tuple[Line, ...] = ()  # names that people type: brands, former names
    services: tuple[Line, ...] = ()  # what it runs
    known_for: tuple[Line, ...] = Field(default=(), max_length=4)  # names that letters use
    kind: Kind
    role: Annotated[str, Field(pattern=r"^(controller|processor|both)$")] = "controller"
    country: CountryCode
    website: Url | None = None
    checked_on: date
    grade: Grade | None = None  # imported records only
    request_language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    categories: tuple[Line, ...] = ()  # as another register sorts it
    wants: tuple[Wanted, ...] = ()
    letter_templates: dict[str, str] = Field(default_factory=dict)  # by right, of that register
    email: tuple[Email, ...] = ()
    postal: PostalAddress | None = None
    phone: Number | None = None
    fax: Number | None = None
    other_addresses: tuple[OtherAddress, ...] = ()
    dpo_email: Email | None = None
    eu_representative: Representative | None = None
    uk_representative: Representative | None = None
    controller_for: tuple[OtherController, ...] = ()
    webforms: tuple[WebForm, ...] = ()
    preferred: tuple[PreferredChannel, ...] = ()
    no_contact: Fact | None = None  # why there is none, and what a person can do instead
    laws: tuple[LawsNamed, ...] = ()
    proof: tuple[Proof, ...] = ()
    images: tuple[Fact, ...] = ()
    datasets: tuple[Fact, ...] = ()  # datasets and models
    shares_with: tuple[Fact, ...] = ()
    self_service: tuple[SelfServiceStep, ...] = ()
    terms: tuple[Terms, ...] = ()
    positions: tuple[Position, ...] = ()
    warnings: tuple[Fact, ...] = ()
    remarks: tuple[Fact, ...] = ()  # of another register, in its own words
    decisions: tuple[Decision, ...] = ()
    parent: Slug | None = None
    related: tuple[Slug, ...] = ()
    elsewhere: dict[str, str] = Field(default_factory=dict)
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _every_source_is_listed(self) -> Self:
        missing = {key for fact in self.facts() for key in fact.sources} - self.sources.keys()
        if missing:
            raise ValueError(f"no [sources.…] entry for {', '.join(sorted(missing))}")
        return self

    def facts(self) -> list[Sourced]:
        """Everything in it that names a source."""
        single = (
            self.postal,
            self.phone,
            self.fax,
            self.dpo_email,
            self.eu_representative,
            self.uk_representative,
            self.no_contact,
        )
        return [
            *(fact for fact in single if fact),
            *self.email,
            *self.webforms,
            *self.other_addresses,
            *self.controller_for,
            *self.preferred,
            *self.laws,
            *self.proof,
            *self.images,
            *self.datasets,
            *self.shares_with,
            *self.self_service,
            *self.terms,
            *self.positions,
            *self.warnings,
            *self.remarks,
            *self.decisions,
        ]

    def request_email(self) -> Email | None:
        """The mailbox to which a request goes, the data protection officer's as a last resort."""
        return next((mail for mail in self.email if mail.use), self.dpo_email)

    def establishment(self) -> str:
        """The country in which it acts: where its letters go, else where it is from."""
        return self.postal.country if self.postal else self.country
