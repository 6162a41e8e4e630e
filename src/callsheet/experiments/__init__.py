"""Experiments: planned before they start, read without peeking at half days, decided by their own rule."""
