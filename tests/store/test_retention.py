"""Raw input goes after the days that the project file names; facts stay."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from callsheet.base.config import Config, UsageSettings, parse
from callsheet.base.errors import ConfigError
from callsheet.base.time import utc_now
from callsheet.store.retention import forget_raw
from callsheet.store.workspace import in_memory


@pytest.mark.parametrize(("days", "gone"), [(0, {}), (30, {"landing": 0, "quarantine": 0, "refused": 1, "files": 1})])
def test_what_is_older_goes(tmp_path: Path, days: int, gone: dict[str, int]) -> None:
    config = replace(Config(folder=tmp_path), usage=UsageSettings(keep_raw_days=days))
    workspace = in_memory(tmp_path, config)
    with workspace.facts.batch("crm", "import") as batch:
        batch.merge("persons", [{"person_id": "ann"}])
        batch.raw("row", [(1, "ann")])
        batch.quarantine(2, "?", "broken")
    (workspace.state / "landing").mkdir()
    for name, age in (("old.gz", 31), ("new.gz", 29)):
        path = workspace.state / "landing" / name
        path.write_bytes(b"raw")
        moment = datetime.now().timestamp() - age * 86400
        os.utime(path, (moment, moment))
    with workspace.facts.change() as cursor:  # type: ignore[attr-defined]
        for age in (29, 31):
            cursor.execute(
                "INSERT INTO refused (refused_id, received_at) VALUES (?, ?)",
                [f"r{age}", utc_now() - timedelta(days=age)],
            )
    assert forget_raw(workspace, utc_now()) == gone
    late = forget_raw(workspace, utc_now() + timedelta(days=31))
    assert late == ({"landing": 1, "quarantine": 1, "refused": 1, "files": 1} if days else {})
    assert workspace.facts.counts()["persons"] == 1
    workspace.close()


def test_days_below_zero_are_refused() -> None:
    with pytest.raises(ConfigError, match="keep_raw_days"):
        parse({"usage": {"keep_raw_days": -1}})
