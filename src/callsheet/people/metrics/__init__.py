"""Metrics and reports on people, one a file."""
