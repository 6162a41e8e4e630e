"""What a git repository tells: asking it, and reading its history."""
