"""Names made of ids."""

import pytest

from callsheet.base.text import spelled

NAMES = {
    "one word": ("data", "Data"),
    "hyphens": ("sign-up", "Sign up"),
    "underscores": ("first_review", "First review"),
    "an abbreviation": ("billing-api", "Billing API"),
    "an abbreviation first": ("sso-groups", "SSO groups"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("key", "name"), NAMES.values(), ids=NAMES)
def test_an_id_of_words_is_a_name(key: str, name: str) -> None:
    assert spelled(key) == name
