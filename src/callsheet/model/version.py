"""Versions: read from tags and headings, put in order, and told apart as final or not.

Semantic versions (SemVer 2.0.0), the forms of PEP 440 (`1.0a37`, `4.0rc1`, `2.0.post1`) and calendar
versions (`2026.47`, `2026-01-31`, `20260131`) share one order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import total_ordering
from typing import Any

_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)")
_SHAPE = re.compile(
    r"""^(?:(?P<package>.*?[^\d.@/_\-\s])(?:[@/_\-\s]+))?      # jenkins-, core/, @scope/name@
        (?:version|release|rel|v)?[.\-_\s]?
        (?P<numbers>\d+(?:[._]\d+)*)
        (?P<post>[.\-_]?post[.\-_]?\d*)?
        (?:[.\-_]?(?P<pre>(?:[A-Za-z][A-Za-z]*|(?<=-)\d+)[0-9A-Za-z.\-]*))?
        (?:\+(?P<build>[0-9A-Za-z.\-]+))?$""",
    re.VERBOSE | re.IGNORECASE,
)
_SAME = {"a": "alpha", "b": "beta", "c": "rc", "cr": "rc", "pre": "rc", "preview": "rc"}
_UNRIPE = {"dev", "snapshot", "nightly", "canary", "unreleased"}
_FINAL = {"final", "ga", "release", "stable", "lts"}
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version. `numbers` without `pre` is a final one; `package` is what stood before it in a tag."""

    text: str
    numbers: tuple[int, ...]
    pre: tuple[str, ...] = ()
    package: str = ""
    post: int = 0
    key: tuple[Any, ...] = field(default=(), compare=False, repr=False)

    @property
    def prerelease(self) -> bool:
        """Whether it came before a final version of the same number."""
        return bool(self.pre)

    @property
    def calendar(self) -> bool:
        """Whether its first number is a year."""
        return _FIRST_YEAR <= self.numbers[0] <= _LAST_YEAR or _is_day(self.numbers[0])

    def __lt__(self, other: Version) -> bool:
        return self.key < other.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and (self.key, self.package) == (other.key, other.package)

    def __hash__(self) -> int:
        return hash((self.key, self.package))


def parse(text: str) -> Version | None:
    """Return the version that a tag, heading or field names, or None when it names none.

    `v1.2.3`, `jenkins-2.300`, `jenkins-1_396`, `core/v0.16.1`, `@scope/pkg@1.2.3-beta.1`, `1.0a37`,
    `2026.47` and `release-2026-01-31` are versions; `latest` and a bare `7` are not.
    """
    raw = text.strip()
    plain = _DATE.sub(r"\g<year>.\g<month>.\g<day>", raw.removeprefix("refs/tags/"))
    found = _SHAPE.match(plain)
    if not found:
        return None
    digits = found["numbers"].replace("_", ".").split(".")
    numbers = tuple(int(part) for part in digits)
    marked = bool(re.search(r"(?:^|[@/_\-\s])v\d", plain, re.IGNORECASE)) or "@" in plain
    lone = len(numbers) == 1 and not marked and not _is_day(numbers[0])
    if lone or any(len(part) > 14 for part in digits):
        return None
    pre = tuple(part.lower() for part in _pieces(found["pre"] or ""))
    if pre and pre[0] in _FINAL:
        pre = ()
    post = int(re.sub(r"\D", "", found["post"]) or 0) + 1 if found["post"] else 0
    shown = plain[found.start("numbers") :].replace("_", ".")
    day = _DATE.search(raw)
    shown = raw[day.start() :] if day else shown
    return Version(shown, numbers, pre, _package(found["package"]), post, _key(numbers, pre, post))


def _package(raw: str | None) -> str:
    name = (raw or "").strip("/@-_ ").lower()
    name = f"@{name}" if (raw or "").startswith("@") else name
    return "" if name in ("version", "release", "releases", "rel", "v", "tag") else name


def _pieces(pre: str) -> list[str]:
    """`rc1` and `rc.1` are both rc, 1; words that mean the same are made one."""
    parts = [part for part in re.split(r"[.\-]", pre) if part]
    if parts and (split := re.fullmatch(r"([A-Za-z]+)(\d+)", parts[0])) and split[1].lower() in (
        *_SAME, *_SAME.values(), *_UNRIPE, "m", "next",
    ):  # fmt: skip
        parts[:1] = [split[1], split[2]]
    return [_SAME.get(part.lower(), part) for part in parts]


def _key(numbers: tuple[int, ...], pre: tuple[str, ...], post: int) -> tuple[Any, ...]:
    """Order of SemVer 2.0.0, rule 11; numbers that end in zeros equal those without, as in PEP 440."""
    end = len(numbers)
    while end > 1 and numbers[end - 1] == 0:
        end -= 1
    marks = tuple((0, int(part), "") if part.isdigit() else (1, 0, _word(part)) for part in pre)
    return (numbers[:end], 0 if pre else 1, marks, post)


def _word(part: str) -> str:
    return f" {part}" if part in _UNRIPE else part


def _is_day(number: int) -> bool:
    text = str(number)
    if len(text) != 8:
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return text[:2] in ("19", "20")


def order(texts: Iterable[str]) -> list[str]:
    """Return the texts from the oldest version to the newest; those that are no version come first."""
    least = Version("", (-1,), key=((-1,), 0, (), 0))
    return sorted(texts, key=lambda text: (parse(text) or least).key)


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was made: its id, version, line (branch, edition or package) and moment."""

    id: str
    version: str
    released_at: datetime
    line: str = ""
    prerelease: bool = False


def detected(tag: str, moment: datetime) -> Made | None:
    """Return the release that a tag marks, or None for a tag that names no version.

    The line is the package before the version: each package of a repository has releases of its own.
    """
    version = parse(tag)
    if version is None:
        return None
    return Made(tag, version.text, moment, version.package, version.prerelease)


def predecessors(made: Iterable[Made]) -> dict[str, str | None]:
    """Return, for each release, the one it follows on its own line; None for the first.

    The predecessor is the highest lower version that was out already, so that 1.9.5, made after 2.0, follows
    1.9.4. A final release follows the final one before it, and so contains what its prereleases brought.
    """
    lines: dict[str, list[Made]] = {}
    for one in made:
        lines.setdefault(one.line, []).append(one)
    found: dict[str, str | None] = {}
    for line in lines.values():
        ranked = sorted(line, key=lambda one: (_rank(one), one.released_at))
        for index, one in enumerate(ranked):
            before = (
                other
                for other in reversed(ranked[:index])
                if other.released_at <= one.released_at and (one.prerelease or not other.prerelease)
            )
            found[one.id] = next((other.id for other in before), None)
    return found


def _rank(one: Made) -> tuple[Any, ...]:
    version = parse(one.version)
    return version.key if version else ((-1,), 0, (), 0)
