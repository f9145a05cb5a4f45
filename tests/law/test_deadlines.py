"""From receipt to due date, by hand-worked examples and by properties."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.errors import InvalidInputError
from dsr.law.calendars import Place, day_off
from dsr.law.deadlines import Deadline, Deadlines, Pause, Pauses, deadlines, step_deadlines
from dsr.law.limits import Rolling, TimeLimit
from dsr.law.receipt import Channel, presumed, proven
from dsr.law.regimes import Regime, regime, regime_ids
from dsr.law.rights import Right

NUMBER = re.compile(r"\d")
OWN_ASSUMPTION = re.compile(r"\([^)]*(no law sets this|dsr's own assumption)")
DATE = re.compile(r"[A-Z][a-z]+day (\d{1,2} [A-Z][a-z]+ \d{4})")
EU_PLACES = ["AT", "DE", "DE-BY", "ES", "FR", "GR", "IE", "IT", "NL", "PL", "SE"]


def day(text: str) -> date:
    return date.fromisoformat(text)


def dates(
    law: str,
    received: str,
    right: Right = Right.ACCESS,
    *,
    place: str | None = None,
    also: str | None = None,
    pauses: Pauses | None = None,
) -> Deadlines:
    return deadlines(
        regime(law),
        right,
        proven(day(received)),
        place=Place.parse(place) if place else None,
        also_arguable=Place.parse(also) if also else None,
        pauses=pauses or Pauses(),
    )


def waited(asked: str, answered: str | None) -> tuple[Pause, ...]:
    return (Pause(day(asked), day(answered) if answered else None),)


# Examples that authorities published -----------------------------------------------------------


@pytest.mark.parametrize("right", [Right.ACCESS, Right.ERASURE, Right.OBJECTION])
@pytest.mark.parametrize(
    ("law", "received", "due"),
    [
        ("gdpr", "2024-03-05", "2024-04-05"),
        ("gdpr", "2026-08-31", "2026-09-30"),
        ("uk-gdpr", "2025-09-03", "2025-10-03"),
        ("uk-gdpr", "2026-03-31", "2026-04-30"),
        ("uk-gdpr", "2024-01-01", "2024-02-01"),
        ("uk-gdpr", "2024-11-25", "2024-12-27"),
        ("uk-gdpr", "2025-01-31", "2025-02-28"),
        ("uk-gdpr", "2024-01-31", "2024-02-29"),
        ("uk-gdpr", "2026-01-31", "2026-03-02"),
    ],
)
def test_examples_of_edpb_and_ico(law: str, received: str, due: str, right: Right) -> None:
    assert dates(law, received, right).response.due == day(due)


# Elsewhere: no rule on days off was read, so a company may argue that the last day moves ---------


@pytest.mark.parametrize(
    ("law", "received", "right", "due", "lenient"),
    [
        ("us-co", "2026-10-07", "access", "2026-11-21", "2026-11-23"),  # a Saturday
        ("us-va", "2026-11-10", "access", "2026-12-25", "2026-12-28"),  # Christmas, a Friday
        ("us-tx", "2026-11-10", "erasure", "2026-12-25", "2026-12-28"),
        (
            "us-ca-delete",
            "2026-09-06",
            "erasure",
            "2026-10-21",
            "2026-12-07",
        ),  # 90 days, a Saturday
        (
            "kr",
            "2026-02-18",
            "access",
            "2026-02-28",
            "2026-03-03",
        ),  # 1 March: a Sunday, made up for
        ("ca-qc", "2026-11-25", "rectification", "2026-12-25", "2026-12-28"),
        ("ca-pipeda", "2026-06-01", "access", "2026-07-01", "2026-07-02"),  # Canada Day
        ("sg", "2026-07-10", "access", "2026-08-09", "2026-08-11"),  # National Day, a Sunday
        ("za", "2026-08-25", "access", "2026-09-24", "2026-09-25"),  # Heritage Day
        ("br-lgpd", "2026-08-23", "access", "2026-09-07", "2026-09-08"),  # Independence Day
        ("au", "2026-12-28", "access", "2027-01-27", "2027-01-27"),  # the day after Australia Day
        ("ccpa", "2026-08-11", "access", "2026-09-25", "2026-09-28"),  # Native American Day
        ("ccpa", "2026-12-29", "erasure", "2027-02-12", "2027-02-16"),  # Lincoln, Presidents' Day
    ],
)
def test_where_no_rule_was_read_only_the_lenient_date_moves(
    law: str, received: str, right: str, due: str, lenient: str
) -> None:
    found = dates(law, received, Right(right)).response
    assert (found.due, found.due_lenient) == (day(due), day(lenient))


@pytest.mark.parametrize("place", [None, "US-CA", "DE"])
def test_another_place_does_not_replace_the_calendar_of_a_law_that_names_its_own(
    place: str | None,
) -> None:
    # Columbus Day, 12 October 2026, is a federal holiday and none in California.
    found = dates("ccpa", "2026-10-05", Right.OPT_OUT, place=place).response
    assert found.due == day("2026-10-27")
    assert found.due_lenient >= day("2026-10-27")


def test_korean_law_allows_a_second_extension() -> None:
    found = dates("kr", "2026-03-02", Right.AUTOMATED_DECISION)
    assert (found.extended.due, found.extended_again.due) == (day("2026-05-01"), day("2026-05-31"))


def test_a_right_that_came_later_than_its_law_counts_from_then() -> None:
    with pytest.raises(InvalidInputError, match="on rectification as they apply since 1 January"):
        dates("ccpa", "2022-06-01", Right.RECTIFICATION)
    assert dates("ccpa", "2022-06-01", Right.ACCESS).response


@pytest.mark.parametrize(
    ("law", "right"),
    [("jp", "erasure"), ("ca-pipeda", "rectification"), ("za", "objection"),
     ("sg", "withdraw-consent"), ("us-ut", "rectification")],
)  # fmt: skip
def test_what_nobody_has_read_is_not_denied(law: str, right: str) -> None:
    with pytest.raises(InvalidInputError, match="has not read whether") as caught:
        dates(law, "2026-06-01", Right(right))
    assert caught.value.code == "right_not_read"


# GDPR ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-01-31", "2026-03-02"),  # 28 February 2026 is a Saturday
        ("2027-01-29", "2027-03-01"),  # 28 February 2027 is a Sunday
        ("2028-01-29", "2028-02-29"),  # a leap year has the day
        ("2028-01-31", "2028-02-29"),
        ("2028-02-29", "2028-03-29"),
        ("2026-03-31", "2026-04-30"),
        ("2026-05-31", "2026-06-30"),
        ("2026-10-31", "2026-11-30"),
        ("2026-12-31", "2027-02-01"),  # 31 January 2027 is a Sunday
    ],
)
def test_a_month_that_lacks_the_day_ends_on_its_last(received: str, due: str) -> None:
    assert dates("gdpr", received, place="DE").response.due == day(due)


@pytest.mark.parametrize(
    ("place", "received", "due"),
    [
        # 25 December 2025 is a Thursday; the 26th is a holiday in some states only.
        ("DE", "2025-11-25", "2025-12-29"),
        ("FR", "2025-11-25", "2025-12-26"),
        ("GR", "2025-11-25", "2025-12-29"),
        ("IE", "2025-11-25", "2025-12-29"),
        # Good Friday is 3 April 2026, Easter Monday the 6th; in Greece the 10th and the 13th.
        ("DE", "2026-03-03", "2026-04-07"),
        ("FR", "2026-03-03", "2026-04-03"),
        ("IE", "2026-03-03", "2026-04-03"),
        ("FR", "2026-03-06", "2026-04-07"),
        ("IE", "2026-03-06", "2026-04-07"),
        ("GR", "2026-03-06", "2026-04-06"),
        ("GR", "2026-03-10", "2026-04-14"),
        ("DE", "2026-03-10", "2026-04-10"),
        ("DE", "2025-12-01", "2026-01-02"),
    ],
)
def test_a_holiday_of_the_place_moves_the_last_day(place: str, received: str, due: str) -> None:
    assert dates("gdpr", received, place=place).response.due == day(due)


@pytest.mark.parametrize(
    ("received", "in_germany", "in_bavaria"),
    [
        ("2026-12-06", "2027-01-06", "2027-01-07"),  # Epiphany
        ("2026-05-04", "2026-06-04", "2026-06-05"),  # Corpus Christi
    ],
)
def test_a_region_has_holidays_of_its_own(received: str, in_germany: str, in_bavaria: str) -> None:
    assert dates("gdpr", received, place="DE").response.due == day(in_germany)
    assert dates("gdpr", received, place="DE-BY").response.due == day(in_bavaria)


def test_without_a_place_only_weekends_move_the_last_day() -> None:
    assert dates("gdpr", "2025-11-25").response.due == day("2025-12-25")
    assert dates("gdpr", "2025-11-27").response.due == day("2025-12-29")


@pytest.mark.parametrize(
    ("received", "extended"),
    [
        ("2026-01-31", "2026-04-30"),  # one month and then two would be the 28th, or 2 May
        ("2026-08-31", "2026-11-30"),
        ("2027-11-30", "2028-02-29"),
        ("2026-11-21", "2027-02-22"),  # 21 February 2027 is a Sunday
    ],
)
def test_an_extension_counts_three_months_from_receipt(received: str, extended: str) -> None:
    longer = dates("gdpr", received, place="DE").extended
    assert longer is not None
    assert longer.due == day(extended)


def test_the_notice_of_an_extension_is_due_with_the_first_month() -> None:
    found = dates("gdpr", "2025-11-25", place="DE")
    assert found.extension_notice_by == found.response.due == day("2025-12-29")


def test_holidays_of_the_controllers_country_are_arguable_only() -> None:
    response = dates("gdpr", "2026-10-26", place="DE", also="US").response
    assert response.due == day("2026-11-26")  # Thanksgiving
    assert response.due_lenient == day("2026-11-27")


def test_waiting_for_identity_moves_only_what_can_be_argued() -> None:
    pauses = Pauses(identity=waited("2026-03-10", "2026-03-20"))
    response = dates("gdpr", "2026-03-02", place="DE", pauses=pauses).response
    assert response.due == day("2026-04-02")
    assert response.due_lenient == day("2026-04-13")  # ten days on is Sunday the 12th
    assert any("10 days" in step and "par. 159" in step for step in response.steps)


def test_waiting_for_identity_still_open_counts_to_the_day_of_looking() -> None:
    pauses = Pauses(identity=waited("2026-03-10", None), as_of=day("2026-03-24"))
    response = dates("gdpr", "2026-03-02", place="DE", pauses=pauses).response
    assert response.due == day("2026-04-02")
    assert response.due_lenient == day("2026-04-16")


def test_clarification_does_not_stop_the_time_of_the_gdpr() -> None:
    pauses = Pauses(clarification=waited("2026-03-10", "2026-03-20"))
    response = dates("gdpr", "2026-03-02", place="DE", pauses=pauses).response
    assert response.due == response.due_lenient == day("2026-04-02")


# United Kingdom --------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [Right.ACCESS, Right.ERASURE, Right.OBJECTION])
def test_identity_moves_the_start_for_every_right_in_the_united_kingdom(right: Right) -> None:
    pauses = Pauses(identity=waited("2026-03-05", "2026-03-16"))
    found = dates("uk-gdpr", "2026-03-02", right, pauses=pauses)
    assert found.response.due == found.response.due_lenient == day("2026-04-16")
    assert found.extended is not None
    assert found.extended.due == day("2026-06-16")
    assert found.extension_notice_by == day("2026-04-16")


def test_clarification_stops_access_only_and_counts_both_end_days() -> None:
    pauses = Pauses(clarification=waited("2026-03-09", "2026-03-13"))
    access = dates("uk-gdpr", "2026-03-02", Right.ACCESS, pauses=pauses)
    erasure = dates("uk-gdpr", "2026-03-02", Right.ERASURE, pauses=pauses)
    assert access.response.due == day("2026-04-07")  # five days on
    assert access.extension_notice_by == day("2026-04-07")
    assert access.extended is not None
    assert access.extended.due == day("2026-06-08")  # 2 June and five days is a Sunday
    assert erasure.response.due == day("2026-04-02")


@pytest.mark.parametrize(
    "second", [("2026-03-11", "2026-03-13"), ("2026-03-13", "2026-03-13")], ids=["within", "end"]
)
def test_a_day_in_two_clarifications_is_left_out_once(second: tuple[str, str]) -> None:
    once = waited("2026-03-09", "2026-03-13")
    twice = (*once, *waited(*second))
    expected = dates("uk-gdpr", "2026-03-02", pauses=Pauses(clarification=once)).response.due
    found = dates("uk-gdpr", "2026-03-02", pauses=Pauses(clarification=twice)).response.due
    assert found == expected


@pytest.mark.parametrize(
    ("identity", "asked", "answered", "due"),
    [
        # Proof came on 16 March, when the month begins: until 16 April.
        ("2026-03-16", "2026-03-05", "2026-03-09", "2026-04-16"),  # over before: not counted anyway
        ("2026-03-16", "2026-03-12", "2026-03-20", "2026-04-21"),  # 16 to 20 March: five days
        ("2026-03-16", "2026-03-16", "2026-03-20", "2026-04-21"),
        ("2026-03-16", "2026-03-23", "2026-03-27", "2026-04-21"),
        # Received on 4 March: the month ends on Saturday 4 April, and so on Tuesday the 7th.
        ("2026-03-04", "2026-04-02", "2026-04-03", "2026-04-07"),  # 4 and 2 days: the 6th, Easter
        ("2026-03-04", "2026-04-07", "2026-04-08", "2026-04-09"),  # asked on the very last day
        ("2026-03-04", "2026-04-08", "2026-04-20", "2026-04-07"),  # too late: the time is over
    ],
)
def test_only_days_of_clarification_within_the_time_are_left_out(
    identity: str, asked: str, answered: str, due: str
) -> None:
    pauses = Pauses(waited("2026-03-04", identity), waited(asked, answered))
    response = dates("uk-gdpr", "2026-03-04", pauses=pauses).response
    assert response.due == response.due_lenient == day(due)


def test_a_question_after_the_first_month_holds_up_only_the_longer_time() -> None:
    pauses = Pauses(clarification=waited("2026-04-10", "2026-04-14"))
    found = dates("uk-gdpr", "2026-03-02", pauses=pauses)
    assert found.response.due == found.extension_notice_by == day("2026-04-02")
    assert found.extended is not None
    assert found.extended.due == day("2026-06-08")  # 2 June and five days is a Sunday


def test_asking_who_you_are_when_the_time_is_over_gives_nothing_to_argue() -> None:
    pauses = Pauses(identity=waited("2026-04-07", "2026-04-20"))
    response = dates("gdpr", "2026-03-02", place="DE", pauses=pauses).response
    assert response.due == response.due_lenient == day("2026-04-02")


def test_a_day_in_two_waits_for_identity_is_argued_once() -> None:
    once = waited("2026-03-09", "2026-03-19")
    twice = (*once, *waited("2026-03-12", "2026-03-19"))
    expected = dates("gdpr", "2026-03-02", place="DE", pauses=Pauses(identity=once))
    found = dates("gdpr", "2026-03-02", place="DE", pauses=Pauses(identity=twice))
    assert found.response.due_lenient == expected.response.due_lenient


@pytest.mark.parametrize(
    ("with_first", "answered", "first", "last"),
    [
        (True, "2026-03-13", "2026-03-09", "2026-03-13"),
        (False, "2026-03-13", "2026-03-10", "2026-03-13"),
        (True, None, "2026-03-09", "2026-03-20"),
        (False, None, "2026-03-10", "2026-03-20"),
    ],
)
def test_a_pause_is_the_set_of_its_days(
    with_first: bool, answered: str | None, first: str, last: str
) -> None:
    (pause,) = waited("2026-03-09", answered)
    found = pause.days(day("2026-03-20"), with_first=with_first)
    assert (min(found), max(found)) == (day(first), day(last))
    assert len(found) == (day(last) - day(first)).days + 1


def test_an_answer_before_the_question_is_refused() -> None:
    (pause,) = waited("2026-03-09", "2026-03-08")
    with pytest.raises(InvalidInputError) as caught:
        pause.days(day("2026-03-20"), with_first=True)
    assert caught.value.code == "negative_pause"


# California ------------------------------------------------------------------------------------


def test_the_forty_five_days_end_on_any_day_but_the_next_working_day_is_arguable() -> None:
    found = dates("ccpa", "2026-10-01")
    assert found.response.due == day("2026-11-15")  # a Sunday
    assert found.response.due_lenient == day("2026-11-16")
    assert "Proc. 12a" in found.response.steps[-1]
    assert found.extended is not None
    assert found.extended.due == found.extended.due_lenient == day("2026-12-30")
    assert found.extension_notice_by == day("2026-11-15")


def test_a_holiday_at_the_end_of_the_forty_five_days_is_arguable() -> None:
    response = dates("ccpa", "2026-11-10", Right.ERASURE).response
    assert response.due == day("2026-12-25")
    assert response.due_lenient == day("2026-12-28")


def test_ten_business_days_leave_out_thanksgiving_and_arguably_the_day_after() -> None:
    acknowledgement = dates("ccpa", "2026-11-19").acknowledgement
    assert acknowledgement is not None
    assert acknowledgement.due == day("2026-12-04")
    assert acknowledgement.due_lenient == day("2026-12-07")


@pytest.mark.parametrize("right", [Right.OPT_OUT, Right.LIMIT])
def test_opting_out_and_limiting_take_fifteen_business_days_and_no_more(right: Right) -> None:
    found = dates("ccpa", "2026-11-19", right)
    assert found.response.due == day("2026-12-11")
    assert found.response.due_lenient == day("2026-12-14")
    assert found.extended is found.acknowledgement is found.extension_notice_by is None


def test_proof_of_identity_does_not_stop_the_californian_time() -> None:
    pauses = Pauses(identity=waited("2026-10-05", "2026-10-30"))
    assert dates("ccpa", "2026-10-01", pauses=pauses) == dates("ccpa", "2026-10-01")


# Receipt, and what cannot be ------------------------------------------------------------------


def test_a_letter_by_post_is_presumed_received_after_three_days_or_arguably_ten() -> None:
    receipt = presumed(day("2026-12-01"), Channel.POST)
    response = deadlines(regime("gdpr"), Right.ACCESS, receipt, place=Place.parse("DE")).response
    assert response.due == day("2027-01-04")
    assert response.due_lenient == day("2027-01-11")
    assert "no law sets this" in response.steps[0]


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.WEBFORM, Channel.FAX])
def test_other_channels_arrive_the_day_they_are_used(channel: Channel) -> None:
    receipt = presumed(day("2026-12-01"), channel)
    assert receipt.on == receipt.lenient_on == day("2026-12-01")


@pytest.mark.parametrize(
    ("law", "eve"), [("gdpr", "2018-05-24"), ("uk-gdpr", "2020-12-31"), ("ccpa", "2019-12-31")]
)
def test_no_date_is_computed_from_before_the_law(law: str, eve: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        dates(law, eve)
    assert caught.value.code == "before_law"
    assert dates(law, (day(eve) + timedelta(days=1)).isoformat()).response.due > day(eve)


@pytest.mark.parametrize("law", regime_ids())
def test_every_law_counts_from_its_first_day_on_and_not_before(law: str) -> None:
    for right, given_right in regime(law).rights.items():
        first = given_right.since or regime(law).in_force
        assert dates(law, first.isoformat(), right).received == first
        with pytest.raises(InvalidInputError) as caught:
            dates(law, (first - timedelta(days=1)).isoformat(), right)
        assert caught.value.code == "before_law"


@pytest.mark.parametrize("law", regime_ids())
def test_where_a_law_sets_no_time_it_is_said_and_no_date_is_made_up(law: str) -> None:
    on = max(regime(law).in_force, day("2026-11-23")).isoformat()
    for right, given_right in regime(law).rights.items():
        found, limit = dates(law, on, right), given_right.limit
        assert found.subject == right.value
        assert (found.response is None) is (limit.response is None)
        assert found.no_time == (() if limit.response else (limit.no_time,))
        assert all(found.no_time)
        if found.response is None:
            assert found.extension_notice_by is found.extension_notice_by_lenient is None


def test_no_date_is_computed_past_the_end_of_the_calendar() -> None:
    with pytest.raises(InvalidInputError):
        dates("gdpr", "9999-12-20")


def test_a_right_that_the_law_does_not_give_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        dates("gdpr", "2026-01-05", Right.OPT_OUT)
    assert caught.value.code == "right_not_given"


@pytest.mark.parametrize(
    "code",
    ["", "XX", "DE-XX", "-BY", "D E", "PUBLIC", "BANK", "JAN", "HALF_DAY", "NYSE", "ECB", "\0"],
)
def test_a_place_without_a_calendar_of_its_own_is_refused(code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Place.parse(code)
    assert caught.value.code == "unknown_place"


def test_a_place_is_read_in_any_case() -> None:
    assert Place.parse(" de-by ") == Place("DE", "BY")
    assert Place.parse("us").name == "the United States"


# Properties ------------------------------------------------------------------------------------

LAST = date(2045, 12, 31)
LAWS = [law for law in regime_ids() if regime(law).rights or regime(law).steps]


def since(law: Regime) -> st.SearchStrategy[date]:
    """Days on which a request under *law* may arrive, whatever right it uses."""
    later = [given_right.since for given_right in law.rights.values() if given_right.since]
    return st.dates(max(date(2021, 1, 1), law.in_force, *later), LAST)


def limit_of(law: Regime, subject: Right | str) -> TimeLimit:
    return law.gives(subject).limit if isinstance(subject, Right) else law.step(subject).limit


@st.composite
def cases(draw: st.DrawFn, laws: tuple[str, ...] = tuple(LAWS)) -> Deadlines:
    """The dates of any right or further step of any law, with or without pauses and posting."""
    law = regime(draw(st.sampled_from(laws)))
    on, subject = draw(since(law)), draw(st.sampled_from([*law.rights, *law.steps]))
    receipt = presumed(on, draw(st.sampled_from(Channel)))
    if not isinstance(subject, Right):
        return step_deadlines(law, subject, receipt)
    place = draw(st.sampled_from(EU_PLACES)) if law.id == "gdpr" else None
    also = draw(st.sampled_from([None, "US"])) if law.id == "gdpr" else None
    spans = st.tuples(st.integers(0, 20), st.integers(0, 40)).map(
        lambda n: Pause(on + timedelta(days=n[0]), on + timedelta(days=sum(n)))
    )
    at_most_one = st.lists(spans, max_size=1).map(tuple)
    return deadlines(
        law,
        subject,
        receipt,
        place=Place.parse(place) if place else None,
        also_arguable=Place.parse(also) if also else None,
        pauses=Pauses(draw(at_most_one), draw(at_most_one)),
    )


def all_of(found: Deadlines) -> list[Deadline]:
    every = (found.response, found.extended, found.extended_again, found.acknowledgement)
    return [d for d in every if d]


def named(text: str) -> list[date]:
    return [datetime.strptime(found, "%d %B %Y").date() for found in DATE.findall(text)]  # noqa: DTZ007


@settings(deadline=None)
@given(st.data(), st.sampled_from(LAWS), st.integers(0, 400), st.sampled_from(EU_PLACES))
def test_later_receipt_never_means_an_earlier_date(
    data: st.DataObject, name: str, later: int, code: str
) -> None:
    law = regime(name)
    on, subject = data.draw(since(law)), data.draw(st.sampled_from([*law.rights, *law.steps]))
    place = Place.parse(code) if name == "gdpr" else None
    first, second = (
        all_of(
            deadlines(law, subject, proven(received), place=place)
            if isinstance(subject, Right)
            else step_deadlines(law, subject, proven(received), place=place)
        )
        for received in (on, on + timedelta(days=later))
    )
    for before, after in zip(first, second, strict=True):
        assert before.due <= after.due
        assert before.due_lenient <= after.due_lenient


@settings(deadline=None)
@given(since(regime("uk-gdpr")), st.sampled_from(["gdpr", "uk-gdpr"]), st.sampled_from(EU_PLACES))
def test_where_the_last_day_moves_it_is_a_working_day(on: date, law: str, code: str) -> None:
    place = Place.parse(code if law == "gdpr" else "GB-ENG")
    for right, given_right in regime(law).rights.items():
        assert given_right.limit.counting.rolling is Rolling.MOVES
        for deadline in all_of(deadlines(regime(law), right, proven(on), place=place)):
            assert day_off(deadline.due, place) is None
            assert day_off(deadline.due_lenient, place) is None


@settings(deadline=None)
@given(st.data(), st.sampled_from(LAWS))
def test_in_no_law_does_a_last_day_that_moves_stay_on_a_day_off(
    data: st.DataObject, name: str
) -> None:
    law, on = regime(name), data.draw(since(regime(name)))
    for right, given_right in law.rights.items():
        counting = given_right.limit.counting
        if counting.rolling is Rolling.MOVES:
            place = Place.parse(counting.calendar) if counting.calendar else None
            for deadline in all_of(deadlines(law, right, proven(on))):
                assert day_off(deadline.due, place) is None


@settings(deadline=None)
@given(cases())
def test_the_lenient_date_is_never_the_earlier_one(found: Deadlines) -> None:
    for deadline in all_of(found):
        assert deadline.due_lenient >= deadline.due > found.received


@settings(deadline=None)
@given(cases())
def test_an_extension_never_ends_before_the_response(found: Deadlines) -> None:
    if found.extended:
        assert found.response is not None
        assert found.extended.due >= found.response.due
        assert found.extended.due_lenient >= found.response.due_lenient
        assert found.extension_notice_by == found.response.due


@settings(deadline=None)
@given(cases())
def test_the_steps_lead_to_the_dates(found: Deadlines) -> None:
    for deadline in all_of(found):
        days = named(" ".join(deadline.steps))
        assert deadline.due in days
        assert days[-1] == deadline.due_lenient


def cited_in(limit: TimeLimit) -> set[str]:
    """Every citation that the law's data give for a time limit."""
    counting = limit.counting
    longer = (limit.extended, limit.extended_again, limit.latest)
    periods = (limit.response, limit.acknowledgement, *longer)
    return {
        *(period.citation for period in periods if period),
        *(counting.first_day_citation, counting.month_end_citation),
        *(counting.rolling_citation, counting.lenient_citation),
        *(limit.identity_citation, limit.clarification_citation),
    } - {""}


def is_cited(step: str, citations: set[str]) -> bool:
    """Whether a step says in parentheses where it comes from; dsr's own assumption says so."""
    if OWN_ASSUMPTION.search(step):
        return True
    return any(
        step.startswith(f"Unverified: the text of {each} ")
        or f"({each}" in step
        or f"; {each}" in step.partition("(")[2]
        for each in citations
    )


@pytest.mark.parametrize("law", LAWS)
@settings(deadline=None)
@given(data=st.data())
def test_every_step_with_a_number_cites_where_it_comes_from(law: str, data: st.DataObject) -> None:
    found = data.draw(cases((law,)))
    subject = Right(found.subject) if found.subject in set(Right) else found.subject
    citations = cited_in(limit_of(regime(law), subject))
    for deadline in all_of(found):
        assert deadline.steps
        uncited = [s for s in deadline.steps if NUMBER.search(s) and not is_cited(s, citations)]
        assert not uncited
