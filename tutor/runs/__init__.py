"""A run is a log: a worker process trains and only appends to it, and any number of viewers only read it.

Begin with ``events``, the format of the log, and follow one epoch:

- ``registry`` starts a run of a `tutor.labs.lab_config.LabConfig` and lists all runs; ``processes`` knows who is alive;
- ``worker`` is the process that trains, and ``log`` appends and follows lines of JSON;
- ``follower`` reads the log of a run, and ``summary`` folds its events into what every viewer shows;
- ``control`` steers a run, and ``words`` says what was done to it;
- ``session`` is a lab in use, ``sweep`` trains a lab once for each combination of values, ``comparison`` tells runs
  apart, ``replay`` walks through a log again, ``export`` writes it for other programs, ``figure`` for a report;
- ``recording`` and ``imports`` make runs of trainings that are not ours, ``in_process`` trains without a process.

`record` is for training programs of the learner's own::

    from tutor.runs import record

    with record("my model", epochs=50) as run:
        for _ in range(50):
            run.epoch(train_loss=..., valid_loss=...)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import SupportsFloat, SupportsIndex

    from tutor.runs.recording import Recording

__all__ = ["record"]


def record(name: str, *, epochs: SupportsIndex | SupportsFloat | None = None) -> Recording:
    """Record the training of this program as a run, so that ``tutor watch`` and the screens show it.

    Args:
        name: What is trained, as lists of runs show it.
        epochs: How many epochs there will be, if that is known.

    Returns:
        A context manager that begins the run; see `Recording.epoch`.

    Raises:
        ValueError: ``epochs`` is not a whole number.
        TutorError: the run's folder cannot be written (raised on entering the context).
    """
    from tutor.runs.recording import Recording

    return Recording(name, epochs=epochs, rings=True)
