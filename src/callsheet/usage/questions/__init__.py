"""Questions about usage: what may be asked, and how each is answered. One kind of report a file.

Each kind offers a pydantic model `Question` (its `kind` is the name), `answer(question, desk) -> Answer`,
`people(question, cell, desk) -> Units` (who is behind one cell), `chart(question, answer) -> Option` and
`table(question, answer) -> Table` (for CSV and the page's table).
"""
