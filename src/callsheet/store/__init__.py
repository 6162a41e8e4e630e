"""The only place with I/O to databases: the warehouse (facts) and the book (decisions)."""
