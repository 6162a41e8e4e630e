"""Where things are: known packages, the file names of a domain, and what no file may contain."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.code import DOMAINS, PACKAGE, ROOT, modules, named, tracked, tree

PACKAGES = {
    *DOMAINS,
    "base",
    "model",
    "store",
    "stats",
    "metrics",
    "charts",
    "http",
    "findings",
    "loop",
    "sheet",
}
TOP = {"__init__", "__main__", "cli", "client", "demo", "doctor", "server", "worker", "domains"}
# The words a domain's files may be named by; a new word is a decision, made here.
FILES = {
    "__init__",
    "rules",
    "records",
    "actions",
    "shapes",
    "sync",
    "api",
    "cli",
    "demo",
    "connector",
    "channel",
    "mapping",
    "imports",
    "landing",
    "inventory",
    "setup",
    "feeds",
    "sending",
    "drift",
}
FOLDERS = {
    "metrics",
    "connectors",
    "channels",
    "files",
    "git",
    "api",
    "records",
    "actions",
    "questions",
    "wire",
    "intake",
    "cli",
    "demo",
    "health",
}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".ts",
    ".tsx",
    ".js",
    ".mjs",
    ".css",
    ".html",
    ".yml",
    ".yaml",
    ".cfg",
    ".lock",
    "",
}
# Written in parts, so that this file does not hold what it forbids.
HOSTS = (
    "pypi. org",
    "pythonhosted .org",
    "registry. npmjs",
    "registry. yarnpkg",
    "npmmirror .com",
    "anaconda .org",
)
REGISTRIES = re.compile("|".join(re.escape(host.replace(" ", "")) for host in HOSTS))
HOMES = re.compile(r"/(?:home|Users)/[A-Za-z0-9_.-]+/|/ro" + r"ot/|/wo" + r"rk/(?:main|shared)|[A-Z]:\\Users\\")


def test_every_package_is_a_known_one() -> None:
    """A stray utils/ or helpers.py fails: find the part that the thing belongs to."""
    packages = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    files = {path.stem for path in PACKAGE.glob("*.py")}
    assert packages <= PACKAGES, f"unknown packages: {sorted(packages - PACKAGES)}"
    assert files <= TOP, f"unknown modules: {sorted(files - TOP)}"


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_is_made_of_the_known_parts(domain: str) -> None:
    """The same words in every domain, so that a reader of one can read all."""
    for path in modules(PACKAGE / domain):
        first, *rest = path.relative_to(PACKAGE / domain).parts
        if rest:
            assert first in FOLDERS, f"{named(path)}: a domain's folders are {sorted(FOLDERS)}"
        else:
            assert path.stem in FILES, f"{named(path)}: a domain's files are {sorted(FILES)}"


@pytest.mark.parametrize("path", [p for p in modules() if p.stem != "cli"], ids=named)
def test_only_commands_print(path: Path) -> None:
    """Anything else returns a value, logs, or raises an error of base.errors."""
    calls = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    printed = [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert not printed, f"{named(path)} prints in lines {printed}"


def test_no_file_names_a_registry_or_a_home_folder() -> None:
    """Lock files and docs work behind any mirror, and nothing points into one person's machine."""
    found = []
    for path in tracked():
        if path.suffix not in TEXT or "vendor" in path.parts or path.stat().st_size > 5_000_000:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{named(path)}: {m.group()}" for rule in (REGISTRIES, HOMES) for m in rule.finditer(text)]
    assert not found, found


def test_the_rules_find_what_they_forbid() -> None:
    """The patterns themselves, on made-up text."""
    assert REGISTRIES.search("https://registry." + "npmjs.org/react")
    assert HOMES.search("open('/home/" + "someone/x')")
    assert not HOMES.search("https://example.com/homepage/x")


def test_makefile_targets_are_explained() -> None:
    """`make help` lists every target a person may call."""
    text = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.M).group(1).split())  # type: ignore[union-attr]
    assert targets == set(re.findall(r"^([a-z]+):.*## .+$", text, re.M))
