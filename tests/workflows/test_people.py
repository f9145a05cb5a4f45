"""Ids of people: made from any name, and never that of somebody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.errors import InvalidInputError, UsageError
from dsr.tracker.people import DataSubject, Person, Role
from dsr.workflows.people import called, checked_id, new_id

HELPED = st.sampled_from([Role.CHILD, Role.CLIENT])


@given(HELPED, st.text(), st.integers(0, 40))
def test_an_id_made_from_a_name_is_one_and_is_free(role: Role, name: str, others: int) -> None:
    taken: list[str] = []
    for _ in range(others):
        taken.append(new_id(role, name, taken))
    made = new_id(role, name, taken)
    assert checked_id(made) == made
    assert made.startswith(role.value)
    assert len({*taken, made}) == others + 1


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Max Mustermann", "child-max-mustermann"),
        ("Żaneta Öztürk-O’Brien", "child-zaneta-ozturk-o-brien"),
        ("日本語", "child"),
        ("../../etc", "child-etc"),
        ("x" * 500, "child-" + "x" * 23),
    ],
)
def test_ids_can_be_read_and_typed(name: str, made: str) -> None:
    assert new_id(Role.CHILD, name, []) == made


@pytest.mark.parametrize(
    "text", ["", "-x", "../x", "Anna", "a b", "a\nb", "a\n", "ä", "x" * 33, "x" * 500, "а"]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        checked_id(text)
    assert caught.value.code == "bad_person_id"


def test_two_of_one_name_are_not_taken_for_each_other() -> None:
    def person(person_id: str, role: Role, name: str) -> Person:
        return Person(subject=DataSubject(id=person_id, name=name, country="DE"), role=role)

    kim, other = person("kim", Role.CHILD, "Kim Kind"), person("kai", Role.CHILD, "Kai Kind")
    client = person("client", Role.CLIENT, "Kim Kind")
    assert called([kim, other, client], Role.CHILD, "kim KIND") is kim
    assert called([kim, other, client], Role.CLIENT, "Kim Kind") is client
    assert called([other], Role.CHILD, "Kim Kind") is None
    with pytest.raises(UsageError, match="kim or twin"):
        called([kim, person("twin", Role.CHILD, "Kim Kind")], Role.CHILD, "Kim Kind")
