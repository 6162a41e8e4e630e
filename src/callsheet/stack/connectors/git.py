"""A local git repository: commits, merged pull requests, releases and what they contain, owners, changelog.

Options: `path`; `repo` (name in ids, default owner/name of the origin), `product`, `team`, `anonymise` (hashes
instead of names and addresses; nothing raw is kept), `release_prefix` (put before release ids).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from callsheet.base.errors import SourceFailed
from callsheet.base.ids import stable_id
from callsheet.base.text import slug
from callsheet.model import version
from callsheet.stack.connector import Fetched, Page, Parsed, Setting, connector, source_path
from callsheet.stack.files import notes
from callsheet.stack.git.asking import Git
from callsheet.stack.git.commits import Commits, Repo
from callsheet.stack.git.history import Graph, Tag, moment, owners_of, person, rules_of, shares

PAGE = 5_000
FIELDS = "%H%x00%P%x00%aN%x00%aE%x00%aI%x00%cI%x00%s%x00%b"
CONTAINERS = frozenset(
    {"src", "packages", "apps", "libs", "services", "crates", "modules", "plugins", "cmd", "pkg", "internal"}
)
MOST = 200
"""Components at most."""
OWNERS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
CHANGELOGS = ("CHANGELOG.md", "CHANGELOG", "CHANGES.md", "CHANGES", "CHANGELOG.rst", "CHANGES.rst", "HISTORY.md",
              "HISTORY.rst", "NEWS.md", "docs/changelog.rst", "docs/changelog.md", "changelog.md")  # fmt: skip


def is_checkout(folder: Path) -> bool:
    """Whether the folder is the top of a git checkout, or a bare repository."""
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and (folder / "objects").is_dir())


@connector("git")
class GitConnector:
    """Reads a repository whole the first time, then what is new or newly released."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        options = setting.source.options
        self.git = Git(source_path(setting.source, setting.folder))
        name = str(options.get("repo") or self.git.origin())
        product = str(options.get("product") or slug(name.rpartition("/")[2]))
        self.repo = Repo(name, product, str(options.get("team", "")), bool(options.get("anonymise", False)))
        self.prefix = str(options.get("release_prefix", ""))
        self.notes: list[str] = []
        self._commits = Commits(self.repo)

    def fetch(self, cursor: str) -> Iterator[Fetched]:
        """Yield tags, commits, folders and changelog; nothing when neither HEAD nor a tag has moved."""
        if not self.git.has_commits():
            raise SourceFailed(f"{self.git.path} has no commits yet.", "Commit something, then sync again.")
        head = self.git.run("rev-parse", "HEAD").decode().strip()
        tags = self._tags()
        known = json.loads(cursor) if cursor else {}
        now = {"head": head, "tags": {tag.name: tag.commit for tag in tags}, "repo": stable_id(self.repo)}
        if known == now:
            return
        graph = self._graph()
        if self.git.shallow:
            self.notes.append(
                "The clone is shallow: history before its first commit is missing. Run git fetch --unshallow."
            )
        since = self._since(known, now, graph, tags)
        self._commits.releases = graph.releases(tags)
        self._commits.mainline = graph.mainline([head, *(tag.commit for tag in tags)])
        yield Fetched(self._pages(tags, since), json.dumps(now, sort_keys=True))

    def _pages(self, tags: list[Tag], since: list[str]) -> Iterator[Page]:
        yield Page("tags", 1, None, tags)
        asked = "".join(f"^{commit}\n" for commit in since)
        records = self.git.records(
            "log", "--stdin", "-z", f"--format={FIELDS}", "HEAD", "--tags", fields=8, stdin=asked
        )
        number = 0
        while page := list(islice(records, PAGE)):
            number += 1
            raw = None if self.repo.anonymise else "\x1e".join("\x1f".join(record) for record in page)
            yield Page("commits", number, raw, page)
        yield Page("folders", 1, None, self._folders())
        if found := self.git.file(*CHANGELOGS):
            yield Page("changelog", 1, found[1], (found[1], tags))

    def parse(self, raw: Page) -> Parsed:
        """Return the facts of a page."""
        if raw.kind == "commits":
            return self._commits.page(raw.given)
        if raw.kind == "tags":
            return self._releases(raw.given)
        if raw.kind == "changelog":
            return self._changelog(*raw.given)
        return self._components(raw.given)

    def finish(self) -> Parsed:
        """Return people, merged pull requests and links, which many commits tell together."""
        parsed = self._commits.finish()
        parsed.details = {"notes": self.notes}
        return parsed

    def _since(self, known: dict[str, Any], now: dict[str, Any], graph: Graph, tags: list[Tag]) -> list[str]:
        """Return the commits whose ancestors need not be read again."""
        if not known or known.get("repo") != now["repo"]:
            return []
        moved = [name for name, commit in known["tags"].items() if now["tags"].get(name) != commit]
        if known["head"] not in graph.parents or moved:
            what = f"the tag {moved[0]} moved" if moved else f"commit {known['head'][:10]} is gone"
            self.notes.append(f"The history was rewritten ({what}); it was read from its beginning.")
            return []
        final = {tag.name for tag in tags if not tag.prerelease}
        told = [commit for name, commit in known["tags"].items() if name in final]
        return [known["head"], *known["tags"].values()] if known["tags"] == now["tags"] else told

    def _graph(self) -> Graph:
        told = self.git.run("rev-list", "--parents", "HEAD", "--tags").decode()
        lines = (line.split() for line in told.splitlines())
        return Graph({commit: parents for commit, *parents in lines})

    def _tags(self) -> list[Tag]:
        form = "%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)"
        told = self.git.run("for-each-ref", "refs/tags", f"--format={form}").decode("utf-8", "replace")
        found = []
        for line in told.splitlines():
            name, direct, peeled, made = line.split("\0")
            when = moment(made)
            release = version.detected(name, when[0]) if when else None
            if release is None or when is None:
                continue
            ident = (
                f"{release.line}@{release.version}"
                if release.line and not _same(release.line, self.repo.name)
                else release.version
            )
            found.append(Tag(name, peeled or direct, self.prefix + ident, when[0], release.prerelease))
        if told and not found:
            self.notes.append("No tag names a version, so no release was found.")
        return found

    def _releases(self, tags: list[Tag]) -> Parsed:
        parsed = Parsed()
        parsed.add("releases", [
            {
                "release_id": tag.release_id, "product": self.repo.product, "team": self.repo.team or None,
                "version": tag.release_id.removeprefix(self.prefix).rpartition("@")[2], "title": tag.name,
                "line": tag.release_id.rpartition("@")[0].removeprefix(self.prefix) or None, "released_at": tag.made_at,
                "commit_id": tag.commit, "prerelease": tag.prerelease,
            }
            for tag in tags
        ])  # fmt: skip
        return parsed

    def _changelog(self, text: str, tags: list[Tag]) -> Parsed:
        """Return the changelog's entries; a version without a tag is a release when it has a date."""
        ids = {tag.release_id.removeprefix(self.prefix): tag.release_id for tag in tags}
        parsed = notes.facts_of(text, self.repo.product, lambda told: ids.get(told, self.prefix + told))
        made = {tag.release_id for tag in tags}
        releases = [row for rows in parsed.facts.pop("releases", []) for row in rows]
        untagged = [row for row in releases if row["release_id"] not in made and row["released_at"] is not None]
        dropped = {row["release_id"] for row in releases} - made - {row["release_id"] for row in untagged}
        items = [
            row for rows in parsed.facts.pop("release_items", []) for row in rows if row["release_id"] not in dropped
        ]
        parsed.rows = 0
        parsed.add("release_items", items)
        if not tags:
            parsed.add("releases", untagged)
        return parsed

    def _folders(self) -> list[tuple[str, list[str], dict[str, int]]]:
        """Return each component with its owners by CODEOWNERS and its authors' commits of the last year."""
        found = self.git.file(*OWNERS)
        rules = rules_of(found[1]) if found else []
        paths = self._component_paths()
        authors = self._authors(paths)
        return [(path, owners_of(path, rules), dict(authors[path])) for path in paths]

    def _component_paths(self) -> list[str]:
        found: list[str] = []
        for top in (name for name in self.git.folders() if not name.startswith(".")):
            below = [top]
            while (below and below[0].rpartition("/")[2] in CONTAINERS) or (
                len(below) == 1 and below[0].startswith("src/")
            ):
                deeper = [f"{path}/{name}" for path in below for name in self.git.folders(path) if name[:1] not in "._"]
                if not deeper:
                    break
                below = deeper
            found += below
        return found[:MOST]

    def _authors(self, paths: list[str]) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        since = (self.setting.now - timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = self.git.run(
            "log",
            "HEAD",
            f"--since={since}",
            "--no-merges",
            "--max-count=20000",
            "--name-only",
            "--no-renames",
            "--format=%x01%aE",
        )
        wanted = set(paths)
        for commit in told.decode("utf-8", "replace").split("\x01")[1:]:
            email, *files = commit.splitlines()
            who = person(email, self.repo.anonymise)
            for path in {part for file in files for part in _above(file) if part in wanted}:
                found[path][who] += 1
        return found

    def _components(self, folders: list[tuple[str, list[str], dict[str, int]]]) -> Parsed:
        parsed = Parsed()
        rows, owned = [], []
        for path, owners, authors in folders:
            ident = f"{self.repo.short}/{path}"
            team = next((owner.rpartition("/")[2] for owner in owners if owner.startswith("@") and "/" in owner), None)
            rows.append({
                "component_id": ident, "name": path, "repo": self.repo.name, "product": self.repo.product,
                "team": team or self.repo.team or None, "kind": "folder", "active": bool(authors),
            })  # fmt: skip
            named = [self._owner(owner) for owner in owners]
            roles = dict.fromkeys(shares(authors), "responsible") | dict.fromkeys(named, "responsible")
            roles |= dict.fromkeys(named[:1], "accountable")
            owned += [
                {"object_ref": f"component:{ident}", "role": role, "person_id": who} for who, role in roles.items()
            ]
        parsed.add("components", rows)
        parsed.add("ownership", owned)
        return parsed

    def _owner(self, owner: str) -> str:
        told = owner if owner.startswith("@") and not self.repo.anonymise else person(owner, self.repo.anonymise)
        return told.lower()


def _same(line: str, repo: str) -> bool:
    return slug(line) == slug(repo.rpartition("/")[2])


def _above(file: str) -> Iterator[str]:
    parts = file.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        yield "/".join(parts[:depth])
