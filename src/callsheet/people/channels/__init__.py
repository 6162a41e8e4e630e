"""Channels, one a file: mail and webhook."""
