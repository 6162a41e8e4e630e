"""Adoption of one feature on events made by hand; "now" is Sunday 22 November 2026, 16:00 UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from pydantic import ValidationError

from callsheet.base.errors import BadInput, NotFound
from callsheet.metrics import Facts
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Link, Ref
from callsheet.store.workspace import Workspace
from callsheet.usage import actions
from callsheet.usage.questions import adoption
from callsheet.usage.questions.adoption import Cell, Question
from callsheet.usage.questions.adoption_shapes import AdoptionAnswer
from callsheet.usage.questions.common import Breakdown, Desk, Span, WhereIn
from tests.conftest import Clients
from tests.usage.conftest import Happened

OUT = datetime(2026, 11, 1)


@contextmanager
def desk_of(workspace: Workspace, cohort: tuple[str, ...] = ()) -> Iterator[Desk]:
    """A desk that reads the facts; adoption needs no histories."""
    with reading(workspace) as reader:
        facts = Facts(workspace, reader, {})
        yield Desk(cast(Any, None), workspace.now(), "UTC", lambda _: cohort, facts=facts)


def answered(workspace: Workspace, **asked: Any) -> AdoptionAnswer:
    with desk_of(workspace) as desk:
        return adoption.answer(Question(feature="export", **asked), desk)


def who(workspace: Workspace, stage: str, label: str | None = None, **asked: Any) -> list[str]:
    with desk_of(workspace) as desk:
        cell = Cell.model_validate({"stage": stage, "label": label})
        return adoption.people(Question(feature="export", **asked), cell, desk).ids


def counts(found: AdoptionAnswer) -> dict[str, int | None]:
    return {stage.key: stage.count for stage in found.stages}


@pytest.fixture
def out(workspace: Workspace, happened: Happened) -> Workspace:
    """Export is out since 1 November. Five accounts; old was last seen before it. acme tried it on day 2 and kept it,
    bolt on day 4 and did not come back, cork on day 18 (twice, too late to say), dune and edge never; dune began
    on day 10."""
    with workspace.books.change(workspace.now()) as book:
        actions.add_feature(
            book, "Export", SYSTEM, released_at=OUT, owner="ada", events=["exported"], predicted_share=0.5,
            predicted_low=0.4, predicted_high=0.7, predicted_days=42, predicted_by="ada",
        )  # fmt: skip
    happened(
        "2026-10-20 09:00 old1@old", "2026-11-03 00:00 ann@acme export", "2026-11-11 00:00 amy@acme export",
        "2026-11-05 00:00 ben@bolt export", "2026-11-06 00:00 ben@bolt export", "2026-11-19 00:00 cat@cork export",
        "2026-11-20 00:00 cat@cork export", "2026-11-12 09:00 dan@dune", "2026-11-13 09:00 eve@edge",
        "2026-11-14 09:00 exa@edge",
    )  # fmt: skip
    with workspace.facts.batch("test", "accounts") as batch:
        begun = datetime(2026, 1, 1)
        batch.merge("accounts", [
            {"account_id": "acme", "segment": "mid", "plan": "business", "revenue": 900.0, "created_at": begun},
            {"account_id": "bolt", "segment": "small", "plan": "team", "revenue": 100.0, "created_at": begun},
            {"account_id": "cork", "segment": "small", "plan": "team", "revenue": None, "created_at": begun},
            {"account_id": "dune", "segment": "small", "plan": "team", "revenue": 200.0,
             "created_at": datetime(2026, 11, 11)},
            {"account_id": "edge", "segment": None, "plan": "business", "revenue": 800.0, "created_at": begun},
        ])  # fmt: skip
    return workspace


def test_stages_by_hand(out: Workspace) -> None:
    found = answered(out)
    assert counts(found) == {"could_use": 5, "exposed": None, "tried": 3, "repeated": 3, "kept": 1}
    kept = found.stages[-1]
    assert (kept.of, kept.share) == (2, 0.5), "cork's first use is only 3 days ago"
    assert "no event, flag or experiment" in found.stages[1].why
    assert (found.days, found.sample, found.left_out) == (21, 5, 0)
    assert (found.revenue_could_use, found.revenue_tried, found.revenue_kept) == (2000, 1000, 900)
    assert found.revenue_unknown == 1


def test_a_link_tells_of_no_member_and_no_revenue_unless_it_is_named(out: Workspace, clients: Clients) -> None:
    asked = {"name": "Export", "question": {"kind": "adoption", "feature": "export"}}
    made = clients.bob.post("/api/usage/reports", json=asked).json()["id"]
    shown = {}
    for fields in ([], ["account.revenue"]):
        token = clients.bob.post(f"/api/usage/reports/{made}/share", json={"fields": fields}).json()["token"]
        told = clients.mallory.get(f"/shared/{token}").json()["tiles"][0]["answered"]
        answer, table = told["answer"], told["table"]["rows"][0]
        shown[bool(fields)] = (
            answer["owner"],
            answer["prediction"]["by"],
            answer["revenue_kept"],
            table["revenue_tried"],
        )
        assert (answer["stages"][2]["count"], answer["prediction"]["share"]) == (3, 0.5)
    assert shown == {False: ("", "", None, None), True: ("", "", 900, 1000)}
    assert answered(out).owner == "ada"


def test_a_person_counts_for_the_account_of_their_newest_event(out: Workspace, happened: Happened) -> None:
    """cat@cork was at zeta until the day before: the name that comes last in the alphabet does not decide."""
    happened("2026-11-18 09:00 cat@zeta", "2026-11-21 09:00 eve@acme", "2026-11-21 10:00 eve@")
    with out.facts.batch("test", "accounts") as batch:
        batch.merge("accounts", [{"account_id": "zeta", "segment": "large", "churned_at": datetime(2026, 11, 19)}])
    found = answered(out, unit="person", breakdown=Breakdown(by="account.segment"))
    able = {split.label: split.could_use for split in found.splits}
    assert able == {"mid": 3, "small": 3, "none": 1}


def test_by_person_the_same_feature_reads_differently(out: Workspace) -> None:
    """ann, amy, ben, cat, dan, eve, exa were there since; of four who tried it nobody came back after 7 days."""
    found = answered(out, unit="person")
    assert counts(found) == {"could_use": 7, "exposed": None, "tried": 4, "repeated": 2, "kept": 0}
    assert found.revenue_could_use is None
    assert who(out, "tried", unit="person") == ["amy", "ann", "ben", "cat"]


def test_those_who_have_not_yet_count_for_the_time_they_had(out: Workspace) -> None:
    """Days: acme 2, bolt 4, cork 18; edge watched for 21.7, dune, who began on day 10, for 11.7.

    S: 4/5 after 2, 3/5 after 4; on day 18 dune is no longer watched, so 3/5 x 1/2 = .3. The median is 18 days,
    where the plain median of those who tried is 4.
    """
    times = answered(out).times
    assert (times.lower, times.median, times.upper) == (4, 18, None)
    assert times.tried_median == 4
    shares = {one.day: one.share for one in times.curve}
    assert shares[0] == 0
    assert shares[1] == pytest.approx(0.2), "by the end of day 1, which is 48 hours after the release"
    assert shares[3] == pytest.approx(0.4)
    assert shares[17] == pytest.approx(0.7)
    assert times.curve[-1].day == 21
    assert {one.day: one.at_risk for one in times.curve}[1] == 4


def test_out_before_anything_was_known_has_no_times(out: Workspace) -> None:
    """The first event known is of 20 October; a release more than a week before says nothing of first uses."""
    with out.books.change(out.now()) as book:
        actions.change_feature(book, "export", SYSTEM, released_at=datetime(2026, 10, 14))
    assert answered(out).times.tried_median is not None
    with out.books.change(out.now()) as book:
        actions.change_feature(book, "export", SYSTEM, released_at=datetime(2026, 10, 1))
    found = answered(out)
    assert (found.times.curve, found.times.tried_median) == ([], None)
    assert "out before the first event known" in found.notes[0]
    assert counts(found)["tried"] == 3


def test_a_prediction_is_of_accounts(out: Workspace) -> None:
    assert answered(out, unit="person").prediction is None


def test_who_is_behind_each_stage(out: Workspace) -> None:
    assert who(out, "could_use") == ["acme", "bolt", "cork", "dune", "edge"]
    assert who(out, "tried") == ["acme", "bolt", "cork"]
    assert who(out, "not_tried") == ["dune", "edge"]
    assert who(out, "kept") == ["acme"]
    assert who(out, "not_kept") == ["bolt"]
    assert who(out, "tried", "small") == ["bolt", "cork"]
    with pytest.raises(BadInput, match="who saw"):
        who(out, "exposed")
    with pytest.raises(BadInput, match="huge"):
        who(out, "tried", "huge")


def test_every_stage_has_as_many_as_it_says(out: Workspace) -> None:
    for unit in ("account", "person"):
        found = answered(out, unit=unit)
        for stage in found.stages:
            if stage.count is not None:
                assert len(who(out, stage.key, unit=unit)) == stage.count
        for split in found.splits:
            assert len(who(out, "tried", split.label, unit=unit)) == split.tried
        assert sum(split.could_use for split in found.splits) == found.sample


def test_splits_by_segment_and_by_plan(out: Workspace) -> None:
    found = {one.label: (one.could_use, one.tried, one.revenue_tried) for one in answered(out).splits}
    assert found == {"small": (3, 2, 100), "mid": (1, 1, 900), "none": (1, 0, None)}
    plans = answered(out, breakdown=Breakdown(by="account.plan", limit=1)).splits
    assert [(one.label, one.could_use) for one in plans] == [("team", 3), ("other", 2)]


def test_persons_by_their_own_segment_or_their_accounts(out: Workspace) -> None:
    """cat of cork (small) has a segment of her own; by default persons are told apart by their account's, too."""
    with out.facts.batch("test", "persons") as batch:
        batch.merge("persons", [{"person_id": "cat", "segment": "vip"}, {"person_id": "dan", "segment": "mid"}])

    def able(by: str) -> dict[str, int]:
        asked = {"breakdown": Breakdown(by=by)} if by else {}
        return {one.label: one.could_use for one in answered(out, unit="person", **asked).splits}

    assert able("account.segment") == able("") == {"small": 3, "mid": 2, "none": 2}
    assert able("person.segment") == {"mid": 1, "vip": 1, "none": 5}
    assert able("account.revenue") == {"900": 2, "800": 2, "100": 1, "200": 1, "none": 1}
    vip = (WhereIn(field="person.segment", values=("vip",)),)
    assert who(out, "could_use", unit="person", where=vip) == who(out, "could_use", "vip", unit="person",
                                                                 breakdown=Breakdown(by="person.segment"))  # fmt: skip


def test_ids_are_texts_among_those_who_could(out: Workspace, happened: Happened) -> None:
    happened("2026-11-20 09:00 7@acme", "2026-11-20 09:00 007@acme")
    asked = (WhereIn(field="person_id", values=("7",)),)
    assert who(out, "could_use", unit="person", where=asked) == ["7"]


def test_a_condition_says_who_could_use_it(out: Workspace) -> None:
    """Only the business plan has it; bolt and cork used it all the same and are told as left out."""
    with out.books.change(out.now()) as book:
        actions.change_feature(book, "export", SYSTEM, could_use=[{"field": "account.plan", "values": ["business"]}])
    found = answered(out)
    assert counts(found)["could_use"] == 2
    assert counts(found)["tried"] == 1
    assert (found.left_out, found.left_out_why[:21]) == (2, "accounts that used it")
    with reading(out) as reader:
        row = next(row for row in reader.report("usage.adoption").rows if row["feature"] == "export")
        assert (row["could_use"], row["tried"]) == (2, 1)


CONDITIONS = {
    "is": ("account.segment", "is", ("small", "mid"), ["acme", "bolt", "cork", "dune"]),
    "is not, missing too": ("account.segment", "is_not", ("small",), ["acme", "edge"]),
    "numbers": ("account.revenue", "gte", (200,), ["acme", "dune", "edge"]),
    "numbers as text": ("account.revenue", "between", ("100", "200"), ["bolt", "dune"]),
    "a number is": ("account.revenue", "is", (900, "x"), ["acme"]),
    "not known": ("account.revenue", "not_set", (), ["cork"]),
    "contains": ("account.plan", "contains", ("BUS",), ["acme", "edge"]),
    "contains one of two": ("account.plan", "contains", ("BUS", "ness"), ["acme", "edge"]),
    "does not contain": ("account.segment", "not_contains", ("MA",), ["acme", "edge"]),
    "a pattern": ("account.plan", "regex", ("^b", "^x"), ["acme", "edge"]),
    "not a pattern, missing too": ("account.segment", "not_regex", ("^s",), ["acme", "edge"]),
    "not between": ("account.revenue", "not_between", (150, 850), ["acme", "bolt"]),
    "contains one of": ("account.segment", "contains", ("ma", "id"), ["acme", "bolt", "cork", "dune"]),
    "cohort of accounts": ("account_id", "is", ("acme", "nobody"), ["acme"]),
}


@pytest.mark.parametrize(("field", "op", "values", "ids"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(out: Workspace, field: str, op: str, values: tuple[Any, ...], ids: list[str]) -> None:
    assert who(out, "could_use", where=(WhereIn.model_validate({"field": field, "op": op, "values": values}),)) == ids


@pytest.mark.parametrize(
    ("field", "op", "values"),
    [("account.shoe_size", "is", (44,)), ("person.role", "is", ("admin",)), ("account.revenue", "gt", ("much",)),
     ("account.revenue", "between", (1,)), ("account.plan", "is", ()), ("person_id", "is", ("ann",)),
     ("account.plan", "regex", ("(",)), ("account.revenue", "not_between", (1, "x"))],
)  # fmt: skip
def test_conditions_that_cannot_be_answered(out: Workspace, field: str, op: str, values: tuple[Any, ...]) -> None:
    with pytest.raises(BadInput):
        who(out, "could_use", where=(WhereIn.model_validate({"field": field, "op": op, "values": values}),))


def seen(workspace: Workspace, *rows: tuple[str, str, str, str]) -> None:
    """Land events of (day, account, name, properties)."""
    with workspace.facts.batch("test", "seen") as batch:
        batch.merge("events", [
            {"event_id": f"s{place}", "occurred_at": datetime.fromisoformat(day), "event": name, "account_id": account,
             "person_id": f"p-{account}", "properties": properties or None}
            for place, (day, account, name, properties) in enumerate(rows)
        ])  # fmt: skip


def test_exposure_by_event(out: Workspace) -> None:
    """dune saw it and did not try; edge only before the release; bolt and cork tried it unseen."""
    with out.books.change(out.now()) as book:
        actions.change_feature(book, "export", SYSTEM, exposed_by=["export_shown"])
    seen(out, ("2026-11-13", "dune", "export_shown", ""), ("2026-10-30", "edge", "export_shown", ""),
         ("2026-11-02", "acme", "export_shown", ""))  # fmt: skip
    found = answered(out)
    assert counts(found)["exposed"] == 2
    assert who(out, "exposed") == ["acme", "dune"]
    assert who(out, "not_exposed") == ["bolt", "cork", "edge"]
    assert found.notes == ["2 accounts tried it without a record that they saw it."]


def test_exposure_by_flag(out: Workspace) -> None:
    """Only an answer that is neither off nor control shows the feature; another flag says nothing."""
    with out.books.change(out.now()) as book:
        actions.change_feature(book, "export", SYSTEM, flag="new.export")
    assert counts(answered(out))["exposed"] is None, "a flag that nobody asked for tells nothing"
    call = '{"$feature_flag": "new.export", "$feature_flag_response": %s}'
    seen(out, ("2026-11-13", "dune", "$feature_flag_called", call % "true"),
         ("2026-11-13", "edge", "$feature_flag_called", call % "false"),
         ("2026-11-13", "acme", "$feature_flag_called", call % '"variant-b"'),
         ("2026-11-13", "bolt", "$feature_flag_called", call % '"control"'),
         ("2026-11-13", "cork", "$feature_flag_called", call.replace("new.export", "newXexport") % "true"))  # fmt: skip
    assert who(out, "exposed") == ["acme", "dune"]


def test_exposure_by_a_linked_experiment(out: Workspace) -> None:
    """Persons in the treatment count for their account; those in control did not see it."""
    with out.books.change(out.now()) as book:
        book.link(Link(Ref("initiative", "move"), "delivers", Ref("feature", "export")), SYSTEM)
        book.link(Link(Ref("initiative", "move"), "tests", Ref("experiment", "ex")), SYSTEM)
    with out.facts.batch("test", "exposures") as batch:
        batch.merge("persons", [{"person_id": "dan", "account_id": "dune"}, {"person_id": "eve", "account_id": "edge"}])
        batch.merge("exposures", [
            {"experiment": "ex", "unit_id": "dan", "arm": "export", "exposed_at": OUT},
            {"experiment": "ex", "unit_id": "eve", "arm": "control", "exposed_at": OUT},
            {"experiment": "ex", "unit_id": "acme", "arm": "export", "exposed_at": OUT},
            {"experiment": "other", "unit_id": "bolt", "arm": "export", "exposed_at": OUT},
        ])  # fmt: skip
    assert who(out, "exposed") == ["acme", "dune"]
    assert who(out, "exposed", unit="person") == ["dan"]


def test_releases_that_brought_it(out: Workspace) -> None:
    """1.0 brought acme and bolt, 1.1 on 10 November brought cork."""
    with out.facts.batch("test", "releases") as batch:
        batch.merge("releases", [
            {"release_id": "r1", "version": "1.0", "released_at": OUT},
            {"release_id": "r2", "version": "1.1", "released_at": datetime(2026, 11, 10)},
            {"release_id": "r3", "version": "2.0", "released_at": datetime(2026, 12, 1)},
        ])  # fmt: skip
    with out.books.change(out.now()) as book:
        for key in ("r1", "r2", "r3"):
            book.link(Link(Ref("release", key), "delivers", Ref("feature", "export")), SYSTEM)
    found = answered(out).releases
    assert [(one.version, one.first_uses, one.tried_share) for one in found] == [("1.0", 2, 0.4), ("1.1", 1, 0.6)]


def test_against_what_was_predicted(out: Workspace) -> None:
    """50% within 42 days: half of it is due after 21 days, a bit more at 21.67. 3 of 5 is anywhere from 23% on."""
    said = answered(out).prediction
    assert said is not None
    part = (out.now() - OUT) / timedelta(days=42)
    assert (said.due_share, said.due_low, said.due_high) == pytest.approx((0.5 * part, 0.4 * part, 0.7 * part))
    assert said.standing == "on its way"


def test_as_of_a_day_includes_that_day(out: Workspace) -> None:
    found = answered(out, span=Span(until="2026-11-05"))
    assert counts(found)["tried"] == 2
    assert found.until == datetime(2026, 11, 6)
    assert counts(answered(out, span=Span(until="2026-11-04")))["tried"] == 1
    with pytest.raises(BadInput, match="not released by then"):
        answered(out, span=Span(until="2026-10-30"))


def test_report_and_answer_agree(out: Workspace) -> None:
    found = answered(out)
    with reading(out) as reader:
        row = next(row for row in reader.report("usage.adoption").rows if row["feature"] == "export")
    assert {key: row[key] for key in counts(found)} == counts(found)
    assert (row["tried_low"], row["tried_high"]) == found.stages[2].interval
    assert found.prediction is not None
    assert row["standing"] == found.prediction.standing


def test_table_and_chart(out: Workspace) -> None:
    found, asked = answered(out), Question(feature="export")
    table = adoption.table(asked, found)
    assert [row["label"] for row in table.rows] == ["all", "small", "mid", "none"]
    assert {column.key for column in table.columns} <= set(table.rows[0])
    assert all({column.key for column in table.columns} <= set(row) for row in table.rows)
    assert table.rows[0]["tried"] == sum(row["tried"] for row in table.rows[1:])
    option = adoption.chart(asked, found)
    assert {one["id"] for one in option["series"]} >= {"tried", "predicted"}


def test_what_cannot_be_asked(out: Workspace) -> None:
    for wrong in ({"compare": "previous"}, {"span": {"last": 7}}, {"breakdown": {"by": "event"}}, {"feature": None}):
        with pytest.raises(ValidationError):
            Question.model_validate({"feature": "export", **wrong})
    with desk_of(out) as desk, pytest.raises(NotFound):
        adoption.answer(Question(feature="nothing"), desk)
