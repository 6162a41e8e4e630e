"""What is wrong with a value, in words: no talk of inputs and tags, and what to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from callsheet.base.wording import in_words


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid")
    series: list[str] = Field(min_length=1, max_length=2)
    name: str = Field(default="", max_length=3)
    code: str = Field(default="aa", min_length=2, pattern="^[a-z]+$")
    last: int = Field(default=1, ge=1, le=5)
    share: float = Field(default=0.5, gt=0, lt=1)
    kind: Literal["one", "two"] = "one"
    since: datetime | None = None
    on: bool = True
    inner: dict[str, int] = Field(default_factory=dict)


WRONG: dict[str, tuple[Any, str, str]] = {
    "a typing error": ({"serie": ["a"]}, "serie: there is no such field.", "Write series."),
    "an unknown field": ({"series": ["a"], "x": 1}, "x: there is no such field.", "Leave it out"),
    "a missing field": ({}, "series: this is missing.", "Give series."),
    "no list": ({"series": "a"}, "series: this is not a list.", "Give a list."),
    "too few": ({"series": []}, "series: this has fewer than 1 entry.", "Give at least 1."),
    "too many": ({"series": ["a"] * 3}, "series: this has more than 2 entries.", "Give at most 2."),
    "too long": ({"series": ["a"], "name": "abcd"}, "name: this has more than 3 characters.", "at most 3"),
    "not as it should be written": ({"series": ["a"], "code": "99"}, "not written as it should be", "^[a-z]+$"),
    "no whole number": ({"series": ["a"], "last": "x"}, "last: this is not a whole number.", "Give a whole number."),
    "half of one": ({"series": ["a"], "last": 1.5}, "last: this is not a whole number.", "Give a whole number."),
    "too small": ({"series": ["a"], "last": 0}, "last: this must be at least 1.", "at least 1"),
    "too large": ({"series": ["a"], "share": 1}, "share: this must be less than 1", "less than 1"),
    "no such value": ({"series": ["a"], "kind": "three"}, "kind: there is no such value.", "Use 'one' or 'two'."),
    "no moment": ({"series": ["a"], "since": "soon"}, "since: this is not a moment", "2026-11-22T09:30:00Z"),
    "neither true nor false": ({"series": ["a"], "on": "perhaps"}, "on: this is not true or false.", "Give true or false."),
    "inside": ({"series": ["a"], "inner": {"b": "c"}}, "inner.b: this is not a whole number.", "Give a whole number."),
    "no object": (7, "The request: this is not an object.", "Give an object."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_and_what_to_do(case: str) -> None:
    given, message, mend = WRONG[case]
    with pytest.raises(ValidationError) as found:
        TypeAdapter(Given).validate_python(given)
    told = in_words(found.value.errors())
    assert message in told[0]
    assert mend in told[1]


ASKED: dict[str, tuple[Any, str]] = {
    "an unknown field": ({"kind": "trends", "series": [{"events": ["a"]}], "breakdwn": 1}, "there is no such field"),
    "an unknown kind": ({"kind": "trend"}, "there is no kind 'trend'"),
    "no kind": ({}, "it does not say its kind"),
    "our own words": ({"kind": "funnel", "steps": [{"events": ["a"]}]}, "a funnel needs at least two steps"),
}


@pytest.mark.parametrize("case", ASKED)
def test_nothing_is_told_in_the_words_of_the_library(client: TestClient, case: str) -> None:
    given, wanted = ASKED[case]
    told = client.post("/api/usage/answers", json=given)
    assert told.status_code == 422
    found = told.json()
    assert wanted in found["message"]
    text = f"{found['message']} {found['mend']}"
    assert found["mend"].endswith(".")
    assert not any(words in text for words in ("permitted", "Input", "discriminator", "Value error", "Extra"))


def test_what_is_not_json_is_called_so(client: TestClient) -> None:
    told = client.post("/api/usage/answers", content=b"{", headers={"Content-Type": "application/json"})
    assert (told.status_code, "not JSON" in told.json()["message"]) == (422, True)
