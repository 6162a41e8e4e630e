"""What follows from new rows, at most a second after their commit: one module each, found by walking this package.

A settler is `def settle(cursor, since: int, until: int) -> None`: it brings its tables up to date with the rows of
`events` whose `seq` is in `(since, until]`. It runs in a transaction of the warehouse, which also notes that it has
come to `until`; so its effect happens exactly once, however often the process is killed. It must not commit. It runs
alone among writers, after persons of merged ids are known, and while it runs no event can be taken: keep it short.

`FOLLOWS = "traits"` in the module makes it follow the rows of `traits` instead of those of `events`. On a workspace
where a settler has never run, `since` is 0. Rows may be gone again by then, and numbers have gaps.

A module with `prepare(cursor, since, until)` reads what it needs while others write, at most `AT_ONCE` numbers at once;
`settle` gets it as a fourth argument, and looks whether it still holds.

A module with `look(cursor, since, until)` takes rows in slices of at most `AT_ONCE` numbers: `look` reads what it
needs while others write, `settle` gets that as a fourth argument and returns the number that it has come to (0 to begin
anew), and `due(cursor)` tells whether it must run though no row is new.
"""
