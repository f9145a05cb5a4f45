"""Addresses that are taken without the library are those the library takes, unchanged."""

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.errors import InvalidInputError
from dsr.workflows.identity import checked_email

_WORD = st.text("abcxyz019-_+", min_size=1, max_size=12)
_LABEL = st.text("abcxyz019-", min_size=1, max_size=12)
_LAST = st.sampled_from(["org", "de", "test", "local", "arpa", "c1", "x", "museum", "onion"])


@settings(max_examples=400, deadline=None)
@given(st.lists(_WORD, min_size=1, max_size=3), st.lists(_LABEL, max_size=3), _LAST)
def test_the_short_way_agrees_with_the_library(
    local: list[str], labels: list[str], last: str
) -> None:
    address = f"{'.'.join(local)}@{'.'.join([*labels, last])}"
    try:
        expected = validate_email(
            address, check_deliverability=False, test_environment=True
        ).normalized
    except ValueError:
        with pytest.raises(InvalidInputError):
            checked_email(address)
    else:
        assert checked_email(address) == expected


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" erika@example.org ", "erika@example.org"),
        ("Erika@Example.ORG", "Erika@example.org"),
        ("erika@münchen.example.org", "erika@münchen.example.org"),
    ],
)
def test_an_address_is_kept_in_its_normal_form(typed: str, kept: str) -> None:
    assert checked_email(typed) == kept
