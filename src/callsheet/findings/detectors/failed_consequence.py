"""Failed consequence: something should have followed and did not, such as telling the requesters of a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import count
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader


def headline(found: Sequence[Found]) -> str:
    """`two consequences could not be carried out`."""
    return str(found[0].facts["words"])


@detector(
    "failed_consequence", title="Failed consequence", needs=("loop.failures",), rank=5, headline=headline,
    threshold="At least one consequence of a decision failed and has not been carried out since.",
    try_this="Read why, mend it, and try again; what was carried out is not repeated.",
)  # fmt: skip
def failed_consequence(reader: Reader) -> Iterable[Signal]:
    """Consequences that the worker could not carry out, as one finding."""
    rows = reader.report("loop.failures").rows
    if not rows:
        return
    words = f"{count(len(rows), 'consequence')} could not be carried out"
    newest = rows[0]
    yield Signal(
        subject="workspace:consequences", title=words[:1].upper() + words[1:],
        sentence=f"{str(newest['reaction']).replace('_', ' ').capitalize()}, after {newest['verb']}: {newest['error']}",
        severity="warn", pill="Failed", decide=True, weight=1.0, since=rows[-1]["done_at"], clause=f"[[{words}]]",
        evidence=(Evidence("what failed", str(len(rows)), "/reports/loop.failures"),),
        answers=(Answer("Try again", "/api/consequences/retries", "POST", primary=True),), facts={"words": words},
    )  # fmt: skip
