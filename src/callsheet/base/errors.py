"""Errors a person can act on.

Every class says what happened (`str(error)`) and how to mend it (`mend`). `http/errors.py` alone
turns `status` into an HTTP answer; commands turn it into an exit status (2 for usage, 1 otherwise).
"""

from __future__ import annotations


class CallsheetError(Exception):
    """Something went wrong that a person can understand and mend."""

    code = "error"
    status = 500
    mend = "Run `callsheet doctor`; it says what is wrong with the installation."

    def __init__(self, message: str, mend: str | None = None) -> None:
        super().__init__(message)
        if mend is not None:
            self.mend = mend


class BadInput(CallsheetError):
    """A value given by a person or a file cannot be used."""

    code = "bad_input"
    status = 422
    mend = "Correct the value and try again."


class NotFound(CallsheetError):
    """There is nothing under this name."""

    code = "not_found"
    status = 404
    mend = "Check the name; the lists and the search show what exists."


class NotAllowed(CallsheetError):
    """The signed-in person may not do this."""

    code = "not_allowed"
    status = 403
    mend = "Ask an owner of the workspace for a role that may do this."


class NotSignedIn(CallsheetError):
    """Nobody is signed in, or the session or key has ended."""

    code = "not_signed_in"
    status = 401
    mend = "Sign in, or send a valid API key."


class TooManyTries(CallsheetError):
    """Too many attempts in a short time."""

    code = "too_many_tries"
    status = 429
    mend = "Wait a minute and try again."


class TooMuch(CallsheetError):
    """Answering takes more time or memory than is allowed."""

    code = "too_much"
    status = 422
    mend = "Ask for less at once."


class Stopped(CallsheetError):
    """Whoever asked took the question back."""

    code = "stopped"
    status = 409
    mend = "Ask again."


class Conflict(CallsheetError):
    """The change does not fit the present state."""

    code = "conflict"
    status = 409
    mend = "Reload to see the present state, then decide again."


class WorkspaceBusy(CallsheetError):
    """Another process holds the workspace and cannot be reached."""

    code = "workspace_busy"
    status = 409
    mend = "Stop the other process, or use its server."


class Busy(CallsheetError):
    """More is waiting than can be taken now. `wait` is after how many seconds to try again."""

    code = "busy"
    status = 503
    mend = "Send it again in a few seconds; nothing of it was taken."

    def __init__(self, message: str, wait: int = 1, mend: str | None = None) -> None:
        super().__init__(message, mend)
        self.wait = wait


class SourceFailed(CallsheetError):
    """An outside source did not give what was asked."""

    code = "source_failed"
    status = 502
    mend = "Check the source's settings, then sync again; nothing was lost."


class StorageFailed(CallsheetError):
    """The disk or the database did not keep what it was given; the change as a whole did not happen."""

    code = "storage_failed"
    status = 507
    mend = "Free some space on the disk of the workspace, then try again; what was there before is intact."


class ConfigError(CallsheetError):
    """The project file or an environment setting is wrong."""

    code = "config"
    status = 500
    mend = "Correct callsheet.toml; docs/settings.md lists every setting."


class UnknownName(NotFound):
    """A metric, report, detector or other part that nobody registered."""

    code = "unknown_name"
