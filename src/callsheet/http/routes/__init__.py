"""Routes that belong to no domain."""
