"""Whose an event of a batch is, in DuckDB SQL: one id decides, everywhere and for good, so that merges and their undoing
find it.

A row that names a person beside another distinct id (a device, say) is that person's, since a file knows of each row
whose it is. The other id stays among the properties. What a merge says as well, one of the file itself or one that is
known, is left to that merge, unless merges say of the other id that it is several persons.
"""

from __future__ import annotations

from callsheet.model.identity import SENT

_TOLD = """SELECT from_id, into_id, bool_or(undone) AS undone FROM (
  SELECT properties ->> '$."$anon_distinct_id"' AS from_id, coalesce(distinct_id, person_id) AS into_id, false AS undone
  FROM stage_events WHERE CASE WHEN event = '$identify' THEN json_valid(properties) ELSE false END
  UNION ALL SELECT from_id, into_id, undone_at IS NOT NULL FROM merges)
  GROUP BY from_id, into_id QUALIFY bool_or(undone) OR count(*) FILTER (NOT bool_or(undone)) OVER (PARTITION BY from_id) = 1"""
"""What merges say of two ids. Of an id that several are said to be, a shared browser, they tell nothing."""
_BOTH = "both_ AND told.undone IS NULL"
_KEEPING = f"""json_merge_patch(CASE WHEN CASE WHEN json_valid({{0}}.properties) THEN json_type({{0}}.properties) = 'OBJECT' END
  THEN {{0}}.properties ELSE '{{{{}}}}' END, json_object('{SENT}', {{0}}.distinct_id))::VARCHAR"""
"""The properties of a row with the id that does not decide."""
ONE_ID = f"""(SELECT e.* EXCLUDE (both_) REPLACE (
  CASE WHEN told.undone THEN e.distinct_id ELSE e.person_id END AS person_id,
  CASE WHEN {_BOTH} THEN e.person_id ELSE e.distinct_id END AS distinct_id,
  CASE WHEN {_BOTH} THEN {_KEEPING.format("e")} ELSE e.properties END AS properties)
FROM (SELECT *, coalesce(nullif(person_id, '') <> nullif(distinct_id, ''), false) AS both_ FROM stage_events) e
LEFT JOIN ({_TOLD}) told(from_id, into_id, undone)
  ON both_ AND told.from_id = e.distinct_id AND told.into_id = e.person_id)"""
"""Staged events, to be selected from."""
_SAME = "CASE WHEN s.person_id IN (t.person_id, t.distinct_id) THEN"
_NAMED = """CASE WHEN s.person_id = t.distinct_id OR s.distinct_id IS NULL AND s.person_id = t.person_id
  OR s.distinct_id = t.distinct_id AND s.person_id <> '' AND t.person_id <> '' THEN"""
_BY_PERSON = "s.person_id = t.distinct_id AND s.person_id <> s.distinct_id AND s.distinct_id <> ''"
"""The known row goes by the person that the file names, and a merge that came since would have it go by the other id."""


def known_again(given: set[str]) -> dict[str, str]:
    """Return, for a batch that gives these columns of events, what its rows (s) make of whose the known ones (t) are.
    The same person by the id an event came with before merges, too, and by an id that decides for both, since merges
    tell whose it is. Of another person, that id is theirs no more."""
    if "person_id" not in given:
        return {}
    if "distinct_id" in given:
        kept = {"properties": f"CASE WHEN {_BY_PERSON} THEN {_KEEPING.format('s')} ELSE s.properties END"}
        return (kept if "properties" in given else {}) | {
            "person_id": f"{_NAMED} t.person_id ELSE s.person_id END",
            "distinct_id": f"{_NAMED} t.distinct_id ELSE s.distinct_id END",
        }
    return {"person_id": f"{_SAME} t.person_id ELSE s.person_id END", "distinct_id": f"{_SAME} t.distinct_id END"}
