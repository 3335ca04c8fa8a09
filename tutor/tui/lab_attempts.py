"""Keeping what a learner reached in a lab, beside the event loop: the memory is on a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.tui.widgets.rows import shell_of

if TYPE_CHECKING:
    from textual.widget import Widget

    from tutor.progress.store import ProgressStore
    from tutor.runs.session.session import LabSession


def know_best(session: LabSession, store: ProgressStore) -> None:
    """Tell ``session`` of the best attempt so far: for a thread."""
    challenge = session.challenge
    if challenge.goal is not None:
        challenge.best = store.attempts.best(session.original.id, challenge.goal.text)


def keep_attempt(owner: Widget, session: LabSession) -> None:
    """Keep the present run of ``session`` where it is the best attempt at the lab's goal."""
    attempt = session.take_attempt()
    if attempt is None:
        return
    store = shell_of(owner).workspace.store
    owner.run_worker(lambda: store.attempts.keep(attempt), thread=True, exit_on_error=False)
