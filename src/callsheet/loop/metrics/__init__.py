"""Figures of the loop itself."""
