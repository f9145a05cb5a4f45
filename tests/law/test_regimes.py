"""The law files are complete and cited; which law applies follows from where one lives."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.errors import InvalidInputError, NotFoundError
from dsr.law.applicability import (
    Situation,
    applicable_law,
    applicable_laws,
    chosen_law,
)
from dsr.law.edition import law_edition
from dsr.law.regimes import Period, Regime, Rolling, Unit, regime, regime_ids
from dsr.law.rights import Right, lawful_order, right_called, words_for_rights
from dsr.paths import law_data

LAWS = regime_ids()
SENTENCE_OF_LAW = re.compile(r"Art\.|CCR|Code|ICO|EDPB|Reg\.|Regulation")


def periods(law: Regime) -> list[Period]:
    limits = {given_right.limit for given_right in law.rights.values()}
    found = (p for limit in limits for p in (limit.response, limit.extended, limit.acknowledgement))
    return [period for period in found if period]


def test_the_laws_are_the_files() -> None:
    files = sorted(Path(law_data() / "regimes").glob("*.toml"))
    assert tuple(path.stem for path in files) == LAWS
    assert {"ccpa", "gdpr", "uk-gdpr"} <= set(LAWS)
    assert tuple(regime(name).id for name in LAWS) == LAWS


@pytest.mark.parametrize("name", LAWS)
def test_every_constant_of_a_law_is_cited(name: str) -> None:
    law = regime(name)
    assert law.source.startswith("https://")
    assert SENTENCE_OF_LAW.search(law.citation)
    for period in periods(law):
        assert period.count > 0
        assert SENTENCE_OF_LAW.search(period.citation)
    for given_right in law.rights.values():
        limit = given_right.limit
        assert given_right.citation in law.provisions
        counting = limit.counting
        assert SENTENCE_OF_LAW.search(counting.first_day_citation)
        assert SENTENCE_OF_LAW.search(limit.identity_citation)
        if counting.rolling is not Rolling.STANDS:
            assert SENTENCE_OF_LAW.search(counting.rolling_citation)
        if limit.response and limit.response.unit is Unit.MONTHS:
            assert SENTENCE_OF_LAW.search(counting.month_end_citation)
        if limit.clarification_rights:
            assert SENTENCE_OF_LAW.search(limit.clarification_citation)


@pytest.mark.parametrize("name", LAWS)
def test_every_right_has_a_name_of_its_own(name: str) -> None:
    names = [given_right.name for given_right in regime(name).rights.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("name", "right", "response", "extended"),
    [
        ("gdpr", Right.ACCESS, "one month", "three months"),
        ("gdpr", Right.ERASURE, "one month", "three months"),
        ("uk-gdpr", Right.ACCESS, "one month", "three months"),
        ("ccpa", Right.ACCESS, "45 days", "90 days"),
        ("ccpa", Right.ERASURE, "45 days", "90 days"),
        ("ccpa", Right.OPT_OUT, "15 business days", "None"),
        ("ccpa", Right.LIMIT, "15 business days", "None"),
    ],
)
def test_the_periods_are_those_of_the_statutes(
    name: str, right: Right, response: str, extended: str
) -> None:
    limit = regime(name).gives(right).limit
    assert (str(limit.response), str(limit.extended)) == (response, extended)


def test_only_access_pauses_for_clarification_and_only_in_the_united_kingdom() -> None:
    pausing = {
        (name, right)
        for name in LAWS
        for given_right in regime(name).rights.values()
        for right in given_right.limit.clarification_rights
    }
    assert pausing == {("uk-gdpr", Right.ACCESS)}


@pytest.mark.parametrize(
    ("name", "provision"),
    [("uk-gdpr", "77"), ("uk-gdpr", "22"), ("uk-gdpr", "14(5)(b)"), ("gdpr", "28(3)(e)")],
)
def test_letters_cannot_cite_what_is_repealed_or_does_not_fit(name: str, provision: str) -> None:
    assert provision not in regime(name).provisions


def test_the_eu_and_the_eea_are_thirty_countries() -> None:
    assert len(regime("gdpr").residents_of) == 30
    assert not regime("gdpr").residents_of & {"GB", "CH", "EL", "UK"}


@pytest.mark.parametrize("word", ["us-ca", "US-CA", " ccpa ", "CCPA"])
def test_a_law_has_aliases_in_any_case(word: str) -> None:
    assert regime(word).id == "ccpa"


@pytest.mark.parametrize(
    ("word", "meant"), [("gdrp", "gdpr"), ("ukgdpr", "uk-gdpr"), ("cpa", "ccpa")]
)
def test_an_unknown_law_is_answered_with_the_nearest(word: str, meant: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        regime(word)
    assert caught.value.code == "unknown_law"
    said = f"{caught.value.sentence} {caught.value.hint}"
    assert meant in said


def test_an_unknown_law_far_from_all_lists_what_there_is() -> None:
    with pytest.raises(NotFoundError) as caught:
        regime("zzzzz")
    assert "Did you mean" not in caught.value.sentence
    assert "dsr law list" in (caught.value.hint or "")


def test_a_right_that_is_not_given_names_those_that_are() -> None:
    with pytest.raises(InvalidInputError) as caught:
        regime("ccpa").gives(Right.OBJECTION)
    assert "opt-out" in (caught.value.hint or "")


def test_the_edition_of_the_law_is_a_fingerprint() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", law_edition())


# Which law applies -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "region", "law"),
    [
        ("DE", None, "gdpr"),
        ("DE", "BY", "gdpr"),
        ("NO", None, "gdpr"),
        ("GB", None, "uk-gdpr"),
        ("GB", "SCT", "uk-gdpr"),
        ("US", "CA", "ccpa"),
    ],
)
def test_where_one_lives_decides_the_law(country: str, region: str | None, law: str) -> None:
    found = applicable_law(Situation(country, region))
    assert found.law.id == law
    assert found.reason.startswith("you live in")


@pytest.mark.parametrize(
    ("country", "region", "code"),
    [
        ("US", None, "region_missing"),
        ("US", "WY", "no_law"),
        ("AR", None, "no_law"),
    ],
)
def test_no_law_is_claimed_where_none_is_known(country: str, region: str | None, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        applicable_law(Situation(country, region))
    assert caught.value.code == code
    assert caught.value.hint


def situation(country: str, region: str | None = None, *, seat: str) -> Situation:
    return Situation(country, region, established_in=frozenset({seat}))


@pytest.mark.parametrize(
    ("law", "residence", "establishment"),
    [
        ("ccpa", ("DE",), "US"),
        ("ccpa", ("US", "TX"), "US"),
        ("ccpa", ("US",), "US"),
        ("gdpr", ("US", "CA"), "US"),
        ("gdpr", ("GB",), "US"),
        ("uk-gdpr", ("DE",), "IE"),
    ],
)
def test_no_letter_claims_a_residence_that_is_not(
    law: str, residence: tuple[str, ...], establishment: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        chosen_law(regime(law), situation(*residence, seat=establishment))
    assert caught.value.code == "law_not_applicable"


def test_a_company_in_the_union_is_bound_towards_anyone() -> None:
    found = chosen_law(regime("gdpr"), situation("US", "TX", seat="IE"))
    assert found.law.id == "gdpr"
    assert "company is established" in found.reason
    assert "you live" not in found.reason


def test_residents_are_told_that_they_live_there() -> None:
    found = chosen_law(regime("uk-gdpr"), situation("GB", seat="US"))
    assert found.reason == "you live in the United Kingdom"


def test_a_californian_in_paris_has_two_laws() -> None:
    found = applicable_laws(Situation("US", "CA", located_in="FR"))
    assert [each.law.id for each in found] == ["ccpa", "gdpr"]
    assert "you are in FR" in found[1].reason


# Rights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "right"), [("know", "access"), ("DELETE", "erasure"), (" correct ", "rectification")]
)
def test_rights_answer_to_their_californian_names(word: str, right: str) -> None:
    assert right_called(word) is Right(right)


def test_every_word_for_a_right_is_understood() -> None:
    assert all(right_called(word) for word in words_for_rights())
    assert right_called("forget") is None


@given(st.lists(st.sampled_from(Right)))
def test_rights_stand_once_each_in_the_lawful_order(rights: list[Right]) -> None:
    ordered = lawful_order(rights)
    assert set(ordered) == set(rights)
    assert len(ordered) == len(set(ordered))
    positions = [list(Right).index(right) for right in ordered]
    assert positions == sorted(positions)
    if {Right.ACCESS, Right.ERASURE} <= set(ordered):
        assert ordered[0] is Right.ACCESS
        assert ordered[-1] is Right.ERASURE
