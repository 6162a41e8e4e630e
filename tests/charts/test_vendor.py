"""The vendored files are those that vendor/README.md speaks of, with their licences."""

from __future__ import annotations

import hashlib
import re

from callsheet.charts.fonts import VENDOR


def test_every_vendored_file_has_the_hash_in_the_list() -> None:
    listed = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", (VENDOR / "README.md").read_text(), re.MULTILINE))
    files = {path.name: path for path in VENDOR.iterdir() if path.name != "README.md"}
    assert {hashlib.sha256(path.read_bytes()).hexdigest(): name for name, path in files.items()} == listed
    assert {"echarts.LICENSE", "echarts.NOTICE", "Inter.LICENSE"} <= files.keys()
