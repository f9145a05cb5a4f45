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
from dsr.law.limits import IdentityPause, Period, Rolling, TimeLimit, Unit
from dsr.law.regimes import Regime, regime, regime_ids
from dsr.law.rights import Right, lawful_order, right_called, words_for_rights
from dsr.paths import law_data

LAWS = regime_ids()
REVIEWED = ("ccpa", "gdpr", "uk-gdpr")
SENTENCE_OF_LAW = re.compile(r"Art\.|CCR|Code|ICO|EDPB|Reg\.|Regulation|s\. \d")
ANY_STATUTE = re.compile(r"[A-Z][\w.-]+ .*\d|\d.* [A-Z]{2,} .*\d")  # KRS 367.3611, 740 ILCS 14/20


def is_cited(law: Regime, citation: str) -> bool:
    """Whether *citation* names a statute and a place in it."""
    return bool((SENTENCE_OF_LAW if law.id in REVIEWED else ANY_STATUTE).search(citation))


def limits_of(law: Regime) -> set[TimeLimit]:
    with_limit = [*law.rights.values(), *law.steps.values()]
    return {each.limit for each in with_limit}


def periods(limit: TimeLimit) -> list[Period]:
    longer = (limit.extended, limit.extended_again, limit.latest)
    return [period for period in (limit.response, limit.acknowledgement, *longer) if period]


# A time of the person's own stands; and the UK time for confirming a complaint (section 164A(3)).
STANDING = {("gdpr", "early-resolution"), ("ch-fadp", "cost-notice"), ("ca-qc", "review"),
            ("uk-gdpr", "complaint")}  # fmt: skip


@pytest.mark.parametrize("name", LAWS)
def test_a_company_may_argue_that_a_last_day_on_a_day_off_moves(name: str) -> None:
    law = regime(name)
    theirs = [given_right.limit for given_right in law.rights.values()]
    theirs += [step.limit for key, step in law.steps.items() if (name, key) not in STANDING]
    for limit in theirs:
        if limit.response and limit.response.unit is not Unit.BUSINESS_DAYS:
            assert limit.counting.rolling is not Rolling.STANDS
            assert limit.counting.rolling_citation


def test_the_laws_are_the_files() -> None:
    files = Path(law_data() / "regimes").glob("*.toml")
    assert tuple(sorted(path.stem for path in files)) == LAWS
    assert set(REVIEWED) <= set(LAWS)
    assert tuple(regime(name).id for name in LAWS) == LAWS


@pytest.mark.parametrize("name", LAWS)
def test_a_law_and_its_rights_are_cited(name: str) -> None:
    law = regime(name)
    assert law.source.startswith("https://")
    assert is_cited(law, law.citation)
    for given_right in law.rights.values():
        if " " in given_right.citation and "§" not in given_right.citation:  # in full
            assert is_cited(law, given_right.citation)
        else:
            assert is_cited(law, law.cite_as.format(given_right.citation))
            assert given_right.citation in law.provisions or law.id not in REVIEWED
    for counter in law.counters:
        assert is_cited(law, counter.citation)
    for statement in law.statements:
        assert statement.says
        assert statement.citation
        assert statement.source.startswith("https://")


@pytest.mark.parametrize("name", LAWS)
def test_every_period_of_a_law_is_cited_or_it_is_said_that_there_is_none(name: str) -> None:
    law = regime(name)
    for limit in limits_of(law):
        said = limit.no_time.partition(" ")[2]  # the first word has a capital in any case
        assert limit.response or is_cited(law, said)
        for period in periods(limit):
            assert period.count > 0
            assert is_cited(law, period.citation)
            assert is_cited(law, limit.counting.first_day_citation)
            if period.unit is Unit.MONTHS:
                assert is_cited(law, limit.counting.month_end_citation)


@pytest.mark.parametrize("name", LAWS)
def test_what_moves_or_stops_a_period_is_cited(name: str) -> None:
    law = regime(name)
    for limit in limits_of(law):
        counting = limit.counting
        if counting.rolling is not Rolling.STANDS:
            assert is_cited(law, counting.rolling_citation)
        if counting.lenient_citation:
            assert is_cited(law, counting.lenient_citation)
        if counting.closed_days:
            assert is_cited(law, counting.closed_days.citation)
        of_a_right = limit in {given_right.limit for given_right in law.rights.values()}
        if limit.identity_pause is not IdentityPause.NONE or (name in REVIEWED and of_a_right):
            assert is_cited(law, limit.identity_citation)
        if limit.clarification_rights:
            assert is_cited(law, limit.clarification_citation)


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


def in_short(period: Period | None) -> str | None:
    return f"{period.count} {period.unit}" if period else None


@pytest.mark.parametrize(
    ("names", "response", "extended", "appeal"),
    [
        (
            "us-va us-ct us-tx us-mt us-de us-nj us-md us-nh us-ne us-tn us-in us-ky us-ri",
            "45 days",
            "90 days",
            ("60 days", None),
        ),
        ("us-co us-mn", "45 days", "90 days", ("45 days", "105 days")),
        ("us-or", "45 days", "90 days", ("45 days", "90 days")),
        ("us-ia", "90 days", "135 days", ("60 days", None)),
        ("us-ut", "45 days", "90 days", None),
        ("us-wa", "45 days", "90 days", ("45 days", None)),
        ("us-fl", "45 days", "60 days", ("60 days", None)),
        ("br-lgpd", "15 days", None, None),
        ("ca-pipeda za", "30 days", "60 days", None),
        ("ca-qc ch-fadp au sg", "30 days", None, None),
        ("kr", "10 days", None, None),
        ("nz", "20 business-days", None, None),
        ("jp in", None, None, None),
    ],
)
def test_the_times_for_access_and_appeal_are_those_of_the_research(
    names: str, response: str | None, extended: str | None, appeal: tuple[str, str | None] | None
) -> None:
    for name in names.split():
        law = regime(name)
        limit = law.gives(Right.ACCESS).limit
        assert (in_short(limit.response), in_short(limit.extended)) == (response, extended), name
        step = law.steps.get("appeal")
        found = step and (in_short(step.limit.response), in_short(step.limit.extended))
        assert found == appeal, name


@pytest.mark.parametrize("name", ["us-fl", "us-wa", "za"])
def test_what_was_not_seen_is_marked_so(name: str) -> None:
    response = regime(name).gives(Right.ACCESS).limit.response
    assert response is not None
    assert not response.verified


@pytest.mark.parametrize("name", ["us-fl", "in"])
def test_a_law_that_cannot_be_relied_on_is_never_picked_unasked(name: str) -> None:
    (place,) = regime(name).residents_of
    country, _, region = place.partition("-")
    assert name not in {a.law.id for a in applicable_laws(Situation(country, region or None))}


def test_in_quebec_the_law_of_the_province_comes_first() -> None:
    found = applicable_laws(Situation("CA", "QC"))
    assert [each.law.id for each in found] == ["ca-qc", "ca-pipeda"]


def test_laws_that_set_no_time_say_so() -> None:
    for name in ("us-il-bipa", "us-tx-cubi"):
        limit = regime(name).gives(Right.ERASURE).limit
        assert limit.response is None
        assert "sets no time" in limit.no_time


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
    [("uk-gdpr", "77"), ("uk-gdpr", "22"), ("uk-gdpr", "14(5)(b)"), ("gdpr", "58(2)(e)")],
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
    ("word", "meant"), [("gdrp", "gdpr"), ("ukgdpr", "uk-gdpr"), ("ccppa", "ccpa")]
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


def test_another_version_of_dsr_is_another_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    uncached = law_edition.__wrapped__
    assert uncached() == law_edition()
    monkeypatch.setattr("dsr.law.edition.__version__", "0.1.1")
    assert uncached() != law_edition()


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
    leading = [each for each in found if each.law.rank == 1]
    assert [each.law.id for each in leading] == ["ccpa", "gdpr"]
    assert found[0] is leading[0]
    assert "you are in France" in leading[1].reason


def test_the_rights_asked_for_decide_between_two_laws() -> None:
    in_paris = Situation("US", "CA", located_in="FR")
    assert applicable_law(in_paris, (Right.ERASURE,)).law.id == "ccpa"
    assert applicable_law(in_paris, (Right.OPT_OUT,)).law.id == "ccpa"
    assert applicable_law(in_paris, (Right.OBJECTION,)).law.id == "gdpr"


def test_a_right_that_no_law_there_gives_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        applicable_law(Situation("DE"), (Right.OPT_OUT,))
    assert caught.value.code == "right_not_given"


def test_what_a_company_honours_for_everyone_can_be_chosen() -> None:
    honouring = Situation("AR", honours=frozenset({"ccpa"}))
    assert "honours the CCPA" in chosen_law(regime("ccpa"), honouring).reason
    with pytest.raises(InvalidInputError):
        chosen_law(regime("gdpr"), honouring)


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
