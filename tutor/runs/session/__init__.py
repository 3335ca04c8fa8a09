"""A lab in use: its draft, the run that it started or joined, and the runs that are compared with it.

Begin with ``session``, `LabSession`: it knows no screen, and every front end works a lab through it.

- ``opening`` opens the session of a lab, of a run, or of a cell of a sweep;
- ``pins`` are the runs pinned for comparison;
- ``preview`` is what the next run would show before its first epoch;
- ``runs`` says what a session needs of the registry and of a follower.
"""
