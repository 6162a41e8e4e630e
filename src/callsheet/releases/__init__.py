"""Releases: what came out, what it contains, notes for each audience, readiness, and what followed."""
