"""Make Callsheet's own environment from nothing but Python: .tools (uv), then .venv, then Callsheet.

Standard library only, run by the system's Python through `make setup`. Steps whose inputs have the
same contents as last time are left out. Dependencies come from requirements.lock with their hashes
checked (docs/decisions/0001).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
BIN = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""
NO_VENV = (
    "This Python cannot make virtual environments (venv or ensurepip is missing).\n"
    "Install it and run make again, on Debian or Ubuntu: apt-get install python3-venv"
)


def run(*command: str | Path, **extra: str) -> None:
    """Run a command; a failure ends this program and names the command."""
    quiet = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=quiet | extra, check=False)
    if done.returncode:
        shown = " ".join(str(part) for part in command)
        sys.exit(f"setup stopped: `{shown}` ended with status {done.returncode} (its message is above).")


def digest(*names: str) -> str:
    """SHA-256 of the files' contents and of the Python they are installed for."""
    total = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for name in names:
        total.update((ROOT / name).read_bytes())
    return total.hexdigest()


def fresh(folder: Path, wanted: str) -> bool:
    """Whether the folder was made from the same inputs and its Python still runs."""
    stamp = folder / ".made-from"
    return stamp.exists() and stamp.read_text() == wanted and runs(folder)


def runs(folder: Path) -> bool:
    """Whether the folder holds an environment of this very Python that starts."""
    python = folder / BIN / f"python{EXE}"
    if not python.exists():
        return False
    asked = [str(python), "-c", "import sys; sys.stdout.write(sys.version)"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)
    return answer.stdout == sys.version


def mirror() -> dict[str, str]:
    """The package index that pip is set to use, told to uv, which does not read pip's settings."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    asked = [str(TOOLS / BIN / f"python{EXE}"), "-m", "pip", "config", "get", "global.index-url"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)
    index = os.environ.get("PIP_INDEX_URL") or answer.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def uv() -> Path:
    """The pinned uv in .tools, installed from the package index with its hash checked."""
    program = TOOLS / BIN / f"uv{EXE}"
    wanted = digest("scripts/uv.lock.txt")
    if fresh(TOOLS, wanted) and program.exists():
        return program
    shutil.rmtree(TOOLS, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=False, capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(TOOLS, ignore_errors=True)
        sys.exit(f"{NO_VENV}\n\n{made.stdout}{made.stderr}".strip())
    pip = (TOOLS / BIN / f"python{EXE}", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "--only-binary=:all:", "-r", "scripts/uv.lock.txt")
    (TOOLS / ".made-from").write_text(wanted)
    return program


def environment(program: Path) -> None:
    """The .venv with every locked dependency and Callsheet itself, editable."""
    wanted = digest("requirements.lock", "pyproject.toml")
    if fresh(VENV, wanted):
        return
    python = VENV / BIN / f"python{EXE}"
    (VENV / ".made-from").unlink(missing_ok=True)
    if not runs(VENV):
        run(program, "venv", "-q", "--clear", "--python", sys.executable, VENV)
    target = ("-q", "--python", python)
    run(program, "pip", "sync", *target, "--require-hashes", "requirements.lock", **mirror())
    run(program, "pip", "install", *target, "--no-deps", "--no-build-isolation", "-e", ".")
    (VENV / ".made-from").write_text(wanted)


def main() -> None:
    """Everything that `make setup` does."""
    if sys.version_info < (3, 11):  # noqa: UP036 the Makefile may be given an older Python
        sys.exit(f"Callsheet needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    environment(uv())
    if (ROOT / "web" / "package.json").exists():
        run(VENV / BIN / f"python{EXE}", "scripts/ui.py", "build")


if __name__ == "__main__":
    main()
