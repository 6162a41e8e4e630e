"""Figures and reports about feedback and requests."""
