"""What is done to a lab's run from other terminals: the controls here turn with it, and it is told."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.labs.draft import Setup
from tutor.labs.settings import title_of
from tutor.runs.events import Changed, Event, Paced
from tutor.runs.words import describe, done_elsewhere


class Elsewhere:
    """What other terminals do to the present run.

    Args:
        setup: What the next run will be; it goes where others turn the controls of this one.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._heard: list[Event] = []

    def hear(self, events: Iterable[Event]) -> bool:
        """Take note of what others did. Returns whether they changed the pace."""
        paced = False
        for event in events:
            if not done_elsewhere(event):
                continue
            self._heard.append(event)
            paced = paced or isinstance(event, Paced)
            if isinstance(event, Changed) and event.key in self._keys():
                self._setup.take_over({event.key: event.value})
        return paced

    def _keys(self) -> set[str]:
        return {control.key for control in self._setup.spec.controls.values()}

    def take(self) -> list[str]:
        """What others did since the last call, in sentences."""
        heard, self._heard = self._heard, []
        return [describe(event, title_of) for event in heard]
