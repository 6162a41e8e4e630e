"""Changelogs of any common style, and commit messages, as versions with dates and entries.

Reads Keep a Changelog 1.1.0, the output of changesets and release-please, and hand-written Markdown and
reStructuredText, by what they share: a heading that begins with a version, then lists or paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from callsheet.base.errors import BadInput
from callsheet.base.time import parse_moment
from callsheet.model import version as versions

KINDS = ("added", "changed", "fixed", "removed", "security", "internal")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a version changed. `section` is the heading it stood under."""

    text: str
    kind: str
    section: str = ""
    breaking: bool = False


@dataclass(slots=True)
class Notes:
    """A version as a changelog tells it. `released` is None when no date stands there."""

    version: str
    heading: str
    released: date | None = None
    unreleased: bool = False
    yanked: bool = False
    entries: list[Entry] = field(default_factory=list)


_ATX = re.compile(r"^(#{1,6})\s*(\S.*?)\s*#*$")
_RULE = re.compile(r"^([=\-~^\"'*+#.`_:])\1{2,}\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_BOLD = re.compile(r"^\*\*(.+?)\*\*\s*(.*)$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_ROLE = re.compile(r":[\w:]+:`([^`<]*?)\s*(?:<[^>]*>)?`")
_RST_LINK = re.compile(r"`([^`<]+?)\s*<[^>]*>`__?")
_NUMBER = r"v?\d+(?:\.\d+)+(?:[.\-]?[A-Za-z][0-9A-Za-z.\-]*|-\d+[0-9A-Za-z.\-]*)?(?:\+[0-9A-Za-z.\-]+)?|v\d+"
_HEADING = re.compile(
    rf"^(?:[@\w][\w@/.\-]*[\s@/]+)?(?:version|release|rel\.?)?\s*(?P<version>{_NUMBER}|(?:19|20)\d\d-\d\d-\d\d)"
    r"(?P<rest>$|[\s,:;(/–—-].*$)",
    re.IGNORECASE,
)
_UNRELEASED = re.compile(r"^(?:unreleased|next(?: release| version)?|upcoming|head|main|tip)\b", re.IGNORECASE)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATES = (
    re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b"), re.compile(r"\b(?:19|20)\d\d/\d\d/\d\d\b"),
    re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})[a-z]*\.?,?\s+(?:19|20)\d\d\b", re.IGNORECASE),
    re.compile(rf"\b(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b", re.IGNORECASE),
    re.compile(r"\b\d{1,2}\.\d{1,2}\.(?:19|20)\d\d\b"),
)  # fmt: skip
_DATE_WORDS = re.compile(rf"[\d/,.]+|\b(?:{_MONTHS})[a-z]*\b", re.IGNORECASE)
_DATED_LINE = re.compile(r"^(?:release(?:d)?(?: on| date)?|date)?[\s:*_(\-]*$", re.IGNORECASE)
_BULLET = re.compile(r"^(\s*)(?:[-*+•]|\d+[.)])\s+(\S.*)$")
_DIRECTIVE = re.compile(r"^\s*(?:\.\. |<!--|-->|\[[^\]]+\]:\s)")
_SECTIONS = (
    ("security", "secur vulnerab"),
    ("internal", "chore internal under\\ the\\ hood documentation docs test depend build ci refactor style maint"),
    ("internal", "contributor"),
    ("removed", "remov"),
    ("fixed", "fix bug patch"),
    ("added", "add feature new minor enhancement"),
    ("changed", "chang improve deprecat perf break major update migrat other misc revert"),
)  # fmt: skip
_FIRST_WORDS = {
    "add": "added", "new": "added", "introduc": "added", "fix": "fixed", "correct": "fixed", "remov": "removed",
    "drop": "removed", "delet": "removed", "secur": "security", "bump": "internal", "refactor": "internal",
}  # fmt: skip


def parse(text: str) -> list[Notes]:
    """Return the versions of a changelog in the order of the file; an empty list when it names none."""
    lines = text.replace("\r\n", "\n").replace("\ufeff", "").split("\n")
    found: list[Notes] = []
    section = ""
    body: list[str] = []

    def close() -> None:
        if found and body:
            found[-1].entries += _entries(body, section)
        body.clear()

    headed = list(_headings(lines))
    if not any(_notes(title) for _, title, _ in headed if title):
        headed = [(plain, _plain_heading(plain) or title, level) for plain, title, level in headed]
    for plain, title, _level in headed:
        notes = _notes(title) if title else None
        if notes is not None:
            close()
            found.append(notes)
            section = ""
        elif title and found:
            close()
            section = _words(title)
        elif not title:
            body.append(plain)
            _late_date(found, body)
    close()
    return found


def _headings(lines: list[str]) -> Iterator[tuple[str, str, int]]:
    """Yield (line, title, level); the title is empty for lines that are no heading, rules are left out."""
    fenced = False
    for index, line in enumerate(lines):
        if _FENCE.match(line) and not (index and not fenced and _underlined(lines[index - 1], line)):
            fenced = not fenced
        following = lines[index + 1] if index + 1 < len(lines) else ""
        atx = _ATX.match(line)
        if fenced:
            yield line, "", 0
        elif atx:
            yield line, atx[2], len(atx[1])
        elif _underlined(line, following):
            yield line, line.strip(), 2
        elif not _RULE.match(line):
            yield line, "", 0


def _underlined(line: str, following: str) -> bool:
    title = line.strip()
    if not title or _RULE.match(line) or _BULLET.match(line) or line.startswith((" " * 4, ">", "|")):
        return False
    return bool(_RULE.match(following)) and len(following.rstrip()) >= min(len(title), 4)


def _plain_heading(line: str) -> str:
    """A version heading that is only bold, or only a line of its own with a date."""
    bold = _BOLD.match(line)
    if bold:
        return f"{bold[1]} {bold[2]}".strip()
    return line if _HEADING.match(line.strip()) and len(line) < 80 and not line.startswith(" ") else ""


def _notes(title: str) -> Notes | None:
    """The version that a heading names, if it begins with one."""
    words = _words(title)
    if _UNRELEASED.match(words) and len(words) < 40:
        return Notes("", words, unreleased=True)
    match = _HEADING.match(words)
    if not match or len(words) > 120 or versions.parse(match["version"]) is None:
        return None
    rest = match["rest"]
    told = rest.strip(" \t,:;()/–—-[]")
    if told and rest[:1] == " " and not re.match(r"\s*[-–—(\[/,:]", rest) and not _date_in(told):
        return None  # "1.9 improvements" is a section, not a version
    lower = rest.lower()
    waiting = "unreleased" in lower or "not released" in lower
    return Notes(match["version"], words, _date_in(rest), waiting, "yanked" in lower)


def _words(title: str) -> str:
    """A heading without links, brackets, marks and emoji."""
    plain = _ROLE.sub(r"\1", _RST_LINK.sub(r"\1", _LINK.sub(r"\1", title)))
    plain = re.sub(r"[\[\]`*]", "", plain)
    return re.sub(r"^[^\w@]+", "", plain).strip()


def _date_in(text: str) -> date | None:
    for shape in _DATES:
        match = shape.search(text)
        if match is None:
            continue
        raw = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", match[0])
        raw = re.sub(r"([A-Za-z]{3})[a-z]*\.?", r"\1", raw)
        raw = re.sub(r"^([A-Za-z]{3} \d{1,2}) ", r"\1, ", re.sub(r"^(\d.*[a-z]), ", r"\1 ", raw))
        try:
            return parse_moment(raw).date()
        except BadInput:
            continue
    return None


def _late_date(found: list[Notes], body: list[str]) -> None:
    """Take a date that stands alone in the first lines under a version's heading."""
    if not found or found[-1].released or found[-1].entries or not 0 < len(body) <= 3:
        return
    line = body[-1].strip(" \t*_()")
    moment = _date_in(line)
    if moment and len(line) < 60 and _DATED_LINE.match(_DATE_WORDS.sub("", line)):
        found[-1].released = moment
        body.pop()


def _entries(body: list[str], section: str) -> list[Entry]:
    """List items; where there are none, paragraphs. What is set in under an item belongs to it."""
    blocks = list(_items(body)) if any(_BULLET.match(line) for line in body) else list(_paragraphs(body))
    return [_entry(block, section) for block in blocks if block]


def _items(body: list[str]) -> Iterator[str]:
    margin: int | None = None
    item: list[str] = []
    for line in body:
        bullet = _BULLET.match(line)
        if bullet and (margin is None or len(bullet[1]) <= margin + 1):
            yield _joined(item)
            margin = len(bullet[1]) if margin is None else min(margin, len(bullet[1]))
            item = [bullet[2]]
        elif item and line.strip() and not _DIRECTIVE.match(line):
            item.append(line.strip())
    yield _joined(item)


def _paragraphs(body: list[str]) -> Iterator[str]:
    block: list[str] = []
    for line in [*body, ""]:
        if line.strip():
            block += [] if _DIRECTIVE.match(line) else [line.strip()]
            continue
        yield _joined(block)
        block = []


def _joined(lines: list[str]) -> str:
    return " ".join(lines).strip()


def _entry(text: str, section: str) -> Entry:
    commit = conventional(text)
    breaking = "breaking" in section.lower() or bool(commit and commit.breaking)
    kind = kind_of_section(section) or (commit.kind if commit else "") or kind_of_words(text)
    return Entry(text, kind, section, breaking or section.lower().startswith("major"))


def kind_of_section(heading: str) -> str:
    """Return the kind of entry that a section holds, or an empty text when its heading does not say."""
    words = heading.lower()
    for kind, stems in _SECTIONS:
        if any(re.search(rf"\b{stem}", words) for stem in re.split(r"(?<!\\) ", stems)):
            return kind
    return ""


def kind_of_words(text: str) -> str:
    """Return the kind of an entry by its first word; `changed` when that says nothing."""
    plain = re.sub(r"^[^A-Za-z]+", "", _LINK.sub(r"\1", text)).lower()
    return next((kind for stem, kind in _FIRST_WORDS.items() if plain.startswith(stem)), "changed")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit message after Conventional Commits 1.0.0."""

    type: str
    scope: str
    description: str
    breaking: bool = False
    body: str = ""
    footers: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        """The kind of changelog entry it makes."""
        return _TYPES.get(self.type, "changed")


_TYPES = {
    "feat": "added", "feature": "added", "fix": "fixed", "bugfix": "fixed", "perf": "changed",
    "revert": "changed", "security": "security", "remove": "removed", "removal": "removed",
}  # fmt: skip
_TYPES |= dict.fromkeys(
    ["build", "chore", "ci", "docs", "doc", "refactor", "style", "test", "tests", "deps", "misc"], "internal"
)
_SUBJECT = re.compile(r"^(?P<type>[A-Za-z]+)(?:\((?P<scope>[^()\r\n]+)\))?(?P<mark>!)?: (?P<description>\S.*)$")
_FOOTER = re.compile(r"^(?P<token>BREAKING CHANGE|[A-Za-z][A-Za-z0-9-]*)(?:: | (?=#))(?P<value>\S.*)$")


def conventional(message: str) -> Commit | None:
    """Return the message's parts; None when its subject is not `type(scope)!: description`.

    Source: Conventional Commits 1.0.0. `BREAKING CHANGE` (upper case) or `!` makes it breaking.
    """
    subject, _, rest = message.strip().partition("\n")
    match = _SUBJECT.match(subject.strip())
    if match is None:
        return None
    body, footers = _footers(rest.strip())
    breaking = bool(match["mark"]) or any(token.replace("-", " ") == "BREAKING CHANGE" for token, _ in footers)
    words = match["description"].strip()
    return Commit(match["type"].lower(), match["scope"] or "", words, breaking, body, footers)


def _footers(rest: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The last paragraph that begins with a footer holds the footers; a footer may run over lines."""
    paragraphs = re.split(r"\n\s*\n", rest) if rest else []
    begin = next((i for i, text in enumerate(paragraphs) if _FOOTER.match(text.split("\n")[0])), len(paragraphs))
    found: list[tuple[str, str]] = []
    for line in "\n\n".join(paragraphs[begin:]).split("\n"):
        match = _FOOTER.match(line)
        if match:
            found.append((match["token"], match["value"]))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{line}".rstrip())
    return "\n\n".join(paragraphs[:begin]), tuple(found)
