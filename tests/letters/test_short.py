"""The request in few words: no longer than the web form takes, and all that it must say."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.errors import ExitStatus, InvalidInputError
from dsr.law.rights import Right
from dsr.letters.compose import compose, rights_with_letters
from dsr.letters.short import text_within
from dsr.letters.text import plain_text
from dsr.letters.wording import Wording
from dsr.tracker.requests import Identifier
from tests.letters.cases import LEFTOVERS, PARENT, TEMPLATES, combinations, requested

EVERYWHERE = combinations("letter")
RIGHTS = [right.value for right in rights_with_letters("gdpr")]
LANGUAGES = [language for law, language in EVERYWHERE if law == "gdpr"]
PHOTO = re.compile(r"^Photo (\d+): (\S+)$", re.MULTILINE)


def photos(count: int, length: int = 90) -> tuple[str, ...]:
    return tuple(f"https://example.org/{n}/".ljust(length, "x") for n in range(1, count + 1))


def minimum(*arguments: Any) -> int:
    """The length of the shortest form, as the error names it."""
    with pytest.raises(InvalidInputError) as caught:
        text_within(1, *arguments)
    assert caught.value.code == "text_too_long"
    assert caught.value.exit_status is ExitStatus.INVALID
    (length,) = re.findall(r"has (\d+) characters, more than 1\.", caught.value.sentence)
    return int(length)


@settings(deadline=None, max_examples=30)
@given(
    st.sets(st.sampled_from(RIGHTS), min_size=1),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["images", "everything"]),
    st.integers(0, 12),
    st.integers(0, 6000),
)
def test_it_is_never_longer_than_the_form_takes(
    rights: set[str], language: str, about: str, count: int, extra: int
) -> None:
    request, to = requested(
        "gdpr", *sorted(rights), language=language, about=about, photo_urls=photos(count)
    )
    least = minimum(request, to)
    text = text_within(least + extra, request, to)
    assert len(text) <= least + extra
    assert "DSR-7K3F-9QX2" in text
    assert not LEFTOVERS.search(text)
    whole = plain_text(compose(request, to))
    if len(whole) <= least + extra:
        assert text == whole
        return
    wording = Wording(request, to, TEMPLATES)
    for right in request.rights:
        assert wording.say(wording.section(right.value)["short"]) in text
    for missing in (1, least // 2, least - 1):
        with pytest.raises(InvalidInputError):
            text_within(missing, request, to)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 12), st.integers(0, 900), st.integers(90, 150))
def test_as_many_photos_are_named_as_fit(count: int, extra: int, length: int) -> None:
    urls = photos(count, length)
    request, to = requested("gdpr", "erasure", photo_urls=urls)
    limit = minimum(request, to) + extra
    text = text_within(limit, request, to)
    shown = PHOTO.findall(text)
    assert shown == [(str(n), url) for n, url in enumerate(urls[: len(shown)], start=1)]
    left = count - len(shown)
    more = "and {} more, which I name on request.\n\n"
    assert (more.format(left) in text) == bool(left)
    if left:
        line = len(f"Photo {len(shown) + 1}: {urls[len(shown)]}\n\n")
        after = len(more.format(left - 1)) if left > 1 else 0
        assert len(text) + line + after - len(more.format(left)) > limit


@pytest.mark.parametrize(("law", "language"), EVERYWHERE)
def test_every_law_and_language_has_a_short_form(law: str, language: str) -> None:
    account = (Identifier("account", "erika.m"),)
    for email, right in zip([True, False] * 9, rights_with_letters(law), strict=False):
        named = {"photo_urls": photos(9), "identifiers": account}
        request, to = requested(law, right.value, language=language, **named)
        if not email:
            request = replace(request, data_subject=replace(request.data_subject, email=None))
        least = minimum(request, to)
        assert least < 1900, "many forms take 2,000 characters"
        text = text_within(least, request, to)
        assert len(text) == least
        assert not LEFTOVERS.search(text)
        for said in ("DSR-7K3F-9QX2", request.data_subject.name, "erika.m"):
            assert said in text


def test_the_whole_letter_is_used_where_it_fits() -> None:
    request, to = requested("gdpr", "erasure")
    whole = plain_text(compose(request, to))
    assert text_within(len(whole), request, to) == whole
    shorter = text_within(len(whole) - 1, request, to)
    assert len(shorter) < len(whole) - 1
    assert "E1: " in shorter, "the demands go last of all"
    assert "E1: " not in text_within(minimum(request, to), request, to)


def test_the_rights_stand_in_the_lawful_order_with_their_articles() -> None:
    request, to = requested("gdpr", "erasure", "objection", "access")
    text = text_within(1700, request, to)
    places = [text.index(article) for article in ("15(1)", "I object to all", "17(1)")]
    assert places == sorted(places)
    assert "within one month of receipt, free of charge" in text
    assert "erika@example.org" in text
    german, _ = requested("gdpr", "erasure", "access", language="de")
    said = text_within(1700, german, to)
    assert "Art. 17 Abs. 1" in said
    assert "innerhalb eines Monats" in said


def test_who_acts_for_a_child_says_so_in_few_words_too() -> None:
    request, to = requested("gdpr", "erasure", representative=PARENT)
    text = text_within(minimum(request, to), request, to)
    assert f"for my child {request.data_subject.name}" in text
    assert text.endswith("\nPetra Parent\n")


def test_a_request_about_everything_says_no_word_of_images() -> None:
    for language, pattern in (("en", r"(?i)image|photo|face"), ("de", r"(?i)bild|foto|gesicht")):
        request, to = requested(
            "gdpr", "access", "erasure", "objection", about="everything", language=language
        )
        assert not re.search(pattern, text_within(minimum(request, to), request, to))


@pytest.mark.parametrize("right", [Right.RECTIFICATION, Right.OBJECTION])
def test_what_the_person_says_in_their_own_words_is_not_dropped_in_silence(right: Right) -> None:
    """A rectification that does not say what is wrong asks for nothing."""
    request, to = requested(
        "gdpr", right.value, correction="I was never in Rome.", reason="I was never in Rome."
    )
    least = minimum(request, to)
    assert "I was never in Rome." in text_within(least + 100, request, to)


def test_who_acts_for_a_child_says_so_whatever_it_is_about() -> None:
    request, to = requested("gdpr", "erasure", representative=PARENT, about="everything")
    text = text_within(minimum(request, to), request, to)
    assert request.data_subject.name in text


def test_the_error_names_the_shortest_form_there_is() -> None:
    request, to = requested("gdpr", "erasure", photo_urls=("https://a.example/1",))
    least = minimum(request, to)
    with pytest.raises(InvalidInputError):
        text_within(least - 1, request, to)
