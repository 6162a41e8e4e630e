"""The only place where domains meet: the trace through the loop, and what follows from what."""
