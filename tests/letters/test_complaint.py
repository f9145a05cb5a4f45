"""Complaints: true to what is recorded, to the right authority, and nothing that was not meant."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.errors import ConflictError, ExitStatus, InvalidInputError, NotFoundError
from dsr.law.authorities import Authority, all_authorities
from dsr.law.receipt import Channel
from dsr.law.regimes import regime
from dsr.letters.complaint import Grievance, Occurrence, Proof, compose_complaint
from dsr.letters.compose import rights_with_letters
from dsr.letters.document import Exhibit, Heading, Letter
from dsr.letters.pdf import pdf_bytes
from dsr.letters.text import full_text
from dsr.reports.exhibits import Chosen, choose
from dsr.tracker.people import CLIENT
from dsr.tracker.requests import Addressee
from dsr.workflows.complain import authority_for, complain
from tests.letters.cases import (
    FACTS,
    PARENT,
    SENT,
    TEMPLATES,
    case,
    combinations,
    requested,
    text_with_blocks_clean,
)

COMPLAINTS = combinations("complaint")
AUTHORITY = Addressee(
    slug="authority",
    name="Aufsicht Musterland",
    address=("Amtsplatz 1", "12345 Musterstadt"),
    address_country="DE",
    email="post@authority.example",
    webform=None,
    establishment="DE",
)
LATE = "2027-01-11"
IMAGES = re.compile(r"(?i)\b(image|photo|picture|face|bild|foto|gesicht)\w*")


def complaint(
    today: str = LATE, *told: tuple[Any, ...], authority: str | None = "gbico", **options: Any
) -> Letter:
    """What `dsr complain` would write; *options* of the request, the region among them."""
    outstanding = options.pop("outstanding", ())
    language = options.pop("language", None)
    region = options.pop("region", None)
    law, rights = options.pop("law", "gdpr"), options.pop("rights", ("access", "erasure"))
    request, _ = requested(law, *rights, **options)
    request = replace(request, data_subject=replace(request.data_subject, region=region))
    so_far = case(request, today, *told)
    whom = authority_for(so_far, authority)
    return complain(
        so_far,
        whom,
        Catalogue(),
        TEMPLATES,
        chosen=choose(so_far.events),
        outstanding=outstanding,
        language=language,
    ).letter


def to_cologne(today: str = LATE, *told: tuple[Any, ...], **options: Any) -> Letter:
    """A complaint in English to the authority of somebody who lives in Cologne."""
    return complaint(
        today, *told, authority=None, **{"region": "NW", "language": "en", **options}
    )  # fmt: skip


def chronology(letter: Letter) -> list[tuple[str, str]]:
    return [
        (b.label, b.url) for b in letter.blocks if isinstance(b, Exhibit) and b.label[:1] != "A"
    ]


def exhibits(letter: Letter) -> list[str]:
    found = [b for b in letter.blocks if isinstance(b, Exhibit) and re.match(r"A\d", b.label)]
    assert [b.label for b in found] == [f"A{n}" for n in range(1, len(found) + 1)]
    return [b.url for b in found]


# In every language --------------------------------------------------------------------------------
PROOFS = (
    Proof(label="A1", on=date(2026, 11, 3), what="request", name="request.pdf"),
    Proof(label="A2", on=date(2026, 12, 3), what="refused", name="answer.eml"),
)

GRIEVANCES = [
    Grievance(late=True, calculation="A calculation."),
    Grievance(refused=True),
    Grievance(incomplete=True, enclosed=PROOFS),
]


@pytest.mark.parametrize(("law", "language"), COMPLAINTS)
def test_complaints_hold_no_leftovers(law: str, language: str) -> None:
    happened = tuple(
        Occurrence(on=date(2026, 11, 3), what=what)
        for what in TEMPLATES.language_words(language, law)["events"]
    )
    timed = any(regime(law).gives(right).limit.response for right in rights_with_letters(law))
    people: list[dict[str, Any]] = [
        {},
        {"representative": PARENT},
        {"representative": replace(PARENT, acts_for=CLIENT, email=None)},
    ]
    for person in people:
        request, to = requested(law, language=language, **person)
        for grievance in GRIEVANCES:
            if grievance.late and not timed:
                continue
            answered = None if grievance.late else date(2026, 11, 18)
            facts = replace(FACTS, answered_on=answered, outstanding=("X1", "X2"))
            letter = compose_complaint(
                request,
                to,
                facts,
                replace(grievance, occurrences=happened),
                AUTHORITY,
                language=language,
            )
            text_with_blocks_clean(letter)
            assert letter.language == language
            assert letter.recipient[0] == "Aufsicht Musterland"
            assert request.company.name in letter.subject
            numbers = [block.number for block in letter.blocks if isinstance(block, Heading)]
            assert numbers == list(range(1, 7 if grievance.enclosed else 6))
            assert len(chronology(letter)) == len(happened)


@pytest.mark.parametrize("language", [each for law, each in COMPLAINTS if law == "gdpr"])
def test_a_complaint_says_who_what_when_and_what_is_asked(language: str) -> None:
    letter = complaint(LATE, *SENT, ("reminded", "2026-12-28"), language=language)
    text = full_text(letter)
    for named in ("Erika Mustermann", "Clearview AI, Inc.", "418 Broadway STE N", "DSR-7K3F-9QX2"):
        assert named in text
    for article in (12, 15, 17, 58, 77, 78):
        assert re.search(rf"\b{article}\b", text)
    assert re.search(r"\b23\.? .*2026", text)
    assert "82" not in re.findall(r"\b\d+\b", text)
    events = TEMPLATES.language_words(language)["events"]
    assert [what for _, what in chronology(letter)] == [
        events["sent"].format(how=TEMPLATES.language_words(language)["via"]["email"]),
        events["due"],
        events["reminded"],
    ]


# What is told -------------------------------------------------------------------------------------


def test_the_course_of_events_is_told_in_order_with_the_day_of_the_deadline() -> None:
    told = (
        *SENT,
        ("delivered", "2026-11-24"),
        ("reminded", "2027-01-04"),
        ("acknowledged", "2026-11-27"),
        ("note", "2026-12-01", {"note": "They seem rude."}),
    )
    letter = to_cologne(LATE, *told)
    assert chronology(letter) == [
        ("23 November 2026", "Request sent by e-mail"),
        ("24 November 2026", "The request reached the controller"),
        ("27 November 2026", "The controller confirmed receipt"),
        ("24 December 2026", "The time for an answer ended"),
        ("4 January 2027", "I sent a reminder"),
    ]
    assert "rude" not in full_text(letter)


def test_being_late_is_complained_of_with_the_calculation() -> None:
    text = full_text(to_cologne())
    assert "did not act within one month of receipt, that is by 23 December 2026" in text
    assert "One month later is Wednesday 23 December 2026 (GDPR Art. 12(3)" in text
    assert "refused" not in text
    assert "incomplete" not in text


def test_a_refusal_is_complained_of_and_nothing_else() -> None:
    letter = to_cologne("2026-12-05", *SENT, ("refused", "2026-12-01"))
    text = full_text(letter)
    assert "The controller refused my request on 1 December 2026." in text
    assert "did not act" not in text
    assert "The time for an answer ended" not in text
    assert chronology(letter)[-1] == ("1 December 2026", "The controller refused")


def test_an_incomplete_answer_is_complained_of_by_demand() -> None:
    answered = (*SENT, ("fulfilled", "2026-12-01"))
    text = full_text(to_cologne("2026-12-05", *answered, outstanding=("C1", "E3")))
    assert "The answer of 1 December 2026 is incomplete." in text
    assert "The demands C1 and E3 of my request are still open." in text
    partly = (*SENT, ("partly-fulfilled", "2026-12-01"))
    assert "is incomplete." in full_text(to_cologne("2026-12-05", *partly))


@pytest.mark.parametrize("told", [(), (("fulfilled", "2026-12-01"),), (("no-data", "2026-12-01"),)])
def test_where_nothing_is_wrong_there_is_nothing_to_complain_of(told: tuple[Any, ...]) -> None:
    with pytest.raises(ConflictError) as caught:
        to_cologne("2026-12-23", *SENT, *told)
    assert caught.value.code == "nothing_to_complain"
    assert caught.value.exit_status is ExitStatus.CONFLICT


def test_documents_of_the_case_are_listed_as_exhibits() -> None:
    told = (
        ("prepared", "2026-11-23", {"files": ["request.pdf"]}),
        SENT[1],
        ("refused", "2026-12-01", {"files": ["refusal.eml"]}),
    )
    assert exhibits(to_cologne(LATE, *told)) == [
        "My request, 23 November 2026 (request.pdf)",
        "The controller refused, 1 December 2026 (refusal.eml)",
    ]
    assert exhibits(to_cologne()) == []


def test_what_is_attached_to_a_note_stays_at_home() -> None:
    """A note may say what was not meant for an authority, and so may what is attached to it."""
    told = (*SENT, ("note", "2026-12-01", {"files": ["diary.txt"], "note": "for me"}))
    assert "diary.txt" not in full_text(to_cologne(LATE, *told))


def test_a_letter_that_never_went_out_is_no_exhibit() -> None:
    draft = ("prepared", "2027-01-04", {"note": "complaint", "files": ["first-try.pdf"]})
    assert "first-try.pdf" not in full_text(to_cologne(LATE, *SENT, draft))


def test_each_sending_is_told_as_it_was() -> None:
    told = (
        ("prepared", "2026-11-20"),
        ("sent", "2026-11-20", {"via": Channel.EMAIL}),
        ("bounced", "2026-11-21"),
        ("sent", "2026-11-23", {"via": Channel.POST}),
    )
    assert [what for _, what in chronology(to_cologne("2027-02-01", *told))][:3] == [
        "Request sent by e-mail",
        "The request came back",
        "Request sent by post",
    ]


def test_decisions_and_the_kind_of_company_are_told_only_where_they_fit() -> None:
    clearview = full_text(to_cologne())
    assert "biometric data that identify people may not be processed" in clearview
    assert "35/2022" in clearview
    assert re.search(r"The (company|controller) collects photos of people", clearview)
    laion = full_text(to_cologne(slug="laion"))
    assert "biometric data that identify people" not in laion
    assert "outside the Union" not in laion
    assert "Your company" not in clearview + laion


def test_who_acts_for_somebody_says_so() -> None:
    subject = replace(requested()[0].data_subject, name="Kim Kind", email=None, address=())
    child = {"representative": PARENT, "data_subject": subject}
    text = full_text(to_cologne(**child))
    assert "Kim Kind is the data subject." in text
    assert "for my child Kim Kind as the holder of parental responsibility" in text
    assert text.startswith("Petra Parent\n")
    assert text.endswith("Petra Parent\n")
    client = {**child, "representative": replace(PARENT, acts_for=CLIENT)}
    assert "the mandate is enclosed" in full_text(to_cologne(**client))


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_complaint_about_everything_says_no_word_of_images(language: str) -> None:
    letter = to_cologne(about="everything", slug="meta", language=language)
    text = "\n".join(b.text for b in letter.blocks if not isinstance(b, Exhibit))
    assert not IMAGES.findall(text)


# To whom ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "region", "slug"),
    [("DE", "NW", "denrwldi"), ("DE", "BE", "deberlbdi"), ("FR", None, "frcnil"),
     ("IE", None, "iedpc"), ("ES", None, "esaepa")],
)  # fmt: skip
def test_the_authority_is_that_of_where_one_lives(
    country: str, region: str | None, slug: str
) -> None:
    request, _ = requested()
    person = replace(request.data_subject, country=country, region=region)
    assert authority_for(case(replace(request, data_subject=person), LATE)).slug == slug


def test_a_complaint_is_in_the_language_of_its_authority() -> None:
    german = to_cologne(language=None)
    assert german.language == "de"
    assert german.date_line == "11. Januar 2027"
    assert german.recipient[0].startswith("Landesbeauftragte")
    assert complaint(authority="frcnil", region="NW").language == "fr"
    assert to_cologne().language == "en"
    assert complaint(authority="frcnil", region="NW", language="sv").language == "sv"


def test_in_the_united_kingdom_the_complaint_to_the_company_comes_first() -> None:
    british = {"law": "uk-gdpr", "authority": None}
    without = full_text(complaint(LATE, *SENT, **british))
    assert "I have not yet made a separate complaint to the controller" in without
    reminded = (*SENT, ("reminded", "2026-12-28"), ("reminded", "2027-01-02"))
    assert "I have not yet made a separate" in full_text(complaint(LATE, *reminded, **british))
    notice = ("prepared", "2027-01-05", {"note": "final-notice"})
    text = full_text(complaint(LATE, *reminded, notice, ("reminded", "2027-01-05"), **british))
    assert "I complained to the controller first (section 164A" in text
    assert "on 5 January 2027" in text
    for of_the_union in ("Article 77", "European", "in the Union", "CJEU", "EDPB"):
        assert of_the_union not in text + without
    assert " GDPR" not in (text + without).replace("UK GDPR", "")


def test_an_authority_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotFoundError) as caught:
        complaint(authority="nowhere")
    assert caught.value.code == "unknown_authority"
    request, _ = requested()
    person = replace(request.data_subject, country="US", region=None)
    with pytest.raises(InvalidInputError):
        authority_for(case(replace(request, data_subject=person), LATE))


def test_where_the_region_decides_no_authority_is_guessed() -> None:
    with pytest.raises(InvalidInputError) as caught:
        complaint(authority=None)
    assert "--region" in (caught.value.hint or "")
    assert "denrwldi" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "language", ["cs", "de", "el", "es", "fr", "hr", "it", "nl", "pl", "pt", "ro", "sv"]
)
def test_the_computation_is_in_the_language_of_the_complaint(language: str) -> None:
    asked = ("identity-requested", "2026-11-25"), ("reminded", "2026-11-27")
    letter = complaint(LATE, *SENT, *asked, rights=("access",), language=language)
    (said,) = (line for line in full_text(letter).split("\n\n") if "1182/71" in line)
    assert "Reg. 1182/71" not in said
    assert re.search(r"01/2022\D+159", said)
    assert not re.search(r"\b(later|received|controller|month|day)\b", said)
    assert said.count("2026") >= 3  # sent, the last day, the last that can be argued


def test_an_authority_of_elsewhere_is_not_called_that_of_one_s_residence() -> None:
    text = full_text(complaint(authority="iedpc", region="NW", language="en"))
    assert "to the authority of my habitual residence" not in text.replace("\n", " ")


def test_the_country_stands_once_in_the_address() -> None:
    lines = [line.casefold() for line in complaint(authority="frcnil", region="NW").recipient]
    assert lines.count("france") == 1


def test_a_law_without_a_complaint_has_none() -> None:
    request, to = requested()
    other = replace(request, law="us-ca-delete")
    with pytest.raises(InvalidInputError) as caught:
        compose_complaint(other, to, FACTS, GRIEVANCES[0], AUTHORITY)
    assert caught.value.code == "no_letter"


@pytest.mark.parametrize("authority", all_authorities(), ids=lambda authority: authority.slug)
def test_every_authority_can_be_written_to(authority: Authority) -> None:
    request, _ = requested("gdpr", "access", "erasure")
    so_far = case(request, LATE)
    letter = complain(so_far, authority, Catalogue(), TEMPLATES, chosen=Chosen(())).letter
    text_with_blocks_clean(letter)
    assert letter.recipient[0] == authority.name


@pytest.mark.parametrize("law", ["gdpr", "us-va", "us-tx", "br-lgpd"])
def test_what_dsr_is_not_sure_of_is_not_told_to_an_authority(law: str) -> None:
    rights = rights_with_letters(law)[:1]
    request, _ = requested(law, *rights)
    so_far = case(request, "2027-06-01")
    whom = authority_for(so_far, "gbico")
    letter = complain(so_far, whom, Catalogue(), TEMPLATES, chosen=Chosen(())).letter
    assert "nverified" not in full_text(letter)


@pytest.mark.parametrize(
    ("of_case", "slug", "written"),
    [("fr", "beapd", "fr"), ("nl", "beapd", "nl"), ("en", "frcnil", "fr"), ("sv", "fitst", "sv")],
)
def test_a_complaint_is_in_the_language_of_the_case_where_it_is_official_there(
    of_case: str, slug: str, written: str
) -> None:
    request, _ = requested("gdpr", "erasure", language=of_case)
    (authority,) = (each for each in all_authorities() if each.slug == slug)
    so_far = case(request, LATE)
    letter = complain(so_far, authority, Catalogue(), TEMPLATES, chosen=Chosen(())).letter
    assert letter.language == written


def test_a_day_of_the_course_of_events_stands_on_one_line(pdftotext: Callable[..., str]) -> None:
    printed = pdftotext(pdf_bytes(complaint(authority="denrwldi", region="NW")), "-layout")
    assert re.search(
        r"^ *2[0-9]\. November 2026 +Antrag per E-Mail versandt$", printed, re.MULTILINE
    )
