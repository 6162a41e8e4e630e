"""What became of the features that the sample company released."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.model.sample import Company


@dataclass(frozen=True, slots=True)
class Launch:
    """How a released feature fares: its event, who tries it, who keeps it, and what was predicted."""

    event: str
    line: str
    tries: float
    keeps: float
    predicted: tuple[float, float, float]
    days: float
    """Mean days from release to first use."""


def launches(company: Company) -> dict[str, Launch]:
    """Return the fate of each released feature."""
    reactions, promised = (0.02, 0.25) if company.has("unused_feature") else (0.30, 0.29)
    return {
        "onboarding-checklist": Launch(
            "checklist_step_done", "A first hour with a plan: six steps that lead a new team to its first board.",
            0.38, 0.6, (0.30, 0.22, 0.36), 1.5),
        "saved-filters": Launch(
            "filter_applied", "Keep a view and come back to it.", 0.45, 0.70, (0.40, 0.30, 0.50), 12),
        "quick-reactions": Launch(
            "reaction_added", "Answer with one click instead of a comment.", reactions, 0.5,
            (promised, 0.15, 0.35), 9),
        "board-speed": Launch(
            "large_board_opened", "Boards of 500 cards open at once.", 0.58, 0.85, (0.50, 0.40, 0.65), 10),
    }  # fmt: skip
