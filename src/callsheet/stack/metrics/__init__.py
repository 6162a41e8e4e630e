"""Figures and reports of the tool stack."""
