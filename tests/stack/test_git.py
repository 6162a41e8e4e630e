"""The git connector against repositories made here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.base.config import Source
from callsheet.base.errors import CallsheetError, SourceFailed
from callsheet.stack.git.history import change_number, issues, owners_of, rules_of
from callsheet.stack.setup import start_project
from callsheet.stack.sync import run_source
from callsheet.store.book import LogEntry
from callsheet.store.workspace import Workspace
from tests.stack.conftest import Repository


def sync(workspace: Workspace, path: Path, full: bool = False, **options: Any) -> dict[str, Any]:
    source = Source("git", "git", path=str(path), options={"repo": "acme/app", **options})
    workspace.config = replace(workspace.config, sources=(source,))
    return run_source(workspace, "git", full=full)


def rows(workspace: Workspace, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workspace.facts.run(workspace.facts.tables()[table]).to_pylist()
    return found


def test_commits_keep_their_authors_clock_numbers_and_issues(workspace: Workspace, repository: Repository) -> None:
    repository.commit("Begin")
    repository.commit(
        "fix: mend it (#12)\n\nFixes #45, see PROJ-7 and UTF-8", author="Bo <7+bo@users.noreply.example.org>"
    )
    assert sync(workspace, repository.path)["counts"]["rows"] == 2
    first, second = sorted(rows(workspace, "commits"), key=lambda row: row["committed_at"])
    assert first["committed_at"] == datetime(2025, 1, 6, 7)
    assert (first["local_hour"], first["local_weekday"], first["author"]) == (9, 0, "ada@example.org")
    assert (second["author"], second["change_id"], second["issues"]) == ("@bo", "acme/app#12", "PROJ-7 acme/app#45")
    (change,) = rows(workspace, "changes")
    assert (change["title"], change["state"], change["created_at"]) == ("fix: mend it", "merged", None)
    assert {row["name"] for row in rows(workspace, "persons")} == {"Ada Oxenholm", "Bo"}


def test_a_commit_belongs_to_the_first_release_that_contains_it(workspace: Workspace, repository: Repository) -> None:
    repository.commit("One")
    repository.git("tag", "v1.0.0-rc.1")
    repository.commit("Two (#2)")
    repository.git("tag", "-a", "v1.0.0", "-m", "First")
    repository.git("checkout", "-q", "-b", "topic")
    repository.commit("Part of three", file="lib/x.py")
    repository.git("checkout", "-q", "main")
    repository.commit("Direct")
    repository.git("merge", "-q", "--no-ff", "topic", "-m", "Merge pull request #3 from acme/topic\n\nThe third thing")
    repository.hour += 1
    repository.git("tag", "v1.1.0")
    repository.git("tag", "not-a-version")
    repository.commit("Unreleased")
    sync(workspace, repository.path)
    made = {row["subject"]: row["release_id"] for row in rows(workspace, "commits")}
    assert made["One"] == made["Two (#2)"] == "1.0.0"
    assert made["Part of three"] == made["Direct"] == "1.1.0"
    assert made["Unreleased"] is None
    releases = {row["release_id"]: row for row in rows(workspace, "releases")}
    assert set(releases) == {"1.0.0-rc.1", "1.0.0", "1.1.0"}
    assert releases["1.0.0-rc.1"]["prerelease"] is True
    assert {row["text"] for row in rows(workspace, "release_items") if row["release_id"] == "1.1.0"} == {
        "The third thing",
        "Direct",
    }
    links = {(row["from_ref"], row["kind"], row["to_ref"]) for row in rows(workspace, "links")}
    assert ("change:acme/app#3", "ships_in", "release:1.1.0") in links


def test_only_what_is_new_or_newly_released_is_read_again(workspace: Workspace, repository: Repository) -> None:
    repository.commit("One")
    repository.git("tag", "v1.0.0")
    repository.commit("Two")
    assert sync(workspace, repository.path)["counts"]["rows"] == 2
    assert sync(workspace, repository.path)["counts"]["rows"] == 0
    repository.commit("Three")
    assert sync(workspace, repository.path)["counts"]["rows"] == 1
    repository.git("tag", "v1.1.0")
    assert sync(workspace, repository.path)["counts"]["rows"] == 2
    assert {row["subject"]: row["release_id"] for row in rows(workspace, "commits")} == {
        "One": "1.0.0", "Two": "1.1.0", "Three": "1.1.0"
    }  # fmt: skip


def test_a_rewritten_history_is_noticed(workspace: Workspace, repository: Repository) -> None:
    repository.commit("One")
    repository.commit("Two")
    sync(workspace, repository.path)
    repository.git("commit", "-q", "--amend", "-m", "Two, again")
    assert "rewritten" in sync(workspace, repository.path)["notes"][0]


def test_owners_and_changelog(workspace: Workspace, repository: Repository) -> None:
    repository.commit("a", file="src/billing/a.py")
    repository.commit("b", file="src/search/b.py")
    repository.commit("* @acme/core\n/src/billing/ @ada bo@example.org\n", file=".github/CODEOWNERS")
    repository.commit("# Changelog\n\n## [1.0.0] - 2025-01-06\n### Fixed\n- Sums add up\n", file="CHANGELOG.md")
    repository.git("tag", "v1.0.0")
    sync(workspace, repository.path)
    found = {(row["object_ref"], row["role"], row["person_id"]) for row in rows(workspace, "ownership")}
    assert ("component:app/src/billing", "accountable", "@ada") in found
    assert ("component:app/src/billing", "responsible", "bo@example.org") in found
    assert ("component:app/src/search", "accountable", "@acme/core") in found
    assert "Sums add up" in {row["text"] for row in rows(workspace, "release_items")}


def test_names_can_be_left_out(workspace: Workspace, repository: Repository) -> None:
    repository.commit("One", author="Zoë Åkerlund <zoe@example.org>")
    sync(workspace, repository.path, anonymise=True)
    (person,) = rows(workspace, "persons")
    assert (person["name"], person["email"]) == (None, None)
    told = str([rows(workspace, table) for table in workspace.facts.tables()])
    assert "zoe@" not in told.lower()
    assert "Åkerlund" not in told


def test_odd_repositories(workspace: Workspace, repository: Repository, tmp_path: Path) -> None:
    repository.commit("One", author="José <jose@example.org>")
    repository.commit("Mailmap\n", file=".mailmap")
    (repository.path / ".mailmap").write_text("Joe Proper <joe@example.org> <jose@example.org>\n", encoding="utf-8")
    repository.git("add", "--all")
    repository.git("commit", "-q", "-m", "Names")
    tree, parent = (repository.git("rev-parse", name).encode() for name in ("HEAD^{tree}", "HEAD"))
    by = b" Jos\xe9 <x@example.org> 1736200000 +0100\n"
    latin = b"tree " + tree + b"\nparent " + parent + b"\nauthor" + by + b"committer" + by + b"\nCaf\xe9\n"
    odd = repository.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=latin)
    repository.git("checkout", "-q", "--detach", odd)
    sync(workspace, repository.path)
    authors = {row["author"] for row in rows(workspace, "commits")}
    assert "joe@example.org" in authors
    assert "jose@example.org" not in authors
    bare = tmp_path / "bare.git"
    repository.git("clone", "-q", "--bare", str(repository.path), str(bare))
    assert sync(workspace, bare, full=True)["counts"]["rows"] >= 3
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.path}", str(shallow))
    assert "shallow" in sync(workspace, shallow, full=True)["notes"][0]


def test_what_is_no_repository_is_said_and_logged(workspace: Workspace, repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="no commits yet"):
        sync(workspace, repository.path)
    plain = tmp_path / "plain"
    plain.mkdir()
    with pytest.raises(SourceFailed, match="not a git repository"):
        sync(workspace, plain)
    with pytest.raises(SourceFailed, match="no folder"):
        sync(workspace, tmp_path / "--upload-pack=x")
    with workspace.books.read() as book:
        assert [entry.verb for entry in book.all(select(LogEntry))] == ["source.failed"] * 3
    assert {row["fact"] for row in rows(workspace, "tool_facts")} == {"failed"}
    assert rows(workspace, "commits") == []


def test_a_path_of_the_environment_that_is_not_set_is_named(workspace: Workspace) -> None:
    with pytest.raises(CallsheetError, match="NOWHERE_AT_ALL"):
        sync(workspace, Path("${NOWHERE_AT_ALL}/repo"))


def test_init_in_a_checkout_names_it_as_a_source(repository: Repository) -> None:
    told = start_project(repository.path)
    config = (repository.path / "callsheet.toml").read_text(encoding="utf-8")
    assert 'kind = "git"' in config
    assert "callsheet sync git" in told[-1]
    assert "stays as it is" in start_project(repository.path)[0]


NUMBERS = {
    "squashed": ("Do it (#12)", "", 1, "12"),
    "merged": ("Merge pull request #7 from a/b", "Title", 2, "7"),
    "merged at GitLab": ("Merge branch 'x' into 'main'", "Title\n\nSee merge request acme/app!31\n", 2, "31"),
    "reverted": ('Revert "Do it (#12)" (#15)', "", 1, "15"),
    "mentioned only": ("Follow up on #12", "", 1, ""),
}


@pytest.mark.parametrize(("subject", "body", "parents", "number"), NUMBERS.values(), ids=NUMBERS)
def test_the_number_of_a_pull_request(subject: str, body: str, parents: int, number: str) -> None:
    assert change_number(subject, body, parents) == number


def test_issues_are_keys_and_numbers_that_are_closed() -> None:
    assert issues("JENKINS-123 UTF-8 CVE-2021-1234", "Closes #45. Like #46.", "a/b") == ["JENKINS-123", "a/b#45"]


OWNERS = {
    "the last rule wins": ("* @all\n/docs/ @writer", "docs", ["@writer"]),
    "a rule without owner takes it away": ("* @all\n/docs/", "docs", []),
    "a folder below": ("/src/ @dev", "src/app", ["@dev"]),
    "anywhere": ("tests/ @qa", "src/tests", ["@qa"]),
    "files are no folder": ("*.md @writer", "docs", []),
    "stars": ("/apps/*/api @api", "apps/one/api", ["@api"]),
}


@pytest.mark.parametrize(("text", "path", "owners"), OWNERS.values(), ids=OWNERS)
def test_owners_of_a_folder(text: str, path: str, owners: list[str]) -> None:
    assert owners_of(path, rules_of(text)) == owners
