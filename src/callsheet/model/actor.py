"""Who does something: a member, a key, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("viewer", "member", "owner")


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts; `role` is one of ROLES."""

    id: str
    name: str
    role: str
    email: str = ""
    kind: str = "member"


SYSTEM = Actor("system", "Callsheet", "owner", kind="system")
"""Acts for detectors, reactions and schedules; its entries in the log say so."""
