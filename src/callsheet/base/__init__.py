"""What everything may use: errors, time, ids, settings, text. No I/O but reading a project file."""
