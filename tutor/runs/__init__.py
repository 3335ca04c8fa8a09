"""A run is a log: training in a process of its own that only appends, and viewers that only read.

``tutor.labs`` says what a run is asked to do, ``worker`` does it, ``events`` are what it writes down,
``follower`` reads them, ``summary`` folds them into what every viewer shows, ``control`` steers,
``registry`` knows all runs of a learner.

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
    """Tell of training that goes on in this program, so that ``tutor watch`` and the screens show it.

    Args:
        name: What is trained, as it will be listed.
        epochs: How many epochs there will be, where that is known.

    Returns:
        A context manager that begins the run; see `Recording.epoch`.

    Raises:
        ValueError: ``epochs`` is no whole number.
        TutorError: the run's folder cannot be written to (raised on entering it).
    """
    from tutor.runs.recording import Recording

    return Recording(name, epochs=epochs)
