"""How long the command line takes to start: `python -m bench.start`.

Peer in the same run: the interpreter alone (`python -c pass`), so that the ratio holds on any machine.
"""

from __future__ import annotations

import sys

from bench.measure import PROGRAM, median, record, run

RUNS = 15


def main() -> None:
    """Measure in turn, print, record."""
    ours, bare = [], []
    run([PROGRAM, "--help"])
    for _ in range(RUNS):
        ours.append(run([PROGRAM, "--help"]))
        bare.append(run([sys.executable, "-c", "pass"]))
    one, other = median(ours), median(bare)
    record("Start of the command line", [
        f"- `callsheet --help`: {one.seconds:.2f} s (median of {RUNS}; goal under 0.3 s)",
        f"- `python -c pass`: {other.seconds:.3f} s; ratio {one.seconds / other.seconds:.1f}",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
