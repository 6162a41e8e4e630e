"""Metrics and reports of delivery, one a file; `spans`, `finishes` and `stages_of` hold what several of them read."""
