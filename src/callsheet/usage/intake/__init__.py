"""Between the wire and the stream: whose key it is, limits, rules, the live tail, and the answer after the commit."""

from callsheet.usage.intake.taking import Intake, intake_of

__all__ = ["Intake", "intake_of"]
