"""Commits as facts: who, when by their own clock, which pull request, which issues, which release. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callsheet.model.changelog import conventional, kind_of_words
from callsheet.stack.connector import Parsed, Problem
from callsheet.stack.files.mapping import arrow
from callsheet.stack.git.history import change_number, change_title, issues, moment, person

COLUMNS = ("commit_id", "repo", "authored_at", "committed_at", "author", "subject", "change_id", "issues", "parents",
           "release_id", "team", "product", "local_hour", "local_weekday")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository: its name in ids, its product and team, and whether people are kept as hashes."""

    name: str
    product: str
    team: str
    anonymise: bool

    @property
    def short(self) -> str:
        """The name without its owner."""
        return self.name.rpartition("/")[2]


class Commits:
    """Turns records of `git log` into facts; people, changes and links are told once, at the end."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.releases: dict[str, str] = {}
        self.mainline: set[str] = set()
        self._people: dict[str, dict[str, Any]] = {}
        self._changes: dict[str, dict[str, Any]] = {}
        self._links: set[tuple[str, str, str]] = set()

    def page(self, records: list[list[str]]) -> Parsed:
        """Return the commits of a page and what they add to releases."""
        parsed = Parsed(rows=len(records))
        columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        items: list[dict[str, Any]] = []
        for number, record in enumerate(records, 1):
            row = self._row(record)
            if row is None:
                parsed.problems.append(
                    Problem(number, record[0], f"Commit {record[0][:12]} has a date that cannot be read.")
                )
                continue
            for name in COLUMNS:
                columns[name].append(row[name])
            self._person(record, row)
            self._change(record, row)
            items += self._item(record, row)
        if columns["commit_id"]:
            parsed.add("commits", arrow("commits", columns))
        parsed.add("release_items", items)
        return parsed

    def _row(self, record: list[str]) -> dict[str, Any] | None:
        commit, parents, _, email, authored, committed, subject, body = record
        wrote, made = moment(authored), moment(committed)
        if wrote is None or made is None:
            return None
        count = len(parents.split())
        number = change_number(subject, body, count)
        return {
            "commit_id": commit, "repo": self.repo.name, "authored_at": wrote[0], "committed_at": made[0],
            "author": person(email, self.repo.anonymise), "subject": subject[:500],
            "change_id": f"{self.repo.name}#{number}" if number else None,
            "issues": " ".join(issues(subject, body, self.repo.name)) or None, "parents": count,
            "release_id": self.releases.get(commit), "team": self.repo.team or None, "product": self.repo.product,
            "local_hour": wrote[1].hour, "local_weekday": wrote[1].weekday(),
        }  # fmt: skip

    def _person(self, record: list[str], row: dict[str, Any]) -> None:
        known = self._people.get(row["author"])
        if known is not None:
            known["created_at"] = min(known["created_at"], row["authored_at"])
            return
        hidden = self.repo.anonymise
        self._people[row["author"]] = {
            "person_id": row["author"], "name": None if hidden else record[2].strip() or row["author"],
            "email": None if hidden else record[3].strip().lower() or None, "created_at": row["authored_at"],
            "role": "author",
        }  # fmt: skip

    def _change(self, record: list[str], row: dict[str, Any]) -> None:
        change, release = row["change_id"], row["release_id"]
        for issue in (row["issues"] or "").split():
            if change:
                self._links.add((f"work:{issue}", "done_in", f"change:{change}"))
            elif release:
                self._links.add((f"work:{issue}", "ships_in", f"release:{release}"))
        if not change:
            return
        if release:
            self._links.add((f"change:{change}", "ships_in", f"release:{release}"))
        known = self._changes.get(change)
        if known is None or row["committed_at"] < known["merged_at"]:
            self._changes[change] = self._merged(record, row)

    def _merged(self, record: list[str], row: dict[str, Any]) -> dict[str, Any]:
        """A pull request as far as its commit tells: when it was opened is not known."""
        squashed = row["parents"] < 2
        return {
            "change_id": row["change_id"], "repo": self.repo.name, "number": row["change_id"].rpartition("#")[2],
            "title": change_title(record[6], record[7])[:300], "author": row["author"] if squashed else None,
            "state": "merged", "team": row["team"], "product": self.repo.product, "merged_at": row["committed_at"],
            "first_commit_at": _earlier(row["authored_at"], row["committed_at"]) if squashed else None,
            "item_id": (row["issues"] or "").partition(" ")[0] or None,
        }  # fmt: skip

    def _item(self, record: list[str], row: dict[str, Any]) -> list[dict[str, Any]]:
        """The entry that a commit of the main line makes in its release's contents."""
        if row["release_id"] is None or row["commit_id"] not in self.mainline:
            return []
        if row["parents"] > 1 and row["change_id"] is None:
            return []
        title = change_title(record[6], record[7])
        told = conventional(title)
        return [{
            "release_id": row["release_id"], "entry_id": row["change_id"] or row["commit_id"],
            "kind": told.kind if told else kind_of_words(title), "text": (told.description if told else title)[:500],
            "change_id": row["change_id"], "item_id": (row["issues"] or "").partition(" ")[0] or None,
            "author": row["author"],
        }]  # fmt: skip

    def finish(self) -> Parsed:
        """Return people, merged changes and links."""
        parsed = Parsed()
        parsed.add("persons", list(self._people.values()))
        parsed.add("changes", list(self._changes.values()))
        parsed.links = [
            {"from_ref": begin, "kind": kind, "to_ref": end, "confidence": 1.0, "why": "named in a commit"}
            for begin, kind, end in sorted(self._links)
        ]
        return parsed


def _earlier(authored: datetime, committed: datetime) -> datetime | None:
    """The first commit's moment; nothing when clocks say that it was written after it was merged."""
    return authored if authored <= committed else None
