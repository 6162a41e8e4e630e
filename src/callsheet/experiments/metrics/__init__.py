"""Named figures and reports of experiments; one a file."""
