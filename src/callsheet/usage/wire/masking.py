"""Write keys in what is kept or shown of refused requests: everybody who may look sees it, a key is for sending."""

from __future__ import annotations

import re

MASK = "(write key)"
_OURS = re.compile(r"\bwk_[\w-]{20,}")
_NAMED = re.compile(r'(\\*"(?:writeKey|api_key)\\*"\s*:\s*\\*")[^"\\]+')
"""Fields that hold nothing but a key, also in JSON that stands as text in JSON."""


def masked(text: str) -> str:
    """Return a text without write keys: ours wherever they stand, and those of others under the names they have."""
    if "wk_" in text:
        text = _OURS.sub(MASK, text)
    return _NAMED.sub(rf"\g<1>{MASK}", text) if "writeKey" in text or "api_key" in text else text
