"""Where somebody lived on a day, whether a mandate covers a request, and what comes back."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsr.errors import InvalidInputError
from dsr.tracker.people import (
    DataSubject,
    Mandate,
    Person,
    Role,
    fitting_mandate,
    why_none_fits,
)
from dsr.workflows.identity import IdentityInput
from dsr.workflows.people import moved

ERIKA = DataSubject(name="Erika Mustermann", email="erika@example.org", country="DE")
TODAY = date(2026, 11, 23)
DAYS = st.dates(date(1990, 1, 1), TODAY)
RIGHTS = ("access", "erasure", "objection")
COMPANIES = ("clearview", "laion", "pimeyes")

mandates = st.builds(
    Mandate,
    number=st.integers(1, 9),
    given_on=DAYS,
    expires_on=st.none() | DAYS,
    revoked_on=st.none() | DAYS,
    rights=st.lists(st.sampled_from(RIGHTS), unique=True).map(tuple),
    companies=st.lists(st.sampled_from(COMPANIES), unique=True).map(tuple),
    document=st.none() | st.just("ab" * 32),
    name=st.none() | st.text(),
)


# where somebody lived ------------------------------------------------------------------------


@given(st.lists(DAYS, unique=True, max_size=6).map(sorted), DAYS)
def test_on_every_day_somebody_lives_where_they_last_moved(moves: list[date], day: date) -> None:
    person = Person(subject=ERIKA)
    for place, on in enumerate(moves):
        person = moved(person, IdentityInput(address=(f"Street {place}",)), on, TODAY)
    last = sum(on <= day for on in moves)
    assert person.on(day).address == ((f"Street {last - 1}",) if last else ())
    assert person.on(TODAY) == person.subject
    assert (person.on(day).id, person.on(day).name) == (ERIKA.id, ERIKA.name)


def test_a_move_abroad_leaves_region_and_address_behind() -> None:
    home = DataSubject(name="E", email="e@example.org", country="US", region="CA", address=("1 A",))
    person = moved(Person(subject=home), IdentityInput(country="fr"), date(2026, 5, 1), TODAY)
    assert (person.subject.country, person.subject.region, person.subject.address) == (
        "FR", None, ()
    )  # fmt: skip
    assert person.on(date(2026, 4, 30)) == home


@given(st.lists(DAYS, unique=True, min_size=2, max_size=2).map(sorted))
def test_a_move_before_the_last_one_is_refused(days: list[date]) -> None:
    earlier, later = days
    elsewhere = IdentityInput(country="FR")
    person = moved(Person(subject=ERIKA), elsewhere, later, TODAY)
    for on in (earlier, later):
        with pytest.raises(InvalidInputError) as caught:
            moved(person, elsewhere, on, TODAY)
        assert caught.value.code == "bad_move"


# mandates ------------------------------------------------------------------------------------


@given(
    st.lists(mandates, max_size=4),
    st.lists(st.sampled_from(RIGHTS), unique=True, min_size=1),
    st.sampled_from(COMPANIES),
    DAYS,
)
def test_a_mandate_is_found_or_it_is_said_why_there_is_none(
    kept: list[Mandate], rights: list[str], company: str, day: date
) -> None:
    found = fitting_mandate(kept, rights, company, day)
    assert bool(why_none_fits(kept, rights, company, day)) == (found is None and bool(kept))
    fitting = [
        each
        for each in kept
        if each.given_on <= day
        and (each.expires_on is None or day <= each.expires_on)
        and (each.revoked_on is None or day < each.revoked_on)
        and (not each.rights or set(rights) <= set(each.rights))
        and (not each.companies or company in each.companies)
    ]
    assert (found in fitting) if fitting else found is None
    assert found is None or found.number == max(each.number for each in fitting)


GIVEN = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("mandate", "day", "why"),
    [
        (Mandate(number=1, given_on=GIVEN), GIVEN, ""),
        (Mandate(number=1, given_on=GIVEN), date(2026, 10, 31), "not valid before 1 November 2026"),
        (Mandate(number=1, given_on=GIVEN, expires_on=TODAY), TODAY, ""),
        (Mandate(number=1, given_on=GIVEN, expires_on=TODAY), TODAY + timedelta(1), "expired on"),
        (Mandate(number=1, given_on=GIVEN, revoked_on=TODAY), TODAY - timedelta(1), ""),
        (Mandate(number=1, given_on=GIVEN, revoked_on=TODAY), TODAY, "revoked on 23 November 2026"),
        (Mandate(number=1, given_on=GIVEN, rights=("access",)), TODAY, "does not cover erasure"),
        (Mandate(number=1, given_on=GIVEN, companies=("laion",)), TODAY, "covers only laion"),
    ],
)
def test_a_mandate_that_does_not_fit_says_why(mandate: Mandate, day: date, why: str) -> None:
    said = why_none_fits([mandate], ["access", "erasure"], "clearview", day)
    assert (why in said) if why else said == ""


def test_of_several_mandates_each_says_why_not() -> None:
    kept = [
        Mandate(number=1, given_on=GIVEN, expires_on=date(2026, 11, 2)),
        Mandate(number=2, given_on=GIVEN, companies=("laion",)),
    ]
    said = why_none_fits(kept, ["access"], "clearview", TODAY)
    assert said == "mandate 1 expired on 2 November 2026; mandate 2 covers only laion"


# what is kept comes back ---------------------------------------------------------------------


@given(st.lists(mandates, max_size=3), st.lists(st.text()), st.sampled_from(Role), DAYS)
def test_a_person_comes_back_as_they_were_kept(
    kept: list[Mandate], names: list[str], role: Role, on: date
) -> None:
    assume(on < TODAY)
    subject = Person(subject=ERIKA, role=role, variants=tuple(names), mandates=tuple(kept))
    person = moved(subject, IdentityInput(country="FR"), on, TODAY)
    assert Person.from_json(person.as_json()) == person


@pytest.mark.parametrize(
    ("person_id", "role"),
    [
        ("me", Role.SELF),
        ("child-max mustermann", Role.CHILD),
        ("client-kim", Role.CLIENT),
        ("child", Role.SELF),
        ("children-of-me", Role.SELF),
    ],
)
def test_whom_an_earlier_version_kept_is_still_known(person_id: str, role: Role) -> None:
    subject = DataSubject(id=person_id, name="Max", country="DE")
    assert Person.from_json(subject.as_json()) == Person(subject=subject, role=role)
