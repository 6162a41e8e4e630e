"""Walks over histories: each reads rows sorted by unit and moment once, and counts. One method a file."""
