"""Failures of the book's database, told as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from callsheet.base.errors import BadInput, CallsheetError, Conflict, StorageFailed, WorkspaceBusy

_TAKEN = ("unique constraint", "duplicate key")
_AGAIN = ("deadlock", "could not serialize")
_FULL = ("is full", "no space left", "disk i/o error", "could not extend file", "readonly database")
_DAMAGED = ("malformed", "not a database")
_LOCKED = ("database is locked", "database table is locked")
_AWAY = ("connection", "unable to open database file", "server closed", "authentication", "does not exist")


@contextmanager
def told() -> Iterator[None]:
    """Turn what the database refuses into our errors; what is a mistake of ours stays as it is."""
    try:
        yield
    except StaleDataError as why:
        raise Conflict("Somebody else changed or removed this at the same moment.") from why
    except (UnicodeEncodeError, OverflowError) as why:
        raise BadInput("A value cannot be stored: broken characters, or a number too large.") from why
    except DBAPIError as why:
        known = _known(why)
        if known is None:
            raise
        raise known from why


def _known(why: DBAPIError) -> CallsheetError | None:
    words = str(why.orig).lower()
    if isinstance(why, IntegrityError):
        taken = any(sign in words for sign in _TAKEN)
        return Conflict("This name was taken at the same moment.", "Choose another name.") if taken else None
    if isinstance(why, DataError):
        return BadInput("A value cannot be stored: a character the database has no place for, or a number too large.")
    if any(sign in words for sign in _AGAIN):
        return WorkspaceBusy("Two changes met at the same moment.", "Try again.")
    if any(sign in words for sign in _FULL):
        return StorageFailed(f"The book could not be written: {_first(words)}.")
    if any(sign in words for sign in _DAMAGED):
        return StorageFailed(
            f"The book's file is damaged: {_first(words)}.", "Restore the .callsheet folder from a backup."
        )
    if any(sign in words for sign in _LOCKED):
        return WorkspaceBusy("The book was held by another process for too long.", "Try again, or stop that process.")
    if any(sign in words for sign in _AWAY):
        mend = "Check that the database runs, and the address under [store] book in callsheet.toml."
        return StorageFailed(f"The book's database cannot be reached: {_first(words)}.", mend)
    return None


def _first(words: str) -> str:
    return words.strip().splitlines()[0].rstrip(".")
