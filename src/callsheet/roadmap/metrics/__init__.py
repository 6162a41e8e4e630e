"""Figures and reports about goals, initiatives and promises."""
