"""What the two sides of a sandbox say to each other. Nothing here needs NumPy, so the side that asks starts fast."""

from __future__ import annotations

import struct

FILENAME = "exercise.py"
"""The name under which programs are compiled, so that their lines are found in tracebacks."""

# `prefork` and `server`: a letter and a number, answered with a number.
JOB_MESSAGE = struct.Struct("!ci")
JOB_ANSWER = struct.Struct("!i")
RUN, WAIT = b"r", b"w"
NO_PROCESS = -(2**31)
"""The answer if there is no process, or nobody knows how it ended."""

# `function_process` and `function_server`: the number of a plan and the rows of its arrays, answered with one byte.
CALL = struct.Struct("!BI")
LENGTH = struct.Struct("!I")
DONE, FAILED, READY = b"\0", b"\1", b"\2"
NOT_SHARED = -1
"""Stands for the descriptor of shared memory if there is none: then what it would hold follows `CALL` and `DONE`."""
