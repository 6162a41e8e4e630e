"""The description says what answers always hold, and asks no more of what is sent than before."""

from __future__ import annotations

from typing import Any, NotRequired

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from typing_extensions import TypedDict

from callsheet.http import described


class Shared(BaseModel):
    """Sent and answered."""

    low: float | None = None


class Sent(BaseModel):
    """Only sent."""

    title: str
    note: str = ""
    ranges: list[Shared] = []


class Kept(TypedDict):
    """Only answered; `later` may be missing."""

    name: str
    later: NotRequired[str]


class Answer(BaseModel):
    """Only answered."""

    title: str
    note: str = ""
    done: float | None = None
    kept: list[Kept] = []
    ranges: list[Shared] = []


def told() -> dict[str, Any]:
    app, router = FastAPI(), APIRouter()

    @router.post("/things")
    def things(given: Sent) -> Answer:
        return Answer(title=given.title)

    app.include_router(router)
    described.install(app)
    schemas: dict[str, Any] = app.openapi()["components"]["schemas"]
    assert app.openapi()["components"]["schemas"] == schemas, "asked twice, it says the same"
    return schemas


def test_an_answer_always_holds_fields_with_a_default() -> None:
    assert told()["Answer"]["required"] == ["title", "note", "done", "kept", "ranges"]


def test_what_may_be_left_out_of_what_is_sent_still_may() -> None:
    schemas = told()
    assert schemas["Sent"]["required"] == ["title"]
    assert "required" not in schemas["Shared"]


def test_a_key_that_may_be_missing_stays_optional() -> None:
    assert told()["Kept"]["required"] == ["name"]
