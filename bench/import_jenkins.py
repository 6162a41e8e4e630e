"""Import the Jenkins data set and say how long it took and how much memory it needed.

    python bench/import_jenkins.py DATA

DATA is the folder with the files that examples/jenkins/callsheet.toml names. Everything runs in this process,
into a new workspace in a temporary folder; the peak is that of the whole process. The figures are printed and
appended to bench/import_jenkins.jsonl; the limits are those of the product: 30 seconds, 1 GB.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEGABYTES = 30.0, 1000.0


def measure(data: Path) -> dict[str, object]:
    """Import every source of the example once, and once more; return the figures."""
    from callsheet import domains
    from callsheet.stack.sync import run_source
    from callsheet.store.workspace import create, open_workspace

    os.environ["JENKINS_DATA"] = str(data.resolve())
    domains.load()
    domains.records()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "callsheet.toml").write_text(
            (ROOT / "examples/jenkins/callsheet.toml").read_text(encoding="utf-8"), encoding="utf-8"
        )
        create(folder)
        workspace = open_workspace(folder)
        begin = time.perf_counter()
        told = {}
        for source in workspace.config.sources:
            since = time.perf_counter()
            answer = run_source(workspace, source.name)
            counts = answer["counts"]
            told[source.name] = counts | {
                "warned": len(answer["warnings"]),
                "seconds": round(time.perf_counter() - since, 2),
            }
        first = time.perf_counter() - begin
        begin = time.perf_counter()
        for source in workspace.config.sources:
            run_source(workspace, source.name)
        again = time.perf_counter() - begin
        facts = {table: size for table, size in workspace.facts.counts().items() if size}
        size = (folder / ".callsheet/warehouse.duckdb").stat().st_size
        workspace.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(int(counts["rows"]) for counts in told.values())
    return {
        "rows": rows, "seconds": round(first, 2), "again_seconds": round(again, 2), "peak_mb": round(peak),
        "warehouse_mb": round(size / 1e6, 1), "facts": facts, "sources": told,
    }  # fmt: skip


def main() -> int:
    """Print the figures; 1 when a limit is passed."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("Usage: python bench/import_jenkins.py DATA", file=sys.stderr)
        return 2
    figures = measure(Path(sys.argv[1]))
    for name, counts in figures["sources"].items():  # type: ignore[attr-defined]
        print(f"{name:22} {counts['rows']:>9,} rows {counts['seconds']:>7.2f} s  {counts['quarantined']} set aside")
    print(f"All: {figures['rows']:,} rows in {figures['seconds']} s, peak {figures['peak_mb']} MB")
    print(f"Again, unchanged: {figures['again_seconds']} s")
    with (ROOT / "bench/import_jenkins.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(figures) + "\n")
    return int(float(str(figures["seconds"])) > SECONDS or float(str(figures["peak_mb"])) > MEGABYTES)


if __name__ == "__main__":
    raise SystemExit(main())
