"""Benchmarks: each one command, each printing what it measured and with what."""
