"""The first sheet of a repository of 40,000 commits: `python -m bench.git_history`.

The repository is made with `git fast-import`: 40,000 commits by 120 authors over eight years, 400 tags, 12
folders. Peer in the same run: `git log --numstat`, which merely reads the same history.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import PROGRAM, record, run

COMMITS, AUTHORS, FOLDERS = 40_000, 120, 12
BEGIN = 1_530_000_000
STEP = 6_300


def history() -> Iterator[bytes]:
    """Yield the stream for git fast-import; deterministic."""
    rng = random.Random(7)
    for number in range(1, COMMITS + 1):
        author = min(int(rng.expovariate(1 / 15)), AUTHORS - 1)
        moment = BEGIN + number * STEP + rng.randrange(STEP)
        who = f"Author {author} <author{author}@example.org> {moment} +0200"
        subject = f"Change part {number % 97} (#{number})"
        path = f"part{rng.randrange(FOLDERS)}/file{rng.randrange(400)}.txt"
        body = f"{number}\n"
        yield (
            f"commit refs/heads/main\nmark :{number}\nauthor {who}\ncommitter {who}\ndata {len(subject)}\n{subject}\n"
            f"M 100644 inline {path}\ndata {len(body)}\n{body}\n"
        ).encode()
        if number % 100 == 0:
            tag = f"v{number // 4000}.{number % 4000 // 100}.0"
            yield f"reset refs/tags/{tag}\nfrom :{number}\n\n".encode()


def make(folder: Path) -> None:
    """Make the repository."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for piece in history():
            process.stdin.write(piece)
        process.stdin.close()
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)


def main() -> None:
    """Measure, print, record."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "repository"
        make(folder)
        peer = run(["git", "log", "--numstat", "--format=%H"], cwd=folder)
        run([PROGRAM, "init"], cwd=folder)
        sync = run([PROGRAM, "sync", "git"], cwd=folder)
        sheet = run([PROGRAM, "sheet"], cwd=folder)
        whole = sync.seconds + sheet.seconds
        record("First sheet of a repository", [
            f"- {COMMITS:,} commits: sync {sync.seconds:.1f} s, sheet {sheet.seconds:.1f} s, together {whole:.1f} s"
            " (goal under 30 s)",
            f"- peak memory {max(sync.megabytes, sheet.megabytes):.0f} MB",
            f"- `git log --numstat` of the same history: {peer.seconds:.1f} s; ratio {whole / peer.seconds:.1f}",
        ])  # fmt: skip


if __name__ == "__main__":
    main()
