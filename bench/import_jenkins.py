"""The Jenkins data set: import of all sources, and the weekly sheet on it: `python -m bench.import_jenkins`.

JENKINS_DATA, or the first argument, names the folder with the files of examples/jenkins/callsheet.toml; without
it the benchmark says so and measures nothing. Each step is a whole process, so that its peak memory is its own.
Peer in the same run: DuckDB's own CSV reader, which reads the CSV files into tables without mapping, keys,
raw lines or undo.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.measure import PROGRAM, ROOT, record, run

EXAMPLE = ROOT / "examples" / "jenkins" / "callsheet.toml"
READ = """
import duckdb, sys
for file in sys.argv[1:]:
    duckdb.sql(f"CREATE OR REPLACE TABLE t AS SELECT * FROM read_csv('{file}', all_varchar = true)")
"""
COMPOSE = """
import sys, time
from pathlib import Path
from callsheet import domains
domains.load(); domains.records()
from callsheet.metrics.reader import reading
from callsheet.sheet.compose import compose
from callsheet.store.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]))
begin = time.perf_counter()
with reading(workspace) as reader:
    compose(reader, "weekly")
Path(sys.argv[1], "seconds").write_text(str(time.perf_counter() - begin))
"""


def measure(data: Path, folder: Path) -> list[str]:
    """Import, import again, compose; return the lines to record."""
    os.environ["JENKINS_DATA"] = str(data.resolve())
    shutil.copy(EXAMPLE, folder / "callsheet.toml")
    run([PROGRAM, "init", folder])
    files = sorted(data.glob("*.csv"))
    peer = run([sys.executable, "-c", READ, *files])
    first = run([PROGRAM, "sync", "--dir", folder])
    again = run([PROGRAM, "sync", "--dir", folder])
    cold = run([sys.executable, "-c", COMPOSE, folder])
    seconds = float((folder / "seconds").read_text(encoding="utf-8"))
    return [
        f"- import of all 15 sources, with findings: {first.seconds:.1f} s, peak {first.megabytes:.0f} MB"
        " (goals: 30 s, 1 GB)",
        f"- the same again, nothing new: {again.seconds:.1f} s",
        f"- DuckDB's CSV reader on the CSV files alone: {peer.seconds:.1f} s; ratio {first.seconds / peer.seconds:.1f}",
        f"- compose the weekly sheet in a fresh process: {seconds:.1f} s (goal 2 s); the whole process {cold.seconds:.1f} s",
    ]


def main() -> None:
    """Measure, print, record."""
    given = sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir() else os.environ.get("JENKINS_DATA", "")
    if not given or not Path(given).is_dir():
        sys.stdout.write("Jenkins: set JENKINS_DATA to the folder of its files to measure this.\n")
        return
    with tempfile.TemporaryDirectory() as temporary:
        record("Jenkins, imported and composed", measure(Path(given), Path(temporary)))


if __name__ == "__main__":
    main()
