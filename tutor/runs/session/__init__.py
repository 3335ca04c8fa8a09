"""A lab being used: the draft, the run it started or joined, the runs beside it."""
