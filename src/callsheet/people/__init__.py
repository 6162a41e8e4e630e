"""People: who answers for what, who wants to know what, and what was sent to whom."""
