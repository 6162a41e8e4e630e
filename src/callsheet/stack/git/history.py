"""What a repository's history says, from plain records: releases' contents, pull requests, issues, owners. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from callsheet.base.ids import stable_id
from callsheet.base.time import to_utc

_SQUASHED = re.compile(r"\((?:#|!)(\d+)\)\s*$")
_MERGED = re.compile(r"^Merge (?:pull request|PR) #(\d+)\b")
_MERGED_AT_GITLAB = re.compile(r"^See merge request \S*!(\d+)\s*$", re.MULTILINE)
_KEY = re.compile(r"\b([A-Z][A-Z0-9]{1,9}-\d{1,7})\b")
_NO_KEYS = frozenset({
    "UTF", "SHA", "ISO", "CVE", "RFC", "PEP", "AES", "RSA", "MD", "HTTP", "TLS", "CWE", "GHSA", "X", "WIN", "JDK", "JAVA", "PY",
    "ECMA", "MP", "H", "UCS", "CP", "GB", "LATIN", "BASE", "ES", "TC", "RC", "V",
})  # fmt: skip
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:issue\s+)?#(\d+)", re.IGNORECASE)
_NOREPLY = re.compile(r"^(?:\d+\+)?([A-Za-z0-9][A-Za-z0-9-]*)@users\.noreply\.")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that marks a release: its commit, release id, moment (naive UTC), and whether it is a prerelease."""

    name: str
    commit: str
    release_id: str
    made_at: datetime
    prerelease: bool


@dataclass(slots=True)
class Graph:
    """Commits and their parents."""

    parents: dict[str, Sequence[str]]

    def releases(self, tags: Iterable[Tag]) -> dict[str, str]:
        """Return the first release that contains each commit; the unreleased are absent.

        Final releases in the order they were made claim what no earlier one contains; prereleases get only
        what no final release contains.
        """
        found: dict[str, str] = {}
        for tag in sorted(tags, key=lambda one: (one.prerelease, one.made_at)):
            self._claim(tag, found)
        return found

    def _claim(self, tag: Tag, found: dict[str, str]) -> None:
        open_ = [tag.commit] if tag.commit in self.parents else []
        while open_:
            commit = open_.pop()
            if commit not in found:
                found[commit] = tag.release_id
                open_ += [parent for parent in self.parents.get(commit, ()) if parent not in found]

    def mainline(self, tips: Iterable[str]) -> set[str]:
        """Return the commits on the first-parent lines of the tips: what was merged or committed directly."""
        found: set[str] = set()
        for tip in tips:
            commit = tip
            while commit in self.parents and commit not in found:
                found.add(commit)
                before = self.parents[commit]
                if not before:
                    break
                commit = before[0]
        return found


def change_number(subject: str, body: str, parents: int) -> str:
    """Return the number of the pull or merge request that a commit's message names, or nothing."""
    match = _SQUASHED.search(subject) or _MERGED.search(subject)
    if match is None and parents > 1:
        match = _MERGED_AT_GITLAB.search(body)
    return match[1] if match else ""


def change_title(subject: str, body: str) -> str:
    """Return a pull request's title: the first line of a merge's body, or the subject without its number."""
    if _MERGED.match(subject) or subject.startswith("Merge branch"):
        first = next((line.strip() for line in body.splitlines() if line.strip()), "")
        return first or subject
    return _SQUASHED.sub("", subject).strip()


def issues(subject: str, body: str, repo: str) -> list[str]:
    """Return the issues that a message names: tracker keys, and numbers after `fixes`, as `repo#12`."""
    keys = [key for key in _KEY.findall(subject) + _KEY.findall(body[:2000]) if key.partition("-")[0] not in _NO_KEYS]
    numbers = [f"{repo}#{number}" for number in _CLOSES.findall(subject + "\n" + body[:4000])]
    return list(dict.fromkeys(keys + numbers))


def person(email: str, anonymise: bool) -> str:
    """Return a person's id: `@login` for a code host's no-reply address, the address, or a hash of it."""
    plain = email.strip().lower()
    if anonymise:
        return f"u{stable_id(plain)[:10]}"
    match = _NOREPLY.match(plain)
    return f"@{match[1]}" if match else plain or "unknown"


def moment(text: str) -> tuple[datetime, datetime] | None:
    """Return (naive UTC, the author's own wall clock) of an ISO date; None when git has none."""
    try:
        local = datetime.fromisoformat(text)
        return to_utc(local), local.replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def owners_of(path: str, rules: Sequence[tuple[str, list[str]]]) -> list[str]:
    """Return the owners of a folder by CODEOWNERS; the last rule that covers it wins."""
    for pattern, owners in reversed(rules):
        if _covers(pattern, path):
            return owners
    return []


def rules_of(text: str) -> list[tuple[str, list[str]]]:
    """Return (pattern, owners) of a CODEOWNERS file. A section's heading is not a rule."""
    found = []
    for line in text.splitlines():
        plain = re.sub(r"(?:^|\s)#.*$", "", line).strip()
        if not plain or plain.startswith(("[", "^[")):
            continue
        pattern, *owners = plain.split()
        found.append((pattern, [owner for owner in owners if "@" in owner]))
    return found


def _covers(pattern: str, path: str) -> bool:
    """Whether a pattern names the folder or one above it. Patterns of single files cover none."""
    anchored = pattern.startswith("/") or "/" in pattern.rstrip("/")
    bare = pattern.strip("/").removesuffix("/**").removesuffix("/*")
    if bare in ("*", "**", ""):
        return True
    parts = re.split(r"(\*\*/?|\*|\?)", bare)
    form = "".join(
        {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part)) for part in parts
    )
    begin = "" if anchored else "(?:.*/)?"
    if "." in bare.rsplit("/", 1)[-1] and "*" in bare.rsplit("/", 1)[-1]:
        return False
    return re.match(rf"^{begin}{form}(?:/.*)?$", path) is not None


def shares(counts: Mapping[str, int], least: float = 0.1, few: int = 2) -> list[str]:
    """Return those with at least this share of all commits and at least `few` of them, the most first."""
    total = sum(counts.values())
    found = [who for who, count in counts.items() if count >= few and count >= least * total]
    return sorted(found, key=lambda who: (-counts[who], who))
