"""The letters after the request: each in every language, and never an accusation that is untrue."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from dsr.errors import ConflictError, ExitStatus, InvalidInputError, NotFoundError
from dsr.law.regimes import regime
from dsr.letters.compose import rights_with_letters
from dsr.letters.document import Heading, Letter
from dsr.letters.follow_up import CaseFacts, FollowUpKind, compose_follow_up, objections
from dsr.letters.text import full_text
from dsr.tracker.people import CLIENT
from dsr.workflows.follow_up import fitting_kind
from tests.letters.cases import (
    FACTS,
    FAMILIES,
    PARENT,
    SENT,
    TEMPLATES,
    case,
    combinations,
    next_letter,
    requested,
    text_with_blocks_clean,
)

LETTERS = combinations("follow-up")
REBUTTALS = combinations("rebuttals")
OF_THE_GDPR = [language for law, language in LETTERS if law == "gdpr"]
PLAIN = [kind for kind in FollowUpKind if kind is not FollowUpKind.REBUTTAL]

# How each language writes the third of November 2026 in a letter, as its speakers do.
NOVEMBER = {
    "cs": "3. listopadu 2026",
    "de": "3. November 2026",
    "el": "3 Νοεμβρίου 2026",
    "en": "3 November 2026",
    "es": "3 de noviembre de 2026",
    "fr": "3 novembre 2026",
    "hr": "3. studenoga 2026",
    "it": "3 novembre 2026",
    "nl": "3 november 2026",
    "pl": "3 listopada 2026",
    "pt": "3 de novembro de 2026",
    "ro": "3 noiembrie 2026",
    "sv": "3 november 2026",
}
# Words by which a letter would ask for money.
MONEY = re.compile(
    r"(?i)damages|compensat|schaden|schmerzensgeld|dommages|indemni|daños|risarc|schadevergoed|"
    r"odszkodowan|zadośćuczyn|danos|despăgub|daune|skadestånd|náhrad\w+ (škody|újmy)|αποζημί|"
    r"naknad\w+ štete|€|\bEUR\b|\b82\b"
)
OF_THE_UNION = ("EDPB", "CJEU", "14(5)(b)", "Article 77", "European Union", "in the Union", "C-")

QUOTED = re.compile(r"""['"]([^'"]+)['"]""")
CITED = re.compile(r"\b(?:cite|cite_other|case|guidance|recital)\([^()]*(?:\([^()]*\)[^()]*)*\)")


def says(day: int, language: str, *, american: bool = False) -> str:
    if american and language == "en":
        return f"November {day}, 2026"
    return NOVEMBER[language].replace("3", str(day), 1)


def facts_for(law: str, **changes: Any) -> CaseFacts:
    """The facts, without a day on which an answer was due where the law sets none."""
    timed = any(regime(law).gives(right).limit.response for right in rights_with_letters(law))
    due = {} if timed else {"due": None, "due_passed": False}
    return replace(FACTS, **{**due, **changes})


def write(
    wanted: FollowUpKind | str,
    /,
    law: str = "gdpr",
    *rights: str,
    objection: str | None = None,
    facts: CaseFacts | None = None,
    **options: Any,
) -> Letter:
    request, to = requested(law, *rights, **options)
    given = facts or facts_for(law)
    return compose_follow_up(
        request, to, FollowUpKind(wanted), given, answering=[objection] if objection else []
    )


def headings(letter: Letter) -> list[str]:
    return [block.text for block in letter.blocks if isinstance(block, Heading)]


# In every language --------------------------------------------------------------------------------


@pytest.mark.parametrize(("law", "language"), LETTERS)
def test_letters_after_the_request_hold_no_leftovers(law: str, language: str) -> None:
    answered = facts_for(law, answered_on=date(2026, 11, 18), outstanding=("X1", "X2"))
    given = [facts_for(law), answered, facts_for(law, delivered_on=None, reminded_on=None)]
    for kind, facts in product(PLAIN, given):
        if kind is FollowUpKind.LATE_EXTENSION and not facts.due:
            continue
        letter = write(kind, law, language=language, facts=facts)
        text_with_blocks_clean(letter)
        assert letter.language == language
        assert letter.subject.endswith(" – DSR-7K3F-9QX2")
        assert not headings(letter)


@pytest.mark.parametrize(("law", "language"), REBUTTALS)
def test_rebuttals_hold_no_leftovers(law: str, language: str) -> None:
    each_right = [(right.value,) for right in rights_with_letters(law)]
    facts = facts_for(law, answered_on=date(2026, 11, 18))
    for objection, rights in product(objections(law, language=language), [(), *each_right]):
        letter = write(
            "rebuttal", law, *rights, objection=objection, facts=facts, language=language
        )
        text_with_blocks_clean(letter)
        (heading,) = headings(letter)
        assert heading == objections(law, language=language)[objection]


@pytest.mark.parametrize(("law", "language"), LETTERS)
def test_dates_of_the_case_stand_in_the_long_form_of_the_language(law: str, language: str) -> None:
    facts = facts_for(law)
    american = requested(law)[0].data_subject.country == "US"
    told = {
        "reminder": {3, 16, 27},
        "final-notice": {3, 16, 19, 27},
        "late-extension": {3, 16, 17, 27},
        "withdrawal": {3},
    }
    for kind, days in told.items():
        if kind == "late-extension" and not facts.due:
            continue
        text = full_text(write(kind, law, language=language))
        for day in days - (set() if facts.due else {16}):
            assert says(day, language, american=american) in text, (kind, day, text)
        assert not re.search(r"2026-11|\d/11/|11/\d", text)


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_a_letter_that_answers_names_the_day_of_the_answer(language: str) -> None:
    facts = replace(FACTS, answered_on=date(2026, 11, 18), outstanding=("E3", "E10"))
    for kind, objection in (("reminder", None), ("final-notice", None), ("rebuttal", "send-id")):
        text = full_text(
            write(kind, "gdpr", "erasure", objection=objection, facts=facts, language=language)
        )
        assert says(18, language) in text
        assert re.search(rf"\bE3{re.escape(TEMPLATES.language_words(language)['and'])}E10\b", text)


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_rights_are_called_by_their_names_and_articles(language: str) -> None:
    names = TEMPLATES.language_words(language)["right"]
    for kind in ("reminder", "final-notice"):
        text = full_text(write(kind, "gdpr", "access", "objection", "erasure", language=language))
        for right, article in (("access", 15), ("objection", 21), ("erasure", 17)):
            assert names[right] in text
            assert re.search(rf"\b{article}\b", text)
        assert names["portability"] not in text


def test_a_reminder_says_what_is_asked_and_by_when() -> None:
    text = full_text(write("reminder", "gdpr", "access", "erasure"))
    assert "access and erasure (Articles 15 and 17 GDPR)" in text
    assert "by e-mail" in text
    assert "within one month of receipt, that is by 16 November 2026 (Article 12(3) GDPR)" in text
    assert "by 27 November 2026" in text
    german = full_text(write("reminder", "gdpr", "access", "erasure", language="de"))
    assert "Auskunft und Löschung" in german
    assert "innerhalb eines Monats nach Eingang, also bis zum 16. November 2026" in german


@pytest.mark.parametrize(
    ("law", "language"), [each for each in LETTERS if each[0] in ("gdpr", "uk-gdpr")]
)
def test_no_letter_threatens_with_damages(law: str, language: str) -> None:
    """A request must not look as if it was made to claim money later: CJEU C-526/24."""
    for kind in PLAIN:
        assert not MONEY.search(full_text(write(kind, law, language=language))), kind
    for objection in objections(law, language=language):
        text = full_text(write("rebuttal", law, objection=objection, language=language))
        assert not MONEY.search(text.replace("C-526/24", "")), objection


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_a_final_notice_names_what_the_authority_can_do(language: str) -> None:
    text = full_text(write("final-notice", language=language))
    for provision in (12, 58, 77, 79):
        assert re.search(rf"\b{provision}\b", text)
    named = replace(FACTS, authority="Datatilsynet")
    assert "Datatilsynet" in full_text(write("final-notice", language=language, facts=named))


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_a_representative_gets_a_copy_of_the_final_notice(language: str) -> None:
    request, to = requested(language=language)
    notice = FollowUpKind.FINAL_NOTICE
    without = full_text(compose_follow_up(request, to, notice, FACTS))
    to = replace(to, representative="Vertretung Musterstadt")
    assert "Vertretung Musterstadt" in full_text(compose_follow_up(request, to, notice, FACTS))
    assert "Vertretung Musterstadt" not in without


@pytest.mark.parametrize(("law", "language"), LETTERS)
def test_a_language_has_all_letters_of_a_case_or_none(law: str, language: str) -> None:
    for section in ("letter", "follow-up", "rebuttals", "complaint", "mandate"):
        assert TEMPLATES.has_section(law, section, language), section


def test_under_the_gdpr_every_language_has_them() -> None:
    written_in = {
        each for each in TEMPLATES.languages() if TEMPLATES.has_section("gdpr", "letter", each)
    }
    assert set(OF_THE_GDPR) == written_in
    assert len(written_in) >= 13


# Answers to objections ----------------------------------------------------------------------------


@pytest.mark.parametrize(("law", "language"), REBUTTALS)
def test_all_languages_answer_the_same_objections(law: str, language: str) -> None:
    assert list(objections(law, language=language)) == list(objections(law))
    titles = objections(law, language=language).values()
    assert len(set(titles)) == len(titles)
    if language != "en":
        assert not set(titles) & set(objections(law).values())


@pytest.mark.parametrize("language", [each for each in OF_THE_GDPR if each != "en"])
@pytest.mark.parametrize("section", ["follow-up", "rebuttals", "complaint", "mandate"])
def test_translations_cite_what_the_english_letter_cites(section: str, language: str) -> None:
    """Whoever translates puts words into another language, never law."""

    def cited(language: str) -> dict[str, set[str]]:
        """The provisions that each entry cites, in whatever case."""
        table = TEMPLATES.clauses(language, "gdpr", section)
        entries = {name: texts for name, texts in table.items() if isinstance(texts, dict)}
        said = {"": table.get("text", ""), **entries}
        return {
            name: {cite for call in CITED.findall(str(texts)) for cite in QUOTED.findall(call)}
            for name, texts in said.items()
        }

    assert cited(language) == cited("en")


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_only_who_wanted_erasure_too_asked_to_be_answered_first(language: str) -> None:
    options = {"objection": "already-deleted", "language": language}
    both = full_text(write("rebuttal", "gdpr", "access", "erasure", **options))
    assert re.search(r"\b18\b", both)
    assert not re.search(r"\b18\b", full_text(write("rebuttal", "gdpr", "access", **options)))


def test_an_objection_that_is_not_known_suggests_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        write("rebuttal", objection="sendid")
    assert "Did you mean send-id?" in caught.value.sentence
    assert "wrong-language" in (caught.value.hint or "")
    with pytest.raises(NotFoundError) as caught:
        write("rebuttal", objection="xyzzy")
    assert "Did you mean" not in caught.value.sentence
    with pytest.raises(NotFoundError):
        write("rebuttal")


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_that_they_cannot_identify_one_does_not_touch_the_objection(language: str) -> None:
    """GDPR Art. 11(2) takes away the rights of Articles 15 to 20 only."""
    objects = write("rebuttal", "gdpr", "objection", objection="cannot-identify", language=language)
    asks = write("rebuttal", "gdpr", "access", objection="cannot-identify", language=language)
    body = [block.text for block in objects.blocks[2:-2] if not isinstance(block, Heading)]
    assert any(re.search(r"\b21\b", text) and re.search(r"\b11\b", text) for text in body)
    assert not re.search(r"\b21\b", full_text(asks))
    assert len(asks.blocks) == len(objects.blocks) - 1


def test_it_says_that_the_right_to_object_remains() -> None:
    text = full_text(write("rebuttal", "gdpr", "objection", objection="cannot-identify"))
    assert "My objection remains in any case: only the rights of Articles 15 to 20" in text


@pytest.mark.parametrize(
    ("law", "language"), [("uk-gdpr", "en"), *(("gdpr", each) for each in OF_THE_GDPR)]
)
def test_the_milder_means_are_cited_only_where_they_were_offered(law: str, language: str) -> None:
    def cites_e5(*rights: str, kind: str = "face-search") -> bool:
        letter = write(
            "rebuttal", law, *rights, objection="disproportionate", language=language, kind=kind
        )
        return bool(re.search(r"\bE5\b", full_text(letter)))

    assert cites_e5("erasure")
    assert not cites_e5("access", "objection")
    assert not cites_e5("erasure", kind="dataset-publisher")  # is not asked E5


@pytest.mark.parametrize("language", OF_THE_GDPR)
def test_effort_is_answered_by_the_right_that_was_used(language: str) -> None:
    access = write("rebuttal", "gdpr", "access", objection="disproportionate", language=language)
    erasure = write("rebuttal", "gdpr", "erasure", objection="disproportionate", language=language)
    assert "166–167" in full_text(access)
    assert "166–167" not in full_text(erasure)


def test_rebuttals_fit_the_rights_that_were_used() -> None:
    def body(objection: str, *rights: str, **options: Any) -> str:
        return full_text(write("rebuttal", "gdpr", *rights, objection=objection, **options))

    assert "requires no preparation" in body("three-months", "objection")
    assert "requires no preparation" not in body("three-months", "access")
    assert "I have objected" in body("legitimate-interest", "objection")
    assert "I object to the processing herewith" in body("legitimate-interest", "access")
    assert "17(3)" in body("research", "erasure")
    assert "17(3)" not in body("research", "access")
    assert "not the right of access as such" in body("trade-secrets", "access")
    assert "My request asks for no secret" in body("trade-secrets", "erasure")
    assert "C-307/22" in body("fee", "access")
    assert "C-307/22" not in body("fee", "erasure")
    assert "My request for access you must answer" in body("already-deleted", "access", "erasure")
    assert "request for access" not in body("already-deleted", "erasure")
    assert "what I know of my data" in body("cannot-identify", "access")
    named = {"photo_urls": ("https://example.org/me.jpg",)}
    assert "the images or other identifiers" in body("cannot-identify", "access", **named)
    client = {"representative": replace(PARENT, acts_for=CLIENT)}
    assert "The signed mandate was enclosed" in body("agent-refused", "access", **client)
    assert "The signed mandate is enclosed" in body("agent-refused", "access")
    assert "what your system does" in body("cannot-identify", "access", kind="face-search")
    assert "what your system does" not in body("cannot-identify", "access", kind="social-platform")


def test_decisions_are_held_against_the_company_they_bind_only() -> None:
    clearview = full_text(write("rebuttal", objection="not-subject"))
    assert "In your own case this has been held: Garante" in clearview
    other = full_text(write("rebuttal", objection="not-subject", slug="stability-ai"))
    assert "In your own case" not in other


@pytest.mark.parametrize("right", [right.value for right in rights_with_letters("uk-gdpr")])
def test_letters_to_the_united_kingdom_cite_nothing_of_the_union(right: str) -> None:
    letters = [write(kind, "uk-gdpr", right) for kind in PLAIN]
    letters += [
        write("rebuttal", "uk-gdpr", right, objection=word) for word in objections("uk-gdpr")
    ]
    for letter in letters:
        text = full_text(letter)
        assert not [cited for cited in OF_THE_UNION if cited in text], text
        assert " GDPR" not in text.replace("UK GDPR", "")


def test_in_the_united_kingdom_a_final_notice_is_a_complaint_to_the_company() -> None:
    text = full_text(write("final-notice", "uk-gdpr"))
    assert "This is a complaint to you as the controller (section 164A of the Data" in text
    assert "the Information Commissioner" in text
    effort = full_text(write("rebuttal", "uk-gdpr", "access", objection="disproportionate"))
    assert "Article 15(1A) UK GDPR" in effort
    assert "Article 14(5)(e) UK GDPR" in effort


# What a letter rests on ---------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["extended_on", "due"])
def test_a_late_extension_is_not_answered_without_its_facts(missing: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        write("late-extension", facts=replace(FACTS, **{missing: None}))
    assert caught.value.code == "no_late_extension"


def test_an_extension_in_time_is_accepted_and_a_late_one_is_not() -> None:
    request, _ = requested()
    in_time = (*SENT, ("extended", "2026-12-10"))
    with pytest.raises(ConflictError) as caught:
        next_letter(case(request, "2027-01-08", *in_time))
    assert caught.value.code == "not_late"
    with pytest.raises(ConflictError) as caught:
        next_letter(case(request, "2027-01-08", *in_time), "late-extension")
    assert caught.value.code == "no_late_extension"
    late = case(request, "2027-01-08", *SENT, ("extended", "2027-01-05"))
    assert fitting_kind(late) is FollowUpKind.LATE_EXTENSION
    text = full_text(next_letter(late))
    assert "You informed me on 5 January 2027" in text
    assert "That time ended on 23 December 2026" in text


def test_nobody_is_called_late_on_the_last_day_or_while_it_is_one_s_own_turn() -> None:
    request, _ = requested()
    for kind in (None, "reminder", "final-notice"):
        with pytest.raises(ConflictError) as caught:
            next_letter(case(request, "2026-12-23"), kind)
        assert caught.value.exit_status is ExitStatus.CONFLICT
        assert "23 December 2026" in caught.value.sentence
    assert next_letter(case(request, "2026-12-28")).subject.startswith("Reminder")


def test_a_reminder_comes_before_the_final_notice() -> None:
    request, _ = requested()
    late, told = "2027-01-12", (*SENT, ("reminded", "2026-12-28"))
    assert fitting_kind(case(request, late)) is FollowUpKind.REMINDER
    with pytest.raises(ConflictError) as caught:
        next_letter(case(request, "2027-01-11", *told))
    assert caught.value.code == "reminded_lately"
    assert next_letter(case(request, "2027-01-11", *told), "final-notice")
    assert fitting_kind(case(request, late, *told)) is FollowUpKind.FINAL_NOTICE
    text = full_text(next_letter(case(request, late, *told)))
    assert "On 28 December 2026 I reminded you of it." in text


def test_a_letter_names_only_demands_that_the_request_makes() -> None:
    request, _ = requested("gdpr", "erasure")
    answered = case(request, "2027-01-11", *SENT, ("partly-fulfilled", "2026-12-14"))
    with pytest.raises(InvalidInputError) as caught:
        next_letter(answered, "reminder", outstanding=("E3", "C1"))
    assert caught.value.code == "unknown_demand"
    assert "C1" in caught.value.sentence
    assert "E3" in (caught.value.hint or "")
    text = full_text(next_letter(answered, "reminder", outstanding=("E3", "E8")))
    assert "Still open: E3 and E8." in text


@pytest.mark.parametrize("law", ["us-tx-cubi", "us-il-bipa", "br-lgpd"])
def test_where_the_law_sets_no_time_no_letter_claims_one(law: str) -> None:
    request, _ = requested(law, "erasure")
    untimed = case(request, "2027-01-11")
    with pytest.raises(ConflictError) as caught:
        next_letter(untimed)
    assert "sets no time" in caught.value.sentence
    for kind in ("reminder", "final-notice"):
        text = text_with_blocks_clean(next_letter(untimed, kind))
        assert "that is by" not in text
        assert "was due" not in text


def test_a_law_without_letters_gets_none() -> None:
    request, to = requested()
    with pytest.raises(InvalidInputError) as caught:
        compose_follow_up(
            replace(request, law="us-ca-delete"), to, FollowUpKind.REMINDER, FACTS
        )  # fmt: skip
    assert caught.value.code == "no_letter"


@pytest.mark.parametrize("law", [law for law in FAMILIES.values() if law != "gdpr"])
def test_a_request_in_a_language_that_a_law_lacks_is_followed_up_in_english(law: str) -> None:
    lacking = next(
        each for each in TEMPLATES.languages() if not TEMPLATES.has_section(law, "letter", each)
    )
    request, to = requested(law, language=lacking)
    letter = compose_follow_up(request, to, FollowUpKind.WITHDRAWAL, facts_for(law))
    assert letter.language == "en"


def test_another_language_that_the_law_lacks_falls_back_to_english() -> None:
    request, _ = requested("uk-gdpr", "erasure")
    letter = next_letter(case(request, "2027-01-11"), "reminder", language="sv")
    assert letter.language == "en"


@pytest.mark.parametrize("kind", ["reminder", "final-notice"])
def test_who_answered_in_time_is_not_accused_of_being_late(kind: str) -> None:
    request, _ = requested("gdpr", "erasure")
    refused = case(request, "2026-12-05", *SENT, ("refused", "2026-12-01"))
    text = full_text(next_letter(refused, kind, outstanding=("E3",)))
    assert "should have been answered by" not in text
    assert "your duty to answer in time" not in text
    assert "which has passed" not in text


def test_the_period_and_the_day_of_a_reminder_belong_together() -> None:
    """An opt-out is due after 15 business days, what one asks to know after 45 days."""
    request, _ = requested("ccpa", "access", "opt-out")
    text = full_text(next_letter(case(request, "2026-12-28")))
    assert not ("45 calendar days" in text and "December 15, 2026" in text), text


def test_after_the_answer_to_a_late_extension_comes_the_final_notice() -> None:
    request, _ = requested()
    told = (*SENT, ("extended", "2027-01-05"), ("reminded", "2027-01-08"))
    assert fitting_kind(case(request, "2027-02-01", *told)) is FollowUpKind.FINAL_NOTICE
