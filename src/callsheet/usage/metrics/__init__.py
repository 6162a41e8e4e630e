"""Named figures and reports of usage; one a file."""
