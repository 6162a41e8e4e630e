"""Who may do what: the first line of every action.

A verb that is not named here needs a member. Reading needs a viewer.
"""

from __future__ import annotations

from callsheet.base.errors import NotAllowed
from callsheet.model.actor import ROLES, Actor
from callsheet.model.link import Ref

OWNER_VERBS = frozenset(
    {"manage_members", "manage_keys", "manage_settings", "manage_sources", "undo_import", "read_audit", "delete_person"}
)
VIEWER_VERBS = frozenset({"read", "subscribe", "confirm_read", "sign_out", "change_password"})


def least_role(verb: str) -> str:
    """Return the least role that may do this."""
    if verb in OWNER_VERBS:
        return "owner"
    return "viewer" if verb in VIEWER_VERBS else "member"


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor's role allows the verb."""
    return actor.role in ROLES and ROLES.index(actor.role) >= ROLES.index(least_role(verb))


def require(actor: Actor, verb: str, ref: Ref) -> None:
    """Raise NotAllowed unless the actor may do this; called before anything is looked up."""
    if not may(actor, verb):
        words = verb.replace("_", " ")
        raise NotAllowed(
            f"{actor.name} ({actor.role}) may not {words} {ref.kind} {ref.id}.",
            f"This needs the role {least_role(verb)}; an owner can give it under Settings, Members.",
        )
